package mapping

import (
	"encoding/binary"

	"github.com/weft-toolchain/weft/targets"
)

const (
	// maxAlone bounds the range of weights for which a neuron by itself has all sets of
	// kinds tried: the weights, and the sums on the way to them, are bits of one word.
	maxAlone = 31
	// maxDeep bounds the search for all neurons of a population that do not fit with the
	// common kinds, in steps as those of search.
	maxDeep = 1 << 29
)

// bits is a set of numbers of a small range, and what numbers outside a set count.
type bits struct {
	low int
	// counts are those of the numbers that 8 bits stand for, by the value of these.
	counts [8][256]int
}

// count returns what the numbers of a set count.
func (b *bits) count(set uint64) int {
	n := 0
	for k := range b.counts {
		n += b.counts[k][set>>(8*k)&255]
	}
	return n
}

// alone tries all sets of four numbers that a kind may be, for the fewest summands of
// all weights. There are such sets, as a neuron of no more weights wants no search; and
// a set of fewer has no fewer summands.
//
// Summands can be added in an order in which no partial sum is farther from the weights
// than a kind.
func (s *search) alone(best *finds) {
	lo, _ := s.ends()
	b := &bits{low: lo + min(s.lo, 0)}
	wanted, total := uint64(0), 0
	for i, w := range s.weights {
		at := int(w) - b.low
		wanted |= 1 << at
		total += s.counts[i]
		for value := range 256 {
			if value>>(at%8)&1 != 0 {
				b.counts[at/8][value] += s.counts[i]
			}
		}
	}
	var kinds, least [targets.AxonTypes]int
	fewest := -1
	sets := 0
	var more func(k, from int)
	more = func(k, from int) {
		if k < len(kinds) {
			for x := from; x <= s.hi; x++ {
				if x != 0 {
					kinds[k] = x
					more(k+1, x+1)
				}
			}
			return
		}
		sets++
		missing, cost := wanted, total
		seen := uint64(1) << -b.low
		for last := seen; last != 0; {
			var next uint64
			for _, x := range kinds {
				next |= last << max(x, 0) >> max(-x, 0)
			}
			if missing &^= next; missing == 0 {
				fewest, least = cost, kinds
				return
			}
			// A summand more for each that is not made yet.
			if cost += b.count(missing); fewest >= 0 && cost >= fewest {
				return
			}
			last = next &^ seen
			seen |= next
		}
	}
	more(0, s.lo)
	s.spend(sets * 8)
	if fewest < 0 {
		return
	}
	found := make([]int16, len(least))
	for k, x := range least {
		found[k] = int16(x)
	}
	s.try(found, best)
}

// id is the same for equal spectra only.
func (s *spectrum) id() string {
	var out []byte
	for i, w := range s.weights {
		out = binary.AppendVarint(out, int64(w))
		out = binary.AppendVarint(out, int64(s.counts[i]))
	}
	return string(out)
}
