// Package emulator runs chip images, cycle by cycle. A Machine is one chip; a
// tick runs in phases, and TIMING.md says what each costs:
//
//	deliver → integrate → update → learn → route → synchronise
//
// What a tick computes does not depend on how long anything takes: timing asks
// when, never what.
package emulator

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Mode says how much of the chip is emulated.
type Mode int

// The modes.
const (
	// Cycle emulates the mesh packet by packet and keeps time.
	Cycle Mode = iota
	// Functional delivers spikes without a mesh and keeps no time. Spikes and
	// counts are those of Cycle.
	Functional
)

// Chip is what all machines of an image and a target share: made once,
// immutable.
type Chip struct {
	image  *image.Image
	timing targets.Timing
	mode   Mode
	specs  []*core.Spec
	// place finds each neuron's core and slot.
	place []place
}

type place struct{ core, slot int32 }

// NewChip prepares a verified image for running with a timing.
func NewChip(im *image.Image, timing targets.Timing, mode Mode) *Chip {
	c := &Chip{image: im, timing: timing, mode: mode, specs: make([]*core.Spec, len(im.Cores)), place: make([]place, im.Neurons())}
	for k := range im.Cores {
		c.specs[k] = core.NewSpec(im, k, timing)
		for slot, n := range im.Cores[k].Neurons {
			c.place[n] = place{int32(k), int32(slot)}
		}
	}
	return c
}

// Image returns the image that the chip runs.
func (c *Chip) Image() *image.Image { return c.image }

// Machine is a chip at work. It has one owner.
type Machine struct {
	chip  *Chip
	cores []*core.Core
	mesh  *noc.Mesh // nil in functional mode
	// tick is the number of the last tick run.
	tick    int64
	cycle   int64
	chipAct activity.Counts
	stalls  int64
	spikes  []int64 // by population
	fired   []int32
	sources []noc.Source
	pending []packet
	phases  Phases
	// watch, where not nil, is told of the ticks.
	watch *Tick
}

// packet is what a packet's ID stands for.
type packet struct {
	dest image.Dest
	due  int64
}

// Phases are the cycles at which the phases of a tick ended, counted from its
// start. A phase that cores do apart ends with the last core.
type Phases struct {
	Integrated, Updated int64
	// Routed is when the mesh was empty and every core had sent its packets, Done
	// the end of the barrier.
	Routed, Done int64
}

// Tick is what an observer sees of a tick. Cycles count from the tick's start.
type Tick struct {
	Number int64
	Phases Phases
	Cores  []CoreTick
	// Deliveries are in order of cycle.
	Deliveries []Delivery
	// Inputs and Fired are the inputs and neurons that spiked.
	Inputs, Fired []int32
}

// CoreTick is one core's part of a tick: when it had integrated and updated,
// and when its last packet was in the mesh (zero where it sent none).
type CoreTick struct{ Integrated, Updated, Sent int64 }

// Delivery is a packet that arrived: at a core, or at image.Host.
type Delivery struct {
	At int64
	// From is the core that sent it, or image.Host.
	From, To, Axon int32
}

// Watch makes the machine fill t in every tick, for timelines and traces; nil
// ends that.
func (m *Machine) Watch(t *Tick) { m.watch = t }

// New returns a machine of a chip in its initial state.
func New(c *Chip) *Machine {
	m := &Machine{chip: c, cores: make([]*core.Core, len(c.specs)), spikes: make([]int64, len(c.image.Manifest.Populations))}
	for k, s := range c.specs {
		m.cores[k] = core.New(s)
	}
	if c.mode == Cycle {
		a, t := &c.image.Manifest.Arch, &c.timing
		m.mesh = noc.New(noc.Config{
			Width: a.MeshWidth, Height: a.MeshHeight, FIFODepth: t.FIFO,
			HopX: t.HopX, HopY: t.HopY, LinkCycles: t.Link, EjectCycles: t.Eject,
		})
	}
	return m
}

// Reset puts the machine into its initial state and empties its books.
func (m *Machine) Reset() {
	for _, c := range m.cores {
		c.Reset()
	}
	m.tick, m.cycle, m.stalls = 0, 0, 0
	m.chipAct = activity.Counts{}
	clear(m.spikes)
}

// SetCurrent sets a constant input of each neuron, by neuron number, in weight
// units: what the host writes for a direct encoding. Nil is none. Every word
// that is not zero counts as one config_write.
func (m *Machine) SetCurrent(current []int32) {
	for k, c := range m.cores {
		if current == nil {
			c.SetCurrent(nil)
			continue
		}
		neurons := m.chip.image.Cores[k].Neurons
		slots := make([]int32, len(neurons))
		for slot, n := range neurons {
			if slots[slot] = current[n]; slots[slot] != 0 {
				c.Counts[targets.ConfigWrite]++
			}
		}
		c.SetCurrent(slots)
	}
}

// Tick runs one tick in which the given inputs spike, and returns the neurons
// that fire, ascending. The result is valid until the next call.
func (m *Machine) Tick(inputs []int32) []int32 {
	m.tick++
	m.fired = m.fired[:0]
	m.pending = m.pending[:0]
	m.sources = m.sources[:0]
	m.phases = Phases{}
	if m.watch != nil {
		*m.watch = Tick{Number: m.tick, Cores: make([]CoreTick, len(m.cores)), Inputs: inputs}
	}
	m.sendInputs(inputs)
	for k, c := range m.cores {
		integrated := c.Integrate(m.tick)
		updated := integrated + c.Update(m.tick)
		m.phases.Integrated = max(m.phases.Integrated, integrated)
		m.phases.Updated = max(m.phases.Updated, updated)
		m.sendSpikes(k, c, integrated)
		if m.watch != nil {
			m.watch.Cores[k] = CoreTick{Integrated: integrated, Updated: updated}
		}
	}
	if m.mesh == nil {
		for k := range m.pending {
			m.deliver(int32(k))
		}
	} else {
		m.route()
		m.cycle += m.phases.Done
		m.chipAct[targets.Cycle] += m.phases.Done
	}
	slices.Sort(m.fired)
	if m.watch != nil {
		m.watch.Phases, m.watch.Fired = m.phases, m.fired
	}
	return m.fired
}

// sendInputs queues the packets of the inputs at the I/O port, one a cycle.
func (m *Machine) sendInputs(inputs []int32) {
	if len(inputs) == 0 {
		return
	}
	src := m.source(noc.Host)
	at := int64(0)
	for _, in := range inputs {
		for _, d := range m.chip.image.InputDests[in] {
			m.chipAct[targets.HostIn]++
			m.hops(&m.chipAct, 0, 0, d)
			m.push(src, at, d)
			at++
		}
	}
}

// sendSpikes queues the packets of a core's spikes: each is ready when its
// group of neurons is, and Spike cycles after the one before.
func (m *Machine) sendSpikes(k int, c *core.Core, integrated int64) {
	if len(c.Fired) == 0 {
		return
	}
	ic := &m.chip.image.Cores[k]
	m.spikes[ic.Population] += int64(len(c.Fired))
	src := m.source(ic.Y*int32(m.chip.image.Manifest.Arch.MeshWidth) + ic.X)
	next := int64(0)
	for _, slot := range c.Fired {
		m.fired = append(m.fired, ic.Neurons[slot])
		next = max(next, integrated+m.chip.specs[k].UpdateCycles(int(slot)+1))
		for _, d := range ic.Dests[slot] {
			c.Counts[targets.PacketSent]++
			m.hops(&c.Counts, ic.X, ic.Y, d)
			if d.Core == image.Host {
				m.chipAct[targets.HostOut]++
			}
			m.push(src, next, d)
			next += m.chip.timing.Spike
		}
	}
}

// source opens a list of packets for a router and returns its index.
func (m *Machine) source(router int32) int {
	n := len(m.sources)
	if n < cap(m.sources) {
		m.sources = m.sources[:n+1]
		m.sources[n] = noc.Source{Router: router, Injections: m.sources[n].Injections[:0]}
	} else {
		m.sources = append(m.sources, noc.Source{Router: router})
	}
	return n
}

func (m *Machine) push(src int, at int64, d image.Dest) {
	due := m.tick + 1
	if m.chip.image.Manifest.Arch.DelayPlace == targets.DelayAxon {
		due = m.tick + int64(d.Delay)
	}
	id := int32(len(m.pending))
	m.pending = append(m.pending, packet{d, due})
	m.sources[src].Injections = append(m.sources[src].Injections, noc.Injection{At: at, Packet: noc.Packet{Dst: m.router(d), ID: id}})
}

func (m *Machine) router(d image.Dest) int32 {
	if d.Core == image.Host {
		return noc.Host
	}
	c := &m.chip.image.Cores[d.Core]
	return c.Y*int32(m.chip.image.Manifest.Arch.MeshWidth) + c.X
}

// hops books the links that a packet from (x, y) crosses.
func (m *Machine) hops(counts *activity.Counts, x, y int32, d image.Dest) {
	dx, dy := x, y // to the I/O port at (0, 0)
	if d.Core != image.Host {
		c := &m.chip.image.Cores[d.Core]
		dx, dy = c.X-x, c.Y-y
	}
	counts[targets.HopX] += int64(max(dx, -dx))
	counts[targets.HopY] += int64(max(dy, -dy))
}

// route runs the mesh until every packet is delivered, and ends the tick with
// the barrier.
func (m *Machine) route() {
	end := m.mesh.Run(0, m.sources, func(d noc.Delivery) {
		m.deliver(d.Packet.ID)
		if m.watch != nil {
			p := &m.pending[d.Packet.ID]
			m.watch.Deliveries = append(m.watch.Deliveries, Delivery{At: d.At, From: m.coreAt(d.Src), To: p.dest.Core, Axon: p.dest.Axon})
		}
	})
	done := max(m.phases.Updated, end)
	for k := range m.sources {
		src := &m.sources[k]
		m.stalls += src.Stall
		done = max(done, src.Done)
		if m.watch != nil && src.Router != noc.Host {
			m.watch.Cores[m.coreAt(src.Router)].Sent = src.Done
		}
	}
	m.phases.Routed = done
	m.phases.Done = done + m.chip.timing.Barrier
}

// coreAt returns the core of a router, or image.Host.
func (m *Machine) coreAt(router int32) int32 {
	for k := range m.chip.image.Cores {
		if m.router(image.Dest{Core: int32(k)}) == router {
			return int32(k)
		}
	}
	return image.Host
}

func (m *Machine) deliver(id int32) {
	if p := &m.pending[id]; p.dest.Core != image.Host {
		m.cores[p.dest.Core].Receive(p.dest.Axon, p.due)
	}
}

// Cycles returns the cycles since the start.
func (m *Machine) Cycles() int64 { return m.cycle }

// State returns state word k of a neuron.
func (m *Machine) State(neuron, k int) int32 {
	p := m.chip.place[neuron]
	return m.cores[p.core].State(int(p.slot), k)
}

// HostRead is Potential read by the host through the I/O port, on the books.
func (m *Machine) HostRead(neuron int) float64 {
	m.chipAct[targets.HostRead]++
	return m.Potential(neuron)
}

// Potential returns a neuron's potential, its first state word, in the unit of
// the network file: a probe, which costs nothing and changes nothing.
func (m *Machine) Potential(neuron int) float64 {
	for k := range m.chip.image.Manifest.Populations {
		s := &m.chip.image.Manifest.Populations[k]
		if neuron >= s.First+s.N {
			continue
		}
		scale := 1.0
		if len(s.Scale) == 1 {
			scale = s.Scale[0]
		} else if len(s.Scale) > 1 {
			scale = s.Scale[neuron-s.First]
		}
		return float64(m.State(neuron, 0)) / scale
	}
	panic("emulator: neuron out of range")
}

// Activity adds the machine's books since its start to a.
func (m *Machine) Activity(a *activity.Activity) {
	for k, c := range m.cores {
		a.Cores[k].Add(&c.Counts)
		a.Saturations[m.chip.image.Cores[k].Population] += c.Saturations
		a.SynapticEvents += c.SynapticEvents
	}
	a.Chip.Add(&m.chipAct)
	a.Ticks += m.tick
	a.Cycles += m.cycle
	a.Stalls += m.stalls
	for k, n := range m.spikes {
		a.Spikes[k] += n
	}
}
