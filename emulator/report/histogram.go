package report

import (
	"maps"
	"slices"
)

// Tally is how often each value came.
type Tally map[int64]int64

// Histogram is how often values fell into bins of one width: Counts[k] of them were
// From + k·Width or more, and less than From + (k+1)·Width.
type Histogram struct {
	From   int64   `json:"from"`
	Width  int64   `json:"width"`
	Counts []int64 `json:"counts"`
}

// maxBins is how many bins a histogram has at most.
const maxBins = 24

// Histogram returns the values, which are not negative, in bins of the least width of
// 1, 2, 5, 10, 20, … that takes few of them; nil of none.
func (t Tally) Histogram() *Histogram {
	if len(t) == 0 {
		return nil
	}
	values := slices.Sorted(maps.Keys(t))
	lowest, highest := values[0], values[len(values)-1]
	h := &Histogram{Width: nice(lowest, highest)}
	h.From = lowest / h.Width * h.Width
	h.Counts = make([]int64, highest/h.Width-lowest/h.Width+1)
	for _, v := range values {
		h.Counts[(v-h.From)/h.Width] += t[v]
	}
	return h
}

// nice returns the least of 1, 2, 5, 10, 20, … of which no more than maxBins cover a
// range.
func nice(lowest, highest int64) int64 {
	for decade := int64(1); ; decade *= 10 {
		for _, width := range []int64{decade, 2 * decade, 5 * decade} {
			if highest/width-lowest/width < maxBins {
				return width
			}
		}
	}
}
