package mapping

import (
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// Axons returns how many axons each neuron needs in a core by itself; 0 of those that
// can be split over cores instead.
func Axons(q *ir.Quantized, arch *targets.Arch, split Split) []int32 {
	w := wire(q, arch, 1)
	out := make([]int32, q.Neurons())
	for pop := range q.Populations {
		if w.alike[pop] || split != SplitNever && splittable(w, pop) {
			continue
		}
		g := &q.Populations[pop]
		for n := g.First; n < g.First+g.N; n++ {
			axons, _ := w.fanInOf(n)
			out[n] = int32(axons)
		}
	}
	return out
}
