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
		if side := m.side(int32(i)); side == east || side == west {
			c.HopsX += load
		} else {
			c.HopsY += load
		}
	}
	c.HopsX -= c.HostIn + c.HostOut
	return c
}

// book counts packets that go from a position to that of their destination, along x first.
// Where one has nowhere to go along x or y, what is counted is nothing, without a branch
// that no processor can predict.
func (m *Mesh) book(from, to position, packets int64) {
	dx, dy := to.x-from.x, to.y-from.y
	x := m.channel(east^backwards(dx), from)
	y := m.channel(south^backwards(dy), position{to.x, from.y})
	m.runs[x] += packets
	m.runs[x+int32(dx)] -= packets
	m.runs[y] += packets
	m.runs[y-int32(dy)] -= packets
}

// loads returns how many packets each link carried. What went straight on
// carried all that the link before did.
func (m *Mesh) loads() []int64 {
	loads := slices.Clone(m.runs)
	add := func(side int32, at position) {
		c := m.channel(side, at)
		loads[c] += loads[c-m.stride[side]]
	}
	for _, at := range m.at[nodeOf(0):][:m.routers] {
		if at.x > 0 {
			add(east, at)
		}
		if at.y > 0 {
			add(south, at)
		}
	}
	for _, at := range slices.Backward(m.at[nodeOf(0):][:m.routers]) {
		if int(at.x) < m.cfg.Width-1 {
			add(west, at)
		}
		if int(at.y) < m.cfg.Height-1 {
			add(north, at)
		}
	}
	loads[m.entryOf(0)], loads[m.hostExit] = m.hostIn, m.hostOut
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
	return int(m.node(m.from(c)) + Host), int(m.node(m.to(c)) + Host)
}

// ResetCounts sets all counts and loads to zero.
func (m *Mesh) ResetCounts() {
	m.entered, m.delivered, m.lost, m.stall, m.most = 0, 0, 0, 0, 0
	m.hostIn, m.hostOut = 0, 0
	clear(m.runs)
}
