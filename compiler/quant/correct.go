package quant

import (
	"maps"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
)

// CorrectBias returns q with each neuron's constant input corrected by the mean
// error that the rounding of its weights makes (Nagel et al., "Data-Free Quantization
// Through Weight Equalization and Bias Correction", ICCV 2019):
//
//	bias ← bias + Σ (w − ŵ)·rate
//
// where rate is how often the source fires in a tick. weights, where not nil, has the
// spikes of a profile, by input and then by neuron: the sources then fire in
// proportion to these, and rate times a tick on average. Without it each source is
// assumed to fire rate times a tick. Weights that learn are left out.
func CorrectBias(q *ir.Quantized, rate float64, weights []int64) (*ir.Quantized, []ir.Effect) {
	of := rates(q, rate, weights)
	out := *q
	out.Pops = slices.Clone(q.Pops)
	neurons, before, after, clipped := 0, 0.0, 0.0, 0
	for k := range q.Pops {
		p := &out.Pops[k]
		if p.Model.IsInteger() || p.Exact {
			continue
		}
		errors := meanErrors(q, k, of)
		name := "drive"
		if _, ok := p.Params[name]; !ok {
			name = "bias"
		}
		work := &population{q: q, out: p, n: len(errors)}
		was := p.Params[name]
		p.Params = maps.Clone(p.Params)
		saturated := p.Saturated
		p.Params[name] = work.round(len(errors), func(i int) float64 {
			return float64(ir.At(was, i)) + math.Round(errors[i]*work.unit(i))
		})
		clipped += p.Saturated - saturated
		for i, e := range errors {
			rest := e - float64(ir.At(p.Params[name], i)-ir.At(was, i))/work.unit(i)
			before, after = before+math.Abs(e), after+math.Abs(rest)
			if ir.At(p.Params[name], i) != ir.At(was, i) {
				neurons++
			}
		}
	}
	n := float64(q.Neurons())
	return &out, []ir.Effect{
		{What: "neurons corrected", Value: float64(neurons)},
		{What: "spikes a tick of a source, assumed", Value: rate},
		{What: "mean error of an input a tick before", Value: before / n},
		{What: "after", Value: after / n},
		{What: "biases clipped", Value: float64(clipped)},
	}
}

// rates returns the spikes a tick of every source, inputs before neurons.
func rates(q *ir.Quantized, rate float64, weights []int64) []float64 {
	out := slices.Repeat([]float64{rate}, q.InputCount()+q.Neurons())
	total := 0.0
	for _, w := range weights {
		total += float64(w)
	}
	if total == 0 {
		return out
	}
	for s := range out {
		out[s] = rate * float64(weights[s]) * float64(len(out)) / total
	}
	return out
}

// meanErrors returns, for each neuron of a population, what rounding takes from
// its input in a tick on average, in the unit of its potential.
func meanErrors(q *ir.Quantized, k int, rates []float64) []float64 {
	n := q.Populations[k].N
	coef := discretise(&q.Net.Populations[k], q.Net.Tick, n)
	out := make([]float64, n)
	for i := range q.Projections {
		p := &q.Projections[i]
		if p.To != k || q.Plastic(i) {
			continue
		}
		base := q.FirstSource(p)
		for j := range len(p.Off) - 1 {
			for s := p.Off[j]; s < p.Off[j+1]; s++ {
				to := int(p.Post[s])
				lost := float64(p.Weight.At(int(s))*ir.At(coef, to).in) - float64(q.Weights[i][s])/ir.At(q.Pops[k].Scale, to)
				out[to] += float64(lost * rates[base+j])
			}
		}
	}
	return out
}
