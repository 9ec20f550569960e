package optimise

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/targets"
)

// alone reports whether neurons of a model differ by the random numbers that they
// draw, or are there for their potential, or are a chip's. None of these is shared.
func alone(m network.Model) bool {
	return m == network.StochasticLIF || m.Silent() || m.IsInteger()
}

// maxRounds is how often classes of neurons are parted before nothing is shared.
const maxRounds = 4096

// Share returns q with one neuron standing for each set of identical ones. Neurons are
// identical if all their words are equal, and if identical neurons, or the same
// inputs, reach them over equal weights and delays: all of them fire in the same
// ticks then, since they begin alike and what they add up stays alike. The
// classes are the coarsest for which that is so. Synapses that learn, or are stochastic,
// share neither of their ends. What identical neurons sent to one neuron is merged
// where a weight of the target can be the sum.
func Share(q *ir.Quantized, arch *targets.Arch) (*ir.Quantized, []ir.Effect) {
	class, stable := classes(q)
	n := q.Neurons()
	first := map[int32]int32{}
	same := make([]int32, n)
	shared := 0
	for i := range n {
		same[i] = int32(i)
		if !stable || q.Gone(i) || q.Stands(i) != i {
			same[i] = int32(q.Stands(i))
			continue
		}
		if f, ok := first[class[i]]; ok {
			same[i] = f
			shared++
		} else {
			first[class[i]] = int32(i)
		}
	}
	// Which neuron stands for those that a neuron stood for already.
	for i := range same {
		same[i] = same[same[i]]
	}
	out := rebuilt(q, func(p *ir.Projection, _, s int) bool {
		j := q.Populations[p.To].First + int(p.Post[s])
		return int(same[j]) == j
	}, func(p *ir.Projection, source int) int {
		if p.From.Input {
			return source
		}
		g := q.Populations[p.From.Index].First
		return int(same[g+source]) - g
	})
	stands := make([]bool, n)
	for i, s := range same {
		stands[s] = stands[s] || int(s) != i
	}
	out = merged(out, arch, stands)
	out.SameAs = same
	return out, []ir.Effect{count("neurons shared", shared), count("synapses removed", q.SynapseCount()-out.SynapseCount()), count("sources fewer", senders(q)-senders(out))}
}

// arrival is a synapse as the neuron that it ends at sees it.
type arrival struct {
	source, delay int32
	weight        int64
}

// classes numbers the classes of neurons, and says whether they are stable.
func classes(q *ir.Quantized) ([]int32, bool) {
	n := q.Neurons()
	single := singles(q)
	class := number(n, func(i int, key []byte) []byte {
		if single[i] {
			return binary.AppendVarint(append(key, 1), int64(i))
		}
		return key
	}, parameters(q))
	inputs := int32(q.InputCount())
	in := arrivals(q)
	for range maxRounds {
		next := number(n, func(i int, key []byte) []byte {
			key = binary.AppendVarint(key, int64(class[i]))
			if single[i] {
				return key
			}
			list := slices.Clone(in[i])
			for k := range list {
				if s := list[k].source; s >= inputs {
					list[k].source = inputs + class[s-inputs]
				}
			}
			slices.SortFunc(list, func(a, b arrival) int {
				return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.delay, b.delay), cmp.Compare(a.weight, b.weight))
			})
			for _, a := range list {
				key = binary.AppendVarint(key, int64(a.source))
				key = binary.AppendVarint(key, int64(a.delay))
				key = binary.AppendVarint(key, a.weight)
			}
			return key
		})
		if slices.Equal(next, class) {
			return class, true
		}
		class = next
	}
	return class, false
}

// number gives neurons with equal keys one number, that of the first of them; keys
// are what the functions append, one after the other.
func number(n int, parts ...func(i int, key []byte) []byte) []int32 {
	first := map[string]int32{}
	out := make([]int32, n)
	var key []byte
	for i := range n {
		key = key[:0]
		for _, part := range parts {
			key = part(i, key)
		}
		f, ok := first[string(key)]
		if !ok {
			f = int32(i)
			first[string(key)] = f
		}
		out[i] = f
	}
	return out
}

// parameters appends a neuron's population and words.
func parameters(q *ir.Quantized) func(i int, key []byte) []byte {
	names := make([][2][]string, len(q.Pops))
	for k := range q.Pops {
		for t, table := range []map[string][]int32{q.Pops[k].Params, q.Pops[k].Init} {
			for name := range table {
				names[k][t] = append(names[k][t], name)
			}
			sort.Strings(names[k][t])
		}
	}
	return func(i int, key []byte) []byte {
		k := q.PopulationOf(i)
		key = binary.AppendVarint(key, int64(k))
		for t, table := range []map[string][]int32{q.Pops[k].Params, q.Pops[k].Init} {
			for _, name := range names[k][t] {
				key = binary.AppendVarint(key, int64(ir.At(table[name], i-q.Populations[k].First)))
			}
		}
		return key
	}
}

// singles marks neurons that are like no other.
func singles(q *ir.Quantized) []bool {
	out := make([]bool, q.Neurons())
	for k, g := range q.Populations {
		m := q.Pops[k].Model
		for i := range g.N {
			n := g.First + i
			out[n] = alone(m) || q.Gone(n) || q.Stands(n) != n
		}
	}
	for k := range q.Projections {
		if c := q.Classes[q.ClassOf[k]]; !c.Plastic && !c.Silent {
			continue
		}
		p := &q.Projections[k]
		for i := range len(p.Off) - 1 {
			for _, j := range p.Post[p.Off[i]:p.Off[i+1]] {
				out[q.Populations[p.To].First+int(j)] = true
				if !p.From.Input {
					out[q.Populations[p.From.Index].First+i] = true
				}
			}
		}
	}
	return out
}

// arrivals lists what reaches each neuron; sources below the number of inputs are
// inputs.
func arrivals(q *ir.Quantized) [][]arrival {
	out := make([][]arrival, q.Neurons())
	for k := range q.Projections {
		p := &q.Projections[k]
		base := q.FirstSource(p)
		for i := range len(p.Off) - 1 {
			for s := p.Off[i]; s < p.Off[i+1]; s++ {
				n := q.Populations[p.To].First + int(p.Post[s])
				out[n] = append(out[n], arrival{int32(base + i), int32(p.DelayOf(int(s))), int64(q.Weights[k][s])})
			}
		}
	}
	return out
}
