package outcome_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/chromium"
	"github.com/weft-toolchain/weft/internal/outcome"
	"github.com/weft-toolchain/weft/internal/pareto"
	"github.com/weft-toolchain/weft/targets"
)

// of returns an outcome of 200 samples.
func of(target string, accuracy, seconds, joules float64) *outcome.Outcome {
	return &outcome.Outcome{
		Target: target, Timing: "cycle", Cores: 2, Samples: 200, Correct: int(200 * accuracy), Accuracy: &accuracy,
		Ticks: 18, Cycles: 1e4, Seconds: seconds, EnergyJoules: joules,
		Energy: map[targets.Component]float64{targets.Synapse: joules / 4, targets.Leakage: 3 * joules / 4}, SpikeHash: "0",
		Approximated: []string{"weights rounded"},
	}
}

func table() *outcome.Table {
	area := 60.0
	small := of("small", 0.9, 1e-3, 2e-6)
	small.AreaMM2 = &area
	return &outcome.Table{Labels: []string{"bits", "target"}, Rows: []outcome.Row{
		{Labels: []string{"2", "small"}, Outcome: small},
		{Labels: []string{"4", "large"}, Outcome: of("large", 0.95, 1e-3, 3e-6)},
		{Labels: []string{"8", "large"}, Outcome: of("large", 0.95, 2e-3, 3e-6)},
		{Labels: []string{"8", "tiny"}, Error: "network.yaml:3:1: does not fit [does-not-fit]"},
	}}
}

func ExampleTable_WriteText() {
	t := table()
	t.Mark(t.Objectives()...)
	if err := t.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	for _, s := range t.Approximated() {
		fmt.Println(s)
	}
	// Output:
	// bits  target  cores  accuracy  ticks  cycles  latency  energy =  synapse  + neuron  + scheduler  + network  + io  + clock  + leakage  chip area  front
	// 2     small   2      90.00 %   18     10000   1 ms     2 µJ      500 nJ   0 J       0 J          0 J        0 J   0 J      1.5 µJ     60 mm²     *
	// 4     large   2      95.00 %   18     10000   1 ms     3 µJ      750 nJ   0 J       0 J          0 J        0 J   0 J      2.25 µJ    -          *
	// 8     large   2      95.00 %   18     10000   2 ms     3 µJ      750 nJ   0 J       0 J          0 J        0 J   0 J      2.25 µJ    -
	// 8     tiny    -      -         -      -       -        -         -        -         -            -          -     -        -          -          (1)
	//
	// (1) network.yaml:3:1: does not fit [does-not-fit]
	// 2 small, 4 large, 8 large: weights rounded
}

func TestABriefTableHasNoComponents(t *testing.T) {
	tab := table()
	tab.Brief = true
	var b strings.Builder
	if err := tab.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(b.String(), "\n")
	want := "bits target cores accuracy ticks cycles latency energy front"
	if got := strings.Join(strings.Fields(head), " "); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Every figure is in csv, empty where a row has none.
func TestCSV(t *testing.T) {
	tab := table()
	tab.Mark(outcome.Accuracy, outcome.Energy)
	var b strings.Builder
	if err := tab.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(records) != 5 {
		t.Fatalf("%d records, %v, want 5", len(records), err)
	}
	for _, c := range outcome.Columns() {
		k := slices.Index(records[0], c.Name)
		for i, r := range tab.Rows {
			want := ""
			if x, ok := c.Of(&r); ok {
				want = fmt.Sprint(x)
			}
			if k < 0 || records[i+1][k] != want {
				t.Errorf("row %d, %s: want %q in %q", i, c.Name, want, records[i+1])
			}
		}
	}
	n := len(records[0])
	var got []string
	for _, r := range records {
		got = append(got, r[n-2])
	}
	if diff := cmp.Diff([]string{"front", "true", "true", "true", "false"}, got); diff != "" {
		t.Errorf("front (-want +got)\n%s", diff)
	}
}

// Latency is no objective where no time is kept, nor accuracy where nothing was
// answered.
func TestObjectivesAreWhatOutcomesHave(t *testing.T) {
	tab := table()
	if got, want := outcome.FrontOf("none", tab.Objectives()), "front: none is at least as good in accuracy, latency and energy, and better in one"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, o := range tab.Outcomes() {
		o.Timing, o.Accuracy, o.Samples = report.Functional, nil, 0
	}
	if got, want := outcome.FrontOf("none", tab.Objectives()), "front: none is better in energy"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	tab.Rows = tab.Rows[3:]
	if tab.Mark(tab.Objectives()...); tab.Rows[0].Front {
		t.Error("what failed is on the front")
	}
	if got, want := outcome.FrontOf("none", tab.Objectives()), "front: there is nothing to compare yet"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A row without a figure is not drawn; the others say what they are.
func TestPlotHasTheRowsWithBothFigures(t *testing.T) {
	tab := table()
	tab.Mark(outcome.Accuracy, outcome.Energy)
	p := tab.Plot(outcome.Energy, outcome.Accuracy)
	if len(p.Points) != 3 || p.Points[0].Title != "bits 2, target small: energy 2 µJ, accuracy 90.00 %" {
		t.Errorf("got %+v", p.Points)
	}
	if p = tab.Plot(tab.Label(0), outcome.Accuracy); len(p.Points) != 3 || p.Points[2].X != 8 {
		t.Errorf("got %+v, want points at 2, 4 and 8 bits", p.Points)
	}
	if tab.Has(tab.Label(1)) {
		t.Error("names of targets are numbers")
	}
	tab.Rows[0].Labels[1], tab.Rows[1].Labels[1] = "200MHz", "0.4GHz"
	if p = tab.Plot(tab.Label(1), outcome.Accuracy); len(p.Points) != 2 || p.Points[1].X != 4e8 || p.X.Text(4e8) != "400 MHz" {
		t.Errorf("got %+v, want points at 200 and 400 MHz", p.Points)
	}
	if p = tab.Plot(outcome.Area, outcome.Energy); len(p.Points) != 1 {
		t.Errorf("got %+v, want the one chip with an area", p.Points)
	}
}

// In Chromium, on a phone, at a desk and on paper: no page is wider than its window,
// with a long name, many labels and a long diagnostic, too.
func TestPageInChromium(t *testing.T) {
	long := table()
	long.Labels = []string{"network", "target", "bits", "encode.ticks", "timing.clock"}
	for k := range long.Rows {
		long.Rows[k].Labels = []string{strings.Repeat("n", 100), "small", "8", "16", "200MHz"}
	}
	long.Rows[3].Error = strings.Repeat("the network has more neurons than the target; ", 20) + "\nand more"
	b := chromium.Start(t)
	for name, tab := range map[string]*outcome.Table{"short": table(), "long": long} {
		tab.Mark(tab.Objectives()...)
		p := outcome.Page{Title: name, Table: tab, Plots: tab.Plots(tab.Objectives())}
		file := filepath.Join(t.TempDir(), "page.html")
		var out bytes.Buffer
		if err := errors.Join(p.WriteHTML(&out), os.WriteFile(file, out.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{390, 1280} {
			b.Open(file, width, "dark")
			b.Fits(fmt.Sprint(name, width))
			b.Shoot(fmt.Sprintf("%s-%d.png", name, width))
		}
		b.Paper()
		b.Fits(name + " on paper")
		b.Shoot(name + "-paper.png")
	}
	if len(b.Problems) > 0 {
		t.Error(b.Problems)
	}
}

// On a page rows are named by the numbers that they have in the table and in plots.
func TestPageNumbersRows(t *testing.T) {
	tab := table()
	tab.Rows = append(tab.Rows, outcome.Row{Labels: []string{"16", "huge"}, Outcome: of("huge", 0.99, 1, 1)})
	tab.Mark(tab.Objectives()...)
	var b strings.Builder
	p := outcome.Page{Title: "x", Table: tab, Plots: []pareto.Plot{tab.Plot(outcome.Latency, outcome.Accuracy)}}
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	for want, n := range map[string]int{
		"<li>rows 1 to 3, 5: weights rounded</li>":                    1,
		`<td class="n">* 5</td><td><span class="name">16</span></td>`: 2, // in the table of energies, too
		`<td class="n">4</td><td><span class="name">8</span></td>`:    1,
		`<td class="key" colspan="7"><a href="#failure1">`:            1,
		`<li id="failure1">row 4: network.yaml:3:1: does not fit`:     1,
		`>5</text>`: 1,
		`>4</text>`: 0,
	} {
		if got := strings.Count(b.String(), want); got != n {
			t.Errorf("%s: %d times, want %d", want, got, n)
		}
	}
}

// What several rows have in the place of figures is told once, below the table; a few
// words stand in the row.
func TestDiagnosticsAreToldOnce(t *testing.T) {
	tab := &outcome.Table{Labels: []string{"target"}, Rows: []outcome.Row{
		{Labels: []string{"a"}, Error: "network.yaml:3:1: does not fit [does-not-fit]\nand more"},
		{Labels: []string{"b"}, Error: "not done yet"},
		{Labels: []string{"c"}, Error: "network.yaml:4:1: unknown population [unknown-name]"},
		{Labels: []string{"d"}, Error: "network.yaml:3:1: does not fit [does-not-fit]\nand more"},
	}}
	var text, html strings.Builder
	if err := errors.Join(tab.WriteText(&text), (&outcome.Page{Title: "x", Table: tab}).WriteHTML(&html)); err != nil {
		t.Fatal(err)
	}
	want := `target  front
a       (1)
b       not done yet
c       (2)
d       (1)

(1) network.yaml:3:1: does not fit [does-not-fit] …
(2) network.yaml:4:1: unknown population [unknown-name]
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("text (-want +got)\n%s", diff)
	}
	for _, want := range []string{
		`<td class="key" colspan="1">not done yet</td>`,
		`<li id="failure1">rows 1, 4: network.yaml:3:1: does not fit [does-not-fit] …</li>`,
		`<li id="failure2">row 3: network.yaml:4:1: unknown population [unknown-name]</li>`,
	} {
		if n := strings.Count(html.String(), want); n != 1 {
			t.Errorf("%s: %d times, want 1", want, n)
		}
	}
}

// On a phone the figures that matter are seen without scrolling, below their heads, and
// a row with a diagnostic is as high as the others.
func TestImportantFiguresAreSeenOnAPhone(t *testing.T) {
	tab := table()
	tab.Labels = []string{"network", "target", "encode.ticks", "timing.clock"}
	for k := range tab.Rows {
		tab.Rows[k].Labels = []string{"experiment.yaml", "small", "16", "200MHz"}
	}
	tab.Rows[3].Error = strings.Repeat("the network has more neurons than the target; ", 20)
	tab.Mark(tab.Objectives()...)
	file := filepath.Join(t.TempDir(), "page.html")
	var out bytes.Buffer
	p := outcome.Page{Title: "phone", Table: tab}
	if err := errors.Join(p.WriteHTML(&out), os.WriteFile(file, out.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	b := chromium.Start(t)
	b.Open(file, 390, "light")
	var got struct {
		Heads, Ragged []string
		Highest       float64
		Scrolls       bool
	}
	b.Eval(`(function () {
		var t = document.querySelector("table.rows"), heads = Array.from(t.rows[0].cells), rows = Array.from(t.rows).slice(1);
		var at = function (c) { return c.getBoundingClientRect(); };
		return {
			Heads: heads.filter(function (c) { return at(c).right <= innerWidth; }).map(function (c) { return c.textContent; }),
			Highest: Math.max.apply(null, rows.map(function (r) { return at(r).height; })),
			Ragged: rows.flatMap(function (r) { return Array.from(r.cells).filter(function (c, k) {
				return Math.abs(at(c).left - at(heads[k]).left) > 1; }).map(function (c) { return c.textContent; }); }),
			Scrolls: t.parentNode.scrollWidth > t.parentNode.clientWidth && getComputedStyle(t.parentNode).backgroundImage.includes("gradient"),
		};
	})()`, &got)
	for _, want := range []string{"row", "accuracy", "latency", "energy"} {
		if !slices.Contains(got.Heads, want) {
			t.Errorf("%s is not seen, only %q", want, got.Heads)
		}
	}
	if got.Highest > 60 || len(got.Ragged) > 0 || !got.Scrolls {
		t.Errorf("a row is %v high, want 60 at most; not below their heads: %q; scrolls with a sign of it: %v", got.Highest, got.Ragged, got.Scrolls)
	}
}

func TestColumnsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range outcome.Columns() {
		if seen[c.Name] || c.Head == "" || c.Axis == "" {
			t.Errorf("%+v: want a name of its own, a head and an axis", c)
		}
		seen[c.Name] = true
		if got, ok := outcome.ColumnNamed(c.Name); !ok || got.Head != c.Head {
			t.Errorf("%s: found %v, %+v", c.Name, ok, got)
		}
	}
}
