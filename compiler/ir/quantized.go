package ir

import (
	"fmt"
	"io"
	"sort"

	"github.com/weft-toolchain/weft/compiler/network"
)

// Quantized is a Graph in integers. A potential of 1 in the file is
// Scale·2^Frac in a neuron's state word, a weight of 1 is Scale in a synapse.
type Quantized struct {
	*Graph
	// Weights holds the integer weights of Graph.Projections, index for index.
	Weights [][]int16
	Pops    []QuantizedPopulation
	// StateBits is the width of a state word.
	StateBits int
	Stats     []QuantStats
	// Classes are the kinds of row that the projections make, ClassOf the index of
	// each projection's.
	Classes []Class
	ClassOf []uint8
	// Removed says of each neuron whether it is gone: it has no synapses, needs no
	// slot, never fires, and has no potential. Nil is none.
	Removed []bool
	// SameAs names for each neuron the one whose spikes stand for its own: itself, or
	// one of a lower number in its population that does what it would do, fires
	// whenever it would, and has its outgoing synapses. A neuron that another stands
	// for has no synapses and needs no slot, but its spikes and words are told. Nil is
	// itself.
	SameAs []int32
}

// Gone reports whether neuron n is removed.
func (q *Quantized) Gone(n int) bool { return q.Removed != nil && q.Removed[n] }

// Stands returns the neuron that stands for n, which may be n.
func (q *Quantized) Stands(n int) int {
	if q.SameAs == nil {
		return n
	}
	return int(q.SameAs[n])
}

// HasSlot reports whether neuron n needs a slot: whether it is not removed, and no
// other stands for it.
func (q *Quantized) HasSlot(n int) bool { return !q.Gone(n) && q.Stands(n) == n }

// Slots returns how many neurons of population k need slots.
func (q *Quantized) Slots(k int) int {
	g := &q.Populations[k]
	if q.Removed == nil && q.SameAs == nil {
		return g.N
	}
	slots := 0
	for n := g.First; n < g.First+g.N; n++ {
		if q.HasSlot(n) {
			slots++
		}
	}
	return slots
}

// verifyParts checks that neurons that are gone, or that others stand for, have no
// synapses.
func (q *Quantized) verifyParts() error {
	n := q.Neurons()
	if q.Removed != nil && len(q.Removed) != n || q.SameAs != nil && len(q.SameAs) != n {
		return fmt.Errorf("quantized: %d neurons removed or not, %d the same as others, of %d", len(q.Removed), len(q.SameAs), n)
	}
	for i := range n {
		if s := q.Stands(i); s < 0 || s > i || q.Stands(s) != s || s != i && (q.Gone(s) || q.PopulationOf(s) != q.PopulationOf(i)) {
			return fmt.Errorf("quantized: neuron %d is the same as %d, which cannot stand for it", i, s)
		}
	}
	for k := range q.Projections {
		p := &q.Projections[k]
		for i := range len(p.Off) - 1 {
			if !p.From.Input && p.Off[i] != p.Off[i+1] && !q.HasSlot(q.Populations[p.From.Index].First+i) {
				return fmt.Errorf("quantized: projection %d: neuron %d sends, and has no slot", k, i)
			}
		}
		for _, j := range p.Post {
			if !q.HasSlot(q.Populations[p.To].First + int(j)) {
				return fmt.Errorf("quantized: projection %d: neuron %d receives, and has no slot", k, j)
			}
		}
	}
	return nil
}

// Class is what all synapses of a row have in common, but for their source and
// delay.
type Class struct {
	// Exp is the exponent of the weights.
	Exp int8
	// Type is the axon's type, on targets whose weights are typed.
	Type uint8
	// Plastic says that the weights learn; Silent that they are not added, since a
	// program does with them what there is to do.
	Plastic, Silent bool
}

// Plastic reports whether the weights of projection k learn.
func (q *Quantized) Plastic(k int) bool {
	return q.Net.Projections[q.Projections[k].Index].Learn != nil
}

// QuantizedPopulation is a population's integer parameters, by the names that
// its model's assembly text gives them.
type QuantizedPopulation struct {
	Model network.Model
	Reset network.Reset
	// Refractory says that at least one neuron has refractory ticks.
	Refractory bool
	// Frac is how many bits a potential has below a weight's unit. It is 0 where
	// all is Exact and nothing decays.
	Frac int
	// FactorBits is how many fractional bits the factors (alpha, beta, gain, …)
	// have.
	FactorBits int
	// SquareBits is how many more the factor of a square has (izhikevich).
	SquareBits int
	// Exact says that every number of the population was an integer that fits,
	// so that nothing was rounded and Scale is 1.
	Exact bool
	// Scale has one element, or one a neuron.
	Scale []float64
	// Params and Init have one element, or one a neuron.
	Params map[string][]int32
	Init   map[string][]int32
	// Choices are the words of an integer model's choices.
	Choices map[string]string
	// Learn is nil where no synapse of the population learns.
	Learn *Learning
	// Saturated counts parameters and initial values that did not fit a state
	// word and were clipped.
	Saturated int
}

// Learning is a rule in the integers of a target: what its texts have symbols
// for.
type Learning struct {
	Rule   network.Rule
	Consts map[string]int
}

// QuantStats says what quantisation cost a projection.
type QuantStats struct {
	Projection string
	// Format is the set of numbers that weights were rounded to, Bits how many bits
	// name one of them. Step is the integer of the set's smallest positive number,
	// Largest that of its largest (either the largest over the neurons).
	Format        network.Format
	Bits          int
	Step, Largest int
	// Clip is the largest magnitude that is represented, in the file's unit (the
	// largest over the neurons when each has its own); Scale the integer of a
	// weight of 1, at least and at most.
	Clip               float64
	ScaleMin, ScaleMax float64
	// SQNR is 10·log10(Σw²/Σ(w−ŵ)²) in decibels; meaningless when Exact.
	SQNR  float64
	Exact bool
	// Clipped counts weights beyond Clip, Zeroed those that were not zero and
	// became it.
	Synapses, Clipped, Zeroed int
}

// At returns element i of a list that has one element for all or one each.
func At[T any](list []T, i int) T {
	if len(list) == 1 {
		return list[0]
	}
	return list[i]
}

// Verify checks what is always true of a quantised network.
func (q *Quantized) Verify() error {
	if len(q.Weights) != len(q.Projections) || len(q.Stats) != len(q.Projections) || len(q.Pops) != len(q.Populations) {
		return fmt.Errorf("quantized: %d weight lists and %d statistics for %d projections, %d of %d populations",
			len(q.Weights), len(q.Stats), len(q.Projections), len(q.Pops), len(q.Populations))
	}
	if len(q.ClassOf) != len(q.Projections) {
		return fmt.Errorf("quantized: %d classes for %d projections", len(q.ClassOf), len(q.Projections))
	}
	limit := int32(1) << (q.StateBits - 1)
	for k, p := range q.Pops {
		n := q.Populations[k].N
		if len(p.Scale) != 1 && len(p.Scale) != n {
			return fmt.Errorf("quantized: population %d: %d scales for %d neurons", k, len(p.Scale), n)
		}
		for _, table := range []map[string][]int32{p.Params, p.Init} {
			for name, values := range table {
				if len(values) != 1 && len(values) != n {
					return fmt.Errorf("quantized: population %d: %s has %d values for %d neurons", k, name, len(values), n)
				}
				for _, v := range values {
					if q.StateBits < 32 && (v < -limit || v >= limit) {
						return fmt.Errorf("quantized: population %d: %s = %d does not fit %d bits", k, name, v, q.StateBits)
					}
				}
			}
		}
	}
	for k := range q.Weights {
		if len(q.Weights[k]) != len(q.Projections[k].Post) {
			return fmt.Errorf("quantized: projection %d has %d weights for %d synapses", k, len(q.Weights[k]), len(q.Projections[k].Post))
		}
	}
	if q.Removed == nil && q.SameAs == nil {
		return nil
	}
	return q.verifyParts()
}

// WriteText writes the quantised network for people and golden files.
func (q *Quantized) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "quantized %s, %d state bits\n", q.Net.Name, q.StateBits)
	for n := range q.Removed {
		if q.Removed[n] {
			fmt.Fprintf(w, "neuron %d is removed\n", n)
		}
	}
	for n, same := range q.SameAs {
		if int(same) != n {
			fmt.Fprintf(w, "neuron %d is the same as %d\n", n, same)
		}
	}
	for k, p := range q.Pops {
		fmt.Fprintf(w, "population %s: %s, reset %s, frac %d, exact %v, scale %s\n", q.Populations[k].Name, p.Model, p.Reset, p.Frac, p.Exact, scales(p.Scale))
		for _, table := range []map[string][]int32{p.Params, p.Init} {
			names := make([]string, 0, len(table))
			for name := range table {
				names = append(names, name)
			}
			sort.Strings(names)
			for _, name := range names {
				fmt.Fprintf(w, "  %s %v\n", name, head(table[name]))
			}
		}
	}
	for k := range q.Weights {
		s := &q.Stats[k]
		fmt.Fprintf(w, "projection %s: weights %v\n", s.Projection, head(q.Weights[k]))
		if s.Format != "" {
			fmt.Fprintf(w, "  %s, integers %d to %d\n", s.Format, s.Step, s.Largest)
		}
		if s.Exact {
			fmt.Fprintf(w, "  %d bits, nothing lost\n", s.Bits)
		} else {
			fmt.Fprintf(w, "  %d bits, clip %.6g, SQNR %.2f dB, %d clipped, %d became zero\n", s.Bits, s.Clip, s.SQNR, s.Clipped, s.Zeroed)
		}
	}
	return nil
}

// scales writes scales with as many digits as are worth reading.
func scales(list []float64) string {
	text := make([]string, len(list))
	for k, s := range list {
		text[k] = fmt.Sprintf("%.6g", s)
	}
	return head(text)
}

// head shortens a list for a dump.
func head[T any](list []T) string {
	if len(list) <= maxTextSynapses {
		return fmt.Sprint(list)
	}
	return fmt.Sprintf("%v and %d more", list[:maxTextSynapses], len(list)-maxTextSynapses)
}
