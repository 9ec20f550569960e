package optimise_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/optimise"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/targets"
)

func arch(t *testing.T) *targets.Arch {
	t.Helper()
	target, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	return &target.Arch
}

func quantised(t *testing.T, text string) *ir.Quantized {
	t.Helper()
	q, err := quant.Quantise(lowered(t, text), arch(t), network.Quantise{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return q
}

func verified(t *testing.T, q *ir.Quantized) *ir.Quantized {
	t.Helper()
	if err := q.Verify(); err != nil {
		t.Fatal(err)
	}
	return q
}

// left lists the neurons that are there.
func left(q *ir.Quantized) []int {
	var out []int
	for n := range q.Neurons() {
		if !q.Gone(n) {
			out = append(out, n)
		}
	}
	return out
}

// ran runs both, and tells a spike of a neuron that keep says which only one has.
func ran(t *testing.T, before, after *ir.Quantized, seed uint64, keep func(n int) bool) []interp.Spike {
	t.Helper()
	const ticks = 60
	in := interp.Stimulus{Spikes: spikes(seed, before.InputCount(), ticks)}
	filter := func(list []interp.Spike) []interp.Spike {
		return slices.DeleteFunc(list, func(s interp.Spike) bool { return !keep(int(s.Neuron)) })
	}
	want, got := filter(interp.Quantized(before, in, ticks).Spikes), filter(interp.Quantized(after, in, ticks).Spikes)
	if !slices.Equal(want, got) {
		t.Errorf("%d spikes before, %d after, and not the same", len(want), len(got))
	}
	return want
}

func all(int) bool { return true }

// What Dead removes, and what it does not: a neuron of each kind at the edge of
// what can be proved.
func TestDeadRemovesWhatCannotFire(t *testing.T) {
	for _, c := range []struct {
		name, text string
		left       []int
	}{
		{"no input", "populations: {p: {shape: 3, neuron: if, params: {bias: [0, -0.1, 0.1]}}}", []int{2}},
		{"only inhibition", `
inputs: {in: {shape: 1}}
populations: {p: {shape: 2, neuron: if}}
projections: [{from: in, to: p, connect: dense, weights: [-0.5, 0.01]}]`, []int{1}},
		// One spike a tick for ever makes v = r·w·τ/τ: 0.9 stays below 1, 1.1 does not.
		{"a leak that wins", `
inputs: {in: {shape: 1}}
populations: {p: {shape: 2, neuron: lif, params: {tau: 10ms}}}
projections: [{from: in, to: p, connect: dense, weights: [0.9, 1.1]}]`, []int{1}},
		{"noise", `
inputs: {in: {shape: 1}}
populations: {p: {shape: 2, neuron: stochastic_lif, params: {tau: 10ms, noise: [0.05, 0.2]}}}
projections: [{from: in, to: p, connect: dense, weights: 0.9}]`, []int{1}},
		{"two filters", `
inputs: {in: {shape: 1}}
populations: {p: {shape: 2, neuron: cuba_lif, params: {tau: 10ms, tau_syn: 5ms}}}
projections: [{from: in, to: p, connect: dense, weights: [0.9, 1.2]}]`, []int{1}},
		{"its potential at first", "populations: {p: {shape: 2, neuron: if, params: {v_init: [0.9, 1.1]}}}", []int{1}},
		{"what dead neurons send", `
inputs: {in: {shape: 1}}
populations:
  a: {shape: 1, neuron: if}
  b: {shape: 2, neuron: if}
  c: {shape: 1, neuron: integrator}
projections:
  - {from: in, to: a, connect: dense, weights: -1}
  - {from: a, to: b, connect: dense, weights: 5}
  - {from: in, to: b, connect: {list: [[0, 1, 1]]}}
  - {from: b, to: c, connect: dense}`, []int{2, 3}},
		{"what learns", `
inputs: {in: {shape: 1}}
populations: {p: {shape: 1, neuron: if}}
projections: [{from: in, to: p, connect: dense, weights: 0, learn: {rule: stdp, a_plus: 0.1, a_minus: 0.1, tau_plus: 9ms, tau_minus: 9ms, w_max: 1}}]`, []int{0}},
	} {
		q := quantised(t, c.text)
		out, effects := optimise.Dead(q, nil)
		if got := left(verified(t, out)); !slices.Equal(got, c.left) {
			t.Errorf("%s: left %v, want %v", c.name, got, c.left)
		}
		if n := int(effect(effects, "neurons removed")); n != q.Neurons()-len(c.left) {
			t.Errorf("%s: says that %d are removed", c.name, n)
		}
		ran(t, q, out, 1, all)
	}
}

// What is looked at stays, for its potential; what it would send goes all the same.
func TestDeadKeepsWhatIsLookedAt(t *testing.T) {
	const text = `
populations:
  a: {shape: 2, neuron: if}
  b: {shape: 2, neuron: if}
  c: {shape: 2, neuron: if}
projections:
  - {from: a, to: b, connect: dense}
  - {from: b, to: c, connect: dense}
outputs: [c]
`
	q := quantised(t, text)
	for _, c := range []struct {
		watched []int
		left    []int
	}{{nil, []int{4, 5}}, {[]int{1}, []int{2, 3, 4, 5}}} {
		out, effects := optimise.Dead(q, c.watched)
		if got := left(verified(t, out)); !slices.Equal(got, c.left) {
			t.Errorf("watched %v: left %v, want %v", c.watched, got, c.left)
		}
		if n := effect(effects, "synapses removed"); n != 8 {
			t.Errorf("watched %v: %g synapses removed, want all 8", c.watched, n)
		}
		if n := effect(effects, "sources fewer"); n != 4 {
			t.Errorf("watched %v: %g sources fewer, want 4", c.watched, n)
		}
	}
}

func TestUnreachableKeepsWhatIsWatched(t *testing.T) {
	q := quantised(t, "populations:\n  a: {shape: 1, neuron: if}\n  b: {shape: 1, neuron: if}\n  c: {shape: 1, neuron: if}\nprojections: [{from: a, to: b, connect: dense}]\noutputs: [c]\n")
	for _, c := range []struct{ watched, left []int }{{nil, []int{2}}, {[]int{0}, []int{0, 2}}, {[]int{1}, []int{0, 1, 2}}} {
		out, _, err := optimise.Unreachable(q, network.Optimise{}, c.watched)
		if err != nil {
			t.Fatal(err)
		}
		if got := left(verified(t, out)); !slices.Equal(got, c.left) {
			t.Errorf("watched %v: left %v, want %v", c.watched, got, c.left)
		}
	}
}

// What identical neurons sent to one is merged as far as a weight goes, by delay.
func TestShareMergesWhatIdenticalNeuronsSend(t *testing.T) {
	const text = `
inputs: {in: {shape: 1}}
populations:
  a: {shape: 5, neuron: if}
  b: {shape: 2, neuron: if, params: {threshold: 1000}}
projections:
  - {from: in, to: a, connect: dense, weights: 1}
  - {from: a, to: b, connect: {list: [[0, 0, 60], [1, 0, 60], [2, 0, 60], [3, 0, 60, 2], [0, 1, 50], [1, 1, -50], [4, 1, 5], [3, 1, 7], [4, 0, 127]]}}
`
	q := quantised(t, text)
	out, effects := optimise.Share(q, arch(t))
	verified(t, out)
	p := &out.Projections[1]
	// To b 0: 60+60, then 60 that is too much, and 127, and 60 of the other delay; to b 1 50−50+7+5.
	if got := fmt.Sprint(p.Off, p.Post, p.Delay, out.Weights[1]); got != "[0 5 5 5 5 5] [0 0 0 0 1] [1 1 1 2 1] [120 60 127 60 12]" {
		t.Errorf("merged %s", got)
	}
	if n := effect(effects, "sources fewer"); n != 4 {
		t.Errorf("%g sources fewer, want 4", n)
	}
	ran(t, q, out, 1, all)
	none := quantised(t, strings.ReplaceAll(text, "[3, 1, 7]", "[3, 1, -5]"))
	out, _ = optimise.Share(none, arch(t))
	if got := fmt.Sprint(verified(t, out).Projections[1].Post); got != "[0 0 0 0]" {
		t.Errorf("what adds up to nothing leaves synapses to %s", got)
	}
}

func TestUnreachableKeepsWhatLeadsToAnOutput(t *testing.T) {
	const text = `
inputs: {in: {shape: 2}}
populations:
  a: {shape: 3, neuron: if}
  b: {shape: 3, neuron: if, params: {bias: 0.4}}
  out: {shape: 2, neuron: if}
  read: {shape: 1, neuron: integrator}
projections:
  - {from: in, to: a, connect: dense}
  - {from: a, to: out, connect: {list: [[0, 0]]}}
  - {from: a, to: a, connect: {list: [[1, 0], [2, 2]]}}
  - {from: b, to: read, connect: {list: [[2, 0]]}}
outputs: [out]
`
	q := quantised(t, text)
	out, effects, err := optimise.Unreachable(q, network.Optimise{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := left(verified(t, out)); !slices.Equal(got, []int{0, 1, 5, 6, 7, 8}) {
		t.Errorf("left %v", got)
	}
	// 2 from the inputs to a 2, and that of 2 to itself.
	if n := effect(effects, "synapses removed"); n != 3 {
		t.Errorf("%g synapses removed, want 3", n)
	}
	spikes := ran(t, q, out, 2, func(n int) bool { return !out.Gone(n) })
	if len(spikes) < 50 {
		t.Errorf("%d spikes tell little", len(spikes))
	}
	if _, _, err := optimise.Unreachable(quantised(t, "populations: {p: {shape: 1, neuron: if}}"), network.Optimise{}, nil); err == nil {
		t.Error("without outputs nothing is refused")
	}
}

func TestShareFindsIdenticalNeurons(t *testing.T) {
	const text = `
inputs: {in: {shape: 2}}
populations:
  a: {shape: 4, neuron: lif, params: {tau: 4ms, threshold: [0.5, 0.5, 0.6, 0.5]}}
  b: {shape: 3, neuron: if}
  noisy: {shape: 2, neuron: stochastic_lif, params: {tau: 4ms, noise: 0.5}}
projections:
  - {from: in, to: a, connect: dense, weights: [[1, 1, 1, 1], [0.5, 0.5, 0.5, 0.25]]}
  - {from: a, to: b, connect: {list: [[0, 0, 0.4], [1, 1, 0.4], [2, 2, 0.4]]}}
  - {from: b, to: b, connect: {list: [[0, 1, 0.2], [1, 0, 0.2]]}}
  - {from: in, to: noisy, connect: dense, weights: 2}
`
	q := quantised(t, text)
	out, effects := optimise.Share(q, arch(t))
	verified(t, out)
	if got := fmt.Sprint(out.SameAs); got != "[0 0 2 3 4 4 6 7 8]" {
		t.Errorf("the same as %s", got)
	}
	if n := effect(effects, "neurons shared"); n != 2 {
		t.Errorf("%g neurons shared, want 2", n)
	}
	if spikes := ran(t, q, out, 3, all); len(spikes) < 40 {
		t.Errorf("%d spikes tell little", len(spikes))
	}
}

// Random networks of few different numbers, and so with much that is alike, dead or
// of no use: each pass, and all of them one after the other, leave the spikes
// of what is left as they were.
func TestExactPassesChangeNoSpike(t *testing.T) {
	gone, shared, silent := 0, 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		pick := func(list ...string) string { return list[r.IntN(len(list))] }
		var text strings.Builder
		text.WriteString("inputs: {in: {shape: 2}}\npopulations:\n")
		for k := range 3 {
			params := pick("neuron: if, params: {", "neuron: lif, params: {tau: 3ms, ", "neuron: cuba_lif, params: {tau: 3ms, tau_syn: 2ms, ", "neuron: alif, params: {tau: 3ms, tau_adapt: 9ms, adapt: 0.1, ")
			fmt.Fprintf(&text, "  p%d: {shape: 8, %sthreshold: %s, bias: %s, refractory: %s}}\n", k, params, pick("0.3", "0.5", "{integer: [0, 1], seed: 3}"), pick("0", "0.1", "-0.1"), pick("0", "2"))
		}
		text.WriteString("projections:\n")
		for range 5 {
			fmt.Fprintf(&text, "  - {from: %s, to: p%d, connect: {sparse: {in_degree: %d, seed: %d}}, weights: {integer: [%s], seed: %d}, delay: {integer: [1, 2], seed: 3}}\n",
				pick("in", "in", "p0", "p1", "p2"), r.IntN(3), 1+r.IntN(2), r.IntN(9), pick("1, 2", "1, 1", "-1, 1", "-1, 0"), r.IntN(9))
		}
		text.WriteString("outputs: [p2]\n")
		q := quantised(t, text.String())
		dead, _ := optimise.Dead(q, nil)
		ran(t, q, verified(t, dead), seed, all)
		share, effects := optimise.Share(q, arch(t))
		ran(t, q, verified(t, share), seed, all)
		both, _ := optimise.Share(dead, arch(t))
		ran(t, q, verified(t, both), seed, all)
		useful, _, err := optimise.Unreachable(both, network.Optimise{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		spikes := ran(t, q, verified(t, useful), seed, func(n int) bool { return !useful.Gone(n) })
		gone += q.Neurons() - len(left(dead))
		shared += int(effect(effects, "neurons shared"))
		if len(spikes) == 0 {
			silent++
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, &text)
		}
	}
	if gone < 50 || shared < 50 || silent > 30 {
		t.Errorf("%d neurons dead, %d shared, %d silent networks: the networks try little", gone, shared, silent)
	}
}
