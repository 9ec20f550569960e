// Package optimise holds the passes that make a network smaller, or of fewer
// parts, before it is mapped. Each takes a level and returns another, which shares
// with the first what it did not change, and numbers that say what was done.
//
//	Fold         batch normalisations become weights, biases and thresholds
//	Prune        small synapses go, or those that noise finds redundant
//	Dead         neurons that can never fire go
//	Share        one of several identical neurons stands for all
//	Unreachable  neurons from which no output is reached go
//
// Fold, and of the others Dead and Share, change no spike of a neuron that is left, in
// the numbers of their level; Unreachable changes none of a neuron that matters.
package optimise

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/numbers"
)

func count(what string, n int) ir.Effect { return ir.Effect{What: what, Value: float64(n)} }

// rebuilt returns q with other projections: of each the synapses that keep says,
// of a source, with their sources moved as move says.
func rebuilt(q *ir.Quantized, keep func(p *ir.Projection, source, s int) bool, move func(p *ir.Projection, source int) int) *ir.Quantized {
	out, g := *q, *q.Graph
	out.Graph = &g
	g.Projections = make([]ir.Projection, len(q.Projections))
	out.Weights = make([][]int16, len(q.Weights))
	for k := range q.Projections {
		p := &q.Projections[k]
		sifted, kept := p.Sift(func(source, s int) bool { return keep(p, source, s) })
		weights := numbers.Pick(q.Weights[k], kept)
		g.Projections[k], out.Weights[k] = moved(&sifted, weights, func(source int) int { return move(p, source) })
	}
	return &out
}

// moved returns a projection, and its weights, with other sources; of one source
// they stay in order of target.
func moved(p *ir.Projection, weights []int16, to func(source int) int) (ir.Projection, []int16) {
	n := len(p.Off) - 1
	rows := make([][]int32, n)
	still := true
	for i := range n {
		j := to(i)
		still = still && (i == j || p.Off[i] == p.Off[i+1])
		for s := p.Off[i]; s < p.Off[i+1]; s++ {
			rows[j] = append(rows[j], s)
		}
	}
	if still {
		return *p, weights
	}
	order := make([]int32, 0, len(p.Post))
	off := make([]int32, n+1)
	for i, row := range rows {
		slices.SortStableFunc(row, func(a, b int32) int { return int(p.Post[a]) - int(p.Post[b]) })
		order = append(order, row...)
		off[i+1] = int32(len(order))
	}
	return p.Pick(off, order), numbers.Pick(weights, order)
}

// still leaves sources where they are.
func still(_ *ir.Projection, source int) int { return source }

// without returns q without the neurons that gone marks, and what is gone already,
// and without what those that mute marks, which are no fewer, send.
func without(q *ir.Quantized, gone, mute []bool) *ir.Quantized {
	out := rebuilt(q, func(p *ir.Projection, source, s int) bool {
		return !gone[q.Populations[p.To].First+int(p.Post[s])] && (p.From.Input || !mute[q.Populations[p.From.Index].First+source])
	}, still)
	out.Removed = make([]bool, len(gone))
	for n := range gone {
		out.Removed[n] = gone[n] || q.Gone(n)
	}
	return out
}

// removed are the effects of a pass that removes neurons.
func removed(before, after *ir.Quantized) []ir.Effect {
	neurons := 0
	for n := range after.Removed {
		if after.Removed[n] && !before.Gone(n) {
			neurons++
		}
	}
	return []ir.Effect{count("neurons removed", neurons), count("synapses removed", before.SynapseCount()-after.SynapseCount()), count("sources fewer", senders(before)-senders(after))}
}

// senders counts the inputs and neurons that have synapses to others: each takes an
// axon of a core at least.
func senders(q *ir.Quantized) int {
	sends := make([]bool, q.InputCount()+q.Neurons())
	for k := range q.Projections {
		p := &q.Projections[k]
		first := q.FirstSource(p)
		for i := range len(p.Off) - 1 {
			if p.Off[i] != p.Off[i+1] {
				sends[first+i] = true
			}
		}
	}
	n := 0
	for _, s := range sends {
		if s {
			n++
		}
	}
	return n
}
