package emulator

import (
	"math"
	"slices"

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

// spot is an axon, a bit of a word, delay ticks from now; or the host, as core. The
// rest is for the books: the links on the way, and the network's synapses behind it.
type spot struct {
	core, word int32
	synapses   uint16
	hopX, hopY uint8
	delay, bit uint8
}

// newSpot returns a spot, or false where something is too large for one.
func newSpot(core int32, synapses int64, hopX, hopY, delay int) (spot, bool) {
	const byteMax = math.MaxUint8
	ok := synapses <= math.MaxUint16 && hopX <= byteMax && hopY <= byteMax && delay <= byteMax
	return spot{core: core, synapses: uint16(synapses), hopX: uint8(hopX), hopY: uint8(hopY), delay: uint8(delay)}, ok
}

// newDirect returns where the spikes of a chip go, or nil where that does not fit
// into spots.
func (c *Chip) newDirect(behind [][]int64) *direct {
	inputs, ok := c.spots(c.inputs, noc.Host, behind)
	d := &direct{inputs: inputs, slots: make([]spots, len(c.image.Cores))}
	for k := range d.slots {
		var fits bool
		d.slots[k], fits = c.spots(c.slots[k], c.routers[k], behind)
		ok = ok && fits
	}
	if !ok {
		return nil
	}
	d.join()
	return d
}

// join puts the spots of all slots side by side.
func (d *direct) join() {
	n := 0
	for k := range d.slots {
		n += len(d.slots[k].to)
	}
	all := kernel.Large[spot](n)
	for k := range d.slots {
		at := len(all)
		all = append(all, d.slots[k].to...)
		d.slots[k].to = all[at:len(all):len(all)]
	}
}

// spots returns those of fans that a router, or noc.Host, sends.
func (c *Chip) spots(fans []fan, from int32, behind [][]int64) (s spots, ok bool) {
	delayed := c.image.Manifest.Arch.DelayPlace == targets.DelayAxon
	s.off, ok = make([]uint32, 1, len(fans)+1), true
	single := true
	for k := range fans {
		f := &fans[k]
		for _, dest := range f.dests {
			dx, dy, _ := c.broken.way(from, dest.Core, c.image.Router(dest.Core))
			delay, synapses := 1, int64(0)
			if delayed {
				delay = int(dest.Delay)
			}
			if dest.Core != image.Host && f.synapses > 0 { // those behind a relay are counted where the spike came from
				synapses = behind[dest.Core][dest.Axon]
			}
			to, fits := newSpot(dest.Core, synapses, dx, dy, delay)
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

// sums are what spikes count for on their way.
type sums struct{ packets, hopX, hopY, toHost, synapses int64 }

func (s *sums) add(to *spot) {
	s.packets++
	s.hopX += int64(to.hopX)
	s.hopY += int64(to.hopY)
	s.synapses += int64(to.synapses)
	if to.core == image.Host {
		s.toHost++
	}
}

// tickDirect is Tick without packets.
func (m *Machine) tickDirect(inputs []int32) {
	var sent sums
	for _, in := range inputs {
		list := m.chip.direct.inputs.of(in)
		for i := range list {
			to := &list[i]
			sent.add(to)
			if to.core != image.Host {
				m.deliverTo(to)
			}
		}
	}
	m.chipAct[targets.HostIn] += sent.packets
	m.chipAct[targets.HopX] += sent.hopX
	m.chipAct[targets.HopY] += sent.hopY
	m.together(m.runDirectly)
	if len(m.workers) > 1 {
		m.together(m.takeOver)
	}
	for _, w := range m.workers {
		sent.synapses += w.sent.synapses
		sent.toHost += w.sent.toHost
		w.sent = sums{}
	}
	m.synapticEvents += sent.synapses
	m.chipAct[targets.HostOut] += sent.toHost
	m.collect()
	m.broadcast = m.broadcastOf(inputs)
}

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
	sent := m.deliverAll(k, c.Fired, w)
	c.Counts[targets.PacketSent] += sent.packets
	c.Counts[targets.HopX] += sent.hopX
	c.Counts[targets.HopY] += sent.hopY
}

// deliverAll notes and delivers the spikes of some slots of a core, and returns what
// they count for.
func (m *Machine) deliverAll(k int, slots []int32, w *worker) (sent sums) {
	m.tell(w, k, slots)
	to := &m.chip.direct.slots[k]
	if to.off == nil {
		m.deliverSingle(w, to.to, slots, &sent)
	} else {
		for _, slot := range slots {
			list := to.of(slot)
			for i := range list {
				sent.add(&list[i])
				m.deliverFrom(w, &list[i])
			}
		}
	}
	w.sent.synapses += sent.synapses
	w.sent.toHost += sent.toHost
	return sent
}

// deliverSingle is the loop of deliverAll where each slot has one spot.
func (m *Machine) deliverSingle(w *worker, to []spot, slots []int32, sent *sums) {
	from, span := w.from, uint32(w.to-w.from)
	var hopX, hopY, synapses int64
	for _, slot := range slots {
		to := &to[slot]
		hopX += int64(to.hopX)
		hopY += int64(to.hopY)
		synapses += int64(to.synapses)
		if uint32(to.core-from) < span {
			m.deliverTo(to)
			continue
		}
		m.deliverFrom(w, to)
		if to.core == image.Host {
			sent.toHost++
		}
	}
	sent.packets += int64(len(slots))
	sent.hopX += hopX
	sent.hopY += hopY
	sent.synapses += synapses
}

// deliverFrom delivers a spike of a worker's core.
func (m *Machine) deliverFrom(w *worker, to *spot) {
	switch {
	case to.core == image.Host:
	case to.core >= w.from && to.core < w.to:
		m.deliverTo(to)
	default:
		m.keep(w, to)
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
	m.received[core]++
}
