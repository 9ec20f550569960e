package emulator

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/isa/image"
)

// Phases are the cycles at which the phases of a tick ended, counted from its
// start. A phase that cores do apart ends with the last core.
type Phases struct {
	Integrated, Updated, Learned int64
	// Summed is when the cores that go first had updated and their partial sums of
	// delay 0 were delivered, Gathered the end of the barrier behind that. Both are
	// zero where no core goes first, and in functional mode.
	Summed, Gathered int64
	// Routed is when every core was done and every packet delivered, Done the end
	// of the barrier. Both are zero in functional mode.
	Routed, Done int64
}

// note takes a core's phases in.
func (p *Phases) note(t *CoreTick) { p.see(t.Integrated, t.Updated, t.Learned) }

// see takes in when a core ended its phases.
func (p *Phases) see(integrated, updated, learned int64) {
	p.Integrated = max(p.Integrated, integrated)
	p.Updated = max(p.Updated, updated)
	p.Learned = max(p.Learned, learned)
}

// Tick is what an observer sees of a tick. Cycles count from the tick's start.
type Tick struct {
	Number int64
	Phases Phases
	Cores  []CoreTick
	// Sends and Deliveries are empty in functional mode. Deliveries are in order of
	// cycle.
	Sends      []Send
	Deliveries []Delivery
	// Inputs and Fired are the inputs and neurons that spiked.
	Inputs, Fired []int32
}

// CoreTick is one core's part of a tick.
type CoreTick struct {
	// Integrated, Updated, Learned and Sent are the cycles by which it had
	// integrated, updated, learned, and put its last packet into the mesh. Sent is
	// zero where it sent none, and in functional mode. Its update began at Began:
	// after Integrated where it waited for partial sums.
	Integrated, Began, Updated, Learned, Sent int64
	// Stall is how many cycles it stood still because the mesh was full.
	Stall int64
}

// Send is when a core, or image.Host, put packets into the mesh: from the cycle at
// which it offered the first until behind the one in which the last went in, of
// which it stood still for Stall cycles because the mesh was full.
type Send struct {
	Core               int32
	From, Until, Stall int64
}

// Delivery is a packet that arrived at a cycle: at a core, or at image.Host.
type Delivery struct {
	// Offered is the cycle at which it was ready to be sent, no earlier than its
	// Send's From.
	Offered, At int64
	// From is the core that sent it, or image.Host. Axon is as in image.Dest.
	From, To, Axon int32
}

// Watch makes the machine fill t in every tick, for timelines and traces; nil
// ends that. What the machine does stays the same. The slices of t are valid
// until the next tick.
func (m *Machine) Watch(t *Tick) {
	m.asBits() // as they are for whoever watches
	m.watch = t
	m.wakeAll()
}

func (m *Machine) watchStart(inputs []int32) {
	if m.watch != nil {
		*m.watch = Tick{Number: m.tick, Inputs: inputs}
	}
}

func (m *Machine) watchDelivery(d noc.Delivery, p *packet) {
	if m.watch != nil {
		m.watch.Deliveries = append(m.watch.Deliveries, Delivery{Offered: p.offered, At: d.At, From: m.sender(d.Src), To: p.core, Axon: p.axon})
	}
}

// watchSources takes what a run of the mesh says of its sources.
func (m *Machine) watchSources() {
	if m.watch == nil {
		return
	}
	for k := range m.sources.list {
		s := &m.sources.list[k]
		if len(s.Injections) == 0 {
			continue
		}
		c := m.sender(s.Router)
		m.watch.Sends = append(m.watch.Sends, Send{Core: c, From: s.Injections[0].At, Until: s.Done + 1, Stall: s.Stall})
		if c != image.Host {
			m.work[c].Sent = s.Done + 1
			m.work[c].Stall += s.Stall
		}
	}
}

func (m *Machine) watchEnd() {
	if m.watch != nil {
		m.watch.Phases, m.watch.Cores, m.watch.Fired = m.phases, slices.Clone(m.work), m.fired
	}
}

// sender returns the core of a source's router, or image.Host.
func (m *Machine) sender(router int32) int32 {
	if router == noc.Host {
		return image.Host
	}
	return m.chip.coreAt[router]
}
