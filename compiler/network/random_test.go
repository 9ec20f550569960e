package network

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The numbers below are the format's promise: a file draws them on every
// machine and in every version.
func TestDrawnNumbersArePinned(t *testing.T) {
	for _, tt := range []struct {
		d    distribution
		want []float64
	}{
		{distribution{kind: "uniform", a: -1, b: 1}, []float64{-0.2187427677826126, 0.8083004487630745, 0.5102951675446499, 0.032800445268855505, -0.4691613886464894}},
		{distribution{kind: "normal", a: 0, b: 1}, []float64{-0.22010053756927095, 0.8133176931684465, 1.63455774437164, 0.10506511768672538, -1.4150044335846985}},
		{distribution{kind: "integer", a: -100, b: 100}, []float64{72, -41, 58, -47, -15}},
	} {
		got := tt.d.numbers(newStream(1, "hidden/bias"), 5)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", tt.d.kind, diff)
		}
	}
}

// numbers draws n numbers.
func (d *distribution) numbers(rng *rand.Rand, n int) (out []float64) {
	for _, block := range d.blocks(rng, n) {
		out = append(out, block...)
	}
	return out
}

func TestStreamsAreNamedAsTheFormatSays(t *testing.T) {
	net, err := Parse("x.yaml", []byte(`
populations: {a: {shape: 5, neuron: lif, params: {threshold: {normal: [0, 1], seed: 4}, tau_mem: {uniform: [2, 3], seed: 4}}}}
projections:
  - {from: a, to: a, connect: dense}
  - from: a
    to: a
    connect: {sparse: {out_degree: 2, seed: 4}}
    weights: {normal: [0, 1], seed: 4}
    delay: {integer: [1, 99], seed: 4}
`))
	if err != nil {
		t.Fatal(err)
	}
	normal := distribution{kind: "normal", a: 0, b: 1}
	integer := distribution{kind: "integer", a: 1, b: 99}
	uniform := distribution{kind: "uniform", a: 2, b: 3}
	p := net.Projections[1]
	for _, tt := range []struct {
		stream string
		d      distribution
		got    []float64
	}{
		{"a/v_threshold", normal, net.Populations[0].Params[VThreshold].Values},
		{"a/tau", uniform, net.Populations[0].Params[Tau].Values},
		{"a→a#2/weights", normal, p.Weights.Floats()},
		{"a→a#2/delay", integer, p.Delays.Floats()},
	} {
		if diff := cmp.Diff(tt.d.numbers(newStream(4, tt.stream), len(tt.got)), tt.got); diff != "" {
			t.Errorf("numbers are not those of stream %q (-want +got):\n%s", tt.stream, diff)
		}
	}
	a := sparseArgs{kind: "out_degree", degree: 2, pre: 5, post: 5}
	_, post, _ := a.edges(newStream(4, "a→a#2/connect"), 100)
	if diff := cmp.Diff(post, p.Connect.Post); diff != "" {
		t.Errorf("edges are not those of their stream (-want +got):\n%s", diff)
	}
}

func TestDrawnEdgesArePinned(t *testing.T) {
	for _, tt := range []struct {
		a         sparseArgs
		pre, post []int32
	}{
		{sparseArgs{kind: "p", p: 0.2, pre: 4, post: 6}, []int32{0, 1, 1, 2, 3}, []int32{5, 3, 5, 3, 2}},
		{sparseArgs{kind: "in_degree", degree: 2, pre: 4, post: 3}, []int32{0, 0, 0, 2, 3, 3}, []int32{0, 1, 2, 0, 1, 2}},
		{sparseArgs{kind: "out_degree", degree: 2, pre: 3, post: 6}, []int32{0, 0, 1, 1, 2, 2}, []int32{0, 5, 1, 2, 0, 1}},
	} {
		pre, post, ok := tt.a.edges(newStream(1, "a→b/connect"), 100)
		if !ok || !slices.Equal(pre, tt.pre) || !slices.Equal(post, tt.post) {
			t.Errorf("%+v draws %v %v, want %v %v", tt.a, pre, post, tt.pre, tt.post)
		}
	}
}

func TestUniformStaysWithinItsBounds(t *testing.T) {
	d := distribution{kind: "uniform", a: -2, b: 6}
	x := d.numbers(newStream(1, "x"), 100_000)
	if lo, hi := slices.Min(x), slices.Max(x); lo < -2 || hi > 6 || lo > -1.99 || hi < 5.99 {
		t.Errorf("numbers run from %v to %v, want nearly -2 to 6", lo, hi)
	}
	mean, deviation := moments(x)
	if math.Abs(mean-2) > 0.05 || math.Abs(deviation-8/math.Sqrt(12)) > 0.05 {
		t.Errorf("mean %v, deviation %v; want 2 and %v", mean, deviation, 8/math.Sqrt(12))
	}
}

func TestNormalHasItsMoments(t *testing.T) {
	d := distribution{kind: "normal", a: 3, b: 2}
	x := d.numbers(newStream(1, "x"), 100_001)
	mean, deviation := moments(x)
	if math.Abs(mean-3) > 0.05 || math.Abs(deviation-2) > 0.05 {
		t.Errorf("mean %v, deviation %v; want 3 and 2", mean, deviation)
	}
	for k, want := range []float64{1: 0.3173, 2: 0.0455, 3: 0.0027} {
		if k == 0 {
			continue
		}
		beyond := 0
		for _, v := range x {
			if math.Abs(v-3) > 2*float64(k) {
				beyond++
			}
		}
		if got := float64(beyond) / float64(len(x)); math.Abs(got-want) > 0.005 {
			t.Errorf("%v of the numbers are beyond %d deviations, want %v", got, k, want)
		}
	}
}

func TestIntegersReachBothBounds(t *testing.T) {
	d := distribution{kind: "integer", a: -3, b: 3}
	hits := map[float64]int{}
	for _, v := range d.numbers(newStream(1, "x"), 70_000) {
		hits[v]++
	}
	if len(hits) != 7 {
		t.Errorf("drew %v, want the 7 numbers from -3 to 3", hits)
	}
	for v, n := range hits {
		if n < 9_500 || n > 10_500 {
			t.Errorf("%v came %d times of 70000, want about 10000", v, n)
		}
	}
}

func moments(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(deviation)
}

func TestLogarithmsAreAccurate(t *testing.T) {
	const tolerance = 1e-15 // relative, some units in the last place
	check := func(name string, x, got, want float64) {
		if math.Abs(got-want) > tolerance*math.Abs(want) {
			t.Errorf("%s(%v) = %v, want %v", name, x, got, want)
		}
	}
	for _, x := range []float64{1, 0.5, 2, math.E, 0.7, 0.7071, 0.7072, 1.4142, 1e-300, 1e300, 0.9999999, 1.0000001, 1 - 0x1p-53} {
		check("logarithm", x, logarithm(x), math.Log(x))
	}
	for _, p := range []float64{0, 1e-300, 1e-18, 1e-9, 9e-4, 1.1e-3, 0.01, 0.5, 0.999} {
		check("logarithm1m", p, logarithm1m(p), math.Log1p(-p))
	}
	for i := range 100_000 {
		x := math.Exp(float64(i-50_000) / 1000)
		check("logarithm", x, logarithm(x), math.Log(x))
	}
}
