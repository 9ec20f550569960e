// Package chippage draws chips: maps of the mesh's cores and links, and the report
// of a compilation as a page that stands alone (WriteHTML), as the tables of one
// (Tables) and as a map in letters for a terminal (WriteMap).
package chippage

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler"
)

// windowOf returns the smallest rectangle of everything in use.
func windowOf(r *compiler.Report) Window {
	var v Window
	if len(r.CoreList) == 0 {
		return v
	}
	for _, c := range r.CoreList {
		v.Take(c.X, c.Y)
	}
	for _, l := range r.Links.List {
		v.Take(l.From[0], l.From[1])
		v.Take(l.To[0], l.To[1])
	}
	if r.Chips != nil {
		v.chip = r.Chips.Size
	}
	return v
}

// limitLetters are the limits of a core, by one letter each.
var limitLetters = []LimitLetter{{"N", "neurons"}, {"A", "axons"}, {"S", "synapses"}, {"F", "fan-out"}}

// LimitLetter is what a limit of a core is written as on a map.
type LimitLetter struct{ Letter, Limit string }

// Letters lists the limits of a core with their letters.
func Letters() []LimitLetter { return slices.Clone(limitLetters) }

// letter returns the letter of a limit.
func letter(limit string) string {
	for _, l := range limitLetters {
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
