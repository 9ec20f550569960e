package runpage_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/runpage"
	"github.com/weft-toolchain/weft/targets"
)

// layers is a network that takes several cores of the target small.
const layers = `network: layers
inputs: {in: {shape: 8}}
populations:
  a: {shape: 10, neuron: if, params: {threshold: 3}}
  b: {shape: 6, neuron: lif, params: {tau: 8ms, r: 8, threshold: 2}}
projections:
  - {from: in, to: a, connect: dense, weights: 1}
  - {from: a, to: b, connect: {sparse: {in_degree: 5, seed: 3}}, weights: {uniform: [0.2, 1], seed: 4}}
outputs: [b]
`

const small = "target: small\ninherits: xbar256\narch: {mesh: [4, 3], neurons: 4, axons: 8, fan_out: 64}\n"

// ran is a run, its report and what was recorded.
type ran struct {
	res *compiler.Result
	rep *report.Report
	rec *runpage.Recording
	m   *emulator.Machine
}

// run compiles a network for a target's text, and runs it with spikes by tick, those
// before the run first.
func run(t testing.TB, net, target string, mode emulator.Mode, workers int, in [][]int32) ran {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"net.yaml": net, "chip.yaml": target}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	chip, err := targets.Load(filepath.Join(dir, "chip.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := network.Load(filepath.Join(dir, "net.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := compiler.Compile(t.Context(), parsed, chip.Name, &chip.Arch, compiler.Options{})
	if err != nil {
		t.Fatal(err)
	}
	on, err := emulator.NewChipOn(res.Image, chip, mode)
	if err != nil {
		t.Fatal(err)
	}
	m := emulator.New(on)
	m.SetWorkers(workers)
	m.Preload(in[0])
	r, hash := runpage.NewRecorder(res.Image, in[0]), report.NewHash()
	for k, spikes := range in[1:] {
		fired := m.Tick(spikes)
		hash.Spikes(int64(k+1), fired)
		r.Tick(m, spikes, fired)
	}
	r.End(m)
	act := activity.New(len(res.Image.Cores), len(res.Image.Manifest.Populations))
	m.Activity(act)
	sources, err := targets.Sources(filepath.Join(dir, "chip.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for k := range sources {
		if filepath.IsAbs(sources[k].Pos.File) {
			sources[k].Pos.File = filepath.Base(sources[k].Pos.File)
		}
	}
	out := ran{res, report.New(res.Image, chip, mode == emulator.Functional, act, hash.String()), r.Recording(act, res, res.Report([]byte("image"))), m}
	out.rec.SetSources(sources)
	return out
}

// steady is 8 inputs that spike often, for some ticks.
func steady(ticks int) [][]int32 {
	var train stimulus.Train
	stimulus.Rate([]float64{0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2}, 0, ticks, &train)
	return append([][]int32{{0, 3}}, train.Spikes...)
}

// document returns the run as written.
func (r *ran) document(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := runpage.Write(&out, r.rep, r.rec); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// html draws a document.
func html(t *testing.T, data []byte) string {
	t.Helper()
	d, err := runpage.Parse("run.json", data)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := runpage.WriteHTML(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// probe adds the trace of a neuron that goes up and down.
func (r *ran) probe(name string, scale float64) {
	r.rec.Probes = append(r.rec.Probes, runpage.Trace{Population: name, Index: 2, State: "v", Scale: scale, Data: runpage.PackWords(func(yield func(int32) bool) {
		for t := range r.rep.Ticks {
			if !yield(int32(t%7*100) - 200) {
				return
			}
		}
	})})
}

// The same run is the same document and the same page for any number of workers, and
// the page of the document is that of the run.
func TestSameRunSameBytes(t *testing.T) {
	for _, mode := range []emulator.Mode{emulator.Cycle, emulator.Functional} {
		one, four := run(t, layers, small, mode, 1, steady(40)), run(t, layers, small, mode, 4, steady(40))
		first, second := one.document(t), four.document(t)
		if !bytes.Equal(first, second) {
			t.Errorf("%v: the documents differ:\n%s\n%s", mode, first, second)
		}
		var out bytes.Buffer
		d := &runpage.Document{Recording: *one.rec}
		d.Report = one.rep
		if err := runpage.WriteHTML(&out, d); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(out.String(), html(t, second)); diff != "" {
			t.Errorf("%v: the page of the run, and that of its document (-want +got):\n%s", mode, diff)
		}
	}
}

// What is recorded adds up to what the books say.
func TestARecordAddsUp(t *testing.T) {
	in := steady(40)
	r := run(t, layers, small, emulator.Cycle, 1, in)
	var spikes, ticks, packets int64
	for _, c := range r.rec.CoreList {
		spikes += c.Spikes
	}
	for _, n := range r.rec.TickCycles.Counts {
		ticks += n
	}
	for _, l := range r.rec.Links {
		packets += l.Packets
	}
	fed := 0
	for _, list := range in {
		fed += len(list)
	}
	if want := r.rep.Spikes["a"] + r.rep.Spikes["b"]; spikes != want || r.rec.Raster.Spikes != int(want)+fed || want == 0 {
		t.Errorf("cores fired %d spikes, the raster has %d with %d of inputs, want %d", spikes, r.rec.Raster.Spikes, fed, want)
	}
	for _, g := range r.rec.Raster.Groups[1:] {
		if g.Counts.Spikes != r.rep.Spikes[g.Name] {
			t.Errorf("%s: %d spikes are counted, want %d", g.Name, g.Counts.Spikes, r.rep.Spikes[g.Name])
		}
	}
	if ticks != r.rep.Ticks {
		t.Errorf("%d ticks took a time, want %d", ticks, r.rep.Ticks)
	}
	if want := r.rep.Counts["hop_x"] + r.rep.Counts["hop_y"]; packets != want {
		t.Errorf("links carried %d packets, want the %d hops", packets, want)
	}
}

// Where there are more spikes than are kept, the table has all of them: also those of
// a neuron that spikes when the picture has ended.
func TestTheTableCountsWhatThePictureHasNot(t *testing.T) {
	const net = `network: many
inputs: {in: {shape: 200}}
populations:
  a: {shape: 200, neuron: if, params: {threshold: 1}}
  late: {shape: 2, neuron: if, params: {threshold: 1}}
projections:
  - {from: in, to: a, connect: one_to_one, weights: 2}
  - {from: a, to: late, connect: {list: [[0, 0, 1], [1, 1, 1]]}}
outputs: [a, late]
`
	const ticks = 43000 // of 400 spikes
	r := run(t, net, "target: wide\ninherits: xbar256\n", emulator.Functional, 1, [][]int32{nil})
	all := make([]int32, 200)
	for k := range all {
		all[k] = int32(k)
	}
	seen := runpage.NewRecorder(r.res.Image, nil)
	for range ticks {
		seen.Tick(r.m, all, all)
	}
	seen.Tick(r.m, nil, []int32{201})
	r.rep.Ticks = ticks + 1
	r.rec = seen.Recording(activity.New(len(r.res.Image.Cores), 2), r.res, r.res.Report(nil))
	var got []runpage.Counts
	for _, g := range r.rec.Raster.Groups {
		got = append(got, *g.Counts)
	}
	want := []runpage.Counts{
		{Spikes: 200 * ticks, Active: 200, First: 1, Last: ticks},
		{Spikes: 200 * ticks, Active: 200, First: 1, Last: ticks},
		{Spikes: 1, Active: 1, First: ticks + 1, Last: ticks + 1},
	}
	if diff := cmp.Diff(want, got); diff != "" || r.rec.Raster.Until >= ticks {
		t.Errorf("until tick %d of %d (-want +got)\n%s", r.rec.Raster.Until, ticks, diff)
	}
	d := &runpage.Document{Recording: *r.rec}
	d.Report, d.Raster.Data = r.rep, nil // which is large, and drawn by the page's script
	var page strings.Builder
	if err := runpage.WriteHTML(&page, d); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"The spikes of later ticks, up to 43001, were too many to keep for this picture</b>; the table counts them, too",
		`<td class="n">8600000</td><td class="n">1000 Hz</td><td class="n">200</td><td class="n">1</td><td class="n">43000</td>`,
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// NeuroBench's figures of a layer of three, by hand: of the nine weights six are not
// zero, and an input of 1, 0, 1 has four of these.
func TestNeuroBench(t *testing.T) {
	const net = `network: worked
tick: 2ms
inputs: {x: {shape: 3}}
populations: {y: {shape: 3, neuron: if, params: {threshold: 2}}}
projections:
  - from: x
    to: y
    connect: {list: [[0, 0, 1], [0, 1, 0], [0, 2, 1], [1, 1, 3], [1, 2, 1], [2, 0, 2], [2, 1, 1]]}
outputs: [y]
`
	r := run(t, net, "target: xbar256-like\ninherits: xbar256\n", emulator.Functional, 1, [][]int32{nil, {0, 2}, nil, nil})
	// Sources 0 and 2 have two weights each; y gets 3, 1 and 1: y[0] fires in tick 2
	// and is at 0 again, the others stay at 1.
	want := &runpage.NeuroBench{
		// 9 weights of 8 bits; 3 slots with the words that an image has of them.
		FootprintBytes: 9 + int64(len(r.res.Image.Cores[0].State)+len(r.res.Image.Cores[0].Params))*24/8, ExecutionRateHz: 500,
		ConnectionSparsity: 3. / 9, ActivationSparsity: 1 - 1./9,
		SynapticOperations: runpage.Operations{EffectiveACs: 4, Dense: 27},
		// All of tick 1, two of tick 2, none of tick 3.
		MembraneUpdates: 3 + 2,
	}
	if diff := cmp.Diff(want, r.rec.NeuroBench); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A page says what its document lacks, and stands alone; so does one of a plain
// report.
func TestPagesSayWhatTheyLack(t *testing.T) {
	cycle, functional := run(t, layers, small, emulator.Cycle, 1, steady(40)), run(t, layers, small, emulator.Functional, 1, steady(40))
	plain, err := json.Marshal(cycle.rep)
	if err != nil {
		t.Fatal(err)
	}
	older := regexp.MustCompile(`(?s)"counts": \{\s*"spikes".*?\}`).ReplaceAll(cycle.document(t), []byte(`"older": 1`))
	image := *cycle.rec
	image.Compilation, image.NeuroBench = nil, nil
	of := ran{rep: cycle.rep, rec: &image}
	evaluated, err := json.Marshal(eval.Result{
		Report: cycle.rep, Experiment: "some", Samples: 2, Correct: 1, Accuracy: 0.5,
		Latency: eval.Latency{Cycles: eval.Distribution{Mean: 80, Histogram: &report.Histogram{From: 70, Width: 10, Counts: []int64{1, 1}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name      string
		data      []byte
		has, lack []string
	}{
		{"cycle", cycle.document(t), []string{"no neuron was probed", `id="raster"`, "<b>links</b>: packets that crossed", "NeuroBench", "cycles of a tick", "assumed"}, []string{"an image was run"}},
		{"functional", functional.document(t), []string{"--timing functional keeps none", "<b>links</b>: spikes that would cross"}, []string{"cycles of a tick"}},
		{"image", of.document(t), []string{"an image was run", "<b>occupancy</b>"}, []string{`id="neurobench"`, `id="compilation"`}},
		{"older", older, []string{"an earlier weft recorded this", "canvas role", fmt.Sprintf(`<td><span class="name">a</span></td><td class="n">%d</td>`, cycle.rep.Spikes["a"])}, []string{"ever spiked<"}},
		{"plain", plain, []string{"the document has a report only", "synapse_word"}, []string{"canvas role", `id="chip"`, "no neuron was probed"}},
		{"eval", evaluated, []string{"2 samples of", "accuracy 50.00 %", "cycles of an inference", "70–79"}, []string{"canvas role"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := html(t, tt.data)
			for _, want := range tt.has {
				if !strings.Contains(text, want) {
					t.Errorf("the page has no %q", want)
				}
			}
			for _, not := range tt.lack {
				if strings.Contains(text, not) {
					t.Errorf("the page has %q", not)
				}
			}
			if found := regexp.MustCompile(`(?i)https?:|\bsrc=|href="[^#]|@import|url\(`).FindString(text); found != "" {
				t.Errorf("the page refers to something outside: %q", found)
			}
		})
	}
}

// Names from a network file cannot be anything but text.
func TestNamesAreText(t *testing.T) {
	const evil = `</script><script>alert(1)</script><b a='`
	r := run(t, layers, small, emulator.Cycle, 1, steady(40))
	r.probe(evil, 1)
	r.rep.Network, r.rep.Spikes[evil], r.rep.Saturations[evil], r.rep.EnergyByPopulation[evil] = evil, 1, 1, 1
	r.rec.Raster.Groups[1].Name, r.rec.CoreList[0].Population, r.rec.Sources[0].Source = evil, evil, evil
	text := html(t, r.document(t))
	if n := strings.Count(text, "<script"); n != 3 {
		t.Errorf("%d scripts, want our own three", n)
	}
	if strings.Contains(text, "<b a=") {
		t.Error("a name became an element")
	}
	if n := strings.Count(text, "&lt;script&gt;"); n < 7 {
		t.Errorf("the names stand as text in %d places, want 7 at least", n)
	}
}
