package emulator

import (
	"math"
	"unsafe"

	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// onlyBits reports whether every packet of a chip is a spike that arrives, carries
// nothing, and is for a later tick.
func (c *Chip) onlyBits() bool {
	if c.broken.defects != nil || c.event != nil {
		return false
	}
	for k, s := range c.specs {
		if c.atOnce[k] != nil || c.parts[k] != nil || s.Graded() {
			return false
		}
	}
	return true
}

// direct is where the spikes of each slot of each core, and of each input, go.
type direct struct {
	slots  []spots
	inputs spots
}

// spots are where the spikes of some slots go: those of slot s to
// to[off[s]:off[s+1]], or, where each goes to one, to to[s].
type spots struct {
	off []uint32 // nil where each goes to one
	to  []spot
}

// of returns those of a slot.
func (s *spots) of(slot int32) []spot {
	if s.off == nil {
		return s.to[slot : slot+1]
	}
	return s.to[s.off[slot]:s.off[slot+1]]
}

// bytes is how much memory they take.
func (s *spots) bytes() int { return 4*len(s.off) + int(unsafe.Sizeof(spot{}))*len(s.to) }

// spot is an axon, a bit of a word, delay ticks from now; or the host, as core. The
// rest is for the books: the links on the way, those of them between chips, and the
// network's synapses behind it.
type spot struct {
	core, word        int32
	synapses, chipHop uint16
	hopX, hopY        uint8
	delay, bit        uint8
}

// newSpot returns a spot, or false where something is too large for one.
func newSpot(core int32, synapses int64, t trip, delay int) (spot, bool) {
	const byteMax = math.MaxUint8
	ok := max(synapses, int64(t.chipHop)) <= math.MaxUint16 && max(t.hopX, t.hopY, delay) <= byteMax
	return spot{
		core: core, synapses: uint16(synapses), chipHop: uint16(t.chipHop),
		hopX: uint8(t.hopX), hopY: uint8(t.hopY), delay: uint8(delay),
	}, ok
}

// newDirect returns where the spikes of a chip go, or nil where that does not fit
// into spots.
func (c *Chip) newDirect(behind [][]int64) *direct {
	inputs, ok := c.spots(c.inputs, noc.Host, behind)
	d := &direct{inputs: inputs, slots: make([]spots, len(c.image.Cores))}
	for k := range d.slots {
		var fits bool
		d.slots[k], fits = c.spots(c.spikeFans(k, behind), c.routers[k], behind)
		ok = ok && fits
	}
	if !ok {
		return nil
	}
	kernel.Join(len(d.slots), func(k int) *[]spot { return &d.slots[k].to })
	return d
}

// spots returns those of fans that a router, or noc.Host, sends.
func (c *Chip) spots(fans []fan, from int32, behind [][]int64) (s spots, ok bool) {
	delayed := c.image.Manifest.Arch.DelayPlace == targets.DelayAxon
	s.off, ok = make([]uint32, 1, len(fans)+1), true
	single := true
	for k := range fans {
		f := &fans[k]
		for _, dest := range f.dests {
			delay, synapses := 1, int64(0)
			if delayed {
				delay = int(dest.Delay)
			}
			if dest.Core != image.Host && f.synapses > 0 { // those behind a relay are counted where the spike came from
				synapses = behind[dest.Core][dest.Axon]
			}
			to, fits := newSpot(dest.Core, synapses, c.broken.trip(from, dest.Core, c.image.Router(dest.Core)), delay)
			ok = ok && fits
			if dest.Core != image.Host {
				to.word, to.bit = c.base[dest.Core]+dest.Axon>>6, uint8(dest.Axon&63)
			}
			s.to = append(s.to, to)
		}
		s.off = append(s.off, uint32(len(s.to)))
		single = single && len(f.dests) == 1
	}
	if single {
		s.off = nil
	}
	return s, ok
}
