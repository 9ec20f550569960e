package emulator

import (
	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// sources are lists of packets that routers offer to the mesh.
type sources []noc.Source

// open opens a list for a router, which is valid until the next is opened. Lists of
// earlier ticks are used again.
func (s *sources) open(router int32) *noc.Source {
	n := len(*s)
	if n == cap(*s) {
		*s = append(*s, noc.Source{})
	}
	*s = (*s)[:n+1]
	src := &(*s)[n]
	*src = noc.Source{Router: router, Injections: src.Injections[:0]}
	return src
}

// offers are the packets of a tick that go to the mesh, of bits: each source's, and
// where each goes, by the number that the mesh knows it by.
type offers struct {
	sources sources
	flying  []spot
}

// clear forgets the packets, and keeps the room for others.
func (o *offers) clear() { o.sources, o.flying = o.sources[:0], o.flying[:0] }

// add offers a packet at a cycle.
func (o *offers) add(c *Chip, s *noc.Source, to *spot, at int64) {
	router := noc.Host
	if to.core != image.Host {
		router = c.routers[to.core]
	}
	s.Injections = append(s.Injections, noc.Injection{At: at, Packet: noc.Packet{Dst: router, ID: int32(len(o.flying))}})
	o.flying = append(o.flying, *to)
}

// offerAll offers the spikes of some slots of a core, each once its group of neurons is
// done and Spike cycles after the one before, and returns what they count for.
func (m *Machine) offerAll(k int, p *passing, w *worker) (sent sums) {
	from := &m.chip.direct.slots[k]
	src := w.offers.sources.open(m.chip.routers[k])
	gap, at := max(m.chip.timing.Spike, 1), int64(0)
	for _, slot := range p.fired {
		at = max(at, p.integrated+(int64(slot)/m.chip.timing.Lanes+1)*m.chip.group[k])
		list := from.of(slot)
		for i := range list {
			sent.add(&list[i])
			w.offers.add(m.chip, src, &list[i], at)
			at += gap
		}
	}
	return sent
}

// routeOffers lets the mesh deliver what is offered, and ends the tick.
func (m *Machine) routeOffers() {
	all := &m.workers[0].offers
	for _, w := range m.workers[1:] {
		first := int32(len(all.flying))
		all.flying = append(all.flying, w.offers.flying...)
		for k := range w.offers.sources {
			s := &w.offers.sources[k]
			for i := range s.Injections {
				s.Injections[i].Packet.ID += first
			}
			to := all.sources.open(s.Router)
			to.Injections, s.Injections = s.Injections, to.Injections
		}
		w.offers.clear()
	}
	m.flying = all.flying
	m.route(all.sources, m.landed)
	all.clear()
	m.cycle += m.phases.Done
	m.chipAct[targets.Cycle] += m.phases.Done
}

// land is what the mesh does with a packet of offers that arrived.
func (m *Machine) land(d noc.Delivery) {
	if to := &m.flying[d.Packet.ID]; to.core != image.Host {
		m.deliverTo(to)
	}
}
