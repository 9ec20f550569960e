package ir

import (
	"fmt"
	"io"

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
	synapses := 0
	for k := range m.Cores {
		c := &m.Cores[k]
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
		for _, a := range c.Axons {
			synapses += len(a.Synapses)
			words += SynapseWords(m.Arch, len(a.Synapses))
			for _, s := range a.Synapses {
				if int(s.Slot) >= len(c.Neurons) {
					return fmt.Errorf("mapped: core %d has a synapse to slot %d of %d", k, s.Slot, len(c.Neurons))
				}
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
	}
	_, err := fmt.Fprintf(w, "destinations of neuron 0: %v\n", m.Dests[0])
	return err
}
