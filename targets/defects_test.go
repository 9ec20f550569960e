package targets_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/targets"
	"github.com/weft-toolchain/weft/targets/mesh"
)

func arch(t *testing.T, name string) *targets.Arch {
	t.Helper()
	target, err := targets.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return &target.Arch
}

// defects reads a text as a defects file.
func defects(t *testing.T, text string, a *targets.Arch) *targets.Defects {
	t.Helper()
	d, err := targets.ParseDefects("defects.yaml", []byte(text), a)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestBadDefectsAreToldInOneRun(t *testing.T) {
	const file = "testdata/defects/bad.yaml"
	_, err := targets.LoadDefects(file, arch(t, "xbar256"))
	src, readErr := os.ReadFile(file)
	if readErr != nil {
		t.Fatal(readErr)
	}
	golden.Mistakes(t, err, file, src)
	for _, text := range []string{"", "[]", "defects: x\ncores: {}", "cores: []"} {
		if _, err := targets.ParseDefects("defects.yaml", []byte(text), arch(t, "xbar256")); err == nil {
			t.Errorf("%q is read as a defects file", text)
		}
	}
	large := *arch(t, "loihi")
	large.Axons, large.Neurons = 1<<18, 1<<16
	if _, err := targets.ParseDefects("large.yaml", []byte("{defects: x, random: {synapses: 0.1}}"), &large); err == nil || !strings.Contains(err.Error(), "[too-large]") {
		t.Errorf("cores of 2³⁴ cells: %v", err)
	}
	if _, err := targets.LoadDefects("testdata/defects/none.yaml", arch(t, "xbar256")); err == nil || !strings.Contains(err.Error(), "[missing-file]") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := targets.LoadDefects("testdata/defects/good.yaml", arch(t, "odin")); err == nil || !strings.Contains(err.Error(), "[unsupported]") {
		t.Errorf("defects of a chip without ticks: %v", err)
	}
}

func TestListedDefects(t *testing.T) {
	d, err := targets.LoadDefects("testdata/defects/good.yaml", arch(t, "xbar256"))
	if err != nil {
		t.Fatal(err)
	}
	for router, dead := range d.Cores {
		if want := router == 1 || router == 32; dead != want || d.DeadCore(int32(router)) != want {
			t.Errorf("core of router %d: dead is %v, want %v", router, dead, want)
		}
	}
	for _, diff := range []string{
		cmp.Diff([]mesh.Link{{0, 1}, {16, 17}}, d.Links),
		cmp.Diff([]int32{3, 5, 7}, d.DeadAxons(0)),
		cmp.Diff([]int32(nil), d.DeadAxons(1)),
		cmp.Diff([]targets.Cell{{Axon: 0, Slot: 255}, {Axon: 4, Slot: 2}, {Axon: 4, Slot: 9}}, d.DeadSynapses(18)),
		cmp.Diff("listed: dead are 2 of 256 cores, 2 of 480 links, 3 listed axons, 3 listed synapses", d.String()),
	} {
		if diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	var none *targets.Defects
	if none.DeadCore(0) || none.DeadAxons(0) != nil || none.DeadSynapses(0) != nil {
		t.Error("a chip without defects has some")
	}
}

// TestRandomDefects holds that shares are kept, that a seed says which, and that
// more is more of the same.
func TestRandomDefects(t *testing.T) {
	a := arch(t, "xbar256")
	of := func(text string) *targets.Defects { return defects(t, "defects: x\nrandom: "+text, a) }
	d := of("{seed: 3, cores: 0.3, links: 0.05, axons: 0.1, synapses: 0.01}")
	if n := len(slices.DeleteFunc(slices.Clone(d.Cores), func(dead bool) bool { return !dead })); n != 77 {
		t.Errorf("%d of 256 cores are dead, want 77", n)
	}
	if n := len(d.Links); n != 24 {
		t.Errorf("%d of 480 links are dead, want 24", n)
	}
	axons, cells := 0, 0
	for r := range int32(16) {
		axons += len(d.DeadAxons(r))
		cells += len(d.DeadSynapses(r))
	}
	// 16 cores: 410 ± 19 axons, 10,486 ± 102 synapses.
	if axons < 310 || axons > 510 || cells < 9900 || cells > 11100 {
		t.Errorf("%d axons and %d synapses of 16 cores are dead", axons, cells)
	}
	if diff := cmp.Diff(d.DeadSynapses(5), of("{seed: 3, synapses: 0.01}").DeadSynapses(5)); diff != "" {
		t.Errorf("the same seed: %s", diff)
	}
	if slices.Equal(d.Cores, of("{seed: 4, cores: 0.3}").Cores) || slices.Equal(d.DeadAxons(0), d.DeadAxons(1)) {
		t.Error("another seed, or another core, has the same defects")
	}
	more := of("{seed: 3, cores: 0.4, links: 0.1, axons: 0.2, synapses: 0.02}")
	for r, dead := range d.Cores {
		if dead && !more.Cores[r] {
			t.Errorf("core %d is dead at 30 %% and not at 40 %%", r)
		}
	}
	for _, l := range d.Links {
		if !slices.Contains(more.Links, l) {
			t.Errorf("link %v is dead at 5 %% and not at 10 %%", l)
		}
	}
	for _, axon := range d.DeadAxons(9) {
		if !slices.Contains(more.DeadAxons(9), axon) {
			t.Errorf("axon %d is dead at 10 %% and not at 20 %%", axon)
		}
	}
	if all := of("{cores: 1, links: 1, axons: 1}"); slices.Contains(all.Cores, false) || len(all.Links) != 480 || len(all.DeadAxons(255)) != 256 {
		t.Error("a share of 1 is not all")
	}
}

func TestFingerprintIsOfWhatIsDead(t *testing.T) {
	a := arch(t, "xbar256")
	same := []string{
		"{defects: a, cores: [[0, 1], [1, 0]], axons: [{core: [0, 0], axons: [1, 2]}]}",
		"{defects: b, cores: [[1, 0], [0, 1]], axons: [{core: [0, 0], axons: [2]}, {core: [0, 0], axons: [1]}], random: {seed: 9}}",
	}
	if x, y := defects(t, same[0], a).Fingerprint(), defects(t, same[1], a).Fingerprint(); x != y || len(x) != 16 {
		t.Errorf("the same defects have fingerprints %s and %s", x, y)
	}
	seen := map[string]string{}
	for _, text := range []string{
		same[0], "{defects: a}", "{defects: a, cores: [[0, 1]]}", "{defects: a, links: [[[0, 1], [0, 0]]]}",
		"{defects: a, axons: [{core: [0, 0], axons: [1]}]}", "{defects: a, axons: [{core: [1, 0], axons: [1]}]}",
		"{defects: a, synapses: [{core: [0, 0], synapses: [[0, 1]]}]}", "{defects: a, random: {axons: 0.1}}",
		"{defects: a, random: {synapses: 0.1}}", "{defects: a, random: {seed: 2, axons: 0.1}}", "{defects: a, random: {cores: 0.1}}",
	} {
		print := defects(t, text, a).Fingerprint()
		if other, ok := seen[print]; ok {
			t.Errorf("%s and %s have one fingerprint", text, other)
		}
		seen[print] = text
	}
	if x, y := defects(t, "defects: a", a).Fingerprint(), defects(t, "defects: a", arch(t, "xbar1k")).Fingerprint(); x == y {
		t.Error("chips of two kinds have one fingerprint")
	}
}

// TestDefectsGrammarIsRead compiles the blocks of DEFECTS.md.
func TestDefectsGrammarIsRead(t *testing.T) {
	doc, err := os.ReadFile("DEFECTS.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(doc, -1)
	if len(blocks) == 0 {
		t.Fatal("DEFECTS.md has no example")
	}
	for _, b := range blocks {
		d := defects(t, string(b[1]), arch(t, "xbar256"))
		if len(d.DeadAxons(0)) < 2 || len(d.DeadSynapses(0)) < 2 || !d.DeadCore(3) || len(d.Links) != 25 && len(d.Links) != 24 {
			t.Errorf("the example is read as %v", d)
		}
	}
}
