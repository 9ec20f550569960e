package noc

import "slices"

// Counts is what happened in a mesh since New or ResetCounts.
type Counts struct {
	Packets      int64 // packets that entered, from cores and from the host
	HopsX, HopsY int64 // links crossed between routers, along x and along y
	Crossings    int64 // those of them between two chips
	Delivered    int64 // packets delivered, to cores and to the host
	Lost         int64 // packets sent over severed links
	HostIn       int64 // packets that entered from the host
	HostOut      int64 // packets delivered to the host
	StallCycles  int64 // cycles for which sources stood still, summed
	// MaxOccupancy is the most places taken in any one FIFO, counting packets
	// in flight to it, and a place freed in this cycle as still taken:
	// 0..FIFODepth.
	MaxOccupancy int
}

// Counts returns what happened since the last ResetCounts.
func (m *Mesh) Counts() Counts {
	c := Counts{
		Packets:      m.entered,
		Delivered:    m.delivered,
		Lost:         m.lost,
		HostIn:       m.hostIn,
		HostOut:      m.hostOut,
		StallCycles:  m.stall,
		MaxOccupancy: int(m.most),
	}
	for i, load := range m.loads() {
		if m.crosses(int32(i)) {
			c.Crossings += load
		}
		switch int32(i) & sideMask {
		case east, west:
			c.HopsX += load
		case north, south:
			c.HopsY += load
		}
	}
	c.HopsX -= c.HostIn + c.HostOut
	return c
}

// book counts packets that go from a node to where their destination is, along x first.
// Those of the host begin at router 0. Where a packet has nowhere to go along x or y, what is
// counted is nothing, without a branch that no processor can predict.
func (m *Mesh) book(node int32, to position, packets int64) {
	node = max(node, nodeOf(0))
	dx, dy := to.x-m.at[node].x, to.y-m.at[node].y
	turn := node + int32(dx)
	stop := turn + int32(dy)*int32(m.cfg.Width)
	x, y := sides[1][sign(dx)+1], sides[sign(dy)+1][1]
	m.runs[node<<sideBits|x] += packets
	m.runs[turn<<sideBits|x] -= packets
	m.runs[turn<<sideBits|y] += packets
	m.runs[stop<<sideBits|y] -= packets
}

// loads returns how many packets each channel carried. What went straight on
// carried all that the channel before did.
func (m *Mesh) loads() []int64 {
	loads := slices.Clone(m.runs)
	add := func(r, side int32) {
		c := (r+1)<<sideBits | side
		loads[c] += loads[c-m.stride[side]]
	}
	for r := range m.routers {
		if m.at[r+1].x > 0 {
			add(r, east)
		}
		if m.at[r+1].y > 0 {
			add(r, south)
		}
	}
	for r := m.routers - 1; r >= 0; r-- {
		if int(m.at[r+1].x) < m.cfg.Width-1 {
			add(r, west)
		}
		if int(m.at[r+1].y) < m.cfg.Height-1 {
			add(r, north)
		}
	}
	loads[hostEntry], loads[hostExit] = m.hostIn, m.hostOut
	return loads
}

// LinkLoads returns how many packets each directed link carried since the last
// ResetCounts. The links are in order of the router they leave, and of one
// router east, west, north, south, as far as there is a neighbour; the west
// link of router 0 goes to the host. The last one comes from the host. Dead and
// severed links are left out.
func (m *Mesh) LinkLoads() []int64 {
	loads, all := make([]int64, len(m.listed)), m.loads()
	for i, c := range m.listed {
		loads[i] = all[c]
	}
	return loads
}

// Link returns the routers between which LinkLoads()[i] packets went, or Host.
func (m *Mesh) Link(i int) (from, to int) {
	c := m.listed[i]
	return int(routerOf(c)), int(routerOf(c + m.stride[c&sideMask]))
}

// ResetCounts sets all counts and loads to zero.
func (m *Mesh) ResetCounts() {
	m.entered, m.delivered, m.lost, m.stall, m.most = 0, 0, 0, 0, 0
	m.hostIn, m.hostOut = 0, 0
	clear(m.runs)
}
