package difftest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
)

// passesOf are the passes that leave neurons out, together and each by itself.
var passesOf = []network.Optimise{
	{Dead: true, Share: true, Unreachable: true},
	{Share: true},
	{Dead: true},
	{Unreachable: true},
}

// Neurons that are left out are not missed: what is told of the others is what the
// oracle finds without passes, on every target, in both modes, for any seed.
func TestNeuronsLeftOutAreNotMissed(t *testing.T) {
	all := chips(t)
	ran := make([]int, len(all))
	var total Saved
	for seed := *start; seed < *start+uint64(*long); seed++ {
		text := Alike(seed)
		net, err := network.Parse(fmt.Sprintf("alike%d.yaml", seed), []byte(text))
		if err != nil {
			t.Fatalf("seed %d does not parse: %v\n%s", seed, err, text)
		}
		run := NewRun(seed, net, ticks)
		for k, chip := range all {
			if chip.Arch.Models != "" || (seed+uint64(k))%2 == 1 { // half of the pairs is enough
				continue
			}
			opt := compiler.Options{Effort: 1, Seed: seed % 4, Optimise: passesOf[seed%uint64(len(passesOf))]}
			if seed%5 == 0 {
				opt.Defects = broken(t, &chip.Arch, seed)
			}
			saved, err := CompareWithout(net, chip.Target, opt, run)
			if _, ok := errors.AsType[*diag.Error](err); ok {
				t.Logf("seed %d does not fit %s: %v", seed, chip.Name, err)
				continue
			}
			if err != nil {
				t.Errorf("seed %d on %s: %v\n%s", seed, chip.Name, err, text)
				continue
			}
			ran[k]++
			total.Doubles += saved.Doubles
			total.Removed += saved.Removed
			total.Spikes += saved.Spikes
		}
	}
	t.Logf("%+v on %v", total, ran)
	for k, chip := range all {
		if want := *long * 35 / 100; chip.Arch.Models == "" && ran[k] < want {
			t.Errorf("%d networks ran on %s, want at least %d", ran[k], chip.Name, want)
		}
	}
	if n := *long; total.Doubles < 10*n || total.Removed < 10*n || total.Spikes < 10*n {
		t.Errorf("%d networks had %+v: the test is idle", n, total)
	}
}
