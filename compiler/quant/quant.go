// Package quant turns the real numbers of a graph into integers of the target's
// widths, and says what that cost.
//
// All synapses of a neuron add into one accumulator, so they share one scale:
// that of the population, or each neuron's own (per: neuron). The scale is the
// one whose clipping minimises the mean squared error of the weights (clip:
// mse), or the largest that clips none (clip: max). Thresholds, biases and
// initial potentials are scaled with the weights, and have frac more bits below
// the weights' unit where the state word has room for them.
package quant

import (
	"math"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/models"
	"github.com/weft-toolchain/weft/targets"
)

// Quantise returns g in the integers of arch. over, where set, overrides what
// the network file says. The error is a *diag.Error.
func Quantise(g *ir.Graph, arch *targets.Arch, over network.Quantise) (*ir.Quantized, error) {
	var diags diag.List
	q := &ir.Quantized{
		Graph:     g,
		Weights:   make([][]int16, len(g.Projections)),
		Pops:      make([]ir.QuantizedPopulation, len(g.Populations)),
		Stats:     make([]ir.QuantStats, len(g.Projections)),
		StateBits: arch.StateBits,
	}
	set := make([]settings, len(g.Projections))
	told := map[diag.Pos]bool{}
	for k := range g.Projections {
		set[k] = choose(g, k, arch, over)
		if s := &set[k]; s.bits > arch.WeightBits && !told[s.pos] {
			told[s.pos] = true
			diags.Add(s.pos, diag.OutOfRange, "quantise: %d bits asked for projection %q, but the target's synapses hold %d: ask for %d or fewer",
				s.bits, g.Net.Projections[g.Projections[k].Index].Name, arch.WeightBits, arch.WeightBits)
		}
	}
	if err := diags.Err(); err != nil {
		return nil, err
	}
	for k := range g.Populations {
		p := newPopulation(q, k, set)
		p.quantise()
	}
	return q, nil
}

// settings are how one projection is quantised.
type settings struct {
	bits int
	// pos is where the bits were asked for; the whole file, where that was the
	// command line.
	pos  diag.Pos
	clip network.Clip
	per  network.Per
}

// choose merges what the command line, the projection and the network say, in
// that order, over the defaults.
func choose(g *ir.Graph, k int, arch *targets.Arch, over network.Quantise) settings {
	s := settings{bits: arch.WeightBits, clip: network.ClipMSE, per: network.PerProjection}
	np := &g.Net.Projections[g.Projections[k].Index]
	for _, from := range []network.Quantise{g.Net.Quantise, np.Quantise, over} {
		if from.Bits != 0 {
			s.bits, s.pos = from.Bits, from.Pos
			if s.pos.File == "" {
				s.pos = diag.Pos{File: g.Net.File}
			}
		}
		if from.Clip != "" {
			s.clip = from.Clip
		}
		if from.Per != "" {
			s.per = from.Per
		}
	}
	return s
}

// population is the work on one population.
type population struct {
	q     *ir.Quantized
	index int
	out   *ir.QuantizedPopulation
	np    *network.Population
	n     int
	coef  []coefficients // one, or one a neuron
	// projs are the projections that end here.
	projs []int
	set   []settings
	per   network.Per
	clip  network.Clip
}

func newPopulation(q *ir.Quantized, index int, set []settings) *population {
	p := &population{
		q: q, index: index, out: &q.Pops[index],
		np: &q.Net.Populations[index], n: q.Populations[index].N,
		set: set, per: network.PerProjection, clip: network.ClipMSE,
	}
	p.out.Model, p.out.Reset = p.np.Model, p.np.Reset
	p.out.FactorBits = models.FactorBits(q.StateBits)
	p.coef = discretise(p.np, q.Net.Tick, p.n)
	for _, c := range p.coef {
		p.out.Refractory = p.out.Refractory || c.refractory > 0
	}
	for k := range q.Projections {
		if q.Projections[k].To != index {
			continue
		}
		p.projs = append(p.projs, k)
		if set[k].per == network.PerNeuron {
			p.per = network.PerNeuron
		}
		if set[k].clip == network.ClipMax {
			p.clip = network.ClipMax
		}
	}
	return p
}

func (p *population) quantise() {
	if p.exact() {
		p.out.Exact = true
		p.out.Scale = []float64{1}
	} else {
		p.out.Scale = p.scales()
	}
	for _, k := range p.projs {
		p.weights(k)
	}
	if !p.out.Exact || p.decays() {
		p.out.Frac = p.frac()
	}
	p.parameters()
}

// qmax is the largest integer weight of projection k; exact networks may also
// use −qmax−1.
func (p *population) qmax(k int) float64 { return float64(int(1)<<(p.set[k].bits-1) - 1) }

// exact reports whether all numbers are integers that fit at scale 1.
func (p *population) exact() bool {
	lo, hi := fixed.Limits(p.q.StateBits)
	whole := func(x float64) bool { return x == math.Trunc(x) && x >= float64(lo) && x <= float64(hi) }
	one := float64(int(1) << p.out.FactorBits)
	for i := range p.coef {
		c := &p.coef[i]
		for _, x := range []float64{c.drive, c.leak, c.threshold, c.vReset, c.vInit, c.iInit, c.alpha * one, c.beta * one, c.gain * one} {
			if !whole(x) {
				return false
			}
		}
	}
	for _, k := range p.projs {
		pr := &p.q.Projections[k]
		m := p.qmax(k)
		for s, w := range pr.Weight {
			if w *= p.at(int(pr.Post[s])).in; w != math.Trunc(w) || w > m || w < -m-1 {
				return false
			}
		}
	}
	return true
}

// decays reports whether a factor makes fractions of whole potentials.
func (p *population) decays() bool {
	for i := range p.coef {
		c := &p.coef[i]
		for _, x := range []float64{c.alpha, c.beta, c.gain} {
			if x != math.Trunc(x) {
				return true
			}
		}
	}
	return false
}

func (p *population) at(i int) *coefficients {
	if len(p.coef) == 1 {
		return &p.coef[0]
	}
	return &p.coef[i]
}

// weights rounds and clips the weights of projection k, and keeps the books.
func (p *population) weights(k int) {
	pr := &p.q.Projections[k]
	hi := p.qmax(k)
	lo := -hi
	if p.out.Exact {
		lo--
	}
	st := ir.QuantStats{
		Projection: p.q.Net.Projections[pr.Index].Name, Bits: p.set[k].bits,
		Exact: p.out.Exact, Synapses: len(pr.Weight), ScaleMin: math.Inf(1), ScaleMax: math.Inf(-1),
	}
	out := make([]int16, len(pr.Weight))
	var signal, noise float64
	for s, w := range pr.Weight {
		i := int(pr.Post[s])
		in := p.at(i).in
		scale := ir.At(p.out.Scale, i)
		x := math.Round(w * in * scale)
		if x > hi || x < lo {
			st.Clipped++
			x = min(max(x, lo), hi)
		}
		if x == 0 && w != 0 {
			st.Zeroed++
		}
		out[s] = int16(x)
		d := float64(w*in) - x/scale
		signal += float64(w * in * w * in)
		noise += float64(d * d)
		unit := scale * in
		st.ScaleMin, st.ScaleMax = min(st.ScaleMin, unit), max(st.ScaleMax, unit)
		if unit != 0 {
			st.Clip = max(st.Clip, hi/math.Abs(unit))
		}
	}
	if len(pr.Weight) == 0 {
		st.ScaleMin, st.ScaleMax, st.Clip = 1, 1, hi
	}
	// Where the only noise is that of the arithmetic, nothing was lost.
	if noise <= signal*1e-24 {
		st.Exact = true
	} else {
		st.SQNR = 10 * math.Log10(signal/noise)
	}
	p.q.Weights[k] = out
	p.q.Stats[k] = st
}

// Headroom of a state word above the threshold and above one tick's input, as
// factors: potentials that grow beyond saturate, which every run counts.
const (
	levelHeadroom = 64
	inputHeadroom = 32
)

// frac returns how many bits a state word can spend below the weights' unit.
func (p *population) frac() int {
	sums := make([]float64, p.n)
	for _, k := range p.projs {
		pr := &p.q.Projections[k]
		for s, w := range p.q.Weights[k] {
			sums[pr.Post[s]] += math.Abs(float64(w))
		}
	}
	bound := 1.0
	for i := range p.n {
		c := p.at(i)
		level := max(math.Abs(c.threshold), math.Abs(c.vReset), math.Abs(c.vInit), math.Abs(c.iInit), math.Abs(c.drive), math.Abs(c.leak))
		bound = max(bound, levelHeadroom*level*ir.At(p.out.Scale, i), inputHeadroom*sums[i])
	}
	_, hi := fixed.Limits(p.q.StateBits)
	_, exponent := math.Frexp(float64(hi) / bound) // 2^(exponent−1) ≤ hi/bound
	return min(max(exponent-1, 0), models.MaxFrac)
}

// parameters scales thresholds, biases, factors and initial values.
func (p *population) parameters() {
	p.out.Params, p.out.Init = map[string][]int32{}, map[string][]int32{}
	count := max(len(p.coef), len(p.out.Scale))
	level := func(value func(c *coefficients) float64) []int32 {
		return p.words(count, func(i int) float64 {
			return value(p.at(i)) * ir.At(p.out.Scale, i) * float64(int(1)<<p.out.Frac)
		})
	}
	factor := func(value func(c *coefficients) float64) []int32 {
		return p.words(len(p.coef), func(i int) float64 { return value(p.at(i)) * float64(int(1)<<p.out.FactorBits) })
	}
	p.out.Init["v"] = level(func(c *coefficients) float64 { return c.vInit })
	driveName := "bias"
	if p.np.Model == network.LIF || p.np.Model == network.CubaLIF {
		driveName = "drive"
		p.out.Params["beta"] = factor(func(c *coefficients) float64 { return c.beta })
	}
	p.out.Params[driveName] = level(func(c *coefficients) float64 { return c.drive })
	if p.np.Model == network.CubaLIF {
		p.out.Params["alpha"] = factor(func(c *coefficients) float64 { return c.alpha })
		p.out.Params["gain"] = factor(func(c *coefficients) float64 { return c.gain })
		p.out.Params["leak"] = level(func(c *coefficients) float64 { return c.leak })
		p.out.Init["i"] = level(func(c *coefficients) float64 { return c.iInit })
	}
	if p.np.Model == network.Integrator {
		return
	}
	p.out.Params["threshold"] = level(func(c *coefficients) float64 { return c.threshold })
	if p.np.Reset == network.ResetValue {
		p.out.Params["v_reset"] = level(func(c *coefficients) float64 { return c.vReset })
	}
	if p.out.Refractory {
		p.out.Params["refractory"] = p.words(len(p.coef), func(i int) float64 { return float64(p.at(i).refractory) })
		p.out.Init["ref"] = []int32{0}
	}
}

// words rounds count values to state words, counts those that saturate, and
// keeps one where all are equal.
func (p *population) words(count int, value func(i int) float64) []int32 {
	lo, hi := fixed.Limits(p.q.StateBits)
	out := make([]int32, count)
	same := true
	for i := range out {
		x := math.Round(value(i))
		if x < float64(lo) || x > float64(hi) {
			p.out.Saturated++
			x = min(max(x, float64(lo)), float64(hi))
		}
		out[i] = int32(x)
		same = same && out[i] == out[0]
	}
	if same {
		return out[:1]
	}
	if len(out) == 1 || len(out) == p.n {
		return out
	}
	panic("quant: a parameter has neither one value nor one a neuron")
}
