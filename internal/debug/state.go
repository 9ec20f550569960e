package debug

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/names"
	"github.com/weft-toolchain/weft/isa"
)

// lane returns the lane at work of a neuron, or nil where that is not at work.
func (s *Session) lane(neuron int) *isa.Lane {
	if s.work == nil || s.work.point.at == nil || s.work.point.at.Kind == isa.Axon {
		return nil
	}
	if at := s.slots[neuron]; at.core == s.work.point.core {
		return s.work.point.at.Lane(at.slot)
	}
	return nil
}

// word returns a state word of a neuron as it is now.
func (s *Session) word(neuron, k int) int32 {
	if lane := s.lane(neuron); lane != nil {
		return lane.Reg[isa.S0+isa.Reg(k)]
	}
	return s.machine.State(neuron, k)
}

// valueText writes a state word, and what it is in the network where that is known.
func (s *Session) valueText(neuron int, w names.Word, word int32) string {
	if scale := s.image.Scale(neuron); w.Number == 0 && scale != 0 {
		return fmt.Sprintf("%d, in the network %.6g", word, float64(word)/scale)
	}
	return strconv.Itoa(int(word))
}

// atWork returns the neuron at work, −1 where there is none.
func (s *Session) atWork() int {
	if s.work == nil || s.work.point.at == nil || s.work.point.at.Slot < 0 {
		return -1
	}
	return int(s.image.Cores[s.work.point.core].Neurons[s.work.point.at.Slot])
}

// neuronsOf returns what a command names, or else the neuron at work.
func (s *Session) neuronsOf(c *Command) (*names.Selection, error) {
	if c.named != nil {
		return c.named, nil
	}
	n := s.atWork()
	if n < 0 {
		return nil, c.refuse("no neuron is at work; name one: %s POP[I]", c.verb.names[0])
	}
	sel, bad := names.Find(s.image, s.neuronName(n))
	if bad != nil {
		return nil, bad.Err()
	}
	return sel, nil
}

// runPrint prints state words.
func (s *Session) runPrint(_ context.Context, c *Command) error {
	sel, err := s.neuronsOf(c)
	if err != nil {
		return err
	}
	head := []string{"neuron"}
	for _, w := range sel.Words {
		head = append(head, w.Name)
		if w.Number == 0 && s.image.Scale(sel.First) != 0 {
			head = append(head, "(network)")
		}
	}
	return s.table(strings.Join(head, "\t"), func(row func(cells ...any)) {
		each(sel, func(n int) {
			cells := []any{s.neuronName(n)}
			for _, w := range sel.Words {
				word := s.word(n, w.Number)
				cells = append(cells, word)
				if scale := s.image.Scale(n); w.Number == 0 && scale != 0 {
					cells = append(cells, fmt.Sprintf("%.6g", float64(word)/scale))
				}
			}
			row(cells...)
		})
	})
}

// runParams prints what programs read.
func (s *Session) runParams(_ context.Context, c *Command) error {
	sel, err := s.neuronsOf(c)
	if err != nil {
		return err
	}
	params := s.program(s.slots[sel.Present[0][0]].core, isa.Tick).Params
	head := []string{"neuron"}
	for _, b := range params {
		head = append(head, b.Name)
	}
	return s.table(strings.Join(head, "\t"), func(row func(cells ...any)) {
		each(sel, func(n int) {
			cells := []any{s.neuronName(n)}
			for _, b := range params {
				cells = append(cells, s.param(s.slots[n], b.Name))
			}
			row(cells...)
		})
	})
}

// param returns what the program in a slot reads as a parameter.
func (s *Session) param(at place, name string) int32 {
	c := &s.image.Cores[at.core]
	for _, b := range s.program(at.core, isa.Tick).Params {
		switch {
		case b.Name != name:
		case b.Reg >= isa.C0:
			return c.Consts[b.Reg-isa.C0]
		default:
			return c.Params[at.slot*int(c.ParamWords)+int(b.Reg-isa.P0)]
		}
	}
	return 0
}

// runRegisters prints the registers of a program at work.
func (s *Session) runRegisters(_ context.Context, c *Command) error {
	if s.work == nil || s.work.point.at == nil {
		return c.refuse("no program is at work; step goes to the next instruction")
	}
	p := &s.work.point
	at := p.at
	lane := at.Lane(at.Slot)
	if c.named != nil {
		if c.named.N > 1 {
			return c.refuse("%s are %d neurons; want one", selected(c.named), c.named.N)
		}
		if lane = s.lane(c.named.First); lane == nil {
			return c.refuse("%s is not at work; break %s goes to where it is", selected(c.named), selected(c.named))
		}
	} else if at.Together() {
		return c.refuse("all neurons of the core are at work; name one, as in registers %s", s.slotName(p.core, 0))
	}
	program := s.program(p.core, at.Kind)
	err := s.table("register\tname\tword", func(row func(cells ...any)) {
		row(isa.In, "–", lane.Reg[isa.In])
		for r := isa.T0; r < isa.NumRegs; r++ {
			name := program.RegName(r)
			switch {
			case name != r.String():
				row(r, name, lane.Reg[r])
			case r < isa.S0 && lane.Reg[r] != 0:
				row(r, "–", lane.Reg[r])
			}
		}
		if at.Kind != isa.Tick && at.Kind != isa.Axon {
			row("w", "weight", lane.Weight)
			for k, x := range lane.Axon {
				row(fmt.Sprintf("x%d", k), "of axon", x)
			}
		}
	})
	if err != nil {
		return err
	}
	var notes []string
	for q := range uint8(isa.NumPreds - 1) {
		notes = append(notes, fmt.Sprintf("q%d %t", q+1, lane.Holds(isa.Pred{Q: q + 1})))
	}
	if lane.Spike {
		notes = append(notes, fmt.Sprintf("fires with payload %d", lane.Payload))
	}
	if lane.HasPart {
		notes = append(notes, fmt.Sprintf("sends the partial sum %d", lane.Part))
	}
	if lane.Saturations > 0 {
		notes = append(notes, "saturated "+diag.Counted(lane.Saturations, "time", "times"))
	}
	fmt.Fprintln(s.w, strings.Join(notes, ", "))
	return nil
}
