package noc

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// The five sides of a router. Local is the last, so that of two deliveries by
// router 0 in one cycle the host's comes before the core's.
const (
	east     = uint8(mesh.East)
	west     = uint8(mesh.West)
	north    = uint8(mesh.North)
	south    = uint8(mesh.South)
	local    = uint8(mesh.Local)
	numPorts = int(mesh.Local) + 1
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
	// Where links are dead, ways are the routes' tables by destination, those that
	// were needed so far, and down the links of a router that lead down.
	ways [][]uint8
	down []uint8

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
	lost       int64 // packets sent over severed links
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
	to     int32  // the FIFO at the other end; none for ejection, and if severed
	owner  int32  // the node that sends on it
	// severed says that what is sent is lost.
	severed bool
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

// wire joins every link that is not dead to the FIFO at its other end.
func (m *Mesh) wire() {
	routes := m.cfg.routes()
	if !routes.Whole() {
		m.findWays(routes)
	}
	severed := map[mesh.Link]bool{}
	for _, l := range m.cfg.Severed {
		severed[mesh.LinkOf(l[0], l[1])] = true
	}
	for r := range int32(m.cfg.Routers()) {
		for side := range mesh.Local {
			over, ok := routes.Across(mesh.Hop{Router: r, Side: side})
			to, _ := routes.Beyond(r, side)
			l := int(r)*numPorts + int(side)
			switch {
			case !ok || routes.IsDead(over):
			case severed[over]:
				m.links[l].severed = true
			default:
				m.join(int(r), l, int(to)*numPorts+int(side.Opposite()))
			}
		}
		m.join(int(r), m.entry(r), int(r)*numPorts+int(local))
	}
	host := m.cfg.Routers()
	m.join(host, m.entry(int32(host)), int(west))
}

// findWays prepares for routes around dead links.
func (m *Mesh) findWays(routes *mesh.Mesh) {
	n := m.cfg.Routers()
	m.ways, m.down = make([][]uint8, n), make([]uint8, n)
	for r := range int32(n) {
		for side := range mesh.Local {
			if routes.LeadsDown(r, side) {
				m.down[r] |= 1 << side
			}
		}
	}
}

// join lets owner send on a link to a FIFO, which is empty.
func (m *Mesh) join(owner, l, f int) {
	m.links[l] = link{credit: m.depth, to: int32(f), owner: int32(owner)}
	m.fifos[f].from = int32(l)
}

// entry is the link by which a node's source sends.
func (m *Mesh) entry(node int32) int { return len(m.fifos) + int(node) }
