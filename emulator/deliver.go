package emulator

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// direct is where spikes go on a chip on which everything arrives, as it is, in a
// later tick, so that functional mode needs no packets. Nil for other chips.
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
	if c.broken.defects != nil || c.event != nil {
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
	for _, in := range inputs {
		m.sent.inputs[in]++
		for _, to := range m.chip.direct.inputs.of(in) {
			m.deliverTo(&to)
		}
	}
	m.together(m.runDirectly)
	if len(m.workers) > 1 {
		m.together(m.takeOver)
	}
	m.collect()
	m.broadcast = m.broadcastOf(inputs)
}

// directly runs a worker's cores and delivers their spikes.
func (m *Machine) directly(w *worker) { m.each(w, m.runDirect) }

// runDirect runs a core and delivers its spikes.
func (m *Machine) runDirect(k int, w *worker) {
	c := m.cores[k]
	c.StartTick(m.tick, m.broadcast)
	c.Integrate(m.tick)
	c.Update(m.tick)
	c.Learn()
	m.rested(k)
	if len(c.Fired) == 0 {
		return
	}
	m.tell(w, k, c.Fired)
	counts, to := m.sent.slots[k], &m.chip.direct.slots[k]
	for _, slot := range c.Fired {
		counts[slot]++
		list := to.of(slot)
		for i := range list {
			if to := &list[i]; to.core >= w.from && to.core < w.to {
				m.deliverTo(to)
			} else {
				m.keep(w, to)
			}
		}
	}
}

// keep keeps a spike for the worker that it is for.
func (m *Machine) keep(w *worker, to *spot) {
	for v, other := range m.workers {
		if to.core < other.to {
			w.out[v] = append(w.out[v], *to)
			return
		}
	}
}

// handOver delivers what the others kept for a worker.
func (m *Machine) handOver(w *worker) {
	v := slices.Index(m.workers, w)
	for _, other := range m.workers {
		for i := range other.out[v] {
			m.deliverTo(&other.out[v][i])
		}
		other.out[v] = other.out[v][:0]
	}
}

// deliverTo writes a spike to its axon.
func (m *Machine) deliverTo(to *spot) { m.write(to.core, to.word, to.bit, int(to.delay)) }

// write writes a spike to a bit of a core's pending ones, delay ticks from now.
func (m *Machine) write(core, word int32, bit uint8, delay int) {
	at := m.now + delay
	if at >= len(m.pending) {
		at -= len(m.pending)
	}
	m.pending[at][word] |= 1 << (bit & 63)
	m.awake.due[at].add(core)
	m.sent.received[core]++
}

// addSent adds what was sent directly to the books.
func (m *Machine) addSent(a *activity.Activity) {
	add := func(c *activity.Counts, f *fan, n int64) {
		c[targets.HopX] += n * int64(f.hopX)
		c[targets.HopY] += n * int64(f.hopY)
		a.Chip[targets.HostOut] += n * int64(f.toHost)
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
