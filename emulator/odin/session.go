package odin

import (
	"math"
	"math/bits"
)

// Session is a chip at work that is given events a few at a time, as a host
// does that waits for the chip. It has one owner.
type Session struct {
	m *machine
	t int64
}

// Start returns a session that begins with what the chip is programmed with.
func (c *Chip) Start() *Session {
	spec := c.cfg.Model.Spec()
	s := &Session{m: c.machine(&spec)}
	s.m.limit = math.MaxInt64
	return s
}

// Do puts addresses on the input bus, as fast as its handshake goes, and lets the
// chip work until nothing is left to do, or for some cycles: a loop of neurons
// can go on for ever. It returns the spikes in order of time, and whether the
// chip came to rest; what it did not come to is done in the next call.
func (s *Session) Do(addresses []uint32, cycles int64) (spikes []Spike, rest bool) {
	m := s.m
	m.in.events = append(m.in.events[:0], m.in.events[m.in.next:]...)
	m.in.next = 0
	for _, a := range addresses {
		m.in.events = append(m.in.events, Event{At: s.t, Address: a})
	}
	// A session keeps no trace.
	m.visits, m.spikes, m.in.done, m.out.done = m.visits[:0], nil, m.in.done[:0], m.out.done[:0]
	for end := s.t + cycles; ; {
		t := max(s.t, m.out.busyUntil+1)
		switch {
		case t >= end:
			s.t = t
			return m.spikes, false
		case m.queue.full(), !m.queue.empty() && !m.urgent(t):
			t = m.pop(t)
		case m.in.ready(t):
			t = m.accept(t)
		case !m.in.pending():
			s.t = t
			return m.spikes, true
		default:
			t = m.in.visible()
		}
		s.t = t
	}
}

// Cycles returns the cycles until now.
func (s *Session) Cycles() int64 { return s.t }

// Counters returns what was counted until now, cycles and the scheduler's marks
// included.
func (s *Session) Counters() Counters {
	c := s.m.counted
	c.Cycles, c.OutputBusy, c.MaxQueued, c.Dropped = s.t, s.m.out.busy, s.m.queue.highest, s.m.queue.drops
	return c
}

// Weight returns what a synapse weighs, its sign included.
func (s *Session) Weight(pre, post int) int16 {
	v := int(s.m.synapses[pre][post])
	if s.m.cfg.Model == TinyODIN {
		return int16(wrap(v, 4))
	}
	if v &= 7; s.m.cfg.Inhibitory[pre] {
		v = -v
	}
	return int16(v)
}

// Neuron returns a neuron as its memory holds it, with its learning flags.
func (s *Session) Neuron(n int) NeuronState {
	w := s.m.neurons[n].word()
	st := NeuronState{Flags: s.m.flags[n]}
	if s.m.cfg.Model == TinyODIN {
		st.Potential = tinyPotential.signed(w)
		return st
	}
	potential, calcium := lifPotential.of(w), &lifCalcium
	if !lifSelect.is(w) {
		potential, calcium = izhPotential.signed(w), &izhCalcium
		st.Accumulator = izhAccumulator.of(w)
	}
	st.Potential, st.Calcium, st.Count = potential, calcium.level.of(w), calcium.count.of(w)
	return st
}

// NeuronState is what changes in a neuron, as far as both kinds have it.
type NeuronState struct {
	Potential int
	// Accumulator is an Izhikevich neuron's.
	Accumulator int
	// Calcium is 0 to 7, Count the time references since it last fell.
	Calcium, Count int
	Flags          Flags
}

// IntegrateAndFire is the parameters of an integrate-and-fire neuron.
type IntegrateAndFire struct {
	// Threshold is reached to fire: 12 bits of tinyODIN, 8 of ODIN. Leak is taken
	// by a time reference, 7 bits. Potential is what it begins with.
	Threshold, Leak, Potential int
	// Disabled neurons never send a spike.
	Disabled bool
	// Calcium, where not nil, lets ODIN's synapses learn.
	Calcium *Calcium
}

// Calcium is what ODIN's learning rule needs of a neuron.
type Calcium struct {
	// ThetaMem is 8 bits; Theta1 to Theta3 are 3 bits; Leak is the time references
	// that it takes to lose one, 5 bits.
	ThetaMem, Theta1, Theta2, Theta3, Leak int
}

// Word returns the neuron's word in the memory of a chip.
func (n *IntegrateAndFire) Word(m Model) Word {
	var w Word
	if m == TinyODIN {
		w = tinyThreshold.put(tinyLeak.put(tinyPotential.put(w, n.Potential), n.Leak), n.Threshold)
		return tinyDisable.put(w, bit(n.Disabled))
	}
	w = lifSelect.put(lifLeak.put(lifLeaks.put(w, bit(n.Leak > 0)), n.Leak), 1)
	w = lifThreshold.put(lifPotential.put(w, n.Potential), n.Threshold)
	w = n.Calcium.put(&lifCalcium, w)
	return odinDisable.put(w, bit(n.Disabled))
}

// put returns the word with the parameters written into it; nil switches calcium
// off.
func (c *Calcium) put(l *calciumLayout, w Word) Word {
	if c == nil {
		return w
	}
	w = l.thetaMem.put(l.enable.put(w, 1), c.ThetaMem)
	w = l.theta1.put(l.theta2.put(l.theta3.put(w, c.Theta3), c.Theta2), c.Theta1)
	return l.leak.put(w, c.Leak)
}

var (
	izhPotential   = field{82, potentialBits}
	izhAccumulator = field{70, accumulatorLen}
)

// izhNumbers and izhChoices are the fields of an Izhikevich neuron's word by the
// names that the neuron model odin_izh has for them. fan_in is a power of two, by
// its exponent, which the word counts from 3.
var (
	izhNumbers = map[string]field{
		"leak": {1, 7}, "fan_in": {9, 3}, "threshold": {19, 3}, "reset": {22, 3}, "delay": {25, 3}, "stim_threshold": {30, 3},
		"threshold_leak": {43, 4}, "sharp_delay": {67, 3}, "acc": izhAccumulator, "v": izhPotential,
	}
	izhChoices = map[string]field{
		"sharp": {18, 1}, "latency": {28, 1}, "after_depolarise": {29, 1}, "phasic": {33, 1}, "class_2": {35, 1}, "below_zero": {36, 1},
		"rebound": {37, 1}, "inhibition_induced": {38, 1}, "bistable": {39, 1}, "resonate": {40, 1}, "variable_threshold": {41, 1},
		"by_own_spikes": {42, 1}, "accommodate": {47, 1},
	}
)

// IzhikevichWord returns the word of an Izhikevich neuron that fires no bursts:
// numbers are its parameters and first state, choices what it does, by the names
// of the neuron model odin_izh.
func IzhikevichWord(numbers map[string]int, choices map[string]bool, calcium *Calcium) Word {
	var w Word
	for name, f := range izhNumbers {
		v := numbers[name]
		if name == "fan_in" {
			v = bits.Len(uint(v)) - 1 - 3
		}
		w = f.put(w, v)
	}
	w = lifLeaks.put(w, bit(numbers["leak"] > 0))
	for name, f := range izhChoices {
		w = f.put(w, bit(choices[name]))
	}
	return calcium.put(&izhCalcium, w)
}

// Addresses of the input bus.

// SpikeAddress is a spike of a presynaptic neuron.
func SpikeAddress(m Model, pre int) uint32 {
	if m == TinyODIN {
		return uint32(pre)
	}
	return uint32(pre)<<8 | 0x07
}

// TimeReferenceAddress is the time reference of all neurons.
func TimeReferenceAddress(m Model) uint32 {
	if m == TinyODIN {
		return 0x1FF
	}
	return 0x7F
}

// Weight returns the nibble of a synapse of ODIN or tinyODIN.
func Weight(m Model, weight int, mapped bool) uint8 {
	if m == TinyODIN {
		return uint8(weight & 0xF)
	}
	return uint8(weight&0x7 | bit(mapped)<<3)
}
