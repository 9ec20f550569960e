package odin

import (
	"fmt"
	"slices"
)

// Chip is a programmed chip. It does not change: every run begins with what its
// configuration says, and runs may go on side by side.
type Chip struct{ cfg Config }

// New returns a chip that is programmed as the configuration says, which it
// copies.
func New(cfg Config) (*Chip, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if cfg.Synapses != nil {
		synapses := *cfg.Synapses
		cfg.Synapses = &synapses
	}
	if cfg.Flags != nil {
		flags := *cfg.Flags
		cfg.Flags = &flags
	}
	return &Chip{cfg}, nil
}

// Trace is what a run did, cycle by cycle. Cycle t is the time from the t-th
// rising edge of the clock after the chip was let go until the next.
type Trace struct {
	InEvents  []InEvent
	OutEvents []OutEvent
	Spikes    []Spike
	States    []Visit
	Final     Memory
	Counters  Counters
}

// Spike is a neuron's firing, in the cycle in which the neuron is written.
type Spike struct {
	At     int64
	Neuron uint8
	// Queued and Dropped say whether the scheduler took it or had no room; in
	// open loop it is not asked. Sent says that spikes go out by the output bus.
	Queued, Dropped, Sent bool
	// Event is the neuron's event: bit 6, and the burst that it asks for.
	Event uint8
}

// Visit is a visit of the controller to a state.
type Visit struct {
	First, Cycles int64
	State         State
	// Arg is the input address or the scheduler's entry that is worked on, or -1.
	Arg int
}

// Memory is the chip's memories when a run has ended.
type Memory struct {
	Neurons  [numNeurons]Word
	Synapses [numNeurons][numNeurons]uint8
	Flags    [numNeurons]Flags
}

// Run sends events into the chip, in the order given, and lets it work until it
// has nothing more to do or has reached its limit of cycles.
func (c *Chip) Run(events []Event) (*Trace, error) {
	spec := c.cfg.Model.Spec()
	for i, e := range events {
		if e.At < 0 || e.At > maxCycles {
			return nil, fmt.Errorf("event %d: cycle %d: want 0 to %d", i, e.At, int64(maxCycles))
		}
		if e.Address>>spec.AddressBits != 0 {
			return nil, fmt.Errorf("event %d: address %d has more than the %d bits of %s", i, e.Address, spec.AddressBits, spec.Name)
		}
	}
	m := c.machine(&spec)
	m.in.events = slices.Clone(events)
	m.run()
	t := &Trace{
		InEvents: m.in.finish(m.counted.Cycles - 1), OutEvents: m.out.done, Spikes: m.spikes, States: m.visits,
		Counters: m.counted,
	}
	for n, neuron := range m.neurons {
		t.Final.Neurons[n] = neuron.word()
	}
	t.Final.Synapses, t.Final.Flags = m.synapses, m.flags
	return t, nil
}

// machine returns the chip as it is at cycle 0.
func (c *Chip) machine(spec *Spec) *machine {
	m := &machine{
		cfg: &c.cfg, spec: spec, sweep: c.cfg.Sweep, limit: c.cfg.MaxCycles,
		queue: newQueue(spec.QueueDepth),
		in:    input{dropDelay: c.cfg.DropDelay},
		out:   output{ackDelay: c.cfg.AckDelay, busyUntil: -1},
	}
	if m.sweep == 0 {
		m.sweep = numNeurons
	}
	if m.limit == 0 {
		m.limit = defaultMaxCycles
	}
	if c.cfg.Synapses != nil {
		m.synapses = *c.cfg.Synapses
	}
	for n, w := range c.cfg.Neurons {
		m.neurons[n] = newNeuron(c.cfg.Model, w)
	}
	switch {
	case !spec.Plastic:
	case c.cfg.Flags != nil:
		m.flags = *c.cfg.Flags
	default:
		m.flags = c.cfg.ProgrammedFlags()
	}
	return m
}

// ProgrammedFlags are the learning flags that writing the neuron memory leaves
// behind. The flags are written with every byte, and what they are then is what
// the neuron would make of an event of weight zero.
func (c *Config) ProgrammedFlags() [numNeurons]Flags {
	var flags [numNeurons]Flags
	for n, w := range c.Neurons {
		programmed := newNeuron(c.Model, w)
		programmed.step(false, 0)
		flags[n] = programmed.flags()
	}
	return flags
}
