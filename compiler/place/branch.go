package place

// brancher finds the links that a net crosses. It is scratch of one search.
type brancher struct {
	*grid
	// seen is the last look that came by a column, or by a link.
	seen []int32
	look int32
	// columns are those with a branch, and low and high the rows that a
	// column's branch reaches from and to.
	columns   []int32
	low, high []int32
}

func newBrancher(g *grid) brancher {
	return brancher{
		grid: g, low: make([]int32, g.width), high: make([]int32, g.width),
		seen: make([]int32, numSides*g.spots()),
	}
}

// cost returns what a tree costs where spot tells where the cores are: its
// packets by the prices of the links on the way to any of its ends.
func (b *brancher) cost(t *tree, spot []int32) int64 {
	var sum int64
	if b.ways == nil {
		sum = b.flatCost(t, spot)
	} else {
		b.walk(t, spot, func(at, to int32) { sum += int64(b.link(at, to)) })
	}
	return t.weight * sum
}

// flatCost is a trunk along the row of the source, and from it a branch up and
// down in each column that holds an end.
func (b *brancher) flatCost(t *tree, spot []int32) int64 {
	b.look++
	w := int32(b.width)
	from := spot[t.from]
	x, y := from%w, from/w
	left, right := x, x
	b.columns = b.columns[:0]
	for _, c := range t.to {
		at := spot[c]
		cx, cy := at%w, at/w
		if b.seen[cx] != b.look {
			b.seen[cx] = b.look
			b.low[cx], b.high[cx] = y, y
			b.columns = append(b.columns, cx)
		}
		b.low[cx], b.high[cx] = min(b.low[cx], cy), max(b.high[cx], cy)
		left, right = min(left, cx), max(right, cx)
	}
	sum := b.x[right] - b.x[left]
	for _, cx := range b.columns {
		sum += b.y[b.high[cx]*w] - b.y[b.low[cx]*w]
	}
	return int64(sum)
}

// The sides of a spot by which a packet may leave it, in the order of package
// noc.
const (
	east = iota
	west
	north
	south
	numSides
)

// side returns by which side a packet leaves a spot for its neighbour.
func (g *grid) side(at, to int32) int32 {
	switch row := at/int32(g.width) == to/int32(g.width); {
	case row && to > at:
		return east
	case row:
		return west
	case to < at:
		return north
	}
	return south
}

// walk visits each link of a tree once, in order of its ends. A way that ends
// nowhere is followed as far as it goes.
func (b *brancher) walk(t *tree, spot []int32, visit func(at, to int32)) {
	b.look++
	for _, c := range t.to {
		b.links(spot[t.from], spot[c], func(at, to int32) {
			if l := numSides*at + b.side(at, to); b.seen[l] != b.look {
				b.seen[l] = b.look
				visit(at, to)
			}
		})
	}
}
