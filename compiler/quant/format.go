package quant

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// grid is the magnitudes that weights are rounded to, in units of the smallest:
// all whole numbers up to top, or those of levels, which ascend from 0 to top.
type grid struct {
	top    float64
	levels []float64
}

// wholes is the grid of the whole numbers of some bits.
func wholes(bits int) grid { return grid{top: float64(int(1)<<(bits-1) - 1)} }

// formatRow is what there is to know about a format.
type formatRow struct {
	format network.Format
	// bits name a number of the format.
	bits int
	// levels are its magnitudes; nil is all whole numbers of its bits.
	levels []float64
	// cut leaves out the levels that synapses cannot hold: the format is not refused.
	cut bool
}

// formats have a row each. The units of e2m1 are halves, those of e4m3 2^-9: its
// subnormal numbers are 1 to 7 units, and the others those of four significant
// bits. The numbers of e2m1 are those of the Open Compute Project's Microscaling
// Formats (MX) Specification 1.0, those of e4m3 of its 8-bit Floating Point
// Specification (OFP8) 1.0, both of 2023.
var formats = []formatRow{
	{format: network.Ternary, bits: 2, levels: []float64{0, 1}},
	{format: network.Int2, bits: 2},
	{format: network.Int3, bits: 3},
	{format: network.Int4, bits: 4},
	{format: network.Int5, bits: 5},
	{format: network.Int6, bits: 6},
	{format: network.Int7, bits: 7},
	{format: network.Int8, bits: 8},
	{format: network.E2M1, bits: 4, levels: []float64{0, 1, 2, 3, 4, 6, 8, 12}},
	{format: network.E4M3, bits: 8, levels: minifloat(14, 448*512), cut: true},
}

// minifloat lists the whole numbers of four significant bits: those below 16, and
// the eight of each further doubling of some, up to top.
func minifloat(doublings int, top float64) []float64 {
	var out []float64
	for x := range 16 {
		out = append(out, float64(x))
	}
	for d := 1; d <= doublings; d++ {
		for x := 8; x < 16; x++ {
			if y := math.Ldexp(float64(x), d); y <= top {
				out = append(out, y)
			}
		}
	}
	return out
}

func rowOf(f network.Format) *formatRow {
	k := slices.IndexFunc(formats, func(r formatRow) bool { return r.format == f })
	return &formats[k]
}

// grid returns the format's grid; of one that is cut as far as the whole numbers up
// to room hold it, which is enough, since the scale is free.
func (r *formatRow) grid(room float64) grid {
	if r.levels == nil {
		return wholes(r.bits)
	}
	levels := r.levels
	if r.cut {
		n := 0
		for n < len(levels) && levels[n] <= room {
			n++
		}
		levels = levels[:n]
	}
	return grid{levels[len(levels)-1], levels}
}

// room is the largest whole number that a target's synapse holds with either
// sign.
func room(arch *targets.Arch) float64 { return wholes(arch.WeightBits).top }

// checkFormat reports settings that the target's synapses, or the projection,
// cannot have.
func checkFormat(s *settings, np *network.Projection, integer bool, arch *targets.Arch, diags *diag.List) {
	switch {
	case s.format == "" && s.bits > arch.WeightBits:
		diags.Add(s.pos, diag.OutOfRange, "quantise: %d bits asked for projection %q, but the target's synapses hold %d: ask for %d or fewer",
			s.bits, np.Name, arch.WeightBits, arch.WeightBits)
	case s.format != "" && s.grid.top > room(arch) && !integer:
		need := 2
		for wholes(need).top < s.grid.top {
			need++
		}
		diags.Add(s.pos, diag.OutOfRange, "quantise: format %s asked for projection %q takes whole numbers up to %.0f, which have %d bits, %d more than the target's synapses hold: ask for a smaller format, or choose a target with wider weights",
			s.format, np.Name, s.grid.top, need, need-arch.WeightBits)
	case s.grid.levels != nil && np.Learn != nil && !integer:
		diags.Add(s.pos, diag.OutOfRange, "quantise: format %s asked for projection %q, which learns, and what a weight learns to be is any whole number: ask for one of int2 to int8",
			s.format, np.Name)
	}
}

// nearest returns the number of the grid, times step, that is nearest to x, and
// the smaller magnitude of two; where all whole numbers are on the grid it rounds
// as round says.
func (g *grid) nearest(x, step float64, round func(float64) float64) float64 {
	y := math.Abs(x) / step
	var level float64
	if g.levels == nil {
		level = min(round(y), g.top)
	} else {
		k, _ := slices.BinarySearch(g.levels, y)
		switch {
		case k == len(g.levels):
			k--
		case k > 0 && y-g.levels[k-1] <= g.levels[k]-y:
			k--
		}
		level = g.levels[k]
	}
	return math.Copysign(level*step, x)
}

// holds reports whether a whole number is on the grid.
func (g *grid) holds(x float64) bool {
	x = math.Abs(x)
	if g.levels == nil {
		return x <= g.top
	}
	_, ok := slices.BinarySearch(g.levels, x)
	return ok
}

// mixed finds, where the formats of a population's projections differ, the scale
// that suits each by itself: the population has one scale for all, so what is
// 1 of a format is then a step of several units.
func mixed(segs []segment, clip network.Clip, steps int) {
	alike := true
	for _, s := range segs {
		alike = alike && s.grid.top == segs[0].grid.top && len(s.grid.levels) == len(segs[0].grid.levels)
	}
	if alike {
		return
	}
	for k := range segs {
		if s := &segs[k]; s.format {
			s.own = bestScale([]segment{{weights: s.weights, grid: s.grid}}, clip, steps)
		}
	}
}

// step is the integer of the segment's unit at a scale.
func (s *segment) step(scale float64) float64 {
	if s.own == 0 {
		return 1
	}
	return min(max(math.Round(scale/s.own), 1), max(math.Floor(s.room/s.grid.top), 1))
}

// largest is the largest integer that a weight of the segment may be.
func (s *segment) largest() float64 {
	if s.own == 0 {
		return s.grid.top
	}
	return s.grid.top * max(math.Floor(s.room/s.grid.top), 1)
}

// powerOfTwo returns the power of two next to a scale that loses less; the lower
// one where nothing may be clipped, or fits says that the upper one is too large.
func powerOfTwo(scale float64, segs []segment, unit float64, clip network.Clip, fits func(scale float64) bool) float64 {
	_, e := math.Frexp(scale)
	lower, upper := math.Ldexp(1, e-1), math.Ldexp(1, e)
	if lower == scale || clip == network.ClipMax || !fits(upper) {
		return lower
	}
	if squaredError(segs, upper*unit, math.Inf(1)) < squaredError(segs, lower*unit, math.Inf(1)) {
		return upper
	}
	return lower
}
