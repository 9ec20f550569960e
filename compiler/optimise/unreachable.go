package optimise

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
)

// Unreachable returns q without the neurons from which no path of synapses leads to
// anything that is looked at: a neuron of the network's outputs or of a population
// that is watched, one that never fires, whose potential is what it is there for, or
// one whose synapses learn.
// The spikes of the neurons that are left are what they were. The error, for a network
// without outputs, is a *diag.Error.
func Unreachable(q *ir.Quantized, o network.Optimise, watched []int) (*ir.Quantized, []ir.Effect, error) {
	if len(q.Net.Outputs) == 0 {
		return nil, nil, refuse(q.Graph, o, diag.Unsupported, "unreachable: the network has no outputs, and so no neuron leads to one: name them, outputs: [%s]", q.Populations[len(q.Populations)-1].Name)
	}
	wanted := make([]bool, q.Neurons())
	var queue []int
	want := func(n int) {
		// What stands for a neuron is wanted with it.
		for _, n := range []int{n, q.Stands(n)} {
			if !wanted[n] && !q.Gone(n) {
				wanted[n] = true
				queue = append(queue, n)
			}
		}
	}
	all := func(g *ir.Group) {
		for n := g.First; n < g.First+g.N; n++ {
			want(n)
		}
	}
	for _, k := range slices.Concat(q.Net.Outputs, watched) {
		all(&q.Populations[k])
	}
	for k := range q.Populations {
		if q.Pops[k].Model.Silent() {
			all(&q.Populations[k])
		}
	}
	for k := range q.Projections {
		if q.Plastic(k) {
			for _, j := range q.Projections[k].Post {
				want(q.Populations[q.Projections[k].To].First + int(j))
			}
		}
	}
	sources := incoming(q)
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, s := range sources.of(n) {
			want(int(s))
		}
	}
	gone := make([]bool, len(wanted))
	for n := range gone {
		gone[n] = !wanted[q.Stands(n)] // a double of one that stays costs nothing
	}
	out := without(q, gone, gone)
	if out.SameAs != nil {
		// A neuron that is gone is nobody's double.
		out.SameAs = append([]int32(nil), out.SameAs...)
		for n := range gone {
			if gone[n] {
				out.SameAs[n] = int32(n)
			}
		}
	}
	return out, removed(q, out), nil
}

// adjacency lists neurons by neuron.
type adjacency struct{ off, list []int32 }

func (a *adjacency) of(n int) []int32 { return a.list[a.off[n]:a.off[n+1]] }

// incoming lists the neurons that have synapses to each neuron, once for every
// synapse.
func incoming(q *ir.Quantized) *adjacency {
	a := &adjacency{off: make([]int32, q.Neurons()+1)}
	each := func(f func(source, target int)) {
		for k := range q.Projections {
			p := &q.Projections[k]
			if p.From.Input {
				continue
			}
			from, to := q.Populations[p.From.Index].First, q.Populations[p.To].First
			for i := range len(p.Off) - 1 {
				for _, j := range p.Post[p.Off[i]:p.Off[i+1]] {
					f(from+i, to+int(j))
				}
			}
		}
	}
	each(func(_, target int) { a.off[target+1]++ })
	for n := range len(a.off) - 1 {
		a.off[n+1] += a.off[n]
	}
	a.list = make([]int32, a.off[len(a.off)-1])
	next := append([]int32(nil), a.off...)
	each(func(source, target int) {
		a.list[next[target]] = int32(source)
		next[target]++
	})
	return a
}
