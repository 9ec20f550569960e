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
	all := &m.workers[0].offers
	for _, w := range m.workers[1:] {
		for k := range w.offers {
			s := &w.offers[k]
			to := all.open(s.Router)
			to.Injections, s.Injections = s.Injections, to.Injections
		}
		w.offers = w.offers[:0]
	}
	m.route(*all, nil)
	*all = (*all)[:0]
	m.cycle += m.phases.Done
	m.chipAct[targets.Cycle] += m.phases.Done
}
