package targets

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

func load(t *testing.T, name string) *Target {
	t.Helper()
	target, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestEveryBuiltInTargetLoads(t *testing.T) {
	for _, name := range Names() {
		target := load(t, name)
		if target.Name != name || target.Doc == "" {
			t.Errorf("%s.yaml says it is %q: %q", name, target.Name, target.Doc)
		}
	}
}

// A child's fields are laid over its parent's one by one; zeros and empty lists
// count as said, and a path is relative to the file that names it.
func TestChildIsLaidOverWhatItInherits(t *testing.T) {
	got := load(t, "testdata/good/child.yaml")
	want := *load(t, "xbar256")
	want.Name, want.Doc = "child", "sets zeros and lists over what it inherits"
	want.Arch.MeshWidth, want.Arch.MeshHeight, want.Arch.MaxDelay = 4, 2, 3
	want.Arch.Axons, want.Arch.Extensions = 8, ""
	want.Timing.Tick, want.Timing.Barrier = 0, 16
	want.Prices.Energy[HopX], want.Prices.Energy[HopY], want.Prices.LeakageChip = 0, 5e-12, 0
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("child.yaml (-want +got):\n%s", diff)
	}
}

func TestNameAndDocAreNotInherited(t *testing.T) {
	got := load(t, "testdata/good/xbar/xbar256.yaml")
	if got.Name != "mine" || got.Doc != "" || got.Arch != load(t, "xbar256").Arch {
		t.Errorf("got %q, %q, %+v; want xbar256's cores and no doc", got.Name, got.Doc, got.Arch)
	}
}

// A chip with other cores has another area; one with other prices has the same.
func TestAreaIsOfTheChipAsItIs(t *testing.T) {
	for _, tt := range []struct {
		over string
		want float64
	}{
		{"prices: {hop_x: 1pJ}", 60},
		{"arch: {mesh: [2, 2]}", 0},
		{"{arch: {mesh: [2, 2]}, area: {chip: 950000um2}}", 0.95},
	} {
		var diags diag.List
		got, err := LoadWith("loihi", yamldoc.Parse("over.yaml", []byte(tt.over), &diags))
		if err != nil || got.AreaMM2 != tt.want {
			t.Errorf("%s: got %v mm², %v; want %v", tt.over, got.AreaMM2, err, tt.want)
		}
	}
	if got := load(t, "tinyodin").AreaMM2; got != 0 {
		t.Errorf("tinyodin inherits %v mm² from odin, want none", got)
	}
}

func TestFieldsThatAreNotSaidHaveTheirDefaults(t *testing.T) {
	got := load(t, "testdata/good/least.yaml")
	want := &Target{
		Name: "good",
		Arch: Arch{
			MeshWidth: 2, MeshHeight: 2, Neurons: 4, Axons: 4, FanOut: 16, SynapseFormat: Dense, WeightFormat: Signed, WeightBits: 4, WordSynapses: 1,
			StateBits: 16, StateWords: 8, ParamWords: 8, ProgramWords: 64, Controller: Ticks, DelayPlace: DelayAxon, MaxDelay: 2,
		},
		Timing: Timing{Clock: 1e6, Converters: 1, Instruction: 1, Lanes: 1, Spike: 1, HopX: 1, HopY: 1, Link: 1, Eject: 1, FIFO: 4},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("least.yaml (-want +got):\n%s", diff)
	}
}

// A mesh that is one chip says nothing of chips, so that its images are those of a
// file that never spoke of them.
func TestChipsAreSaidOfSeveralOnly(t *testing.T) {
	four, one := load(t, "testdata/good/truenorth4.yaml"), load(t, "testdata/good/onechip.yaml")
	want := load(t, "truenorth").Arch
	if one.Arch != want || one.Arch.SeveralChips() {
		t.Errorf("a mesh of one chip: %+v, want %+v", one.Arch, want)
	}
	want.MeshWidth, want.MeshHeight = 128, 128
	want.ChipWidth, want.ChipHeight, want.ChipLink = 64, 64, 16
	if four.Arch != want || !four.Arch.SeveralChips() {
		t.Errorf("a mesh of four chips: %+v, want %+v", four.Arch, want)
	}
	if x := four.Timing; x.ChipHop != 50 || x.ChipPeriod != 64 || four.Prices.Energy[ChipHop] != 832e-12 {
		t.Errorf("links between chips: %+v, %v J", x, four.Prices.Energy[ChipHop])
	}
}

func TestTextsAreTheFilesNearestFirst(t *testing.T) {
	texts, err := Texts("testdata/good/child.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, text := range texts {
		first, _, _ := strings.Cut(text.Text, "\n")
		got = append(got, filepath.ToSlash(text.File)+": "+first)
	}
	want := []string{
		"testdata/good/child.yaml: target: child", "testdata/good/parent.yaml: target: parent",
		"xbar256.yaml: # A generic digital crossbar chip of weft's own, sized like TrueNorth's cores but",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

func TestUnknownTargetIsTold(t *testing.T) {
	for name, want := range map[string]string{
		"xbar265":     `target: unknown target "xbar265"; did you mean "xbar256"? [unknown-name]`,
		"photonic":    `target: unknown target "photonic"; built-in targets are `,
		"nowhere.yml": `target: target file nowhere.yml cannot be read: `,
	} {
		if _, err := Load(name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Load(%q) = %v, want %s", name, err, want)
		}
	}
}

func TestLongChainIsRefused(t *testing.T) {
	dir := t.TempDir()
	for k := range maxInherits + 1 {
		text := fmt.Sprintf("target: t%d\ninherits: t%d.yaml\n", k, k+1)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("t%d.yaml", k)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Load(filepath.Join(dir, "t0.yaml")); err == nil || !strings.Contains(err.Error(), "[too-large]") {
		t.Errorf("got %v, want that the chain is too long", err)
	}
}

// Each file of testdata/bad says on its lines which mistakes are there.
func TestEveryMistakeIsReportedOnItsLine(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d files (%v), want at least 12", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Load(file)
			golden.Mistakes(t, err, file, src)
		})
	}
}

// A figure is found with the comment of its line, however the file is laid out.
func TestFiguresHaveTheCommentOfTheirLine(t *testing.T) {
	got, err := Figures(Text{File: "x.yaml", Text: "arch: {axons: 3, mesh: [2, 1]} # both\ntiming:\n  tick: 4  # assumed\n  row: 5\nprices: {hop_x: 2.5pJ}\n"})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got {
		lines = append(lines, fmt.Sprintf("%s %s.%s = %s # %s", f.Pos, f.Block, f.Field, f.Value, f.Source))
	}
	want := []string{
		"x.yaml:1:8 arch.axons = 3 # both", "x.yaml:1:18 arch.mesh = [2, 1] # both",
		"x.yaml:3:3 timing.tick = 4 # assumed", "x.yaml:4:3 timing.row = 5 # ", "x.yaml:5:10 prices.hop_x = 2.5pJ # ",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	// YAML knows more line breaks than Go's files have.
	got, err = Figures(Text{File: "x.yaml", Text: "timing:\r  tick: 4 # assumed\u2028  row: 5 # too\n"})
	if err != nil || len(got) != 2 || got[0].Source != "assumed" || got[1].Source != "too" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Sources are those of the figures that hold: a file's own before those that it
// inherits, and no area of another chip.
func TestSourcesAreThoseOfTheFiguresThatHold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.yaml")
	text := "target: mine\ninherits: loihi\nprices:\n  hop_x: 1pJ # measured\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Sources(file)
	if err != nil {
		t.Fatal(err)
	}
	own, err := Sources("loihi")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"prices.hop_x": "1pJ # measured"}
	for _, f := range own {
		if f.Block != areaBlock && f.Block+f.Field != pricesBlock+"hop_x" {
			want[f.Block+"."+f.Field] = f.Value + " # " + f.Source
		}
	}
	found := map[string]string{}
	for _, f := range got {
		found[f.Block+"."+f.Field] = f.Value + " # " + f.Source
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// JSON names the figures as target files do.
func TestJSONNamesThePricesOfEveryEvent(t *testing.T) {
	data, err := json.Marshal(load(t, "xbar1k"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Timing, Prices map[string]float64
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for _, f := range timingFields {
		if _, ok := got.Timing[f.name]; !ok {
			t.Errorf("timing has no %q", f.name)
		}
	}
	if len(got.Prices) != len(priceFields()) || got.Prices["leakage_core"] != 45e-6 || got.Prices["hop_x"] != 2.3e-12 {
		t.Errorf("prices are %v", got.Prices)
	}
}

// What decodes without a mistake is a target that can be used: its name, mesh
// and clock are there. Files that it inherits from are not read.
func FuzzTarget(f *testing.F) {
	least := golden.Files(f, "testdata/good/least.yaml")[0]
	for _, lineBreak := range []string{"\r", "\r\n", "\u0085", "\u2028"} {
		f.Add([]byte(strings.ReplaceAll(string(least), "\n", lineBreak)))
	}
	for _, src := range golden.Files(f, "*.yaml", "testdata/*/*.yaml") {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var diags diag.List
		root := yamldoc.Parse("x.yaml", src, &diags)
		var target *Target
		if root != nil && diags.Len() == 0 {
			target = decode(yamldoc.Overlay(root, root), &diags)
		}
		if err := diags.Err(); err != nil {
			golden.Told(t, err, "x.yaml", src)
			return
		}
		if target.Name == "" || target.Arch.Cores() < 1 || target.Timing.Clock <= 0 || target.Arch.MaxSynapses() < 1 {
			t.Errorf("decoded to %+v", target)
		}
		if _, err := json.Marshal(target); err != nil {
			t.Error(err)
		}
		if _, err := Figures(Text{File: "x.yaml", Text: string(src)}); err != nil {
			t.Error(err)
		}
	})
}

// FuzzInherit reads a target that inherits from another: it can be used, or it is told
// why not.
func FuzzInherit(f *testing.F) {
	for _, seed := range [][2]string{
		{"target: child\ninherits: ./parent.yaml\narch: {neurons: 7}\n", "target: parent\ninherits: xbar256\narch: {axons: 128}\n"},
		{"target: child\ninherits: ./parent.yaml\n", "target: parent\ninherits: ./child.yaml\n"},
		{"target: child\ninherits: ./parent.yaml\nprices: {hop_x: 1pJ, source: assumed}\n", "target: parent\ninherits: loihi\ntiming: ~\n"},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	dir := f.TempDir()
	child, parent := filepath.Join(dir, "child.yaml"), filepath.Join(dir, "parent.yaml")
	f.Fuzz(func(t *testing.T, src, above []byte) {
		for path, content := range map[string][]byte{child: src, parent: above} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		target, err := Load(child)
		if err != nil {
			golden.Told(t, err, child, src)
			return
		}
		if target.Name == "" || target.Arch.Cores() < 1 || target.Timing.Clock <= 0 {
			t.Errorf("loaded %+v", target)
		}
		texts, err := Texts(child)
		if err != nil || texts[0].Text != string(src) {
			t.Errorf("%d texts, %v", len(texts), err)
		}
	})
}
