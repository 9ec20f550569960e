package noc

import "github.com/weft-toolchain/weft/targets/mesh"

// turn says by which channel a packet leaves the router that a channel leads to,
// and how many hops it then goes straight on, as far as known.
func (m *Mesh) turn(packet, in int32) (out int32, left int16) {
	p, node := &m.packets[packet], in&^sideMask+m.stride[in&sideMask]
	if m.ways != nil {
		return m.turnAround(p, node, in)
	}
	at := m.at[node>>sideBits]
	dx, dy := p.to.x-at.x, p.to.y-at.y
	side := sides[sign(dy)+1][sign(dx)+1]
	if side == exit {
		return wayOut(p, node), 0
	}
	if dx == 0 {
		dx = dy
	}
	out, left = node|side, max(dx, -dx)-1
	if m.straight != nil {
		left = min(left, m.straight[out])
	}
	m.goStraight(out, left, 1)
	return out, left
}

// sides is the way of a packet by where its destination lies. A table instead of
// comparisons, which no processor can predict.
var sides = [3][3]int32{
	{west, north, east},
	{west, exit, east},
	{west, south, east},
}

// sign returns -1, 0 or 1, and does not branch.
func sign(d int16) int { return int(d>>15) | int(uint16(-d)>>15) }

// turnAround is turn where links are dead: by the table, where it counts whether
// the packet came down a link.
func (m *Mesh) turnAround(p *packet, node, from int32) (out int32, left int16) {
	down := from&sideMask != entry && from != hostEntry && m.down[routerOf(from)]>>(from&sideMask)&1 != 0
	side := mesh.Way(m.ways[max(p.dst, 0)][routerOf(node)], down)
	if side == mesh.Local {
		return wayOut(p, node), 0
	}
	m.goStraight(node|int32(side), 0, 1)
	return node | int32(side), 0
}

// goStraight counts packets that leave by a channel and go straight on for some
// hops behind it.
func (m *Mesh) goStraight(c int32, left int16, packets int64) {
	m.runs[c] += packets
	m.runs[c+(int32(left)+1)*m.stride[c&sideMask]] -= packets
}

// wayOut is the channel by which a packet leaves the mesh.
func wayOut(p *packet, node int32) int32 {
	if p.dst == Host {
		return hostExit
	}
	return node | exit
}

// cameBy is the side at which the FIFO behind a channel is in its router.
func cameBy(c int32) int32 {
	if side := c & sideMask; side != entry {
		return int32(mesh.Side(side).Opposite())
	}
	return entry
}

// routerOf is the router that sends by a channel, or Host.
func routerOf(c int32) int32 { return c>>sideBits - 1 }

// entryOf is the channel by which a node's source sends.
func entryOf(node int32) int32 {
	if node == 0 {
		return hostEntry
	}
	return node<<sideBits | entry
}

// slotOf is where in the wheel those are that a channel between routers sends now.
func (m *Mesh) slotOf(c int32) uint { return uint(m.now+min(m.hopOf(c), horizon-1)) % horizon }

// crosses reports whether a channel leads to another chip.
func (m *Mesh) crosses(c int32) bool { return m.straight != nil && m.wires[c].crosses }

// hopOf is the latency of a channel between routers.
func (m *Mesh) hopOf(c int32) Cycles {
	hop := m.hops[c&sideMask]
	if m.crosses(c) {
		hop += m.cfg.ChipHop
	}
	return hop
}

// periodOf is the cycles between two packets of a channel.
func (m *Mesh) periodOf(c int32) int32 {
	switch {
	case c&sideMask == exit:
		return 1
	case m.crosses(c):
		return m.chipPeriod
	}
	return m.linkPeriod
}

// isFlying looks at a flit whose hop is longer than the wheel's horizon: it is
// looked at again if it is still in flight.
func (m *Mesh) isFlying(f flit) bool {
	ready := m.packets[f.packet].ready
	if ready <= m.now {
		return false
	}
	m.flights.add(f, m.now, ready)
	return true
}
