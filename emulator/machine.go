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
	"github.com/weft-toolchain/weft/emulator/odin"
	"github.com/weft-toolchain/weft/internal/diag"
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
	// counts are those of Cycle, but for the cycles themselves.
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
	// routers has the router of each core, coreAt the core of each router.
	routers, coreAt []int32
	// inputs and slots say what a spike sends, by input and by core and slot.
	inputs []fan
	slots  [][]fan
	// parts says what a partial sum is sent to, broadcast what an input's spike
	// adds to the broadcast registers.
	parts     [][]fan
	broadcast []int32
	// event is set for a chip without ticks.
	event *eventChip
}

type place struct{ core, slot int32 }

// NewChipOn prepares a verified image for running on a target: with its timing
// and, if it has some, its devices. Of an image that devices cannot hold it says
// why.
func NewChipOn(im *image.Image, t *targets.Target, mode Mode) (*Chip, error) {
	if t.Devices != nil {
		for k := range im.Cores {
			for r := range im.Cores[k].Rows {
				if m := &im.Cores[k].Rows[r].Marks; m.Plastic || m.Silent {
					return nil, diag.One(diag.Pos{File: im.Manifest.Network}, diag.Unsupported,
						"core %d, axon %d: learns, and a crossbar of devices, as %s has it, does not: choose a target with a digital one", k, r, t.Name)
				}
			}
		}
	}
	return newChip(im, t, mode), nil
}

// NewChip prepares a verified image for running with a timing, on a chip with
// digital crossbars.
func NewChip(im *image.Image, timing targets.Timing, mode Mode) *Chip {
	return newChip(im, &targets.Target{Timing: timing}, mode)
}

func newChip(im *image.Image, t *targets.Target, mode Mode) *Chip {
	a := &im.Manifest.Arch
	c := &Chip{
		image: im, timing: t.Timing, mode: mode,
		specs: make([]*core.Spec, len(im.Cores)), place: make([]place, im.Neurons()),
		routers: make([]int32, len(im.Cores)), coreAt: make([]int32, a.Cores()),
		slots: make([][]fan, len(im.Cores)), parts: make([][]fan, len(im.Cores)),
	}
	for r := range c.coreAt {
		c.coreAt[r] = image.Host
	}
	for k := range im.Cores {
		ic := &im.Cores[k]
		c.specs[k] = core.NewSpecOn(im, k, t)
		c.routers[k] = ic.Y*int32(a.MeshWidth) + ic.X
		c.coreAt[c.routers[k]] = int32(k)
		for slot, n := range ic.Neurons {
			c.place[n] = place{int32(k), int32(slot)}
		}
		spikes, parts := split(ic.Dests)
		c.slots[k] = newFans(im, spikes, ic.X, ic.Y)
		c.parts[k] = newFans(im, parts, ic.X, ic.Y)
	}
	c.broadcast = make([]int32, im.Inputs())
	for _, s := range im.Manifest.Inputs {
		copy(c.broadcast[s.First:], s.Broadcast)
	}
	c.inputs = newFans(im, im.InputDests, 0, 0)
	if a.Controller.EventDriven() {
		var err error
		if c.event, err = newEventChip(im); err != nil {
			panic("emulator: image of an event-driven chip: " + err.Error())
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
	// tick is the number of the last tick run, cycle the cycles until its end.
	tick, cycle int64
	// broadcast is what the broadcast registers hold in the next tick.
	broadcast int64

	// The books that are no core's.
	chipAct        activity.Counts
	stalls         int64
	late           int64
	synapticEvents int64
	spikes         []int64 // by population

	// The tick at work: what fired, and the packets that it sends.
	fired   []int32
	packets []packet
	sources []noc.Source
	phases  Phases
	arrived func(noc.Delivery)

	// session is the chip's, where it has no ticks; waiting are the inputs that
	// spiked in the tick before.
	session *odin.Session
	waiting []int32

	watch *Tick // where not nil, is told of the ticks
}

// New returns a machine of a chip in its initial state.
func New(c *Chip) *Machine {
	m := &Machine{chip: c, cores: make([]*core.Core, len(c.specs)), spikes: make([]int64, len(c.image.Manifest.Populations))}
	for k, s := range c.specs {
		m.cores[k] = core.New(s)
	}
	if c.event != nil {
		m.session = c.event.chip.Start()
		return m
	}
	if c.mode == Cycle {
		a, t := &c.image.Manifest.Arch, &c.timing
		m.mesh = noc.New(noc.Config{
			Width: a.MeshWidth, Height: a.MeshHeight, FIFODepth: t.FIFO,
			HopX: t.HopX, HopY: t.HopY, LinkCycles: t.Link, EjectCycles: t.Eject,
		})
	}
	m.arrived = m.deliver // once, since each method value is an allocation
	return m
}

// Reset puts the machine into its initial state, as a global reset of the chip
// would, and empties its books.
func (m *Machine) Reset() {
	for _, c := range m.cores {
		c.Reset()
	}
	m.tick, m.cycle, m.broadcast = 0, 0, 0
	m.chipAct = activity.Counts{}
	m.stalls, m.late, m.synapticEvents = 0, 0, 0
	clear(m.spikes)
	if m.chip.event != nil {
		m.session, m.waiting = m.chip.event.chip.Start(), m.waiting[:0]
	}
}

// SetRun says which of many runs from the initial state the next one is. Where
// the crossbar is of devices, each has read noise of its own, which Reset leaves
// as it is.
func (m *Machine) SetRun(n int) {
	for _, c := range m.cores {
		c.SetRun(uint64(n))
	}
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
	m.packets = m.packets[:0]
	m.sources = m.sources[:0]
	m.phases = Phases{}
	m.watchStart(inputs)
	if m.session != nil {
		m.eventTick(inputs)
		slices.Sort(m.fired)
		m.watchEnd()
		return m.fired
	}
	m.sendInputs(inputs)
	for k, c := range m.cores {
		c.StartTick(m.tick, m.broadcast)
		integrated := c.Integrate(m.tick)
		updated := integrated + c.Update(m.tick)
		learned := updated + c.Learn()
		m.phases.Integrated = max(m.phases.Integrated, integrated)
		m.phases.Updated = max(m.phases.Updated, updated)
		m.phases.Learned = max(m.phases.Learned, learned)
		m.sendSpikes(k, c, integrated)
		m.watchCore(k, integrated, updated, learned)
	}
	m.broadcast = m.broadcastOf(inputs)
	if m.mesh == nil {
		for k := range m.packets {
			m.receive(&m.packets[k])
		}
	} else {
		m.route()
		m.cycle += m.phases.Done
		m.chipAct[targets.Cycle] += m.phases.Done
	}
	slices.Sort(m.fired)
	m.watchEnd()
	return m.fired
}

// Cycles returns the cycles since the start.
func (m *Machine) Cycles() int64 { return m.cycle }

// State returns state word k of a neuron.
func (m *Machine) State(neuron, k int) int32 {
	p := m.chip.place[neuron]
	if m.session != nil {
		return m.eventState(p, k)
	}
	return m.cores[p.core].State(int(p.slot), k)
}

// Weight returns the weight of synapse k of an axon of a core, as its programs
// have left it.
func (m *Machine) Weight(core, axon, k int) int16 {
	if m.session != nil {
		return m.eventWeight(axon, k)
	}
	return m.cores[core].Weight(axon, k)
}

// AxonWord returns word k of an axon of a core, which its axon program keeps.
func (m *Machine) AxonWord(core, axon, k int) int32 { return m.cores[core].AxonWord(axon, k) }

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
	}
	a.Chip.Add(&m.chipAct)
	a.Ticks += m.tick
	a.Cycles += m.cycle
	a.SynapticEvents += m.synapticEvents
	a.Stalls += m.stalls
	a.Late += m.late
	for k, n := range m.spikes {
		a.Spikes[k] += n
	}
}
