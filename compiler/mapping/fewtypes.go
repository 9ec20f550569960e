package mapping

import (
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// Bounds of the look at whether a source reaches neurons with different weights: so many
// sources of each input and population, and so many synapses of each projection of one.
const (
	mixedSources  = 64
	mixedSynapses = 64
)

// fewer returns a typing of a population of no more weights than types in which some
// are sums of the types of others, and whether it costs less than a type for each: where
// neurons want different weights of the sources that they share.
func (w *wiring) fewer(pop int, of *spectrum) (typing, bool) {
	if len(of.weights) < 3 || !w.fixed(pop) || !w.mixed(pop) { // of two weights, the sums take two axons too
		return typing{}, false
	}
	c := w.chooser(pop, of)
	plain := c.readers.cost([]recipe{{kinds: of.weights}}, nil)
	sets := c.few()
	if len(sets) == 0 {
		return typing{}, false
	}
	best := c.pick(sets)
	if best.axons >= plain.axons {
		return typing{}, false
	}
	c.common(best)
	own := c.own()
	if c.cost.compare(plain) >= 0 {
		return typing{}, false
	}
	return c.typing(own), true
}

// mixed reports whether, of some sources of a population, one has different weights
// there.
func (w *wiring) mixed(pop int) bool {
	for k, starts := range w.starts {
		var projections []int
		for _, p := range starts {
			if w.q.Projections[p].To == pop {
				projections = append(projections, p)
			}
		}
		if len(projections) == 0 {
			continue
		}
		g, _ := w.group(k)
		for local := 0; local < g.N; local += max(1, g.N/mixedSources) {
			if w.differ(projections, local) {
				return true
			}
		}
	}
	return false
}

// differ reports whether a source has different weights but 0 among the first in some
// projections.
func (w *wiring) differ(projections []int, local int) bool {
	one := int16(0)
	for _, k := range projections {
		p := &w.q.Projections[k]
		for s := p.Off[local]; s < min(p.Off[local+1], p.Off[local]+mixedSynapses); s++ {
			switch x := w.q.Weights[k][s]; {
			case x == 0 || x == one:
			case one != 0:
				return true
			default:
				one = x
			}
		}
	}
	return false
}

// few returns sets of fewer kinds than weights that make these of few axons. Their kinds
// are weights and differences of weights, such as are summands where one weight is
// another and a kind.
func (c *chooser) few() [][]int16 {
	var values []int16
	add := func(x int) {
		if x != 0 && x >= c.least && x <= c.most && !slices.Contains(values, int16(x)) {
			values = append(values, int16(x))
		}
	}
	for _, a := range c.weights {
		add(int(a))
		for _, b := range c.weights {
			add(int(a) - int(b))
		}
	}
	c.summands = targets.AxonTypes
	var best finds
	var more func(kinds []int16, from int)
	more = func(kinds []int16, from int) {
		if len(kinds) > 1 {
			c.try(kinds, &best)
		}
		if len(kinds) == len(c.weights)-1 {
			return
		}
		for i := from; i < len(values); i++ {
			more(append(kinds, values[i]), i+1)
		}
	}
	for _, c.once = range [...]bool{false, true} {
		more(nil, 0)
	}
	lo, hi := c.ends()
	c.within((hi - lo) / 2)
	return best.sets(nil)
}
