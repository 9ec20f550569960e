// Package pareto finds the points that no other point is better than in
// everything that counts, and draws points over two such figures.
package pareto

import (
	"cmp"
	"math"
	"slices"
)

// Front reports of each point whether no other is at least as good in every
// coordinate and better in one. Less is better; where more is, give the negative.
// Points that are equal are on the front together. A point with a NaN is not on
// it, and stands in nobody's way.
func Front(points [][]float64) []bool {
	order := make([]int, 0, len(points))
	for i, p := range points {
		if !slices.ContainsFunc(p, math.IsNaN) {
			order = append(order, i)
		}
	}
	// Who is better than a point comes before it in this order, and so does one of
	// the front that is.
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(slices.Compare(points[a], points[b]), a-b) })
	on := make([]bool, len(points))
	var front []int
	for _, i := range order {
		if !slices.ContainsFunc(front, func(f int) bool { return dominates(points[f], points[i]) }) {
			on[i] = true
			front = append(front, i)
		}
	}
	return on
}

// dominates reports whether a is at least as good as b everywhere, and better
// somewhere.
func dominates(a, b []float64) bool {
	better := false
	for k := range a {
		if a[k] > b[k] {
			return false
		}
		better = better || a[k] < b[k]
	}
	return better
}
