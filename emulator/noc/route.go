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
	if from != hostEntry { // whose packets are counted apart
		m.runs[node|from&sideMask]--
	}
	if side == mesh.Local {
		return wayOut(p, node), 0
	}
	out = node | int32(side)
	m.runs[out]++
	return out, 0
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

// crosses reports whether a channel leads to another chip.
func (m *Mesh) crosses(c int32) bool { return m.straight != nil && m.wires[c].crosses }

// flightOf is the wheel of the flits that a channel between routers sends, and the
// cycles that they fly.
func (m *Mesh) flightOf(c int32) (wheel int, hop Cycles) {
	side := c & sideMask
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
	ready := m.ready[f.packet]
	if ready <= m.now {
		return false
	}
	wheel, _ := m.flightOf(f.at)
	m.flights[wheel].add(f, m.now, ready)
	return true
}
