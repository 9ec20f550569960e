package place

import "fmt"

// Ways are what ways between all spots of a mesh cost that are others than along x
// first: made once for all that is asked of the mesh.
type Ways struct {
	// cost[a*spots+b] is what the way from a to b costs, negative if there is none.
	// back[a*spots+b] is what that from b to a does: cost the other way round, so that
	// all ways of one spot lie together.
	cost, back []int32
	route      func(from, to int32, visit func(spot int32)) bool
}

// maxTable is the most spots of a mesh with ways of its own: a table has all pairs.
const maxTable = 8192

const noWay = -1

// NewWays returns the ways of p's mesh, of which its size and its chips count. route
// calls visit with each spot that a packet comes to on its way between two spots,
// neighbour by neighbour and the last of them included, and reports whether there is a
// way; one that does not go so is none.
func NewWays(p *Problem, route func(from, to int32, visit func(spot int32)) bool) (*Ways, error) {
	bare := Problem{Width: p.Width, Height: p.Height, ChipWidth: p.ChipWidth, ChipHeight: p.ChipHeight, ChipLink: p.ChipLink}
	if err := bare.check(); err != nil {
		return nil, err
	}
	if p.Width*p.Height > maxTable {
		return nil, fmt.Errorf("a mesh of %d×%d spots with ways of its own; the most are %d", p.Width, p.Height, maxTable)
	}
	g := newGrid(&bare)
	spots := int32(g.spots())
	w := &Ways{cost: make([]int32, int(spots)*int(spots)), back: make([]int32, int(spots)*int(spots)), route: route}
	for from := range spots {
		for to := range spots {
			cost, at := int32(0), from
			ok := route(from, to, func(next int32) {
				if cost >= 0 && next >= 0 && next < spots && g.neighbours(at, next) {
					cost += g.link(at, next)
				} else {
					cost = noWay
				}
				at = next
			})
			if !ok || at != to {
				cost = noWay
			}
			w.cost[int(from)*int(spots)+int(to)] = cost
			w.back[int(to)*int(spots)+int(from)] = cost
		}
	}
	return w, nil
}
