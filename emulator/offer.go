package emulator

import (
	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// sources are lists of packets that routers offer to the mesh, which reads them as they were
// made: one behind the other.
type sources struct {
	list []noc.Source
	room []noc.Injection // of all that were opened but the last
}

// clear forgets all lists.
func (s *sources) clear() { s.list, s.room = s.list[:0], s.room[:0] }

// open opens a list for a router, which is valid until the next is opened.
func (s *sources) open(router int32) *noc.Source {
	if n := len(s.list); n > 0 {
		s.close(len(s.list[n-1].Injections))
	}
	s.list = append(s.list, noc.Source{Router: router, Injections: s.room[len(s.room):]})
	return &s.list[len(s.list)-1]
}

// close leaves the room that the last list takes to it. If it has outgrown that, it has moved,
// and there is to be more room.
func (s *sources) close(packets int) {
	if used := len(s.room) + packets; used <= cap(s.room) {
		s.room = s.room[:used]
	} else {
		s.room = make([]noc.Injection, 0, 2*used)
	}
}

// offer offers a packet to a spot's core at a cycle. It carries nothing: what it stands for
// is delivered apart, since that does not depend on when it arrives.
func (c *Chip) offer(s *noc.Source, to *spot, at int64) {
	router := noc.Host
	if to.core != image.Host {
		router = c.routers[to.core]
	}
	s.Injections = append(s.Injections, noc.Injection{At: at, Packet: noc.Packet{Dst: router}})
}

// offerAll offers the spikes of a core to the mesh, each once its group of neurons is done
// and Spike cycles after the one before.
func (m *Machine) offerAll(k int, p *passing, w *worker) {
	from := &m.chip.direct.slots[k]
	src := w.offers.open(m.chip.routers[k])
	gap, at := max(m.chip.timing.Spike, 1), int64(0)
	for _, slot := range p.fired {
		at = max(at, p.integrated+(int64(slot)/m.chip.timing.Lanes+1)*m.chip.group[k])
		list := from.of(slot)
		for i := range list {
			m.chip.offer(src, &list[i], at)
			at += gap
		}
	}
}

// routeOffers lets the mesh carry what is offered, and ends the tick.
func (m *Machine) routeOffers() {
	all := m.workers[0].offers.list
	for _, w := range m.workers[1:] {
		all = append(all, w.offers.list...)
		w.offers.clear()
	}
	m.route(all, nil)
	m.workers[0].offers.list = all
	m.workers[0].offers.clear()
	m.cycle += m.phases.Done
	m.chipAct[targets.Cycle] += m.phases.Done
}
