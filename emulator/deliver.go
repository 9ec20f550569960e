package emulator

import (
	"math/bits"
	"slices"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// direct is where spikes go on a chip whose functional mode needs no packets:
// everything arrives, as it is, in a later tick. Nil for other chips.
type direct struct {
	// base is where each core's axons begin in a word of the machine's pending ones.
	base []int32
	// words is how many there are.
	words int
	// slots and inputs are the axons that spikes go to, by core and slot, and input.
	slots  []spots
	inputs spots
}

// spots are where the spikes of some slots go: those of slot s to
// to[off[s]:off[s+1]].
type spots struct {
	off []uint32
	to  []spot
}

// of returns those of a slot.
func (s *spots) of(slot int32) []spot { return s.to[s.off[slot]:s.off[slot+1]] }

// spot is an axon: a bit of a word, delay ticks from now.
type spot struct {
	word, core int32
	delay      uint16
	bit        uint8
}

// newDirect returns where the spikes of a chip go, or nil where some take packets.
func (c *Chip) newDirect() *direct {
	if c.mode != Functional || c.broken.defects != nil || c.event != nil {
		return nil
	}
	d := &direct{}
	for k := range c.image.Cores {
		if c.atOnce[k] != nil || c.parts[k] != nil || c.specs[k].Graded() {
			return nil
		}
		d.base = append(d.base, int32(d.words))
		d.words += (len(c.image.Cores[k].Rows) + 63) / 64
	}
	for k := range c.image.Cores {
		d.slots = append(d.slots, d.spots(c, c.slots[k]))
	}
	d.inputs = d.spots(c, c.inputs)
	return d
}

func (d *direct) spots(c *Chip, fans []fan) spots {
	delayed := c.image.Manifest.Arch.DelayPlace == targets.DelayAxon
	s := spots{off: make([]uint32, 1, len(fans)+1)}
	for k := range fans {
		for _, to := range fans[k].dests {
			if to.Core == image.Host {
				continue
			}
			delay := uint16(1)
			if delayed {
				delay = uint16(to.Delay)
			}
			s.to = append(s.to, spot{word: d.base[to.Core] + to.Axon>>6, core: to.Core, delay: delay, bit: uint8(to.Axon & 63)})
		}
		s.off = append(s.off, uint32(len(s.to)))
	}
	s.to = slices.Clip(s.to)
	return s
}

// sent is what was sent directly: how often each slot of each core, and each input,
// spiked, and the packets that each core received.
type sent struct {
	slots    [][]uint32
	inputs   []uint32
	received []int64
}

func newSent(c *Chip) sent {
	s := sent{inputs: make([]uint32, len(c.inputs)), received: make([]int64, len(c.specs)), slots: make([][]uint32, len(c.specs))}
	for k := range s.slots {
		s.slots[k] = make([]uint32, len(c.slots[k]))
	}
	return s
}

func (s *sent) reset() {
	for _, counts := range s.slots {
		clear(counts)
	}
	clear(s.inputs)
	clear(s.received)
}

// tickDirect is Tick without packets.
func (m *Machine) tickDirect(inputs []int32) {
	m.now = int(m.tick % int64(len(m.pending)))
	for _, in := range inputs {
		m.sent.inputs[in]++
		m.deliverTo(m.chip.direct.inputs.of(in))
	}
	m.each(m.runDirectly)
	m.broadcast = m.broadcastOf(inputs)
}

// runDirect runs a core and delivers its spikes.
func (m *Machine) runDirect(k int) {
	c := m.cores[k]
	c.StartTick(m.tick, m.broadcast)
	c.Integrate(m.tick)
	c.Update(m.tick)
	c.Learn()
	m.rested(k)
	if len(c.Fired) == 0 {
		return
	}
	m.tell(k, c.Fired)
	counts, to := m.sent.slots[k], &m.chip.direct.slots[k]
	for _, slot := range c.Fired {
		counts[slot]++
		m.deliverTo(to.of(slot))
	}
}

// deliverTo writes a spike to its axons.
func (m *Machine) deliverTo(list []spot) {
	for i := range list {
		to := &list[i]
		at := m.now + int(to.delay)
		if at >= len(m.pending) {
			at -= len(m.pending)
		}
		m.pending[at][to.word] |= 1 << (to.bit & 63)
		m.awake.due[at].add(to.core)
		m.sent.received[to.core]++
	}
}

// tell notes the neurons that fire in slots of a core, but for copies, parts and
// relays.
func (m *Machine) tell(k int, slots []int32) {
	neurons, populations, roles := m.chip.image.Cores[k].Neurons, m.chip.populations[k], m.chip.roles[k]
	if p := m.chip.alone[k]; p >= 0 {
		m.spikes[p] += int64(len(slots))
		for _, slot := range slots {
			m.fired = append(m.fired, neurons[slot])
		}
		return
	}
	for _, slot := range slots {
		if roles == nil || roles[slot] == image.Own {
			m.spikes[populations[slot]]++
			m.fired = append(m.fired, neurons[slot])
		}
	}
}

// sortFired puts the neurons that fired in order.
func (m *Machine) sortFired() {
	if slices.IsSorted(m.fired) {
		return
	}
	words := (len(m.chip.place) + 63) / 64
	if len(m.fired)*16 < words {
		slices.Sort(m.fired)
		return
	}
	if m.order == nil {
		m.order = make([]uint64, words)
	}
	m.fired = sortBits(m.fired, m.order)
}

// addSent adds what was sent directly to the books.
func (m *Machine) addSent(a *activity.Activity) {
	add := func(c *activity.Counts, f *fan, n int64) {
		c[targets.HopX] += n * f.hopX
		c[targets.HopY] += n * f.hopY
		a.Chip[targets.HostOut] += n * f.toHost
		a.SynapticEvents += n * f.synapses
	}
	for k, counts := range m.sent.slots {
		for slot, n := range counts {
			if n > 0 {
				f := &m.chip.slots[k][slot]
				add(&a.Cores[k], f, int64(n))
				a.Cores[k][targets.PacketSent] += int64(n) * int64(len(f.dests))
			}
		}
		a.Cores[k][targets.PacketReceived] += m.sent.received[k]
	}
	for in, n := range m.sent.inputs {
		if n > 0 {
			f := &m.chip.inputs[in]
			add(&a.Chip, f, int64(n))
			a.Chip[targets.HostIn] += int64(n) * int64(len(f.dests))
		}
	}
}

// sortBits returns numbers in order, by the bits of order, which are 0 before and
// after.
func sortBits(list []int32, order []uint64) []int32 {
	for _, n := range list {
		order[n>>6] |= 1 << (n & 63)
	}
	list = list[:0]
	for w, set := range order {
		if set == 0 {
			continue
		}
		order[w] = 0
		for set != 0 {
			list = append(list, int32(w<<6+bits.TrailingZeros64(set)))
			set &= set - 1
		}
	}
	return list
}
