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
	room []noc.Injection // taken by all that were opened before the last
}

// clear forgets all lists.
func (s *sources) clear() {
	s.close()
	s.list, s.room = s.list[:0], s.room[:0]
}

// open opens a list for a router, which is valid until the next is opened.
func (s *sources) open(router int32) *noc.Source {
	s.close()
	s.list = append(s.list, noc.Source{Router: router, Injections: s.room[len(s.room):]})
	return &s.list[len(s.list)-1]
}

// close leaves the room that the last list takes to it. If it has outgrown that, it has moved,
// and there is to be more room.
func (s *sources) close() {
	if len(s.list) == 0 {
		return
	}
	if used := len(s.room) + len(s.list[len(s.list)-1].Injections); used <= cap(s.room) {
		s.room = s.room[:used]
	} else {
		s.room = make([]noc.Injection, 0, 2*used)
	}
}

// offer offers a packet to a spot's core at a cycle. It carries nothing: what it stands for
// is delivered apart, since that does not depend on when it arrives.
func (c *Chip) offer(s *noc.Source, to *spot, at int64) {
	s.Injections = append(s.Injections, noc.Injection{At: at, Packet: noc.Packet{Dst: c.router(to.core)}})
}

// router is the router of a core; that of image.Host is noc.Host.
func (c *Chip) router(core int32) int32 {
	if core == image.Host {
		return noc.Host
	}
	return c.routers[core]
}

// offerAll offers the spikes of a core to the mesh, each once its group of neurons is done
// and Spike cycles after the one before.
func (m *Machine) offerAll(k int, p *passing, w *worker) {
	from := &m.chip.direct.slots[k]
	src := w.offers.open(m.chip.routers[k])
	gap, at := max(m.chip.timing.Spike, 1), int64(0)
	for _, slot := range p.fired {
		at = max(at, p.integrated+m.chip.upTo(k, slot))
		list := from.of(slot)
		for i := range list {
			m.chip.offer(src, &list[i], at)
			at += gap
		}
	}
}

// upTo is the cycles that a core's update takes up to a slot and with it.
func (c *Chip) upTo(k int, slot int32) int64 { return (int64(slot)/c.timing.Lanes + 1) * c.group[k] }

// offerBunch is offerAll for a worker's bunch.
func (m *Machine) offerBunch(w *worker) {
	c, b, from := m.chip, &w.bunch, int32(0)
	gap, host := max(c.timing.Spike, 1), uint32(c.host())
	for i, k := range b.cores {
		slots, to := b.slots[from:b.ends[i]], b.to[from:b.ends[i]]
		from = b.ends[i]
		if len(slots) == 0 {
			continue
		}
		src, at := w.offers.open(c.routers[k]), int64(0)
		for j, slot := range slots {
			at = max(at, b.integrated[i]+c.upTo(int(k), slot-c.briefs.first[k]))
			router := noc.Host
			if core := to[j].word() >> (c.briefs.shift & 31); core != host {
				router = c.routers[core]
			}
			src.Injections = append(src.Injections, noc.Injection{At: at, Packet: noc.Packet{Dst: router}})
			at += gap
		}
	}
}

// routeOffers lets the mesh carry what is offered, and ends the tick.
func (m *Machine) routeOffers() {
	all := m.workers[0].offers.list
	if m.crew != nil {
		all = m.offered[:0]
		for _, w := range m.workers {
			all = append(all, w.offers.list...)
		}
		m.offered = all
	}
	m.route(all, nil)
	for _, w := range m.workers {
		w.offers.clear()
	}
	m.cycle += m.phases.Done
	m.chipAct[targets.Cycle] += m.phases.Done
}
