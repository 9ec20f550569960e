package difftest

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

var (
	long  = flag.Int("networks", 70, "how many generated networks to compare")
	start = flag.Uint64("start", 0, "the first seed")
)

const ticks = 24

// chip is a target, and how many of a hundred generated networks should fit it.
type chip struct {
	*targets.Target
	fit int
}

// fits is how many of a hundred networks fit a built-in target.
var fits = map[string]int{"xbar256": 70, "xbar1k": 70, "loihi": 60, "truenorth": 5, "ranc": 2, "rram": 12}

// Targets of a user: xbar256 and loihi with less of everything, so that
// populations are split over many cores, and over chips.
const (
	cutDense = `
target: cut-dense
doc: cores of 7 neurons and few destinations
inherits: xbar256
arch: {neurons: 7, axons: 128, fan_out: 96, mesh: [32, 32], word_synapses: 3}
`
	cutSparse = `
target: cut-sparse
doc: cores of 9 neurons with little synapse memory
inherits: loihi
arch: {neurons: 9, axons: 200, fan_out: 120, mesh: [40, 20], synapse_words: 90, word_synapses: 5}
timing: {fifo: 1, link: 1, hop_x: 1, hop_y: 1, lanes: 4}
`
	tiled = `
target: tiled
doc: small cores on chips whose links are long and slow
inherits: xbar256
arch: {neurons: 7, axons: 128, fan_out: 96, mesh: [32, 32], chip: [4, 2], chip_link: 3}
timing: {fifo: 1, chip_hop: 70, chip_period: 9}
`
)

func chips(t testing.TB) []chip {
	t.Helper()
	load := func(name string) *targets.Target {
		c, err := targets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	var out []chip
	for _, name := range targets.Names() {
		// Chips without ticks do not do what the oracle does.
		if c := load(name); !c.Arch.Controller.EventDriven() {
			out = append(out, chip{ideal(c), fits[name]})
		}
	}
	for _, text := range []string{cutDense, cutSparse, tiled} {
		path := filepath.Join(t.TempDir(), "user.yaml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		out = append(out, chip{load(path), 60})
	}
	// A chip of narrow words, where much saturates.
	narrow := *load("xbar256")
	narrow.Name = "narrow"
	narrow.Arch.StateBits = 16
	// A chip of wide words and long programs, with delays at the axons of sparse
	// cores.
	wide := *load("loihi")
	wide.Name = "wide"
	wide.Arch.ProgramWords = 256
	wide.Arch.WeightFormat = targets.Signed
	wide.Arch.StateBits, wide.Arch.WeightBits, wide.Arch.DelayPlace, wide.Arch.MaxDelay = 32, 16, targets.DelayAxon, 16
	return append(out, chip{&narrow, 65}, chip{&wide, 85})
}

// parse returns the generated network of a seed.
func parse(t testing.TB, seed uint64) (net *network.Network, text string) {
	t.Helper()
	text = Network(seed)
	net, err := network.Parse(fmt.Sprintf("seed%d.yaml", seed), []byte(text))
	if err != nil {
		t.Fatalf("seed %d does not parse: %v\n%s", seed, err, text)
	}
	return net, text
}

// The emulated chip equals the integer oracle, spike for spike, on generated
// networks and every target that they fit: the built-in ones, a user's with
// small cores, and two that no file has.
func TestChipEqualsOracle(t *testing.T) {
	all := chips(t)
	ran := make([]int, len(all))
	for seed := *start; seed < *start+uint64(*long); seed++ {
		net, text := parse(t, seed)
		run := NewRun(seed, net, ticks)
		for k, chip := range all {
			var user *diag.Error
			if err := Compare(net, chip.Target, run); errors.As(err, &user) {
				if chip.Arch.Models != "" { // a chip of one neuron fits few
					continue
				}
				t.Logf("seed %d does not fit %s: %v", seed, chip.Name, err)
			} else if err != nil {
				t.Errorf("seed %d: %v\n%s", seed, err, text)
			} else {
				ran[k]++
			}
		}
	}
	for k, chip := range all {
		if want := *long * chip.fit / 100; ran[k] < want {
			t.Errorf("%d networks ran on %s, want at least %d", ran[k], chip.Name, want)
		}
	}
}

// FuzzChipEqualsOracle looks for a seed whose network differs. Each runs on one
// target, so that none takes long.
func FuzzChipEqualsOracle(f *testing.F) {
	for seed := range uint64(3) {
		f.Add(1<<40 + seed)
	}
	all := chips(f)
	f.Fuzz(func(t *testing.T, seed uint64) {
		net, text := parse(t, seed)
		run := NewRun(seed, net, ticks)
		var user *diag.Error
		if err := Compare(net, all[seed%uint64(len(all))].Target, run); err != nil && !errors.As(err, &user) {
			t.Errorf("seed %d: %v\n%s", seed, err, text)
		}
	})
}
