package difftest

import (
	"errors"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/internal/diag"
)

// On a mesh of several chips, whatever the seed and the price of the links between
// them, the emulated chips do what the oracle does; spikes do cross.
func TestSeveralChipsEqualTheOracle(t *testing.T) {
	all := chips(t)
	chip := all[slices.IndexFunc(all, func(c chip) bool { return c.Name == "tiled" })]
	ran, crossings := 0, int64(0)
	for seed := *start; seed < *start+uint64(*long)/4; seed++ {
		net, text := parse(t, seed)
		run := NewRun(seed, net, ticks)
		target := *chip.Target
		for _, target.Arch.ChipLink = range []int{1, 100} {
			opt := compiler.Options{Effort: 1, Seed: seed % 3}
			res, err := compiler.Compile(t.Context(), net, target.Name, &target.Arch, opt)
			if _, ok := errors.AsType[*diag.Error](err); ok {
				continue // too large
			}
			if err == nil {
				err = onChip(res, &target, nil, run)
			}
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, text)
			}
			ran++
			crossings += res.Report(nil).Chips.Crossings.Unweighted
		}
	}
	if ran < *long/4 || crossings == 0 {
		t.Errorf("%d images ran, whose spikes cross from chip to chip %d times: too few to show anything", ran, crossings)
	}
}
