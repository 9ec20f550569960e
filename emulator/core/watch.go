package core

import (
	"math/bits"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// Moment is where a core is in a program: before an instruction, or behind the last.
type Moment struct {
	Kind    isa.Kind
	Program []isa.Inst
	// PC is the index of the instruction that comes, len(Program) behind the last.
	PC int
	// Slot is the neuron's that the program runs for; −1 where it runs for an axon, or
	// for all slots together. Axon and Synapse, of the axon's row, are what a program of
	// a kind other than isa.Tick runs for.
	Slot, Axon, Synapse int
	spec                *Spec
	// lane is what runs, or lanes if all of a core do.
	lane  *isa.Lane
	lanes []isa.Lane
}

// Together reports whether the program runs for all slots of the core at once.
func (m *Moment) Together() bool { return m.lanes != nil }

// Lane returns the lane that runs for a slot of the core, or for what Slot −1 is; nil
// where none does. It is the core's own, to be looked at only.
func (m *Moment) Lane(slot int) *isa.Lane {
	switch {
	case m.lanes != nil && slot >= 0:
		return &m.lanes[slot]
	case slot == m.Slot:
		return m.lane
	}
	return nil
}

// Clips reports whether the sum of inputs of a lane does not fit register In, and so
// counts as a saturation.
func (m *Moment) Clips(l *isa.Lane) bool { return m.Kind == isa.Tick && m.spec.clips(l.Sum) }

// Watch makes a core that has no plan call f at each Moment of its programs; nil ends
// that. It then runs neurons that would do nothing, too. What it does stays the same.
func (c *Core) Watch(f func(*Moment)) { c.watch = f }

// runLane runs the program of a kind in a lane, for the neuron in a slot, an axon or a
// synapse.
func (c *Core) runLane(l *isa.Lane, kind isa.Kind, slot int, of synapse) {
	program := c.spec.program
	if kind != isa.Tick {
		program = c.spec.learn.programs[kind]
	}
	if c.watch == nil {
		l.Run(program)
		return
	}
	at := Moment{Kind: kind, Program: program, Slot: slot, Axon: int(of.axon), Synapse: int(of.k), spec: c.spec, lane: l}
	l.RunWatched(program, func(pc int) {
		at.PC = pc
		c.watch(&at)
	})
}

// runTogether runs the core's program in all its lanes.
func (c *Core) runTogether() {
	if c.watch == nil {
		isa.RunTogether(c.lanes, c.spec.program)
		return
	}
	at := Moment{Program: c.spec.program, Slot: -1, spec: c.spec, lanes: c.lanes}
	isa.RunTogetherWatched(c.lanes, c.spec.program, func(pc int) {
		at.PC = pc
		c.watch(&at)
	})
}

// clips reports whether a sum of inputs counts as a saturation.
func (s *Spec) clips(in int64) bool { return !s.wraps && !fixed.Fits(in, s.stateBits) }

// Arrival is an axon whose spikes are due, with the payload of all of them.
type Arrival struct {
	Axon    int
	Payload int64
}

// Due lists the axons that Integrate will read in tick t, ascending.
func (c *Core) Due(t int64) []Arrival {
	var out []Arrival
	for k, set := range c.pending[t%int64(len(c.pending))] {
		for ; set != 0; set &= set - 1 {
			a := Arrival{Axon: k<<6 + bits.TrailingZeros64(set), Payload: 1}
			if c.payloads != nil {
				a.Payload = c.payloads[t%int64(len(c.payloads))][a.Axon]
			}
			out = append(out, a)
		}
	}
	return out
}
