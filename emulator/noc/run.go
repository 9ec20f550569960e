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
	for i := range sources {
		n := nodeOf(sources[i].Router)
		m.sourceOf[n], m.apart[n] = none, false
	}
	m.now += Cycles(max(m.linkPeriod, m.chipPeriod)) // no link is busy then
	m.sources, m.deliver = nil, nil
	return m.end
}

// begin checks the sources and counts what they offer. Where they are many, that is put in order
// of time.
func (m *Mesh) begin(start Cycles, sources []Source, deliver func(Delivery)) {
	m.start, m.end, m.pending = start, start, 0
	m.shift = start - m.now
	m.sources, m.deliver = sources, deliver
	last := start
	for i := range sources {
		s := &sources[i]
		m.checkSource(s)
		n := nodeOf(s.Router)
		if m.sourceOf[n] != none {
			panic(fmt.Sprintf("noc: two sources at router %d", s.Router))
		}
		m.sourceOf[n] = int32(i)
		s.Stall, s.Done = 0, start
		if len(s.Injections) > 0 { // and unless it leaves the plan
			s.Done = s.Injections[len(s.Injections)-1].At
			last = max(last, s.Done)
		}
		m.bookAll(s)
	}
	if len(sources) < m.few {
		m.plan.begin(m.now, 0, 0)
		for i := range sources {
			m.leavePlan(nodeOf(sources[i].Router), sources[i].Injections, start-1)
		}
	} else {
		m.planAll(last - start)
	}
	m.plan.sort()
}

// planAll puts what the sources offer in order of time, of which the last comes so long after
// the start.
func (m *Mesh) planAll(last Cycles) {
	m.plan.begin(m.now, m.pending, last)
	for i := range m.sources {
		for k := range m.sources[i].Injections {
			m.plan.count(m.sources[i].Injections[k].At - m.start)
		}
	}
	m.plan.counted()
	for i := range m.sources {
		node := nodeOf(m.sources[i].Router)
		for _, in := range m.sources[i].Injections {
			m.plan.put(offer{(in.At-m.start)<<m.plan.ageBits | Cycles(node), in.Packet})
		}
	}
}

// leavePlan has a node's source offer packets by itself, of which the one before those would
// have entered an empty mesh when it was due.
func (m *Mesh) leavePlan(n int32, rest []Injection, due Cycles) {
	m.apart[n], m.senders[n] = true, sender{rest: rest, due: due}
	if len(rest) > 0 {
		m.offers.add(n, m.now, max(rest[0].At-m.shift, m.now))
	}
}

// bookAll counts a source's packets, and the links that they will cross.
func (m *Mesh) bookAll(s *Source) {
	m.pending += len(s.Injections)
	if s.Router == Host {
		m.hostIn += int64(len(s.Injections))
	}
	if m.ways != nil {
		return
	}
	from := m.at[nodeOf(max(s.Router, 0))] // what the host sends is counted from router 0 on
	for i := range s.Injections {
		m.book(from, m.at[nodeOf(max(s.Injections[i].Packet.Dst, 0))], 1)
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
func nodeOf(router int32) int32 {
	return router - Host
}

// nextCycle goes to the next cycle in which anything can happen, or reports
// that there is none.
func (m *Mesh) nextCycle() bool {
	at := m.plan.soon
	if !m.offers.none() {
		at = min(at, m.offers.next(m.now))
	}
	if busy := m.busy(); busy != 0 {
		at = min(at, nextOf(busy, m.now))
	}
	if at == never {
		return false
	}
	if m.now = at; at >= lateNow {
		m.beginAnew()
	}
	return true
}

// busy are the cycles, modulo horizon, in which flits arrive or channels are free again.
func (m *Mesh) busy() uint64 {
	f := &m.flights
	return f[alongX].busy | f[alongY].busy | f[others].busy | m.grants.busy
}

// beginAnew sets the mesh's own time back, by as much as leaves all in its place in
// the wheels.
func (m *Mesh) beginAnew() {
	back := m.now &^ (offerHorizon - 1)
	m.now -= back
	m.shift += back
	m.plan.back(back)
	for i := range m.channels {
		c := &m.channels[i]
		c.sent = int32(max(Cycles(c.sent)-back, longAgo))
		c.left = int32(max(Cycles(c.left)-back, longAgo))
	}
	for i := range m.ready {
		m.ready[i] -= back
	}
	for i := range m.offers.sleepers {
		m.offers.sleepers[i].at -= back
	}
}

// settle does what has to wait for the end of the cycle, when it is known which
// flit left which FIFO, and delivers.
func (m *Mesh) settle() {
	for _, c := range m.moveUp {
		m.advance(c)
	}
	m.moveUp = m.moveUp[:0]
	for _, c := range m.ends {
		if o := &m.channels[c]; c == m.hostExit {
			m.hostOut++
			m.eject(o.winner)
		} else {
			m.lose(c, o.winner)
		}
	}
	m.ends = m.ends[:0]
	for i, sum := range m.out.sums {
		m.out.sums[i] = 0
		for ; sum != 0; sum &= sum - 1 {
			w := i*64 + bits.TrailingZeros64(sum)
			word := m.out.words[w]
			m.out.words[w] = 0
			for ; word != 0; word &= word - 1 {
				r := int32(w*64 + bits.TrailingZeros64(word))
				m.eject(m.channels[m.exits|nodeOf(r)].winner)
			}
		}
	}
}

// lose ends a packet that was sent by a severed channel.
func (m *Mesh) lose(c, p int32) {
	if m.ways == nil {
		m.book(m.from(c), m.packets[p].to, -1)
	} else {
		m.runs[c]--
	}
	m.end = max(m.end, m.now+m.shift+1)
	m.pending--
	m.lost++
	m.free = append(m.free, p)
}

// eject delivers a packet that left the mesh.
func (m *Mesh) eject(p int32) {
	at := m.now + m.shift + m.cfg.EjectCycles
	m.end = max(m.end, at+1)
	m.pending--
	m.delivered++
	m.free = append(m.free, p)
	if m.deliver != nil {
		p := &m.packets[p]
		m.deliver(Delivery{
			At:     at,
			Packet: Packet{Dst: p.dst, ID: p.id},
			Src:    int32(p.age&(1<<m.plan.ageBits-1)) - 1,
		})
	}
}
