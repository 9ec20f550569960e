package optimise_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/optimise"
)

func effect(list []ir.Effect, what string) float64 {
	for _, e := range list {
		if e.What == what {
			return e.Value
		}
	}
	return math.NaN()
}

func prune(t *testing.T, g *ir.Graph, o network.Prune) (*ir.Graph, []ir.Effect) {
	t.Helper()
	out, effects, err := optimise.Prune(g, network.Optimise{Prune: o})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Verify(); err != nil {
		t.Fatal(err)
	}
	return out, effects
}

const small = `
inputs: {in: {shape: 3}}
populations: {p: {shape: 2, neuron: if}}
projections:
  - {from: in, to: p, connect: dense, weights: [[0.1, -0.5], [0.2, 0.05], [-0.1, 1]], delay: [[1, 2], [3, 4], [5, 6]]}
  - {from: in, to: p, connect: dense, weights: 0.01, learn: {rule: stdp, a_plus: 0.1, a_minus: 0.1, tau_plus: 9ms, tau_minus: 9ms, w_max: 1}}
`

func TestPruningByMagnitudeSaysWhatItLoses(t *testing.T) {
	g := lowered(t, small)
	out, effects := prune(t, g, network.Prune{Magnitude: 0.15})
	p := &out.Projections[0]
	got := fmt.Sprint(p.Off, p.Post, p.Weight.Floats(), p.Delay)
	if want := "[0 1 2 3] [1 0 1] [-0.5 0.2 1] [2 3 6]"; got != want {
		t.Errorf("left %s, want %s", got, want)
	}
	if n := len(out.Projections[1].Post); n != 6 {
		t.Errorf("%d synapses that learn are left, want 6", n)
	}
	// Neuron 0 loses 0.1 and −0.1, neuron 1 0.05.
	noise, signal := 0.01+0.01+0.0025, 0.01+0.25+0.04+0.0025+0.01+1+6*0.0001
	for what, want := range map[string]float64{
		"synapses removed": 3, "synapses before": 12, "weight lost of a neuron at most": 0.2,
		"SQNR in dB": 10 * math.Log10(signal/noise),
	} {
		if got := effect(effects, what); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %g, want %g", what, got, want)
		}
	}
	if len(g.Projections[0].Post) != 6 {
		t.Error("the graph before was changed")
	}
}

func TestPruningTheSmallestShare(t *testing.T) {
	out, _ := prune(t, lowered(t, small), network.Prune{Smallest: 0.5})
	if got := fmt.Sprint(out.Projections[0].Weight.Floats()); got != "[-0.5 0.2 1]" {
		t.Errorf("left %s", got)
	}
	if out, _ = prune(t, lowered(t, small), network.Prune{Smallest: 1}); len(out.Projections[0].Post) != 0 {
		t.Error("something is left of all")
	}
}

// Two clusters of dense synapses are held together by one synapse each way: the rule
// keeps these, though they are no larger than the others, and keeps what it was
// asked to. Kept weights are larger, so that the sum stays.
func TestNoiseFindsSynapsesThatMatter(t *testing.T) {
	const n = 24
	var edges []string
	for i := range n {
		for j := range n {
			if i != j && i/(n/2) == j/(n/2) {
				edges = append(edges, fmt.Sprintf("[%d, %d, 0.088]", i, j))
			}
		}
	}
	edges = append(edges, "[0, 12, 0.088]", "[12, 0, 0.088]")
	text := fmt.Sprintf("populations: {p: {shape: %d, neuron: lif, params: {tau: 20ms}}}\nprojections: [{from: p, to: p, connect: {list: [%s]}}]\n", n, strings.Join(edges, ", "))
	g := lowered(t, text)
	bridges, within, sum := 0, 0, 0.0
	const tries = 200
	for seed := range uint64(tries) {
		out, _ := prune(t, g, network.Prune{Keep: 0.4, Gain: 1, Seed: seed})
		p := &out.Projections[0]
		for i := range n {
			for s := p.Off[i]; s < p.Off[i+1]; s++ {
				sum += p.Weight.At(int(s))
				if i/12 != int(p.Post[s])/12 {
					bridges++
				} else {
					within++
				}
			}
		}
	}
	b, w := float64(bridges)/(2*tries), float64(within)/float64((len(edges)-2)*tries)
	if math.Abs(w-0.4) > 0.02 || b < 1.5*w {
		t.Errorf("kept %.2f of the bridges and %.3f of the others, want many more of the bridges, and 0.4", b, w)
	}
	if mean, want := sum/tries, 0.088*float64(len(edges)); math.Abs(mean/want-1) > 0.02 {
		t.Errorf("weights add up to %g on average, want %g", mean, want)
	}
}

func TestNoiseIsRefusedWhereTheRuleDoesNotHold(t *testing.T) {
	for _, c := range []struct{ neuron, weights, from, want string }{
		{"if", "0.1", "p", "population \"p\" is of neuron if, and the rule needs"},
		{"lif, params: {tau: 9ms}", "1", "p", "not stable"},
		{"lif, params: {tau: 9ms, threshold: 0}", "0.1", "p", "want thresholds above 0"},
		{"lif, params: {tau: 9ms}", "0.1", "in", "no population has synapses to itself"},
	} {
		g := lowered(t, fmt.Sprintf("inputs: {in: {shape: 4}}\npopulations: {p: {shape: 4, neuron: %s}}\nprojections: [{from: %s, to: p, connect: dense, weights: %s}]\n", c.neuron, c.from, c.weights))
		_, _, err := optimise.Prune(g, network.Optimise{Prune: network.Prune{Keep: 0.5, Gain: 1}})
		if err == nil || !regexp.MustCompile(c.want).MatchString(err.Error()) {
			t.Errorf("%s from %s: %v, want %q", c.neuron, c.from, err, c.want)
		}
	}
}
