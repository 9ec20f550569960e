package optimise_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/optimise"
)

func lowered(t *testing.T, text string) *ir.Graph {
	t.Helper()
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return lower.Lower(net)
}

func spikes(seed uint64, inputs, ticks int) [][]int32 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([][]int32, ticks)
	for t := range out {
		for i := range inputs {
			if r.IntN(3) == 0 {
				out[t] = append(out[t], int32(i))
			}
		}
	}
	return out
}

// normalised runs one population of a graph with its norms as they are written,
// and delays of 1. It knows if, lif, cuba_lif and alif.
func normalised(g *ir.Graph, in [][]int32, ticks int) []interp.Spike {
	np := &g.Net.Populations[0]
	n := g.Populations[0].N
	get := func(name network.Param, i int) float64 {
		if v, ok := np.Params[name]; ok {
			return v.At(i)
		}
		return 0
	}
	apply := func(x float64, norm *network.Norm, i int) float64 {
		if norm == nil {
			return x
		}
		return norm.Gamma.At(i)*(x-norm.Mean.At(i))/math.Sqrt(norm.Var.At(i)+norm.Eps.At(i)) + norm.Beta.At(i)
	}
	v, a := make([]float64, n), make([]float64, n)
	for i := range n {
		v[i] = get(network.VInit, i)
		a[i] = get(network.IInit, i)
	}
	var out []interp.Spike
	var fired, sent []int32 // of the tick before
	dt := g.Net.Tick
	for t := 1; t <= ticks; t++ {
		input := make([]float64, n)
		for k := range g.Projections {
			p := &g.Projections[k]
			sum := make([]float64, n)
			from := fired
			if p.From.Input {
				from = sent
			}
			for _, j := range from {
				for s := p.Off[j]; s < p.Off[j+1]; s++ {
					sum[p.Post[s]] += p.Weight.At(int(s))
				}
			}
			for i := range n {
				input[i] += apply(sum[i], g.Net.Projections[p.Index].Norm, i)
			}
		}
		fired = nil
		for i := range n {
			x := get(network.R, i) * (input[i] + get(network.Bias, i))
			above := get(network.VThreshold, i)
			switch string(np.Model) {
			case string(network.IF):
				v[i] += x
			case string(network.LIF):
				v[i] += dt / get(network.Tau, i) * (get(network.VLeak, i) - v[i] + x)
			case string(network.ALIF):
				a[i] *= 1 - dt/get(network.TauAdapt, i)
				above += a[i]
				v[i] += dt / get(network.Tau, i) * (get(network.VLeak, i) - v[i] + x)
			case string(network.CubaLIF):
				ks := dt / get(network.TauSyn, i)
				a[i] = (1-ks)*a[i] + get(network.WIn, i)*ks*(input[i]+get(network.Bias, i))
				v[i] += dt / get(network.Tau, i) * (get(network.VLeak, i) - v[i] + get(network.R, i)*a[i])
			default:
				panic("the test has no equation of " + np.Model)
			}
			if apply(v[i], np.Norm, i) <= above {
				continue
			}
			fired = append(fired, int32(i))
			out = append(out, interp.Spike{Tick: int32(t), Neuron: int32(i)})
			switch np.Reset {
			case network.ResetZero:
				v[i] = 0
			case network.ResetValue:
				v[i] = get(network.VReset, i)
			case network.ResetNone, network.ResetSubtract: // the latter has no norm
			}
			if np.Model == network.ALIF {
				a[i] += get(network.Adapt, i)
			}
		}
		sent = nil
		if t <= len(in) {
			sent = in[t-1]
		}
	}
	return out
}

// A folded network fires as one that normalises, in real numbers: norms of
// projections and of potentials, with slopes of either sign.
func TestFoldedNetworksFireAsThoseThatNormalise(t *testing.T) {
	params := map[string]string{
		"if":       "bias: 0.05, v_init: 0.1",
		"lif":      "tau: 4ms, v_leak: 0.1, bias: 0.3",
		"cuba_lif": "tau: 4ms, tau_syn: 2ms, w_in: 2, i_init: 0.1, v_leak: 0.05",
		"alif":     "tau: 4ms, tau_adapt: 20ms, adapt: 0.2, v_leak: 0.1",
	}
	resets := []string{"reset: zero", "reset: value, v_reset: -0.1", "reset: none"}
	for _, model := range []string{"if", "lif", "cuba_lif", "alif"} {
		for k, reset := range resets {
			r := rand.New(rand.NewPCG(uint64(k), 7))
			list := func(n int, mean, spread float64) string {
				var out []string
				for range n {
					out = append(out, fmt.Sprintf("%.4f", mean+spread*(2*r.Float64()-1)))
				}
				return "[" + strings.Join(out, ", ") + "]"
			}
			text := fmt.Sprintf(`
inputs: {in: {shape: 10}}
populations:
  p:
    shape: [4, 3]
    neuron: %s
    params: {threshold: 0.4, %s, %s}
    batch_norm: {gamma: [1.5, -0.8, 0.6, -1.2], beta: %s, mean: %s, var: [0.5, 1, 2, 0.25]}
projections:
  - {from: in, to: p, connect: dense, weights: %s, batch_norm: {gamma: %s, beta: 0.05, mean: %s, var: %s, eps: 0.001}}
  - {from: p, to: p, connect: dense, weights: %s}
`, model, params[model], reset, list(4, 0, 0.2), list(4, 0, 0.1), list(120, 0.1, 0.8), list(12, 0.8, 0.4), list(12, 0.3, 0.1), list(12, 1, 0.5), list(144, 0, 0.3))
			g := lowered(t, text)
			in := spikes(3, 10, 60)
			folded, effects, err := optimise.Fold(g)
			if err != nil {
				t.Fatal(err)
			}
			if optimise.HasNorms(folded.Net) || !optimise.HasNorms(g.Net) {
				t.Error("the folded network has norms, or the other lost them")
			}
			want := normalised(g, in, 60)
			got := interp.Graph(folded, interp.Stimulus{Spikes: in}, 60).Spikes
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s: %d spikes folded, %d normalised", model, reset, len(got), len(want))
			}
			if per := len(want); per < 20 || per > 650 {
				t.Errorf("%s, %s: %d spikes tell little", model, reset, per)
			}
			if effects[0].Value != 2 || effects[1].Value != 6 {
				t.Errorf("effects %v, want 2 norms and 6 neurons turned", effects)
			}
			if plain := interp.Graph(g, interp.Stimulus{Spikes: in}, 60).Spikes; slices.Equal(plain, want) {
				t.Error("the norms change nothing")
			}
		}
	}
}

// A channel of a convolution's output has one slope, in either layout.
func TestListsOfANormRunAlongChannels(t *testing.T) {
	for layout, shape := range map[string]string{"chw": "[2, 3, 3]", "hwc": "[3, 3, 2]"} {
		in := map[string]string{"chw": "[1, 3, 3]", "hwc": "[3, 3, 1]"}[layout]
		g := lowered(t, fmt.Sprintf(`
inputs: {in: {shape: %s}}
populations: {p: {shape: %s, neuron: if}}
projections: [{from: in, to: p, connect: {conv2d: {kernel: 1}}, layout: %s, weights: 1, batch_norm: {gamma: [2, 3], eps: 1, var: 0}}]
`, in, shape, layout))
		f, _, err := optimise.Fold(g)
		if err != nil {
			t.Fatal(err)
		}
		for s, w := range f.Projections[0].Weight.Floats() {
			channel := int(f.Projections[0].Post[s]) / 9
			if layout == "hwc" {
				channel = int(f.Projections[0].Post[s]) % 2
			}
			if want := float64(2 + channel); w != want {
				t.Errorf("%s: synapse %d weighs %g, want %g", layout, s, w, want)
			}
		}
	}
}
