package mapping

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/internal/pages"
	"github.com/weft-toolchain/weft/targets"
)

// problem is the cells as package partition sees them. profile is the number of
// spikes of each source; out is what their destinations took in the round before.
func (c *cells) problem(profile []int64, out *needs) *partition.Problem {
	p := &partition.Problem{
		Off: make([]int64, 1, len(c.list)+1), Class: make([]int32, len(c.list)),
		Home: make([]int32, len(c.nets)), Neurons: c.arch.Neurons, Axons: c.arch.Axons, FanOut: c.arch.FanOut,
	}
	if c.arch.SynapseFormat == targets.Sparse {
		p.Words, p.WordSynapses = c.arch.SynapseWords, c.arch.WordSynapses
	}
	if c.arch.NeuronFanOut > 0 {
		p.Slots = make([]int32, len(c.list))
	}
	p.Out = make([]int32, len(c.list))
	kind := kinds(c.q)
	for k, x := range c.list {
		switch x.role {
		case ir.Somas:
			p.Class[k] = kind[c.q.PopulationOf(int(x.neuron))]
		case ir.Parts:
			p.Class[k] = int32(len(kind))
		case ir.Relays:
			p.Class[k] = int32(len(kind)) + 1
		}
		if p.Slots != nil {
			p.Slots[k] = x.slots
		}
		p.Out[k] = out.of(x, c.arch.NeuronFanOut)
	}
	c.read(p)
	h := c.homes()
	for k, n := range c.nets {
		p.Home[k] = h.of(c.relayOf(n.source, n.steps))
	}
	if profile != nil {
		p.Weight = make([]int64, len(c.nets))
		for k, n := range c.nets {
			p.Weight[k] = profile[n.source]
		}
	}
	return p
}

// read fills in what each cell reads. Where each pin is a net of its own and the
// cells are in order of their pins, these are the pins themselves.
func (c *cells) read(p *partition.Problem) {
	straight := true
	at := int64(0)
	for _, x := range c.list {
		straight = straight && x.from == at
		at = x.to
		for i := x.from + 1; i < x.to && straight; i++ {
			straight = c.pins.net[i] != c.pins.net[i-1]
		}
	}
	if straight && at == int64(len(c.pins.net)) {
		p.In = c.pins.net
		for _, x := range c.list {
			p.Off = append(p.Off, x.to)
		}
		return
	}
	for _, x := range c.list {
		for i := x.from; i < x.to; i++ {
			if i > x.from && c.pins.net[i] == c.pins.net[i-1] {
				p.Synapses[len(p.Synapses)-1]++
				continue
			}
			p.In, p.Synapses = append(p.In, c.pins.net[i]), append(p.Synapses, 1)
		}
		p.Off = append(p.Off, int64(len(p.In)))
	}
}

// assemble gives cells the slots of cores, and makes the rows. Cores are in order
// of role, then of their first neuron, and are numbered so in r.
func (c *cells) assemble(r *partition.Result) *ir.Mapped {
	m := &ir.Mapped{Quantized: c.q, Arch: c.arch, Place: make([]ir.Place, c.q.Neurons()), Summed: c.doubled, Zeros: c.zeros}
	for n := range m.Place {
		m.Place[n] = ir.Nowhere
	}
	members := make([][]int32, r.Cores)
	for k := range c.list {
		members[r.Core[k]] = append(members[r.Core[k]], int32(k))
	}
	slices.SortFunc(members, func(a, b []int32) int {
		x, y := &c.list[a[0]], &c.list[b[0]]
		return cmp.Or(cmp.Compare(x.role, y.role), cmp.Compare(a[0], b[0]))
	})
	for k, list := range members {
		for _, v := range list {
			r.Core[v] = int32(k)
		}
	}
	m.Cores = make([]ir.MappedCore, len(members))
	copied := make([]int, max(c.workers, 1))
	c.parallel(len(members), func(part, from, to int) {
		rows := newRowMaker(c)
		for k := from; k < to; k++ {
			m.Cores[k] = c.core(m, k, members[k], rows)
		}
		copied[part] = rows.copied
	})
	for _, n := range copied {
		m.Copied += n
	}
	return m
}

// core makes a core of cells.
func (c *cells) core(m *ir.Mapped, k int, list []int32, rows *rowMaker) ir.MappedCore {
	out := ir.MappedCore{Role: c.list[list[0]].role}
	slots := make([]int32, len(list)) // the first of each cell
	copied := false
	for i, at := range list {
		x := &c.list[at]
		slots[i] = int32(len(out.Neurons))
		for s := range x.slots {
			if x.role == ir.Relays {
				out.Relayed = append(out.Relayed, x.relay)
				out.Neurons = append(out.Neurons, x.neuron)
				continue
			}
			own := x.copies == 0 && s == 0
			if own && x.role == ir.Somas {
				m.Place[x.neuron] = ir.Place{Core: int32(k), Slot: int32(len(out.Neurons))}
			}
			out.Neurons = append(out.Neurons, x.neuron)
			out.Copies = append(out.Copies, !own)
			copied = copied || !own
			if !own && x.role == ir.Somas {
				rows.copied += int(x.to - x.from)
			}
		}
	}
	if !copied {
		out.Copies = nil
	}
	if out.Role != ir.Relays {
		out.Population = c.q.PopulationOf(int(out.Neurons[0]))
	}
	out.Axons = rows.rows(list, slots)
	out.Dests = make([][]ir.Dest, len(out.Neurons))
	return out
}

// rowMaker makes the rows of one core after the other.
type rowMaker struct {
	*cells
	// at is the row of each net that the core reads, and counts its synapses.
	at, count []int32
	nets      []int32
	// copied counts synapses in rows for copies.
	copied int
	// free is memory that no row has yet, as pins are.
	free struct {
		slots, delays []uint16
		weights       []int16
	}
}

func newRowMaker(c *cells) *rowMaker {
	return &rowMaker{cells: c, at: make([]int32, len(c.nets)), count: make([]int32, len(c.nets))}
}

// rows returns the axons of a core of cells, whose first slots are slots, in
// order of net: inputs first, then by source, delay, class and copy.
func (r *rowMaker) rows(list, slots []int32) []ir.Axon {
	r.nets = r.nets[:0]
	total := int32(0)
	for _, k := range list {
		x := &r.list[k]
		for _, n := range r.pins.net[x.from:x.to] {
			if r.count[n] == 0 {
				r.nets = append(r.nets, n)
			}
			r.count[n] += x.slots
			total += x.slots
		}
	}
	slices.SortFunc(r.nets, func(a, b int32) int { return compareNets(&r.cells.nets[a], &r.cells.nets[b]) })
	// All rows of a core share memory, and cores what is long enough for large pages.
	all := len(r.pins.net)
	memory := ir.Axon{Slots: carve(&r.free.slots, total, all), Weights: carve(&r.free.weights, total, all)}
	if r.pins.delay != nil {
		memory.Delays = carve(&r.free.delays, total, all)
	}
	axons := make([]ir.Axon, len(r.nets))
	from := int32(0)
	for k, n := range r.nets {
		to := from + r.count[n]
		a := r.axon(&r.cells.nets[n])
		a.Slots, a.Weights = memory.Slots[from:from:to], memory.Weights[from:from:to]
		if memory.Delays != nil {
			a.Delays = memory.Delays[from:from:to]
		}
		axons[k], r.at[n], r.count[n], from = a, int32(k), 0, to
	}
	for i, k := range list {
		x := &r.list[k]
		for s := range x.slots {
			for j := x.from; j < x.to; j++ {
				a := &axons[r.at[r.pins.net[j]]]
				a.Slots, a.Weights = append(a.Slots, uint16(slots[i]+s)), append(a.Weights, r.pins.weight[j])
				if memory.Delays != nil {
					a.Delays = append(a.Delays, r.pins.delay[j])
				}
			}
		}
	}
	return axons
}

// carve takes n elements, of about all that will be taken, from those that are free, or
// from new ones where these are too few.
func carve[T any](free *[]T, n int32, all int) []T {
	const atATime = 4 << 20
	if int(n) > len(*free) {
		*free = pages.Make[T](max(int(n), min(all, atATime)))
	}
	out := (*free)[:n:n]
	*free = (*free)[n:]
	return out
}

func compareNets(a, b *net) int {
	return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.steps, b.steps), cmp.Compare(a.delay, b.delay),
		cmp.Compare(a.class, b.class), cmp.Compare(a.copy, b.copy))
}

// axon returns the row of a net, without synapses.
func (c *cells) axon(n *net) ir.Axon {
	from := c.relayOf(n.source, n.steps)
	return ir.Axon{Source: from.Source, Input: from.Input, Delay: n.delay, Copy: n.copy, Steps: from.Steps, Class: c.classes[n.class]}
}

// send lists where each spike goes, and each partial sum.
func (c *cells) send(m *ir.Mapped) {
	m.InputDests = make([][]ir.Dest, m.InputCount())
	neurons := make([][]ir.Dest, len(m.Place))
	relays := map[ir.Relay][]ir.Dest{}
	for k := range m.Cores {
		for i := range m.Cores[k].Axons {
			a := &m.Cores[k].Axons[i]
			d := ir.Dest{Core: int32(k), Axon: int32(i), Delay: int32(a.Delay)}
			switch {
			case a.Steps > 0:
				relays[a.From()] = append(relays[a.From()], d)
			case a.Input:
				m.InputDests[a.Source] = append(m.InputDests[a.Source], d)
			default:
				neurons[a.Source] = append(neurons[a.Source], d)
			}
		}
	}
	for _, o := range m.Net.Outputs {
		g := m.Populations[o]
		for n := g.First; n < g.First+g.N; n++ {
			if m.HasSlot(n) {
				neurons[n] = append(neurons[n], ir.Dest{Core: ir.Host})
			}
		}
	}
	take := func(list []ir.Dest) (mine, others []ir.Dest) {
		n := len(list)
		if per := c.arch.NeuronFanOut; per > 0 {
			n = min(n, per)
		}
		return list[:n:n], list[n:]
	}
	for k := range m.Cores {
		core := &m.Cores[k]
		for slot, n := range core.Neurons {
			switch core.Role {
			case ir.Relays:
				key := core.Relayed[slot]
				core.Dests[slot], relays[key] = take(relays[key])
			case ir.Parts:
				at := m.Place[n]
				core.Dests[slot] = []ir.Dest{{Core: at.Core, Axon: -1 - at.Slot}}
			case ir.Somas:
				core.Dests[slot], neurons[n] = take(neurons[n])
			}
		}
	}
}
