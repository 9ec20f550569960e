package emulator

import (
	"slices"

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
	synapses   uint32
	hopX, hopY uint16
	delay      uint16
	bit        uint8
}

// newDirect returns where the spikes of a chip go.
func (c *Chip) newDirect(behind [][]int64) *direct {
	d := &direct{inputs: c.spots(c.inputs, noc.Host, behind)}
	for k := range c.image.Cores {
		d.slots = append(d.slots, c.spots(c.slots[k], c.routers[k], behind))
	}
	return d
}

// spots returns those of fans that a router, or noc.Host, sends.
func (c *Chip) spots(fans []fan, from int32, behind [][]int64) spots {
	delayed := c.image.Manifest.Arch.DelayPlace == targets.DelayAxon
	s := spots{off: make([]uint32, 1, len(fans)+1)}
	single := true
	for k := range fans {
		f := &fans[k]
		for _, dest := range f.dests {
			dx, dy, _ := c.broken.way(from, dest.Core, c.image.Router(dest.Core))
			to := spot{core: dest.Core, delay: 1, hopX: uint16(dx), hopY: uint16(dy)}
			if delayed {
				to.delay = uint16(dest.Delay)
			}
			if dest.Core != image.Host {
				to.word, to.bit = c.base[dest.Core]+dest.Axon>>6, uint8(dest.Axon&63)
				if f.synapses > 0 { // those behind a relay are counted where the spike came from
					to.synapses = uint32(behind[dest.Core][dest.Axon])
				}
			}
			s.to = append(s.to, to)
		}
		s.off = append(s.off, uint32(len(s.to)))
		single = single && len(f.dests) == 1
	}
	s.to = slices.Clip(s.to)
	if single {
		s.off = nil
	}
	return s
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
	to := &m.chip.direct.slots[k]
	var sent sums
	for _, slot := range c.Fired {
		list := to.of(slot)
		for i := range list {
			to := &list[i]
			sent.add(to)
			switch {
			case to.core == image.Host:
			case to.core >= w.from && to.core < w.to:
				m.deliverTo(to)
			default:
				m.keep(w, to)
			}
		}
	}
	c.Counts[targets.PacketSent] += sent.packets
	c.Counts[targets.HopX] += sent.hopX
	c.Counts[targets.HopY] += sent.hopY
	w.sent.synapses += sent.synapses
	w.sent.toHost += sent.toHost
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
