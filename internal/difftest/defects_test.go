package difftest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// broken returns random defects of a chip.
func broken(t testing.TB, a *targets.Arch, seed uint64) *targets.Defects {
	t.Helper()
	shares := []string{
		"cores: 0.3, links: 0.05",
		"cores: 0.3, links: 0.05, axons: 0.05, synapses: 0.002",
		"links: 0.2",
		"axons: 0.3",
		"synapses: 0.02",
	}[seed%5]
	d, err := targets.ParseDefects("defects.yaml", fmt.Appendf(nil, "{defects: random, random: {seed: %d, %s}}", seed, shares), a)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A network that is compiled around a chip's defects does on that chip what the
// oracle does.
func TestBrokenChipEqualsOracle(t *testing.T) {
	all := chips(t)
	ran, refused := 0, 0
	for seed := *start; seed < *start+uint64(*long)/2; seed++ {
		net, text := parse(t, seed)
		run := NewRun(seed, net, ticks)
		for k, chip := range all {
			if chip.Arch.Models != "" || (seed+uint64(k))%3 != 0 { // a third of the pairs is enough
				continue
			}
			var user *diag.Error
			if err := Compare(net, chip.Target, run); err != nil {
				continue // it does not fit, or another test tells
			}
			if err := CompareBroken(net, chip.Target, broken(t, &chip.Arch, seed), run); errors.As(err, &user) {
				refused++
				t.Logf("seed %d does not fit a broken %s: %v", seed, chip.Name, err)
			} else if err != nil {
				t.Errorf("seed %d: %v\n%s", seed, err, text)
			} else {
				ran++
			}
		}
	}
	t.Logf("%d networks ran on broken chips, %d did not fit", ran, refused)
	if ran < 4*refused || ran < *long/2 {
		t.Errorf("%d networks ran on broken chips and %d did not fit: too few to show anything", ran, refused)
	}
}
