package quant

import (
	"math"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/isa/fixed"
)

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
		most := 0.0
		if l := p.projection(k).Learn; l != nil {
			most = furthest(l)
		}
		for s, w := range p.q.Weights[k] {
			j := int(pr.Post[s])
			learnt := most * math.Abs(p.at(j).in) * ir.At(p.out.Scale, j)
			sums[j] += max(math.Abs(float64(w)), learnt)
		}
	}
	bound := 1.0
	for i := range p.n {
		c := p.at(i)
		if scale := ir.At(p.out.Scale, i); p.eq.reserve != nil {
			bound = max(bound, p.eq.reserve(c, p.q.StateBits, sums[i]/scale)*scale)
			continue
		}
		bound = max(bound, levelHeadroom*p.most(level, c)*ir.At(p.out.Scale, i), min(inputHeadroom*sums[i], p.reach(c, sums[i])))
	}
	_, hi := fixed.Limits(p.q.StateBits)
	_, exponent := math.Frexp(float64(hi) / bound) // 2^(exponent−1) ≤ hi/bound
	return min(max(exponent-1, 0), p.maxFrac)
}

// reach is the most that a neuron's words grow to by input alone, if every
// synapse brought a spike in every tick: infinity where nothing leaks.
func (p *population) reach(c *coefficients, sum float64) float64 {
	if p.eq.settled == nil {
		return math.Inf(1)
	}
	return p.eq.settled(c, sum)
}

// unit is the integer of a potential of 1.
func (p *population) unit(i int) float64 {
	return ir.At(p.out.Scale, i) * float64(int(1)<<p.out.Frac)
}

// squareBits gives the factor of a square as many fractional bits as a word has
// room for.
func (p *population) squareBits() {
	most := 0.0
	for i := range max(len(p.coef), len(p.out.Scale)) {
		most = max(most, p.most(square, p.at(i))/p.unit(i))
	}
	if most == 0 {
		return
	}
	_, hi := fixed.Limits(p.q.StateBits)
	most *= float64(int(1) << p.out.FactorBits)
	for p.out.SquareBits < maxSquareBits && math.Round(math.Ldexp(most, p.out.SquareBits+1)) <= float64(hi) {
		p.out.SquareBits++
	}
}

// maxSquareBits is the largest shift of a product.
const maxSquareBits = 62

// parameters scales the equation's numbers, and the initial values.
func (p *population) parameters() {
	p.out.Params, p.out.Init = map[string][]int32{}, map[string][]int32{}
	for _, w := range p.words {
		count := len(p.coef)
		value := func(i int) float64 { return w.of(p.at(i)) }
		switch w.kind {
		case level:
			count = max(count, len(p.out.Scale))
			value = func(i int) float64 { return w.level(p.at(i)) * p.unit(i) }
		case factor:
			value = func(i int) float64 { return w.of(p.at(i)) * float64(int(1)<<p.out.FactorBits) }
		case square:
			count = max(count, len(p.out.Scale))
			value = func(i int) float64 {
				return math.Ldexp(w.of(p.at(i)), p.out.FactorBits+p.out.SquareBits) / p.unit(i)
			}
		case whole:
		}
		table := p.out.Params
		if w.initial {
			table = p.out.Init
		}
		table[w.name] = p.round(count, value)
	}
	if p.eq.mend != nil {
		p.eq.mend(p.out.Params, int32(1)<<p.out.FactorBits)
	}
}

// round rounds count values to state words, counts those that saturate, and
// keeps one where all are equal.
func (p *population) round(count int, value func(i int) float64) []int32 {
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
