package odin

import (
	"errors"
	"fmt"
)

// numNeurons is how many neurons, and rows of synapses, either chip has.
const numNeurons = 256

// Model is one of the two chips.
type Model uint8

// The chips that are emulated.
const (
	TinyODIN Model = iota
	ODIN
	numModels
)

// Spec is what distinguishes one chip from the other. The rest they share.
type Spec struct {
	Name string
	// AddressBits is the width of the input bus.
	AddressBits int
	// QueueDepth is how many events the scheduler holds.
	QueueDepth int
	// PotentialMin and PotentialMax are where the potential of an
	// integrate-and-fire neuron saturates.
	PotentialMin, PotentialMax int
	// WordBits is the width of a neuron's word in memory.
	WordBits int
	// Sweeps says that the number of neurons that an event visits can be set.
	Sweeps bool
	// PopState says that a spike event ends in the state AER_POP, in which the
	// scheduler is popped; without it the last write of the sweep pops.
	PopState bool
	// Plastic says that synapses learn, have a mapping bit, take their sign
	// from the presynaptic neuron, and can be addressed one at a time.
	Plastic bool
	// WordReads and WordWrites count the accesses to one word of eight synapses
	// while a spike event crosses it.
	WordReads, WordWrites int64
}

var specs = [numModels]Spec{
	TinyODIN: {
		Name: "tinyodin", AddressBits: 10, QueueDepth: 128, PotentialMin: -2048, PotentialMax: 2047, WordBits: 32,
		Sweeps: true, PopState: true, WordReads: 2,
	},
	ODIN: {
		Name: "odin", AddressBits: 17, QueueDepth: 32, PotentialMin: 0, PotentialMax: 255, WordBits: 128,
		Plastic: true, WordReads: 1, WordWrites: 1,
	},
}

// Spec returns the chip's row of the table.
func (m Model) Spec() Spec { return specs[m] }

// String returns the chip's name, which is also the name of its folder of
// recordings.
func (m Model) String() string {
	if m >= numModels {
		return fmt.Sprintf("Model(%d)", uint8(m))
	}
	return specs[m].Name
}

// Config is a programmed chip: its registers, its memories and what surrounds
// it. The zero value is a tinyODIN without synapses whose neurons have
// threshold zero.
type Config struct {
	Model Model
	// Sweep is how many neurons a spike or a common time reference visits: the
	// register MAX_NEUR plus one. Zero means all 256, which ODIN always does.
	Sweep int
	// OpenLoop keeps the neurons' own spikes out of the scheduler.
	OpenLoop bool
	// ReportEvents is the register AER_SRC_CTRL_nNEUR: the output bus then tells
	// each spike event when it is processed, not each spike when it is fired.
	ReportEvents bool
	// AckDelay is how many cycles after a request at the output the environment
	// acknowledges it, and takes the acknowledge back.
	AckDelay int64
	// DropDelay is how many cycles more than one the sender at the input needs
	// to take its request back once it is acknowledged.
	DropDelay int64
	// MaxCycles ends the run at the first idle cycle from it on. Zero means a
	// million.
	MaxCycles int64

	// Neurons is the neuron memory.
	Neurons [numNeurons]Word
	// Synapses is the synapse memory, row by row of the presynaptic neurons: four
	// bits each, a signed weight in tinyODIN, mapping bit and weight in ODIN.
	// Nil means that all are zero.
	Synapses *[numNeurons][numNeurons]uint8

	// The rest is ODIN's alone.

	// Inhibitory is the register SYN_SIGN: whose synapses count negative.
	Inhibitory [numNeurons]bool
	// Flags are the learning flags at the first cycle. Nil means what writing the
	// neuron memory leaves there, byte 0 of a word first.
	Flags *[numNeurons]Flags
	// UpdateUnmapped lets synapses learn without their mapping bit,
	// PropagateUnmapped lets them stimulate.
	UpdateUnmapped, PropagateUnmapped bool
	// LearnOnSynapse lets an event for a single synapse change it.
	LearnOnSynapse bool
	// Monitor makes the output bus tell the state of one neuron and of one
	// synapse instead of spikes.
	Monitor bool
	// MonitorNeuron and MonitorSynapse are the neuron that is told and the
	// presynaptic neuron of its synapse. With ReportEvents, an event is told
	// when MonitorNeuron is written, whether Monitor is set or not.
	MonitorNeuron, MonitorSynapse uint8
	// BurstTimeref is how many cycles, less one, make a step between the spikes
	// of a burst. Zero turns bursts off.
	BurstTimeref uint32
}

// Limits of what Validate accepts. They are far beyond what a recording has, and
// keep every cycle number within 64 bits.
const (
	maxDelay  = 1 << 20
	maxCycles = 1 << 40
	// defaultMaxCycles is what MaxCycles zero means.
	defaultMaxCycles = 1_000_000
)

// Validate says everything that is wrong with the configuration.
func (c *Config) Validate() error {
	if c.Model >= numModels {
		return fmt.Errorf("model %d is not one of the %d that are known", c.Model, numModels)
	}
	s := &specs[c.Model]
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch {
	case c.Sweep < 0 || c.Sweep > numNeurons:
		bad("sweep of %d neurons: want 0 to %d", c.Sweep, numNeurons)
	case !s.Sweeps && c.Sweep != 0 && c.Sweep != numNeurons:
		bad("sweep of %d neurons: %s always visits all %d", c.Sweep, s.Name, numNeurons)
	}
	for _, d := range []struct {
		name       string
		value, max int64
	}{
		{"acknowledge delay", c.AckDelay, maxDelay},
		{"request-drop delay", c.DropDelay, maxDelay},
		{"cycle limit", c.MaxCycles, maxCycles},
		{"burst time reference", int64(c.BurstTimeref), 1<<20 - 1},
	} {
		if d.value < 0 || d.value > d.max {
			bad("%s %d: want 0 to %d", d.name, d.value, d.max)
		}
	}
	for n, w := range c.Neurons {
		if s.WordBits < 128 && (w.Hi != 0 || w.Lo>>s.WordBits != 0) {
			bad("neuron %d: word %s has more than %d bits", n, w.Hex(128), s.WordBits)
		}
		if s.Plastic && c.BurstTimeref != 0 && !c.OpenLoop && bursts(w) {
			bad("neuron %d fires bursts: their timing depends on how long the chip was programmed, and is not modelled", n)
		}
	}
	if c.Synapses != nil {
		for pre := range c.Synapses {
			for post, v := range c.Synapses[pre] {
				if v > 0xF {
					bad("synapse %d→%d: value %d has more than 4 bits", pre, post, v)
				}
			}
		}
	}
	return errors.Join(errs...)
}
