package ranc

// packet is a spike on its way: what it still has to go, and where it ends.
type packet struct {
	dx, dy int32
	axon   uint16
	delay  uint16
}

// A router is five merges and the FIFOs between them. A packet from the core
// takes the east merge if dx >= 0, else the west merge, goes along x, then
// turns north if dy >= 0, else south, and goes along y:
//
//	              from core ─▶[coreEast]  [coreWest]◀─ from core
//	                               │          │
//	west neighbour ─▶[fromWest]─▶ east       west ◀─[fromEast]◀─ east neighbour
//	                              │ │ │      │ │ │
//	   east neighbour's fromWest ◀┘ │ │      │ │ └▶ west neighbour's fromEast
//	                     [eastNorth]│ │      │ [westNorth]
//	                               north ◀───┘  …and south the same
//	                               │   └▶[northHere]─▶ here ─▶ scheduler
//	                               └▶ north neighbour's fromSouth
//
// A FIFO belongs to the router that reads it. What has no neighbour to go to
// fills a FIFO that nobody reads, and then stands in the way, as in the HDL.
type router struct {
	fifos  [numFIFOs]fifo
	edges  [numMerges]fifo // where there is no neighbour
	merges [numMerges]merge
	next   [numMerges]int32 // the neighbour a merge leads to, or -1

	fromCore    packet
	fromCoreDue int64 // the cycle in which fromCore enters, or -1
	load        int32 // packets in here
	awake       bool
}

// The FIFOs of a router, each named for where its packets come from.
const (
	fromWest = iota
	coreEast
	fromEast
	coreWest
	fromSouth
	eastNorth
	westNorth
	fromNorth
	eastSouth
	westSouth
	northHere
	southHere
	numFIFOs
)

// The merges of a router, each named for where it leads.
const (
	east = iota
	west
	north
	south
	here
	numMerges
)

// wiring says what a merge reads, the first that has a packet going first, and
// what it writes in this router and in the neighbour. A merge takes nothing
// while any of those that it writes is full.
var wiring = [numMerges]struct {
	in    []uint8
	out   []uint8
	there int // the neighbour's FIFO, or -1
}{
	east:  {in: []uint8{fromWest, coreEast}, out: []uint8{eastNorth, eastSouth}, there: fromWest},
	west:  {in: []uint8{fromEast, coreWest}, out: []uint8{westNorth, westSouth}, there: fromEast},
	north: {in: []uint8{fromSouth, eastNorth, westNorth}, out: []uint8{northHere}, there: fromSouth},
	south: {in: []uint8{fromNorth, eastSouth, westSouth}, out: []uint8{southHere}, there: fromNorth},
	here:  {in: []uint8{northHere, southHere}, there: -1},
}

// merge passes one packet in two cycles: in the first half of a cycle it asks a
// FIFO for its head, gets it at the next edge, and offers it to its output,
// which has it an edge later.
type merge struct {
	state mergeState
	from  uint8 // the FIFO asked
	to    uint8 // the FIFO written, of the neighbour if away
	away  bool
	held  packet
}

type mergeState uint8

const (
	idle     mergeState = iota
	asking              // the head of from comes at the next edge
	offering            // held goes to its output at the next edge
)

// route says where the held packet goes from merge m, and counts the hop.
func (g *merge) route(m int) {
	g.away, g.to = false, 0
	p := &g.held
	switch {
	case m == east && p.dx != 0:
		g.away, p.dx = true, p.dx-1
	case m == west && p.dx != 0:
		g.away, p.dx = true, p.dx+1
	case m == east && p.dy >= 0:
		g.to = eastNorth
	case m == east:
		g.to = eastSouth
	case m == west && p.dy >= 0:
		g.to = westNorth
	case m == west:
		g.to = westSouth
	case m == north && p.dy != 0:
		g.away, p.dy = true, p.dy-1
	case m == south && p.dy != 0:
		g.away, p.dy = true, p.dy+1
	case m == north:
		g.to = northHere
	case m == south:
		g.to = southHere
	}
}

// fifo is a queue of at most depth packets; it has no memory until it is used.
type fifo struct {
	ring    []packet
	head, n uint8
}

func (f *fifo) push(p packet, depth int) {
	if f.ring == nil {
		f.ring = make([]packet, depth)
	}
	f.ring[(int(f.head)+int(f.n))%depth] = p
	f.n++
}

func (f *fifo) pop() packet {
	p := f.ring[f.head]
	f.head = uint8((int(f.head) + 1) % len(f.ring))
	f.n--
	return p
}
