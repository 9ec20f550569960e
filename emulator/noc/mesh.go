package noc

import (
	"fmt"
	"math/bits"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// The channels of a node: those of the first four leave a router by that side,
// entry is the way of the core into its FIFO, exit the way out to it. The host is
// node 0, router r is node r+1, and so the host stands where a router west of
// router 0 would.
const (
	east  = int32(mesh.East)
	west  = int32(mesh.West)
	north = int32(mesh.North)
	south = int32(mesh.South)
	entry = int32(mesh.Local)
	exit  = entry + 1

	// The host's channel to router 0, and the one back.
	hostEntry = east
	hostExit  = 1<<sideBits | west

	// numFIFOs are the channels of a node with a FIFO behind them, the first ones.
	numFIFOs = int(entry) + 1
	// sideBits is how far the node's number is shifted in a channel's.
	sideBits = 3
	sideMask = 1<<sideBits - 1
)

// longAgo is a cycle so long ago that it bears on nothing, lateNow one at which the
// mesh's own time begins anew.
const (
	longAgo = -2 * MaxLatency
	lateNow = 1 << 30
)

// Mesh is the routers with all that is in them. It is empty between two runs;
// only the counts stay. A Mesh has one owner: no two methods at a time.
//
// Channel node<<sideBits|side is what a node sends by.
type Mesh struct {
	cfg        Config
	routers    int32
	depth      uint16
	channels   []channel
	wires      []wire
	linkPeriod int32 // Config.LinkCycles
	chipPeriod int32 // Config.ChipPeriod; 0 on one chip
	// places are the FIFOs' rings, depth places each, of the flits that wait.
	places []held
	hops   [1 << sideBits]Cycles // latency of a channel, by side
	stride [1 << sideBits]int32  // from a channel to the next one of that side, to the FIFO's node
	inputs [numFIFOs]int32       // from a node's first channel to the one that it receives by at a side
	at     []position            // of each node
	listed []int32               // the channels that LinkLoads tells, in its order
	// straight is how many hops a flit may go straight on behind a channel until it is
	// asked where to, which it is before it crosses to another chip, and after: so what
	// only goes straight on never crosses. It is nil on one chip.
	straight []int16
	far      bool      // a hop goes beyond the wheel's horizon
	farChip  bool      // a hop inside a chip does
	crowd    int       // arrivals in a cycle that are worth a call of pass; tests change it
	ways     [][]uint8 // by destination, where links are dead: those needed so far
	down     []uint8   // the channels of a router that lead down, one bit each

	// The time within the mesh goes on from run to run, so that all channels are
	// idle when one begins: a cycle is shift later outside. It is below lateNow.
	now, shift Cycles
	flights    [3]wheel[flit] // that arrive, by the channel that they were sent by: along X, along Y, others
	grants     wheel[int32]   // channels with waiters that may be free
	// What pass works with: those that it does not send on, and how many places of a
	// FIFO may be taken so that one is free for sure, and no more are taken with that
	// than ever before.
	rest  []flit
	roomy uint16

	plan    schedule // of the sources that have not stood still
	offers  offers   // of the others
	packets []packet
	ready   []Cycles // of each packet, where m is far: until when it is in flight
	free    []int32  // unused packets
	// What this cycle's end has to do: FIFOs whose next head may move up, packets
	// that reached a core, by router, or went out by another channel.
	moveUp []int32
	exits  nodeSet
	ends   []int32

	// The run: who sends, and what of it comes next.
	start    Cycles
	sources  []Source
	sourceOf []int32  // of each node, or none
	late     []bool   // the nodes whose source has stood still
	senders  []sender // those nodes' progress
	deliver  func(Delivery)
	end      Cycles
	pending  int // packets not yet delivered

	// The counts since the last ResetCounts.
	entered, delivered, lost int64
	hostIn, hostOut          int64
	// runs has the packets that begin to go straight on at a channel, less those
	// that would if they did not turn or stop there.
	runs  []int64
	stall Cycles
	most  uint16 // places taken in a FIFO
}

// channel is a link with the FIFO at its other end, or, without one, a way out.
// It is what every hop reads and writes, and so has nothing else: the four of a
// router are a line of the cache.
type channel struct {
	sent int32 // the last cycle in which the link sent
	left int32 // the last cycle in which a flit left the FIFO
	// winner is what was sent in the cycle sent: the place of the flit in the slot
	// of the wheel, or, without a FIFO, the packet.
	winner int32
	// taken are the places in the FIFO that are taken, by flits in flight too;
	// present are the flits in it that were held up.
	taken, present uint16
}

// takenAt is the places that were taken when a cycle began.
func (c *channel) takenAt(now int32) uint16 {
	taken := c.taken
	if c.left == now {
		taken++
	}
	return taken
}

// endless is taken of a channel without a FIFO, out of the mesh or severed: more
// than any depth, so that a quick look finds no place.
const endless = ^uint16(0)

// wire is what of a channel is rarely needed.
type wire struct {
	head uint16 // the first of the FIFO's flits that were held up
	// waiters are the heads that wait for the channel, by the side at which they
	// came into its router, or anything but 0 for the source. Unless there is no
	// place, the channel is then checked: in grants.
	waiters uint8
	checked bool
	source  bool // a source sends on it
	crosses bool // it leads to another chip
}

// The wheels of flights. In the first two are those on their way within a chip: all that
// are sent in one cycle arrive in one cycle. In the third are those that have just
// entered or cross to another chip.
const (
	alongX = int(east >> 1)
	alongY = int(north >> 1)
	others = alongY + 1
)

type position struct{ x, y int16 }

// flit is a packet that is in flight.
type flit struct {
	packet int32
	at     int32 // the channel that it was sent by
	from   int32 // the channel before
	left   int16 // hops to go straight on, as far as known
}

// held is a packet that is held up in a FIFO. Of a head, left is what it will be
// when it has left.
type held struct {
	packet int32
	left   int16
}

// packet is what of a packet stays the same on its way.
type packet struct {
	age  Cycles // less is older: when due since start, then source
	dst  int32
	id   int32
	to   position // of the router dst, of router 0 for the host
	from int32    // the channel before the way out
	left int16    // the hops that it would have gone behind that
}

// sender is the progress of a source that has stood still.
type sender struct {
	rest []Injection // the packets that have not entered
	// due is when the packet before those would have entered an empty mesh.
	due Cycles
}

// none is no source and no node.
const none int32 = -1

// New returns an empty mesh. It panics if cfg does not Verify.
func New(cfg Config) *Mesh {
	if err := cfg.Verify(); err != nil {
		panic(fmt.Sprintf("noc: bad config: %v", err))
	}
	n, width := cfg.Routers(), int32(cfg.Width)
	m := &Mesh{
		cfg:        cfg,
		routers:    int32(n),
		depth:      uint16(cfg.FIFODepth),
		channels:   make([]channel, (n+1)<<sideBits),
		wires:      make([]wire, (n+1)<<sideBits),
		runs:       make([]int64, (n+1)<<sideBits),
		places:     make([]held, (n+1)*numFIFOs*cfg.FIFODepth),
		linkPeriod: int32(cfg.LinkCycles),
		hops:       [1 << sideBits]Cycles{east: cfg.HopX, west: cfg.HopX, north: cfg.HopY, south: cfg.HopY},
		stride:     [1 << sideBits]int32{east: 1 << sideBits, west: -1 << sideBits, north: -width << sideBits, south: width << sideBits},
		at:         make([]position, n+1),
		crowd:      12,
		farChip:    max(cfg.HopX, cfg.HopY) >= horizon,
		offers:     newOffers(n + 1),
		exits:      newNodeSet(n),
		plan:       schedule{ageBits: bits.Len(uint(n))},
		sourceOf:   make([]int32, n+1),
		late:       make([]bool, n+1),
		senders:    make([]sender, n+1),
	}
	for side := range m.inputs {
		m.inputs[side] = m.stride[side] + cameBy(int32(side))
	}
	m.at[0].x = -1
	for i := range n {
		m.at[i+1] = position{int16(i % cfg.Width), int16(i / cfg.Width)}
	}
	for i := range m.sourceOf {
		m.sourceOf[i] = none
	}
	for i := range m.channels {
		m.channels[i] = channel{sent: longAgo, left: longAgo}
	}
	m.far = m.farChip
	m.connect()
	if cfg.Chips != (mesh.Chips{}) {
		m.divide()
	}
	return m
}

// divide marks the channels that cross from one chip to another, and says how far
// flits go straight on behind the others.
func (m *Mesh) divide() {
	m.chipPeriod = int32(m.cfg.ChipPeriod)
	m.far = max(m.cfg.HopX, m.cfg.HopY)+m.cfg.ChipHop >= horizon
	m.straight = make([]int16, len(m.channels))
	routes, w, h := m.cfg.routes(), int32(m.cfg.Chips.Width), int32(m.cfg.Chips.Height)
	for r := range m.routers {
		x, y := r%int32(m.cfg.Width)%w, r/int32(m.cfg.Width)%h
		for side, left := range [mesh.Local]int32{east: w - 2 - x, west: x - 1, north: y - 1, south: h - 2 - y} {
			c := (r+1)<<sideBits | int32(side)
			m.wires[c].crosses = m.cfg.Chips.Crosses(routes, mesh.Hop{Router: r, Side: mesh.Side(side)})
			m.straight[c] = int16(max(left, 0))
		}
	}
}

// connect tells every channel where it leads to.
func (m *Mesh) connect() {
	routes := m.cfg.routes()
	if !routes.Whole() {
		m.findWays(routes)
	}
	cut := map[mesh.Link]bool{}
	for _, l := range m.cfg.Severed {
		cut[mesh.LinkOf(l[0], l[1])] = true
	}
	for r := range m.routers {
		node := (r + 1) << sideBits
		for side := range mesh.Local {
			over, ok := routes.Across(mesh.Hop{Router: r, Side: side})
			c := node | int32(side)
			switch {
			case c == hostExit:
				m.channels[c].taken = endless
				m.listed = append(m.listed, c)
			case !ok || routes.IsDead(over):
			case cut[over]:
				m.channels[c].taken = endless
			default:
				m.listed = append(m.listed, c)
			}
		}
		m.wires[node|entry].source = true
		m.channels[node|exit].taken = endless
	}
	m.wires[hostEntry].source = true
	m.listed = append(m.listed, hostEntry)
}

// findWays prepares for routes around dead links.
func (m *Mesh) findWays(routes *mesh.Mesh) {
	m.ways, m.down = make([][]uint8, m.routers), make([]uint8, m.routers)
	for r := range m.routers {
		for side := range mesh.Local {
			if routes.LeadsDown(r, side) {
				m.down[r] |= 1 << side
			}
		}
	}
}

// place is the i-th flit of those held up in the FIFO behind a channel.
func (m *Mesh) place(c int32, i uint16) *held {
	i += m.wires[c].head
	if i >= m.depth {
		i -= m.depth
	}
	fifo := int(c>>sideBits)*numFIFOs + int(c&sideMask)
	return &m.places[fifo*int(m.depth)+int(i)]
}
