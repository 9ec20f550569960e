package pareto

import "math"

// ticks returns the values that are written along an axis: the least, the largest,
// and round ones in between. gap is how far from each other they are at least, as a
// share of the axis.
func (s scale) ticks(gap float64) []float64 {
	if s.hi <= s.lo {
		return []float64{s.lo}
	}
	out, last := []float64{s.lo}, 0.0
	for v := range s.round {
		if at := s.at(v); at >= last+gap && at <= 1-gap {
			out, last = append(out, v), at
		}
	}
	return append(out, s.hi)
}

// steps are the round numbers of a decade.
var steps = []float64{1, 2, 5}

// round yields round values above lo and below hi, ascending: 1, 2 and 5 of each
// decade, or where the axis is linear, multiples of one of them, ten at most.
func (s scale) round(yield func(v float64) bool) {
	if s.log {
		for decade := math.Floor(math.Log10(s.lo)); decade <= math.Log10(s.hi); decade++ {
			for _, m := range steps {
				if v := m * math.Pow(10, decade); v > s.lo && v < s.hi && !yield(v) {
					return
				}
			}
		}
		return
	}
	least := (s.hi - s.lo) / 10
	decade := math.Pow(10, math.Floor(math.Log10(least)))
	step := 10 * decade
	for _, m := range steps {
		if m*decade >= least {
			step = m * decade
			break
		}
	}
	first := math.Floor(s.lo/step) + 1
	for k := 0.0; k < 10; k++ {
		if v := (first + k) * step; v >= s.hi || !yield(v) {
			return
		}
	}
}
