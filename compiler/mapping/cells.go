package mapping

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// A cell is what takes slots of one core: a neuron, with some of its copies, or a
// part of one, or a relay.
type cell struct {
	role ir.Role
	// neuron is whose it is, or −1 of a relay; relay is what that relays.
	neuron int32
	relay  ir.Relay
	// copies is which cell it is of those that have the copies.
	copies int32
	// slots is how many slots it takes.
	slots int32
	// from and to are its pins.
	from, to int64
}

// cells are all that takes slots, in order of their pins.
type cells struct {
	*wiring
	list []cell
}

// newCells makes a cell of each neuron that needs a slot, or, where split says so,
// of each of its parts, and the relays that long delays need.
func newCells(w *wiring, split []*grouping) *cells {
	c := &cells{wiring: w}
	for pop := range split {
		c.population(pop, split[pop])
	}
	c.relay()
	return c
}

// population adds the cells of a population's neurons, or of their parts where it
// is split.
func (c *cells) population(pop int, split *grouping) {
	g := &c.q.Populations[pop]
	c.list = slices.Grow(c.list, g.N)
	for n := g.First; n < g.First+g.N; n++ {
		if !c.q.HasSlot(n) {
			continue
		}
		whole := cell{neuron: int32(n), slots: 1, from: c.off[n], to: c.off[n+1]}
		if split == nil {
			c.list = append(c.list, whole)
		} else {
			c.list = append(c.list, split.parts(c.wiring, whole)...)
		}
	}
}

// reading returns the cells of one population with a numbering of their own for the
// nets that they read, so that what is looked for grows with these.
func (c *cells) reading(nets []int32) *cells {
	if len(nets) == 0 || len(nets) == len(c.nets) {
		return c
	}
	number := make([]int32, nets[len(nets)-1]-nets[0]+1)
	w := *c.wiring
	w.nets = make([]net, len(nets))
	for k, x := range nets {
		number[x-nets[0]], w.nets[k] = int32(k), c.nets[x]
	}
	from, to := c.list[0].from, c.list[len(c.list)-1].to
	w.pins = pins{net: make([]int32, to-from)}
	for i, x := range c.pins.net[from:to] {
		w.pins.net[i] = number[x-nets[0]]
	}
	out := &cells{wiring: &w, list: slices.Clone(c.list)}
	for k := range out.list {
		out.list[k].from -= from
		out.list[k].to -= from
	}
	return out
}

// relay adds the relays that nets need, and the nets that these read.
func (c *cells) relay() {
	longest := map[int32]uint16{} // of each source, how many relays
	var order []int32
	for _, n := range c.nets {
		if n.steps == 0 {
			continue
		}
		if longest[n.source] == 0 {
			order = append(order, n.source)
		}
		longest[n.source] = max(longest[n.source], n.steps)
	}
	atAxon := c.arch.DelayPlace == targets.DelayAxon
	for _, source := range order {
		for k := uint16(1); k <= longest[source]; k++ {
			in := net{source: source, steps: k - 1}
			delay := uint16(c.arch.MaxDelay)
			if atAxon {
				in.delay, delay = delay, 0
			}
			at := int64(len(c.pins.net))
			c.pins.net = append(c.pins.net, c.add(in))
			c.pins.weight = append(c.pins.weight, 1)
			if c.pins.delay != nil {
				c.pins.delay = append(c.pins.delay, delay)
			}
			c.list = append(c.list, cell{role: ir.Relays, neuron: -1, relay: c.relayOf(source, k), slots: 1, from: at, to: at + 1})
		}
	}
}

// relayOf names a relay, or with no steps a source itself; sources count inputs
// first.
func (w *wiring) relayOf(source int32, steps uint16) ir.Relay {
	if int(source) < w.inputs {
		return ir.Relay{Source: source, Input: true, Steps: steps}
	}
	return ir.Relay{Source: source - int32(w.inputs), Steps: steps}
}

// home says what drives nets: of each source the first cell.
type home struct {
	soma  []int32 // of each neuron from first on
	first int32
	relay map[ir.Relay]int32
}

// homes finds the cells that drive nets.
func (c *cells) homes() *home {
	first, last := int32(math.MaxInt32), int32(-1)
	for _, x := range c.list {
		if x.role == ir.Somas {
			first, last = min(first, x.neuron), max(last, x.neuron)
		}
	}
	h := &home{soma: make([]int32, max(last-first+1, 0)), first: first, relay: map[ir.Relay]int32{}}
	for k, x := range c.list {
		switch {
		case x.copies > 0:
		case x.role == ir.Relays:
			h.relay[x.relay] = int32(k)
		case x.role == ir.Somas:
			h.soma[x.neuron-first] = int32(k)
		}
	}
	return h
}

// of returns the cell that drives a source's spikes, or −1 for an input. Of a neuron
// without a cell it is the first.
func (h *home) of(r ir.Relay) int32 {
	switch {
	case r.Steps > 0:
		return h.relay[r]
	case r.Input:
		return -1
	}
	if i := int(r.Source) - int(h.first); i >= 0 && i < len(h.soma) {
		return h.soma[i]
	}
	return 0
}
