// Package trace shows what a machine did: as a timeline of text, one picture a
// tick, and as a trace for a viewer. TRACES.md says what each shows.
package trace

import (
	"fmt"
	"io"
	"strings"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/isa/image"
)

// width is how many columns a tick's picture has at most.
const width = 72

// maxLines bounds the deliveries listed below a picture.
const maxLines = 12

// Timeline writes a picture of each tick:
//
//	tick 3: 36 cycles, a column is 1
//	core 0 (0, 0) relay  iiiiiiiiiiiiuuuuuuus......bbbbbbbbbb
//	mesh                 .......................D..bbbbbbbbbb
//
// Where partial sums are added in the tick in which they are sent, the barrier
// behind these is in the mesh's line, and the cores that take them wait for it.
//
// i: axons found and rows integrated, u: neurons updated, l: synapses changed, s: packets sent,
// D: packets delivered, b: barrier, a dot: waiting. What is shorter than a
// column may not show.
type Timeline struct {
	w  io.Writer
	im *image.Image
}

// NewTimeline returns a timeline of an image's runs.
func NewTimeline(w io.Writer, im *image.Image) *Timeline { return &Timeline{w: w, im: im} }

// Tick writes one tick.
func (l *Timeline) Tick(t *emulator.Tick) error {
	per := max(1, (t.Phases.Done+width-1)/width)
	var b strings.Builder
	fmt.Fprintf(&b, "tick %d: %d cycles, a column is %d\n", t.Number, t.Phases.Done, per)
	label := 0
	names := make([]string, len(t.Cores))
	for k := range t.Cores {
		c := &l.im.Cores[k]
		names[k] = fmt.Sprintf("core %d (%d, %d) %s", k, c.X, c.Y, l.im.Label(c))
		label = max(label, len(names[k]))
	}
	for k, c := range t.Cores {
		spans := []span{{'i', c.Integrated}, {'.', c.Began}, {'u', c.Updated}, {'l', c.Learned}, {'s', c.Sent}, {'.', t.Phases.Routed}, {'b', t.Phases.Done}}
		fmt.Fprintf(&b, "%-*s  %s\n", label, names[k], bar(spans, per))
	}
	mesh := []rune(bar([]span{{'.', t.Phases.Summed}, {'b', t.Phases.Gathered}, {'.', t.Phases.Routed}, {'b', t.Phases.Done}}, per))
	for _, d := range t.Deliveries {
		mesh[min(int(d.At/per), len(mesh)-1)] = 'D'
	}
	fmt.Fprintf(&b, "%-*s  %s\n", label, "mesh", string(mesh))
	l.events(&b, t)
	if _, err := io.WriteString(l.w, b.String()+"\n"); err != nil {
		return fmt.Errorf("write timeline: %w", err)
	}
	return nil
}

// span is a phase and the cycle it ends at.
type span struct {
	mark rune
	end  int64
}

// bar draws spans, one after another, per cycles a column; a column shows the
// phase it begins in.
func bar(spans []span, per int64) string {
	var b strings.Builder
	at := int64(0)
	for _, s := range spans {
		for ; at < s.end; at += per {
			b.WriteRune(s.mark)
		}
	}
	return b.String()
}

// events lists what spiked, stood still and was delivered.
func (l *Timeline) events(b *strings.Builder, t *emulator.Tick) {
	list := func(what string, symbols []image.Symbol, ids []int32) {
		if len(ids) == 0 {
			return
		}
		var names []string
		for _, id := range ids[:min(len(ids), maxLines)] {
			names = append(names, name(symbols, id))
		}
		if len(ids) > maxLines {
			names = append(names, fmt.Sprintf("… %d more", len(ids)-maxLines))
		}
		fmt.Fprintf(b, "  %s %s\n", what, strings.Join(names, " "))
	}
	list("input", l.im.Manifest.Inputs, t.Inputs)
	list("fired", l.im.Manifest.Populations, t.Fired)
	for k := range t.Cores {
		if n := t.Cores[k].Stall; n > 0 {
			fmt.Fprintf(b, "  core %d stood still for %d cycles\n", k, n)
		}
	}
	for k, d := range t.Deliveries {
		if k == maxLines {
			fmt.Fprintf(b, "  … %d more deliveries\n", len(t.Deliveries)-k)
			break
		}
		slot, part := image.Dest{Core: d.To, Axon: d.Axon}.Slot()
		switch {
		case d.To == image.Host:
			fmt.Fprintf(b, "  cycle %d: from %s to the host\n", d.At, place(d.From))
		case part:
			fmt.Fprintf(b, "  cycle %d: from %s to core %d, slot %d\n", d.At, place(d.From), d.To, slot)
		default:
			fmt.Fprintf(b, "  cycle %d: from %s to core %d, axon %d\n", d.At, place(d.From), d.To, d.Axon)
		}
	}
}

func place(core int32) string {
	if core == image.Host {
		return "the host"
	}
	return fmt.Sprintf("core %d", core)
}

// name returns a neuron as population[index].
func name(symbols []image.Symbol, id int32) string {
	for _, s := range symbols {
		if int(id) < s.First+s.N {
			return fmt.Sprintf("%s[%d]", s.Name, int(id)-s.First)
		}
	}
	return fmt.Sprint(id)
}
