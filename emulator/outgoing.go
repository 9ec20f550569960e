package emulator

import (
	"math"
	"math/bits"
	"slices"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/isa/image"
)

// outgoing has synapses by the slot that sends, for cores whose rows are so short that the
// way to one takes longer than to add it up: all that a spike changes stands together, and
// no bits of axons are written, found and looked up.
type outgoing struct {
	// first is the number of each core's first slot among those of the chip.
	first []int32
	// of slot s are synapses[off[s]:off[s+1]], ascending: each the number of a sum, and in
	// the lowest weightBits what is added to it.
	off        []int32
	synapses   []uint32
	weightBits int
	// to are the cores that a slot's go to, coresABit of them a bit.
	to        []someCores
	coresABit int
	// sums has the number of each core's first sum: the same as of the next one for a core
	// that has none.
	sums []int32
	// axons has a bit, where pending spikes have one, for each axon that is reached so;
	// direct is where the spikes of slots go besides.
	axons  []uint64
	direct []spots
}

// newOutgoing returns what neurons send that way, or nil where none does.
func (c *Chip) newOutgoing() *outgoing {
	if c.direct == nil || c.mode == Cycle {
		return nil
	}
	o := &outgoing{first: []int32{0}, sums: []int32{0}, axons: make([]uint64, c.words), weightBits: 1, coresABit: coresABit(len(c.specs))}
	lanes, any := 0, false
	for k, s := range c.specs {
		o.first = append(o.first, o.first[k]+int32(len(c.image.Cores[k].Neurons)))
		if s.Scatters() {
			any = true
			lanes += s.Lanes()
			o.weightBits = max(o.weightBits, s.WeightBits())
		}
		o.sums = append(o.sums, int32(lanes))
	}
	if !any || bits.Len(uint(lanes))+o.weightBits > 32 {
		return nil
	}
	o.markAxons(c)
	if !o.list(c) {
		return nil
	}
	o.direct = make([]spots, len(c.specs))
	for k := range o.direct {
		o.direct[k] = o.besides(&c.direct.slots[k], len(c.image.Cores[k].Neurons))
	}
	return o
}

// scatters reports whether others add to the sums of a core.
func (o *outgoing) scatters(k int) bool { return o != nil && o.sums[k] < o.sums[k+1] }

// has reports whether a spot is reached that way.
func (o *outgoing) has(to *spot) bool {
	return to.core != image.Host && o.axons[to.word]>>(to.bit&63)&1 != 0
}

// markAxons marks the axons that are of one slot alone, a tick away: what several send, or
// one sends several times, counts once in a tick.
func (o *outgoing) markAxons(c *Chip) {
	others := make([]uint64, len(o.axons))
	see := func(to *spot, alone bool) {
		if to.core == image.Host || !o.scatters(int(to.core)) {
			return
		}
		bit := uint64(1) << (to.bit & 63)
		if o.axons[to.word]&bit != 0 || !alone {
			others[to.word] |= bit
		}
		o.axons[to.word] |= bit
	}
	for i := range c.direct.inputs.to {
		see(&c.direct.inputs.to[i], false)
	}
	for k := range c.direct.slots {
		list := c.direct.slots[k].to
		for i := range list {
			see(&list[i], list[i].delay == 1)
		}
	}
	for w, set := range others {
		o.axons[w] &^= set
	}
}

// list fills synapses, or reports that they are too many. It has all processors at work.
func (o *outgoing) list(c *Chip) bool {
	slots := int(o.first[len(c.specs)])
	o.off, o.to = make([]int32, slots+1), make([]someCores, slots)
	o.each(c, func(slot int, rows []rowOf) {
		for _, r := range rows {
			o.off[slot+1] += int32(len(r.synapses))
			o.to[slot].add(int(r.core) / o.coresABit)
		}
	})
	all := int64(0)
	for s := range slots {
		all += int64(o.off[s+1])
		o.off[s+1] = int32(all)
	}
	if all > math.MaxInt32 {
		return false
	}
	o.synapses = make([]uint32, all)
	o.each(c, func(slot int, rows []rowOf) {
		of := o.synapses[o.off[slot]:o.off[slot+1]:o.off[slot+1]]
		at := of[:0]
		for _, r := range rows {
			for _, s := range r.synapses {
				at = append(at, (uint32(o.sums[r.core])+s.Slot())<<o.weightBits|uint32(s.Weight())&(1<<o.weightBits-1))
			}
		}
		slices.Sort(of)
	})
	return true
}

// rowOf is a row of a core.
type rowOf struct {
	core     int32
	synapses []core.Listed
}

// each calls f for each slot of the chip with the rows that it adds to.
func (o *outgoing) each(c *Chip, f func(slot int, rows []rowOf)) {
	eachCore(len(c.specs), func() func(k int) {
		var rows []rowOf
		return func(k int) {
			for slot := range c.image.Cores[k].Neurons {
				rows = rows[:0]
				list := c.direct.slots[k].of(int32(slot))
				for i := range list {
					if to := &list[i]; o.has(to) {
						rows = append(rows, rowOf{to.core, c.specs[to.core].List(c.axonOf(to))})
					}
				}
				f(int(o.first[k])+slot, rows)
			}
		}
	})
}

// axonOf returns the axon of a spot.
func (c *Chip) axonOf(to *spot) int32 { return (to.word-c.base[to.core])<<6 | int32(to.bit) }

// besides returns those of the spots of some slots that are not reached that way.
func (o *outgoing) besides(s *spots, slots int) (out spots) {
	out.off = make([]uint32, 1, slots+1)
	for slot := range slots {
		for _, to := range s.of(int32(slot)) {
			if !o.has(&to) {
				out.to = append(out.to, to)
			}
		}
		out.off = append(out.off, uint32(len(out.to)))
	}
	return out
}

// someCores is a set of cores that may have more in it than were added: on a chip of more
// than it has bits, each is for several, one behind the other.
type someCores [4]uint64

// coresABit is how many cores a bit is for, of a chip of so many.
func coresABit(cores int) int { return (cores-1)/(64*len(someCores{})) + 1 }

func (s *someCores) add(bit int)      { s[bit>>6] |= 1 << (bit & 63) }
func (s *someCores) has(bit int) bool { return s[bit>>6]>>(bit&63)&1 != 0 }
func (s *someCores) join(o *someCores) {
	for k, set := range o {
		s[k] |= set
	}
}
