package interp_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/targets"
)

func quantised(t *testing.T, text string) *ir.Quantized {
	t.Helper()
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	chip, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	q, err := quant.Quantise(lower.Lower(net), &chip.Arch, network.Quantise{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return q
}

// at returns a stimulus in which input 0 spikes in the given ticks.
func at(ticks ...int) interp.Stimulus {
	var s interp.Stimulus
	for _, t := range ticks {
		for len(s.Spikes) < t {
			s.Spikes = append(s.Spikes, nil)
		}
		s.Spikes[t-1] = append(s.Spikes[t-1], 0)
	}
	return s
}

// One neuron, one synapse from one input, traced by hand. Every number is one
// that both interpreters represent, so they must agree on it.
func TestNeuronFollowsItsEquation(t *testing.T) {
	for _, test := range []struct {
		name   string
		neuron string // model and parameters
		weight string
		delay  int
		in     []int     // ticks in which the input spikes
		want   []float64 // v at the end of each tick
		fires  []int     // ticks in which the neuron fires
	}{
		{
			"fires above the threshold, not at it", "if, params: {threshold: 2}", "1", 1,
			[]int{1, 2, 3, 4},
			[]float64{0, 1, 2, 0, 1},
			[]int{4},
		},
		{
			"reset to zero forgets the excess", "if, params: {threshold: 2, reset: zero}", "5", 1,
			[]int{1},
			[]float64{0, 0, 0},
			[]int{2},
		},
		{
			"reset by subtraction keeps the excess, which may fire again", "if, params: {threshold: 2, reset: subtract}", "5", 1,
			[]int{1},
			[]float64{0, 3, 1, 1},
			[]int{2, 3},
		},
		{
			"reset to a value", "if, params: {threshold: 2, reset: value, v_reset: -1}", "3", 1,
			[]int{1, 2, 3},
			[]float64{0, -1, 2, -1},
			[]int{2, 4},
		},
		{
			"no reset fires until the potential falls", "if, params: {threshold: 2, reset: none, bias: -1}", "6", 1,
			[]int{1},
			[]float64{-1, 4, 3, 2, 1},
			[]int{2, 3},
		},
		{
			"refractory ticks lose what arrives", "if, params: {threshold: 2, refractory: 2}", "3", 1,
			[]int{1, 2, 3, 4},
			[]float64{0, 0, 0, 0, 0, 0},
			[]int{2, 5},
		},
		{
			"refractory ticks hold the potential, bias or not", "if, params: {threshold: 2, reset: subtract, refractory: 2, bias: 1}", "5", 1,
			[]int{1, 2},
			[]float64{1, 5, 5, 5, 4, 4},
			[]int{2, 5},
		},
		{
			"a bias comes every tick", "if, params: {threshold: 2, bias: 1}", "0", 1, nil,
			[]float64{1, 2, 0, 1},
			[]int{3},
		},
		{
			"an initial potential may fire in tick 1", "if, params: {threshold: 2, v_init: 5, reset: subtract}", "0", 1, nil,
			[]float64{3, 1, 1},
			[]int{1, 2},
		},
		{
			"a resistance scales weight and bias", "if, params: {threshold: 100, r: -2, bias: 1}", "3", 1,
			[]int{2},
			[]float64{-2, -4, -12, -14},
			nil,
		},
		{
			"a delay of 3 arrives three ticks later", "if, params: {threshold: 100}", "7", 3,
			[]int{1, 3},
			[]float64{0, 0, 0, 7, 7, 14},
			nil,
		},
		{
			"a negative threshold fires at rest", "if, params: {threshold: -1}", "0", 1, nil,
			[]float64{0, 0},
			[]int{1, 2},
		},
		{
			"lif moves half way in half a time constant", "lif, params: {tau: 2ms, threshold: 100, v_leak: 4, r: 2, bias: 1}", "3", 1,
			[]int{1},
			[]float64{3, 7.5, 6.75},
			nil,
		},
		{
			"lif of one tick's time constant forgets at once", "lif, params: {tau: 1ms, threshold: 100}", "3", 1,
			[]int{1, 2, 4},
			[]float64{0, 3, 3, 0, 3, 0},
			nil,
		},
		{
			"lif does not decay while refractory", "lif, params: {tau: 2ms, threshold: 3, reset: subtract, refractory: 2, r: 2}", "5", 1,
			[]int{1, 2},
			[]float64{0, 2, 2, 2, 1, 0.5},
			[]int{2},
		},
		{
			"cuba_lif sees the new current", "cuba_lif, params: {tau: 2ms, tau_syn: 2ms, w_in: 2, r: 2, threshold: 100}", "4", 1,
			[]int{1},
			[]float64{0, 4, 4, 3, 2},
			nil,
		},
		{
			"the current of cuba_lif goes on while it is refractory", "cuba_lif, params: {tau: 2ms, tau_syn: 2ms, w_in: 2, r: 2, threshold: 3, refractory: 2}", "4", 1,
			[]int{1},
			[]float64{0, 0, 0, 0, 0.5},
			[]int{2},
		},
		{
			"cuba_lif begins with its current", "cuba_lif, params: {tau: 2ms, tau_syn: 2ms, w_in: 2, r: 2, i_init: 4, threshold: 100}", "0", 1, nil,
			[]float64{2, 2, 1.5},
			nil,
		},
		{
			"cuba_lif rests at its leak potential", "cuba_lif, params: {tau: 2ms, tau_syn: 2ms, w_in: 2, v_leak: 4, v_init: 8, bias: 0, r: 2, threshold: 100}", "0", 1, nil,
			[]float64{6, 5, 4.5},
			nil,
		},
		{
			"the bias of cuba_lif is a current", "cuba_lif, params: {tau: 1ms, tau_syn: 2ms, w_in: 2, bias: 1, threshold: 100}", "0", 1, nil,
			[]float64{1, 1.5, 1.75},
			nil,
		},
		{
			"the threshold of alif rises by a spike and falls", "alif, params: {tau: 2ms, tau_adapt: 2ms, r: 2, adapt: 4, threshold: 3}", "5", 1,
			[]int{1, 2, 3},
			[]float64{0, 0, 5, 0, 0}, // a is 4, 2, 1 and 4 more
			[]int{2, 4},
		},
		{
			"alif subtracts the threshold that it crossed", "alif, params: {tau: 2ms, tau_adapt: 2ms, r: 2, adapt: 4, threshold: 3, reset: subtract}", "5", 1,
			[]int{1, 2, 3},
			[]float64{0, 2, 1, 5.5, 2.75}, // at 3, then 3 + 2; a is 6 then, and 3
			[]int{2, 3},
		},
		{
			"the adaptation of alif goes on while it is refractory", "alif, params: {tau: 2ms, tau_adapt: 2ms, r: 2, adapt: 4, threshold: 3, refractory: 1}", "5", 1,
			[]int{1, 2, 3},
			[]float64{0, 0, 0, 0},
			[]int{2, 4},
		},
		{
			"stochastic_lif without noise is lif", "stochastic_lif, params: {tau: 2ms, r: 2, noise: 0, threshold: 5, reset: subtract}", "6", 1,
			[]int{1, 2},
			[]float64{0, 1, 1.5, 0.75},
			[]int{2, 3},
		},
		{
			"an integrator sums and never fires", "integrator, params: {r: 2, bias: 1, v_init: 3}", "50", 1,
			[]int{1, 2},
			[]float64{5, 107, 209, 211},
			nil,
		},
		{
			"li leaks and never fires", "li, params: {tau: 2ms, r: 2, v_leak: 4}", "6", 1,
			[]int{1, 2},
			[]float64{2, 9, 12.5, 8.25},
			nil,
		},
		{
			"cuba_li sees the new current and never fires", "cuba_li, params: {tau: 2ms, tau_syn: 2ms, r: 2, w_in: 2}", "4", 1,
			[]int{1, 2},
			[]float64{0, 4, 8, 7},
			nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := quantised(t, fmt.Sprintf("inputs: {in: {shape: 1}}\npopulations: {p: {shape: 1, neuron: %s}}\nprojections: [{from: in, to: p, connect: dense, weights: %s, delay: %d}]\n",
				test.neuron, test.weight, test.delay))
			if !q.Pops[0].Exact {
				t.Fatal("the case is not exact, so the interpreters cannot agree on it")
			}
			var fires []interp.Spike
			for _, tick := range test.fires {
				fires = append(fires, interp.Spike{Tick: int32(tick), Neuron: 0})
			}
			unit := float64(int(1) << q.Pops[0].Frac)
			for ticks := range len(test.want) {
				want := test.want[ticks]
				if got := interp.Graph(q.Graph, at(test.in...), ticks+1).V[0]; math.Abs(got-want) > 1e-12 {
					t.Errorf("reals: v = %g after tick %d, want %g", got, ticks+1, want)
				}
				if got := interp.Quantized(q, at(test.in...), ticks+1).V[0] / unit; got != want {
					t.Errorf("integers: v = %g after tick %d, want %g", got, ticks+1, want)
				}
			}
			if diff := cmp.Diff(fires, interp.Graph(q.Graph, at(test.in...), len(test.want)).Spikes); diff != "" {
				t.Errorf("reals: spikes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(fires, interp.Quantized(q, at(test.in...), len(test.want)).Spikes); diff != "" {
				t.Errorf("integers: spikes (-want +got):\n%s", diff)
			}
		})
	}
}

// izhikevich computes what the program printed in Izhikevich's paper does, which
// looks for spikes a tick later.
func TestIzhikevichIsThePapersProgram(t *testing.T) {
	const ticks = 1000
	for _, cell := range []struct{ a, b, c, d float64 }{{0.02, 0.2, -65, 8}, {0.02, 0.2, -55, 4}, {0.02, 0.2, -50, 2}, {0.1, 0.2, -65, 2}} {
		q := quantised(t, fmt.Sprintf("populations: {p: {shape: 1, neuron: izhikevich, params: {a: %g, b: %g, c: %g, d: %g, bias: 10}}}\n", cell.a, cell.b, cell.c, cell.d))
		var got, want []int
		for _, s := range interp.Graph(q.Graph, interp.Stimulus{}, ticks).Spikes {
			got = append(got, int(s.Tick))
		}
		v, in := -65.0, 10.0
		u := cell.b * v
		for tick := 1; tick <= ticks+1; tick++ {
			if v >= 30 {
				want = append(want, tick-1)
				v, u = cell.c, u+cell.d
			}
			v += 0.5 * (0.04*v*v + 5*v + 140 - u + in)
			v += 0.5 * (0.04*v*v + 5*v + 140 - u + in)
			u += cell.a * (cell.b*v - u)
		}
		if len(want) < 15 || len(got) < len(want)/2 {
			t.Fatalf("%v: %d spikes, want %d", cell, len(got), len(want))
		}
		// Later ones differ by the order in which sums are rounded: cells are chaotic.
		if diff := cmp.Diff(want[:8], got[:8]); diff != "" {
			t.Errorf("%v: the first spikes (-want +got):\n%s", cell, diff)
		}
	}
}

// Both interpreters draw the same noise: neurons at rest fire in the same ticks.
func TestRealsAndIntegersDrawTheSameNoise(t *testing.T) {
	q := quantised(t, "seed: 5\npopulations: {p: {shape: 40, neuron: stochastic_lif, params: {tau: 1ms, noise: 2, threshold: 1}}}\n")
	want, got := interp.Graph(q.Graph, interp.Stimulus{}, 50).Spikes, interp.Quantized(q, interp.Stimulus{}, 50).Spikes
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 400 || len(got) > 600 {
		t.Errorf("%d spikes, want about 500; integers from reals (-reals +integers):\n%s", len(got), diff)
	}
}

func TestProductsOfADecayRoundTowardZero(t *testing.T) {
	for _, sign := range []int{1, -1} {
		q := quantised(t, fmt.Sprintf("populations: {p: {shape: 1, neuron: lif, params: {tau: 2ms, threshold: 1000, v_init: %d}}}\n", 3*sign))
		q.Pops[0].Frac = 0 // so that halves are lost
		q.Pops[0].Init["v"] = []int32{int32(3 * sign)}
		for ticks, want := range []float64{1, 0, 0} {
			if got := interp.Quantized(q, interp.Stimulus{}, ticks+1).V[0]; got != want*float64(sign) {
				t.Errorf("from %d: v = %g after tick %d, want %g", 3*sign, got, ticks+1, want*float64(sign))
			}
		}
	}
}

// Spikes travel from input to population, to itself, and on; a pair with two
// synapses counts twice.
func TestSpikesTravelAlongEverySynapse(t *testing.T) {
	q := quantised(t, `
inputs: {x: {shape: 1}, in: {shape: 2}}
populations:
  a: {shape: 2, neuron: if, params: {threshold: 0}}
  b: {shape: 1, neuron: integrator}
projections:
  - {from: in, to: a, connect: one_to_one, weights: 1}
  - {from: a, to: a, connect: {list: [[0, 1, 1, 2]]}}
  - {from: a, to: b, connect: {list: [[0, 0, 3, 1], [1, 0, 5, 2], [1, 0, 7, 2], [1, 0, 100, 9]]}}
`)
	stim := interp.Stimulus{Spikes: [][]int32{{1}}} // input in[0]
	want := &interp.Result{
		Spikes: []interp.Spike{{Tick: 2, Neuron: 0}, {Tick: 4, Neuron: 1}},
		// in→a, a→a and a→b from neuron 0, three synapses a→b from neuron 1, of
		// which one is still under way.
		SynapticEvents: 1 + 2 + 3,
		V:              []float64{0, 0, 15},
	}
	if diff := cmp.Diff(want, interp.Graph(q.Graph, stim, 6)); diff != "" {
		t.Errorf("reals (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, interp.Quantized(q, stim, 6)); diff != "" {
		t.Errorf("integers (-want +got):\n%s", diff)
	}
}

func TestCurrentIsAddedInEveryTick(t *testing.T) {
	q := quantised(t, "populations: {p: {shape: 2, neuron: integrator, params: {bias: [0, 1]}}}\n")
	stim := interp.Stimulus{Current: []float64{3, -4}}
	want := []float64{12, -12}
	if got := interp.Graph(q.Graph, stim, 4).V; !cmp.Equal(want, got) {
		t.Errorf("reals: v = %v, want %v", got, want)
	}
	if got := interp.Quantized(q, stim, 4).V; !cmp.Equal(want, got) {
		t.Errorf("integers: v = %v, want %v", got, want)
	}
}

func TestStateWordsSaturateAndAreCounted(t *testing.T) {
	q := quantised(t, "populations: {p: {shape: 1, neuron: integrator, params: {bias: 3000000}}}\n")
	res := interp.Quantized(q, interp.Stimulus{}, 5)
	if res.V[0] != 1<<23-1 || res.Saturations != 3 {
		t.Errorf("v = %v with %d saturations, want %d with 3", res.V[0], res.Saturations, 1<<23-1)
	}
}

// Where nothing is rounded the integers are the reals: on random networks of
// whole numbers both interpreters give the same spikes and potentials.
func TestExactNetworksAgreeWithReals(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	spikes := 0
	for trial := range 60 {
		n := 2 + r.IntN(12)
		list := func(count, lo, hi int) string {
			out := make([]string, count)
			for k := range out {
				out[k] = fmt.Sprint(lo + r.IntN(hi-lo+1))
			}
			return "[" + strings.Join(out, ", ") + "]"
		}
		reset := []string{"zero", "subtract", "value, v_reset: " + list(n, -9, 0), "none"}[trial%4]
		text := fmt.Sprintf(`
inputs: {in: {shape: %d}}
populations:
  a: {shape: %d, neuron: if, params: {threshold: %s, bias: %s, v_init: %s, r: %s, refractory: %s, reset: %s}}
  b: {shape: 3, neuron: integrator, params: {bias: -1}}
projections:
  - {from: in, to: a, connect: dense, weights: %s, delay: %s}
  - {from: a, to: a, connect: dense, weights: %s}
  - {from: a, to: b, connect: dense, weights: %s, delay: 5}
`, n, n, list(n, 5, 60), list(n, -3, 3), list(n, -20, 20), list(n, 1, 2), list(n, 0, 3), reset,
			list(n*n, -64, 63), list(n*n, 1, 9), list(n*n, -20, 10), list(3*n, -128, 127))
		q := quantised(t, text)
		if !q.Pops[0].Exact || !q.Pops[1].Exact {
			t.Fatalf("not exact:\n%s", text)
		}
		var stim interp.Stimulus
		for range 30 {
			var in []int32
			for i := range n {
				if r.IntN(3) == 0 {
					in = append(in, int32(i))
				}
			}
			stim.Spikes = append(stim.Spikes, in)
		}
		want, got := interp.Graph(q.Graph, stim, 40), interp.Quantized(q, stim, 40)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("trial %d: reals and integers differ (-reals +integers):\n%s\n%s", trial, diff, text)
		}
		spikes += len(got.Spikes)
	}
	if spikes < 1000 {
		t.Errorf("only %d spikes: the networks are too quiet to compare", spikes)
	}
}
