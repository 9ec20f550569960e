package ranc

import (
	"fmt"
	"math"
)

// SpikeCycle returns the cycle of its tick in which neuron n of a core with so
// many axons sends its spike, if it never waits for its router.
func SpikeCycle(n, axons int) int64 { return int64(n+1) * int64(axons+2) }

// BusyCycles returns how long a core works on a tick if it never waits.
func BusyCycles(neurons, axons int) int64 { return int64(neurons)*int64(axons+2) + 2 }

// HopCycles returns the cycles from a spike to the write into the scheduler, or
// to the output, of a packet that meets no other.
func HopCycles(dx, dy int) int64 { return 6 + 2*int64(abs(dx)+abs(dy)) }

// clocked is the token controller of a core during a tick of the HDL.
type clocked struct {
	neuron  int   // the one being scanned
	start   int64 // the cycle in which it is scanned for axon 0
	decide  int64 // the cycle in which it may spike
	waiting bool  // it spikes as soon as the router has room
	done    int64 // the cycle in which the core ends being busy, or never
	cleared bool
	late    []lateWrite
}

const never = math.MaxInt64

// lateWrite is a spike written into the row while it is read: a neuron sees it
// if it scans the axon after that.
type lateWrite struct {
	axon  int
	cycle int64 // the edge of the write
}

// clockedTick runs a tick of the HDL; without work only the mesh runs.
func (g *Grid) clockedTick(in []Packet, work bool) error {
	m := g.mesh
	m.begin(in, g.opt.InputCycle)
	left := 0 // cores with neurons to scan
	for _, c := range g.cores {
		c.clocked = clocked{start: 2, decide: SpikeCycle(0, g.cfg.Axons), done: never, late: c.clocked.late[:0]}
		switch {
		case !work:
			c.clocked.cleared = true
		case len(c.neurons) == 0:
			c.clocked.done = BusyCycles(g.cfg.Neurons, g.cfg.Axons)
		default:
			left++
		}
	}
	for work && left > 0 {
		next := int64(never)
		for _, c := range g.cores {
			if c.clocked.done == never {
				next = min(next, c.clocked.decide)
			}
		}
		// The cores decide on the mesh as it was before this cycle.
		g.runMesh(next)
		waiting := 0
		for _, c := range g.cores {
			if c.clocked.decide == next && c.clocked.done == never && g.clockedNeuron(c) {
				left--
			}
			if c.clocked.waiting {
				waiting++
			}
		}
		if waiting > 0 && waiting == left && !m.moved {
			return fmt.Errorf("ranc: tick %d, cycle %d: %w", g.tick, next, errStuck)
		}
	}
	for m.busy() {
		if len(m.awake) > 0 {
			g.runMesh(m.cycle + 1)
		} else {
			g.runMesh(max(m.cycle, m.inputAt) + 1)
		}
		if m.busy() && !m.moved {
			return fmt.Errorf("ranc: tick %d, cycle %d: %w", g.tick, m.cycle, errStuck)
		}
	}
	g.result.Cycles = m.cycle
	for _, c := range g.cores {
		if !work {
			g.result.Busy = append(g.result.Busy, 0)
			continue
		}
		if !c.clocked.cleared {
			c.sched.clear()
		}
		g.result.Busy = append(g.result.Busy, c.clocked.done)
		g.result.Cycles = max(g.result.Cycles, c.clocked.done)
	}
	return nil
}

// errStuck is what happens when more packets leave the grid than its edge has
// room for.
var errStuck = fmt.Errorf("packets that leave the grid stand in the way of all others")

// clockedNeuron lets a core decide on its neuron, and reports whether that was
// its last.
func (g *Grid) clockedNeuron(c *core) (last bool) {
	t := &c.clocked
	i := t.neuron
	n := &c.neurons[i]
	spike := t.waiting
	if !t.waiting {
		v, events := c.integrate(i)
		dv, more := c.integrateLate(i)
		g.counts.SynapticEvents += events + more
		v, spike = n.fire(v+dv+n.leak, g.opt.Bits)
		c.potential[i] = v
	}
	if spike {
		if g.mesh.full(c.place) {
			t.waiting = true
			t.decide++
			g.counts.Stalls++
			return false
		}
		t.waiting = false
		g.spiked(c, i, t.decide)
		g.mesh.send(c.place, n.out, t.decide)
	}
	t.neuron++
	t.start = t.decide + 2
	if t.neuron == len(c.neurons) {
		// What the core was not given is scanned all the same.
		t.done = t.decide + 2 + int64(g.cfg.Neurons-t.neuron)*int64(g.cfg.Axons+2)
		return true
	}
	t.decide += int64(g.cfg.Axons + 2)
	return false
}

// integrateLate returns what neuron i gets from spikes that were written into
// the row since the tick began.
func (c *core) integrateLate(i int) (v, events int64) {
	for _, w := range c.clocked.late {
		bit := c.columns[w.axon]
		if c.clocked.start+int64(w.axon) <= w.cycle || c.synapses[i*len(c.types)+int(bit/64)]>>(bit%64)&1 == 0 {
			continue
		}
		v += c.weights[i*c.nTypes+int(c.axonTypes[w.axon])]
		events++
	}
	return v, events
}

// runMesh runs the mesh up to a cycle and hands out what arrives.
func (g *Grid) runMesh(cycle int64) {
	g.mesh.runTo(cycle)
	for _, a := range g.mesh.arrivals {
		g.arrive(a)
	}
	g.mesh.arrivals = g.mesh.arrivals[:0]
}

// arrive writes a packet into the scheduler of its core, or into the output.
func (g *Grid) arrive(a arrival) {
	place := int(a.place)
	if place == nowhere {
		g.warn(LeftGrid, place, a.axon, a.cycle)
		return
	}
	if place == g.bus {
		g.result.Outputs = append(g.result.Outputs, Output{Axon: int(a.axon), Cycle: a.cycle})
		return
	}
	c := g.at[place]
	if c == nil {
		return
	}
	t := &c.clocked
	if a.cycle == t.done {
		g.warn(ClearLost, place, a.axon, a.cycle)
		return
	}
	if a.cycle > t.done && !t.cleared {
		c.sched.clear()
		t.cleared = true
	}
	w := c.sched.where(a.delay)
	if w == c.sched.now && g.tick > 0 { // before tick 1, that row is read in slots ticks
		g.warn(Late, place, a.axon, a.cycle)
	}
	switch c.sched.set(w, c.columns[a.axon]) {
	case fresh:
		if w == c.sched.now && a.cycle < t.done && !t.cleared {
			t.late = append(t.late, lateWrite{axon: int(a.axon), cycle: a.cycle + 1})
		}
	case duplicate:
		g.warn(Duplicate, place, a.axon, a.cycle)
	case late:
		panic("ranc: a set row is never late")
	}
}
