package mapping

import (
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// A cell is what takes slots of one core: a neuron, with some of its copies, or a
// part of one, or a relay.
type cell struct {
	role ir.Role
	// neuron is whose it is; of a relay, the source that it relays, inputs first.
	neuron int32
	// step is which relay of a chain it is, from 1; copies is which cell it is of
	// those that have the copies.
	step   uint16
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
	// split says for each population whether its neurons have parts.
	split []bool
}

// newCells makes a cell of each neuron, or, where split says so, of each of its
// parts, and the relays that long delays need.
func newCells(w *wiring, split []*grouping) *cells {
	c := &cells{wiring: w, split: make([]bool, len(split))}
	for pop, g := range w.q.Populations {
		c.split[pop] = split[pop] != nil
		for n := g.First; n < g.First+g.N; n++ {
			whole := cell{neuron: int32(n), slots: 1, from: w.off[n], to: w.off[n+1]}
			if split[pop] == nil {
				c.list = append(c.list, whole)
			} else {
				c.list = append(c.list, split[pop].parts(w, whole)...)
			}
		}
	}
	c.relay()
	return c
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
			c.list = append(c.list, cell{role: ir.Relays, neuron: source, step: k, slots: 1, from: at, to: at + 1})
		}
	}
}

// copy gives each cell that drives nets slots for as many copies as its
// destinations need, each at most per of them; one with more copies than a core has
// slots becomes several cells.
func (c *cells) copy(need *needs, per int) {
	most := int32(c.arch.Neurons)
	list := make([]cell, 0, len(c.list))
	for _, x := range c.list {
		if x.copies > 0 {
			continue
		}
		copies := max((need.dests(x)+int32(per)-1)/int32(per), 1)
		for ; copies > 0; copies -= most {
			x.slots = min(copies, most)
			list = append(list, x)
			x.copies++
		}
	}
	c.list = list
}

// home says what drives nets: of each source the first cell.
type home struct {
	soma  []int32 // of each neuron
	relay map[relayKey]int32
}

type relayKey struct {
	source int32
	steps  uint16
}

// homes finds the cells that drive nets.
func (c *cells) homes() *home {
	h := &home{soma: make([]int32, c.q.Neurons()), relay: map[relayKey]int32{}}
	for k, x := range c.list {
		switch {
		case x.copies > 0:
		case x.role == ir.Relays:
			h.relay[relayKey{x.neuron, x.step}] = int32(k)
		case x.role == ir.Somas:
			h.soma[x.neuron] = int32(k)
		}
	}
	return h
}

// of returns the cell that drives a net, or −1 for an input.
func (h *home) of(n net, inputs int) int32 {
	switch {
	case n.steps > 0:
		return h.relay[relayKey{n.source, n.steps}]
	case int(n.source) >= inputs:
		return h.soma[int(n.source)-inputs]
	}
	return -1
}
