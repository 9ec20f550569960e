package targets

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/weft-toolchain/weft/internal/golden"
)

// readme is what testdata/README.md.tmpl is filled in with.
type readme struct {
	MaxInherits                   int
	Arch, Devices, Timing, Prices []fieldRow
	Targets                       []targetRow
}

type fieldRow struct{ Name, Unit, Values, Default, Doc string }

type targetRow struct {
	Name, Doc, About, Parent, Mesh, Synapses, Weights, Delays string
	Cores, Neurons, Axons                                     int
	Figures                                                   []Figure
}

// README.md is what the tables and the target files say.
func TestReadme(t *testing.T) {
	r := readme{MaxInherits: maxInherits}
	for _, f := range archFields {
		r.Arch = append(r.Arch, rowOf(f))
	}
	for _, f := range deviceFields {
		r.Devices = append(r.Devices, fieldRow{f.name, f.unit, f.values, f.def, f.doc})
	}
	for _, f := range timingFields {
		r.Timing = append(r.Timing, rowOf(f))
	}
	for _, p := range priceFields() {
		r.Prices = append(r.Prices, fieldRow{p.name, p.unit, "0 or more", "0", p.doc})
	}
	for _, name := range Names() {
		r.Targets = append(r.Targets, describe(t, name))
	}
	src, err := os.ReadFile("testdata/README.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := template.Must(template.New("README.md").Parse(string(src))).Execute(&out, r); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "README.md", out.Bytes())
}

func rowOf(f field) fieldRow {
	row := fieldRow{Name: f.name, Unit: f.unit, Doc: f.doc, Default: "required"}
	switch f.kind {
	case intField:
		row.Default = fmt.Sprint(f.def)
		row.Values = fmt.Sprintf("%d to %d", f.lo, f.hi)
	case mustInt:
		row.Values = fmt.Sprintf("%d to %d", f.lo, f.hi)
	case optionField:
		row.Values, row.Default = "`"+strings.Join(f.enum, "` or `")+"`", "`"+f.enum[0]+"`"
	case enumField:
		row.Values = "`" + strings.Join(f.enum, "` or `") + "`"
	case wordsField:
		row.Values, row.Default = "a list of names, see `weft models`", "none"
	case extField:
		row.Values, row.Default = "a list such as [M]", "none"
	case hertzField:
		row.Values = "above 0"
	case sizeField, mustSize:
		row.Values = fmt.Sprintf("[%d to %d, %d to %d]", f.lo, f.hi, f.lo, f.hi)
		if f.kind == sizeField {
			row.Default = "none"
		}
	}
	return row
}

func describe(t *testing.T, name string) targetRow {
	t.Helper()
	target, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := Texts(name)
	if err != nil {
		t.Fatal(err)
	}
	figures, err := Figures(texts[0])
	if err != nil {
		t.Fatal(err)
	}
	a := &target.Arch
	row := targetRow{
		Name: name, Doc: target.Doc, About: about(texts[0].Text), Figures: figures,
		Mesh: fmt.Sprintf("%d × %d", a.MeshWidth, a.MeshHeight), Cores: a.Cores(), Neurons: a.Neurons, Axons: a.Axons,
		Synapses: fmt.Sprintf("%d, %s", a.MaxSynapses()/a.Cores(), a.SynapseFormat), Weights: fmt.Sprintf("%d bits", a.WeightBits),
		Delays: fmt.Sprintf("1 to %d, at the %s", a.MaxDelay, a.DelayPlace),
	}
	if len(texts) > 1 {
		row.Parent = strings.TrimSuffix(texts[1].File, ".yaml")
	}
	return row
}

// about returns the comment that a file begins with.
func about(text string) string {
	var words []string
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		words = append(words, strings.TrimSpace(comment))
	}
	return strings.Join(words, "\n")
}

// Every figure of time and price says where it is from, or that it is assumed.
func TestEveryFigureHasASource(t *testing.T) {
	for _, name := range Names() {
		texts, err := Texts(name)
		if err != nil {
			t.Fatal(err)
		}
		figures, err := Figures(texts[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range figures {
			if f.NeedsSource() && f.Source == "" {
				t.Errorf("%s: %s.%s has no comment that gives its source, or says assumed", f.Pos, f.Block, f.Field)
			}
		}
		if about(texts[0].Text) == "" {
			t.Errorf("%s: begins without a comment about the chip", texts[0].File)
		}
	}
}

// A target that stands alone says what it takes and costs, field by field:
// nothing of a built-in one is left to a default, but that a digital one says
// nothing of devices, and one chip nothing of links between chips.
func TestBuiltInTargetsListEveryTimeAndPrice(t *testing.T) {
	for _, name := range Names() {
		texts, err := Texts(name)
		if err != nil {
			t.Fatal(err)
		}
		listed := map[string]bool{}
		for _, text := range texts {
			figures, err := Figures(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range figures {
				listed[f.Block+"."+f.Field] = true
			}
		}
		var want []string
		chip := load(t, name)
		analogue := chip.Devices != nil
		matters := map[Feature]bool{Anywhere: true, OnDevices: analogue, BetweenChips: chip.Arch.SeveralChips()}
		for _, f := range timingFields {
			// An event-driven controller has times of its own.
			ticks := !chip.Arch.Controller.EventDriven() || f.kind == hertzField
			if ticks && matters[f.where] {
				want = append(want, timingBlock+"."+f.name)
			}
		}
		for _, p := range priceFields() {
			if matters[p.where] {
				want = append(want, pricesBlock+"."+p.name)
			}
		}
		for _, f := range deviceFields {
			if analogue {
				want = append(want, devicesBlock+"."+f.name)
			}
		}
		for _, f := range want {
			if !listed[f] {
				t.Errorf("%s does not list %s", name, f)
			}
		}
	}
}

// The board of several chips that the README shows is a target.
func TestBoardOfTheReadmeLoads(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```yaml\ntarget: board\n")
	block, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("README.md shows no target called board")
	}
	path := filepath.Join(t.TempDir(), "board.yaml")
	if err := os.WriteFile(path, []byte("target: board\n"+block), 0o600); err != nil {
		t.Fatal(err)
	}
	board, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if a := &board.Arch; a.Cores() != 4*4096 || a.ChipWidth != 64 || a.ChipHeight != 64 {
		t.Errorf("%d cores in chips of %d × %d, want 4 × 4096 of 64 × 64", a.Cores(), a.ChipWidth, a.ChipHeight)
	}
}
