package quant

import (
	"math"

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
		x, found := p.find(k, func(x float64) bool {
			most = max(most, math.Abs(x))
			return !ok(x)
		})
		if found {
			return tell("a weight of projection "+p.projection(k).Name, x)
		}
	}
	if most > 0 && most < smallest {
		return tell("the largest of its numbers", most)
	}
	return true
}
