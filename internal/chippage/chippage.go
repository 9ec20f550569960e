// Package chippage draws the report of a compilation: how full each core of the
// mesh is and of what, and how much each link carries. WriteHTML makes a page
// that stands alone, WriteMap a map in letters for a terminal.
package chippage

import (
	"fmt"
	"math"

	"github.com/weft-toolchain/weft/compiler"
)

// window is the part of the mesh that is drawn: what has cores or links in use.
type window struct{ x0, y0, w, h int }

// windowOf returns the smallest rectangle of everything in use.
func windowOf(r *compiler.Report) window {
	if len(r.CoreList) == 0 {
		return window{}
	}
	x0, y0 := r.CoreList[0].X, r.CoreList[0].Y
	x1, y1 := x0, y0
	take := func(x, y int) {
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	for _, c := range r.CoreList {
		take(c.X, c.Y)
	}
	for _, l := range r.Links.List {
		take(l.From[0], l.From[1])
		take(l.To[0], l.To[1])
	}
	return window{x0, y0, x1 - x0 + 1, y1 - y0 + 1}
}

// String says which part of the mesh it is.
func (v window) String() string {
	return fmt.Sprintf("%d × %d cores from (%d, %d)", v.w, v.h, v.x0, v.y0)
}

// letters are the limits of a core, by one letter each.
var letters = []struct {
	Letter, Limit string
}{{"N", "neurons"}, {"A", "axons"}, {"S", "synapses"}, {"F", "fan-out"}}

// letter returns the letter of a limit.
func letter(limit string) string {
	for _, l := range letters {
		if l.Limit == limit {
			return l.Letter
		}
	}
	return "?"
}

// fullest returns the load of the fullest link, at least 1.
func fullest(r *compiler.Report) int64 {
	if l := r.Links.Fullest; l != nil && l.Load.Weighted > 0 {
		return l.Load.Weighted
	}
	return 1
}

// bin returns in which of n equal parts of 0 to 1 a share is, each with its
// upper end.
func bin(share float64, n int) int {
	return max(0, min(int(math.Ceil(share*float64(n)))-1, n-1))
}
