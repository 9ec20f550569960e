package approx

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// input is a synapse as its neuron has it.
type input struct {
	// source counts inputs first, then neurons; row numbers the source together with
	// what else makes it take another axon.
	source, row int32
	delay       uint16
	weight      int16
}

// inward is the synapses into a population that weigh something, by neuron, in order
// of source and delay.
type inward struct {
	list []input
	off  []int
	// rows is how many rows there are, shortest the shortest delay, 0 where there is no
	// synapse, and inputs the number of the first source that is a neuron.
	rows     int
	shortest int
	inputs   int32
}

// of returns the synapses of a neuron.
func (in *inward) of(n int) []input { return in.list[in.off[n]:in.off[n+1]] }

// kinds counts the different weights of a neuron, up to enough.
func (in *inward) kinds(n, enough int) int {
	var seen []int16
	for _, x := range in.of(n) {
		if !slices.Contains(seen, x.weight) {
			if seen = append(seen, x.weight); len(seen) == enough {
				break
			}
		}
	}
	return len(seen)
}

// gather lists the synapses into a population.
func gather(q *ir.Quantized, arch *targets.Arch, pop int) *inward {
	in := &inward{off: make([]int, q.Populations[pop].N+1), inputs: int32(q.InputCount())}
	in.each(q, pop, func(n int, _ input) { in.off[n+1]++ })
	for n := range q.Populations[pop].N {
		in.off[n+1] += in.off[n]
	}
	in.list = make([]input, in.off[len(in.off)-1])
	next := slices.Clone(in.off)
	in.each(q, pop, func(n int, x input) {
		in.list[next[n]] = x
		next[n]++
	})
	in.number(arch)
	return in
}

func (in *inward) each(q *ir.Quantized, pop int, f func(n int, x input)) {
	for k := range q.Projections {
		p := &q.Projections[k]
		if p.To != pop {
			continue
		}
		first := q.FirstSource(p)
		for i := range len(p.Off) - 1 {
			for s := p.Off[i]; s < p.Off[i+1]; s++ {
				if w := q.Weights[k][s]; w != 0 {
					f(int(p.Post[s]), input{source: int32(first + i), delay: uint16(p.DelayOf(int(s))), weight: w})
				}
			}
		}
	}
}

// number gives synapses their rows: one a source and delay where delays are at
// axons, and a further one for each synapse that repeats both.
func (in *inward) number(arch *targets.Arch) {
	type row struct {
		source int32
		time   uint16
		again  int
	}
	known := map[row]int32{}
	for n := range len(in.off) - 1 {
		mine := in.of(n)
		slices.SortStableFunc(mine, func(a, b input) int {
			return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.delay, b.delay))
		})
		again := 0
		for i := range mine {
			x := &mine[i]
			if in.shortest == 0 || int(x.delay) < in.shortest {
				in.shortest = int(x.delay)
			}
			r := row{source: x.source, time: x.delay}
			if arch.DelayPlace == targets.DelaySynapse {
				r.time = (x.delay - 1) / uint16(arch.MaxDelay)
			}
			if again++; i == 0 || mine[i-1].source != x.source || mine[i-1].delay != x.delay || arch.SynapseFormat == targets.Sparse {
				again = 0
			}
			r.again = again
			id, ok := known[r]
			if !ok {
				id = int32(len(known))
				known[r] = id
			}
			x.row = id
		}
	}
	in.rows = len(known)
}
