package noc

import (
	"fmt"
	"math"
	"math/bits"
)

// The five sides of a router. Local is the last, so that of two deliveries by
// router 0 in one cycle the host's comes before the core's.
const (
	east = iota
	west
	north
	south
	local
	numPorts
)

// never is the offer of a source that has nothing to send.
const never Cycles = math.MaxInt64

// Mesh is the routers with all that is in them. It is empty between two runs;
// only the counts stay. A Mesh has one owner: no two methods at a time.
//
// A node is a router with its core, or, as the last node, the host. Link
// node*numPorts+side leaves a router by that side; behind those come the links
// by which each node sends its own packets. FIFO node*numPorts+side is where a
// router receives from that side.
type Mesh struct {
	cfg   Config
	hop   [numPorts]Cycles // latency of a link, by the side it leaves
	nodes []node
	links []link
	fifos []fifo
	// places are the FIFOs' rings, FIFODepth places each.
	places []flit
	depth  int32
	listed []int32 // the links that LinkLoads tells, in its order

	wheel    wheel
	sleepers sleepers
	// returned are the links that get a credit back before the next cycle.
	returned []int32
	// quiet is the first cycle at which all links are idle again.
	quiet Cycles

	// The run: who sends, and what of it comes next.
	start   Cycles
	sources []Source
	senders []sender
	deliver func(Delivery)
	end     Cycles
	pending int // packets not yet delivered
	ageBits int

	// The counts since the last ResetCounts.
	moved      [numPorts]int64 // packets that left a router, by side
	packets    int64
	stall      Cycles
	leastSpare int32 // the fewest credits that a link had left
}

// node is what a visit looks at first.
type node struct {
	offer    Cycles // when the source offers its next packet, or never
	x, y     int16
	occupied uint8 // the FIFOs that hold a packet, one bit each
}

// link is one way from a router, or from a source, to a FIFO.
type link struct {
	busy   Cycles // the first cycle at which it can send again
	load   int64  // packets sent
	credit int32  // free places at the other end; those who eject need none
	to     int32  // the FIFO at the other end; none for ejection
	owner  int32  // the node that sends on it
}

// none is the FIFO behind an ejecting link and the link before an edge FIFO.
const none int32 = -1

// fifo is a ring of flits. Those in flight to it are in it.
type fifo struct {
	head, count int32
	from        int32 // the link that fills it
	node        int32
	bit         uint8 // its bit in node.occupied
}

// flit is a packet under way.
type flit struct {
	ready Cycles // the first cycle at which it can leave its FIFO
	age   Cycles // less is older: when due since start, then source
	dst   int32
	id    int32
	x, y  int16 // of the router dst, of router 0 for the host
	out   uint8 // the side by which it leaves the router it is in
}

// sender is the progress of a node's source in a run.
type sender struct {
	source int32 // index in Mesh.sources, or none
	next   int32 // index of the packet to enter next
	// due is when the packet before next would have entered an empty mesh.
	due Cycles
}

// New returns an empty mesh. It panics if cfg does not Verify.
func New(cfg Config) *Mesh {
	if err := cfg.Verify(); err != nil {
		panic(fmt.Sprintf("noc: bad config: %v", err))
	}
	n := cfg.Routers()
	m := &Mesh{
		cfg:      cfg,
		hop:      [numPorts]Cycles{east: cfg.HopX, west: cfg.HopX, north: cfg.HopY, south: cfg.HopY},
		nodes:    make([]node, n+1),
		links:    make([]link, n*numPorts+n+1),
		fifos:    make([]fifo, n*numPorts),
		places:   make([]flit, n*numPorts*cfg.FIFODepth),
		depth:    int32(cfg.FIFODepth),
		wheel:    newWheel(n + 1),
		senders:  make([]sender, n+1),
		ageBits:  bits.Len(uint(n)),
		returned: make([]int32, 0, n),
	}
	for i := range m.nodes {
		m.nodes[i] = node{offer: never, x: int16(i % cfg.Width), y: int16(i / cfg.Width)}
		m.senders[i].source = none
	}
	for i := range m.links {
		m.links[i] = link{to: none, credit: 1}
	}
	for i := range m.fifos {
		m.fifos[i] = fifo{from: none, node: int32(i / numPorts), bit: 1 << (i % numPorts)}
	}
	m.wire()
	m.list()
	m.ResetCounts()
	return m
}

// wire joins every link to the FIFO at its other end.
func (m *Mesh) wire() {
	for r := range m.cfg.Routers() {
		x, y := r%m.cfg.Width, r/m.cfg.Width
		if x+1 < m.cfg.Width {
			m.join(r, r*numPorts+east, (r+1)*numPorts+west)
			m.join(r+1, (r+1)*numPorts+west, r*numPorts+east)
		}
		if y+1 < m.cfg.Height {
			down := r + m.cfg.Width
			m.join(r, r*numPorts+south, down*numPorts+north)
			m.join(down, down*numPorts+north, r*numPorts+south)
		}
		m.join(r, m.entry(int32(r)), r*numPorts+local)
	}
	host := m.cfg.Routers()
	m.join(host, m.entry(int32(host)), west)
}

// join lets owner send on a link to a FIFO, which is empty.
func (m *Mesh) join(owner, l, f int) {
	m.links[l] = link{credit: m.depth, to: int32(f), owner: int32(owner)}
	m.fifos[f].from = int32(l)
}

// entry is the link by which a node's source sends.
func (m *Mesh) entry(node int32) int { return len(m.fifos) + int(node) }
