package debug

import (
	"context"
	"fmt"
	"strings"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/names"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
)

func (s *Session) neuronName(n int) string { return names.Of(s.image.Manifest.Populations, n) }

// slotName names what is in a slot of a core.
func (s *Session) slotName(k, slot int) string {
	c := &s.image.Cores[k]
	switch s.role(k, slot) {
	case image.Copy:
		return "a copy of " + s.neuronName(int(c.Neurons[slot]))
	case image.Part:
		return "a part of " + s.neuronName(int(c.Neurons[slot]))
	case image.Relay:
		return fmt.Sprintf("relay %d:%d", k, slot)
	case image.Own:
	}
	return s.neuronName(int(c.Neurons[slot]))
}

// role returns what is in a slot of a core.
func (s *Session) role(k, slot int) image.Role {
	if s.roles[k] == nil {
		return image.Own
	}
	return s.roles[k][slot]
}

// firedText names neurons that fired in a tick, the first of them.
func (s *Session) firedText(fired []int32) string {
	if len(fired) == 0 {
		return "nobody fires"
	}
	var words []string
	for _, n := range fired[:min(len(fired), maxTold)] {
		words = append(words, s.neuronName(int(n)))
	}
	if more := len(fired) - maxTold; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	if len(fired) == 1 {
		return words[0] + " fires"
	}
	return strings.Join(words, " ") + " fire"
}

// where tells where the run is.
func (s *Session) where() {
	switch {
	case s.work != nil:
		fmt.Fprintf(s.w, "tick %d of %d, %s\n", s.tick+1, s.ticks, s.pointText())
		s.instruction()
	case s.tick == 0:
		fmt.Fprintf(s.w, "before tick 1 of %d\n", s.ticks)
	default:
		over := ""
		if s.tick == s.ticks {
			over = "; the run is over"
		}
		fmt.Fprintf(s.w, "after tick %d of %d: %s%s\n", s.tick, s.ticks, s.firedText(s.last.fired), over)
	}
}

// pointText says where the tick at work is.
func (s *Session) pointText() string {
	p := &s.work.point
	switch {
	case p.core == emulator.NoCore:
		return fmt.Sprintf("before %v", p.phase)
	case p.at == nil:
		return fmt.Sprintf("core %d, before %v", p.core, p.phase)
	}
	var what string
	switch at := p.at; {
	case at.Together():
		what = "all " + diag.Plural(len(s.image.Cores[p.core].Neurons), "neuron")
	case at.Kind == isa.Axon:
		what = fmt.Sprintf("axon %d", at.Axon)
	case at.Kind == isa.Tick:
		what = s.slotName(p.core, at.Slot)
	default:
		what = fmt.Sprintf("synapse %d of axon %d to %s, program %v", at.Synapse, at.Axon, s.slotName(p.core, at.Slot), at.Kind)
	}
	if n := len(p.at.Program); p.at.PC == n {
		return fmt.Sprintf("core %d, %v: %s, behind the last of %d instructions", p.core, p.phase, what, n)
	}
	return fmt.Sprintf("core %d, %v: %s, instruction %d of %d", p.core, p.phase, what, p.at.PC, len(p.at.Program))
}

// instruction tells which instruction comes, if one does, and whether it is to do
// anything.
func (s *Session) instruction() {
	p := &s.work.point
	if p.at == nil || p.at.PC == len(p.at.Program) {
		return
	}
	note := ""
	if lane := p.at.Lane(p.at.Slot); lane != nil && !lane.Holds(p.at.Program[p.at.PC].Pred) {
		note = "  ; does nothing: its predicate is false"
	}
	fmt.Fprintf(s.w, "%4d  %s%s\n", p.at.PC, s.lines(p.core, p.at.Kind)[p.at.PC], note)
}

// runWhere is the command where.
func (s *Session) runWhere(context.Context, *Command) error {
	s.where()
	return nil
}
