package noc

import (
	"fmt"
	"math/bits"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// longAgo is a cycle so long ago that it bears on nothing, lateNow one at which the
// mesh's own time begins anew.
const (
	longAgo = -2 * MaxLatency
	lateNow = 1 << 30
)

// Mesh is the routers with all that is in them. It is empty between two runs;
// only the counts stay. A Mesh has one owner: no two methods at a time.
type Mesh struct {
	cfg     Config
	routers int32
	depth   uint16
	grid
	channels   []channel
	wires      []wire
	linkPeriod int32 // Config.LinkCycles
	chipPeriod int32 // Config.ChipPeriod; 0 on one chip
	// places are the FIFOs' rings, depth places each, of the flits that wait.
	places []held
	hops   [mesh.Local]Cycles // latency of a link, by side
	listed []int32            // the channels that LinkLoads tells, in its order
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
	flights    [others + 1]wheel[flit] // that arrive, by what they were sent by: along X, along Y, others
	grants     wheel[int32]            // channels with waiters that may be free
	// What pass works with: those that it does not send on, and how many places of a
	// FIFO may be taken so that one is free for sure, and no more are taken with that
	// than ever before.
	rest   []flit
	roomy  uint32
	simd   bool // by assembly
	glider glider

	few     int      // sources are too few for a plan; tests change it
	plan    schedule // of many sources, as long as they do not stand still
	offers  offers   // of the others
	packets []packet
	ready   []Cycles // of each packet, where m is far: until when it is in flight
	free    []int32  // unused packets
	// What this cycle's end has to do: FIFOs whose next head may move up, packets
	// that reached a core, by router, or went out by another channel.
	moveUp []int32
	out    nodeSet
	ends   []int32

	// The run: who sends, and what of it comes next.
	start    Cycles
	sources  []Source
	sourceOf []int32  // of each node, or none
	apart    []bool   // the nodes whose source is not in the plan
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
// It is what every hop reads and writes, and so has nothing else: four are a line of
// the cache.
type channel struct {
	sent int32 // the last cycle in which the link sent
	left int32 // the last cycle in which a flit left the FIFO
	// winner is what was sent in the cycle sent: the place of the flit in the slot
	// of the wheel, or, without a FIFO, the packet.
	winner int32
	// places are those in the FIFO that are taken, by flits in flight too, and,
	// oneHeld each, the flits in it that were held up: so one comparison tells a FIFO
	// with a place in which none is held up.
	places uint32
}

const oneHeld = 1 << 16

// taken is how many places in the FIFO are taken.
func (c *channel) taken() uint16 { return uint16(c.places) }

// held is how many flits in the FIFO were held up.
func (c *channel) held() uint16 { return uint16(c.places / oneHeld) }

// takenAt is the places that were taken when a cycle began.
func (c *channel) takenAt(now int32) uint16 {
	taken := c.taken()
	if c.left == now {
		taken++
	}
	return taken
}

// endless is taken of a channel without a FIFO, out of the mesh or severed: more
// than any depth, so that a quick look finds no place.
const endless = 1<<16 - 1

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

// sender is the progress of a source that is not in the plan.
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
	n, g := cfg.Routers(), newGrid(cfg.Width, cfg.Height)
	m := &Mesh{
		cfg:        cfg,
		routers:    int32(n),
		depth:      uint16(cfg.FIFODepth),
		grid:       g,
		channels:   make([]channel, g.channels()),
		wires:      make([]wire, g.channels()),
		runs:       make([]int64, g.entries),
		places:     make([]held, (n+1)*numFIFOs*cfg.FIFODepth),
		linkPeriod: int32(cfg.LinkCycles),
		hops:       [mesh.Local]Cycles{east: cfg.HopX, west: cfg.HopX, north: cfg.HopY, south: cfg.HopY},
		crowd:      12,
		few:        16,
		simd:       simd && !cfg.Portable,
		glider:     newGlider(g.placeBits),
		farChip:    max(cfg.HopX, cfg.HopY) >= horizon,
		offers:     newOffers(n + 1),
		out:        newNodeSet(n),
		plan:       schedule{ageBits: bits.Len(uint(n))},
		sourceOf:   make([]int32, n+1),
		apart:      make([]bool, n+1),
		senders:    make([]sender, n+1),
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
			c := m.channel(int32(side), m.at[nodeOf(r)])
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
		at := m.at[nodeOf(r)]
		for side := range mesh.Local {
			over, ok := routes.Across(mesh.Hop{Router: r, Side: side})
			c := m.channel(int32(side), at)
			switch {
			case c == m.hostExit:
				m.channels[c].places = endless
				m.listed = append(m.listed, c)
			case !ok || routes.IsDead(over):
			case cut[over]:
				m.channels[c].places = endless
			default:
				m.listed = append(m.listed, c)
			}
		}
		m.wires[m.entryOf(nodeOf(r))].source = true
		m.channels[m.channel(exit, at)].places = endless
	}
	m.wires[m.entryOf(0)].source = true
	m.listed = append(m.listed, m.entryOf(0))
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
	fifo := int(m.side(c)*(m.routers+1) + c&m.mask)
	return &m.places[fifo*int(m.depth)+int(i)]
}
