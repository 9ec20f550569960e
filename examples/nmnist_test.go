package examples

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/compiler/nir"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/targets"
)

// TestNMNIST imports the network that nmnist/README.md tells of, and holds its
// accuracy on two chips to what stands there.
func TestNMNIST(t *testing.T) {
	if testing.Short() {
		t.Skip("runs 100 samples on two chips")
	}
	shared(t)
	dir, err := filepath.Abs(os.Getenv("WEFT_SHARED")) // the experiment is in another folder
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("WEFT_SHARED", dir)
	graph := filepath.Join(dir, "data/nir/cnn_sinabs.nir")
	if _, err := os.Stat(graph); err != nil {
		t.Skipf("no shared data here (set WEFT_SHARED): %v", err)
	}
	r, err := nir.Import(graph, nir.Options{Tick: 1e-3, Name: "cnn"})
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	text, err := os.ReadFile("nmnist/experiment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"cnn.yaml": []byte(r.YAML), "experiment.yaml": text} {
		if err := os.WriteFile(filepath.Join(out, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := ndarray.WriteNPZ(filepath.Join(out, "cnn.npz"), r.Arrays); err != nil {
		t.Fatal(err)
	}
	exp, net, data := opened(t, filepath.Join(out, "experiment.yaml"))
	if err := exp.Check(net, data); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"loihi", "xbar1k"} {
		target, err := targets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		res := compile(t, net, target, exp.Quantise)
		if res == nil {
			t.Fatalf("it does not fit %s", name)
		}
		got, err := eval.Run(t.Context(), eval.Config{
			Experiment: exp, Network: net, Data: data, Target: target,
			Chip: emulator.NewChip(res.Image, target.Timing, emulator.Functional), Functional: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if got.Samples != 100 || got.Correct != 100 {
			t.Errorf("%s: %d of %d right, want 100 of 100 as README.md says", name, got.Correct, got.Samples)
		}
	}
}
