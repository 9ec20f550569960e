package noc

import "github.com/weft-toolchain/weft/targets/mesh"

// turn says by which channel a packet leaves the router that a channel leads to, and its way
// from there.
func (m *Mesh) turn(packet, in int32) (out int32, w way) {
	p, at := &m.packets[packet], m.to(in)
	if m.ways != nil {
		return m.turnAround(p, at, in)
	}
	dx, dy := p.to.x-at.x, p.to.y-at.y
	side := towards[sign(dy)+1][sign(dx)+1]
	if side == exit {
		return m.wayOut(p, at), turned(m.cameBy(in), 0)
	}
	if dx == 0 {
		dx = dy
	}
	hops := max(dx, -dx) - 1
	out = m.channel(side, at)
	if m.straight != nil {
		hops = min(hops, m.straight[out])
	}
	return out, turned(m.cameBy(in), hops)
}

// towards is the way of a packet by where its destination lies. A table instead of
// comparisons, which no processor can predict.
var towards = [3][3]int32{
	{west, north, east},
	{west, exit, east},
	{west, south, east},
}

// sign returns -1, 0 or 1, and does not branch.
func sign(d int16) int { return int(d>>15) | int(uint16(-d)>>15) }

// backwards is what a side's opposite has another bit by if d is negative.
func backwards(d int16) int32 { return int32(uint16(d) >> 15) }

// turnAround is turn where links are dead: by the table, where it counts whether
// the packet came down a link.
func (m *Mesh) turnAround(p *packet, at position, from int32) (out int32, w way) {
	down := false
	if from < m.entries && from != m.entryOf(0) {
		side := m.side(from)
		down = m.down[m.node(m.from(from))+Host]>>side&1 != 0
		m.runs[m.channel(side, at)]--
	}
	side := mesh.Way(m.ways[max(p.dst, 0)][m.node(at)+Host], down)
	if side == mesh.Local {
		return m.wayOut(p, at), turned(m.cameBy(from), 0)
	}
	out = m.channel(int32(side), at)
	m.runs[out]++
	return out, turned(m.cameBy(from), 0)
}

// wayOut is the channel by which a packet leaves the mesh.
func (m *Mesh) wayOut(p *packet, at position) int32 {
	if p.dst == Host {
		return m.hostExit
	}
	return m.channel(exit, at)
}

// crosses reports whether a channel leads to another chip.
func (m *Mesh) crosses(c int32) bool { return m.straight != nil && m.wires[c].crosses }

// flightOf is the wheel of the flits that a channel between routers sends, and the
// cycles that they fly.
func (m *Mesh) flightOf(c int32) (wheel int, hop Cycles) {
	side := m.side(c)
	if m.crosses(c) {
		return others, m.hops[side] + m.cfg.ChipHop
	}
	return int(side >> 1), m.hops[side]
}

// slotIn is the place in a wheel of what happens some cycles from now.
func (m *Mesh) slotIn(hop Cycles) uint { return uint(m.now+min(hop, horizon-1)) % horizon }

// periodOf is the cycles between two packets of a channel.
func (m *Mesh) periodOf(c int32) int32 {
	switch {
	case c >= m.exits:
		return 1
	case m.crosses(c):
		return m.chipPeriod
	}
	return m.linkPeriod
}

// isFlying looks at a flit whose hop is longer than the wheel's horizon: it is
// looked at again if it is still in flight.
func (m *Mesh) isFlying(f flit) bool {
	ready := m.ready[f.packet]
	if ready <= m.now {
		return false
	}
	wheel, _ := m.flightOf(f.at)
	m.flights[wheel].add(f, m.now, ready)
	return true
}
