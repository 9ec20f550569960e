package optimise

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
)

// Prune returns g without the synapses that o says. Synapses that learn, or are
// stochastic, stay. The error is a *diag.Error.
func Prune(g *ir.Graph, o network.Optimise) (*ir.Graph, []ir.Effect, error) {
	out := *g
	out.Projections = slices.Clone(g.Projections)
	if o.Prune.Keep > 0 {
		if err := pruneByNoise(&out, o); err != nil {
			return nil, nil, err
		}
	}
	for k := range out.Projections {
		p := &out.Projections[k]
		if stays(g, p) {
			continue
		}
		gone := smallest(p.Weight.Floats(), o.Prune)
		out.Projections[k], _ = p.Sift(func(_, s int) bool { return !gone[s] })
	}
	return &out, losses(g, &out), nil
}

// stays says that the synapses of a projection may not be removed.
func stays(g *ir.Graph, p *ir.Projection) bool {
	np := &g.Net.Projections[p.Index]
	return np.Learn != nil || np.Stochastic
}

// smallest marks the weights that are pruned by magnitude; of equal ones the
// first go.
func smallest(weights []float64, o network.Prune) []bool {
	gone := make([]bool, len(weights))
	for s, w := range weights {
		gone[s] = math.Abs(w) < o.Magnitude
	}
	if n := int(o.Smallest * float64(len(weights))); n > 0 {
		order := make([]int, len(weights))
		for s := range order {
			order[s] = s
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(weights[a]), math.Abs(weights[b])) })
		for _, s := range order[:n] {
			gone[s] = true
		}
	}
	return gone
}

// losses compares the input of neurons before and after. A pair's synapses of one
// delay count together.
func losses(before, after *ir.Graph) []ir.Effect {
	type key struct {
		post  int32
		delay int
	}
	moved := make([]float64, before.Neurons())
	var signal, noise float64
	for k := range before.Projections {
		a, b := &before.Projections[k], &after.Projections[k]
		first := before.Populations[a.To].First
		for i := range len(a.Off) - 1 {
			diff := map[key]float64{}
			for s := a.Off[i]; s < a.Off[i+1]; s++ {
				diff[key{a.Post[s], a.DelayOf(int(s))}] += a.Weight.At(int(s))
				signal += float64(a.Weight.At(int(s)) * a.Weight.At(int(s)))
			}
			for s := b.Off[i]; s < b.Off[i+1]; s++ {
				diff[key{b.Post[s], b.DelayOf(int(s))}] -= b.Weight.At(int(s))
			}
			keys := make([]key, 0, len(diff))
			for at := range diff {
				keys = append(keys, at)
			}
			slices.SortFunc(keys, func(x, y key) int {
				return cmp.Or(cmp.Compare(x.post, y.post), cmp.Compare(x.delay, y.delay))
			})
			for _, at := range keys {
				moved[first+int(at.post)] += math.Abs(diff[at])
				noise += float64(diff[at] * diff[at])
			}
		}
	}
	out := []ir.Effect{
		count("synapses removed", before.SynapseCount()-after.SynapseCount()),
		count("synapses before", before.SynapseCount()),
		{What: "weight lost of a neuron at most", Value: slices.Max(moved)},
	}
	if noise > 0 && signal > 0 {
		out = append(out, ir.Effect{What: "SQNR in dB", Value: 10 * math.Log10(signal/noise)})
	}
	return out
}

// refuse is one diagnostic at the passes' options: at their place in a file, with their
// key before the message, or at the option of a command, whose name says the same.
func refuse(g *ir.Graph, o network.Optimise, code diag.Code, format string, args ...any) error {
	pos, key := o.Pos, "optimise: "
	switch {
	case pos.File == "":
		pos = diag.Pos{File: g.Net.File}
	case pos.Line == 0:
		key = ""
	}
	return diag.One(pos, code, "%s", key+fmt.Sprintf(format, args...))
}
