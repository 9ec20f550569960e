package emulator

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// sums are what spikes count for on their way.
type sums struct{ packets, hopX, hopY, chipHop, toHost, synapses int64 }

func (s *sums) add(to *spot) {
	s.packets++
	s.hopX += int64(to.hopX)
	s.hopY += int64(to.hopY)
	s.chipHop += int64(to.chipHop)
	s.synapses += int64(to.synapses)
	if to.core == image.Host {
		s.toHost++
	}
}

// tickDirect is Tick where spikes are no more than bits and nobody watches.
func (m *Machine) tickDirect(inputs []int32) {
	m.idle()
	m.sendDirectInputs(inputs)
	m.together(m.runDirectly)
	if m.mesh == nil && len(m.workers) > 1 {
		m.together(m.takeOver)
	}
	for _, w := range m.workers {
		m.synapticEvents += w.sent.synapses
		m.chipAct[targets.HostOut] += w.sent.toHost
		w.sent = sums{}
		m.phases.see(w.phases.Integrated, w.phases.Updated, w.phases.Learned)
		w.phases = Phases{}
	}
	if m.mesh != nil {
		m.routeOffers()
	}
	m.collect()
	m.broadcast = m.broadcastOf(inputs)
}

// sendDirectInputs sends the spikes of inputs, one a cycle.
func (m *Machine) sendDirectInputs(inputs []int32) {
	var sent sums
	var src *noc.Source
	if m.mesh != nil && len(inputs) > 0 {
		src = m.workers[0].offers.sources.open(noc.Host)
	}
	at := int64(0)
	for _, in := range inputs {
		list := m.chip.direct.inputs.of(in)
		for i := range list {
			to := &list[i]
			sent.add(to)
			switch {
			case m.mesh != nil:
				m.workers[0].offers.add(m.chip, src, to, at)
				at++
			case to.core != image.Host:
				m.deliverTo(to)
			}
		}
	}
	m.chipAct[targets.HostIn] += sent.packets
	m.chipAct[targets.HopX] += sent.hopX
	m.chipAct[targets.HopY] += sent.hopY
	m.chipAct[targets.ChipHop] += sent.chipHop
	m.chipAct[targets.HostOut] += sent.toHost
	m.synapticEvents += sent.synapses
}

// deliverAll delivers the spikes of some slots of a worker's core, and returns what
// they count for.
func (m *Machine) deliverAll(k int, slots []int32, w *worker) (sent sums) {
	to := &m.chip.direct.slots[k]
	if to.off == nil {
		m.deliverSingle(w, to.to, slots, &sent)
		return sent
	}
	for _, slot := range slots {
		list := to.of(slot)
		for i := range list {
			sent.add(&list[i])
			m.deliverFrom(w, &list[i])
		}
	}
	return sent
}

// deliverSingle is the loop of deliverAll where each slot has one spot.
func (m *Machine) deliverSingle(w *worker, to []spot, slots []int32, sent *sums) {
	from, span := w.from, uint32(w.to-w.from)
	var hopX, hopY, chipHop, synapses int64
	for _, slot := range slots {
		to := &to[slot]
		hopX += int64(to.hopX)
		hopY += int64(to.hopY)
		chipHop += int64(to.chipHop)
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
	sent.chipHop += chipHop
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
