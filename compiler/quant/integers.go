package quant

import (
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/pages"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/targets"
)

// registers turns the parameters of an integer model's neuron into the words
// that its text reads, where they are not the same.
var registers = map[network.Model]func(get func(network.Param) int64, words map[string]int64){
	network.Loihi: func(get func(network.Param) int64, words map[string]int64) {
		words["threshold"] = get("threshold") << 6
		words["bias"] = get("bias") << get("bias_exp")
		words["v_spike"] = get("refractory") << 7
		delete(words, "bias_exp")
	},
	network.ODINIzh: func(get func(network.Param) int64, words map[string]int64) {
		words["fan_in"] = 1 << get("fan_in")
	},
	network.LoihiTernary: func(get func(network.Param) int64, words map[string]int64) {
		words["threshold"] = get("threshold") << 6
		words["threshold_low"] = get("threshold_low") << 6
		words["bias"] = get("bias") << get("bias_exp")
		delete(words, "bias_exp")
	},
}

// choices returns the words of a population's choices, and of those that follow
// from its numbers.
func choices(np *network.Population, p *ir.QuantizedPopulation) map[string]string {
	out := maps.Clone(np.Choices)
	if np.Model == network.TrueNorth && slices.ContainsFunc(p.Params["threshold_mask"], func(m int32) bool { return m != 0 }) {
		out["noise"] = "true"
	}
	return out
}

// initSuffix marks a parameter that is a state word before tick 1.
const initSuffix = "_init"

// integers takes the numbers of a population of an integer model as they are,
// and reports those that do not fit.
func integers(q *ir.Quantized, index int, arch *targets.Arch, over network.Quantise, diags *diag.List) {
	np := &q.Net.Populations[index]
	n := q.Populations[index].N
	p := &q.Pops[index]
	*p = ir.QuantizedPopulation{
		Model: np.Model, Reset: np.Reset, Exact: true, Scale: []float64{1},
		Params: map[string][]int32{}, Init: map[string][]int32{"v": {0}},
	}
	if need := np.Model.WordBits(); arch.StateBits < need {
		diags.Add(np.Pos, diag.DoesNotFit, "population %q: neuron %s is one of words of %d bits, and the target's have %d: choose a target with state_bits of %d or more", np.Name, np.Model, need, arch.StateBits, need)
		return
	}
	count := 1
	for _, v := range np.Params {
		if !v.Uniform() {
			count = n
		}
	}
	told := map[string]bool{}
	put := func(table map[string][]int32, name string, i int, x int64) {
		if table[name] == nil || i == 0 {
			table[name] = make([]int32, count)
		}
		if !fixed.Fits(x, arch.StateBits) && !told[name] {
			told[name] = true
			lo, hi := fixed.Limits(arch.StateBits)
			diags.Add(np.Pos, diag.DoesNotFit, "population %q: %s of neuron %d is %d in the chip's words, which hold %d to %d: choose a target with more state_bits", np.Name, name, i, x, lo, hi)
		}
		table[name][i] = int32(x)
	}
	for i := range count {
		get := func(name network.Param) int64 { return int64(np.Params[name].At(i)) }
		if lo, hi := np.Params["threshold_low"], np.Params["threshold"]; np.Model == network.LoihiTernary && lo.At(i) > hi.At(i) && !told["threshold_low"] {
			told["threshold_low"] = true
			diags.Add(np.Pos, diag.OutOfRange, "population %q: threshold_low of neuron %d is %g, above its threshold, %g; between them a potential would be beyond both", np.Name, i, lo.At(i), hi.At(i))
		}
		words := map[string]int64{}
		for _, name := range np.Model.ParamNames() {
			words[string(name)] = get(name)
		}
		if f := registers[np.Model]; f != nil {
			f(get, words)
		}
		for name, x := range words {
			if state, ok := strings.CutSuffix(name, initSuffix); ok {
				put(p.Init, state, i, x)
			} else {
				put(p.Params, name, i, x)
			}
		}
	}
	for _, table := range []map[string][]int32{p.Params, p.Init} {
		for name, values := range table {
			if uniform(values) {
				table[name] = values[:1]
			}
		}
	}
	p.Choices = choices(np, p)
	_, hi := arch.WeightLimits()
	work := &population{q: q, index: index, out: p, np: np, n: n, coef: []coefficients{{in: 1}}, set: make([]settings, len(q.Projections))}
	for k := range q.Projections {
		if q.Projections[k].To == index {
			wholeWeights(q, k, arch, over, diags)
			work.projs = append(work.projs, k)
			work.set[k].bits = bits.Len64(uint64(hi)) + 1
			work.set[k].grid = wholes(work.set[k].bits)
		}
	}
	work.learning(diags)
}

// mantissaBits are those of a mantissa when all of them are stored.
const mantissaBits = 8

// storeWeights stores the weights of a projection as Loihi does: cut toward zero
// to whole numbers, clipped to what the sign allows, and, where there are fewer
// bits than 8 or the sign is mixed, rounded down to multiples of a power of two.
func storeWeights(q *ir.Quantized, k int, s settings) {
	pr := &q.Projections[k]
	bits := min(s.bits, mantissaBits)
	shift := mantissaBits - bits
	lo, hi := -1<<mantissaBits, 1<<mantissaBits-1
	switch s.sign {
	case network.SignExcitatory:
		lo = 0
	case network.SignInhibitory:
		hi = 0
	case network.SignMixed, "":
		shift++
	}
	st := ir.QuantStats{
		Projection: q.Net.Projections[pr.Index].Name, Bits: bits, Step: 1, Largest: hi, Synapses: len(pr.Post),
		Clip: float64(hi), ScaleMin: 1, ScaleMax: 1,
	}
	if hi == 0 {
		st.Clip = float64(-lo)
	}
	out := pages.Make[int16](len(pr.Post))
	var signal, noise float64
	for first, block := range pr.Weight.Blocks {
		for i, w := range block {
			x := min(max(math.Trunc(w), float64(lo)), float64(hi))
			if x != math.Trunc(w) {
				st.Clipped++
			}
			stored := int16(x) >> shift << shift
			out[first+i] = stored
			if stored == 0 && w != 0 {
				st.Zeroed++
			}
			d := w - float64(stored)
			signal += float64(w * w)
			noise += float64(d * d)
		}
	}
	st.Exact = noise == 0
	if !st.Exact {
		st.SQNR = 10 * math.Log10(signal/noise)
	}
	q.Weights[k], q.Stats[k] = out, st
}

func uniform(values []int32) bool {
	for _, v := range values {
		if v != values[0] {
			return false
		}
	}
	return true
}

// wholeWeights takes the weights of a projection into an integer model as they
// are, and reports those that no synapse can hold.
func wholeWeights(q *ir.Quantized, k int, arch *targets.Arch, over network.Quantise, diags *diag.List) {
	pr := &q.Projections[k]
	np := &q.Net.Projections[pr.Index]
	lo, hi := arch.WeightLimits()
	if s := choose(q.Graph, k, arch, over); s.asked && arch.WeightFormat == targets.Mantissa {
		storeWeights(q, k, s)
		return
	}
	out := pages.Make[int16](len(pr.Post))
	bad, off := 0, 0
	var fraction, beyond float64
	for first, block := range pr.Weight.Blocks {
		for s, w := range block {
			switch {
			case w != math.Trunc(w):
				if bad == 0 {
					fraction = w
				}
				bad++
			case w < float64(lo) || w > float64(hi):
				if math.Abs(w) > math.Abs(beyond) {
					beyond = w
				}
				off++
			default:
				out[first+s] = int16(w)
			}
		}
	}
	model := q.Net.Populations[pr.To].Model
	if bad > 0 {
		diags.Add(np.Weights.Pos, diag.OutOfRange, "projection %q: weight %g is not whole, and neuron %s takes its weights as they are; %d of %d weights are not", np.Name, fraction, model, bad, len(pr.Post))
	}
	if off > 0 {
		diags.Add(np.Weights.Pos, diag.DoesNotFit, "projection %q: weight %.0f does not fit the target's synapses, which hold %d to %d; %d of %d weights do not", np.Name, beyond, lo, hi, off, len(pr.Post))
	}
	if np.Exp != 0 && arch.WeightFormat != targets.Mantissa {
		diags.Add(np.Pos, diag.DoesNotFit, "projection %q: weight_exp is %d, and the target's weights have no exponent: choose a target whose weights are mantissas, such as loihi", np.Name, np.Exp)
	}
	q.Weights[k] = out
	q.Stats[k] = ir.QuantStats{
		Projection: np.Name, Bits: arch.WeightBits, Step: 1, Largest: int(hi), Exact: true, Synapses: len(pr.Post),
		Clip: float64(hi), ScaleMin: 1, ScaleMax: 1,
	}
}
