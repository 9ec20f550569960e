package noc

import "github.com/weft-toolchain/weft/targets/mesh"

// turn says by which channel a packet leaves the router that a channel leads to,
// and how many hops it then goes straight on, as far as known.
func (m *Mesh) turn(packet, in int32) (out int32, left int16) {
	p, r := &m.packets[packet], m.wires[in].to
	if m.ways != nil {
		return m.turnAround(p, r, in)
	}
	at := m.at[r]
	dx, dy := p.to.x-at.x, p.to.y-at.y
	switch {
	case dx > 0:
		return r<<sideBits | east, dx - 1
	case dx < 0:
		return r<<sideBits | west, -dx - 1
	case dy > 0:
		return r<<sideBits | south, dy - 1
	case dy < 0:
		return r<<sideBits | north, -dy - 1
	}
	return m.wayOut(p, r), 0
}

// turnAround is turn where links are dead: by the table, where it counts whether
// the packet came down a link.
func (m *Mesh) turnAround(p *packet, r, from int32) (out int32, left int16) {
	came := from & sideMask
	down := came != entry && m.down[from>>sideBits]>>came&1 != 0
	side := mesh.Way(m.ways[max(p.dst, 0)][r], down)
	if side == mesh.Local {
		return m.wayOut(p, r), 0
	}
	return r<<sideBits | int32(side), 0
}

// wayOut is the channel by which a packet leaves the mesh.
func (m *Mesh) wayOut(p *packet, r int32) int32 {
	if p.dst == Host {
		return west
	}
	return r<<sideBits | exit
}

// cameBy is the side at which the FIFO behind a channel is in its router.
func (m *Mesh) cameBy(c int32) int32 {
	switch side := c & sideMask; {
	case side != entry:
		return int32(mesh.Side(side).Opposite())
	case c == m.hostEntry():
		return west
	}
	return entry
}

// inputOf is the channel that fills a router's FIFO at a side.
func (m *Mesh) inputOf(r, side int32) int32 {
	switch {
	case side == entry:
		return r<<sideBits | entry
	case r == 0 && side == west:
		return m.hostEntry()
	}
	return r<<sideBits + m.stride[side] | int32(mesh.Side(side).Opposite())
}

// hop is the latency of a channel between routers.
func (m *Mesh) hop(c int32) Cycles {
	if c&sideMask <= west {
		return m.cfg.HopX
	}
	return m.cfg.HopY
}

// period is the cycles between two packets of a channel.
func (m *Mesh) period(c int32) Cycles {
	if c&sideMask == exit {
		return 1
	}
	return m.cfg.LinkCycles
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
