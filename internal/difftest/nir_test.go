package difftest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/nir"
	"github.com/weft-toolchain/weft/internal/difftest"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/targets"
)

// imported writes a NIR graph as a network and reads that.
func imported(t *testing.T, path string, opt nir.Options) *network.Network {
	t.Helper()
	opt.Name, opt.Arrays = "net", "net.npz"
	r, err := nir.Import(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := ndarray.WriteNPZ(filepath.Join(dir, opt.Arrays), r.Arrays); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "net.yaml")
	if err := os.WriteFile(file, []byte(r.YAML), 0o600); err != nil {
		t.Fatal(err)
	}
	net, err := network.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// NIR graphs that others trained compile for three chips, which do what the oracle
// does.
func TestNIRGraphsRunOnThreeChips(t *testing.T) {
	for _, test := range []struct {
		file string
		opt  nir.Options
	}{
		{"lif_norse.nir", nir.Options{}},
		{"two_lif_neurons.nir", nir.Options{}},
		{"braille_noDelay_bias_zero.nir", nir.Options{Align: true}},
		{"braille_noDelay_noBias_subtract.nir", nir.Options{Reset: nir.ResetSubtract}},
		{"cnn_sinabs.nir", nir.Options{Tick: 1e-3}},
		{"chain.nir", nir.Options{}},
		{"habits.nir", nir.Options{Tick: 1e-3, TimeUnit: 1e-3, OldCurrent: true}},
	} {
		t.Run(test.file, func(t *testing.T) {
			path := filepath.Join("../../compiler/nir/testdata", test.file)
			if _, err := os.Stat(path); err != nil {
				path = filepath.Join(os.Getenv("WEFT_SHARED"), "data/nir", test.file)
			}
			if _, err := os.Stat(path); err != nil {
				t.Skipf("no shared data here (set WEFT_SHARED): %v", err)
			}
			if (underRace || testing.Short()) && test.file == "cnn_sinabs.nir" {
				t.Skip("takes some 10 s, and minutes under the race detector")
			}
			net := imported(t, path, test.opt)
			for _, name := range []string{"loihi", "xbar1k", "xbar256"} {
				chip, err := targets.Load(name)
				if err != nil {
					t.Fatal(err)
				}
				if err := difftest.Compare(net, chip, difftest.NewRun(1, net, 24)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}
