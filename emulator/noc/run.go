package noc

import (
	"fmt"
	"math/bits"
)

// Run lets the sources offer their packets from cycle start on and advances
// the mesh until every packet is delivered or lost. It returns the cycle after
// the last of these, or start if there is none, and sets each source's Stall and
// Done.
//
// Deliveries come in order of At, those of one cycle in order of destination,
// Host first; deliver may be nil. The result depends on the packets and their
// sources only: not on the order of the sources, nor on earlier runs, whose
// links are idle again.
//
// It panics if two sources have one Router, if a Router or a Dst is not in the
// mesh, if there is no way from one to the other, or if injections are out of
// order, before start, or MaxSpan after it.
func (m *Mesh) Run(start Cycles, sources []Source, deliver func(Delivery)) (end Cycles) {
	m.begin(start, sources, deliver)
	for m.nextCycle() {
		m.step()
	}
	if m.pending != 0 {
		panic(fmt.Sprintf("noc: deadlock: %d packets were not delivered", m.pending))
	}
	m.giveBack()
	for i := range sources {
		m.senders[m.nodeOf(sources[i].Router)].source = none
	}
	if m.end > start { // no packet left a router later
		m.quiet = m.end - 1 + m.cfg.LinkCycles
	}
	m.sources, m.deliver = nil, nil
	return m.end
}

// begin checks the sources and makes each ready to offer its first packet.
func (m *Mesh) begin(start Cycles, sources []Source, deliver func(Delivery)) {
	if start < m.quiet {
		for i := range m.links {
			m.links[i].busy = start
		}
		m.quiet = start
	}
	m.start, m.end, m.pending = start, start, 0
	m.sources, m.deliver = sources, deliver
	m.wheel.now = start
	for i := range sources {
		s := &sources[i]
		m.checkSource(s)
		n := m.nodeOf(s.Router)
		if m.senders[n].source != none {
			panic(fmt.Sprintf("noc: two sources at router %d", s.Router))
		}
		m.senders[n] = sender{source: int32(i), due: start - 1}
		s.Stall, s.Done = 0, start
		m.pending += len(s.Injections)
		if len(s.Injections) > 0 {
			m.offer(n, s.Injections[0].At)
		}
	}
}

// checkSource panics if a source is not what Run wants.
func (m *Mesh) checkSource(s *Source) {
	routers := uint32(m.cfg.Routers())
	if uint32(s.Router+1) > routers {
		panic(fmt.Sprintf("noc: no router %d for a source", s.Router))
	}
	last := m.start
	for i := range s.Injections {
		in := &s.Injections[i]
		if in.At < last {
			panic(fmt.Sprintf("noc: router %d, injection %d: cycle %d is before cycle %d", s.Router, i, in.At, last))
		}
		if uint64(in.At-m.start) > MaxSpan {
			panic(fmt.Sprintf("noc: router %d, injection %d: cycle %d is too long after the start", s.Router, i, in.At))
		}
		if uint32(in.Packet.Dst+1) > routers {
			panic(fmt.Sprintf("noc: router %d, injection %d: no router %d", s.Router, i, in.Packet.Dst))
		}
		if m.ways != nil {
			m.checkWay(s.Router, in.Packet.Dst)
		}
		last = in.At
	}
}

// checkWay gets the table of the ways to a destination, and panics if there is
// none from a source.
func (m *Mesh) checkWay(src, dst int32) {
	if !m.cfg.Routes.Connected(src, dst) {
		panic(fmt.Sprintf("noc: no way from router %d to router %d", src, dst))
	}
	if d := max(dst, 0); m.ways[d] == nil {
		m.ways[d] = m.cfg.Routes.Ways(d)
	}
}

// nodeOf returns the node at a Source's place.
func (m *Mesh) nodeOf(router int32) int32 {
	if router == Host {
		return int32(m.cfg.Routers())
	}
	return router
}

// offer has a node's source offer its next packet at a cycle.
func (m *Mesh) offer(n int32, at Cycles) {
	m.nodes[n].offer = at
	if at-m.wheel.now < horizon {
		m.wheel.wake(n, at)
		return
	}
	m.sleepers.push(sleeper{at, n})
}

// nextCycle goes to the next cycle in which anything can happen, or reports
// that there is none.
func (m *Mesh) nextCycle() bool {
	if m.wheel.busy == 0 {
		if len(m.sleepers) == 0 {
			return false
		}
		m.wheel.now = m.sleepers[0].at
	}
	for len(m.sleepers) > 0 && m.sleepers[0].at-m.wheel.now < horizon {
		s := m.sleepers.pop()
		m.wheel.wake(s.node, s.at)
	}
	m.wheel.advance()
	return true
}

// step is one cycle: it visits the nodes that asked for it.
func (m *Mesh) step() {
	m.giveBack()
	words, sums := m.wheel.take()
	for i, sum := range sums {
		sums[i] = 0
		for ; sum != 0; sum &= sum - 1 {
			w := i*64 + bits.TrailingZeros64(sum)
			word := words[w]
			words[w] = 0
			for ; word != 0; word &= word - 1 {
				m.visit(int32(w*64 + bits.TrailingZeros64(word)))
			}
		}
	}
}

// giveBack returns the credits of the places that became free in the last
// cycle visited.
func (m *Mesh) giveBack() {
	for _, l := range m.returned {
		m.links[l].credit++
	}
	m.returned = m.returned[:0]
}
