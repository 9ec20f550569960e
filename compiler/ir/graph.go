// Package ir holds the levels a network passes through on its way to a chip,
// a Go type each, so that the type says how far it has been compiled:
//
//	Graph      neurons and synapses, real numbers
//	Quantized  the same, in integers of the target's widths
//	Mapped     neurons in slots of cores, synapses in rows of axons
//
// Each has Verify, which says what is always true of it, and WriteText.
package ir

import (
	"fmt"
	"io"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/numbers"
)

// Graph is a network whose projections are expanded into synapses. Neurons are
// numbered through all populations in declaration order from 0, inputs likewise
// and apart. It is immutable and shared by the levels after it.
type Graph struct {
	Net *network.Network
	// Inputs and Populations are in declaration order.
	Inputs      []Group
	Populations []Group
	Projections []Projection
}

// Group is a run of neurons (or inputs) with consecutive numbers.
type Group struct {
	Name  string
	Shape []int
	First int
	N     int
}

// Has reports whether the neuron or input of that number is in the group.
func (g *Group) Has(number int32) bool {
	return int(number) >= g.First && int(number) < g.First+g.N
}

// Projection is the synapses of one projection, by source: those of source i
// (counted in its group) are Off[i] to Off[i+1].
type Projection struct {
	// Index is the projection's place in Net.Projections.
	Index int
	From  network.Ref
	To    int
	Off   []int32
	// Post counts within the group To; it is ascending for each source.
	Post   []int32
	Weight numbers.List
	// Delay is one for all or one a synapse, in ticks from 1.
	Delay []uint16
}

// DelayOf returns the delay of synapse k, in ticks.
func (p *Projection) DelayOf(k int) int {
	if len(p.Delay) == 1 {
		return int(p.Delay[0])
	}
	return int(p.Delay[k])
}

// Neurons returns how many neurons the graph has, inputs apart.
func (g *Graph) Neurons() int { return total(g.Populations) }

// InputCount returns how many inputs the graph has.
func (g *Graph) InputCount() int { return total(g.Inputs) }

// SynapseCount returns how many synapses the graph has.
func (g *Graph) SynapseCount() int {
	n := 0
	for i := range g.Projections {
		n += len(g.Projections[i].Post)
	}
	return n
}

func total(groups []Group) int {
	n := 0
	for _, x := range groups {
		n += x.N
	}
	return n
}

// FromGroup returns the group that a projection starts from.
func (g *Graph) FromGroup(p *Projection) *Group {
	if p.From.Input {
		return &g.Inputs[p.From.Index]
	}
	return &g.Populations[p.From.Index]
}

// FirstSource returns the number of the first source of a projection's group, where
// inputs are counted first and then neurons.
func (g *Graph) FirstSource(p *Projection) int {
	first := g.FromGroup(p).First
	if !p.From.Input {
		first += g.InputCount()
	}
	return first
}

// Verify checks what is always true of a graph and returns the first thing
// that is not.
func (g *Graph) Verify() error {
	for k := range g.Projections {
		p := &g.Projections[k]
		from, to := g.FromGroup(p), &g.Populations[p.To]
		if len(p.Off) != from.N+1 || p.Off[0] != 0 || int(p.Off[from.N]) != len(p.Post) {
			return fmt.Errorf("graph: projection %d: offsets do not span its %d synapses", k, len(p.Post))
		}
		if n := p.Weight.Len(); n != len(p.Post) || (len(p.Delay) != 1 && len(p.Delay) != len(p.Post)) {
			return fmt.Errorf("graph: projection %d: %d weights and %d delays for %d synapses", k, n, len(p.Delay), len(p.Post))
		}
		for i := range from.N {
			if p.Off[i] > p.Off[i+1] {
				return fmt.Errorf("graph: projection %d: offsets fall at source %d", k, i)
			}
		}
		for i := range from.N {
			for s := p.Off[i]; s < p.Off[i+1]; s++ {
				if p.Post[s] < 0 || int(p.Post[s]) >= to.N {
					return fmt.Errorf("graph: projection %d: synapse %d ends at neuron %d of %d", k, s, p.Post[s], to.N)
				}
				if s > p.Off[i] && p.Post[s] < p.Post[s-1] {
					return fmt.Errorf("graph: projection %d: targets of source %d are not ascending", k, i)
				}
			}
		}
	}
	return nil
}

// maxTextSynapses is how many synapses of a projection WriteText shows.
const maxTextSynapses = 16

// WriteText writes the graph for people and golden files.
func (g *Graph) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "graph %s\n", g.Net.Name)
	for _, in := range g.Inputs {
		fmt.Fprintf(w, "input %s %v: %d to %d\n", in.Name, in.Shape, in.First, in.First+in.N-1)
	}
	for k, p := range g.Populations {
		np := &g.Net.Populations[k]
		fmt.Fprintf(w, "population %s %v: %d to %d, %s, reset %s\n", p.Name, p.Shape, p.First, p.First+p.N-1, np.Model, np.Reset)
	}
	for k := range g.Projections {
		p := &g.Projections[k]
		fmt.Fprintf(w, "projection %s: %d synapses\n", g.Net.Projections[p.Index].Name, len(p.Post))
		shown := 0
		for i := range len(p.Off) - 1 {
			for s := p.Off[i]; s < p.Off[i+1] && shown < maxTextSynapses; s++ {
				fmt.Fprintf(w, "  %d→%d weight %g delay %d\n", i, p.Post[s], p.Weight.At(int(s)), p.DelayOf(int(s)))
				shown++
			}
		}
		if len(p.Post) > shown {
			fmt.Fprintf(w, "  … %d more\n", len(p.Post)-shown)
		}
	}
	_, err := fmt.Fprintf(w, "total %d neurons, %d inputs, %d synapses\n", g.Neurons(), g.InputCount(), g.SynapseCount())
	return err
}
