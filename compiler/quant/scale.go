package quant

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/models"
)

// segment is weights that are rounded to one grid.
type segment struct {
	weights numbers.List
	grid    grid
	// format says that the grid is that of a format; own, where not 0, is the scale
	// at which the grid's unit is 1, and room bounds the unit's multiples.
	format    bool
	own, room float64
}

func (p *population) segment(k int, weights numbers.List) segment {
	set := &p.set[k]
	return segment{weights: weights, grid: set.grid, format: set.format != "", room: set.room}
}

// scales returns the population's scale, or each neuron's.
func (p *population) scales() []float64 {
	synapses := 1
	for _, k := range p.projs {
		synapses += len(p.q.Projections[k].Post)
	}
	steps := min(max(searchWork/synapses, coarseSteps), manySteps)
	if p.per == network.PerNeuron && p.n > 1 {
		rows := p.byNeuron()
		out := make([]float64, p.n)
		for i := range out {
			mixed(rows[i], p.clip, steps)
			p.keep(rows[i], i, p.n, 1)
			out[i] = p.limit(bestScale(rows[i], p.clip, steps), i, i+1)
			if p.pow2 {
				out[i] = powerOfTwo(out[i], rows[i], 1, p.clip, func(x float64) bool { return p.limit(x, i, i+1) == x })
			}
		}
		return out
	}
	// Where all neurons take their input alike, the weights are looked at as they
	// are written, so that a grid that they are on shows.
	alike := uniformIn(p) && p.at(0).in != 0
	var all []segment
	for _, k := range p.projs {
		pr := &p.q.Projections[k]
		list := pr.Weight
		if !alike {
			w := list.Floats()
			for s := range w {
				w[s] *= p.at(int(pr.Post[s])).in
			}
			list = numbers.Shared(w)
		}
		if l := p.projection(k).Learn; l != nil && alike {
			list = numbers.Shared(append(list.Floats(), l.Params["w_min"], l.Params["w_max"]))
		}
		all = append(all, p.segment(k, list))
	}
	mixed(all, p.clip, steps)
	scale := bestScale(all, p.clip, steps)
	most := math.Inf(1) // what learning allows
	for _, k := range p.projs {
		// What a weight may become is not clipped.
		if l := p.projection(k).Learn; l != nil && alike {
			if x := furthest(l); x > 0 {
				most = min(most, p.qmax(k)/x)
			}
		}
	}
	scale = min(scale, most)
	unit := 1.0
	if alike {
		unit = math.Abs(p.at(0).in)
	}
	p.keep(all, 0, 1, unit)
	scale = p.limit(scale/unit, 0, p.n)
	if p.pow2 {
		scale = powerOfTwo(scale, all, unit, p.clip, func(x float64) bool { return x*unit <= most && p.limit(x, 0, p.n) == x })
	}
	return []float64{scale}
}

// keep notes the scales that suit the projections alone, for neuron i of n;
// they are of weights of one unit.
func (p *population) keep(segs []segment, i, n int, unit float64) {
	for s, k := range p.projs {
		if segs[s].own == 0 {
			continue
		}
		if p.own == nil {
			p.own = map[int][]float64{}
		}
		if p.own[k] == nil {
			p.own[k] = make([]float64, n)
		}
		p.own[k][i] = segs[s].own / unit
	}
}

// byNeuron gathers the weights of each neuron, a segment a projection.
func (p *population) byNeuron() [][]segment {
	rows := make([][]segment, p.n)
	for _, k := range p.projs {
		pr := &p.q.Projections[k]
		off := make([]int32, p.n+1)
		for _, j := range pr.Post {
			off[j+1]++
		}
		for i := range p.n {
			off[i+1] += off[i]
		}
		flat := make([]float64, len(pr.Post))
		next := append([]int32(nil), off...)
		for first, block := range pr.Weight.Blocks {
			for s, w := range block {
				j := pr.Post[first+s]
				flat[next[j]] = w * p.at(int(j)).in
				next[j]++
			}
		}
		for i := range p.n {
			rows[i] = append(rows[i], p.segment(k, numbers.Shared(flat[off[i]:off[i+1]])))
		}
	}
	return rows
}

// finest is how much more than a level a word is to have room for, since one that
// is finer must hold the sum of some: 1 where none is.
func (p *population) finest() float64 {
	finest := 1.0
	for _, w := range p.words {
		finest = max(finest, 2*w.finer)
	}
	return finest
}

// limit lowers a scale until the levels of neurons from to to fit half a state
// word, or what the model reserves fits all of it, and makes one up, from the same,
// where there are no weights.
func (p *population) limit(scale float64, from, to int) float64 {
	most, reserve := 0.0, 0.0
	for i := from; i < to && i-from < len(p.coef); i++ {
		c := p.at(i)
		most = max(most, p.most(level, c))
		if p.eq.reserve != nil {
			reserve = max(reserve, p.eq.reserve(c, p.q.StateBits, 0))
		}
	}
	_, hi := fixed.Limits(p.q.StateBits)
	if scale == 0 {
		scale = 1
		switch {
		case reserve > 0:
			scale = float64(hi) / reserve / (1 << models.MaxFrac)
		case most > 0:
			scale = 128 / most
		}
	}
	switch {
	case reserve > 0:
		scale = min(scale, float64(hi)/reserve)
	case most > 0:
		scale = min(scale, float64(hi)/2/(most*p.finest()))
	}
	return scale
}

// Bounds of the search for the clip. It tries more clips where there are few
// weights to look at, and looks at some of the weights, evenly, where there are
// very many.
const (
	coarseSteps = 96
	manySteps   = 4096
	fineSteps   = 24
	searchWork  = 1 << 24 // weights × clips that justify more than coarseSteps
	maxSample   = 1 << 18
)

// bestScale returns the integer of a weight of 1, or 0 where every weight is
// zero. The search tries steps clips, and some more.
func bestScale(segs []segment, clip network.Clip, steps int) float64 {
	// full is the largest scale that clips nothing, top the integer that it makes
	// of the weight that stops it there.
	full, top := math.Inf(1), 0.0
	count := 0
	for _, s := range segs {
		count += s.weights.Len()
		largest := s.largest()
		for _, block := range s.weights.Blocks {
			for _, w := range block {
				if x := largest / math.Abs(w); w != 0 && x < full {
					full, top = x, largest
				}
			}
		}
	}
	if math.IsInf(full, 1) {
		return 0
	}
	if scale, ok := gridScale(segs, full); ok {
		return scale
	}
	if clip == network.ClipMax {
		return full
	}
	segs = sampled(segs, 1+count/maxSample)
	// f is a clip's share of the one that clips nothing; an equal error keeps
	// the larger scale.
	best, bestErr := 1.0, squaredError(segs, full, math.Inf(1))
	try := func(f float64) {
		if e := squaredError(segs, full/f, bestErr); e < bestErr {
			best, bestErr = f, e
		}
	}
	// Clips beyond the largest weight that make it a smaller integer: weights that
	// are multiples of one number become integers without error.
	for q, k := top-1, 0; q >= top/2 && k < steps; q, k = q-1, k+1 {
		try(top / q)
	}
	// Clips from the largest weight to a twentieth of it, and to twice it: with few
	// weights a scale that suits them all may clip none.
	const lowest = 0.05
	step := (1 - lowest) / float64(steps)
	for k := 1; k <= steps; k++ {
		try(1 - float64(float64(k)*step))
		try(1 + float64(float64(k)*step))
	}
	centre := best
	for k := -fineSteps; k <= fineSteps; k++ {
		if f := centre + float64(k)*step/fineSteps; f > lowest/2 {
			try(f)
		}
	}
	return full / best
}

// grids are the units 1/d that people write weights in.
var grids = []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 5, 10, 20, 25, 40, 50, 100}

// gridTolerance is how far off its grid a written decimal such as 0.1 may be.
const gridTolerance = 1e-9

// gridScale returns the largest scale up to full at which every weight is an
// integer, where all are whole multiples of one of grids: nothing is lost then.
func gridScale(segs []segment, full float64) (float64, bool) {
	for _, d := range grids {
		if scale := math.Floor(full/d*(1+gridTolerance)) * d; scale > 0 && onGrid(segs, d) && levelled(segs, scale) {
			return scale, true
		}
	}
	return 0, false
}

func onGrid(segs []segment, d float64) bool {
	for _, s := range segs {
		for _, block := range s.weights.Blocks {
			for _, w := range block {
				x := w * d
				if math.Abs(x-math.Round(x)) > gridTolerance*math.Abs(x) {
					return false
				}
			}
		}
	}
	return true
}

// levelled reports whether the whole numbers that a scale makes of weights are
// all numbers of their formats.
func levelled(segs []segment, scale float64) bool {
	for _, s := range segs {
		if s.own == 0 && s.grid.levels == nil {
			continue
		}
		step := s.step(scale)
		for _, block := range s.weights.Blocks {
			for _, w := range block {
				if x := math.Round(w*scale) / step; x != math.Trunc(x) || !s.grid.holds(x) {
					return false
				}
			}
		}
	}
	return true
}

// sampled returns segments of every stride-th weight.
func sampled(segs []segment, stride int) []segment {
	out := slices.Clone(segs)
	for i := range out {
		n := out[i].weights.Len()
		w := make([]float64, 0, n/stride+1)
		for k := 0; k < n; k += stride {
			w = append(w, out[i].weights.At(k))
		}
		out[i].weights = numbers.Shared(w)
	}
	return out
}

// squaredError sums the squared errors of the weights at a scale; it stops as
// soon as the sum reaches enough.
func squaredError(segs []segment, scale, enough float64) float64 {
	var sum float64
	inverse := 1 / scale
	for _, s := range segs {
		step := s.step(scale)
		for _, block := range s.weights.Blocks {
			for _, w := range block {
				var q float64
				// What nearest says of whole numbers, inlined: a search takes a quarter of the time.
				if s.grid.levels == nil && step == 1 {
					q = min(max(math.RoundToEven(w*scale), -s.grid.top), s.grid.top)
				} else {
					q = s.grid.nearest(w*scale, step, math.RoundToEven)
				}
				d := w - float64(q*inverse) // not fused, so that every machine rounds alike
				if sum += float64(d * d); sum >= enough {
					return sum
				}
			}
		}
	}
	return sum
}
