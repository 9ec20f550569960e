package network_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/network"
)

// recurrent parses a population of n neurons that projects to itself.
func recurrent(t *testing.T, n int, rest string) network.Projection {
	t.Helper()
	return parse(t, fmt.Sprintf("populations: {h: {shape: %d, neuron: if}}\nprojections:\n  - {from: h, to: h, %s}\n", n, rest)).Projections[0]
}

func degrees(of []int32, n int) []int {
	d := make([]int, n)
	for _, i := range of {
		d[i]++
	}
	return d
}

func TestSparseEdgesAreDifferentAndSorted(t *testing.T) {
	for _, rule := range []string{
		"{p: 0.3, seed: 1}", "{p: 1}", "{p: 1, self_connections: false}", "{p: 0}", "{p: 1e-9, seed: 2}",
		"{in_degree: 7, seed: 1}", "{out_degree: 7, seed: 1}", "{in_degree: 50}", "{out_degree: 50}",
		"{in_degree: 49, self_connections: false}", "{out_degree: 49, self_connections: false}", "{in_degree: 0}",
		"{p: 0.999999, seed: 3}", "{p: 5e-324, seed: 1}",
	} {
		c := recurrent(t, 50, "connect: {sparse: "+rule+"}").Connect
		for k := range c.Pre {
			if c.Pre[k] < 0 || c.Pre[k] >= 50 || c.Post[k] < 0 || c.Post[k] >= 50 {
				t.Fatalf("%s: edge %d is %d→%d, want indices below 50", rule, k, c.Pre[k], c.Post[k])
			}
			if k > 0 && (c.Pre[k] < c.Pre[k-1] || c.Pre[k] == c.Pre[k-1] && c.Post[k] <= c.Post[k-1]) {
				t.Fatalf("%s: %d→%d stands behind %d→%d, want edges sorted and each once", rule, c.Pre[k], c.Post[k], c.Pre[k-1], c.Post[k-1])
			}
		}
	}
}

func TestSparseDegreesAreExact(t *testing.T) {
	for _, self := range []string{"true", "false"} {
		c := recurrent(t, 40, "connect: {sparse: {in_degree: 7, seed: 3, self_connections: "+self+"}}").Connect
		if d := degrees(c.Post, 40); slices.Min(d) != 7 || slices.Max(d) != 7 {
			t.Errorf("in_degree 7 gives in-degrees %v", d)
		}
		c = recurrent(t, 40, "connect: {sparse: {out_degree: 7, seed: 3, self_connections: "+self+"}}").Connect
		if d := degrees(c.Pre, 40); slices.Min(d) != 7 || slices.Max(d) != 7 {
			t.Errorf("out_degree 7 gives out-degrees %v", d)
		}
	}
}

func TestSelfConnectionsCanBeLeftOut(t *testing.T) {
	for _, rule := range []string{"p: 0.5", "p: 1", "in_degree: 20", "out_degree: 20", "in_degree: 29"} {
		self := func(c network.Connect) (n int) {
			for k := range c.Pre {
				if c.Pre[k] == c.Post[k] {
					n++
				}
			}
			return n
		}
		if n := self(recurrent(t, 30, "connect: {sparse: {"+rule+", self_connections: false}}").Connect); n != 0 {
			t.Errorf("%s: %d self-connections, want none", rule, n)
		}
		if n := self(recurrent(t, 30, "connect: {sparse: {"+rule+"}}").Connect); n == 0 {
			t.Errorf("%s: no self-connections, want some", rule)
		}
	}
	// Between two populations i→i is not a self-connection.
	c := project(t, "5", "5", "connect: {sparse: {p: 1, self_connections: false}}").Connect
	if len(c.Pre) != 25 {
		t.Errorf("between two populations: %d edges, want 25", len(c.Pre))
	}
}

func TestSparseRulesAreUniform(t *testing.T) {
	// Every pair has the same chance p, whatever the rule. Over 400 seeds the
	// count of a pair has the deviation sqrt(400·p·(1-p)); 5 of these is rare.
	const n, seeds = 12, 400
	for _, rule := range []string{"p: 0.25", "in_degree: 3", "out_degree: 3"} {
		hits := make([]int, n*n)
		for seed := range seeds {
			c := recurrent(t, n, fmt.Sprintf("connect: {sparse: {%s, seed: %d}}", rule, seed)).Connect
			for k := range c.Pre {
				hits[int(c.Pre[k])*n+int(c.Post[k])]++
			}
		}
		total := 0
		for _, h := range hits {
			total += h
		}
		if want, tolerance := 0.25*seeds*n*n, 5*math.Sqrt(seeds*n*n*0.25*0.75); math.Abs(float64(total)-want) > tolerance {
			t.Errorf("%s: %d synapses drawn in all, want %.0f±%.0f", rule, total, want, tolerance)
		}
		want, tolerance := 0.25*seeds, 5*math.Sqrt(seeds*0.25*0.75)
		for pair, h := range hits {
			if math.Abs(float64(h)-want) > tolerance {
				t.Errorf("%s: pair %d→%d drawn %d times, want %.0f±%.0f", rule, pair/n, pair%n, h, want, tolerance)
			}
		}
	}
}

func TestSparseNumbersComeOneForEachSynapse(t *testing.T) {
	p := recurrent(t, 30, "connect: {sparse: {p: 0.5, seed: 1}}, weights: {normal: [0, 1], seed: 1}, delay: {integer: [2, 9], seed: 1}")
	if n := len(p.Connect.Pre); n == 0 || len(p.Weights.Floats()) != n || len(p.Delays.Floats()) != n {
		t.Errorf("%d edges, %d weights, %d delays; want as many of each", n, len(p.Weights.Floats()), len(p.Delays.Floats()))
	}
	if lo, hi := slices.Min(p.Delays.Floats()), slices.Max(p.Delays.Floats()); lo != 2 || hi != 9 {
		t.Errorf("delays run from %v to %v, want 2 to 9", lo, hi)
	}
	if p := recurrent(t, 30, "connect: {sparse: {p: 0}}, weights: {normal: [0, 1]}"); len(p.Connect.Pre) != 0 || len(p.Weights.Floats()) != 1 {
		t.Errorf("p: 0 gives %d edges and %d weights, want none and one that stands for all", len(p.Connect.Pre), len(p.Weights.Floats()))
	}
	p = recurrent(t, 4, "connect: {sparse: {out_degree: 1}}, weights: [1, 2, 3, 4]")
	if diff := cmp.Diff([]float64{1, 2, 3, 4}, p.Weights.Floats()); diff != "" {
		t.Errorf("weights differ (-want +got):\n%s", diff)
	}
}

const drawn = `
populations:
  a: {shape: 64, neuron: if, params: {bias: {uniform: [0, 1], seed: 7}, v_init: {uniform: [0, 1], seed: 7}}}
  b: {shape: 64, neuron: if, params: {bias: {uniform: [0, 1], seed: 7}}}
projections:
  - {from: a, to: b, connect: {sparse: {p: 0.2, seed: 7}}, weights: {normal: [0, 1], seed: 7}, delay: {integer: [1, 16], seed: 7}}
  - {from: a, to: b, connect: {sparse: {p: 0.2, seed: 7}}, weights: {normal: [0, 1], seed: 7}, delay: {integer: [1, 16], seed: 7}}
  - {from: a, to: b, connect: {sparse: {in_degree: 5, seed: 7}}}
  - {from: a, to: b, connect: {sparse: {in_degree: 5, seed: 8}}}
`

func TestSameFileGivesTheSameNetwork(t *testing.T) {
	first, second := parse(t, drawn), parse(t, drawn)
	second.File = first.File
	if diff := cmp.Diff(first, second, anywhere); diff != "" {
		t.Errorf("two parses differ:\n%s", diff)
	}
}

func TestThingsWithTheSameSeedDiffer(t *testing.T) {
	net := parse(t, drawn)
	a, b := net.Populations[0].Params, net.Populations[1].Params
	if cmp.Equal(a[network.Bias].Values, a[network.VInit].Values) {
		t.Error("two parameters of a population have the same numbers")
	}
	if cmp.Equal(a[network.Bias].Values, b[network.Bias].Values) {
		t.Error("one parameter of two populations has the same numbers")
	}
	p, q := net.Projections[0], net.Projections[1]
	if cmp.Equal(p.Connect.Pre, q.Connect.Pre) || cmp.Equal(p.Weights.Floats()[:32], q.Weights.Floats()[:32]) || cmp.Equal(p.Delays.Floats()[:32], q.Delays.Floats()[:32]) {
		t.Error("two projections have the same edges, weights or delays")
	}
}

func TestSeedsDiffer(t *testing.T) {
	bias := func(seed string) []float64 {
		return parse(t, "populations: {a: {shape: 8, neuron: if, params: {bias: {normal: [0, 1]"+seed+"}}}}").Populations[0].Params[network.Bias].Values
	}
	if cmp.Equal(bias(", seed: 1"), bias(", seed: 2")) {
		t.Error("seeds 1 and 2 give the same numbers")
	}
	if !cmp.Equal(bias(", seed: 0"), bias("")) {
		t.Error("without a seed the numbers are not those of seed 0")
	}
}
