package emulator

import (
	"math"

	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/image"
)

// Current returns, for each neuron, the constant input that values would be if
// the inputs were analogue: the sum of weight × value over its synapses from
// the inputs first, first+1, …, in weight units, rounded to nearest. It is what
// a host computes for a direct encoding, from the weights of the image.
func (c *Chip) Current(values []float64, first int) []int32 {
	sums := make([]float64, len(c.place))
	for i, x := range values {
		if x == 0 {
			continue
		}
		for _, d := range c.image.InputDests[first+i] {
			if d.Core == image.Host {
				continue
			}
			core := &c.image.Cores[d.Core]
			r := &core.Rows[d.Axon]
			if r.Silent {
				continue
			}
			for k, slot := range r.Slots {
				sums[core.Neurons[slot]] += float64(float64(r.Scaled(r.Weights[k])) * x)
			}
		}
	}
	lo, hi := fixed.Limits(c.image.Manifest.Arch.StateBits)
	out := make([]int32, len(sums))
	for n, s := range sums {
		out[n] = int32(min(max(math.Round(s), float64(lo)), float64(hi)))
	}
	return out
}
