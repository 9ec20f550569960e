package nir

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/shared"
)

// graph imports a file and reads back what was written of it.
func graph(t testing.TB, file string, opt Options) *ir.Graph {
	t.Helper()
	r, err := Import(file, opt)
	if err != nil {
		t.Fatal(err)
	}
	return lowered(t, r)
}

func lowered(t testing.TB, r *netfile.Result) *ir.Graph {
	t.Helper()
	dir := t.TempDir()
	_, after, _ := strings.Cut(r.YAML, "file: ")
	name, _, _ := strings.Cut(after, ",")
	if after != "" {
		if err := ndarray.WriteNPZ(filepath.Join(dir, strings.Trim(name, "'")), r.Arrays); err != nil {
			t.Fatal(err)
		}
	}
	net, err := network.Parse(filepath.Join(dir, "net.yaml"), []byte(r.YAML))
	if err != nil {
		t.Fatalf("%v\n%s", err, r.YAML)
	}
	g := lower.Lower(net)
	if err := g.Verify(); err != nil {
		t.Fatal(err)
	}
	return g
}

// raster reads a recording: step by step, a number for each neuron.
func raster(t testing.TB, name string) *ndarray.Array {
	t.Helper()
	a, err := ndarray.Load(shared.File(t, "data/nir/"+name), "")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestBrailleFollowsTheGoldenRasters runs both networks of the NIR paper's Braille
// task on its first test sample, in real numbers. Step k is in tick 1 + k + level.
func TestBrailleFollowsTheGoldenRasters(t *testing.T) {
	in := raster(t, "braille_test0_input_256x12.npy")
	steps, width := in.Shape[0], in.Shape[1]
	var stim interp.Stimulus
	for k := range steps {
		var on []int32
		for i, x := range in.Data[k*width : (k+1)*width] {
			if x != 0 {
				on = append(on, int32(i))
			}
		}
		stim.Spikes = append(stim.Spikes, on)
	}
	for _, test := range []struct {
		file           string
		hidden, output string
		opt            Options
	}{
		{"braille_noDelay_bias_zero.nir", "golden_noDelay_bias_zero_hidden_256x38.csv", "golden_noDelay_bias_zero_output_256x7.csv", Options{Align: true}},
		{"braille_noDelay_noBias_subtract.nir", "golden_noDelay_noBias_subtract_hidden_256x40.csv", "golden_noDelay_noBias_subtract_output_256x7.csv", Options{Reset: ResetSubtract}},
		// The same networks, of which inner edges name a node that is not there.
		{"braille_noDelay_bias_zero_subgraph.nir", "golden_noDelay_bias_zero_hidden_256x38.csv", "golden_noDelay_bias_zero_output_256x7.csv", Options{Align: true, Repair: true}},
		{"braille_noDelay_noBias_subtract_subgraph.nir", "golden_noDelay_noBias_subtract_hidden_256x40.csv", "golden_noDelay_noBias_subtract_output_256x7.csv", Options{Reset: ResetSubtract, Repair: true}},
	} {
		t.Run(test.file, func(t *testing.T) {
			g := graph(t, shared.File(t, "data/nir/"+test.file), test.opt)
			res := interp.Graph(g, stim, steps+2)
			fired := map[interp.Spike]bool{}
			for _, s := range res.Spikes {
				fired[s] = true
			}
			for level, name := range []string{test.hidden, test.output} {
				want, p := raster(t, name), g.Populations[level]
				wrong, spikes := 0, 0
				for k := range steps {
					for i := range p.N {
						spike := fired[interp.Spike{Tick: int32(1 + k + level + 1), Neuron: int32(p.First + i)}]
						if spike != (want.Data[k*p.N+i] != 0) {
							wrong++
						}
						if spike {
							spikes++
						}
					}
				}
				if wrong > 0 || spikes == 0 {
					t.Errorf("%s: %d of %d places differ from %s, with %d spikes", p.Name, wrong, steps*p.N, name, spikes)
				}
			}
		})
	}
}

// TestMalformedFilesNameNodeAndRemedy reads the three files that nir.read refuses.
func TestMalformedFilesNameNodeAndRemedy(t *testing.T) {
	for file, want := range map[string][]string{
		"lif_rockpool.nir":                             {`node "output" (Output)`, "shape [1 1 1]", "--repair"},
		"braille_noDelay_bias_zero_subgraph.nir":       {`no node "lif"`, `did you mean "lif1"?`, "--repair"},
		"braille_noDelay_noBias_subtract_subgraph.nir": {`no node "lif"`, `did you mean "lif1"?`, "--repair"},
	} {
		_, err := Import(shared.File(t, "data/nir/"+file), Options{})
		if _, ok := errors.AsType[*diag.Error](err); !ok {
			t.Errorf("%s: error %v, want diagnostics", file, err)
			continue
		}
		if slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(err.Error(), w) }) {
			t.Errorf("%s: %v, want all of %q", file, err, want)
		}
		if _, err := Import(shared.File(t, "data/nir/"+file), Options{Repair: true}); err != nil {
			t.Errorf("%s, repaired: %v", file, err)
		}
	}
}

// TestWellFormedFilesKeepTheirShapes counts what becomes of them.
func TestWellFormedFilesKeepTheirShapes(t *testing.T) {
	for file, want := range map[string][3]int{ // inputs, neurons, synapses
		"lif_norse.nir":       {1, 1, 1},
		"two_lif_neurons.nir": {1, 2, 2},
		"cnn_sinabs.nir":      {2 * 34 * 34, 16*16*16*2 + 8*8*8 + 256 + 10, 16*2*79*79 + 16*16*46*46 + 247808 + 131072 + 2560},
	} {
		g := graph(t, shared.File(t, "data/nir/"+file), Options{})
		if got := [3]int{g.InputCount(), g.Neurons(), g.SynapseCount()}; got != want {
			t.Errorf("%s: inputs, neurons and synapses are %v, want %v", file, got, want)
		}
	}
}
