package noc

// Counts is what happened in a mesh since New or ResetCounts.
type Counts struct {
	Packets      int64 // packets that entered, from cores and from the host
	HopsX, HopsY int64 // links crossed between routers, along x and along y
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
		HostIn:       m.channels[hostEntry].load,
		HostOut:      m.channels[hostExit].load,
		StallCycles:  m.stall,
		MaxOccupancy: int(m.most),
	}
	for i := range m.channels {
		switch load := m.channels[i].load; int32(i) & sideMask {
		case east, west:
			c.HopsX += load
		case north, south:
			c.HopsY += load
		}
	}
	c.HopsX -= c.HostIn + c.HostOut
	return c
}

// LinkLoads returns how many packets each directed link carried since the last
// ResetCounts. The links are in order of the router they leave, and of one
// router east, west, north, south, as far as there is a neighbour; the west
// link of router 0 goes to the host. The last one comes from the host. Dead and
// severed links are left out.
func (m *Mesh) LinkLoads() []int64 {
	loads := make([]int64, len(m.listed))
	for i, l := range m.listed {
		loads[i] = m.channels[l].load
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
	for i := range m.channels {
		m.channels[i].load = 0
	}
}
