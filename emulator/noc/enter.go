package noc

import "sort"

// enterOnTime lets a source send a packet in the cycle in which it is due. If it cannot,
// it stands still, and leaves the plan.
func (m *Mesh) enterOnTime(o *offer) {
	n := int32(o.age & (1<<m.plan.ageBits - 1))
	if m.apart[n] {
		return
	}
	c := m.entryOf(n)
	ch := &m.channels[c]
	taken := ch.takenAt(int32(m.now))
	if taken == m.depth || ch.sent == int32(m.now) {
		m.standStill(n)
		return
	}
	m.enter(c, taken, o.age, o.packet)
}

// standStill has a source that was on time leave the plan with the packet that is due now.
func (m *Mesh) standStill(n int32) {
	all, now := m.sources[m.sourceOf[n]].Injections, m.now+m.shift
	next := sort.Search(len(all), func(i int) bool { return all[i].At >= now })
	if m.channels[m.entryOf(n)].sent == int32(m.now) {
		next++
	}
	due := m.start - 1
	if next > 0 {
		due = all[next-1].At
	}
	m.leavePlan(n, all[next:], due)
}

// tryEnter lets a source that is not in the plan send its next packet, if there is a place and it
// has sent none in this cycle.
func (m *Mesh) tryEnter(n int32) {
	now, c := m.now, m.entryOf(n)
	ch := &m.channels[c]
	taken := ch.takenAt(int32(now))
	switch {
	case ch.sent == int32(now), taken == m.depth && ch.left == int32(now):
		m.offers.add(n, now, now+1)
		return
	case taken == m.depth:
		m.wires[c].waiters = 1
		return
	}
	s := &m.senders[n]
	in := &s.rest[0]
	s.rest = s.rest[1:]
	s.due = max(in.At, s.due+1)
	m.enter(c, taken, (s.due-m.start)<<m.plan.ageBits|Cycles(n), in.Packet)

	stall := now + m.shift - in.At
	if len(s.rest) > 0 {
		m.offers.add(n, now, max(s.rest[0].At+stall-m.shift, now+1))
		return
	}
	src := &m.sources[m.sourceOf[n]]
	src.Stall, src.Done = stall, now+m.shift
	m.stall += stall
}

// enter puts a packet into the FIFO of a source, of which so many places were taken at the
// start of the cycle.
func (m *Mesh) enter(c int32, taken uint16, age Cycles, what Packet) {
	ch := &m.channels[c]
	ch.sent = int32(m.now)
	ch.places++
	m.most = max(m.most, taken+1)
	m.entered++
	p := m.newPacket()
	q := &m.packets[p] // each by itself: a copy would wait for its parts to be written
	q.age, q.dst, q.id, q.to = age, what.Dst, what.ID, m.at[max(what.Dst, 0)+1]
	if m.far {
		m.ready[p] = m.now + 1
	}
	m.flights[others].add(flit{packet: p, at: c}, m.now, m.now+1)
}

// newPacket returns a packet that is not in use.
func (m *Mesh) newPacket() int32 {
	if last := len(m.free) - 1; last >= 0 {
		p := m.free[last]
		m.free = m.free[:last]
		return p
	}
	m.packets = append(m.packets, packet{})
	if m.far {
		m.ready = append(m.ready, 0)
	}
	return int32(len(m.packets) - 1)
}
