package compiler

import (
	"context"

	"github.com/weft-toolchain/weft/compiler/approx"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/mapping"
)

// maxLevels is how many relays a spike passes at most: with the fewest axons that
// cores have, as many levels are of more inputs than a network has.
const maxLevels = 8

// approximate gives neurons that do not fit fewer kinds of drawn weight, and relays,
// level by level. What it leaves as it is, since it cannot have relays, mapping refuses.
func (s *state) approximate(ctx context.Context) error {
	s.Quantized, s.Approximated = approx.Draws(s.Quantized, s.arch)
	share, split := s.opt.Approximate, s.opt.Split
	if s.opt.Cores != nil {
		split = mapping.SplitNever // as mapping does then
	}
	for range maxLevels {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := approx.Relay(approx.Request{
			Quantized: s.Quantized, Arch: s.arch, Share: share, Profile: s.Profile,
			Axons: mapping.Axons(s.Quantized, s.arch, split),
		})
		if err != nil {
			return err
		}
		if r.Quantized == s.Quantized {
			break // nothing is to be done
		}
		s.Quantized, s.Profile = r.Quantized, r.Profile
		s.Approximated = approx.Merge(s.Approximated, r.Populations)
		share = 1 // relays send no more than relays of them can
	}
	relays, splitters, neurons, weights := 0, 0, 0, 0
	for _, p := range s.Approximated {
		relays, splitters = relays+p.Relays, splitters+p.Splitters
		neurons, weights = neurons+p.Neurons, weights+p.Weights.Changed
	}
	s.effects = []ir.Effect{
		{What: "neurons that differ", Value: float64(neurons)},
		{What: "relays", Value: float64(relays)},
		{What: "splitters", Value: float64(splitters)},
		{What: "weights rounded", Value: float64(weights)},
	}
	return nil
}
