package quant_test

import (
	"errors"
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
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/targets"
)

// arch returns xbar256 with other widths.
func arch(t *testing.T, weightBits, stateBits int) *targets.Arch {
	t.Helper()
	chip, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	a := chip.Arch
	a.WeightBits, a.StateBits = weightBits, stateBits
	return &a
}

func lowered(t *testing.T, text string) *ir.Graph {
	t.Helper()
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return lower.Lower(net)
}

// quantise quantises a network for 8-bit weights and 24-bit words.
func quantise(t *testing.T, text string) *ir.Quantized {
	t.Helper()
	return quantiseFor(t, text, arch(t, 8, 24))
}

func quantiseFor(t *testing.T, text string, a *targets.Arch) *ir.Quantized {
	t.Helper()
	q, err := quant.Quantise(lowered(t, text), a, network.Quantise{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := q.Verify(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return q
}

// one returns a network of one population of n neurons, fed densely by m
// inputs; params and rest are written into the population and the projection.
func one(m, n int, neuron, params, rest string) string {
	return fmt.Sprintf("inputs: {in: {shape: %d}}\npopulations: {p: {shape: %d, neuron: %s, params: {%s}}}\nprojections: [{from: in, to: p, connect: dense, %s}]\n", m, n, neuron, params, rest)
}

func TestWholeNumbersThatFitStayAsTheyAre(t *testing.T) {
	for _, test := range []struct {
		name, text string
		weights    []int16
		params     map[string][]int32
	}{
		{
			"the smallest and the largest weight", one(2, 1, "if", "threshold: 5, bias: -2", "weights: [-128, 127]"),
			[]int16{-128, 127},
			map[string][]int32{"threshold": {5}, "bias": {-2}},
		},
		{
			"fewer bits", one(2, 1, "if", "threshold: 5", "weights: [-8, 7], quantise: {bits: 4}"),
			[]int16{-8, 7},
			map[string][]int32{"threshold": {5}, "bias": {0}},
		},
		{
			"clip and scale of each neuron do not matter", one(1, 2, "if", "threshold: [5, 6]", "weights: [1, 100], quantise: {clip: mse, per: neuron}"),
			[]int16{1, 100},
			map[string][]int32{"threshold": {5, 6}, "bias": {0}},
		},
		{
			"fractions that r makes whole", one(2, 1, "integrator", "r: 4, bias: 0.5", "weights: [0.25, -1.5]"),
			[]int16{1, -6},
			map[string][]int32{"bias": {2}},
		},
		{
			"a threshold as large as a state word", one(1, 1, "if", "threshold: 8388607", "weights: [1]"),
			[]int16{1},
			map[string][]int32{"threshold": {8388607}, "bias": {0}},
		},
		{
			"a decay that its factor represents", one(1, 1, "lif", "tau: 4ms, r: 4, threshold: 1000000", "weights: [7]"),
			[]int16{7},
			map[string][]int32{"threshold": {1000000}, "beta": {3 << 14}, "drive": {0}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := quantise(t, test.text)
			p := &q.Pops[0]
			if !p.Exact || !cmp.Equal(p.Scale, []float64{1}) || p.Frac != 0 {
				t.Errorf("exact %v, scale %v, frac %d, want true, [1], 0", p.Exact, p.Scale, p.Frac)
			}
			if diff := cmp.Diff(test.weights, q.Weights[0]); diff != "" {
				t.Errorf("weights (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.params, p.Params); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
			if s := q.Stats[0]; !s.Exact || s.Clipped != 0 || s.Zeroed != 0 {
				t.Errorf("statistics %+v, want nothing lost", s)
			}
		})
	}
}

func TestOneNumberThatDoesNotFitIsNotExact(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"a fraction among the weights", one(3, 1, "if", "threshold: 5", "weights: [1, 2.5, 3]")},
		{"a weight above the largest", one(2, 1, "if", "threshold: 5", "weights: [1, 128]")},
		{"a weight below the smallest", one(2, 1, "if", "threshold: 5", "weights: [1, -129]")},
		{"a weight beyond the bits asked for", one(2, 1, "if", "threshold: 5", "weights: [1, 8], quantise: {bits: 4}")},
		{"a threshold with a fraction", one(2, 1, "if", "threshold: 5.5", "weights: [1, 2]")},
		{"one bias with a fraction", one(1, 2, "if", "threshold: 5, bias: [0, 0.1]", "weights: [1, 2]")},
		{"an initial potential with a fraction", one(1, 1, "if", "threshold: 5, v_init: 0.1", "weights: [1]")},
		{"a threshold beyond a state word", one(1, 1, "if", "threshold: 8388608", "weights: [1]")},
		{"an r that makes fractions", one(1, 1, "if", "threshold: 5, r: 0.3", "weights: [1]")},
		{"a decay between two factors", one(1, 1, "lif", "tau: 3ms, r: 3, threshold: 5", "weights: [1]")},
	} {
		t.Run(test.name, func(t *testing.T) {
			if q := quantise(t, test.text); q.Pops[0].Exact {
				t.Errorf("exact, with weights %v and parameters %v", q.Weights[0], q.Pops[0].Params)
			}
		})
	}
}

// Whole numbers that decay have fractions, so there must be bits for them: at
// a potential of whole numbers this neuron would never fire.
func TestExactPotentialsThatDecayHaveFractions(t *testing.T) {
	q := quantise(t, one(1, 1, "lif", "tau: 2ms, r: 2, threshold: 1", "weights: [1]"))
	if p := &q.Pops[0]; !p.Exact || p.Frac == 0 {
		t.Errorf("exact %v, frac %d, want true and bits below the weights' unit", p.Exact, p.Frac)
	}
	stim := interp.Stimulus{Spikes: [][]int32{{0}, {0}}}
	want := interp.Graph(q.Graph, stim, 4).Spikes // 1 is not above 1, but 1/2 + 1 is
	if diff := cmp.Diff(want, interp.Quantized(q, stim, 4).Spikes); diff != "" || len(want) != 1 {
		t.Errorf("%d spikes of the reals (-reals +integers):\n%s", len(want), diff)
	}
}

// draws returns n normally distributed numbers as a list of the file.
func draws(r *rand.Rand, n int, tail float64) string {
	out := make([]string, n)
	for k := range out {
		x := r.NormFloat64()
		if r.Float64() < tail {
			x *= 8
		}
		out[k] = fmt.Sprintf("%.7f", x)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// squaredError is what the integers of projection k lose.
func squaredError(q *ir.Quantized, k int) float64 {
	var sum float64
	for s, w := range q.Projections[k].Weight.Floats() {
		d := w - float64(q.Weights[k][s])/ir.At(q.Pops[0].Scale, int(q.Projections[k].Post[s]))
		sum += d * d
	}
	return sum
}

// best is the smallest squared error of any clip from a fortieth of the
// largest weight to twice it, found by trying very many.
func best(weights []float64, bits int) float64 {
	hi := float64(int(1)<<(bits-1) - 1)
	top := 0.0
	for _, w := range weights {
		top = max(top, math.Abs(w))
	}
	least := math.Inf(1)
	const steps = 4000
	for k := 1; k <= 2*steps; k++ {
		clip := top * float64(k) / steps
		scale := hi / clip
		var sum float64
		for _, w := range weights {
			d := w - min(max(math.Round(w*scale), -hi), hi)/scale
			sum += d * d
		}
		least = min(least, sum)
	}
	return least
}

func TestClipOfLeastSquaredError(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for _, n := range []int{16, 200, 2000} {
		for bits := 2; bits <= 8; bits += 2 {
			for _, tail := range []float64{0, 0.02} {
				weights := draws(r, n, tail)
				mse := quantise(t, one(n, 1, "if", "", fmt.Sprintf("weights: %s, quantise: {bits: %d, clip: mse}", weights, bits)))
				clipMax := quantise(t, one(n, 1, "if", "", fmt.Sprintf("weights: %s, quantise: {bits: %d, clip: max}", weights, bits)))
				got, atMax, least := squaredError(mse, 0), squaredError(clipMax, 0), best(mse.Projections[0].Weight.Floats(), bits)
				if got > atMax*(1+1e-9) {
					t.Errorf("%d weights, %d bits, tail %g: squared error %g, clip max has %g", n, bits, tail, got, atMax)
				}
				if got > least*1.01 {
					t.Errorf("%d weights, %d bits, tail %g: squared error %g, the best of a fine grid is %g", n, bits, tail, got, least)
				}
			}
		}
	}
}

func TestClipMaxClipsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for bits := 2; bits <= 8; bits++ {
		q := quantise(t, one(50, 4, "if", "", fmt.Sprintf("weights: %s, quantise: {bits: %d, clip: max}", draws(r, 200, 0.1), bits)))
		hi, top := int16(1)<<(bits-1)-1, int16(0)
		for _, w := range q.Weights[0] {
			top = max(top, w, -w)
		}
		if top != hi || q.Stats[0].Clipped != 0 {
			t.Errorf("%d bits: the largest integer is %d of %d, %d are clipped", bits, top, hi, q.Stats[0].Clipped)
		}
	}
}

// Projections into one population share its scale, each within its own bits.
func TestProjectionsIntoAPopulationShareAScale(t *testing.T) {
	q := quantise(t, `
inputs: {in: {shape: 2}}
populations: {p: {shape: 1, neuron: if, params: {threshold: 1.03}}}
projections:
  - {from: in, to: p, connect: dense, weights: [0.111, -0.0707], quantise: {bits: 4, clip: max}}
  - {from: in, to: p, connect: dense, weights: [0.313, 0.017], quantise: {bits: 8, clip: max}}
`)
	// 7 / 0.111 is below 127 / 0.313.
	want := []float64{7 / 0.111}
	if diff := cmp.Diff(want, q.Pops[0].Scale); diff != "" {
		t.Errorf("scale (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]int16{{7, -4}, {20, 1}}, q.Weights); diff != "" {
		t.Errorf("weights (-want +got):\n%s", diff)
	}
}

func TestEachNeuronMayHaveItsOwnScale(t *testing.T) {
	q := quantise(t, one(2, 3, "if", "threshold: 1.03", "weights: [[0.127, 1.27, 0], [-0.0635, 0.2, 0]], quantise: {per: neuron, clip: max}"))
	want := []float64{127 / 0.127, 127 / 1.27, 128 / 1.03} // the last has no weights: from its threshold
	for i, s := range q.Pops[0].Scale {
		if math.Abs(s-want[i]) > 1e-9*want[i] {
			t.Errorf("neuron %d: scale %g, want %g", i, s, want[i])
		}
	}
	if diff := cmp.Diff([]int16{127, 127, 0, -64, 20, 0}, q.Weights[0]); diff != "" {
		t.Errorf("weights (-want +got):\n%s", diff)
	}
	if s := q.Stats[0]; s.ScaleMin != q.Pops[0].Scale[1] || s.ScaleMax != q.Pops[0].Scale[0] || math.Abs(s.Clip-1.27) > 1e-9 {
		t.Errorf("statistics %+v, want scales %v and a clip of 1.27", s, q.Pops[0].Scale)
	}
}

// Everything that is a potential is scaled with the weights, so that ratios
// stay: an integer parameter is value × scale × 2^frac, rounded.
func TestPotentialsAreScaledWithTheWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	for _, per := range []string{"projection", "neuron"} {
		for _, stateBits := range []int{16, 24, 32} {
			const n = 6
			text := one(20, n, "if", fmt.Sprintf("threshold: %s, bias: %s, v_init: %s, reset: value, v_reset: %s, r: [1, -2, 0.5, 1, 3, 1]", draws(r, n, 0), draws(r, n, 0), draws(r, n, 0), draws(r, n, 0)),
				fmt.Sprintf("weights: %s, quantise: {per: %s}", draws(r, 20*n, 0), per))
			q := quantiseFor(t, text, arch(t, 8, stateBits))
			p, np := &q.Pops[0], &q.Net.Populations[0]
			for i := range n {
				unit := ir.At(p.Scale, i) * float64(int(1)<<p.Frac)
				for _, check := range []struct {
					name  string
					got   []int32
					value float64
				}{
					{"threshold", p.Params["threshold"], np.Params[network.VThreshold].At(i)},
					{"v_reset", p.Params["v_reset"], np.Params[network.VReset].At(i)},
					{"bias", p.Params["bias"], np.Params[network.R].At(i) * np.Params[network.Bias].At(i)},
					{"v", p.Init["v"], np.Params[network.VInit].At(i)},
				} {
					if got := float64(ir.At(check.got, i)); math.Abs(got-check.value*unit) > 0.5+1e-6 {
						t.Errorf("per %s, %d bits, neuron %d: %s is %g, want %g within a half", per, stateBits, i, check.name, got, check.value*unit)
					}
				}
			}
			if p.Saturated != 0 {
				t.Errorf("per %s, %d bits: %d saturated", per, stateBits, p.Saturated)
			}
		}
	}
}

func TestLossesAreCounted(t *testing.T) {
	// One weight far out, many near, some next to nothing.
	list := []string{"5.0001"}
	for k := range 400 {
		list = append(list, fmt.Sprintf("%.5f", 0.9+float64(k)/4001))
	}
	for range 7 {
		list = append(list, "0.00123")
	}
	list = append(list, "0", "0")
	q := quantise(t, one(len(list), 1, "if", "", "weights: ["+strings.Join(list, ", ")+"], quantise: {bits: 3, clip: mse}"))
	s := q.Stats[0]
	if s.Synapses != len(list) || s.Clipped != 1 || s.Zeroed != 7 || s.Bits != 3 || s.Exact {
		t.Errorf("statistics %+v, want %d synapses of 3 bits, 1 clipped, 7 zeroed", s, len(list))
	}
	var signal float64
	for _, w := range q.Projections[0].Weight.Floats() {
		signal += w * w
	}
	if want := 10 * math.Log10(signal/squaredError(q, 0)); math.Abs(want-s.SQNR) > 1e-9 {
		t.Errorf("SQNR %g dB, want %g", s.SQNR, want)
	}
	if want := 3 / q.Pops[0].Scale[0]; math.Abs(want-s.Clip) > 1e-9 || s.Clip > 4 {
		t.Errorf("clip %g, want %g", s.Clip, want)
	}
}

func TestParametersBeyondAWordAreClippedAndCounted(t *testing.T) {
	// A gain of 40,000 does not fit a word of 16 bits even without fractional bits.
	q := quantiseFor(t, one(1, 2, "cuba_lif", "tau: 1ms, tau_syn: 2ms, r: [40000, 1], threshold: 1.5, refractory: 3", "weights: [0.3, 0.21]"), arch(t, 8, 16))
	p := &q.Pops[0]
	if diff := cmp.Diff([]int32{32767, 1}, p.Params["gain"]); diff != "" || p.Saturated != 1 {
		t.Errorf("%d saturated, want 1; gain (-want +got):\n%s", p.Saturated, diff)
	}
	// One of 300 does, with 6 fractional bits where smaller ones leave 14.
	large := quantiseFor(t, one(1, 2, "cuba_lif", "tau: 1ms, tau_syn: 2ms, r: [300, 1], threshold: 1.5", "weights: [0.3, 0.21]"), arch(t, 8, 16))
	if p := &large.Pops[0]; p.FactorBits != 6 || p.Saturated != 0 || !cmp.Equal(p.Params["gain"], []int32{300 << 6, 1 << 6}) {
		t.Errorf("gains of 300 and 1 are %v with %d fractional bits, %d saturated; want [19200 64], 6 and 0", p.Params["gain"], p.FactorBits, p.Saturated)
	}
	narrow := quantiseFor(t, one(1, 1, "if", "threshold: 1.5, refractory: 4000", "weights: [0.3]"), arch(t, 4, 8))
	if p := &narrow.Pops[0]; p.Params["refractory"][0] != 127 || p.Saturated != 1 {
		t.Errorf("a refractory time of 4000 ticks is %v in 8 bits, %d saturated, want [127], 1", p.Params["refractory"], p.Saturated)
	}
}

func TestALargeThresholdLowersTheScaleUntilItFits(t *testing.T) {
	q := quantise(t, one(2, 1, "if", "threshold: 1000000000.5", "weights: [0.5003, 0.1]"))
	p := &q.Pops[0]
	if got := p.Params["threshold"][0]; got != 1<<22 || p.Saturated != 0 {
		t.Errorf("threshold %d, %d saturated, want half a state word, 0", got, p.Saturated)
	}
	if s := q.Stats[0]; s.Zeroed != 2 {
		t.Errorf("%d weights became zero, want both to be counted", s.Zeroed)
	}
}

func TestANetworkWithoutWeightsTakesItsScaleFromItsPotentials(t *testing.T) {
	for _, test := range []struct {
		name, text string
		scale      float64
	}{
		{"no projection", "populations: {p: {shape: 2, neuron: if, params: {threshold: 0.3, bias: [0.1, 0.2]}}}\n", 128 / 0.3},
		{"only zeros", one(1, 1, "if", "threshold: 0.3", "weights: 0"), 128 / 0.3},
		{"r of zero", one(1, 1, "if", "threshold: 0.3, r: 0", "weights: 5"), 128 / 0.3},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := quantise(t, test.text)
			if diff := cmp.Diff([]float64{test.scale}, q.Pops[0].Scale); diff != "" {
				t.Errorf("scale (-want +got):\n%s", diff)
			}
			for _, s := range q.Stats {
				if math.IsInf(s.Clip, 0) || math.IsNaN(s.Clip) || !s.Exact {
					t.Errorf("statistics %+v, want a finite clip and nothing lost", s)
				}
			}
		})
	}
}

func TestANegativeResistanceTurnsTheWeightsAround(t *testing.T) {
	q := quantise(t, one(2, 2, "if", "threshold: 1.03, r: [-2, -0.5]", "weights: [[0.30007, 0.1], [-0.1, 0.3]], quantise: {clip: max}"))
	scale := 127 / 0.60014
	if diff := cmp.Diff([]int16{-127, -11, 42, -32}, q.Weights[0]); diff != "" {
		t.Errorf("weights (-want +got):\n%s", diff)
	}
	s := q.Stats[0]
	for _, check := range []struct {
		name      string
		got, want float64
	}{{"least scale", s.ScaleMin, -2 * scale}, {"largest scale", s.ScaleMax, -0.5 * scale}, {"clip", s.Clip, 1.20028}} {
		if math.Abs(check.got-check.want) > 1e-9*math.Abs(check.want) {
			t.Errorf("%s %g, want %g", check.name, check.got, check.want)
		}
	}
}

func TestBitsBeyondTheTargetsAreRefused(t *testing.T) {
	const head = "inputs: {in: {shape: 1}}\npopulations: {p: {shape: 1, neuron: if}}\n"
	for _, test := range []struct {
		name, text string
		over       network.Quantise
		want       string // the error, or empty
	}{
		{
			"asked for by the file, told once", head + "projections:\n  - {from: in, to: p, connect: dense}\n  - {from: p, to: p, connect: dense}\nquantise: {bits: 9}\n",
			network.Quantise{},
			`net.yaml:6:11: quantise: 9 bits asked for projection "in→p", but the target's synapses hold 8: ask for 8 or fewer [out-of-range]`,
		},
		{
			"asked for by projections, told of each", head + "projections:\n  - {from: in, to: p, connect: dense, quantise: {bits: 9}}\n  - {from: p, to: p, connect: dense, quantise: {bits: 16}}\n",
			network.Quantise{},
			`net.yaml:4:49: quantise: 9 bits asked for projection "in→p", but the target's synapses hold 8: ask for 8 or fewer [out-of-range]` + "\n" +
				`net.yaml:5:48: quantise: 16 bits asked for projection "p→p", but the target's synapses hold 8: ask for 8 or fewer [out-of-range]`,
		},
		{
			"asked for by the command line", head + "projections: [{from: in, to: p, connect: dense}]\n",
			network.Quantise{Bits: 12},
			`net.yaml: quantise: 12 bits asked for projection "in→p", but the target's synapses hold 8: ask for 8 or fewer [out-of-range]`,
		},
		{"overridden by the projection", head + "projections: [{from: in, to: p, connect: dense, quantise: {bits: 8}}]\nquantise: {bits: 9}\n", network.Quantise{}, ""},
		{"overridden by the command line", head + "projections: [{from: in, to: p, connect: dense, quantise: {bits: 16}}]\nquantise: {bits: 9}\n", network.Quantise{Bits: 4}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := quant.Quantise(lowered(t, test.text), arch(t, 8, 24), test.over)
			got := ""
			if user, ok := errors.AsType[*diag.Error](err); ok {
				got = user.Error()
			} else if err != nil {
				t.Fatalf("%T, want a *diag.Error: %v", err, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSettingsComeFromCommandLineThenProjectionThenFile(t *testing.T) {
	g := lowered(t, `
inputs: {in: {shape: 1}}
populations: {p: {shape: 1, neuron: if}, q: {shape: 1, neuron: if}}
projections:
  - {from: in, to: p, connect: dense, weights: 0.3, quantise: {bits: 5}}
  - {from: in, to: q, connect: dense, weights: 0.3}
quantise: {bits: 6}
`)
	bits := func(over network.Quantise) (out []int) {
		q, err := quant.Quantise(g, arch(t, 8, 24), over)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range q.Stats {
			out = append(out, s.Bits)
		}
		return out
	}
	if diff := cmp.Diff([]int{5, 6}, bits(network.Quantise{})); diff != "" {
		t.Errorf("bits (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{3, 3}, bits(network.Quantise{Bits: 3})); diff != "" {
		t.Errorf("bits with 3 on the command line (-want +got):\n%s", diff)
	}
}

// dequantised returns g with the parameters that the integers stand for,
// solved from NIR's equations, at a tick of 1: the reals of this graph are what
// the integers compute but for the rounding of each tick.
func dequantised(t *testing.T, q *ir.Quantized) *ir.Graph {
	t.Helper()
	net := *q.Net
	net.Tick = 1
	net.Populations = append([]network.Population(nil), net.Populations...)
	np, p := &net.Populations[0], &q.Pops[0]
	one := float64(int(1) << p.FactorBits)
	n := q.Populations[0].N
	params := map[network.Param][]float64{}
	for i := range n {
		unit := ir.At(p.Scale, i) * float64(int(1)<<p.Frac)
		param := func(name string) float64 { return float64(ir.At(p.Params[name], i)) }
		put := func(name network.Param, x float64) { params[name] = append(params[name], x) }
		k := 1 - param("beta")/one // dt/tau
		put(network.Tau, 1/k)
		put(network.VThreshold, param("threshold")/unit)
		put(network.VInit, float64(ir.At(p.Init["v"], i))/unit)
		if np.Model == network.LIF {
			put(network.R, 1/k) // so that a weight of 1 adds 1
			put(network.VLeak, param("drive")/unit/k)
			continue
		}
		ks := 1 - param("alpha")/one
		put(network.TauSyn, 1/ks)
		put(network.WIn, 1/ks)
		put(network.R, param("gain")/one/k)
		put(network.Bias, param("drive")/unit)
		put(network.VLeak, param("leak")/unit/k)
		put(network.IInit, float64(ir.At(p.Init["i"], i))/unit)
	}
	np.Params = map[network.Param]network.Value{}
	for name, values := range params {
		np.Params[name] = network.Value{Values: values}
	}
	g := *q.Graph
	g.Net = &net
	g.Projections = append([]ir.Projection(nil), g.Projections...)
	pr := &g.Projections[0]
	weights := make([]float64, len(pr.Post))
	for s := range weights {
		weights[s] = float64(q.Weights[0][s]) / ir.At(p.Scale, int(pr.Post[s]))
	}
	pr.Weight = numbers.Shared(weights)
	return &g
}

// The integers of a lif or cuba_lif population are those of NIR's equations:
// run as reals they follow the integers to the rounding of a product a tick,
// and the network as written to the rounding of its parameters.
func TestDecaysFollowNIRsEquations(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	for _, model := range []string{"lif", "cuba_lif"} {
		for _, per := range []string{"projection", "neuron"} {
			const m, n, ticks = 12, 5, 60
			params := "tau: [2ms, 5ms, 10ms, 20ms, 40ms], v_leak: [0, 0.1, -0.2, 0.3, 0], r: [1, 2, 3, 4, 5], bias: {uniform: [-0.1, 0.1]}, v_init: {uniform: [-0.5, 0.5]}, threshold: 40"
			if model == "cuba_lif" {
				params += ", tau_syn: [1ms, 2ms, 3ms, 8ms, 20ms], w_in: [1, 2, 3, 4, 20], i_init: {uniform: [-0.1, 0.1]}"
			}
			q := quantiseFor(t, one(m, n, model, params, fmt.Sprintf("weights: %s, quantise: {per: %s}", draws(r, m*n, 0), per)), arch(t, 16, 32))
			var stim interp.Stimulus
			for range ticks {
				var in []int32
				for i := range m {
					if r.IntN(3) == 0 {
						in = append(in, int32(i))
					}
				}
				stim.Spikes = append(stim.Spikes, in)
			}
			got := interp.Quantized(q, stim, ticks)
			written, same := interp.Graph(q.Graph, stim, ticks), interp.Graph(dequantised(t, q), stim, ticks)
			if got.Saturations > 0 || len(got.Spikes) > 0 || len(written.Spikes) > 0 {
				t.Fatalf("%s: saturates or fires, so that little can be said of it", model)
			}
			for i := range n {
				unit := ir.At(q.Pops[0].Scale, i) * float64(int(1)<<q.Pops[0].Frac)
				v := got.V[i] / unit
				// A product loses less than 1; decays of 40 ticks sum up 40 of them, times
				// those of the current's at a gain of at most 1.
				if limit := 1600 / unit; math.Abs(v-same.V[i]) > limit {
					t.Errorf("%s per %s, neuron %d: v = %g, the same parameters as reals give %g, want at most %g between", model, per, i, v, same.V[i], limit)
				}
				if math.Abs(v-written.V[i]) > 0.01 {
					t.Errorf("%s per %s, neuron %d: v = %g, the network as written gives %g", model, per, i, v, written.V[i])
				}
			}
		}
	}
}
