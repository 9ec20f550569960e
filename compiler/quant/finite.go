package quant

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/diag"
)

// Numbers of a network are reckoned with as long as no sum or product of them
// leaves the range of a float64.
const (
	largest  = 1e100
	smallest = 1e-100
)

// finite reports a population whose numbers, as its equation needs them, are too
// large to reckon with, or all too small.
func (p *population) finite(diags *diag.List) bool {
	most := 0.0
	tell := func(what string, x float64) bool {
		diags.Add(p.np.Pos, diag.OutOfRange, "population %q: %s comes to %.3g of its unit, want magnitudes of at most %g, and the largest of weights and levels no less than %g", p.np.Name, what, x, largest, smallest)
		return false
	}
	ok := func(x float64) bool { return math.Abs(x) <= largest } // not NaN either
	for i := range p.coef {
		c := &p.coef[i]
		for _, w := range p.words {
			x := w.of(c)
			if w.kind == level {
				x = w.level(c)
				most = max(most, math.Abs(x))
			}
			if w.kind != whole && !ok(x) {
				return tell(w.name, x)
			}
		}
		if !ok(c.in) || !ok(c.steep) {
			return tell("what a synapse adds", c.in)
		}
	}
	for _, k := range p.projs {
		pr := &p.q.Projections[k]
		if few, alike := p.distinct(pr); alike && !slices.ContainsFunc(few, func(w float64) bool { return !ok(w * p.at(0).in) }) {
			for _, w := range few {
				most = max(most, math.Abs(w*p.at(0).in))
			}
			continue
		}
		for first, block := range pr.Weight.Blocks {
			for s, w := range block {
				x := w * p.at(int(pr.Post[first+s])).in
				if !ok(x) {
					return tell("a weight of projection "+p.projection(k).Name, x)
				}
				most = max(most, math.Abs(x))
			}
		}
	}
	if most > 0 && most < smallest {
		return tell("the largest of its numbers", most)
	}
	return true
}

// distinct returns the different weights of a projection, where they are few and mean
// the same to each neuron.
func (p *population) distinct(pr *ir.Projection) (few []float64, ok bool) {
	if len(p.coef) > 1 {
		return nil, false
	}
	return pr.Weight.Distinct()
}
