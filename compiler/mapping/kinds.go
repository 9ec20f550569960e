package mapping

import (
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// mix is how many axons of each type a weight takes.
type mix [targets.AxonTypes]uint16

// axons counts them.
func (m *mix) axons() int {
	n := 0
	for _, k := range m {
		n += int(k)
	}
	return n
}

// recipe is kinds, and the mixes of the weights of a spectrum, in its order; nil where
// each weight that matters is a kind.
type recipe struct {
	kinds []int16
	mixes []mix
}

// of returns the mix of a weight, the i-th of the spectrum.
func (r *recipe) of(i int, weight int16) mix {
	if r.mixes != nil {
		return r.mixes[i]
	}
	var m mix
	m[slices.Index(r.kinds, weight)] = 1
	return m
}

// Search bounds.
const (
	// maxSummands bounds the axons of one weight.
	maxSummands = maxCopies
	// maxSubsets bounds the numbers of which all sets are tried: C(24, 4) are 10,626.
	maxSubsets = 24
	// maxRange bounds the numbers of which each is tried for one of the kinds; of more,
	// those a power of two away are.
	maxRange = 1 << 10
	// maxFirst and maxWork bound a search, in steps of some nanoseconds: from its first
	// start, and what follows.
	maxFirst = 1 << 27
	maxWork  = 1 << 23
	// kept is how many sets of kinds a search keeps for each crowd.
	kept = 2
)

// crowds are the logarithms of the numbers of neurons of a core that read one source,
// for which kinds are looked for: one alone wants few summands, many want that their
// weights share the summands.
var crowds = [...]int{0, 1, 2, 4, 8}

// numCrowds is their number.
const numCrowds = len(crowds)

// search looks for kinds that make the weights of a spectrum of few axons.
type search struct {
	*spectrum
	// A kind is from lo to hi; the target allows from least to most.
	lo, hi, least, most int
	// once prefers sums that take each type once, which further neurons share.
	once bool
	// crowds is how many of the crowds are looked at, and summands about how many a
	// weight may have.
	crowds, summands int
	mixes            []mix
	// work is what is left of the steps, spent those that were taken in all.
	work, spent int
	// The rest is the making of sums: of numbers from -reach to reach, those that were
	// found, and their mixes.
	reach  int
	found  []bool
	made   []mix
	wanted []bool
	queue  []int32
}

// newSearch returns a search for weights, under the limits of the target.
func newSearch(of *spectrum, least, most int64) *search {
	s := &search{spectrum: of, least: int(least), most: int(most), crowds: numCrowds, summands: maxSummands, mixes: make([]mix, len(of.weights))}
	s.reach = 2 * s.largest()
	s.found, s.made, s.wanted = make([]bool, 2*s.reach+1), make([]mix, 2*s.reach+1), make([]bool, 2*s.reach+1)
	for _, w := range of.weights {
		s.wanted[int(w)+s.reach] = true
	}
	return s
}

// largest returns the largest magnitude.
func (s *search) largest() int {
	return max(int(s.weights[len(s.weights)-1]), -int(s.weights[0]))
}

// fill finds the mixes of all weights for some kinds, of the fewest summands, whose
// partial sums are not farther from 0 than twice the largest weight; it reports
// whether there are such.
func (s *search) fill(kinds []int16) bool {
	missing := len(s.weights)
	s.found[s.reach], s.made[s.reach] = true, mix{}
	s.queue = append(s.queue[:0], int32(s.reach))
	for at := 0; at < len(s.queue) && missing > 0; at++ {
		from := s.queue[at]
		if at&63 == 0 && s.made[from].axons() >= s.summands {
			break
		}
		for k, kind := range kinds {
			to := from + int32(kind)
			if to < 0 || int(to) > 2*s.reach || s.found[to] {
				continue
			}
			s.found[to], s.made[to] = true, s.made[from]
			s.made[to][k]++
			s.queue = append(s.queue, to)
			if s.wanted[to] {
				missing--
			}
		}
	}
	for i, w := range s.weights {
		s.mixes[i] = s.made[int(w)+s.reach]
	}
	s.spend(len(s.queue)*len(kinds) + 2*len(s.weights))
	for _, at := range s.queue {
		s.found[at] = false
	}
	if missing == 0 && s.once {
		s.unite(kinds)
	}
	return missing == 0
}

// spend counts steps.
func (s *search) spend(steps int) {
	s.work -= steps
	s.spent += steps
}

// unite makes those sums that take a type several times of each type once, where that
// can be.
func (s *search) unite(kinds []int16) {
	for i, w := range s.weights {
		if max(s.mixes[i][0], s.mixes[i][1], s.mixes[i][2], s.mixes[i][3]) < 2 {
			continue
		}
		least := len(kinds) + 1
		for set := range 1 << len(kinds) {
			var m mix
			sum := 0
			for k, kind := range kinds {
				if set>>k&1 != 0 {
					m[k] = 1
					sum += int(kind)
				}
			}
			if n := m.axons(); sum == int(w) && n < least {
				s.mixes[i], least = m, n
			}
		}
	}
}

// costs returns how many axons a source is expected to take in a core for each crowd,
// in no unit of its own, of the mixes that were made last.
func (s *search) costs() (out [numCrowds]int) {
	const one, most = 1 << 16, 16
	var count [targets.AxonTypes][most]int
	total := 0
	for i := range s.mixes {
		n := s.counts[i]
		total += n
		for t, k := range s.mixes[i] {
			count[t][min(k, most-1)] += n
			out[0] += n * int(k)
		}
	}
	for t := range count {
		below := 0
		for k := range most - 1 {
			if below += count[t][k]; below == total {
				break
			}
			// An axon more where any of the crowd takes more than k.
			share := below * one / total
			for c := 1; c < s.crowds; c++ {
				for range crowds[c] - crowds[c-1] {
					share = share * share / one
				}
				out[c] += one - share
			}
		}
	}
	return out
}

// finds are the best of the kinds that a search has seen, by crowd, the best first.
type finds [numCrowds][]find

type find struct {
	cost  int
	kinds []int16
}

// sets adds the kinds to those of a list, each once.
func (f *finds) sets(list [][]int16) [][]int16 {
	for _, found := range f {
		for _, x := range found {
			if !slices.ContainsFunc(list, func(kinds []int16) bool { return slices.Equal(kinds, x.kinds) }) {
				list = append(list, x.kinds)
			}
		}
	}
	return list
}

// try makes the weights of kinds, and keeps these where they are among the best. It
// returns their cost for each crowd.
func (s *search) try(kinds []int16, best *finds) (costs [numCrowds]int, ok bool) {
	if !s.fill(kinds) {
		return costs, false
	}
	costs = s.costs()
	for c, cost := range costs[:s.crowds] {
		list := best[c]
		if len(list) == kept && cost >= list[kept-1].cost {
			continue
		}
		if slices.ContainsFunc(list, func(f find) bool { return slices.Equal(f.kinds, kinds) }) {
			continue
		}
		if len(list) < kept {
			list = append(list, find{})
		}
		at := len(list) - 1
		for ; at > 0 && cost < list[at-1].cost; at-- {
			list[at] = list[at-1]
		}
		list[at] = find{cost, slices.Clone(kinds)}
		best[c] = list
	}
	return costs, true
}

// all tries all sets of up to four numbers that are kinds and others not less than from.
func (s *search) all(kinds []int16, from int, best *finds) {
	for x := from; x <= s.hi; x++ {
		if x == 0 {
			continue
		}
		more := append(kinds, int16(x))
		s.try(more, best)
		if len(more) < targets.AxonTypes {
			s.all(more, x+1, best)
		}
	}
}

// descend changes one of the kinds at a time for the best, until none is better for a
// crowd.
func (s *search) descend(kinds []int16, crowd int, best *finds) {
	kinds = slices.Clone(kinds)
	costs, ok := s.try(kinds, best)
	if !ok {
		return
	}
	least := costs[crowd]
	for improved := true; improved; {
		improved = false
		for k := range kinds {
			for x := range s.near(kinds[k]) {
				if s.work < 0 {
					return
				}
				was := kinds[k]
				kinds[k] = x
				if costs, ok := s.try(kinds, best); ok && costs[crowd] < least {
					least, improved = costs[crowd], true
				} else {
					kinds[k] = was
				}
			}
		}
	}
}

// near yields what is tried in the place of a kind.
func (s *search) near(kind int16) func(yield func(int16) bool) {
	return func(yield func(int16) bool) {
		if s.hi-s.lo <= maxRange {
			for x := s.lo; x <= s.hi; x++ {
				if x != 0 && !yield(int16(x)) {
					return
				}
			}
			return
		}
		for step := s.largest(); step > 0; step /= 2 {
			for _, x := range [...]int{int(kind) - step, int(kind) + step} {
				if x != 0 && x >= s.lo && x <= s.hi && !yield(int16(x)) {
					return
				}
			}
		}
	}
}

// within makes the search try kinds in the range of the weights and 0, and so far beyond.
func (s *search) within(beyond int) {
	lo, hi := s.ends()
	s.lo, s.hi = max(lo-beyond, s.least), min(hi+beyond, s.most)
}

// ends returns the ends of the range of the weights and 0.
func (s *search) ends() (lo, hi int) {
	return min(int(s.weights[0]), 0), max(int(s.weights[len(s.weights)-1]), 0)
}

// run searches: all sets, where they are few, or else from several starts, of which the
// first may take so many steps; and then farther from the weights.
func (s *search) run(first int) *finds {
	var best finds
	lo, hi := s.ends()
	if s.crowds == 1 && hi-lo <= maxAlone {
		s.within(min(hi-lo, maxAlone-(hi-lo)) / 2)
		s.alone(&best)
	} else if hi-lo <= maxSubsets {
		s.within(min(hi-lo, maxSubsets-(hi-lo)) / 2)
		s.all(nil, s.lo, &best)
	} else {
		s.within(0)
		starts := s.starts()
		s.work = first
		s.descend(starts[0], 0, &best)
		s.work = min(maxWork, first)
		for _, kinds := range starts[1:] {
			for c := range s.crowds {
				s.descend(kinds, c, &best)
			}
		}
	}
	s.work = min(maxWork, first)
	s.within((hi - lo) / 2)
	for c := range best {
		if len(best[c]) > 0 {
			s.descend(best[c][0].kinds, c, &best)
		}
	}
	return &best
}

// starts returns kinds to begin with, of which all weights are sums.
func (s *search) starts() [][]int16 {
	lo, hi := s.ends()
	out := [][]int16{{1, int16(max(hi, 2) / 2), -1, int16(min(lo, -2) / 2)}}
	if digits := binaryKinds(lo, hi); digits != nil {
		out = append(out, digits)
	}
	// Digits of a larger base, the highest negative where some weights are.
	base := 2
	for base*base*base*base < s.largest() {
		base++
	}
	digits := []int16{1, int16(base), int16(base * base), int16(min(base*base*base, s.most))}
	if lo < 0 {
		digits[3] = int16(max(-base*base*base, s.least))
	}
	out = append(out, digits)
	// The commonest weights.
	order := make([]int, len(s.weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return s.counts[b] - s.counts[a] })
	var common []int16
	for _, i := range order[:targets.AxonTypes] {
		common = append(common, s.weights[i])
	}
	return append(out, common)
}

// binaryKinds returns the binary digits of numbers from lo to hi, the highest
// negative where some are, if they are no more than the types: so a source has as
// many axons, which all neurons share, as there are digits.
func binaryKinds(lo, hi int) []int16 {
	for digits := 1; digits <= targets.AxonTypes; digits++ {
		top := 1 << (digits - 1)
		kinds := make([]int16, digits)
		for k := range kinds {
			kinds[k] = 1 << k
		}
		if lo >= 0 && hi < 2*top {
			return kinds
		}
		kinds[digits-1] = int16(-top)
		if lo >= -top && hi < top {
			return kinds
		}
	}
	return nil
}
