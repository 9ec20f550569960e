package debug

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/names"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
)

// breakKind is what a breakpoint waits for.
type breakKind int

const (
	onNeuron breakKind = iota
	onSpike
	onSaturation
	onValue
	onTick
)

// breakWords are the kinds that begin with a word of their own.
var breakWords = map[string]breakKind{"spike": onSpike, "saturate": onSaturation, "tick": onTick}

// breakpoint is when to stop.
type breakpoint struct {
	kind breakKind
	// named are the neurons; nil is all.
	named *names.Selection
	// op and limit are the condition of onValue, text the limit as it is written; real
	// says that it is one of the network.
	op, text string
	limit    float64
	real     bool
	tick     int

	number, hits int
}

// maxBreaks bounds how many breakpoints there are at a time.
const maxBreaks = 1000

// String is how the breakpoint is written.
func (b *breakpoint) String() string {
	var words []string
	for word, kind := range breakWords {
		if kind == b.kind {
			words = append(words, word)
		}
	}
	switch {
	case b.kind == onTick:
		words = append(words, fmt.Sprint(b.tick))
	case b.named != nil:
		words = append(words, selected(b.named))
	}
	if b.kind == onValue {
		words = append(words, b.op, b.text)
	}
	return strings.Join(words, " ")
}

// selected writes a selection.
func selected(sel *names.Selection) string {
	text := fmt.Sprintf("%s[%d]", sel.Population, sel.Index)
	if sel.N > 1 {
		text = fmt.Sprintf("%s[%d..%d]", sel.Population, sel.Index, sel.Index+sel.N-1)
	}
	if sel.Named {
		text += "." + sel.Words[0].Name
	}
	return text
}

// each visits the neurons of a selection that are not removed.
func each(sel *names.Selection, visit func(neuron int)) {
	for _, run := range sel.Present {
		for n := run[0]; n < run[0]+run[1]; n++ {
			visit(n)
		}
	}
}

// holds reports whether a state word of a neuron is as onValue wants it.
func (b *breakpoint) holds(s *Session, neuron int, word int32) bool {
	x := float64(word)
	if b.real {
		x /= s.image.Scale(neuron)
	}
	switch b.op {
	case "<":
		return x < b.limit
	case "<=":
		return x <= b.limit
	case ">":
		return x > b.limit
	case ">=":
		return x >= b.limit
	case "!=":
		return x != b.limit
	}
	return x == b.limit
}

// breaks are the breakpoints that are set.
type breaks struct {
	list []*breakpoint
	last int // number
	// before are the lanes at work as they were before the instruction that has run.
	before []isa.Lane
	// words are state words before the tick, by their number and then by neuron: those
	// that breakpoints on a chip without ticks ask for.
	words map[int][]int32
}

// within reports whether something has to be seen in the middle of ticks.
func (b *breaks) within() bool {
	return slices.ContainsFunc(b.list, func(b *breakpoint) bool { return b.kind != onTick })
}

// at returns why to stop at a moment of a core: what the instruction before has done.
func (b *breaks) at(s *Session, k int, at *core.Moment) (why []string) {
	if at.Kind == isa.Axon {
		return nil
	}
	first, n := at.Slot, 1
	if at.Together() {
		first, n = 0, len(s.image.Cores[k].Neurons)
	}
	if len(b.before) < n {
		b.before = make([]isa.Lane, n)
	}
	for i := range n {
		slot := first + i
		lane := at.Lane(slot)
		for _, one := range b.list {
			if s.watches(one, k, slot) {
				if what := one.happened(s, k, slot, at, &b.before[i], lane); what != "" {
					why = append(why, one.hit(what))
				}
			}
		}
		b.before[i] = *lane
	}
	return why
}

// hit counts, and returns the line that tells of it.
func (b *breakpoint) hit(what string) string {
	b.hits++
	return fmt.Sprintf("breakpoint %d: %s", b.number, what)
}

// happened says what a breakpoint waits for and the instruction before a moment has
// done in a lane; nothing, if it has not.
func (b *breakpoint) happened(s *Session, k, slot int, at *core.Moment, before, lane *isa.Lane) string {
	first := at.PC == 0
	switch b.kind {
	case onNeuron:
		if first && at.Kind == isa.Tick {
			return s.slotName(k, slot) + " is next"
		}
	case onSpike:
		if !first && lane.Spike && !before.Spike {
			return s.slotName(k, slot) + " fires"
		}
	case onSaturation:
		switch {
		case first && at.Clips(lane):
			return fmt.Sprintf("the sum of inputs of %s is %d, and saturates", s.slotName(k, slot), lane.Sum)
		case !first && lane.Saturations > before.Saturations:
			return fmt.Sprintf("%s saturates in instruction %d", s.slotName(k, slot), at.PC-1)
		}
	case onValue:
		word := b.named.Words[0]
		reg := isa.S0 + isa.Reg(word.Number)
		n := int(s.image.Cores[k].Neurons[slot])
		if !first && b.holds(s, n, lane.Reg[reg]) && !b.holds(s, n, before.Reg[reg]) {
			return fmt.Sprintf("%s.%s is %s", s.slotName(k, slot), word.Name, s.valueText(n, word, lane.Reg[reg]))
		}
	case onTick:
	}
	return ""
}

// beforeTick notes what afterTick compares with, on a chip without ticks.
func (b *breaks) beforeTick(s *Session) {
	if !s.events() {
		return
	}
	for _, one := range b.list {
		if one.kind != onValue {
			continue
		}
		word := one.named.Words[0].Number
		if b.words[word] == nil {
			if b.words == nil {
				b.words = map[int][]int32{}
			}
			b.words[word] = make([]int32, s.image.Neurons())
		}
		each(one.named, func(n int) { b.words[word][n] = s.word(n, word) })
	}
}

// afterTick returns why to stop behind a tick.
func (b *breaks) afterTick(s *Session) (why []string) {
	for _, one := range b.list {
		switch {
		case one.kind == onTick:
			if one.tick == s.tick+1 {
				why = append(why, one.hit(fmt.Sprintf("tick %d is next", one.tick)))
			}
		case !s.events():
		case one.kind == onSpike:
			each(one.named, func(n int) {
				if _, fires := slices.BinarySearch(s.last.fired, int32(n)); fires {
					why = append(why, one.hit(s.neuronName(n)+" fires"))
				}
			})
		case one.kind == onValue:
			word := one.named.Words[0]
			each(one.named, func(n int) {
				before, now := b.words[word.Number][n], s.word(n, word.Number)
				if one.holds(s, n, now) && !one.holds(s, n, before) {
					why = append(why, one.hit(fmt.Sprintf("%s.%s is %s", s.neuronName(n), word.Name, s.valueText(n, word, now))))
				}
			})
		}
	}
	return why
}

// runBreak sets a breakpoint.
func (s *Session) runBreak(_ context.Context, c *Command) error {
	b := *c.stop
	s.breaks.last++
	b.number = s.breaks.last
	s.breaks.list = append(s.breaks.list, &b)
	fmt.Fprintf(s.w, "breakpoint %d: %v\n", b.number, &b)
	return nil
}

// watches reports whether a breakpoint is of what is in a slot. What saturates counts in
// parts of a neuron too, and not in copies: the neuron itself tells.
func (s *Session) watches(b *breakpoint, k, slot int) bool {
	role := s.role(k, slot)
	if role != image.Own && (b.kind != onSaturation || role == image.Copy) {
		return false
	}
	if b.named == nil {
		return true
	}
	n := s.image.Cores[k].Neurons[slot]
	doubles := s.doubles[n]
	first, _ := slices.BinarySearch(doubles, int32(b.named.First))
	return b.named.Has(n) || first < len(doubles) && b.named.Has(doubles[first])
}

// runDelete takes breakpoints away.
func (s *Session) runDelete(_ context.Context, c *Command) error {
	if c.n == 0 {
		s.breaks.list = nil
		return nil
	}
	k := slices.IndexFunc(s.breaks.list, func(b *breakpoint) bool { return b.number == c.n })
	if k < 0 {
		return c.refuse("there is no breakpoint %d; info breaks lists them", c.n)
	}
	s.breaks.list = slices.Delete(s.breaks.list, k, k+1)
	return nil
}

// printBreaks lists the breakpoints.
func (s *Session) printBreaks() error {
	if len(s.breaks.list) == 0 {
		fmt.Fprintln(s.w, "no breakpoints")
		return nil
	}
	return s.table("number\twhen\thit", func(row func(cells ...any)) {
		for _, b := range s.breaks.list {
			row(b.number, b, diag.Counted(b.hits, "time", "times"))
		}
	})
}
