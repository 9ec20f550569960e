package difftest

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
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
			opt := compiler.Options{Effort: 1, Seed: seed % 4, Optimise: passesOf[seed/2%uint64(len(passesOf))]}
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

// What stands for others is made to fit as any neuron: it is split, copied, and its
// long delays are relayed; what cannot be merged takes rows of its own.
func TestWhatStandsForOthersIsMadeToFit(t *testing.T) {
	alike := func(n int, from, to string) string { // all of them get the same from each source
		return fmt.Sprintf("  - {from: %s, to: %s, connect: {sparse: {p: 1}}, weights: {uniform: [1, 1], seed: %d}}\n", from, to, n)
	}
	few := *chipNamed(t, "xbar256")
	few.Name, few.Arch.NeuronFanOut, few.Arch.PartialSums = "few destinations", 2, false
	for _, test := range []struct {
		name, text string
		chip       *targets.Target
		opt        compiler.Options
	}{
		{"parts", "inputs: {in: {shape: 900}}\npopulations:\n  p: {shape: 40, neuron: lif, params: {tau: 20ms, threshold: 100}}\n  q: {shape: 30, neuron: if, params: {threshold: 20}}\nprojections:\n" +
			alike(1, "in", "p") + alike(2, "p", "q") + "outputs: [q]\n", chipNamed(t, "xbar256"), compiler.Options{Split: mapping.SplitNeeded}},
		{"copies", "inputs: {in: {shape: 20}}\npopulations:\n  p: {shape: 40, neuron: if, params: {threshold: 9}}\n  q: {shape: 1500, neuron: if, params: {threshold: {integer: [3, 90], seed: 1}}}\nprojections:\n" +
			alike(1, "in", "p") + alike(2, "p", "q") + "outputs: [p]\n", &few, compiler.Options{}},
		{"relays", "inputs: {in: {shape: 4}}\npopulations:\n  p: {shape: 9, neuron: if, params: {threshold: 2}}\n  q: {shape: 4, neuron: if, params: {threshold: [3, 5, 3, 8]}}\nprojections:\n" +
			alike(1, "in", "p") + "  - {from: p, to: q, connect: dense, delay: 40}\noutputs: [p, q]\n", chipNamed(t, "xbar256"), compiler.Options{}},
		{"more than fit a weight", "inputs: {in: {shape: 4}}\npopulations:\n  p: {shape: 600, neuron: if, params: {threshold: 2}}\n  q: {shape: 2, neuron: if, params: {threshold: [500, 1300]}}\nprojections:\n" +
			alike(1, "in", "p") + alike(2, "p", "q") + "outputs: [q]\n", chipNamed(t, "xbar1k"), compiler.Options{}},
		{"a loop of its own", "inputs: {in: {shape: 3}}\npopulations: {p: {shape: 50, neuron: lif, params: {tau: 5ms, threshold: 0.4}}}\nprojections:\n" +
			alike(1, "in", "p") + "  - {from: p, to: p, connect: {sparse: {p: 1, self_connections: true}}, weights: -0.01, delay: 2}\noutputs: [p]\n", chipNamed(t, "loihi"), compiler.Options{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			net, err := network.Parse("net.yaml", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			test.opt.Effort, test.opt.Optimise = 1, network.Optimise{Share: true}
			saved, err := CompareWithout(net, test.chip, test.opt, NewRun(3, net, 60))
			if err != nil {
				t.Fatal(err)
			}
			if saved.Doubles < 8 || saved.Spikes < 30 {
				t.Errorf("%+v: the test is idle", saved)
			}
		})
	}
}

func chipNamed(t testing.TB, name string) *targets.Target {
	t.Helper()
	c, err := targets.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The image is the same for any number of workers, and any seed of the search leaves
// the same neurons out.
func TestSameNeuronsAreLeftOutForAnyWorkersAndSeed(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	chip := chipNamed(t, "xbar256")
	for n := range uint64(10) {
		net, err := network.Parse("net.yaml", []byte(Alike(n)))
		if err != nil {
			t.Fatal(err)
		}
		var same []int32
		for _, seed := range []uint64{0, 5} {
			var first []byte
			for _, workers := range []int{1, 3} {
				runtime.GOMAXPROCS(workers)
				res, err := compiler.Compile(t.Context(), net, chip.Name, &chip.Arch, compiler.Options{Effort: 1, Seed: seed, Optimise: passesOf[0]})
				if err != nil {
					t.Fatal(err)
				}
				data, err := res.Image.Bytes()
				if err != nil {
					t.Fatal(err)
				}
				if first != nil && !bytes.Equal(first, data) {
					t.Errorf("network %d, seed %d: another image with %d workers", n, seed, workers)
				}
				first = data
				if same != nil && !slices.Equal(same, res.Image.SameAs) {
					t.Errorf("network %d, seed %d: other neurons are left out", n, seed)
				}
				same = res.Image.SameAs
			}
		}
	}
}

// On chips of circuits, and on those without ticks, what leads nowhere goes too, and
// the others fire as they did.
func TestUnreachableOnChipsOfCircuits(t *testing.T) {
	for _, test := range []struct{ target, params string }{
		{"truenorth", "truenorth, params: {threshold: {integer: [2, 9], seed: 3}, threshold_mask: 7}"},
		{"ranc", "ranc, params: {threshold: {integer: [2, 9], seed: 3}}"},
		{"tinyodin", "tinyodin_lif, params: {threshold: {integer: [2, 9], seed: 3}}"},
		{"odin", "odin_lif, params: {threshold: {integer: [2, 9], seed: 3}}"},
	} {
		chip := chipNamed(t, test.target)
		spikes, removed := 0, 0
		for seed := range 12 {
			text := fmt.Sprintf("seed: 3\ninputs: {in: {shape: 12}}\npopulations:\n  p: {shape: 20, neuron: %s}\n  q: {shape: 15, neuron: %s}\nprojections:\n"+
				"  - {from: in, to: p, connect: {sparse: {p: 0.4, seed: %d}}, weights: 2}\n  - {from: p, to: q, connect: {list: [[%d, 3], [4, 5], [4, 6], [9, 2], [11, 1]]}, weights: 3}\noutputs: [q]\n", test.params, test.params, seed, seed)
			net, err := network.Parse("net.yaml", []byte(text))
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			compiled := func(o network.Optimise) (*emulator.Machine, *image.Image) {
				res, err := compiler.Compile(t.Context(), net, chip.Name, &chip.Arch, compiler.Options{Effort: 1, Optimise: o})
				if err != nil {
					t.Fatalf("%s: %v\n%s", test.target, err, text)
				}
				_, n := res.Image.WithoutSlot()
				removed += n
				return emulator.New(emulator.NewChip(res.Image, chip.Timing, emulator.Cycle)), res.Image
			}
			plain, _ := compiled(network.Optimise{})
			less, im := compiled(network.Optimise{Unreachable: true})
			gone := func(n int32) bool { return im.StandIn(n) == image.NoNeuron }
			for k, in := range Stimulus(uint64(seed), 12, 80) {
				want := slices.DeleteFunc(slices.Clone(plain.Tick(in)), gone)
				if got := less.Tick(in); !slices.Equal(got, want) {
					t.Fatalf("%s, tick %d: %v fire, want %v\n%s", test.target, k+1, got, want, text)
				}
				spikes += len(want)
			}
		}
		if removed < 100 || spikes < 500 {
			t.Errorf("%s: %d neurons removed and %d spikes: the test is idle", test.target, removed, spikes)
		}
	}
}
