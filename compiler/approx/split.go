package approx

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
)

// splitters gives neurons with relays one more behind them each, where a neuron has
// few destinations: copies of that, for the others, have one input, and not all that
// its neuron has, each of which would want copies too.
func (w *work) splitters() {
	q := w.out.Quantized
	from := network.Ref{Index: w.pop}
	if w.arch.NeuronFanOut == 0 || !branches(q, from) {
		return
	}
	g := q.Populations[w.pop]
	out := copied(q, g.N)
	w.out.Quantized = out
	shortest := 0
	for k := range out.Projections {
		if p := &out.Projections[k]; p.From == from && len(p.Post) > 0 {
			if d := int(slices.Min(p.Delay)); shortest == 0 || d < shortest {
				shortest = d
			}
		}
	}
	w.add(out, "splitters", g.Shape, []int32{1}, []int32{0})
	splitters := network.Ref{Index: len(out.Populations) - 1}
	told := &w.out.Populations[len(w.out.Populations)-1]
	told.Splitters = g.N
	sooner := uint16(1)
	if shortest == 1 {
		told.Later, sooner = 1, 0
	}
	for k := range out.Projections {
		p := &out.Projections[k]
		if p.From != from {
			continue
		}
		p.From = splitters
		out.Net.Projections[p.Index].From = splitters
		p.Delay = slices.Clone(p.Delay)
		for i := range p.Delay {
			p.Delay[i] -= min(sooner, p.Delay[i]-1) // where there is no synapse a delay may be 1
		}
	}
	var list []edge
	for i := range g.N {
		if n := g.First + i; q.Gone(n) || q.Stands(n) != n {
			continue // it has no slot, and sends nothing
		}
		list = append(list, edge{source: int32(i), post: int32(i), delay: 1, units: 1, unit: 1, weight: 1})
	}
	w.project(out, from, g, splitters.Index, list)
	if w.out.Profile != nil {
		first := q.InputCount() + g.First
		w.out.Profile = slices.Concat(w.out.Profile, w.out.Profile[first:first+g.N])
	}
}

// branches reports whether a neuron of a population has more than one synapse.
func branches(q *ir.Quantized, from network.Ref) bool {
	count := make([]int32, q.Populations[from.Index].N)
	for k := range q.Projections {
		if p := &q.Projections[k]; p.From == from {
			for i := range count {
				if count[i] += p.Off[i+1] - p.Off[i]; count[i] > 1 {
					return true
				}
			}
		}
	}
	return false
}
