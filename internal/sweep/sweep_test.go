package sweep_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/sweep"
)

// texts returns the points of a file, a line each.
func texts(t *testing.T, src string) []string {
	t.Helper()
	s, err := sweep.Parse("dir/s.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range s.Points {
		var parts []string
		for _, set := range p.Settings {
			parts = append(parts, set.Name+"="+set.Text)
		}
		out = append(out, strings.Join(parts, " "))
	}
	return out
}

func TestPointsOfAGridAndAList(t *testing.T) {
	got := texts(t, `
experiment: e.yaml
set: {samples: 10, seed: 1}
grid:
  bits: [~, 4]
  arch.mesh: [[2, 2], [4, 4]]
points:
  - {seed: 2}
  - {samples: ~, optimise: "dead,share"}
`)
	want := []string{
		"experiment=e.yaml samples=10 seed=1 arch.mesh=[2, 2]",
		"experiment=e.yaml samples=10 seed=1 arch.mesh=[4, 4]",
		"experiment=e.yaml samples=10 seed=1 bits=4 arch.mesh=[2, 2]",
		"experiment=e.yaml samples=10 seed=1 bits=4 arch.mesh=[4, 4]",
		"experiment=e.yaml samples=10 seed=2",
		"experiment=e.yaml seed=1 optimise=dead,share",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRanges(t *testing.T) {
	for _, tt := range []struct{ written, want string }{
		{"{from: 2, to: 5}", "2 3 4 5"},
		{"{from: 0, to: 1, step: 0.1}", "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1"},
		{"{from: 1, to: 10, step: 4}", "1 5 9"},
		{"{from: 1, to: 1000, factor: 10}", "1 10 100 1000"},
		{"{from: 0.5, to: 3, factor: 2}", "0.5 1 2"},
		{"{from: 50, to: 200, factor: 2, unit: MHz}", "50MHz 100MHz 200MHz"},
		{"{from: 1e6, to: 3e6, step: 1e6}", "1000000 2000000 3000000"},
		{"{from: -1, to: 1}", "-1 0 1"},
		{"{from: 7, to: 7}", "7"},
	} {
		var got []string
		for _, line := range texts(t, "experiment: e.yaml\ngrid: {seed: "+tt.written+"}\n") {
			got = append(got, strings.TrimPrefix(line, "experiment=e.yaml seed="))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.written, diff)
		}
	}
}

func TestFieldsBecomeBlocks(t *testing.T) {
	s, err := sweep.Parse("s.yaml", []byte("experiment: e.yaml\npoints:\n  - {bits: 4, arch.axons: 8, timing.clock: 1MHz, arch.neurons: 2, encode.ticks: 3}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := &s.Points[0]
	fields := p.Fields(sweep.TargetBlocks...)
	if got, want := fields.Text(), "arch.axons=8\narch.neurons=2\ntiming.clock=1MHz"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	node := fields.Node()
	if got := node.Get("arch").Get("neurons"); got == nil || got.Text != "2" || got.Pos != (diag.Pos{File: "s.yaml", Line: 3, Col: 64}) {
		t.Errorf("arch.neurons is %+v", got)
	}
	if node.Get("encode") != nil || len(node.Fields) != 2 {
		t.Errorf("the target's fields are %+v", node.Fields)
	}
	if node := p.Fields("prices").Node(); node != nil {
		t.Errorf("got %+v, want nothing", node)
	}
	var names []string
	for _, o := range p.Options() {
		names = append(names, o.Name)
	}
	if diff := cmp.Diff([]string{"bits"}, names); diff != "" {
		t.Errorf("options (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"experiment", "bits", "arch.axons", "timing.clock", "arch.neurons", "encode.ticks"}, s.Parameters); diff != "" {
		t.Errorf("parameters (-want +got)\n%s", diff)
	}
}

func TestParametersAreInTheOrderOfTheFile(t *testing.T) {
	s, err := sweep.Parse("s.yaml", []byte("experiment: e.yaml\ngrid: {bits: [~, 4], clip: [~], seed: [1, ~]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"experiment", "bits", "seed"}, s.Parameters); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A value is a mistake if no point can be run with it; one that some points run
// with is not.
func TestMistakesAreValuesThatNoPointTakes(t *testing.T) {
	s, err := sweep.Parse("s.yaml", []byte("experiment: e.yaml\ngrid:\n  bits: [2, 99]\n  target: [a, b]\n"))
	if err != nil {
		t.Fatal(err)
	}
	failed := func(what string) *diag.Error {
		return &diag.Error{Diagnostics: []diag.Diagnostic{{Code: diag.OutOfRange, Message: what}}}
	}
	tooLarge := &diag.Error{Diagnostics: []diag.Diagnostic{{Code: diag.DoesNotFit, Message: "too large"}}}
	for _, tt := range []struct {
		name   string
		failed []*diag.Error
		want   string
	}{
		{"what does not fit", []*diag.Error{tooLarge, tooLarge, tooLarge, tooLarge}, ""},
		{"a value, and what does not fit", []*diag.Error{tooLarge, nil, failed("99"), failed("99")}, "99"},
		{"none", make([]*diag.Error, 4), ""},
		{"a pair", []*diag.Error{nil, failed("2 on b"), nil, nil}, ""},
		{"a value", []*diag.Error{nil, nil, failed("99"), failed("99")}, "99"},
		{"all", []*diag.Error{failed("e"), failed("e"), failed("e"), failed("e")}, "e"},
	} {
		err := s.Mistakes(tt.failed)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, tt.want) || (tt.want == "") != (err == nil) || strings.Count(got, "\n") > 0 {
			t.Errorf("%s: got %q, want one of %q", tt.name, got, tt.want)
		}
	}
}

func TestMistakesAreToldAllInOneRun(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := sweep.Load(file)
			if twice := s.Twice(func(_ *sweep.Point, set sweep.Setting) string { return set.Text }); err == nil {
				err = twice
			} else if twice != nil {
				t.Errorf("told besides: %v", twice)
			}
			golden.Mistakes(t, err, file, src)
		})
	}
}

var (
	yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")
	optionRow = regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| ([^|]*) \\|$")
)

// Every yaml block of SWEEP.md is a sweep, and its table lists the parameters.
func TestFormat(t *testing.T) {
	text, err := os.ReadFile("SWEEP.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := yamlBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) == 0 {
		t.Error("SWEEP.md has no examples")
	}
	for i, b := range blocks {
		if _, err := sweep.Parse("SWEEP.md", []byte(b[1])); err != nil {
			t.Errorf("block %d:\n%v", i+1, err)
		}
	}
	var rows [][2]string
	_, table, _ := strings.Cut(string(text), "These are the options of `weft eval`")
	for _, m := range optionRow.FindAllStringSubmatch(table, -1) {
		rows = append(rows, [2]string{m[1], m[2]})
	}
	if diff := cmp.Diff(sweep.OptionRows(), rows); diff != "" {
		t.Errorf("parameters (-program +SWEEP.md)\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("experiment: e.yaml\ngrid: {bits: [2, 4], encode.ticks: {from: 1, to: 8, factor: 2}}\n"))
	f.Add(golden.Files(f, "../../examples/digits/sweep.yaml")[0])
	f.Add([]byte("set: {samples: 3}\npoints: [{experiment: a, arch.mesh: [2, 2]}, {experiment: b, seed: ~}]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := sweep.Parse("s.yaml", src)
		if err != nil {
			golden.Told(t, err, "s.yaml", src)
		}
		if err == nil && len(s.Points) == 0 || len(s.Points) > sweep.MaxPoints {
			t.Errorf("%d points", len(s.Points))
		}
	})
}
