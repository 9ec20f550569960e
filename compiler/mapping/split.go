package mapping

import (
	"context"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/targets"
)

// Where the target adds partial sums within a tick, a neuron may be split: parts,
// in cores of their own, sum some of its inputs and send the sum to it. What it
// does stays the same to the bit, as long as no partial sum saturates.

// grouping parts the nets that a population reads into groups, each of no more
// than the axons of a core. Each neuron then has one part for each group that it
// reads, of which one is in the neuron's own slot.
type grouping struct {
	pop int
	// of is the group of each net that the population reads, from first on.
	of    []int32
	first int32
	// own is the group of each neuron that is read where the neuron is.
	own    []int32
	groups int
}

// splittable reports whether neurons of a population may have parts: whether the
// target adds partial sums, and these are exact.
func splittable(w *wiring, pop int) bool {
	if !w.arch.PartialSums || w.arch.NeuronFanOut > 0 {
		return false
	}
	for k := range w.q.Projections {
		p := &w.q.Projections[k]
		if p.To != pop {
			continue
		}
		if c := w.q.Classes[w.q.ClassOf[k]]; c.Plastic || c.Silent {
			return false
		}
		// Its spikes are graded: what a part sums is a product.
		if !p.From.Input && w.q.Pops[p.From.Index].Model == network.LoihiTernary {
			return false
		}
	}
	limit := int64(1) << (min(w.arch.StateBits, sumBits) - 1)
	g := &w.q.Populations[pop]
	shifted := slices.ContainsFunc(w.classes, func(c ir.Class) bool { return c.Exp > 0 })
	over := make([]bool, max(w.workers, 1))
	w.parallel(g.N, func(part, from, to int) {
		for i := from; i < to && !over[part]; i++ {
			over[part] = w.sum(g.First+i, shifted) >= limit
		}
	})
	return !slices.Contains(over, true)
}

// sum returns the largest sum that a neuron's weights may come to; shifted says that
// some class shifts them.
func (w *wiring) sum(n int, shifted bool) int64 {
	p := w.of(n)
	sum := int64(0)
	for i, weight := range p.weight {
		exp := 0
		if shifted {
			exp = max(int(w.classes[w.nets[p.net[i]].class].Exp), 0)
		}
		sum += int64(max(weight, -weight)) << exp
	}
	return sum
}

// sumBits is the width of a partial sum: see ISA.md, extension G.
const sumBits = 24

// readBy lists the nets that a population reads, in order. Marks has one element a
// net, none of which is the population's number and one.
func (w *wiring) readBy(pop int, marks []int32) []int32 {
	var nets []int32
	g := &w.q.Populations[pop]
	for _, x := range w.pins.net[w.off[g.First]:w.off[g.First+g.N]] {
		if marks[x] != int32(pop)+1 {
			marks[x] = int32(pop) + 1
			nets = append(nets, x)
		}
	}
	slices.Sort(nets)
	return nets
}

// fitsInOrder reports whether a population takes no more than so many cores if each
// is filled with the neurons that come next; where synapses have words, it does not
// look. nets are those that it reads.
func (w *wiring) fitsInOrder(pop int, nets []int32, most int) bool {
	g := &w.q.Populations[pop]
	if w.arch.SynapseFormat == targets.Sparse || len(nets) == 0 {
		return false
	}
	in := make([]int32, nets[len(nets)-1]-nets[0]+1) // the last core that reads each net
	cores, neurons, axons := int32(0), 0, 0
	for n := g.First; n < g.First+g.N; n++ {
		mine := w.of(n).net
		fresh := 0
		for _, x := range mine {
			if in[x-nets[0]] != cores {
				fresh++
			}
		}
		if cores == 0 || neurons == w.arch.Neurons || axons+fresh > w.arch.Axons {
			if int(cores) == most {
				return false
			}
			cores, neurons, axons, fresh = cores+1, 0, 0, len(mine)
		}
		for _, x := range mine {
			in[x-nets[0]] = cores
		}
		neurons, axons = neurons+1, axons+fresh
	}
	return true
}

// group finds groups of the nets that a population reads, so that neurons have few
// parts.
func group(ctx context.Context, w *wiring, pop int, nets []int32, opt partition.Options) (*grouping, error) {
	first, last := nets[0], nets[len(nets)-1]
	out := &grouping{pop: pop, of: make([]int32, last-first+1), first: first, own: make([]int32, w.q.Populations[pop].N)}
	if err := out.dual(ctx, w, nets, opt); err != nil {
		return nil, err
	}
	out.choose(w)
	return out, nil
}

// dual groups nets: as vertices that read the neurons that read them.
func (g *grouping) dual(ctx context.Context, w *wiring, nets []int32, opt partition.Options) error {
	pop := &w.q.Populations[g.pop]
	at := make([]int32, len(g.of))
	for k, x := range nets {
		at[x-g.first] = int32(k)
	}
	p := &partition.Problem{Off: make([]int64, len(nets)+1), Home: make([]int32, pop.N), Neurons: w.arch.Axons, Axons: pop.N}
	each := func(f func(net int32, neuron int32)) {
		for i := range pop.N {
			last := int32(-1)
			for _, x := range w.of(pop.First + i).net {
				if x != last { // sparse rows may hold two synapses of a pair
					f(at[x-g.first], int32(i))
				}
				last = x
			}
		}
	}
	each(func(net, _ int32) { p.Off[net+1]++ })
	for k := range nets {
		p.Off[k+1] += p.Off[k]
	}
	p.In = make([]int32, p.Off[len(nets)])
	next := slices.Clone(p.Off)
	each(func(net, neuron int32) { p.In[next[net]] = neuron; next[net]++ })
	for i := range p.Home {
		p.Home[i] = -1
	}
	r, err := partition.Partition(ctx, p, opt)
	if err != nil {
		return err
	}
	for k, x := range nets {
		g.of[x-g.first] = r.Core[k]
	}
	g.groups = r.Cores
	return nil
}

// choose finds each neuron's own group: the group that most neurons read first,
// so that cores hold either neurons or parts of one group.
func (g *grouping) choose(w *wiring) {
	pop := &w.q.Populations[g.pop]
	readers := make([][]int32, g.groups)
	seen := make([]int32, g.groups)
	for i := range pop.N {
		g.own[i] = -1
		for _, x := range w.of(pop.First + i).net {
			if k := g.of[x-g.first]; seen[k] != int32(i)+1 {
				seen[k] = int32(i) + 1
				readers[k] = append(readers[k], int32(i))
			}
		}
	}
	order := make([]int32, g.groups)
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return len(readers[b]) - len(readers[a]) })
	for _, k := range order {
		for _, i := range readers[k] {
			if g.own[i] < 0 {
				g.own[i] = k
			}
		}
	}
}

// parts returns the cells of a neuron: itself, with the pins of its own group,
// then its parts. It orders the pins by group.
func (g *grouping) parts(w *wiring, whole cell) []cell {
	p := w.of(int(whole.neuron))
	own := g.own[int(whole.neuron)-w.q.Populations[g.pop].First]
	rank := func(x int32) int32 {
		if k := g.of[x-g.first]; k != own {
			return k
		}
		return -1
	}
	p.sortBy(func(a, b int32) int { return int(rank(a)) - int(rank(b)) })
	out := []cell{{neuron: whole.neuron, slots: 1, from: whole.from, to: whole.from}}
	for i, x := range p.net {
		last := &out[len(out)-1]
		if i > 0 && rank(x) != rank(p.net[i-1]) {
			out = append(out, cell{role: ir.Parts, neuron: whole.neuron, slots: 1, from: last.to, to: last.to + 1})
			continue
		}
		last.to++
	}
	return out
}

// undo puts the pins of the population back in order of net.
func (g *grouping) undo(w *wiring) {
	pop := &w.q.Populations[g.pop]
	for n := pop.First; n < pop.First+pop.N; n++ {
		p := w.of(n)
		p.sort()
	}
}
