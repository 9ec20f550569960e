package mapping

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// Where a target's weights are typed, a synapse is one bit: what it weighs is
// its neuron's weight for the type of the axon. So the weights of a neuron are
// four kinds at most, and a source that reaches neurons of a core as two types
// needs two axons there.

// classes returns the classes of rows, where weights are typed once for each
// type: that of class c and type t is at c·AxonTypes + t.
//
// Where a row's weights have one sign, types 0 and 1 are the signs.
func classes(q *ir.Quantized, arch *targets.Arch) []ir.Class {
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

// assignSigns gives the synapses of negative weight rows of their own. One that
// weighs nothing goes with the others of its source.
func (f *fanIn) assignSigns() {
	positive, negative := map[axonKey]bool{}, map[axonKey]bool{}
	for _, a := range f.arrivals {
		switch {
		case a.weight > 0:
			positive[a.key] = true
		case a.weight < 0:
			negative[a.key] = true
		}
	}
	for k := range f.arrivals {
		a := &f.arrivals[k]
		if a.weight < 0 || a.weight == 0 && negative[a.key] && !positive[a.key] {
			a.key += 1 << 8
		}
	}
}

// assignTypes gives the synapses of each neuron the axon type of their weight.
// Where the population has no more weights than there are types, a weight has one
// type throughout, so that neurons share axons; else each neuron's are counted by
// themselves.
func (f *fanIn) assignTypes() {
	common := f.kinds(f.arrivals)
	for i := range f.group.N {
		list := f.of(i)
		kinds := common
		if len(kinds) > targets.AxonTypes {
			kinds = f.kinds(list)
		}
		if len(kinds) > f.mostTypes {
			f.mostTypes, f.mostTypesAt = len(kinds), i
		}
		if len(kinds) > targets.AxonTypes {
			continue
		}
		for k := range list {
			if t := slices.Index(kinds, list[k].weight); t > 0 {
				list[k].key += axonKey(t) << 8
			}
		}
	}
}

// kinds returns the weights of some synapses that are not zero, ascending.
func (f *fanIn) kinds(list []arrival) []int16 {
	seen := map[int16]bool{}
	var out []int16
	for _, a := range list {
		if a.weight != 0 && !seen[a.weight] {
			seen[a.weight] = true
			out = append(out, a.weight)
		}
	}
	slices.Sort(out)
	return out
}

// fitTypes reports a neuron with more kinds of weight than there are types.
func (f *fanIn) fitTypes(diags *diag.List) {
	if f.mostTypes <= targets.AxonTypes {
		return
	}
	np := &f.q.Net.Populations[f.pop]
	advice := "quantise to fewer (2 bits are three weights)"
	if np.Model.IsInteger() {
		advice = "give it fewer"
	}
	diags.Add(np.Pos, diag.DoesNotFit, "population %q: the synapses of neuron %d have %d different weights, %d more than the %d types of axon, each of which has one weight of the neuron: %s, or choose a target whose synapses have weights of their own",
		np.Name, f.mostTypesAt, f.mostTypes, f.mostTypes-targets.AxonTypes, targets.AxonTypes, advice)
}

// fitSigns reports synapses that learn and begin below 0, where an axon has the
// sign: they may rise above it.
func (f *fanIn) fitSigns(diags *diag.List) {
	if f.arch.WeightFormat != targets.AxonSign {
		return
	}
	for k := range f.q.Projections {
		if f.q.Projections[k].To != f.pop || !f.q.Plastic(k) {
			continue
		}
		if w := least(f.q.Weights[k]); w < 0 {
			np := &f.q.Net.Projections[f.q.Projections[k].Index]
			diags.Add(np.Weights.Pos, diag.DoesNotFit, "projection %q: learns, and a weight begins at %d; the synapses of an axon of the target share a sign, which learning does not change: want weights of 0 or more", np.Name, w)
		}
	}
}

// least returns the smallest of some weights and 0.
func least(weights []int16) int16 {
	w := int16(0)
	for _, x := range weights {
		w = min(w, x)
	}
	return w
}
