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
	back []int32
	next func(at, to int32) int32
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
		width: p.Width, height: p.Height, next: p.Next, holds: p.Holds,
		chipWidth: max(p.ChipWidth, 0), chipHeight: max(p.ChipHeight, 0), price: max(p.ChipLink, 1),
	}
	spots := g.spots()
	g.x, g.y = make([]int32, spots), make([]int32, spots)
	for s := range spots {
		x, y := s%g.width, s/g.width
		g.x[s] = int32(x + (g.price-1)*crossed(x, g.chipWidth))
		g.y[s] = int32(y + (g.price-1)*crossed(y, g.chipHeight))
	}
	if g.next != nil {
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

// step returns the spot after at on the way to spot to, negative if there is
// none.
func (g *grid) step(at, to int32) int32 {
	w := int32(g.width)
	switch dx := to%w - at%w; {
	case g.next != nil:
		return g.next(at, to)
	case dx > 0:
		return at + 1
	case dx < 0:
		return at - 1
	case to > at:
		return at + w
	}
	return at - w
}

const (
	unknown = -2
	noWay   = -1
)

// tabulate fills cost. A way that leads to no neighbour, or in a circle, is
// none.
func (g *grid) tabulate() {
	spots := int32(g.spots())
	g.cost = make([]int32, int(spots)*int(spots))
	for i := range g.cost {
		g.cost[i] = unknown
	}
	var trail []int32
	for to := range spots {
		at := func(from int32) *int32 { return &g.cost[int(from)*int(spots)+int(to)] }
		*at(to) = 0
		for from := range spots {
			trail = trail[:0]
			s := from
			for s >= 0 && *at(s) == unknown {
				*at(s) = noWay // until known otherwise; also what a circle meets
				trail = append(trail, s)
				if s = g.next(s, to); s >= spots || s >= 0 && !g.neighbours(trail[len(trail)-1], s) {
					s = noWay
				}
			}
			for i := len(trail) - 1; i >= 0 && s >= 0 && *at(s) >= 0; i-- {
				*at(trail[i]) = *at(s) + g.link(trail[i], s)
				s = trail[i]
			}
		}
	}
	g.back = make([]int32, len(g.cost))
	for from := range int(spots) {
		for to := range int(spots) {
			g.back[to*int(spots)+from] = g.cost[from*int(spots)+to]
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
