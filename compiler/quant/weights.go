package quant

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/pages"
)

// weights rounds and clips the weights of projection k, and keeps the books.
func (p *population) weights(k int) {
	pr := &p.q.Projections[k]
	set := &p.set[k]
	seg := segment{grid: set.grid, room: set.room}
	own := p.own[k]
	st := ir.QuantStats{
		Projection: p.q.Net.Projections[pr.Index].Name, Bits: set.bits, Format: set.format,
		Exact: p.out.Exact, Synapses: len(pr.Post), ScaleMin: math.Inf(1), ScaleMax: math.Inf(-1),
	}
	out := pages.Make[int16](len(pr.Post))
	var signal, noise float64
	var step, hi, scale, in float64
	alike := len(p.coef) == 1 && len(p.out.Scale) == 1 && len(own) < 2
	for first, block := range pr.Weight.Blocks {
		for s, w := range block {
			if s+first == 0 || !alike {
				i := int(pr.Post[first+s])
				in, scale = p.at(i).in, ir.At(p.out.Scale, i)
				if own != nil {
					seg.own = ir.At(own, i)
				}
				step = seg.step(scale)
				hi = seg.grid.top * step
				st.Step, st.Largest = max(st.Step, int(step)), max(st.Largest, int(hi))
				unit := scale * in
				st.ScaleMin, st.ScaleMax = min(st.ScaleMin, unit), max(st.ScaleMax, unit)
				if unit != 0 {
					st.Clip = max(st.Clip, hi/math.Abs(unit))
				}
			}
			x := w * in * scale
			switch {
			case p.out.Exact: // it fits
			case math.Round(math.Abs(x)/step) > seg.grid.top:
				st.Clipped++
				x = math.Copysign(hi, x)
			default:
				x = seg.grid.nearest(x, step, math.Round)
			}
			if x == 0 && w != 0 {
				st.Zeroed++
			}
			out[first+s] = int16(x)
			d := float64(w*in) - x/scale
			signal += float64(w * in * w * in)
			noise += float64(d * d)
		}
	}
	if len(pr.Post) == 0 {
		st.ScaleMin, st.ScaleMax, st.Clip = 1, 1, set.grid.top
		st.Step, st.Largest = 1, int(set.grid.top)
	}
	// Where the only noise is that of the arithmetic, nothing was lost.
	if noise <= signal*1e-24 {
		st.Exact = true
	} else {
		st.SQNR = 10 * math.Log10(signal/noise)
	}
	p.q.Weights[k] = out
	p.q.Stats[k] = st
}

// find returns the first weight of projection k, as its neuron takes it, that is what
// is looked for. Of few different weights that mean the same to each neuron it looks at
// each once, unless one of them is that.
func (p *population) find(k int, is func(x float64) bool) (x float64, found bool) {
	pr := &p.q.Projections[k]
	if len(p.coef) == 1 {
		few, ok := pr.Weight.Distinct()
		if ok && !slices.ContainsFunc(few, func(w float64) bool { return is(w * p.coef[0].in) }) {
			return 0, false
		}
	}
	for first, block := range pr.Weight.Blocks {
		for s, w := range block {
			if x := w * p.at(int(pr.Post[first+s])).in; is(x) {
				return x, true
			}
		}
	}
	return 0, false
}
