package noc

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// The reference is the package comment as code, in the plainest way: every
// router in every cycle, no credits, no wheel. It shares with the mesh only the
// types of its arguments and results, and the routes around dead links.

// outcome is all that a run shows.
type outcome struct {
	End         Cycles
	Deliveries  []Delivery
	Stall, Done []Cycles // of each source
	Counts      Counts
	Loads       map[[2]int]int64 // by the routers from and to
}

type refPlace struct{ x, y int }

// refHost is where the host is: one step west of router 0.
var refHost = refPlace{-1, 0}

type refPacket struct {
	packet Packet
	src    int32
	due    Cycles // when it would have entered an empty mesh
	seq    int
}

func (p refPacket) older(q refPacket) bool {
	return cmp.Or(cmp.Compare(p.due, q.due), cmp.Compare(p.src, q.src), cmp.Compare(p.seq, q.seq)) < 0
}

// refFIFO is the FIFO at a place that is filled from a neighbouring place, or,
// if these are the same, by the core there.
type refFIFO struct{ at, from refPlace }

type refFlight struct {
	packet refPacket
	to     refFIFO
	ready  Cycles
}

type refSource struct {
	*Source
	clock Cycles // of the core: stands still while a packet cannot enter
	next  int
	busy  Cycles // up to when, if it never had to wait for a place
}

type reference struct {
	cfg     Config
	now     Cycles
	queues  map[refFIFO][]refPacket
	flying  []refFlight
	sent    map[[2]refPlace]Cycles // the last cycle in which a link sent
	outcome outcome
}

// runReference runs sources for which Run would not panic. It gives up, with
// End -1, if a run takes more than limit cycles.
func runReference(cfg Config, start Cycles, sources []Source, limit Cycles) outcome {
	r := &reference{
		cfg:     cfg,
		queues:  map[refFIFO][]refPacket{},
		sent:    map[[2]refPlace]Cycles{},
		outcome: outcome{End: start, Loads: map[[2]int]int64{}},
	}
	var active []*refSource
	total := 0
	for i := range sources {
		sources[i].Stall, sources[i].Done = 0, start
		active = append(active, &refSource{Source: &sources[i], clock: start, busy: start})
		total += len(sources[i].Injections)
	}
	for r.now = start; len(r.outcome.Deliveries)+int(r.outcome.Counts.Lost) < total; r.now++ {
		if r.now > start+limit {
			r.outcome.End = -1
			return r.outcome
		}
		r.cycle(active)
	}
	for _, s := range sources {
		r.outcome.Stall = append(r.outcome.Stall, s.Stall)
		r.outcome.Done = append(r.outcome.Done, s.Done)
		r.outcome.Counts.StallCycles += s.Stall
	}
	slices.SortStableFunc(r.outcome.Deliveries, func(a, b Delivery) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Packet.Dst, b.Packet.Dst))
	})
	return r.outcome
}

func (r *reference) place(router int32) refPlace {
	if router == Host {
		return refHost
	}
	return refPlace{int(router) % r.cfg.Width, int(router) / r.cfg.Width}
}

func (r *reference) number(p refPlace) int {
	if p == refHost {
		return int(Host)
	}
	return p.y*r.cfg.Width + p.x
}

// towards is the next place on the way of a packet in a FIFO; at stays if it is
// there.
func (r *reference) towards(fifo refFIFO, dst int32) refPlace {
	at, to := fifo.at, r.place(dst)
	if routes := r.cfg.Routes; routes != nil && !routes.Whole() {
		in := mesh.Side(slices.Index(refSides, refPlace{fifo.from.x - at.x, fifo.from.y - at.y}))
		step := refSides[routes.Next(int32(r.number(at)), dst, in)]
		return refPlace{at.x + step.x, at.y + step.y}
	}
	x := max(to.x, 0) // the host is reached through column 0
	switch {
	case at.x < x:
		return refPlace{at.x + 1, at.y}
	case at.x > x:
		return refPlace{at.x - 1, at.y}
	case at.y < to.y:
		return refPlace{at.x, at.y + 1}
	case at.y > to.y:
		return refPlace{at.x, at.y - 1}
	}
	return to
}

// refSides are the steps to the places that the sides of a router face, in the
// order of mesh.Side.
var refSides = []refPlace{{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {0, 0}}

// neighbours are the places that a router sends to and receives from.
func (r *reference) neighbours(at refPlace) [5]refPlace {
	return [5]refPlace{at, {at.x - 1, at.y}, {at.x + 1, at.y}, {at.x, at.y - 1}, {at.x, at.y + 1}}
}

func (r *reference) cycle(sources []*refSource) {
	// What flew arrives.
	r.flying = slices.DeleteFunc(r.flying, func(f refFlight) bool {
		if f.ready == r.now {
			r.queues[f.to] = append(r.queues[f.to], f.packet)
		}
		return f.ready == r.now
	})

	// The places taken at the start of the cycle.
	taken := map[refFIFO]int{}
	for f, q := range r.queues {
		taken[f] = len(q)
	}
	for _, f := range r.flying {
		taken[f.to]++
	}

	// Every output of every router chooses a FIFO; every source looks whether
	// there is a place.
	type move struct{ from, to refFIFO }
	var moves []move
	for y := range r.cfg.Height {
		for x := range r.cfg.Width {
			at := refPlace{x, y}
			waiting := r.waiting(at)
			for _, next := range r.neighbours(at) {
				if from, ok := r.oldestHead(waiting, next); ok && r.canSend(at, next, taken) {
					moves = append(moves, move{from, refFIFO{next, at}})
				}
			}
		}
	}
	var entering []*refSource
	for _, s := range sources {
		if s.next == len(s.Injections) || s.Injections[s.next].At > s.clock {
			s.clock++ // nothing to send yet
			continue
		}
		if taken[r.entry(s)] == r.cfg.FIFODepth {
			s.Stall++ // the core stands still
			continue
		}
		entering = append(entering, s)
	}

	// Everything moves at once.
	for _, v := range moves {
		p := r.queues[v.from][0]
		r.queues[v.from] = r.queues[v.from][1:]
		r.leave(p, v.from.at, v.to, taken)
	}
	for _, s := range entering {
		r.enter(s, taken)
	}
}

// waiting are the FIFOs of a router that hold something.
func (r *reference) waiting(at refPlace) (fifos []refFIFO) {
	for _, from := range r.neighbours(at) {
		if f := (refFIFO{at, from}); len(r.queues[f]) > 0 {
			fifos = append(fifos, f)
		}
	}
	return fifos
}

// oldestHead is the FIFO whose head goes to next, the oldest such.
func (r *reference) oldestHead(fifos []refFIFO, next refPlace) (oldest refFIFO, ok bool) {
	for _, f := range fifos {
		head := r.queues[f][0]
		if r.towards(f, head.packet.Dst) != next {
			continue
		}
		if !ok || head.older(r.queues[oldest][0]) {
			oldest, ok = f, true
		}
	}
	return oldest, ok
}

// canSend says whether a router's output is idle and has where to send.
func (r *reference) canSend(at, next refPlace, taken map[refFIFO]int) bool {
	period := r.cfg.LinkCycles
	if next == at {
		period = 1
	} else if r.crosses(at, next) {
		period = r.cfg.ChipPeriod
	}
	if last, ever := r.sent[[2]refPlace{at, next}]; ever && r.now < last+period {
		return false
	}
	return next == at || next == refHost || r.severed(at, next) || taken[refFIFO{next, at}] < r.cfg.FIFODepth
}

// severed says whether what is sent from one place to another is lost.
func (r *reference) severed(at, next refPlace) bool {
	a, b := int32(r.number(at)), int32(r.number(next))
	return slices.Contains(r.cfg.Severed, mesh.Link{min(a, b), max(a, b)})
}

// crosses says whether two places are of different chips; the host is of none.
func (r *reference) crosses(at, next refPlace) bool {
	c := r.cfg.Chips
	return c.Width > 0 && next != refHost && (at.x/c.Width != next.x/c.Width || at.y/c.Height != next.y/c.Height)
}

// leave takes a packet out of a router: to a neighbour, to its core, or out of
// the chip.
func (r *reference) leave(p refPacket, at refPlace, to refFIFO, taken map[refFIFO]int) {
	counts := &r.outcome.Counts
	r.sent[[2]refPlace{at, to.at}] = r.now
	if to.at != at && r.severed(at, to.at) {
		counts.Lost++
		r.outcome.End = max(r.outcome.End, r.now+1)
		return
	}
	if to.at != at {
		r.outcome.Loads[[2]int{r.number(at), r.number(to.at)}]++
	}
	longer := Cycles(0)
	if r.crosses(at, to.at) {
		counts.Crossings++
		longer = r.cfg.ChipHop
	}
	switch {
	case to.at == refHost:
		counts.HostOut++
		r.deliver(p)
	case to.at == at:
		r.deliver(p)
	case to.at.y == at.y:
		counts.HopsX++
		r.fly(p, to, r.cfg.HopX+longer, taken)
	default:
		counts.HopsY++
		r.fly(p, to, r.cfg.HopY+longer, taken)
	}
}

func (r *reference) deliver(p refPacket) {
	at := r.now + r.cfg.EjectCycles
	r.outcome.Counts.Delivered++
	r.outcome.Deliveries = append(r.outcome.Deliveries, Delivery{at, p.packet, p.src})
	r.outcome.End = max(r.outcome.End, at+1)
}

// fly sends a packet to a FIFO, where it takes a place at once.
func (r *reference) fly(p refPacket, to refFIFO, latency Cycles, taken map[refFIFO]int) {
	r.flying = append(r.flying, refFlight{p, to, r.now + latency})
	taken[to]++
	r.outcome.Counts.MaxOccupancy = max(r.outcome.Counts.MaxOccupancy, taken[to])
}

// enter takes the packet that is due out of a source.
func (r *reference) enter(s *refSource, taken map[refFIFO]int) {
	in := s.Injections[s.next]
	due := max(in.At, s.busy)
	s.busy = due + 1
	r.fly(refPacket{in.Packet, s.Router, due, s.next}, r.entry(s), 1, taken)
	r.outcome.Counts.Packets++
	if s.Router == Host {
		r.outcome.Counts.HostIn++
		r.outcome.Loads[[2]int{int(Host), 0}]++
	}
	s.Done = r.now
	s.next++
	if s.next < len(s.Injections) && s.Injections[s.next].At == s.clock {
		s.Stall++ // a second packet at the same time waits, and the core with it
	} else {
		s.clock++
	}
}

// entry is the FIFO that a source fills.
func (r *reference) entry(s *refSource) refFIFO {
	if s.Router == Host {
		return refFIFO{refPlace{0, 0}, refHost}
	}
	return refFIFO{r.place(s.Router), r.place(s.Router)}
}
