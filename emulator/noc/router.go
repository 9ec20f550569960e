package noc

import (
	"math"
	"math/bits"
)

// step is one cycle. First the channels that are free again send the oldest of
// those that wait for them. Then the flits that have arrived go on at once if
// nothing is in their way; should an older one turn up for the same channel, the
// younger is taken back. At last the sources enter.
func (m *Mesh) step() {
	if m.grants.due(m.now) != 0 {
		grants := m.grants.take(m.now)
		for _, c := range grants {
			m.grant(c)
		}
		m.grants.release(grants)
	}
	m.arrive()
	for m.plan.soon == m.now {
		m.enterOnTime(m.plan.take())
	}
	if !m.offers.none() {
		for n := m.offers.take(m.now); n != none; {
			next := m.offers.then[n]
			m.tryEnter(n)
			n = next
		}
	}
	m.settle()
}

// arrive sends on the flits that have arrived, or has them wait.
func (m *Mesh) arrive() {
	due := uint(0)
	for k := range m.flights {
		due |= m.flights[k].due(m.now) << k
	}
	for ; due != 0; due &= due - 1 {
		k := bits.TrailingZeros(due)
		w := &m.flights[k]
		flits := w.take(m.now)
		if len(flits) >= m.crowd && k != others && !m.farChip {
			m.arriveEach(m.pass(w, flits))
			continue
		}
		m.arriveEach(flits)
		w.release(flits)
	}
}

// arriveEach is arrive for flits one by one.
func (m *Mesh) arriveEach(flits []flit) {
	now := int32(m.now)
	for _, f := range flits {
		if m.far && m.isFlying(f) {
			continue
		}
		if in := &m.channels[f.at]; in.places >= oneHeld || in.left == now {
			m.queue(f)
			continue
		}
		out := f.at + m.stride[m.side(f.at)]
		if hops := f.way.hops(); hops > 0 {
			f.way = way(hops - 1)
		} else {
			out, f.way = m.turn(f.packet, f.at)
		}
		o := &m.channels[out]
		switch taken := o.takenAt(now); {
		case now-o.sent >= m.linkPeriod && taken < m.depth && !m.crosses(out):
			m.send(f, out, taken)
		case !m.try(f, out):
			m.wait(f, out)
		}
	}
}

// pass sends on those flits of a wheel that go straight on, and that have nobody in
// their way and leave nobody behind, as try would. It returns the others. Those that
// it sends arrive again in the same cycle, so they stay where they are, and their list
// becomes that of the other cycle.
func (m *Mesh) pass(w *wheel[flit], flits []flit) (rest []flit) {
	slot := m.slotIn(m.hops[m.side(flits[0].at)])
	m.roomy = uint32(max(min(m.depth, m.most), 1) - 1)
	if cap(m.rest) < len(flits) {
		m.rest = make([]flit, 0, cap(flits))
	}
	rest = m.rest[:len(flits)]
	kept := m.glide(flits, rest)
	rest = rest[:len(flits)-kept]
	flits = flits[:kept]
	for i, f := range w.slots[slot] { // sent in this cycle before, and now behind the others
		m.channels[f.at].winner = int32(kept + i)
	}
	w.prepend(slot, flits)
	return rest
}

// try sends a flit over a channel if that is free for it, which is so too if a
// younger one was sent in this cycle. If not, the channel is looked at again when
// it may be.
func (m *Mesh) try(f flit, out int32) bool {
	now, o := int32(m.now), &m.channels[out]
	switch {
	case o.sent == now:
		if !m.replace(f, out) {
			m.retry(out)
			return false
		}
	case now-o.sent < m.periodOf(out):
		m.retry(out)
		return false
	case o.places == endless:
		if out >= m.exits {
			m.out.add(out&m.mask + Host)
		} else {
			m.ends = append(m.ends, out)
		}
		o.sent, o.winner = now, f.packet
		m.packets[f.packet].last = f
	default:
		taken := o.takenAt(now)
		if taken == m.depth {
			m.retry(out)
			return false
		}
		m.send(f, out, taken)
		return true
	}
	m.leave(f.at)
	return true
}

// send sends a flit over a channel that is free for it and whose FIFO had so many
// places taken at the start of the cycle.
func (m *Mesh) send(f flit, out int32, taken uint16) {
	m.most = max(m.most, taken+1)
	o := &m.channels[out]
	wheel, hop := m.flightOf(out)
	o.sent = int32(m.now)
	o.places++
	o.winner = m.flights[wheel].add(flit{f.packet, out, f.way}, m.now, m.now+hop)
	if m.far {
		m.ready[f.packet] = m.now + hop
	}
	m.leave(f.at)
}

// leave takes the head out of the FIFO behind a channel, and lets those have its
// place who wait for one.
func (m *Mesh) leave(c int32) {
	in := &m.channels[c]
	in.left = int32(m.now)
	if in.places--; in.taken() == m.depth-1 {
		m.wake(c)
	}
}

// replace puts a flit in the place of the one that a channel sent in this cycle,
// if it is older.
func (m *Mesh) replace(f flit, out int32) bool {
	o, age := &m.channels[out], m.packets[f.packet].age
	if o.places == endless {
		loser := &m.packets[o.winner]
		if age > loser.age {
			return false
		}
		o.winner = f.packet
		m.takeBack(loser.last, out)
		m.packets[f.packet].last = f
		return true
	}
	wheel, hop := m.flightOf(out)
	sent := &m.flights[wheel].slots[m.slotIn(hop)][o.winner]
	if age > m.packets[sent.packet].age {
		return false
	}
	m.takeBack(m.before(*sent), out)
	*sent = flit{f.packet, out, f.way}
	if m.far {
		m.ready[f.packet] = m.now + hop
	}
	return true
}

// takeBack undoes that a flit left its FIFO in this cycle for a channel: it is the
// head again and waits for the channel. Those that were woken for its place find
// that there is none.
func (m *Mesh) takeBack(f flit, out int32) {
	in, w := &m.channels[f.at], &m.wires[f.at]
	in.left = longAgo
	in.places += 1 + oneHeld
	if w.head == 0 {
		w.head = m.depth
	}
	w.head--
	*m.place(f.at, 0) = held{f.packet, f.way}
	m.wires[out].waiters |= 1 << m.cameBy(f.at)
	m.retry(out)
}

// grant has a channel send the oldest of the heads that wait for it, if it can.
func (m *Mesh) grant(out int32) {
	w := &m.wires[out]
	w.checked = false
	if w.waiters == 0 {
		return
	}
	var (
		best flit
		side int
	)
	age, at := Cycles(math.MaxInt64), m.from(out)
	for waiters := w.waiters; waiters != 0; waiters &= waiters - 1 {
		s := bits.TrailingZeros8(waiters)
		in := m.input(at, int32(s))
		first := *m.place(in, 0)
		if a := m.packets[first.packet].age; a < age {
			best, age, side = flit{first.packet, in, first.way}, a, s
		}
	}
	if !m.try(best, out) {
		return
	}
	if w.waiters &^= 1 << side; w.waiters != 0 {
		m.retry(out)
	}
	in, from := &m.channels[best.at], &m.wires[best.at]
	if from.head++; from.head == m.depth {
		from.head = 0
	}
	if in.places -= oneHeld; in.held() > 0 {
		m.moveUp = append(m.moveUp, best.at)
	}
}

// retry has a channel with waiters granted when it may be free: when it is idle
// and, if there is no place now, when a flit leaves the FIFO.
func (m *Mesh) retry(c int32) {
	o, w := &m.channels[c], &m.wires[c]
	if w.checked || o.taken() == m.depth {
		return
	}
	w.checked = true
	m.grants.add(c, m.now, max(Cycles(o.sent+m.periodOf(c)), m.now+1))
}

// wake has those who wait for a place in the FIFO behind a channel try when it is
// free again.
func (m *Mesh) wake(c int32) {
	switch w := &m.wires[c]; {
	case w.waiters == 0:
	case w.source:
		w.waiters = 0
		m.offers.add(c&m.mask, m.now, m.now+1)
	default:
		m.retry(c)
	}
}

// queue lets a flit that has arrived wait behind others in its FIFO, or, if there
// is none, behind one that leaves in this cycle.
func (m *Mesh) queue(f flit) {
	in := &m.channels[f.at]
	*m.place(f.at, in.held()) = held{f.packet, f.way}
	if in.held() == 0 {
		m.moveUp = append(m.moveUp, f.at)
	}
	in.places += oneHeld
}

// wait lets a flit that has arrived in an empty FIFO wait for a channel.
func (m *Mesh) wait(f flit, out int32) {
	m.channels[f.at].places += oneHeld
	*m.place(f.at, 0) = held{f.packet, f.way}
	m.wires[out].waiters |= 1 << m.cameBy(f.at)
}

// advance makes the next flit in a FIFO the head if one has left it in this cycle.
func (m *Mesh) advance(c int32) {
	in := &m.channels[c]
	if in.left != int32(m.now) || in.held() == 0 {
		return
	}
	first, out := m.place(c, 0), c+m.stride[m.side(c)]
	if hops := first.way.hops(); hops > 0 {
		first.way = way(hops - 1)
	} else {
		out, first.way = m.turn(first.packet, c)
	}
	m.wires[out].waiters |= 1 << m.cameBy(c)
	m.retry(out)
}
