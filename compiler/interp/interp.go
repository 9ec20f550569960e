// Package interp runs a network without a chip: a Graph in real numbers, or a
// Quantized network in integers. It is the oracle. It knows nothing of cores,
// programs or images, and is written for reading, not for speed: the emulated
// chip must agree with it spike for spike.
package interp

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
)

// Spike is a neuron's spike; ticks count from 1, neurons from 0 through all
// populations.
type Spike struct{ Tick, Neuron int32 }

// Stimulus is what the inputs do.
type Stimulus struct {
	// Spikes[t−1] lists the inputs that spike in tick t, counted through all
	// inputs. It may be shorter than the run.
	Spikes [][]int32
	// Before lists the inputs that spike in tick 0: with a delay of 1 what they
	// send is there in tick 1.
	Before []int32
	// Current, where not nil, is added to the synaptic sum of each neuron in
	// every tick: in weight units, integers for Quantized.
	Current []float64
}

// Result is what a run did.
type Result struct {
	// Spikes are in order of tick, then neuron.
	Spikes []Spike
	// SynapticEvents counts the synapses that spikes were sent over, those still
	// under way at the end included.
	SynapticEvents int64
	// Saturations counts state words that were clipped (Quantized only).
	Saturations int64
	// V is each neuron's potential at the end, as an integer of the state word
	// for Quantized.
	V []float64
}

// number is what potentials are made of.
type number interface{ int64 | float64 }

// ring keeps the sums that are yet to arrive: slot t mod len holds those of
// tick t.
type ring[T number] struct {
	slots [][]T
}

func newRing[T number](depth, neurons int) *ring[T] {
	r := &ring[T]{slots: make([][]T, depth+1)}
	for k := range r.slots {
		r.slots[k] = make([]T, neurons)
	}
	return r
}

// take moves the sums of a tick into sums and clears them.
func (r *ring[T]) take(tick int, sums []T) {
	k := tick % len(r.slots)
	copy(sums, r.slots[k])
	clear(r.slots[k])
}

func (r *ring[T]) add(tick, neuron int, w T) {
	k := tick % len(r.slots)
	r.slots[k][neuron] += w
}

// maxDelay returns the longest delay of a graph.
func maxDelay(g *ir.Graph) int {
	longest := 1
	for k := range g.Projections {
		for _, d := range g.Projections[k].Delay {
			longest = max(longest, int(d))
		}
	}
	return longest
}

// run is the loop that both interpreters share: take what arrives, update every
// neuron in order, send what fired.
func run[T number](g *ir.Graph, stim Stimulus, ticks int, h hooks[T]) *Result {
	n := g.Neurons()
	r := newRing[T](maxDelay(g), n)
	weight, update := h.weight, h.update
	var due arrivals
	sums := make([]T, n)
	res := &Result{}
	send := func(tick int, ref network.Ref, local int, payload T) {
		for k := range g.Projections {
			p := &g.Projections[k]
			if p.From != ref {
				continue
			}
			first := g.Populations[p.To].First
			res.SynapticEvents += int64(p.Off[local+1] - p.Off[local])
			if h.plastic != nil && h.plastic(k) {
				for s := p.Off[local]; s < p.Off[local+1]; s++ {
					due.add(tick+p.DelayOf(int(s)), arrival{synapse{k, int(s)}, int64(payload)})
				}
				continue
			}
			for s := p.Off[local]; s < p.Off[local+1]; s++ {
				r.add(tick+p.DelayOf(int(s)), first+int(p.Post[s]), weight(k, int(s))*payload)
			}
		}
	}
	for _, in := range stim.Before {
		ref, local := inputOf(g, int(in))
		send(0, ref, local, 1)
	}
	for t := 1; t <= ticks; t++ {
		r.take(t, sums)
		if h.start != nil {
			h.start(t)
		}
		arrived := due.take(t)
		if h.order != nil {
			slices.SortStableFunc(arrived, h.order)
		}
		for _, a := range arrived {
			p := &g.Projections[a.proj]
			sums[g.Populations[p.To].First+int(p.Post[a.index])] += h.arrive(a)
		}
		if stim.Current != nil {
			for i, c := range stim.Current {
				sums[i] += T(c)
			}
		}
		for k, pop := range g.Populations {
			for i := range pop.N {
				if update(pop.First+i, sums[pop.First+i]) {
					res.Spikes = append(res.Spikes, Spike{int32(t), int32(pop.First + i)})
					payload := T(1)
					if h.payload != nil {
						payload = h.payload()
					}
					send(t, network.Ref{Index: k}, i, payload)
				}
			}
		}
		if t <= len(stim.Spikes) {
			for _, in := range stim.Spikes[t-1] {
				ref, local := inputOf(g, int(in))
				send(t, ref, local, 1)
			}
		}
		if h.learn != nil {
			h.learn(t)
		}
	}
	return res
}

// hooks are what makes a run one of reals or of integers.
type hooks[T number] struct {
	// weight is that of synapse s of projection p.
	weight func(p, s int) T
	update func(neuron int, in T) bool
	// plastic says which projections' weights are not added when a spike is sent:
	// arrive returns what to add in the tick in which they are due. Nil is none.
	plastic func(p int) bool
	arrive  func(a arrival) T
	// payload is what the spike of the last update carries; nil is always 1.
	payload func() T
	// order is that in which what is due in a tick arrives; nil is any.
	order func(a, b arrival) int
	// start begins a tick, learn ends it; either may be nil.
	start, learn func(tick int)
}

// synapse is element index of a projection.
type synapse struct{ proj, index int }

// arrival is a spike over a plastic synapse, with what it carries.
type arrival struct {
	synapse
	payload int64
}

// arrivals are the spikes under way over plastic synapses, by the tick in which
// they are due.
type arrivals map[int][]arrival

func (a *arrivals) add(tick int, s arrival) {
	if *a == nil {
		*a = arrivals{}
	}
	(*a)[tick] = append((*a)[tick], s)
}

func (a arrivals) take(tick int) []arrival {
	list := a[tick]
	delete(a, tick)
	return list
}

// inputOf returns the input group of an input number, and its place there.
func inputOf(g *ir.Graph, in int) (network.Ref, int) {
	for k, grp := range g.Inputs {
		if in < grp.First+grp.N {
			return network.Ref{Input: true, Index: k}, in - grp.First
		}
	}
	panic("interp: input out of range")
}
