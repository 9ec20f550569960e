package place

// grid is the mesh as the search needs it: what the way between two spots
// costs.
type grid struct {
	width, height int
	// x and y are where each spot is, in links along each axis from spot 0; one
	// between chips is as long as its price.
	x, y []int32
	// cost and back are those of the ways; nil where it is |Δx| + |Δy|.
	cost, back []int32
	ways       *Ways
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
		width: p.Width, height: p.Height, ways: p.Ways, holds: p.Holds,
		chipWidth: max(p.ChipWidth, 0), chipHeight: max(p.ChipHeight, 0), price: max(p.ChipLink, 1),
	}
	spots := g.spots()
	g.x, g.y = make([]int32, spots), make([]int32, spots)
	for s := range spots {
		x, y := s%g.width, s/g.width
		g.x[s] = int32(x + (g.price-1)*crossed(x, g.chipWidth))
		g.y[s] = int32(y + (g.price-1)*crossed(y, g.chipHeight))
	}
	if g.ways != nil {
		g.cost, g.back = g.ways.cost, g.ways.back
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
	if g.ways != nil {
		at := from
		g.ways.route(from, to, func(next int32) {
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
