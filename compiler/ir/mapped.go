package ir

import (
	"fmt"
	"io"
	"strings"

	"github.com/weft-toolchain/weft/targets"
)

// Mapped is a Quantized network in the cores of a target.
type Mapped struct {
	*Quantized
	Arch  *targets.Arch
	Cores []MappedCore
	// Place gives each neuron's core and slot.
	Place []Place
	// Dests are the destinations of each neuron, InputDests of each input.
	Dests, InputDests [][]Dest
}

// Place is a slot of a core.
type Place struct{ Core, Slot int32 }

// Dest is where a spike goes: an axon of a core, after a delay in ticks; or
// the host, when Core is Host. With delays at synapses, Delay is 0.
type Dest struct{ Core, Axon, Delay int32 }

// Host is Dest.Core for spikes that leave the chip.
const Host = -1

// MappedCore is what a core holds. All its neurons are of one population.
type MappedCore struct {
	// X and Y are its place in the mesh.
	X, Y       int
	Population int
	// Neurons are the numbers of its neurons, by slot.
	Neurons []int32
	Axons   []Axon
}

// Axon is a row of a core's crossbar.
type Axon struct {
	// Source is the neuron, or the input when Input is set, that drives it.
	Source int32
	Input  bool
	// Delay is in ticks, or 0 with delays at synapses. Copy tells apart rows for
	// synapses that repeat a source, neuron and delay.
	Delay, Copy uint16
	Class       Class
	Synapses    []Synapse
}

// Synapse is one word of a row; synapses are in order of slot.
type Synapse struct {
	Slot   uint16
	Weight int16
	// Delay is in ticks, or 0 with delays at axons.
	Delay uint16
}

// SynapseWords returns how many memory words an axon's row takes.
func SynapseWords(a *targets.Arch, synapses int) int {
	if a.SynapseFormat == targets.Dense {
		return (a.Neurons + a.WordSynapses - 1) / a.WordSynapses
	}
	return (synapses + a.WordSynapses - 1) / a.WordSynapses
}

// Verify checks what is always true of a mapped network: limits, one slot a
// neuron, every synapse in exactly one row.
func (m *Mapped) Verify() error {
	seen := make([]bool, len(m.Place))
	taken := map[[2]int]int{}
	synapses := 0
	for k := range m.Cores {
		c := &m.Cores[k]
		if other, ok := taken[[2]int{c.X, c.Y}]; ok {
			return fmt.Errorf("mapped: cores %d and %d are both at (%d, %d)", other, k, c.X, c.Y)
		}
		taken[[2]int{c.X, c.Y}] = k
		if c.X < 0 || c.X >= m.Arch.MeshWidth || c.Y < 0 || c.Y >= m.Arch.MeshHeight {
			return fmt.Errorf("mapped: core %d at (%d, %d) is off the mesh", k, c.X, c.Y)
		}
		if len(c.Neurons) > m.Arch.Neurons || len(c.Axons) > m.Arch.Axons {
			return fmt.Errorf("mapped: core %d has %d neurons and %d axons", k, len(c.Neurons), len(c.Axons))
		}
		for slot, n := range c.Neurons {
			if seen[n] || m.Place[n] != (Place{int32(k), int32(slot)}) {
				return fmt.Errorf("mapped: neuron %d is not in slot %d of core %d alone", n, slot, k)
			}
			seen[n] = true
		}
		words := 0
		for i := range c.Axons {
			a := &c.Axons[i]
			synapses += len(a.Synapses)
			words += SynapseWords(m.Arch, len(a.Synapses))
			if err := m.verifyRow(c, a); err != nil {
				return fmt.Errorf("mapped: core %d, axon %d: %w", k, i, err)
			}
		}
		if m.Arch.SynapseFormat == targets.Sparse && words > m.Arch.SynapseWords {
			return fmt.Errorf("mapped: core %d needs %d synapse words", k, words)
		}
	}
	for n, ok := range seen {
		if !ok {
			return fmt.Errorf("mapped: neuron %d has no slot", n)
		}
	}
	if want := m.SynapseCount(); synapses != want {
		return fmt.Errorf("mapped: %d synapses in rows, the network has %d", synapses, want)
	}
	return m.verifyDests()
}

// verifyRow checks the synapses of an axon against its core and the target.
func (m *Mapped) verifyRow(c *MappedCore, a *Axon) error {
	atAxon := m.Arch.DelayPlace == targets.DelayAxon
	if !m.inRange(a.Delay, atAxon) {
		return fmt.Errorf("a delay of %d", a.Delay)
	}
	for k, s := range a.Synapses {
		if int(s.Slot) >= len(c.Neurons) {
			return fmt.Errorf("a synapse to slot %d of %d", s.Slot, len(c.Neurons))
		}
		if !m.inRange(s.Delay, !atAxon) {
			return fmt.Errorf("a synapse with a delay of %d", s.Delay)
		}
		if k == 0 {
			continue
		}
		last := a.Synapses[k-1].Slot
		if s.Slot < last || (s.Slot == last && m.Arch.SynapseFormat == targets.Dense) {
			return fmt.Errorf("slot %d after slot %d", s.Slot, last)
		}
	}
	return nil
}

// inRange reports whether a delay is one of the target's, where delays are kept
// here, or none.
func (m *Mapped) inRange(delay uint16, here bool) bool {
	if !here {
		return delay == 0
	}
	return delay >= 1 && int(delay) <= m.Arch.MaxDelay
}

// verifyDests checks that every axon is the destination of its source, once,
// and that the destinations of a core fit its table.
func (m *Mapped) verifyDests() error {
	reached := make([][]bool, len(m.Cores))
	for k := range m.Cores {
		reached[k] = make([]bool, len(m.Cores[k].Axons))
	}
	axons := 0
	check := func(source int, input bool, dests []Dest) error {
		for _, d := range dests {
			if d.Core == Host && !input {
				continue
			}
			if d.Core < 0 || int(d.Core) >= len(m.Cores) || d.Axon < 0 || int(d.Axon) >= len(reached[d.Core]) {
				return fmt.Errorf("mapped: source %d has a destination core %d, axon %d", source, d.Core, d.Axon)
			}
			a := &m.Cores[d.Core].Axons[d.Axon]
			if reached[d.Core][d.Axon] || int(a.Source) != source || a.Input != input || int32(a.Delay) != d.Delay {
				return fmt.Errorf("mapped: axon %d of core %d is not of source %d and delay %d alone", d.Axon, d.Core, source, d.Delay)
			}
			reached[d.Core][d.Axon] = true
			axons++
		}
		return nil
	}
	entries := make([]int, len(m.Cores))
	for n, dests := range m.Dests {
		if entries[m.Place[n].Core] += len(dests); entries[m.Place[n].Core] > m.Arch.FanOut {
			return fmt.Errorf("mapped: core %d has more than %d destinations", m.Place[n].Core, m.Arch.FanOut)
		}
		if err := check(n, false, dests); err != nil {
			return err
		}
	}
	for i, dests := range m.InputDests {
		if err := check(i, true, dests); err != nil {
			return err
		}
	}
	for k := range m.Cores {
		axons -= len(m.Cores[k].Axons)
	}
	if axons != 0 {
		return fmt.Errorf("mapped: %d axons have no source", -axons)
	}
	return nil
}

// WriteText writes the mapping for people and golden files.
func (m *Mapped) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "mapped %s on %d cores\n", m.Net.Name, len(m.Cores))
	for k := range m.Cores {
		c := &m.Cores[k]
		synapses := 0
		for _, a := range c.Axons {
			synapses += len(a.Synapses)
		}
		fmt.Fprintf(w, "core %d at (%d, %d): %s, %d neurons, %d axons, %d synapses\n", k, c.X, c.Y, m.Populations[c.Population].Name, len(c.Neurons), len(c.Axons), synapses)
		fmt.Fprintf(w, "  neurons %s\n", head(c.Neurons))
		for i := range c.Axons[:min(len(c.Axons), maxTextSynapses)] {
			fmt.Fprintf(w, "  axon %d: %s\n", i, c.Axons[i].text())
		}
		if more := len(c.Axons) - maxTextSynapses; more > 0 {
			fmt.Fprintf(w, "  … %d more\n", more)
		}
	}
	_, err := io.WriteString(w, destsText("input", m.InputDests)+destsText("neuron", m.Dests))
	return err
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
	if a.Delay > 0 {
		fmt.Fprintf(&b, " delay %d", a.Delay)
	}
	if a.Copy > 0 {
		fmt.Fprintf(&b, " copy %d", a.Copy)
	}
	b.WriteString(",")
	for k, s := range a.Synapses {
		if k == maxTextSynapses {
			fmt.Fprintf(&b, " … %d more", len(a.Synapses)-k)
			break
		}
		fmt.Fprintf(&b, " %d:%d", s.Slot, s.Weight)
		if s.Delay > 0 {
			fmt.Fprintf(&b, "@%d", s.Delay)
		}
	}
	return b.String()
}

// destsText says where the spikes of the first sources go, as core/axon.
func destsText(kind string, lists [][]Dest) string {
	var b strings.Builder
	for i, dests := range lists {
		if i == maxTextSynapses {
			fmt.Fprintf(&b, "… %d more\n", len(lists)-i)
			break
		}
		text := make([]string, len(dests))
		for k, d := range dests {
			if text[k] = "host"; d.Core != Host {
				text[k] = fmt.Sprintf("%d/%d", d.Core, d.Axon)
			}
		}
		fmt.Fprintf(&b, "%s %d goes to %s\n", kind, i, head(text))
	}
	return b.String()
}
