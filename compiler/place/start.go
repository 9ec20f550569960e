package place

import (
	"cmp"
	"math"
	"slices"
)

// region returns n of a site's spots: those of the smallest near-square block
// at the port that holds them, row by row, there and back.
func (g *grid) region(spots []int32, n int) []int32 {
	w := int32(g.width)
	reach := func(s int32) int32 { return max(s%w, s/w) }
	sorted := slices.SortedStableFunc(slices.Values(spots), func(a, b int32) int {
		return cmp.Or(cmp.Compare(reach(a), reach(b)), cmp.Compare(a, b))
	})
	chosen := sorted[:n]
	slices.SortFunc(chosen, func(a, b int32) int {
		ay, by := a/w, b/w
		if ay != by {
			return cmp.Compare(ay, by)
		}
		if ay%2 == 1 {
			return cmp.Compare(b, a)
		}
		return cmp.Compare(a, b)
	})
	return chosen
}

// walk places the cores of each site in their order along its region.
func (m *model) walk(sites []site) []int32 {
	out := make([]int32, m.cores)
	for _, s := range sites {
		for i, at := range m.region(s.spots, len(s.cores)) {
			out[s.cores[i]] = at
		}
	}
	return out
}

// settle gives cores whose spots have not what they need the nearest ones of their
// part that have, where they must at the cost of cores that need less. Each core
// finds one if any placement has one for all: those that need most choose first, and
// what serves them serves all others.
func (m *model) settle(spots []int32) []int32 {
	if m.needs == nil {
		return spots
	}
	order := make([]int32, m.cores)
	for c := range order {
		order[c] = int32(c)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(m.needs[b], m.needs[a]) })
	out, taken := make([]int32, m.cores), make([]bool, m.spots())
	var homeless []int32
	for _, c := range order {
		out[c] = m.nearest(spots[c], taken, func(s int32) bool { return m.holding(s, c) })
		if out[c] < 0 {
			homeless = append(homeless, c)
			continue
		}
		taken[out[c]] = true
	}
	for _, c := range homeless {
		out[c] = m.nearest(spots[c], taken, func(int32) bool { return true })
		taken[out[c]] = true
	}
	return out
}

// nearest returns the spot nearest to another one of its part that is not taken and
// suits, the first of equally near ones; negative if there is none.
func (m *model) nearest(to int32, taken []bool, suits func(int32) bool) int32 {
	if !taken[to] && suits(to) {
		return to
	}
	best, least := int32(-1), int32(math.MaxInt32)
	for s := range int32(m.spots()) {
		if taken[s] || m.part[s] != m.part[to] || !suits(s) {
			continue
		}
		if d := m.way(to, s); d < least {
			best, least = s, d
		}
	}
	return best
}

// spread places the cores of each site so that their order along each axis is
// that of their coordinates: the region is halved across its longer side, and so
// are the cores, until one is left.
func (m *model) spread(sites []site, a axes) []int32 {
	out := make([]int32, m.cores)
	for _, s := range sites {
		m.halve(m.region(s.spots, len(s.cores)), slices.Clone(s.cores), a, out)
	}
	return out
}

func (m *model) halve(spots, cores []int32, a axes, out []int32) {
	if len(spots) <= 1 {
		for i, c := range cores {
			out[c] = spots[i]
		}
		return
	}
	k, axis := m.cut(spots)
	slices.SortFunc(cores, func(i, j int32) int { return cmp.Or(cmp.Compare(a[axis][i], a[axis][j]), cmp.Compare(i, j)) })
	m.halve(spots[:k], cores[:k], a, out)
	m.halve(spots[k:], cores[k:], a, out)
}

// cut sorts the spots along their longer side and returns where to part them:
// between two lines if there are several. axis is 0 for along x.
func (m *model) cut(spots []int32) (k, axis int) {
	length := func(at []int32) int32 {
		low, high := at[spots[0]], at[spots[0]]
		for _, s := range spots {
			low, high = min(low, at[s]), max(high, at[s])
		}
		return high - low
	}
	along := [2][]int32{m.x, m.y}
	if length(m.y) > length(m.x) {
		axis = 1
	}
	at := along[axis]
	slices.SortFunc(spots, func(i, j int32) int { return cmp.Or(cmp.Compare(at[i], at[j]), cmp.Compare(i, j)) })
	k = len(spots) / 2
	for before, after := k, k; ; before, after = before-1, after+1 {
		switch {
		case before > 0 && at[spots[before-1]] != at[spots[before]]:
			return before, axis
		case after < len(spots) && at[spots[after-1]] != at[spots[after]]:
			return after, axis
		case before <= 0 && after >= len(spots):
			return k, axis
		}
	}
}

// turned returns the cheapest of the ways to lay two axes onto the mesh:
// mirrored or not, and turned by parts of a circle. Axes of nearly the same
// frequency come out of spectral turned by any angle.
func (m *model) turned(sites []site, a axes) []int32 {
	const angles = 16
	var best []int32
	var least int64
	for way := range 2 * angles {
		sin, cos := math.Sincos(2 * math.Pi * float64(way%angles) / angles)
		mirror := float64(1 - 2*(way/angles))
		var t axes
		for c := range a[0] {
			x, y := a[0][c], mirror*a[1][c]
			t[0] = append(t[0], float64(cos*x)-float64(sin*y))
			t[1] = append(t[1], float64(sin*x)+float64(cos*y))
		}
		spots := m.spread(sites, t)
		if cost := newState(m, spots).total(); best == nil || cost < least {
			best, least = spots, cost
		}
	}
	return best
}
