// Package emulator runs chip images, cycle by cycle. A Machine is one chip; a
// tick runs in phases, and TIMING.md says what each costs:
//
//	deliver → integrate → update → learn → route → synchronise
//
// Cores that send partial sums with a delay of 0 go first: what they send crosses
// the mesh before the others update.
//
// What a tick computes does not depend on how long anything takes: timing asks
// when, never what.
package emulator

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/emulator/odin"
	"github.com/weft-toolchain/weft/internal/pages"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Machine is a chip at work. It has one owner.
type Machine struct {
	chip  *Chip
	cores []*core.Core
	mesh  *noc.Mesh // nil in functional mode
	// tick is the number of the last tick run, cycle the cycles until its end.
	tick, cycle int64
	// broadcast is what the broadcast registers hold in the next tick.
	broadcast int64
	// tiles are the cores that have one as ticks without packets run them, if they are
	// among tiled.
	tiles []core.Tile
	tiled set
	// asks says that tiles are more than a processor has near by: see stream.
	asks bool

	// The books that are no core's.
	chipAct        activity.Counts
	stalls         int64
	late           int64
	lost           activity.Lost
	synapticEvents int64
	spikes         []int64 // by population

	// The tick at work: when each core does what, what it sent only if somebody
	// watches, what fired, and the packets that it sends.
	work    []CoreTick
	fired   []int32
	packets []packet
	sources sources
	offered []noc.Source // by all workers, where there are several
	phases  Phases
	arrived func(noc.Delivery)

	// session is the chip's, where it has no ticks; waiting are the inputs that
	// spiked in the tick before.
	session *odin.Session
	waiting []int32

	// scattering is nil where the chip has no outgoing synapses.
	scattering *scattering
	// awake is which cores are to be run; pending[t mod depth] has a bit for each axon
	// of the chip that is due in tick t; ring is all of it, chip.stride words a tick.
	// received are the packets that came to each core as such bits: the cores' own books
	// have the others.
	awake    awake
	pending  [][]uint64
	ring     []uint64
	received []int64
	now      int // the tick at work, modulo depth
	workers  []*worker
	// crew is nil where there is one worker; where there are several, post has whose each
	// core is, the host before the first.
	crew *crew
	post []uint16
	// order is room to put neurons in order; the others are methods, once, since each
	// method value is an allocation.
	order                              []uint64
	runDirectly, takeOver, runTheirOwn func(w *worker)

	watch    *Tick     // where not nil, is told of the ticks
	observer *Observer // where not nil, is told of what each core does in them
}

// New returns a machine of a chip in its initial state.
func New(c *Chip) *Machine {
	m := &Machine{
		chip: c, cores: make([]*core.Core, len(c.specs)), work: make([]CoreTick, len(c.specs)),
		spikes: make([]int64, len(c.image.Manifest.Populations)),
	}
	m.pending, m.received = make([][]uint64, c.depth), make([]int64, c.host()+1)
	m.ring = make([]uint64, c.depth*c.stride)
	for k := range m.pending {
		m.pending[k] = m.ring[k*c.stride:][:c.words:c.words]
	}
	m.newCores()
	m.newScattering()
	m.SetWorkers(1)
	if c.event != nil {
		m.session = c.event.chip.Start()
		return m
	}
	m.awake = newAwake(c)
	m.runDirectly, m.takeOver, m.runTheirOwn = m.directly, m.handOver, m.runCores
	if c.mode == Cycle {
		a, t := &c.image.Manifest.Arch, &c.timing
		m.mesh = noc.New(noc.Config{
			Width: a.MeshWidth, Height: a.MeshHeight, FIFODepth: t.FIFO,
			HopX: t.HopX, HopY: t.HopY, LinkCycles: t.Link, EjectCycles: t.Eject,
			Chips: c.broken.chips, ChipHop: t.ChipHop, ChipPeriod: cmp.Or(t.ChipPeriod, t.Link),
			Routes: c.broken.routes, Severed: c.broken.severed,
			Portable: c.way != Fast,
		})
	}
	// Once, since each method value is an allocation.
	m.arrived = m.deliver
	return m
}

// near is how many bytes of tiles, and of where their spikes go, a processor has near
// by: a cache of the second level, of which one seldom has less.
const near = 1 << 20

// newCores makes the cores, their states side by side, and the tiles of those that
// have one.
func (m *Machine) newCores() {
	c := m.chip
	words, reads := 0, 0
	for _, s := range c.specs {
		words += s.State()
	}
	state := pages.Make[int32](words)
	m.tiles, m.tiled = pages.Make[core.Tile](len(c.specs)), newSet(len(c.specs))
	for k, s := range c.specs {
		n := s.State()
		m.cores[k] = core.NewIn(s, m.pending, int(c.base[k]), state[:n:n])
		state = state[n:]
		if t, ok := m.cores[k].Tile(); ok && c.direct != nil {
			m.tiles[k] = t
			m.tiled.add(int32(k))
			reads += t.Bytes() + c.direct.slots[k].bytes()
		}
	}
	kernel.JoinShorts(len(m.tiles), func(k int) *kernel.Tile { return &m.tiles[k].Tile })
	m.asks = reads > near
}

// setTiled says whether a core may be run as its tile, if it has one.
func (m *Machine) setTiled(k int, may bool) {
	if may && m.tiles[k].State != nil {
		m.tiled.add(int32(k))
	} else {
		m.tiled.remove(int32(k))
	}
}

// Reset puts the machine into its initial state, as a global reset of the chip
// would, and empties its books.
func (m *Machine) Reset() {
	for k, c := range m.cores {
		c.Reset()
		m.tiles[k].Reset()
	}
	m.tick, m.now, m.cycle, m.broadcast = 0, 0, 0, 0
	m.chipAct = activity.Counts{}
	m.stalls, m.late, m.synapticEvents = 0, 0, 0
	m.lost = activity.Lost{}
	clear(m.spikes)
	if m.mesh != nil {
		m.mesh.ResetCounts()
	}
	if m.chip.event != nil {
		m.session, m.waiting = m.chip.event.chip.Start(), m.waiting[:0]
		return
	}
	m.awake.reset(m.chip)
	m.scattering.clear(m.workers)
	clear(m.received)
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
// units: what the host writes for a direct encoding. Nil is none. Copies of a
// neuron have it too, parts and relays have none. Every word that is not zero
// counts as one config_write.
func (m *Machine) SetCurrent(current []int32) {
	m.wakeAll()
	for k, c := range m.cores {
		if current == nil {
			c.SetCurrent(nil)
			m.setTiled(k, true)
			continue
		}
		m.setTiled(k, false)
		neurons := m.chip.image.Cores[k].Neurons
		slots := make([]int32, len(neurons))
		for slot, n := range neurons {
			if role := m.chip.role(k, slot); role == image.Part || role == image.Relay {
				continue
			}
			if slots[slot] = current[n]; slots[slot] != 0 {
				c.Counts[targets.ConfigWrite]++
			}
		}
		c.SetCurrent(slots)
	}
}

// Tick runs one tick in which the given inputs spike, and returns the neurons
// that fire, ascending: those whose slots do, and the doubles that they stand for.
// The result is valid until the next call.
func (m *Machine) Tick(inputs []int32) []int32 {
	m.tick++
	m.now = int(m.tick % int64(m.chip.depth))
	m.fired = m.fired[:0]
	m.packets = m.packets[:0]
	m.sources.clear()
	m.phases = Phases{}
	m.watchStart(inputs)
	if m.session != nil {
		m.eventTick(inputs)
		m.tellDoubles()
		slices.Sort(m.fired) // a neuron may fire twice in a tick
		m.watchEnd()
		return m.fired
	}
	if m.chip.direct != nil && !m.seen() {
		m.tickDirect(inputs)
		return m.fired
	}
	m.gather()
	m.idle()
	m.sendInputs(inputs)
	m.together(m.runTheirOwn)
	for _, w := range m.workers {
		for _, k := range w.ran {
			if m.chip.atOnce[k] == nil {
				m.phases.note(&m.work[k])
			}
			m.sendSpikes(int(k), m.cores[k])
		}
	}
	m.notePhase(NoCore, Route)
	m.broadcast = m.broadcastOf(inputs)
	if m.mesh == nil {
		for k := range m.packets {
			m.receive(&m.packets[k])
		}
	} else {
		m.route(m.sources.list, m.arrived)
		m.cycle += m.phases.Done
		m.chipAct[targets.Cycle] += m.phases.Done
	}
	m.collect()
	m.watchEnd()
	return m.fired
}

// runCores runs those of a worker's cores that have not gone first.
func (m *Machine) runCores(w *worker) {
	m.list(w)
	for _, k := range w.ran {
		k, c := int(k), m.cores[k]
		if m.chip.atOnce[k] == nil {
			m.runCore(k, c)
			m.rested(k)
		}
		m.tell(w, k, c.Fired, 0)
	}
}

// runCore runs a core's own phases. One that takes partial sums of this tick
// updates its neurons when these are there.
func (m *Machine) runCore(k int, c *core.Core) {
	c.StartTick(m.tick, m.broadcast)
	m.notePhase(k, Integrate)
	m.tiles[k].Publish()
	t := &m.work[k]
	*t = CoreTick{Integrated: c.Integrate(m.tick)}
	t.Began = t.Integrated
	if m.chip.takes[k] {
		t.Began = max(t.Began, m.phases.Gathered)
	}
	m.notePhase(k, Update)
	t.Updated = t.Began + c.Update(m.tick)
	m.notePhase(k, Learn)
	t.Learned = t.Updated + c.Learn()
	m.tiles[k].Changed()
}

// Cycles returns the cycles since the start.
func (m *Machine) Cycles() int64 { return m.cycle }

// State returns state word k of a neuron, or of the one that stands for it; 0 of one
// that is removed.
func (m *Machine) State(neuron, k int) int32 {
	p := m.chip.place[neuron]
	if p == nowhere {
		return 0
	}
	return m.SlotState(int(p.core), int(p.slot), k)
}

// SlotState returns state word k of a slot of a core, also of one that is a copy,
// a part or a relay.
func (m *Machine) SlotState(core, slot, k int) int32 {
	if m.session != nil {
		return m.eventState(place{int32(core), int32(slot)}, k)
	}
	m.tiles[core].Publish()
	return m.cores[core].State(slot, k)
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
	m.balance()
	a.Lost.Add(m.lost)
	for k, c := range m.cores {
		a.Lost.Axons += c.LostAtAxons
		a.Cores[k].Add(&c.Counts)
		for g, n := range c.Saturations {
			a.Saturations[m.chip.specs[k].Populations[g]] += n
		}
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

// balance puts all that was counted for a core onto the core's own books.
func (m *Machine) balance() {
	m.asBits()
	for k, c := range m.cores {
		b := &m.tiles[k].Book
		b.AddTo(&c.Counts)
		*b = core.Book{}
		c.Counts[targets.PacketReceived] += m.received[k]
		m.received[k] = 0
		ticks, updates := m.owed(k)
		c.Counts[targets.CoreTick] += ticks
		c.Counts[targets.NeuronUpdate] += updates
	}
}
