package noc

import (
	"math"
	"math/bits"
	"sort"
)

// step is one cycle. First the channels that are free again send the oldest of
// those that wait for them. Then the flits that have arrived go on at once if
// nothing is in their way; should an older one turn up for the same channel, the
// younger is taken back. At last the sources enter.
func (m *Mesh) step() {
	grants := m.grants.take(m.now)
	for _, c := range grants {
		m.grant(c)
	}
	m.grants.release(grants)
	m.arrive()
	for m.plan.soon == m.now {
		m.enterOnTime(m.plan.take())
	}
	for n := m.offers.take(m.now); n != none; {
		next := m.offers.then[n]
		m.tryEnter(n)
		n = next
	}
	m.settle()
}

// arrive sends on the flits that have arrived, or has them wait.
func (m *Mesh) arrive() {
	for k := range m.flights {
		w := &m.flights[k]
		switch flits := w.take(m.now); {
		case len(flits) == 0:
		case len(flits) >= m.crowd && k != others && !m.farChip:
			m.arriveEach(m.pass(w, flits))
		default:
			m.arriveEach(flits)
			w.release(flits)
		}
	}
}

// arriveEach is arrive for flits one by one.
func (m *Mesh) arriveEach(flits []flit) {
	now := int32(m.now)
	for _, f := range flits {
		if m.far && m.isFlying(f) {
			continue
		}
		if in := &m.channels[f.at]; in.present != 0 || in.left == now {
			m.queue(f)
			continue
		}
		out := f.at + m.stride[f.at&sideMask]
		if f.left--; f.left < 0 {
			out, f.left = m.turn(f.packet, f.at)
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
	_, hop := m.flightOf(flits[0].at)
	slot := m.slotIn(hop)
	m.roomy = max(min(m.depth, m.most), 1) - 1
	rest = m.rest[:0]
	for i := m.glide(flits, 0); i < uint(len(flits)); i = m.glide(flits, i) {
		rest = append(rest, flits[i])
		last := len(flits) - 1
		flits[i] = flits[last]
		flits = flits[:last]
	}
	m.rest = rest
	for i, f := range w.slots[slot] { // sent in this cycle before, and now behind the others
		m.channels[f.at].winner = int32(len(flits) + i)
	}
	w.prepend(slot, flits)
	return rest
}

// glide is the loop of pass, from a flit to the first that it does not send on, whose
// place it returns. In a full mesh the time goes here: it calls nothing, and has no more
// at hand than a processor has registers.
func (m *Mesh) glide(flits []flit, i uint) uint {
	now, channels := int32(m.now), m.channels
	for ; i < uint(len(flits)); i++ {
		f := &flits[i]
		at := uint32(f.at)
		in := &channels[at]
		before := in.taken
		if f.left == 0 || in.present != 0 || in.left == now || before == m.depth {
			break
		}
		out := at + uint32(m.stride[at&sideMask])
		o := &channels[out]
		taken := o.taken
		if now-o.sent < m.linkPeriod || taken >= m.roomy {
			break
		}
		in.left, in.taken = now, before-1
		o.sent, o.taken, o.winner = now, taken+1, int32(i)
		f.at, f.from = int32(out), int32(at)
		f.left--
	}
	return i
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
	case o.taken == endless:
		if out&sideMask == exit {
			m.exits.add(routerOf(out))
		} else {
			m.ends = append(m.ends, out)
		}
		o.sent, o.winner = now, f.packet
		m.packets[f.packet].from, m.packets[f.packet].left = f.at, f.left
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
	o.taken++
	o.winner = m.flights[wheel].add(flit{packet: f.packet, at: out, from: f.at, left: f.left}, m.now, m.now+hop)
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
	if in.taken--; in.taken == m.depth-1 {
		m.wake(c)
	}
}

// replace puts a flit in the place of the one that a channel sent in this cycle,
// if it is older.
func (m *Mesh) replace(f flit, out int32) bool {
	o, age := &m.channels[out], m.packets[f.packet].age
	if o.taken == endless {
		loser := o.winner
		if age > m.packets[loser].age {
			return false
		}
		o.winner = f.packet
		m.takeBack(flit{packet: loser, at: m.packets[loser].from, left: m.packets[loser].left}, out)
		m.packets[f.packet].from, m.packets[f.packet].left = f.at, f.left
		return true
	}
	wheel, hop := m.flightOf(out)
	sent := &m.flights[wheel].slots[m.slotIn(hop)][o.winner]
	if age > m.packets[sent.packet].age {
		return false
	}
	m.takeBack(flit{packet: sent.packet, at: sent.from, left: sent.left}, out)
	sent.packet, sent.from, sent.left = f.packet, f.at, f.left
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
	in.taken++
	in.present++
	if w.head == 0 {
		w.head = m.depth
	}
	w.head--
	*m.place(f.at, 0) = held{f.packet, f.left}
	m.wires[out].waiters |= 1 << cameBy(f.at)
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
	age := Cycles(math.MaxInt64)
	for waiters := w.waiters; waiters != 0; waiters &= waiters - 1 {
		s := bits.TrailingZeros8(waiters)
		in := out&^sideMask + m.inputs[s]
		head := m.place(in, 0)
		if a := m.packets[head.packet].age; a < age {
			best, age, side = flit{packet: head.packet, at: in, left: head.left}, a, s
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
	if in.present--; in.present > 0 {
		m.moveUp = append(m.moveUp, best.at)
	}
}

// retry has a channel with waiters granted when it may be free: when it is idle
// and, if there is no place now, when a flit leaves the FIFO.
func (m *Mesh) retry(c int32) {
	o, w := &m.channels[c], &m.wires[c]
	if w.checked || o.taken == m.depth {
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
		m.offers.add(c>>sideBits, m.now, m.now+1)
	default:
		m.retry(c)
	}
}

// queue lets a flit that has arrived wait behind others in its FIFO, or, if there
// is none, behind one that leaves in this cycle.
func (m *Mesh) queue(f flit) {
	in := &m.channels[f.at]
	*m.place(f.at, in.present) = held{f.packet, f.left}
	if in.present == 0 {
		m.moveUp = append(m.moveUp, f.at)
	}
	in.present++
}

// wait lets a flit that has arrived in an empty FIFO wait for a channel.
func (m *Mesh) wait(f flit, out int32) {
	m.channels[f.at].present = 1
	*m.place(f.at, 0) = held{f.packet, f.left}
	m.wires[out].waiters |= 1 << cameBy(f.at)
}

// advance makes the next flit in a FIFO the head if one has left it in this cycle.
func (m *Mesh) advance(c int32) {
	in := &m.channels[c]
	if in.left != int32(m.now) || in.present == 0 {
		return
	}
	f, out := m.place(c, 0), c+m.stride[c&sideMask]
	if f.left--; f.left < 0 {
		out, f.left = m.turn(f.packet, c)
	}
	m.wires[out].waiters |= 1 << cameBy(c)
	m.retry(out)
}

// enterOnTime lets a source send a packet in the cycle in which it is due. If it cannot,
// it stands still, and is late from then on.
func (m *Mesh) enterOnTime(o *offer) {
	n := int32(o.age & (1<<m.plan.ageBits - 1))
	if m.late[n] {
		return
	}
	c := entryOf(n)
	ch := &m.channels[c]
	taken := ch.takenAt(int32(m.now))
	if taken == m.depth || ch.sent == int32(m.now) {
		m.standStill(n)
		return
	}
	m.enter(c, taken, o.age, o.packet)
}

// standStill has a source that was on time stand still from now on.
func (m *Mesh) standStill(n int32) {
	all, now := m.sources[m.sourceOf[n]].Injections, m.now+m.shift
	next := sort.Search(len(all), func(i int) bool { return all[i].At >= now })
	if m.channels[entryOf(n)].sent == int32(m.now) {
		next++
	}
	due := m.start - 1
	if next > 0 {
		due = all[next-1].At
	}
	m.late[n], m.senders[n] = true, sender{rest: all[next:], due: due}
	m.tryEnter(n)
}

// tryEnter lets a source that is late send its next packet, if there is a place and it has sent
// none in this cycle.
func (m *Mesh) tryEnter(n int32) {
	now, c := m.now, entryOf(n)
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
	ch.taken++
	m.most = max(m.most, taken+1)
	m.entered++
	p := m.newPacket()
	m.packets[p] = packet{age: age, dst: what.Dst, id: what.ID, to: m.at[max(what.Dst, 0)+1]}
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
