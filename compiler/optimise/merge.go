package optimise

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/targets"
)

// merged returns q with one synapse where a source that stands for others has
// several of a delay to a neuron, as far as the target has their sum as a weight and
// it is exact: one of zero goes. It leaves the others, which may take an axon each.
// stands marks the neurons that stand for others.
func merged(q *ir.Quantized, arch *targets.Arch, stands []bool) *ir.Quantized {
	if arch.WeightFormat == targets.Typed {
		return q // a sum may be none of the few weights that a neuron has
	}
	out, g := *q, *q.Graph
	out.Graph = &g
	g.Projections, out.Weights = slices.Clone(q.Projections), slices.Clone(q.Weights)
	lo, hi := arch.WeightLimits()
	for k := range q.Projections {
		p, c := &q.Projections[k], q.Classes[q.ClassOf[k]]
		if p.From.Input || c.Plastic || c.Silent || c.Exp < 0 || !slices.Contains(stands[q.Populations[p.From.Index].First:][:len(p.Off)-1], true) {
			continue
		}
		// What a synapse adds is kept to 16 bits.
		most := int64(1<<15-1) >> c.Exp
		m := merger{p: p, lo: max(lo, -most), hi: min(hi, most), weights: slices.Clone(q.Weights[k])}
		g.Projections[k], out.Weights[k] = m.projection(stands[q.Populations[p.From.Index].First:])
	}
	return &out
}

// merger merges the synapses of a projection.
type merger struct {
	p       *ir.Projection
	lo, hi  int64
	weights []int16
	order   []int32
}

func (m *merger) projection(stands []bool) (ir.Projection, []int16) {
	p := m.p
	off := make([]int32, len(p.Off))
	for i := range len(p.Off) - 1 {
		if stands[i] {
			m.row(int(p.Off[i]), int(p.Off[i+1]))
		} else {
			for s := p.Off[i]; s < p.Off[i+1]; s++ {
				m.order = append(m.order, s)
			}
		}
		off[i+1] = int32(len(m.order))
	}
	if len(m.order) == len(p.Post) {
		return *p, m.weights
	}
	return p.Pick(off, m.order), numbers.Pick(m.weights, m.order)
}

// row merges the synapses from one place of the projection to another, which are
// one source's: each into the one before it of the same neuron and delay.
func (m *merger) row(from, to int) {
	list := make([]int32, 0, to-from)
	for s := from; s < to; s++ {
		list = append(list, int32(s))
	}
	alike := func(a, b int32) int {
		return cmp.Or(cmp.Compare(m.p.Post[a], m.p.Post[b]), cmp.Compare(m.p.DelayOf(int(a)), m.p.DelayOf(int(b))))
	}
	slices.SortStableFunc(list, alike)
	start := len(m.order)
	for _, s := range list {
		if n := len(m.order); n > start && alike(m.order[n-1], s) == 0 {
			sum := int64(m.weights[m.order[n-1]]) + int64(m.weights[s])
			if sum >= m.lo && sum <= m.hi {
				m.weights[m.order[n-1]] = int16(sum)
				continue
			}
		}
		m.order = append(m.order, s)
	}
	kept := m.order[:start]
	for _, s := range m.order[start:] {
		if m.weights[s] != 0 {
			kept = append(kept, s)
		}
	}
	m.order = kept
}
