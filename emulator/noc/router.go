package noc

import (
	"math/bits"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// visit is what a node does in the cycle now: its source enters a packet, and
// its heads that can leave do. A head that cannot is seen to again: when it is
// ready, when its link is idle, or when a place becomes free for it.
func (m *Mesh) visit(n int32) {
	now := m.wheel.now
	if m.nodes[n].offer <= now {
		m.enter(n, now)
	}
	var (
		winner    [numPorts]int32 // the FIFO whose head gets an output
		wanted    uint8           // outputs with a winner
		contested uint8           // outputs with a loser
	)
	first := n * int32(numPorts)
	for in := m.nodes[n].occupied; in != 0; in &= in - 1 {
		f := first + int32(bits.TrailingZeros8(in))
		head := m.head(f)
		if head.ready > now {
			m.wheel.wake(n, head.ready)
			continue
		}
		out := head.out
		l := &m.links[first+int32(out)]
		if l.busy > now {
			m.wheel.wake(n, l.busy)
			continue
		}
		if l.credit == 0 {
			continue // pop wakes us
		}
		if wanted>>out&1 != 0 {
			contested |= 1 << out
			if head.age > m.head(winner[out]).age {
				continue
			}
		}
		wanted |= 1 << out
		winner[out] = f
	}
	for ; wanted != 0; wanted &= wanted - 1 {
		out := uint8(bits.TrailingZeros8(wanted))
		m.send(n, out, winner[out], now)
		if contested>>out&1 != 0 {
			m.wheel.wake(n, m.links[first+int32(out)].busy)
		}
	}
}

// head is the flit that has been in a FIFO for longest; there is one.
func (m *Mesh) head(f int32) *flit { return &m.places[f*m.depth+m.fifos[f].head] }

// enter lets a node's source send the packet that it offers, if there is a place.
func (m *Mesh) enter(n int32, now Cycles) {
	entry := m.entry(n)
	l := &m.links[entry]
	if l.credit == 0 {
		return // pop wakes us
	}
	s := &m.senders[n]
	src := &m.sources[s.source]
	in := &src.Injections[s.next]
	s.due = max(in.At, s.due+1)
	to := &m.nodes[max(in.Packet.Dst, 0)]
	p := m.push(l, now+1)
	*p = flit{
		ready: now + 1,
		age:   (s.due-m.start)<<m.ageBits | Cycles(src.Router+1),
		dst:   in.Packet.Dst,
		id:    in.Packet.ID,
		x:     to.x,
		y:     to.y,
	}
	if at := m.fifos[l.to].node; m.ways == nil {
		p.out = m.route(p, at)
	} else {
		p.out = m.routeAround(p, at, false)
	}
	l.load++
	m.packets++

	stall := now - in.At
	s.next++
	if int(s.next) < len(src.Injections) {
		m.offer(n, max(src.Injections[s.next].At+stall, now+1))
		return
	}
	src.Stall, src.Done = stall, now
	m.stall += stall
	m.nodes[n].offer = never
}

// route returns the side by which a packet leaves a router: first along x, then
// along y, then out. It is small enough to be inlined, and so is apart from
// routeAround: in one function they cost a run with few packets a twentieth.
func (m *Mesh) route(p *flit, router int32) uint8 {
	at := &m.nodes[router]
	side := sides[sign(p.y-at.y)+1][sign(p.x-at.x)+1]
	if side == local && p.dst == Host {
		return west
	}
	return side
}

// routeAround is route where links are dead: by the table, where it counts whether
// the packet came down a link.
func (m *Mesh) routeAround(p *flit, router int32, down bool) uint8 {
	side := uint8(mesh.Way(m.ways[max(p.dst, 0)][router], down))
	if side == local && p.dst == Host {
		return west
	}
	return side
}

// sides is the way of a packet by where its destination lies. A table instead
// of comparisons, which no processor can predict, is worth a tenth of a run.
var sides = [3][3]uint8{
	{west, north, east},
	{west, local, east},
	{west, south, east},
}

// sign returns -1, 0 or 1, and does not branch.
func sign(d int16) int { return int(d>>15) | int(uint16(-d)>>15) }

// send moves the head of a FIFO of router n out by one side.
func (m *Mesh) send(n int32, out uint8, f int32, now Cycles) {
	p := m.pop(n, f, now)
	l := &m.links[n*int32(numPorts)+int32(out)]
	l.busy = now + m.cfg.LinkCycles
	if l.severed {
		m.lose(now)
		return
	}
	l.load++
	m.moved[out]++
	if out == local {
		l.busy = now + 1
	}
	if l.to == none {
		m.eject(p, now+m.cfg.EjectCycles)
		return
	}
	ready := now + m.hop[out]
	q := m.push(l, ready)
	*q = *p
	q.ready = ready
	if at := m.fifos[l.to].node; m.ways == nil {
		q.out = m.route(p, at)
	} else {
		q.out = m.routeAround(p, at, m.down[n]>>out&1 != 0)
	}
}

// pop takes the head off a FIFO; the flit is good until the next push there.
// Its place goes back to the link that fills the FIFO, whose owner is woken if
// it may be waiting for one.
func (m *Mesh) pop(n, f int32, now Cycles) *flit {
	q := &m.fifos[f]
	p := &m.places[f*m.depth+q.head]
	if q.head++; q.head == m.depth {
		q.head = 0
	}
	if q.count--; q.count == 0 {
		m.nodes[n].occupied &^= q.bit
	} else {
		m.wheel.wake(n, max(now+1, m.places[f*m.depth+q.head].ready))
	}
	if from := &m.links[q.from]; from.credit == 0 {
		m.wheel.wake(from.owner, now+1)
	}
	m.returned = append(m.returned, q.from)
	return p
}

// push takes a credit of a link and the place at the end of the FIFO behind it,
// for the caller to fill with a flit that is ready at a cycle.
func (m *Mesh) push(l *link, ready Cycles) *flit {
	l.credit--
	m.leastSpare = min(m.leastSpare, l.credit)
	f := l.to
	q := &m.fifos[f]
	i := q.head + q.count
	if i >= m.depth {
		i -= m.depth
	}
	if q.count == 0 {
		m.nodes[q.node].occupied |= q.bit
		m.wheel.wake(q.node, ready)
	}
	q.count++
	return &m.places[f*m.depth+i]
}

// lose ends a packet that was sent over a severed link.
func (m *Mesh) lose(now Cycles) {
	m.end = max(m.end, now+1)
	m.pending--
	m.lost++
}

// eject delivers a packet at a cycle.
func (m *Mesh) eject(p *flit, at Cycles) {
	m.end = max(m.end, at+1)
	m.pending--
	if m.deliver != nil {
		m.deliver(Delivery{
			At:     at,
			Packet: Packet{Dst: p.dst, ID: p.id},
			Src:    int32(p.age&(1<<m.ageBits-1)) - 1,
		})
	}
}
