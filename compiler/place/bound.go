package place

import (
	"cmp"
	"math"
	"slices"
)

// Bounds is what no placement of a problem can do better than.
type Bounds struct {
	Hops    int64 // at least so many hops, each counted once, between chips or not
	MaxLink int64 // at least so many packets on the fullest link
}

// mostAssigned is the most usable spots of a mesh for which the bound on hops
// assigns cores to spots; its time grows with their third power.
const mostAssigned = 256

// Bound returns lower bounds that hold for every placement of p, whatever the
// ways of its packets: p.Ways, which can only make them longer, is not asked. It
// is an error if the problem contradicts itself.
//
// Each core at each spot has to pay at least for its flows if the heaviest go to
// the nearest spots, two at most to a flow's two ends; the cheapest assignment
// of cores to spots at these prices is Gilmore's (1962) and Lawler's (1963)
// bound. On large meshes each core takes its cheapest spot instead. A net pays
// one hop for each core that it reaches besides its own.
func Bound(p *Problem) (Bounds, error) {
	if err := p.check(); err != nil {
		return Bounds{}, err
	}
	bare := *p
	bare.Ways, bare.ChipWidth, bare.ChipHeight, bare.ChipLink = nil, 0, 0, 0
	m := newModel(&bare, newGrid(&bare))
	twice := m.pairsBound()
	for _, t := range m.trees {
		twice += 2 * t.weight * m.leastEnds(t)
	}
	b := Bounds{Hops: (twice + 1) / 2}
	if links := int64(2*m.height*(m.width-1) + 2*m.width*(m.height-1)); links > 0 {
		b.MaxLink = (b.Hops + links - 1) / links
	}
	return b, nil
}

// leastEnds returns how many links a tree crosses at least. The host and one
// core may be at one spot.
func (m *model) leastEnds(t tree) int64 {
	ends := int64(len(t.to))
	if t.from == int32(m.cores) || slices.Contains(t.to, int32(m.cores)) {
		ends--
	}
	return ends
}

// pairsBound returns a lower bound on twice the hops of the flows.
func (m *model) pairsBound() int64 {
	var spots []int32
	for s, k := range m.part {
		if k >= 0 {
			spots = append(spots, int32(s))
		}
	}
	heavy := make([][]int64, m.cores) // each core's flows, the heaviest first
	host := make([]int64, m.cores)
	for c := range heavy {
		for _, l := range m.of(int32(c)) {
			if int(l.core) == m.cores {
				host[c] = l.out + l.in
			} else {
				heavy[c] = append(heavy[c], l.out+l.in)
			}
		}
		slices.SortFunc(heavy[c], func(a, b int64) int { return cmp.Compare(b, a) })
	}
	price := func(c int, s int32, rings []int) int64 {
		sum := 2 * host[c] * int64(m.way(s, 0))
		i := 0
		for d := 1; i < len(heavy[c]) && d < len(rings); d++ {
			for n := 0; n < rings[d] && i < len(heavy[c]); n++ {
				sum += heavy[c][i] * int64(d)
				i++
			}
		}
		return sum
	}
	if len(spots) <= mostAssigned {
		prices := make([][]int64, m.cores) // of each core at each spot
		for _, s := range spots {
			rings := m.rings(s, spots)
			for c := range prices {
				prices[c] = append(prices[c], price(c, s, rings))
			}
		}
		return assign(prices)
	}
	least := slices.Repeat([]int64{math.MaxInt64}, m.cores)
	for _, s := range spots {
		rings := m.rings(s, spots)
		for c := range least {
			least[c] = min(least[c], price(c, s, rings))
		}
	}
	var sum int64
	for _, l := range least {
		sum += l
	}
	return sum
}

// rings returns how many of the spots are at each distance from s.
func (m *model) rings(s int32, spots []int32) []int {
	rings := make([]int, m.width+m.height)
	for _, o := range spots {
		rings[m.way(s, o)]++
	}
	return rings
}

// assign returns the least sum of prices if each row takes a column of its own;
// there are at least as many columns as rows. It is the Hungarian method by
// shortest augmenting paths (Jonker and Volgenant 1987).
func assign(price [][]int64) int64 {
	if len(price) == 0 {
		return 0
	}
	columns := len(price[0])
	row := make([]int64, len(price)+1) // potentials of rows, from 1
	column := make([]int64, columns+1) // and of columns, from 1
	takenBy := make([]int, columns+1)  // the row of each column; column 0 is the start
	from := make([]int, columns+1)     // the column before on the path
	for i := 1; i <= len(price); i++ {
		takenBy[0] = i
		least := slices.Repeat([]int64{math.MaxInt64}, columns+1)
		done := make([]bool, columns+1)
		at := 0
		for takenBy[at] != 0 {
			done[at] = true
			r, next, delta := takenBy[at], 0, int64(math.MaxInt64)
			for j := 1; j <= columns; j++ {
				if done[j] {
					continue
				}
				if d := price[r-1][j-1] - row[r] - column[j]; d < least[j] {
					least[j], from[j] = d, at
				}
				if least[j] < delta {
					delta, next = least[j], j
				}
			}
			for j := range done {
				if done[j] {
					row[takenBy[j]] += delta
					column[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			at = next
		}
		for at != 0 {
			takenBy[at] = takenBy[from[at]]
			at = from[at]
		}
	}
	var sum int64
	for j := 1; j <= columns; j++ {
		if takenBy[j] != 0 {
			sum += price[takenBy[j]-1][j-1]
		}
	}
	return sum
}
