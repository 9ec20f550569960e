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
	if m.crew != nil || m.scattering != nil {
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
		src = m.workers[0].offers.open(noc.Host)
	}
	at := int64(0)
	for _, in := range inputs {
		list := m.chip.direct.inputs.of(in)
		for i := range list {
			to := &list[i]
			sent.add(to)
			if m.mesh != nil {
				m.chip.offer(src, to, at)
				at++
			}
			if to.core != image.Host {
				m.deliverTo(to)
			}
		}
	}
	m.chipAct.Packets(targets.HostIn, sent.packets, sent.hopX, sent.hopY, sent.chipHop)
	m.chipAct[targets.HostOut] += sent.toHost
	m.synapticEvents += sent.synapses
}

// deliverAll delivers the spikes of some slots of a worker's core, or sorts them by
// whose they are where there are several workers, and adds what they count for.
func (m *Machine) deliverAll(k int, slots []int32, w *worker, sent *sums) {
	to := &m.chip.direct.slots[k]
	if o := m.chip.outgoing; o != nil {
		to = &o.direct[k]
	}
	switch {
	case to.off != nil:
		for _, slot := range slots {
			list := to.of(slot)
			for i := range list {
				sent.add(&list[i])
				if m.crew != nil {
					m.sort(w, &list[i])
				} else if list[i].core != image.Host {
					m.deliverTo(&list[i])
				}
			}
		}
	case m.crew != nil:
		for _, slot := range slots {
			sent.add(&to.to[slot])
			m.sort(w, &to.to[slot])
		}
	default:
		m.deliverSingle(to.to, slots, sent)
	}
}

// deliverSingle is the loop of deliverAll where each slot has one spot.
func (m *Machine) deliverSingle(to []spot, slots []int32, sent *sums) {
	var hopX, hopY, chipHop, synapses int64
	for _, slot := range slots {
		to := &to[slot]
		hopX += int64(to.hopX)
		hopY += int64(to.hopY)
		chipHop += int64(to.chipHop)
		synapses += int64(to.synapses)
		if to.core == image.Host {
			sent.toHost++
			continue
		}
		m.deliverTo(to)
	}
	sent.packets += int64(len(slots))
	sent.hopX += hopX
	sent.hopY += hopY
	sent.chipHop += chipHop
	sent.synapses += synapses
}

// sort puts a spike of a worker's core to those of the worker that it is for. Which that
// is is hard to foresee, so there is no branch.
func (m *Machine) sort(w *worker, to *spot) {
	out := &w.out[m.post[to.core+1]]
	*out = append(*out, *to)
}

// handOver delivers what the workers have for one of them, as bits and as sums.
func (m *Machine) handOver(w *worker) {
	v := slices.Index(m.workers, w)
	for _, other := range m.workers {
		for i := range other.out[v] {
			m.deliverTo(&other.out[v][i])
		}
		other.out[v] = other.out[v][:0]
	}
	toHost := &w.out[len(m.workers)]
	*toHost = (*toHost)[:0]
	m.scatter(v)
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
