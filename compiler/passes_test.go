package compiler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/targets"
)

func load(t *testing.T, name string) *targets.Target {
	t.Helper()
	chip, err := targets.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return chip
}

func parse(t *testing.T, text string) *network.Network {
	t.Helper()
	net, err := network.Parse("network.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return net
}

// archive returns the beginning of a .txtar file up to the end of its
// network.yaml, the network, and the target that the first line names.
func archive(t *testing.T, path string) (head, net, target string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const marker = "-- network.yaml --\n"
	comment, rest, ok := strings.Cut(string(data), marker)
	if !ok {
		t.Fatalf("%s holds no network.yaml", path)
	}
	net, _, _ = strings.Cut(rest, "-- after ")
	line, _, _ := strings.Cut(comment, "\n")
	return comment + marker + net, net, strings.TrimPrefix(line, "target: ")
}

// What each pass makes of a network: the network of every testdata/*.txtar,
// with the level after each pass.
func TestLevelAfterEachPass(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			head, text, target := archive(t, path)
			out := bytes.NewBufferString(head)
			for _, name := range PassNames() {
				var level bytes.Buffer
				opt := Options{Dump: name, DumpTo: &level}
				if _, err := Compile(t.Context(), parse(t, text), target, &load(t, target).Arch, opt); err != nil {
					t.Fatal(err)
				}
				if level.Len() > 0 { // else it was not asked for
					fmt.Fprintf(out, "-- after %s --\n%s", name, level.Bytes())
				}
			}
			golden.Check(t, path, out.Bytes())
		})
	}
}

func TestPassesRunInTheOrderOfTheirTable(t *testing.T) {
	all := []string{"lower", "fold", "prune", "quantise", "correct", "dead", "share", "unreachable", "approximate", "map", "emit"}
	if diff := cmp.Diff(all, PassNames()); diff != "" {
		t.Errorf("passes (-want +got):\n%s", diff)
	}
	res, err := Compile(t.Context(), parse(t, "populations: {p: {shape: 1, neuron: if}}\n"), "xbar256", &load(t, "xbar256").Arch, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The others are run only where they are asked for.
	want := []string{"lower", "quantise", "map", "emit"}
	var ran []string
	for _, p := range res.Passes {
		ran = append(ran, p.Name)
	}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Errorf("passes run (-want +got):\n%s", diff)
	}
	for _, p := range passes {
		if p.doc == "" {
			t.Errorf("pass %s has no doc", p.name)
		}
	}
}

// everything asks for all passes, and has something for each to keep.
const everything = `
populations: {p: {shape: 1, neuron: lif, params: {tau: 9ms, bias: 3}, batch_norm: {gamma: 2}}}
projections: [{from: p, to: p, connect: dense, weights: 0.123}]
outputs: [p]
optimise: {prune: {magnitude: 0.01}, dead: true, share: true, unreachable: true, correct_bias: 0.1}
`

// broken is a level that is not what it should be.
type broken struct{ level }

func (broken) Verify() error { return errors.New("neuron 3 is missing") }

// Whatever pass leaves a broken level behind, the compiler stops there and
// says that it is its own fault.
func TestEveryPassIsVerified(t *testing.T) {
	table := passes
	t.Cleanup(func() { passes = table })
	for k := range table {
		passes = append([]pass(nil), table...)
		passes[k].run = func(ctx context.Context, s *state) (level, error) {
			l, err := table[k].run(ctx, s)
			return broken{l}, err
		}
		var dump bytes.Buffer
		_, err := Compile(t.Context(), parse(t, everything), "xbar256", &load(t, "xbar256").Arch, Options{Approximate: 1, Dump: table[k].name, DumpTo: &dump})
		bug, ok := errors.AsType[*InternalError](err)
		if !ok || bug.Pass != table[k].name || bug.Error() != fmt.Sprintf("compiler bug after pass %q: neuron 3 is missing", table[k].name) {
			t.Errorf("pass %s: error %v, want an *InternalError that names it", table[k].name, err)
		}
		if dump.Len() > 0 {
			t.Errorf("pass %s: what was refused is dumped:\n%s", table[k].name, dump.String())
		}
	}
}

// failing is a writer that is full.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestADumpThatCannotBeWrittenIsAnError(t *testing.T) {
	full := errors.New("disk full")
	for _, name := range PassNames() {
		_, err := Compile(t.Context(), parse(t, everything), "xbar256", &load(t, "xbar256").Arch, Options{Approximate: 1, Dump: name, DumpTo: failing{full}})
		if !errors.Is(err, full) {
			t.Errorf("dump after %s: error %v, want %v", name, err, full)
		}
	}
}

func TestCompileStopsWhenItsContextEnds(t *testing.T) {
	net, arch := parse(t, "populations: {p: {shape: 1, neuron: if}}\n"), &load(t, "xbar256").Arch
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	table := passes
	t.Cleanup(func() { passes = table })
	ran := 0
	passes = append([]pass(nil), table...)
	for k := range passes {
		passes[k].run = func(ctx context.Context, s *state) (level, error) {
			if ran++; ran == 2 {
				cancel()
			}
			return table[k].run(ctx, s)
		}
	}
	if _, err := Compile(ctx, net, "xbar256", arch, Options{}); !errors.Is(err, context.Canceled) || ran != 2 {
		t.Errorf("error %v after %d passes, want %v after 2", err, ran, context.Canceled)
	}
}

func TestWhatIsTooLargeIsRefusedBeforeItIsExpanded(t *testing.T) {
	small := load(t, "xbar256").Arch
	small.MeshWidth, small.MeshHeight, small.Neurons, small.Axons = 2, 1, 4, 4
	packed := small
	packed.SynapseFormat, packed.SynapseWords, packed.WordSynapses = targets.Sparse, 3, 5
	for _, test := range []struct {
		name, text string
		arch       targets.Arch
		want       string
	}{
		{
			"neurons", "populations:\n  p: {shape: 2, neuron: if}\n  q: {shape: 7, neuron: if}\n", small,
			`network.yaml:3:3: the network has 9 neurons, 1 more than the 8 of the target's 2 cores; population "q" has most: choose a larger target, or fewer neurons [does-not-fit]`,
		},
		{
			"synapses of dense cores", "inputs: {in: {shape: 4}}\npopulations: {p: {shape: 7, neuron: if}}\nprojections:\n  - {from: in, to: p, connect: dense}\n  - {from: p, to: p, connect: one_to_one}\n  - {from: p, to: p, connect: dense}\n", small,
			`network.yaml:5:5: with projection "p→p" the network has 35 synapses, 3 more than the target's cores hold (32): choose a larger target, or fewer synapses [does-not-fit]`,
		},
		{
			"synapses of sparse cores", "inputs: {in: {shape: 31}}\npopulations: {p: {shape: 1, neuron: if}}\nprojections: [{from: in, to: p, connect: dense}]\n", packed,
			`network.yaml:3:15: with projection "in→p" the network has 31 synapses, 1 more than the target's cores hold (30): choose a larger target, or fewer synapses [does-not-fit]`,
		},
		{
			"neurons and synapses", "inputs: {in: {shape: 4}}\npopulations: {p: {shape: 9, neuron: if}}\nprojections: [{from: in, to: p, connect: dense}]\n", small,
			`network.yaml:2:15: the network has 9 neurons, 1 more than the 8 of the target's 2 cores; population "p" has most: choose a larger target, or fewer neurons [does-not-fit]` + "\n" +
				`network.yaml:3:15: with projection "in→p" the network has 36 synapses, 4 more than the target's cores hold (32): choose a larger target, or fewer synapses [does-not-fit]`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := passes
			t.Cleanup(func() { passes = table })
			passes = []pass{{name: "lower", run: func(context.Context, *state) (level, error) { return nil, errors.New("expanded") }}}
			_, err := Compile(t.Context(), parse(t, test.text), "small", &test.arch, Options{})
			user, ok := errors.AsType[*diag.Error](err)
			if !ok {
				t.Fatalf("error %v, want a *diag.Error", err)
			}
			if diff := cmp.Diff(test.want, user.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
	_, err := Compile(t.Context(), &network.Network{File: "empty.yaml"}, "small", &small, Options{})
	if want := "empty.yaml: the network has no populations [missing-field]"; err == nil || err.Error() != want {
		t.Errorf("a network without populations: error %v, want %s", err, want)
	}
}

// imageOf compiles a network for a target and returns the image's bytes.
func imageOf(t *testing.T, text string, chip *targets.Target, opt Options) []byte {
	t.Helper()
	res, err := Compile(t.Context(), parse(t, text), chip.Name, &chip.Arch, opt)
	if err != nil {
		t.Fatal(err)
	}
	data, err := res.Image.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPricesAndTimingDoNotChangeTheImage(t *testing.T) {
	_, text, target := archive(t, "testdata/decay.txtar")
	want := imageOf(t, text, load(t, target), Options{})
	path := filepath.Join(t.TempDir(), "dear.yaml")
	dear := "target: loihi\ninherits: loihi\ntiming: {clock: 1kHz, row: 77, lanes: 3, fifo: 1}\nprices: {synaptic_op: 5J, leakage_core: 3W}\n"
	if err := os.WriteFile(path, []byte(dear), 0o644); err != nil {
		t.Fatal(err)
	}
	chip := load(t, path)
	if chip.Timing.Row != 77 || chip.Prices.LeakageCore != 3 {
		t.Fatalf("the target is not the one that was written: %+v", chip)
	}
	if !bytes.Equal(want, imageOf(t, text, chip, Options{})) {
		t.Error("the image differs")
	}
}

func TestSameInputSameImage(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	_, text, target := archive(t, "testdata/dense.txtar")
	for _, seed := range []uint64{0, 5} {
		var want []byte
		for _, procs := range []int{1, 2, 2, 1} {
			runtime.GOMAXPROCS(procs)
			got := imageOf(t, text, load(t, target), Options{Seed: seed})
			if want == nil {
				want = got
			}
			if !bytes.Equal(want, got) {
				t.Errorf("seed %d, %d processors: the image differs from the first", seed, procs)
			}
		}
	}
}

func TestOptionsOverrideTheFile(t *testing.T) {
	net := parse(t, "inputs: {in: {shape: 1}}\npopulations: {p: {shape: 1, neuron: if}}\nprojections: [{from: in, to: p, connect: dense, weights: 0.3, quantise: {bits: 7}}]\n")
	res, err := Compile(t.Context(), net, "xbar256", &load(t, "xbar256").Arch, Options{Quantise: network.Quantise{Bits: 3}, Dump: "lower", DumpTo: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Quantized.Stats[0].Bits; got != 3 {
		t.Errorf("%d bits, want the 3 of the options", got)
	}
}
