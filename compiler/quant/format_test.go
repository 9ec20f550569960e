package quant_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
)

// The magnitudes of the formats in the chip's whole numbers, written out.
var magnitudes = map[network.Format][]int{
	network.Ternary: {0, 1},
	network.Int3:    {0, 1, 2, 3},
	network.Int4:    {0, 1, 2, 3, 4, 5, 6, 7},
	network.E2M1:    {0, 1, 2, 3, 4, 6, 8, 12},
	network.E4M3: {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 26, 28, 30,
		32, 36, 40, 44, 48, 52, 56, 60, 64, 72, 80, 88, 96, 104, 112, 120,
	},
}

// Each format rounds to its numbers only, at a scale that no other of a fine
// search beats by more than a little.
func TestFormatsRoundToTheirNumbersAtTheBestScale(t *testing.T) {
	for format, levels := range magnitudes {
		r := rand.New(rand.NewPCG(3, 4))
		text := one(20, 5, "if", "threshold: 1", fmt.Sprintf("weights: %s, quantise: {format: %s}", draws(r, 100, 0.1), format))
		q := quantise(t, text)
		for s, w := range q.Weights[0] {
			if !slices.Contains(levels, max(int(w), -int(w))) {
				t.Fatalf("%s: weight %d became %d, which is none of %v", format, s, w, levels)
			}
		}
		top := float64(levels[len(levels)-1])
		least := math.Inf(1)
		for scale := top / 8; scale < 8*top; scale *= 1.0007 {
			sum := 0.0
			for _, w := range q.Projections[0].Weight.Floats() {
				d := math.Inf(1)
				for _, l := range levels {
					d = min(d, math.Abs(math.Abs(w)-float64(l)/scale))
				}
				sum += d * d
			}
			least = min(least, sum)
		}
		if got := squaredError(q, 0); got > least*1.002 {
			t.Errorf("%s: squared error %g, and a search finds %g", format, got, least)
		}
	}
}

func TestNumbersOfAFormatLoseNothing(t *testing.T) {
	q := quantise(t, one(4, 2, "if", "threshold: 3", "weights: [0.5, 1, 1.5, 2, 3, -4, 6, 0], quantise: {format: e2m1}"))
	if want := []int16{1, 2, 3, 4, 6, -8, 12, 0}; !slices.Equal(q.Weights[0], want) || !q.Stats[0].Exact {
		t.Errorf("weights %v, exact %v; want %v, exact", q.Weights[0], q.Stats[0].Exact, want)
	}
	// 5 is whole, and fits, but is no number of e2m1: 4 or 6 are, at this scale.
	q = quantise(t, one(1, 2, "if", "threshold: 3", "weights: [5, 12], quantise: {format: e2m1}"))
	if q.Pops[0].Exact {
		t.Error("a weight of 5 is taken for a number of e2m1")
	}
}

// Projections of different formats into one population share its scale, and each
// rounds to its own multiples: so a ternary one beside one of 8 bits keeps
// most of what it would have alone.
func TestFormatsOfOnePopulationHaveSteps(t *testing.T) {
	const text = `
inputs: {a: {shape: 8}}
populations: {p: {shape: 1, neuron: if}}
projections:
  - {from: a, to: p, connect: dense, weights: [1, -0.93, 0.02, 0.95, -1.02, 0, 1, 0.03], quantise: {format: ternary}}
  - {from: a, to: p, connect: dense, weights: [0.011, 0.3, -0.27, 0.8, 0.123, -0.456, 0.5, 1.2], quantise: {format: int8}}
`
	q := quantise(t, text)
	step := q.Stats[0].Step
	if step < 50 || q.Stats[1].Step != 1 {
		t.Errorf("steps %d and %d, want a large one and 1", step, q.Stats[1].Step)
	}
	for s, w := range q.Weights[0] {
		if int(w) != 0 && int(w) != step && int(w) != -step {
			t.Errorf("ternary weight %d is %d, want 0 or ±%d", s, w, step)
		}
	}
	if a, b := q.Stats[0].SQNR, q.Stats[1].SQNR; a < 20 || b < 35 {
		t.Errorf("SQNR %.1f and %.1f dB, want at least 20 and 35", a, b)
	}
}

func TestScalesMayBePowersOfTwo(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, rest := range []string{"", ", per: neuron", ", clip: max", ", format: e2m1"} {
		text := one(20, 5, "lif", "tau: 20ms, threshold: 0.7", "weights: "+draws(r, 100, 0.1)+", quantise: {scale: SCALE"+rest+"}")
		free := quantise(t, strings.ReplaceAll(text, "SCALE", "real"))
		q := quantise(t, strings.ReplaceAll(text, "SCALE", "pow2"))
		for i, s := range q.Pops[0].Scale {
			if f, _ := math.Frexp(s); f != 0.5 {
				t.Errorf("%q: scale %g is no power of two", rest, s)
			}
			if ratio := s / free.Pops[0].Scale[i]; ratio < 0.5 || ratio > 2 {
				t.Errorf("%q: scale %g is not next to %g", rest, s, free.Pops[0].Scale[i])
			}
		}
		if q.Stats[0].SQNR > free.Stats[0].SQNR+1e-9 && !strings.Contains(rest, "max") {
			t.Errorf("%q: %g dB with powers of two, %g dB without", rest, q.Stats[0].SQNR, free.Stats[0].SQNR)
		}
	}
}

func TestFormatsThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []struct {
		format, learn string
		bits          int
		want          string
	}{
		{"e2m1", "", 4, "format e2m1 .* whole numbers up to 12, which have 5 bits, 1 more than"},
		{"int8", "", 4, "which have 8 bits, 4 more than"},
		{"e4m3", "", 4, ""},
		{"ternary", "", 2, ""},
		{"ternary", ", learn: {rule: stdp, a_plus: 0.1, a_minus: 0.1, tau_plus: 20ms, tau_minus: 20ms, w_max: 1}", 8, "which learns"},
		{"int8", ", learn: {rule: stdp, a_plus: 0.1, a_minus: 0.1, tau_plus: 20ms, tau_minus: 20ms, w_max: 1}", 8, ""},
	} {
		g := lowered(t, one(2, 2, "if", "", "weights: 0.3, quantise: {format: "+c.format+"}"+c.learn))
		_, err := quant.Quantise(g, arch(t, c.bits, 24), network.Quantise{})
		if c.want == "" && err != nil || c.want != "" && !matches(err, c.want) {
			t.Errorf("%s on %d bits: %v, want %q", c.format, c.bits, err, c.want)
		}
	}
}

func TestEveryFormatHasNumbers(t *testing.T) {
	for _, f := range network.Formats {
		q := quantise(t, one(2, 2, "if", "", fmt.Sprintf("weights: [0.3, -0.3, 0.1, 0], quantise: {format: %s}", f)))
		if s := q.Stats[0]; s.Format != f || s.Largest < 1 {
			t.Errorf("%s: quantised to %q, up to %d", f, s.Format, s.Largest)
		}
	}
}

func matches(err error, pattern string) bool {
	return err != nil && regexp.MustCompile(pattern).MatchString(err.Error())
}
