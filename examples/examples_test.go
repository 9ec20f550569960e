// Package examples holds networks to run and to learn from, a folder each. The
// tests compile and run every one on every built-in target that it fits, hold
// the emulated chip to the integer oracle, and compare what came out with the
// folder's want.txt.
package examples

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/targets"
)

// How long the examples run here.
const (
	// defaultTicks is for networks without an experiment, ticksOf their exceptions.
	defaultTicks = 4
	// cycleTicks is how many of these ticks also cross the emulated mesh.
	cycleTicks = 100
	// imageSamples is how many images of MNIST are evaluated, where they are;
	// variants of an example get fewer. `make mnist` runs all 10,000.
	imageSamples, variantSamples = 200, 50
	// closeSamples is how many of them are also compared potential by potential.
	closeSamples = 2
)

var ticksOf = map[string]int{"recurrent": 1000, "ca3": 45}

// Every example does on every target what its want.txt says, and what the
// oracle says.
func TestExamples(t *testing.T) {
	shared(t)
	networks, err := filepath.Glob("*/network.yaml")
	if err != nil || len(networks) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, path := range networks {
		dir := filepath.Dir(path)
		t.Run(dir, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(dir, "README.md")); err != nil {
				t.Error(err)
			}
			var out bytes.Buffer
			experiments, _ := filepath.Glob(filepath.Join(dir, "experiment*.yaml"))
			for _, e := range experiments {
				evaluate(t, &out, e)
			}
			if len(experiments) == 0 {
				runNetwork(t, &out, dir)
			}
			golden.Check(t, filepath.Join(dir, "want.txt"), out.Bytes())
		})
	}
}

// shared lets the experiments find the data from this folder, unless the
// environment already says where they are.
func shared(t *testing.T) {
	t.Helper()
	if os.Getenv("WEFT_SHARED") == "" {
		t.Setenv("WEFT_SHARED", filepath.Join("..", "..", "shared"))
	}
}

// builtIn returns the built-in targets that do what the oracle does: those with
// devices do not.
func builtIn(t *testing.T) []*targets.Target {
	t.Helper()
	var all []*targets.Target
	for _, name := range targets.Names() {
		target, err := targets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if target.Devices == nil {
			all = append(all, target)
		}
	}
	return all
}

// compile returns nil where the network does not fit the target.
func compile(t *testing.T, net *network.Network, target *targets.Target, quantise network.Quantise) *compiler.Result {
	t.Helper()
	res, err := compiler.Compile(t.Context(), net, target.Name, &target.Arch, compiler.Options{Quantise: quantise, Effort: 1})
	if err == nil {
		return res
	}
	user, ok := errors.AsType[*diag.Error](err)
	if !ok {
		t.Fatalf("%s on %s: %v", net.Name, target.Name, err)
	}
	for _, d := range user.Diagnostics {
		if d.Code != diag.DoesNotFit {
			t.Fatalf("%s on %s: %v", net.Name, target.Name, err)
		}
	}
	return nil
}

// runNetwork runs a network once, with the spikes beside it if there are any.
func runNetwork(t *testing.T, out *bytes.Buffer, dir string) {
	net := load(t, dir)
	ticks := defaultTicks
	if n := ticksOf[dir]; n > 0 {
		ticks = n
	}
	fmt.Fprintf(out, "%s, %d ticks\n", net.Name, ticks)
	for _, target := range builtIn(t) {
		res := compile(t, net, target, network.Quantise{})
		if res == nil {
			if target.Arch.Models == "" { // a chip of one neuron fits few
				fmt.Fprintf(out, "%-7s  does not fit\n", target.Name)
			}
			continue
		}
		spikes := stimulusOf(t, filepath.Join(dir, "spikes.csv"), net)
		want := interp.Quantized(res.Quantized, interp.Stimulus{Spikes: spikes}, ticks)
		short := want
		if ticks > cycleTicks {
			short = interp.Quantized(res.Quantized, interp.Stimulus{Spikes: spikes}, cycleTicks)
		}
		same(t, res, target, emulator.Cycle, spikes, min(ticks, cycleTicks), short)
		same(t, res, target, emulator.Functional, spikes, ticks, want)
		fmt.Fprintf(out, "%-7s  %d cores, spikes", target.Name, len(res.Mapped.Cores))
		for _, p := range res.Quantized.Populations {
			fmt.Fprintf(out, " %s %d", p.Name, len(spikesOf(want, p.First, p.N)))
		}
		fmt.Fprintf(out, ", synaptic events %d, spike hash %s\n", want.SynapticEvents, hashOf(want))
	}
}

func load(t *testing.T, dir string) *network.Network {
	t.Helper()
	net, err := network.Load(filepath.Join(dir, "network.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// opened reads an experiment with its network and its data.
func opened(t *testing.T, path string) (*experiment.Experiment, *network.Network, *dataset.Set) {
	t.Helper()
	exp, err := experiment.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	net, err := network.Load(exp.Network.Path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := exp.LoadData()
	if err != nil {
		t.Fatal(err)
	}
	return exp, net, data
}

// stimulusOf reads a file of spikes, if there is one.
func stimulusOf(t *testing.T, path string, net *network.Network) [][]int32 {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	var groups []stimulus.Group
	first := int32(0)
	for _, in := range net.Inputs {
		groups = append(groups, stimulus.Group{Name: in.Name, First: first, N: network.Size(in.Shape)})
		first += int32(network.Size(in.Shape))
	}
	train, _, err := stimulus.Load(path, groups, stimulus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return train.Spikes
}

// same holds a chip to what the oracle did: every spike, and every potential at
// the end.
func same(t *testing.T, res *compiler.Result, target *targets.Target, mode emulator.Mode, spikes [][]int32, ticks int, want *interp.Result) {
	t.Helper()
	m := emulator.New(emulator.NewChip(res.Image, target.Timing, mode))
	var got []interp.Spike
	for tick := 1; tick <= ticks; tick++ {
		var in []int32
		if tick <= len(spikes) {
			in = spikes[tick-1]
		}
		for _, n := range m.Tick(in) {
			got = append(got, interp.Spike{Tick: int32(tick), Neuron: n})
		}
	}
	if !slices.Equal(got, want.Spikes) {
		t.Errorf("%s on %s, mode %d: the chip has %d spikes, the oracle %d, and they differ", res.Quantized.Net.Name, target.Name, mode, len(got), len(want.Spikes))
	}
	for n, v := range want.V {
		if got := float64(m.State(n, 0)); got != v {
			t.Fatalf("%s on %s, mode %d: neuron %d ends at %v, with the oracle at %v", res.Quantized.Net.Name, target.Name, mode, n, got, v)
		}
	}
}

func hashOf(r *interp.Result) string {
	h := hashValue(r)
	return h.String()
}

func hashValue(r *interp.Result) report.Hash {
	h := report.NewHash()
	for _, s := range r.Spikes {
		h.Spikes(int64(s.Tick), []int32{s.Neuron})
	}
	return h
}

// spikesOf returns the spikes of n neurons from first on.
func spikesOf(r *interp.Result, first, n int) []interp.Spike {
	var out []interp.Spike
	for _, s := range r.Spikes {
		if int(s.Neuron) >= first && int(s.Neuron) < first+n {
			out = append(out, s)
		}
	}
	return out
}

// evaluate runs the samples of an experiment on every target that it fits, and
// on the oracle.
func evaluate(t *testing.T, out *bytes.Buffer, path string) {
	exp, err := experiment.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	net, err := network.Load(exp.Network.Path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := exp.LoadData()
	if e, ok := errors.AsType[*diag.Error](err); ok && e.Diagnostics[0].Code == diag.MissingFile {
		compileAll(t, filepath.Dir(path))
		t.Skip("the images are not here: set WEFT_SHARED to a folder that has the four files of MNIST in data/mnist")
	}
	if err == nil {
		err = exp.Check(net, data)
	}
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case exp.Dataset.Format != dataset.IDX:
	case filepath.Base(path) == "experiment.yaml":
		data = data.Slice(0, imageSamples)
	default:
		data = data.Slice(0, variantSamples)
	}
	fmt.Fprintf(out, "%s, %d samples\n", exp.Name, data.N)
	var o oracle
	for _, target := range builtIn(t) {
		res := compile(t, net, target, exp.Quantise)
		if res == nil {
			if target.Arch.Models == "" { // a chip of one neuron fits few
				fmt.Fprintf(out, "%-7s  does not fit\n", target.Name)
			}
			continue
		}
		r, err := eval.Run(t.Context(), eval.Config{
			Experiment: exp, Network: net, Data: data, Target: target,
			Chip: emulator.NewChip(res.Image, target.Timing, emulator.Cycle),
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := o.hash(t, exp, res, r, data, target); r.SpikeHash != want {
			t.Errorf("%s on %s: the chip's spike hash is %s, the oracle's %s", exp.Name, target.Name, r.SpikeHash, want)
		}
		fmt.Fprintf(out, "%-7s  %d cores, accuracy %.2f %% (%d of %d), synaptic events %d, spike hash %s\n",
			target.Name, len(res.Mapped.Cores), 100*r.Accuracy, r.Correct, r.Samples, r.SynapticEvents, r.SpikeHash)
	}
}

// compileAll compiles the networks of a folder, which needs no data.
func compileAll(t *testing.T, dir string) {
	t.Helper()
	networks, _ := filepath.Glob(filepath.Join(dir, "network*.yaml"))
	for _, path := range networks {
		net, err := network.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		fits := 0
		for _, target := range builtIn(t) {
			if compile(t, net, target, network.Quantise{}) != nil {
				fits++
			}
		}
		if fits == 0 {
			t.Errorf("%s fits no target", path)
		}
	}
}

// oracle remembers what it last ran: targets of the same widths have the same
// integers.
type oracle struct {
	of    *ir.Quantized
	spike string
}

// hash runs the samples on the oracle; the first ones are compared with the chip
// potential by potential, too.
func (o *oracle) hash(t *testing.T, exp *experiment.Experiment, res *compiler.Result, r *eval.Result, data *dataset.Set, target *targets.Target) string {
	t.Helper()
	if exp.Encode.Kind != experiment.Rate {
		t.Fatalf("%s: encoding %q is not known to this test", exp.Name, exp.Encode.Kind)
	}
	q := res.Quantized
	known := o.of != nil && o.of.StateBits == q.StateBits && reflect.DeepEqual(o.of.Weights, q.Weights) && reflect.DeepEqual(o.of.Pops, q.Pops)
	ticks := r.TicksPerSample.Input + r.TicksPerSample.Drain
	hash := report.NewHash()
	values := make([]float64, data.Size())
	for i := range data.N {
		if known && i == closeSamples {
			return o.spike
		}
		data.Sample(i, values)
		var train stimulus.Train
		stimulus.Rate(values, int32(q.Inputs[0].First), r.TicksPerSample.Input, &train)
		want := interp.Quantized(q, interp.Stimulus{Spikes: train.Spikes}, ticks)
		hash.Word(uint64(hashValue(want)))
		if i < closeSamples {
			same(t, res, target, emulator.Cycle, train.Spikes, ticks, want)
		}
	}
	o.of, o.spike = q, hash.String()
	return o.spike
}

// The recurrent network keeps firing, slowly and irregularly, as its README
// says: 5 to 30 spikes a second, with intervals that vary like those of a
// Poisson process.
func TestRecurrentFiresIrregularly(t *testing.T) {
	net := load(t, "recurrent")
	target, err := targets.Load("loihi")
	if err != nil {
		t.Fatal(err)
	}
	const ticks = 1000
	res := compile(t, net, target, network.Quantise{})
	r := interp.Quantized(res.Quantized, interp.Stimulus{}, ticks)
	for _, p := range res.Quantized.Populations {
		trains := make([][]float64, p.N)
		for _, s := range spikesOf(r, p.First, p.N) {
			n := int(s.Neuron) - p.First
			trains[n] = append(trains[n], float64(s.Tick))
		}
		spikes, silent := 0, 0
		var sum, count float64
		for _, train := range trains {
			spikes += len(train)
			if len(train) == 0 {
				silent++
			}
			if len(train) > 5 {
				sum, count = sum+variation(train), count+1
			}
		}
		rate, cv := float64(spikes)/float64(p.N)/(ticks*net.Tick), sum/count
		if rate < 5 || rate > 30 || cv < 0.8 || cv > 1.5 || silent > p.N/20 {
			t.Errorf("%s: %.1f Hz, coefficient of variation %.2f, %d of %d silent", p.Name, rate, cv, silent, p.N)
		}
	}
}

// variation is the coefficient of variation of the intervals of a spike train.
func variation(train []float64) float64 {
	var sum, squares float64
	n := float64(len(train) - 1)
	for k := 1; k < len(train); k++ {
		d := train[k] - train[k-1]
		sum, squares = sum+d, squares+d*d
	}
	mean := sum / n
	return math.Sqrt(squares/n-mean*mean) / mean
}
