package mapping

import (
	"iter"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// Where a target's weights are typed, a synapse is one bit: what it weighs is
// its neuron's weight for the type of the axon. So the weights of a neuron are
// four kinds at most, and a source that reaches neurons of a core as two types
// needs two axons there. A neuron with more kinds has weights that are sums: its
// source has an axon of each type of the sum.

// rowClasses returns the classes of rows, where weights are typed once for each
// type: that of class c and type t is at c·AxonTypes + t.
//
// Where a row's weights have one sign, types 0 and 1 are the signs.
func rowClasses(q *ir.Quantized, arch *targets.Arch) []ir.Class {
	if arch.WeightFormat != targets.Typed && arch.WeightFormat != targets.AxonSign {
		return q.Classes
	}
	var out []ir.Class
	for _, c := range q.Classes {
		for t := range targets.AxonTypes {
			c.Type = uint8(t)
			out = append(out, c)
		}
	}
	return out
}

// typed is a synapse of one bit: the type of its axon, and what it weighs.
type typed struct {
	axonType uint8
	weight   int16
}

// typing says how the weights into a population are made of types.
type typing struct {
	// kinds are the weights of the types: one list for all neurons, or one each.
	kinds [][]int16
	// sums, where set, are the weights from least on as sums of kinds[0].
	sums  [][]typed
	least int
	// most is the largest number of weights that a neuron has, mostAt the neuron,
	// where they are more than the types and cannot be sums.
	most, mostAt int
}

// of returns the type of a weight into a neuron, where it is no sum.
func (t *typing) of(neuron int, weight int16) uint8 {
	kinds := t.kinds[0]
	if len(t.kinds) > 1 {
		kinds = t.kinds[neuron]
	}
	for k, w := range kinds {
		if w == weight {
			return uint8(k)
		}
	}
	return 0
}

// typings finds the types of each population: one weight has one type throughout
// where there are no more weights than types, so that neurons share axons; else
// each neuron's are counted by themselves; and where a neuron has too many, all
// are sums.
func typings(q *ir.Quantized) []typing {
	out := make([]typing, len(q.Populations))
	counts := make([]int, 1<<16)
	for pop := range q.Populations {
		out[pop] = typingOf(q, pop, counts)
	}
	return out
}

// into yields the targets and weights of a population's synapses that weigh something.
func into(q *ir.Quantized, pop int) iter.Seq2[int32, int16] {
	return func(yield func(int32, int16) bool) {
		for k := range q.Projections {
			p := &q.Projections[k]
			if p.To != pop {
				continue
			}
			for s, w := range q.Weights[k] {
				if w != 0 && !yield(p.Post[s], w) {
					return
				}
			}
		}
	}
}

// typingOf finds the types of a population. counts is scratch, 0 for each weight.
func typingOf(q *ir.Quantized, pop int, counts []int) typing {
	var common []int16
	for _, w := range into(q, pop) {
		if counts[uint16(w)]++; counts[uint16(w)] == 1 {
			common = append(common, w)
		}
	}
	slices.Sort(common)
	often := make(map[int16]int, len(common))
	for _, w := range common {
		often[w], counts[uint16(w)] = counts[uint16(w)], 0
	}
	t := typing{kinds: [][]int16{common}}
	if len(common) <= targets.AxonTypes {
		return t
	}
	each := make([][]int16, q.Populations[pop].N)
	for j, w := range into(q, pop) {
		if list := each[j]; !slices.Contains(list, w) && len(list) <= 2*targets.AxonTypes {
			each[j] = append(list, w)
		}
	}
	for i, list := range each {
		slices.Sort(list)
		if len(list) > t.most {
			t.most, t.mostAt = len(list), i
		}
	}
	if t.most <= targets.AxonTypes {
		t.kinds, t.most = each, 0
		return t
	}
	if q.Drawn(pop) {
		return t // a drawn weight is no sum
	}
	t.most = 0
	t.sum(often)
	return t
}

// sum makes every weight a sum of four.
func (t *typing) sum(counts map[int16]int) {
	lo, hi := 0, 0
	for w := range counts {
		lo, hi = min(lo, int(w)), max(hi, int(w))
	}
	kinds := binaryKinds(lo, hi)
	if kinds == nil {
		kinds = searchKinds(counts, lo, hi)
	}
	t.kinds, t.least = [][]int16{kinds}, lo
	coins := newCoins(kinds, lo, hi)
	t.sums = make([][]typed, hi-lo+1)
	for w := range counts { // others need not be sums of these kinds
		t.sums[int(w)-lo] = coins.sum(int(w))
	}
	t.sums[-lo] = []typed{{}}
}

// binaryKinds returns the binary digits of numbers from lo to hi, the highest
// negative where some are, if they are no more than the types: so a source has as
// many axons, which all neurons share, as there are digits.
func binaryKinds(lo, hi int) []int16 {
	for digits := 1; digits <= targets.AxonTypes; digits++ {
		top := 1 << (digits - 1)
		kinds := make([]int16, digits)
		for k := range kinds {
			kinds[k] = 1 << k
		}
		if lo >= 0 && hi < 2*top {
			return kinds
		}
		kinds[digits-1] = int16(-top)
		if lo >= -top && hi < top {
			return kinds
		}
	}
	return nil
}

// searchKinds looks for four numbers of which all weights are sums with few
// summands, by changing one at a time for the best.
func searchKinds(counts map[int16]int, lo, hi int) []int16 {
	best := []int16{1, int16(max(hi, 2) / 2), -1, int16(min(lo, -2) / 2)}
	cost := func(kinds []int16) int {
		c := newCoins(kinds, lo, hi)
		total := 0
		for w, n := range counts {
			total += n * c.count[int(w)-c.least]
		}
		return total
	}
	least := cost(best)
	for improved := true; improved; {
		improved = false
		for k := range best {
			for x := lo; x <= hi; x++ {
				if x == 0 {
					continue
				}
				was := best[k]
				best[k] = int16(x)
				if c := cost(best); c < least {
					least, improved = c, true
				} else {
					best[k] = was
				}
			}
		}
	}
	return best
}

// coins makes numbers of the fewest summands.
type coins struct {
	kinds []int16
	// count is the number of summands of each number from least on; last the kind
	// of one of them.
	count []int
	last  []uint8
	least int
}

// unreachable is the count of numbers that are no sum.
const unreachable = math.MaxInt32

// newCoins finds the sums of kinds from lo to hi whose partial sums are not
// farther from 0 than twice the range.
func newCoins(kinds []int16, lo, hi int) *coins {
	reach := 2 * max(hi, -lo)
	c := &coins{kinds: kinds, count: make([]int, 2*reach+1), last: make([]uint8, 2*reach+1), least: -reach}
	for k := range c.count {
		c.count[k] = unreachable
	}
	c.count[reach] = 0
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		for k, kind := range kinds {
			to := queue[0] + int(kind)
			if to < -reach || to > reach || c.count[to+reach] != unreachable {
				continue
			}
			c.count[to+reach], c.last[to+reach] = c.count[queue[0]+reach]+1, uint8(k)
			queue = append(queue, to)
		}
	}
	return c
}

// sum returns the summands of w, in order of type.
func (c *coins) sum(w int) []typed {
	var out []typed
	for w != 0 {
		k := c.last[w-c.least]
		out = append(out, typed{k, c.kinds[k]})
		w -= int(c.kinds[k])
	}
	slices.SortFunc(out, func(a, b typed) int { return int(a.axonType) - int(b.axonType) })
	return out
}
