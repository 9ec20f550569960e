package eval_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/targets"
)

// plain has three neurons that answer. Inputs 0 to 2 fire one each; inputs 3 to
// 5 leave a potential of 1 there, long after.
const plain = `network: plain
tick: 1ms
inputs:
  in: {shape: [6]}
populations:
  out: {shape: [3], neuron: if, params: {threshold: 1, reset: zero}}
projections:
  - {from: in, to: out, connect: {list: [[0, 0, 2, 1], [1, 1, 2, 1], [2, 2, 2, 1], [3, 0, 1, 5], [4, 1, 1, 5], [5, 2, 1, 5]]}}
outputs: [out]
`

// plainData has samples for plain, label first.
const plainData = `label,a,b,c,d,e,f
1,0.25,0.75,0.5,0,0,0
0,0.75,0.75,0,0,0,0
1,0.75,0.75,0,0,0.25,0
2,0,0,0,0,0,0
2,0,0,1,0,0,0
0,0.5,0,1,0,0,0
`

// config compiles a network and gets it ready to run on samples.
func config(t testing.TB, net, data, encode, readout string, mode emulator.Mode) eval.Config {
	t.Helper()
	return configOf(t, net, "format: csv, label: label", data, encode, readout, mode)
}

// configOf is config of a data set of any format that is a file.
func configOf(t testing.TB, net, format, data, encode, readout string, mode emulator.Mode) eval.Config {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"network.yaml": net,
		"data":         data,
		"experiment.yaml": fmt.Sprintf("experiment: test\nnetwork: network.yaml\ndataset: {%s, file: data}\nencode: {input: in, %s}\nreadout: {population: out, kind: %s}\n",
			format, encode, readout),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	e, err := experiment.Load(filepath.Join(dir, "experiment.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := network.Load(e.Network.Path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.LoadData()
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Check(n, d); err != nil {
		t.Fatal(err)
	}
	chip, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	res, err := compiler.Compile(t.Context(), n, chip.Name, &chip.Arch, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return eval.Config{
		Experiment: e, Network: n, Data: d, Target: chip,
		Chip: emulator.NewChip(res.Image, chip.Timing, mode), Functional: mode == emulator.Functional, Workers: 1,
	}
}

func mustRun(t testing.TB, cfg eval.Config) *eval.Result {
	t.Helper()
	r, err := eval.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Answers worked out by hand from the spikes that each encoding gives.
func TestAnswers(t *testing.T) {
	const auto, undecided = 5, -1
	for _, tt := range []struct {
		encode, readout    string
		want               []int
		correct, undecided int
		drain              int
	}{
		// Sample 1 is a tie of counts and of potentials, which the lower index wins;
		// in sample 2 a higher potential decides the tie; sample 3 is silent.
		{"kind: rate, ticks: 4", "count", []int{1, 0, 1, undecided, 2, 2}, 4, 1, auto},
		// Without the ticks in which the late potential arrives, the lower index.
		{"kind: rate, ticks: 4, drain: 1", "count", []int{1, 0, 0, undecided, 2, 2}, 3, 1, 1},
		{"kind: rate, ticks: 4", "membrane", []int{0, 0, 1, 0, 0, 0}, 3, 0, auto},
		// 0.75, 0.5 and 1 all spike in the first tick.
		{"kind: rate, ticks: 4", "first", []int{1, 0, 0, undecided, 2, 0}, 4, 1, auto},
		{"kind: latency, ticks: 4", "first", []int{1, 0, 0, undecided, 2, 2}, 3, 1, auto},
		// One spike each, but for the tie that a potential decides.
		{"kind: latency, ticks: 4", "count", []int{0, 0, 1, undecided, 2, 0}, 4, 1, auto},
		{"kind: latency, ticks: 1, drain: 0", "first", []int{undecided, undecided, undecided, undecided, undecided, undecided}, 0, 6, 0},
		// A current is felt in the tick in which it is there; the potentials of the
		// last samples are equal.
		{"kind: direct, ticks: 4", "count", []int{1, 0, 0, undecided, 2, 2}, 3, 1, 0},
		{"kind: direct, ticks: 1", "membrane", []int{0, 0, 0, 0, 0, 0}, 2, 0, 0},
	} {
		t.Run(tt.encode+"/"+tt.readout, func(t *testing.T) {
			r := mustRun(t, config(t, plain, plainData, tt.encode, tt.readout, emulator.Cycle))
			if diff := cmp.Diff(tt.want, r.Predictions); diff != "" {
				t.Errorf("predictions (-want +got):\n%s", diff)
			}
			if r.Correct != tt.correct || r.Undecided != tt.undecided || r.Samples != 6 || r.Accuracy != float64(tt.correct)/6 {
				t.Errorf("%d of %d correct, %d undecided, accuracy %v; want %d and %d", r.Correct, r.Samples, r.Undecided, r.Accuracy, tt.correct, tt.undecided)
			}
			if r.TicksPerSample.Drain != tt.drain {
				t.Errorf("drain is %d ticks, want %d", r.TicksPerSample.Drain, tt.drain)
			}
		})
	}
}

// With read-out first a sample ends with its answer, else after input and drain.
func TestLatencyIsTheTimeToTheAnswer(t *testing.T) {
	r := mustRun(t, config(t, plain, plainData, "kind: latency, ticks: 4", "first", emulator.Cycle))
	// Spikes of ticks 2, 2, 2, none, 1 and 1 are answered one tick later.
	want := eval.Distribution{
		Mean: (3 + 3 + 3 + 9 + 2 + 2) / 6.0, P50: 3, P99: 9, Max: 9,
		Histogram: &report.Histogram{From: 2, Width: 1, Counts: []int64{2, 3, 0, 0, 0, 0, 0, 1}},
	}
	if diff := cmp.Diff(want, r.Latency.Ticks); diff != "" {
		t.Errorf("ticks (-want +got):\n%s", diff)
	}
	r = mustRun(t, config(t, plain, plainData, "kind: latency, ticks: 4", "count", emulator.Cycle))
	want = eval.Distribution{Mean: 9, P50: 9, P99: 9, Max: 9, Histogram: &report.Histogram{From: 9, Width: 1, Counts: []int64{6}}}
	if diff := cmp.Diff(want, r.Latency.Ticks); diff != "" {
		t.Errorf("ticks (-want +got):\n%s", diff)
	}
	if r.Ticks != 6*9 || r.Latency.Cycles.Mean*6 != float64(r.Cycles) {
		t.Errorf("%d ticks, %d cycles in all, %v cycles a sample", r.Ticks, r.Cycles, r.Latency.Cycles.Mean)
	}
}

// What the host reads and writes is on the books.
func TestHostIsOnTheBooks(t *testing.T) {
	for _, tt := range []struct {
		encode, readout string
		reads, writes   int64
	}{
		{"kind: rate, ticks: 4", "membrane", 18, 0},
		{"kind: rate, ticks: 4", "count", 4, 0}, // two ties of two
		{"kind: rate, ticks: 4", "first", 0, 0},
		{"kind: direct, ticks: 4", "count", 4, 10}, // currents that do not round to zero
	} {
		r := mustRun(t, config(t, plain, plainData, tt.encode, tt.readout, emulator.Cycle))
		if r.Counts["host_read"] != tt.reads || r.Counts["config_write"] != tt.writes {
			t.Errorf("%s, %s: %d reads and %d writes, want %d and %d", tt.encode, tt.readout, r.Counts["host_read"], r.Counts["config_write"], tt.reads, tt.writes)
		}
	}
}

// A current ends with the input: in the drain nothing is added any more.
func TestCurrentEndsWithTheInput(t *testing.T) {
	const want = 7 // a spike for each current above 1
	for drain := range 3 {
		encode := fmt.Sprintf("kind: direct, ticks: 1, drain: %d", drain)
		if r := mustRun(t, config(t, plain, plainData, encode, "count", emulator.Cycle)); r.Spikes["out"] != want {
			t.Errorf("%s: %d spikes, want %d", encode, r.Spikes["out"], want)
		}
	}
}

// recurrent is a network with hidden neurons, a loop and delays: whatever a
// sample leaves behind would change the next one's answer.
const recurrent = `network: recurrent
tick: 1ms
inputs:
  in: {shape: [8]}
populations:
  hidden: {shape: [40], neuron: lif, params: {tau: 5ms, r: 5, threshold: 0.6, reset: subtract}}
  out: {shape: [4], neuron: if, params: {threshold: 1.0, reset: subtract}}
projections:
  - {from: in, to: hidden, connect: dense, weights: {uniform: [-0.3, 1], seed: 1}, delay: {integer: [1, 4], seed: 5}}
  - {from: hidden, to: hidden, connect: {sparse: {p: 0.1, seed: 2}}, weights: {uniform: [-0.5, 0.5], seed: 3}, delay: 2}
  - {from: hidden, to: out, connect: dense, weights: {uniform: [-0.5, 0.6], seed: 4}}
outputs: [out]
`

func recurrentData(samples int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("label,a,b,c,d,e,f,g,h\n")
	for range samples {
		fmt.Fprintf(&b, "%d", r.IntN(4))
		for range 8 {
			fmt.Fprintf(&b, ",%.3f", r.Float64()*1.1) // some are clamped
		}
		b.WriteString("\n")
	}
	return b.String()
}

var encodings = []string{"kind: rate, ticks: 6", "kind: poisson, ticks: 6, seed: 3", "kind: direct, ticks: 6", "kind: latency, ticks: 6, gain: 0.9"}

// Every encoding with every read-out gives the same bytes for any number of
// workers, and both modes give the same answers.
func TestAnyNumberOfWorkersGivesTheSameBytes(t *testing.T) {
	for _, encode := range encodings {
		for _, readout := range []string{"count", "membrane", "first"} {
			t.Run(encode+"/"+readout, func(t *testing.T) {
				var want []byte
				var answers []int
				for _, mode := range []emulator.Mode{emulator.Cycle, emulator.Functional} {
					cfg := config(t, recurrent, recurrentData(23), encode, readout, mode)
					for k, workers := range []int{1, 2, 7} {
						cfg.Workers = workers
						r := mustRun(t, cfg)
						got, err := json.Marshal(r)
						if err != nil {
							t.Fatal(err)
						}
						if k == 0 {
							want = got
						} else if diff := cmp.Diff(string(want), string(got)); diff != "" {
							t.Errorf("mode %d, 1 and %d workers:\n%s", mode, workers, diff)
						}
						if answers == nil {
							answers = r.Predictions
						} else if diff := cmp.Diff(answers, r.Predictions); diff != "" {
							t.Errorf("mode %d, %d workers (-first +this):\n%s", mode, workers, diff)
						}
					}
				}
			})
		}
	}
}

// A sample's answer and cost are its own: alone, after others or before them.
func TestSamplesAreIndependent(t *testing.T) {
	for _, encode := range encodings {
		t.Run(encode, func(t *testing.T) {
			cfg := config(t, recurrent, recurrentData(9), encode, "count", emulator.Cycle)
			all := mustRun(t, cfg)
			whole, exp := cfg.Data, *cfg.Experiment
			cfg.Experiment = &exp
			var answers []int
			var cycles int64
			for i := range whole.N {
				cfg.Data, exp.Dataset.First = whole.Slice(i, 1), i
				alone := mustRun(t, cfg)
				answers = append(answers, alone.Predictions...)
				cycles += alone.Cycles
			}
			if diff := cmp.Diff(all.Predictions, answers); diff != "" {
				t.Errorf("answers (-together +alone):\n%s", diff)
			}
			if cycles != all.Cycles {
				t.Errorf("%d cycles together, %d alone", all.Cycles, cycles)
			}
		})
	}
}

// The loop through hidden is followed once: 4 ticks to hidden, one to out.
func TestAutomaticDrain(t *testing.T) {
	for encode, want := range map[string]int{"kind: rate, ticks: 6": 5, "kind: direct, ticks: 6": 1, "kind: rate, ticks: 6, drain: 0": 0, "kind: rate, ticks: 6, drain: 17": 17} {
		r := mustRun(t, config(t, recurrent, recurrentData(2), encode, "count", emulator.Functional))
		if r.TicksPerSample != (eval.TicksPerSample{Input: 6, Drain: want}) {
			t.Errorf("%s: %+v, want a drain of %d", encode, r.TicksPerSample, want)
		}
	}
}

func TestClampedValuesAreCounted(t *testing.T) {
	data := "label,a,b,c,d,e,f\n0,2,-1,0.5,0,1,1.0001\n2,0,0,7,0,0,0\n"
	for encode, want := range map[string]int64{
		"kind: rate, ticks: 4": 4, "kind: poisson, ticks: 4": 4, "kind: latency, ticks: 4": 4, "kind: direct, ticks: 4": 0, "kind: rate, ticks: 4, gain: 0.1": 1,
	} {
		r := mustRun(t, config(t, plain, data, encode, "count", emulator.Functional))
		if r.Clamped != want {
			t.Errorf("%s: %d values clamped, want %d", encode, r.Clamped, want)
		}
	}
}

// TestEventsAreBinned shows a sample of four events: three of one place, two of them
// within a tick of 1 ms, and a later one of another place.
func TestEventsAreBinned(t *testing.T) {
	const net = "inputs: {in: {shape: [2, 34, 34]}}\npopulations: {out: {shape: 2, neuron: if}}\n" +
		"projections:\n  - {from: in, to: out, connect: {list: [[[1, 0, 1], 0, 1.5], [[0, 3, 2], 1, 1.5]]}}\noutputs: [out]\n"
	data := "NMN1\x00\x00\x01\x00" + // no training sample, a test sample
		"\x00\x04\x00\x00\x00" + "\x01\x01\x01\x02" + "\x80\x80\x80\x03" + "\x00\x00\x0a\x00\xba\x09\x88\x13" // 0, 10, 2500, 7500 µs
	for encode, want := range map[string][3]int64{ // spikes, events that were merged, and late
		"kind: events, ticks: 4":             {2, 1, 1},
		"kind: events, ticks: 8":             {3, 1, 0},
		"kind: events, ticks: 40, bin: 5us":  {2, 0, 2},
		"kind: events, ticks: 2, bin: 100ms": {2, 2, 0},
	} {
		r := mustRun(t, configOf(t, net, "format: nmnist", data, encode, "count", emulator.Functional))
		if got := [3]int64{r.Spikes["out"], r.Clamped, r.InputEvents.Late}; got != want || r.Correct != 1 {
			t.Errorf("%s: spikes, merged and late are %v, %d correct; want %v, 1", encode, got, r.Correct, want)
		}
		if e := r.InputEvents; e.Read != 4 || e.Merged != want[1] || e.Cropped != 0 {
			t.Errorf("%s: input events %s", encode, e)
		}
		var text strings.Builder
		if err := r.WriteText(&text); err != nil || want[1] > 0 && !strings.Contains(text.String(), "events: a place spikes once a tick") {
			t.Errorf("%s: error %v, text\n%s", encode, err, text.String())
		}
	}
}

func TestProgressIsToldOfEachSample(t *testing.T) {
	cfg := config(t, recurrent, recurrentData(23), "kind: rate, ticks: 2", "count", emulator.Functional)
	for _, workers := range []int{1, 3, 50, 0} {
		cfg.Workers = workers
		var seen []int
		cfg.Progress = func(done int) { seen = append(seen, done) }
		mustRun(t, cfg)
		if len(seen) != 23 {
			t.Fatalf("%d workers: progress was told %v", workers, seen)
		}
		for k, done := range seen {
			if done != k+1 {
				t.Fatalf("%d workers: progress was told %v", workers, seen)
			}
		}
	}
}

func TestCancelledContextEndsTheRun(t *testing.T) {
	cfg := config(t, recurrent, recurrentData(200), "kind: rate, ticks: 2", "count", emulator.Functional)
	cfg.Workers = 2
	ctx, cancel := context.WithCancel(t.Context())
	last := 0
	cfg.Progress = func(done int) {
		if last = done; done == 3 {
			cancel()
		}
	}
	r, err := eval.Run(ctx, cfg)
	if !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("result %v, error %v, want a cancelled context", r, err)
	}
	if last > 5 {
		t.Errorf("%d samples ran after 3", last)
	}
}

// The names are a contract: other programs read them.
func TestJSONNames(t *testing.T) {
	r := mustRun(t, config(t, plain, plainData, "kind: rate, ticks: 4", "count", emulator.Cycle))
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"target", "ticks", "cycles", "seconds", "energy_joules", "power_watts", "energy", "counts", "spikes", "synaptic_events", "spike_hash",
		"samples", "correct", "accuracy", "latency", "energy_per_inference_joules",
	} {
		if _, ok := got[name]; !ok {
			t.Errorf("JSON has no %q: %s", name, data)
		}
	}
	latency, _ := got["latency"].(map[string]any)
	for _, unit := range []string{"ticks", "cycles", "seconds"} {
		d, _ := latency[unit].(map[string]any)
		for _, name := range []string{"mean", "p50", "p99", "max"} {
			if v, ok := d[name].(float64); !ok || v <= 0 {
				t.Errorf("latency has no %s of %s: %s", name, unit, data)
			}
		}
	}
	if r.EnergyPerInference != r.EnergyJoules/6 {
		t.Errorf("%g J an inference, %g J for six", r.EnergyPerInference, r.EnergyJoules)
	}
	var text strings.Builder
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"test on xbar256: 6 samples of 4 + 5 ticks", "accuracy 66.67 % (4 of 6)", "undecided 1", "energy per inference", "latency"} {
		if !strings.Contains(text.String(), part) {
			t.Errorf("the text has no %q:\n%s", part, text.String())
		}
	}
}
