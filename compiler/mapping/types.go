package mapping

import (
	"iter"
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

// code says how weights are made of types.
type code struct {
	// kinds are the weights of the types.
	kinds []int16
	// sums, where set, are the weights from least on as sums of kinds; else a weight
	// is one of them.
	sums  [][]typed
	least int
}

// of returns the type of a weight, where it is no sum.
func (c *code) of(weight int16) uint8 {
	for k, w := range c.kinds {
		if w == weight {
			return uint8(k)
		}
	}
	return 0
}

// typing says how the weights into a population are made of types.
type typing struct {
	codes []code
	// at is the code of each neuron; nil where all have the first.
	at []int32
	// sums says that weights may be sums. zeros counts the synapses that weigh 0 where
	// these have no axon, since a bit that is not set is as good: not where weights are
	// drawn or learn.
	sums  bool
	zeros int
	// most is the largest number of weights that a neuron has, mostAt the neuron,
	// where they are more than the types and cannot be sums.
	most, mostAt int
}

// of returns the code of a neuron.
func (t *typing) of(neuron int) *code {
	if t.at == nil {
		return &t.codes[0]
	}
	return &t.codes[t.at[neuron]]
}

// typings finds the types of each population: one weight has one type throughout
// where there are no more weights than types, so that neurons share axons, or fewer
// types of which all weights are sums, where that takes fewer axons; else each neuron's
// are counted by themselves; and where a neuron has too many, they are sums of the kinds
// that want the fewest axons.
func (w *wiring) typings() []typing {
	out := make([]typing, len(w.q.Populations))
	counts := make([]int, 1<<16)
	for pop := range out {
		out[pop] = w.typingOf(pop, counts)
	}
	return out
}

// into yields the targets and weights of a population's synapses.
func into(q *ir.Quantized, pop int) iter.Seq2[int32, int16] {
	return func(yield func(int32, int16) bool) {
		for k := range q.Projections {
			p := &q.Projections[k]
			if p.To != pop {
				continue
			}
			for s, w := range q.Weights[k] {
				if !yield(p.Post[s], w) {
					return
				}
			}
		}
	}
}

// spectrum is the different weights of some synapses but 0, ascending, and how many
// have each.
type spectrum struct {
	weights []int16
	counts  []int
}

// typingOf finds the types of a population. counts is scratch, 0 for each weight.
func (w *wiring) typingOf(pop int, counts []int) typing {
	var common spectrum
	for _, x := range into(w.q, pop) {
		if counts[uint16(x)]++; counts[uint16(x)] == 1 && x != 0 {
			common.weights = append(common.weights, x)
		}
	}
	slices.Sort(common.weights)
	for _, x := range common.weights {
		common.counts = append(common.counts, counts[uint16(x)])
		counts[uint16(x)] = 0
	}
	zeros := counts[0]
	counts[0] = 0
	if !w.fixed(pop) {
		zeros = 0
	}
	if len(common.weights) <= targets.AxonTypes {
		if t, ok := w.fewer(pop, &common); ok {
			t.zeros = zeros
			return t
		}
		return typing{codes: []code{{kinds: common.weights}}, zeros: zeros}
	}
	each := make([][]int16, w.q.Populations[pop].N)
	for j, x := range into(w.q, pop) {
		if list := each[j]; x != 0 && !slices.Contains(list, x) && len(list) <= 2*targets.AxonTypes {
			each[j] = append(list, x)
		}
	}
	var t typing
	for i, list := range each {
		slices.Sort(list)
		if len(list) > t.most {
			t.most, t.mostAt = len(list), i
		}
	}
	if t.most <= targets.AxonTypes {
		t.most = 0
		t.codes, t.at = make([]code, len(each)), make([]int32, len(each))
		for i, list := range each {
			t.codes[i].kinds, t.at[i] = list, int32(i)
		}
		t.zeros = zeros
		return t
	}
	if w.q.Drawn(pop) {
		t.codes = []code{{kinds: common.weights}}
		return t // a drawn weight is no sum
	}
	out := w.sums(pop, &common)
	out.zeros = zeros
	return out
}

// fixed reports whether the weights into a population are neither drawn nor learn.
func (w *wiring) fixed(pop int) bool {
	for k := range w.q.Projections {
		if w.q.Projections[k].To == pop && w.q.Plastic(k) {
			return false
		}
	}
	return !w.q.Drawn(pop)
}
