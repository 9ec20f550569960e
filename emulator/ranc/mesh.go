package ranc

import "fmt"

// mesh is all routers, cycle by cycle. Only routers that hold a packet are
// visited, and cycles in which no router does are skipped.
type mesh struct {
	routers []router
	awake   []int32 // the routers that hold packets
	depth   int
	cycle   int64 // the next to run

	input      []packet // what comes from outside, west of router 0
	inputFirst int      // of input, the next
	inputAt    int64    // the cycle from which it is offered

	arrivals []arrival // of the cycles run since they were last taken
	moved    bool      // whether the last cycle changed anything
}

// arrival is a packet that a router hands to its core in a cycle, or that is
// now beyond the edge of the grid.
type arrival struct {
	place int32 // or nowhere
	packet
	cycle int64
}

const nowhere = -1

func newMesh(width, height, depth int) *mesh {
	m := &mesh{routers: make([]router, width*height), depth: depth}
	for i := range m.routers {
		x, y := i%width, i/width
		r := &m.routers[i]
		r.fromCoreDue = -1
		r.next = [numMerges]int32{east: int32(i + 1), west: int32(i - 1), north: int32(i + width), south: int32(i - width), here: -1}
		if x == width-1 {
			r.next[east] = -1
		}
		if x == 0 {
			r.next[west] = -1
		}
		if y == height-1 {
			r.next[north] = -1
		}
		if y == 0 {
			r.next[south] = -1
		}
	}
	return m
}

// begin starts a tick at cycle 0, with the packets that come from outside from
// the given cycle on. The mesh is empty but for what cannot leave it.
func (m *mesh) begin(input []Packet, at int64) {
	m.cycle = 0
	m.input = m.input[:0]
	for _, p := range input {
		m.input = append(m.input, packet{dx: int32(p.X), dy: int32(p.Y), axon: uint16(p.Axon), delay: uint16(p.Delay)})
	}
	m.inputFirst, m.inputAt = 0, at
}

// full reports whether the core at a place has to wait with a spike.
func (m *mesh) full(place int) bool {
	r := &m.routers[place]
	return int(r.fifos[coreEast].n) == m.depth || int(r.fifos[coreWest].n) == m.depth
}

// send takes a packet that the core at a place sends in a cycle.
func (m *mesh) send(place int, p packet, cycle int64) {
	r := &m.routers[place]
	if r.fromCoreDue >= 0 {
		panic(fmt.Sprintf("ranc: core %d sends twice in two cycles", place))
	}
	r.fromCore, r.fromCoreDue = p, cycle+1
	r.load++
	m.wake(int32(place))
}

func (m *mesh) wake(place int32) {
	if r := &m.routers[place]; !r.awake {
		r.awake = true
		m.awake = append(m.awake, place)
	}
}

// pending reports whether input waits outside.
func (m *mesh) pending() bool { return m.inputFirst < len(m.input) }

// busy reports whether a packet is on its way.
func (m *mesh) busy() bool { return len(m.awake) > 0 || m.pending() }

// runTo runs all cycles before the given one.
func (m *mesh) runTo(cycle int64) {
	for m.cycle < cycle {
		if len(m.awake) == 0 {
			if !m.pending() || m.inputAt >= cycle {
				m.cycle, m.moved = cycle, false
				return
			}
			m.cycle = max(m.cycle, m.inputAt)
		}
		m.step()
	}
}

// step runs one cycle: its rising edge moves packets, its falling edge decides.
// Within a half no router can see what another does, so their order is free.
func (m *mesh) step() {
	m.moved = false
	if m.pending() && m.cycle >= m.inputAt {
		m.wake(0)
	}
	for i := 0; i < len(m.awake); i++ { // routers that wake up meanwhile have nothing to do yet
		m.move(m.awake[i])
	}
	kept := m.awake[:0]
	for _, place := range m.awake {
		m.decide(place)
		r := &m.routers[place]
		r.awake = r.load > 0 || place == 0 && m.pending() && m.cycle >= m.inputAt
		if r.awake {
			kept = append(kept, place)
		}
	}
	m.awake = kept
	m.cycle++
}

// move is the rising edge: what was offered is written, what was asked for read.
func (m *mesh) move(place int32) {
	r := &m.routers[place]
	if r.fromCoreDue >= 0 {
		m.moved = true
		if r.fromCoreDue == m.cycle {
			into := coreEast
			if r.fromCore.dx < 0 {
				into = coreWest
			}
			r.fifos[into].push(r.fromCore, m.depth)
			r.fromCoreDue = -1
		}
	}
	for i := range r.merges {
		g := &r.merges[i]
		switch g.state {
		case idle:
		case asking:
			m.moved = true
			if place == 0 && g.from == fromWest {
				g.held = m.input[m.inputFirst]
				m.inputFirst++
				r.load++
			} else {
				g.held = r.fifos[g.from].pop()
			}
		case offering:
			m.moved = true
			g.state = idle
			switch {
			case !g.away:
				r.fifos[g.to].push(g.held, m.depth)
			case r.next[i] < 0:
				r.edges[i].push(g.held, m.depth)
				r.load--
				m.arrivals = append(m.arrivals, arrival{place: nowhere, packet: g.held, cycle: m.cycle})
			default:
				r.load--
				neighbour := &m.routers[r.next[i]]
				neighbour.fifos[wiring[i].there].push(g.held, m.depth)
				neighbour.load++
				m.wake(r.next[i])
			}
		}
	}
}

// decide is the falling edge: a merge with room behind it offers what it has
// got, or asks the first of its FIFOs that has a packet.
func (m *mesh) decide(place int32) {
	r := &m.routers[place]
	for i := range r.merges {
		g := &r.merges[i]
		if m.blocked(r, i) {
			continue
		}
		if g.state == asking {
			m.moved = true
			if i == here {
				m.arrivals = append(m.arrivals, arrival{place: place, packet: g.held, cycle: m.cycle})
				r.load--
				g.state = idle
				continue
			}
			g.route(i)
			g.state = offering
			continue
		}
		for _, in := range wiring[i].in {
			if r.fifos[in].n > 0 || place == 0 && in == fromWest && m.pending() && m.cycle >= m.inputAt {
				g.state, g.from = asking, in
				m.moved = true
				break
			}
		}
	}
}

// blocked reports whether a FIFO that merge i of r may write is full.
func (m *mesh) blocked(r *router, i int) bool {
	for _, out := range wiring[i].out {
		if int(r.fifos[out].n) == m.depth {
			return true
		}
	}
	switch {
	case i == here:
		return false
	case r.next[i] < 0:
		return int(r.edges[i].n) == m.depth
	}
	return int(m.routers[r.next[i]].fifos[wiring[i].there].n) == m.depth
}
