package place

// grid is the mesh as the search needs it: what the way between two spots
// costs.
type grid struct {
	width, height int
	// x and y are where each spot is, in links along each axis from spot 0; one
	// between chips is as long as its price.
	x, y []int32
	// cost[a*spots+b] is what the way from a to b costs, negative if there is
	// none; nil where it is |Δx| + |Δy|.
	cost []int32
	// back[a*spots+b] is what the way from b to a costs: cost the other way
	// round, so that all ways of one spot lie together.
	back  []int32
	route func(from, to int32, visit func(spot int32)) bool
	// part[s] is the part of the mesh that spot s belongs to. Between any two
	// spots of one part there are ways both ways. It is negative where no core
	// may be put.
	part []int32
	// holds is that of the Problem.
	holds []int32
	// chips gives the price of a link.
	chipWidth, chipHeight, price int
}

func newGrid(p *Problem) *grid {
	g := &grid{
		width: p.Width, height: p.Height, route: p.Route, holds: p.Holds,
		chipWidth: max(p.ChipWidth, 0), chipHeight: max(p.ChipHeight, 0), price: max(p.ChipLink, 1),
	}
	spots := g.spots()
	g.x, g.y = make([]int32, spots), make([]int32, spots)
	for s := range spots {
		x, y := s%g.width, s/g.width
		g.x[s] = int32(x + (g.price-1)*crossed(x, g.chipWidth))
		g.y[s] = int32(y + (g.price-1)*crossed(y, g.chipHeight))
	}
	if g.route != nil {
		g.tabulate()
	}
	g.divide(p.Usable)
	return g
}

// crossed returns how many borders of chips lie between coordinate 0 and at.
func crossed(at, size int) int {
	if size == 0 {
		return 0
	}
	return at / size
}

func (g *grid) spots() int { return g.width * g.height }

// way returns what the way from a to b costs, negative if there is none.
func (g *grid) way(a, b int32) int32 {
	if g.cost != nil {
		return g.cost[int(a)*g.spots()+int(b)]
	}
	return abs(g.x[a]-g.x[b]) + abs(g.y[a]-g.y[b])
}

// link returns what the link between two neighbours costs.
func (g *grid) link(a, b int32) int32 { return abs(g.x[a]-g.x[b]) + abs(g.y[a]-g.y[b]) }

// links calls visit with the ends of each link of the way between two spots.
func (g *grid) links(from, to int32, visit func(at, next int32)) {
	if g.route != nil {
		at := from
		g.route(from, to, func(next int32) {
			visit(at, next)
			at = next
		})
		return
	}
	w := int32(g.width)
	for at := from; at != to; {
		next := at - w
		switch dx := to%w - at%w; {
		case dx > 0:
			next = at + 1
		case dx < 0:
			next = at - 1
		case to > at:
			next = at + w
		}
		visit(at, next)
		at = next
	}
}

const noWay = -1

// tabulate fills cost. A way that does not go from neighbour to neighbour, and to the
// end, is none.
func (g *grid) tabulate() {
	spots := int32(g.spots())
	g.cost = make([]int32, int(spots)*int(spots))
	g.back = make([]int32, len(g.cost))
	for from := range spots {
		for to := range spots {
			cost, at := int32(0), from
			ok := g.route(from, to, func(next int32) {
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
			g.cost[int(from)*int(spots)+int(to)] = cost
			g.back[int(to)*int(spots)+int(from)] = cost
		}
	}
}

func (g *grid) neighbours(a, b int32) bool {
	w := int32(g.width)
	return abs(a%w-b%w)+abs(a/w-b/w) == 1
}

// divide fills part: each spot joins the first part all of whose spots it has
// ways to and from.
func (g *grid) divide(usable []bool) {
	g.part = make([]int32, g.spots())
	var firsts []int32 // of each part, its first spot
	for s := range int32(g.spots()) {
		g.part[s] = -1
		if usable != nil && !usable[s] {
			continue
		}
		for k, f := range firsts {
			if g.joined(s, f) {
				g.part[s] = int32(k)
				break
			}
		}
		if g.part[s] < 0 {
			g.part[s] = int32(len(firsts))
			firsts = append(firsts, s)
		}
	}
}

// joined reports whether there are ways from a to b and from b to a.
func (g *grid) joined(a, b int32) bool { return g.way(a, b) >= 0 && g.way(b, a) >= 0 }

func abs(x int32) int32 { return max(x, -x) }
