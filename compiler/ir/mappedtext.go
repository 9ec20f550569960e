package ir

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes the mapping for people and golden files.
func (m *Mapped) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "mapped %s on %d cores\n", m.Net.Name, len(m.Cores))
	for k := range m.Cores {
		c := &m.Cores[k]
		synapses := 0
		for i := range c.Axons {
			synapses += len(c.Axons[i].Slots)
		}
		fmt.Fprintf(w, "core %d at (%d, %d): %s, %d neurons, %d axons, %d synapses\n", k, c.X, c.Y, m.Label(c), len(c.Neurons), len(c.Axons), synapses)
		fmt.Fprintf(w, "  neurons %s\n", head(c.slotTexts()))
		for i := range c.Axons[:min(len(c.Axons), maxTextSynapses)] {
			fmt.Fprintf(w, "  axon %d: %s\n", i, c.Axons[i].text())
		}
		if more := len(c.Axons) - maxTextSynapses; more > 0 {
			fmt.Fprintf(w, "  … %d more\n", more)
		}
	}
	fmt.Fprint(w, destsText("input", m.InputDests))
	for k := range m.Cores {
		fmt.Fprint(w, destsText(fmt.Sprintf("core %d, slot", k), m.Cores[k].Dests))
	}
	return nil
}

// slotTexts names what is in each slot: a neuron, a copy of it (12'), or what a
// relay relays (i3+2 is input 3, two steps later).
func (c *MappedCore) slotTexts() []string {
	out := make([]string, len(c.Neurons))
	for slot, n := range c.Neurons {
		switch {
		case c.Role == Relays:
			r := c.Relayed[slot]
			if out[slot] = fmt.Sprintf("%d+%d", r.Source, r.Steps); r.Input {
				out[slot] = "i" + out[slot]
			}
		case c.Copies != nil && c.Copies[slot]:
			out[slot] = fmt.Sprintf("%d'", n)
		default:
			out[slot] = fmt.Sprint(n)
		}
	}
	return out
}

// text is an axon as a dump has it: its source, then slot:weight, with @delay
// where that is kept at the synapse.
func (a *Axon) text() string {
	var b strings.Builder
	kind := "neuron"
	if a.Input {
		kind = "input"
	}
	fmt.Fprintf(&b, "%s %d", kind, a.Source)
	if a.Steps > 0 {
		fmt.Fprintf(&b, " relayed %d", a.Steps)
	}
	if a.Delay > 0 {
		fmt.Fprintf(&b, " delay %d", a.Delay)
	}
	if a.Copy > 0 {
		fmt.Fprintf(&b, " copy %d", a.Copy)
	}
	b.WriteString(",")
	for k, slot := range a.Slots {
		if k == maxTextSynapses {
			fmt.Fprintf(&b, " … %d more", len(a.Slots)-k)
			break
		}
		fmt.Fprintf(&b, " %d:%d", slot, a.Weights[k])
		if a.Delays != nil {
			fmt.Fprintf(&b, "@%d", a.Delays[k])
		}
	}
	return b.String()
}

// destsText says where the spikes of the first sources go, as core/axon; a
// partial sum's slot as core.slot.
func destsText(kind string, lists [][]Dest) string {
	var b strings.Builder
	for i, dests := range lists {
		if i == maxTextSynapses {
			fmt.Fprintf(&b, "… %d more\n", len(lists)-i)
			break
		}
		text := make([]string, len(dests))
		for k, d := range dests {
			slot, part := d.Slot()
			switch {
			case d.Core == Host:
				text[k] = "host"
			case part:
				text[k] = fmt.Sprintf("%d.%d", d.Core, slot)
			default:
				text[k] = fmt.Sprintf("%d/%d", d.Core, d.Axon)
			}
		}
		fmt.Fprintf(&b, "%s %d goes to %s\n", kind, i, head(text))
	}
	return b.String()
}
