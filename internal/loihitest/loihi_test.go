// Package loihitest holds the neuron loihi, compiled and run on the emulated
// chip, to what Loihi did: unit vectors of Lava's own tests, a register read
// back from Loihi 1, and a convolutional network with its ground truth.
package loihitest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/lavanet"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/paths"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// shared finds a file of the shared data or skips the test.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv(paths.Shared)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(dir, "data", "loihi", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here; set %s", name, paths.Shared)
	}
	return path
}

// run is a network compiled for loihi and run; what happened in tick t is at
// t−1.
type run struct {
	t      *testing.T
	result *compiler.Result
	ticks  int
	// state holds all words of all neurons after each tick.
	state [][][]int32
	fired [][]int32
}

// start compiles a network and runs it with the spikes of its inputs. It holds
// the chip to the oracle, too.
func start(t *testing.T, file, text string, spikes [][]int32, ticks int) *run {
	t.Helper()
	chip, err := targets.Load("loihi")
	if err != nil {
		t.Fatal(err)
	}
	arch := chip.Arch
	arch.Extensions += "G" // the signed spikes of Loihi 2
	net, err := network.Parse(file, []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	res, err := compiler.Compile(t.Context(), net, chip.Name, &arch, compiler.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	r := &run{t: t, result: res, ticks: ticks}
	m := emulator.New(emulator.NewChip(res.Image, chip.Timing, emulator.Functional))
	var all []interp.Spike
	for tick := 1; tick <= ticks; tick++ {
		var in []int32
		if tick <= len(spikes) {
			in = spikes[tick-1]
		}
		fired := slices.Clone(m.Tick(in))
		r.fired = append(r.fired, fired)
		for _, n := range fired {
			all = append(all, interp.Spike{Tick: int32(tick), Neuron: n})
		}
		words := make([][]int32, res.Graph.Neurons())
		for n := range words {
			for k := range statesOf(res.Image, n) {
				words[n] = append(words[n], m.State(n, k))
			}
		}
		r.state = append(r.state, words)
	}
	want := interp.Quantized(res.Quantized, interp.Stimulus{Spikes: spikes}, ticks)
	if diff := cmp.Diff(want.Spikes, all); diff != "" {
		t.Errorf("the oracle and the chip differ (-oracle +chip):\n%s", diff)
	}
	return r
}

// statesOf names the state words of a neuron.
func statesOf(im *image.Image, neuron int) []string {
	for k := range im.Cores {
		if slices.Contains(im.Cores[k].Neurons, int32(neuron)) {
			return im.Programs[im.Cores[k].Program].State
		}
	}
	return nil
}

// trace returns a state word of a neuron from a tick on.
func (r *run) trace(neuron int, state string, from int) []int {
	k := slices.Index(statesOf(r.result.Image, neuron), state)
	var out []int
	for _, words := range r.state[from-1:] {
		out = append(out, int(words[neuron][k]))
	}
	return out
}

// lifVector is a case of unit_vectors.json.
type lifVector struct {
	Name      string `json:"name"`
	Model     string `json:"model"`
	DU        int    `json:"du"`
	DV        int    `json:"dv"`
	BiasMant  int    `json:"bias_mant"`
	BiasExp   int    `json:"bias_exp"`
	Threshold int    `json:"vth"`
	Low       int    `json:"vth_lo"`
	High      int    `json:"vth_hi"`
	Steps     int    `json:"steps"`
	In        []int  `json:"a_in"`
	Spikes    []int  `json:"expect_spikes_at_step0based"`
	Minus     []int  `json:"expect_minus1_spikes_at_step0based"`
	U         []int  `json:"expect_u"`
	V         []int  `json:"expect_v"`
}

type denseVector struct {
	Sign    string    `json:"sign"`
	Bits    int       `json:"weight_bits"`
	Exp     int       `json:"weight_exp"`
	Weights []float64 `json:"weights"`
	FanIn   []float64 `json:"fan_in_weights"`
	Out     []int     `json:"expect_a_out"`
}

type vectors struct {
	LIF        []lifVector   `json:"lif"`
	Dense      []denseVector `json:"dense"`
	Refractory struct {
		V []int `json:"v_with_spike"`
	} `json:"refractory_readback"`
}

func load(t *testing.T) vectors {
	t.Helper()
	data, err := os.ReadFile(shared(t, "unit_vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.LIF) == 0 || len(v.Dense) == 0 || len(v.Refractory.V) == 0 {
		t.Fatal("unit_vectors.json lacks lif, dense or refractory_readback")
	}
	return v
}

// Lava's compartments: u, v and spikes step by step. Lava's register du is one
// less than the effective decay.
func TestLoihiUnitVectors(t *testing.T) {
	for _, c := range load(t).LIF {
		t.Run(c.Name, func(t *testing.T) {
			if c.U == nil && c.V == nil && c.Spikes == nil && c.Minus == nil {
				t.Fatal("there is nothing to compare with")
			}
			// Lava takes a threshold that is one more than the register holds, where
			// nothing may fire; the largest does it too.
			c.Threshold = min(c.Threshold, 1<<17-1)
			neuron := fmt.Sprintf("loihi, params: {decay_u: %d, decay_v: %d, threshold: %d, bias: %d, bias_exp: %d}", c.DU+1, c.DV, c.Threshold, c.BiasMant, c.BiasExp)
			if c.Model == "ternary" {
				neuron = fmt.Sprintf("loihi_ternary, params: {decay_u: %d, decay_v: %d, threshold: %d, threshold_low: %d, bias: %d, bias_exp: %d}", c.DU+1, c.DV, c.High, c.Low, c.BiasMant, c.BiasExp)
			}
			// The input of step 0 comes by a spike of tick 1, which is integrated in tick
			// 2; a neuron with a bias, and so without input, begins in tick 1.
			first, weight := 1, 0
			var spikes [][]int32
			for k, a := range c.In {
				switch {
				case a == 0:
					spikes = append(spikes, nil)
				case k > 0 && weight != 0 && weight != a:
					t.Fatal("the inputs of this case are not one number")
				default:
					weight, first = a, 2
					spikes = append(spikes, []int32{0})
				}
			}
			r := start(t, "net.yaml", fmt.Sprintf(`
inputs: {in: {shape: 1}}
populations:
  n: {shape: 1, neuron: %s}
  sign: {shape: 1, neuron: loihi, params: {threshold: 131071}}
projections:
  - {from: in, to: n, connect: dense, weights: %d}
  - {from: n, to: sign, connect: dense, weights: 1}
`, neuron, weight), spikes, c.Steps+first)
			for _, want := range []struct {
				name string
				want []int
			}{{"u", c.U}, {"v", c.V}} {
				if n := len(want.want); n != 0 && n != c.Steps {
					t.Errorf("%s has %d values, want one for each of %d steps", want.name, n, c.Steps)
				}
				if got := r.trace(0, want.name, first); want.want != nil {
					if diff := cmp.Diff(want.want, got[:len(want.want)]); diff != "" {
						t.Errorf("%s (-Lava +chip):\n%s", want.name, diff)
					}
				}
			}
			// What sign's u receives in the tick after is the spike, with its sign.
			var plus, minus []int
			for k, u := range r.trace(1, "u", first+1)[:c.Steps] {
				switch u {
				case 64:
					plus = append(plus, k)
				case -64:
					minus = append(minus, k)
				}
			}
			if diff := cmp.Diff([][]int{c.Spikes, c.Minus}, [][]int{plus, minus}); diff != "" && (c.Spikes != nil || c.Minus != nil) {
				t.Errorf("steps with a spike of +1, of −1 (-Lava +chip):\n%s", diff)
			}
		})
	}
}

// How the chip stores weights: bits, signs and exponents.
func TestLoihiStoresWeights(t *testing.T) {
	for k, c := range load(t).Dense {
		t.Run(fmt.Sprintf("%d_%s_%d_bits", k, c.Sign, c.Bits), func(t *testing.T) {
			pre, post, weights := 1, len(c.Weights), c.Weights
			if c.FanIn != nil {
				pre, post, weights = len(c.FanIn), 1, c.FanIn
			}
			in := make([]int32, pre)
			for i := range in {
				in[i] = int32(i)
			}
			r := start(t, "net.yaml", fmt.Sprintf(`
inputs: {in: {shape: %d}}
populations: {n: {shape: %d, neuron: loihi, params: {threshold: 131071}}}
projections:
  - {from: in, to: n, connect: dense, weights: %s, weight_exp: %d, quantise: {bits: %d, sign: %s}}
`, pre, post, strings.ReplaceAll(fmt.Sprint(weights), " ", ", "), c.Exp, c.Bits, c.Sign), [][]int32{in}, 2)
			var got []int
			for n := range post {
				got = append(got, r.trace(n, "u", 2)[0]>>6)
			}
			if diff := cmp.Diff(c.Out, got); diff != "" {
				t.Errorf("a_out (-Lava +chip):\n%s", diff)
			}
		})
	}
}

// A neuron with five refractory ticks, recorded on Loihi 1: while it is
// refractory the register of v counts.
func TestLoihiRefractoryReadsBack(t *testing.T) {
	want := load(t).Refractory.V
	r := start(t, "net.yaml", `
inputs: {in: {shape: 1}}
populations: {n: {shape: 1, neuron: loihi, params: {decay_u: 1024, decay_v: 128, threshold: 5, refractory: 5}}}
projections: [{from: in, to: n, connect: dense, weights: 2}]
`, [][]int32{{0}}, len(want))
	if diff := cmp.Diff(want, r.trace(0, "v", 1)); diff != "" {
		t.Errorf("v (-Loihi 1 +chip):\n%s", diff)
	}
}

// tiny.net, imported, equals its ground truth in every spike of every layer and
// in the current of the layer that has one. The ground truth has no transport
// delay; on the chip a layer is a tick later than the one before.
func TestLoihiTinyNet(t *testing.T) {
	file, truth := shared(t, "tiny.net"), shared(t, "tinynet_gt.npz")
	arrays := func(name string) []float64 {
		a, err := ndarray.Load(truth, name)
		if err != nil {
			t.Fatal(err)
		}
		return a.Data
	}
	// The biases are stored (width, height, channels).
	const channels, side = 3, 16
	stored := arrays("input_bias")
	bias := make([]int, len(stored))
	for c := range channels {
		for y := range side {
			for x := range side {
				bias[(c*side+y)*side+x] = int(stored[(x*side+y)*channels+c])
			}
		}
	}
	res, err := lavanet.Import(file, lavanet.Options{Arrays: "tiny.npz", InputBias: bias, Align: true})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := ndarray.WriteNPZ(filepath.Join(dir, "tiny.npz"), res.Arrays); err != nil {
		t.Fatal(err)
	}
	const steps, layers = 15, 3
	r := start(t, filepath.Join(dir, "tiny.yaml"), res.YAML, nil, steps+layers-1)
	groups := r.result.Graph.Populations
	for layer, name := range []string{"input", "layer1", "output"} {
		want := arrays(name) // by neuron, then step; step 0 is empty
		g := groups[layer]
		mismatched, spikes := 0, 0
		for tick := 1 + layer; tick <= steps+layer; tick++ {
			for i := range g.N {
				fired := slices.Contains(r.fired[tick-1], int32(g.First+i))
				if recorded := want[i*(steps+1)+tick-layer] != 0; recorded != fired {
					mismatched++
				}
				if fired {
					spikes++
				}
			}
		}
		t.Logf("%s: %d spikes, %d mismatched", name, spikes, mismatched)
		if mismatched > 0 || spikes == 0 {
			t.Errorf("%s: %d of %d spikes are not as recorded", name, mismatched, spikes)
		}
	}
	current := arrays("current")
	g := groups[1]
	for i := range g.N {
		u := r.trace(g.First+i, "u", 2)
		for step := range steps {
			if want := int(current[i*(steps+1)+step+1]) * 64; u[step] != want {
				t.Fatalf("layer 1, neuron %d, step %d: u = %d, recorded %d", i, step+1, u[step], want)
			}
		}
	}
}
