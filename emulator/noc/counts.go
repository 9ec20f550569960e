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
	hostIn, hostOut := m.links[m.hostEntry()].load, m.links[west].load
	return Counts{
		Packets:      m.packets,
		HopsX:        m.moved[east] + m.moved[west] - hostOut,
		HopsY:        m.moved[north] + m.moved[south],
		Delivered:    m.moved[local] + hostOut,
		Lost:         m.lost,
		HostIn:       hostIn,
		HostOut:      hostOut,
		StallCycles:  m.stall,
		MaxOccupancy: int(m.depth - m.leastSpare),
	}
}

// LinkLoads returns how many packets each directed link carried since the last
// ResetCounts. The links are in order of the router they leave, and of one
// router east, west, north, south, as far as there is a neighbour; the west
// link of router 0 goes to the host. The last one comes from the host. Dead and
// severed links are left out.
func (m *Mesh) LinkLoads() []int64 {
	loads := make([]int64, len(m.listed))
	for i, l := range m.listed {
		loads[i] = m.links[l].load
	}
	return loads
}

// Link returns the routers between which LinkLoads()[i] packets went, or Host.
func (m *Mesh) Link(i int) (from, to int) {
	l := int(m.listed[i])
	switch l {
	case int(west):
		return 0, int(Host)
	case m.hostEntry():
		return int(Host), 0
	}
	return l / numPorts, int(m.fifos[m.links[l].to].node)
}

// ResetCounts sets all counts and loads to zero.
func (m *Mesh) ResetCounts() {
	m.moved = [numPorts]int64{}
	m.packets, m.lost, m.stall = 0, 0, 0
	m.leastSpare = m.depth
	for i := range m.links {
		m.links[i].load = 0
	}
}

// list finds the links that LinkLoads tells.
func (m *Mesh) list() {
	for l := range m.fifos {
		if l%numPorts != int(local) && (m.links[l].to != none || l == int(west)) {
			m.listed = append(m.listed, int32(l))
		}
	}
	m.listed = append(m.listed, int32(m.hostEntry()))
}

// hostEntry is the link by which the host sends.
func (m *Mesh) hostEntry() int { return m.entry(int32(m.cfg.Routers())) }
