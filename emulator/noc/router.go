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
	grants := m.grants.take(m.now)
	for _, c := range grants {
		m.grant(c)
	}
	m.grants.release(grants)
	m.arrive()
	for n := m.offers.take(m.now); n != none; {
		next := m.offers.then[n]
		m.enter(n)
		n = next
	}
	m.settle()
}

// arrive looks at the flits that have arrived: the loop in which the time goes.
func (m *Mesh) arrive() {
	now, period, depth := m.now, m.cfg.LinkCycles, m.depth
	channels, stride, most := m.channels, &m.stride, m.most
	flits := m.flights.take(now)
	// Where those go that are in flight along x, and along y.
	slots := [2]uint{uint(now+min(m.cfg.HopX, horizon-1)) % horizon, uint(now+min(m.cfg.HopY, horizon-1)) % horizon}
	for _, f := range flits {
		in := &channels[f.at]
		if m.far && m.isFlying(f) {
			continue
		}
		if in.present != 0 || in.left == now {
			m.queue(f)
			continue
		}
		var out int32
		if f.left > 0 {
			f.left--
			out = f.at + stride[f.at&sideMask]
		} else {
			out, f.left = m.turn(f.packet, f.at)
		}
		o := &channels[out]
		taken := o.taken
		if o.left == now { // the place is free from the next cycle on
			taken++
		}
		if now-o.sent < period || taken >= depth {
			if !m.try(f, out) {
				m.wait(f, out)
			}
			continue
		}
		o.sent = now
		o.load++
		o.taken++
		most = max(most, taken+1)
		slot := slots[out>>1&1]
		s := &m.flights.slots[slot]
		if len(*s) == cap(*s) {
			m.flights.grow(s)
		}
		o.winner = int32(len(*s))
		*s = append(*s, flit{packet: f.packet, at: out, from: f.at, left: f.left})
		m.flights.busy |= 1 << slot
		if m.far {
			m.packets[f.packet].ready = now + m.hop(out)
		}
		in.left = now
		in.taken--
		if in.taken == depth-1 {
			m.wake(f.at)
		}
	}
	m.most = max(m.most, most)
	m.flights.release(flits)
}

// try sends a flit over a channel if that is free for it, which is so too if a
// younger one was sent in this cycle. If not, the channel is looked at again when
// it may be.
func (m *Mesh) try(f flit, out int32) bool {
	now, o := m.now, &m.channels[out]
	period := m.period(out)
	switch {
	case o.sent == now:
		if !m.replace(f, out) {
			m.recheck(out, now+period)
			return false
		}
	case now-o.sent < period:
		m.recheck(out, o.sent+period)
		return false
	case o.taken == endless:
		if out&sideMask == exit {
			m.exits.add(out >> sideBits)
		} else {
			m.ends = append(m.ends, out)
		}
		o.sent, o.winner = now, f.packet
		m.packets[f.packet].from = f.at
	case o.taken == m.depth:
		return false // leave wakes it
	case o.left == now && o.taken == m.depth-1:
		m.recheck(out, now+1)
		return false
	default:
		taken := o.taken + 1
		o.sent, o.taken = now, taken
		if o.left == now {
			taken++
		}
		m.most = max(m.most, taken)
		o.load++
		o.winner = m.flights.add(flit{packet: f.packet, at: out, from: f.at, left: f.left}, now, now+m.hop(out))
		m.packets[f.packet].ready = now + m.hop(out)
	}
	in := &m.channels[f.at]
	in.left = now
	in.taken--
	m.wake(f.at)
	return true
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
		m.takeBack(flit{packet: loser, at: m.packets[loser].from}, out)
		m.packets[f.packet].from = f.at
		return true
	}
	sent := &m.flights.slots[uint(m.now+min(m.hop(out), horizon-1))%horizon][o.winner]
	if age > m.packets[sent.packet].age {
		return false
	}
	m.takeBack(flit{packet: sent.packet, at: sent.from, left: sent.left}, out)
	sent.packet, sent.from, sent.left = f.packet, f.at, f.left
	m.packets[f.packet].ready = m.now + m.hop(out)
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
	m.wires[out].waiters |= 1 << m.cameBy(f.at)
	m.recheck(out, m.now+m.period(out))
}

// grant has a channel send the oldest of the heads that wait for it, if it can.
func (m *Mesh) grant(out int32) {
	w, r := &m.wires[out], out>>sideBits
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
		in := m.inputOf(r, int32(s))
		head := m.place(in, 0)
		if a := m.packets[head.packet].age; a < age {
			best, age, side = flit{packet: head.packet, at: in, left: head.left}, a, s
		}
	}
	if !m.try(best, out) {
		return
	}
	w.waiters &^= 1 << side
	if w.waiters != 0 {
		m.recheck(out, m.now+m.period(out))
	}
	in, from := &m.channels[best.at], &m.wires[best.at]
	if from.head++; from.head == m.depth {
		from.head = 0
	}
	if in.present--; in.present > 0 {
		m.moveUp = append(m.moveUp, best.at)
	}
}

// recheck has a channel looked at again at a cycle, unless it is anyway, which then
// is not later.
func (m *Mesh) recheck(c int32, at Cycles) {
	if w := &m.wires[c]; !w.checked {
		w.checked = true
		m.grants.add(c, m.now, at)
	}
}

// wake has those who wait for a place in the FIFO behind a channel try in the next
// cycle.
func (m *Mesh) wake(c int32) {
	switch w := &m.wires[c]; {
	case w.waiters == 0:
	case c&sideMask == entry:
		w.waiters = 0
		m.offers.add(c>>sideBits, m.now, m.now+1)
	default:
		m.recheck(c, m.now+1)
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
	m.wires[out].waiters |= 1 << m.cameBy(f.at)
}

// advance makes the next flit in a FIFO the head if one has left it in this cycle.
func (m *Mesh) advance(c int32) {
	in := &m.channels[c]
	if in.left != m.now || in.present == 0 {
		return
	}
	f, out := m.place(c, 0), int32(0)
	if f.left > 0 {
		f.left--
		out = c + m.stride[c&sideMask]
	} else {
		out, f.left = m.turn(f.packet, c)
	}
	m.wires[out].waiters |= 1 << m.cameBy(c)
	if o := &m.channels[out]; o.taken != m.depth {
		m.recheck(out, max(o.sent+m.period(out), m.now+1))
	}
}

// enter lets a node's source send the packet that it offers, if there is a place.
func (m *Mesh) enter(n int32) {
	now, c := m.now, n<<sideBits|entry
	ch := &m.channels[c]
	taken := ch.taken
	if ch.left == now {
		taken++
	}
	if taken == m.depth {
		if ch.left == now {
			m.offers.add(n, now, now+1)
		} else {
			m.wires[c].waiters = 1
		}
		return
	}
	ch.taken++
	m.most = max(m.most, taken+1)
	ch.load++

	s := &m.senders[n]
	src := &m.sources[s.source]
	in := &src.Injections[s.next]
	s.due = max(in.At, s.due+1)
	p := m.newPacket()
	m.packets[p] = packet{
		age:   (s.due-m.start)<<m.ageBits | Cycles(src.Router+1),
		ready: now + 1,
		dst:   in.Packet.Dst,
		id:    in.Packet.ID,
		to:    m.at[max(in.Packet.Dst, 0)],
	}
	m.flights.add(flit{packet: p, at: c}, now, now+1)
	m.entered++

	stall := now + m.shift - in.At
	if s.next++; int(s.next) < len(src.Injections) {
		m.offers.add(n, now, max(src.Injections[s.next].At+stall-m.shift, now+1))
		return
	}
	src.Stall, src.Done = stall, now+m.shift
	m.stall += stall
}

// newPacket returns a packet that is not in use.
func (m *Mesh) newPacket() int32 {
	if last := len(m.free) - 1; last >= 0 {
		p := m.free[last]
		m.free = m.free[:last]
		return p
	}
	m.packets = append(m.packets, packet{})
	return int32(len(m.packets) - 1)
}
