package place

import "slices"

// state is a placement under search, with what its trees cost.
type state struct {
	*model
	// spot is where each core is, that of the host, spot 0, last; core is which
	// core is at each spot, or empty.
	spot, core []int32
	// at is the coordinates of each core's spot, the host's last.
	at       []coordinates
	treeCost []int64
	brancher brancher
	// touched and changed are the trees of the last move looked at, and their
	// costs after it.
	touched []int32
	changed []int64
	mark    []int32 // of each tree, the last look that touched it
	look    int32
}

const empty = -1

type coordinates struct{ x, y int32 }

func newState(m *model, spots []int32) *state {
	s := &state{
		model: m, spot: make([]int32, m.cores+1), at: make([]coordinates, m.cores+1),
		core: slices.Repeat([]int32{empty}, m.spots()), treeCost: make([]int64, len(m.trees)),
		mark: make([]int32, len(m.trees)), brancher: newBrancher(m.grid),
	}
	s.put(spots)
	return s
}

// put puts all cores to spots.
func (s *state) put(spots []int32) {
	for _, at := range s.placed() {
		s.core[at] = empty
	}
	copy(s.spot, spots)
	for c, at := range spots {
		s.core[at] = int32(c)
	}
	for c, p := range s.spot {
		s.at[c] = coordinates{s.x[p], s.y[p]}
	}
	for i := range s.trees {
		s.treeCost[i] = s.brancher.cost(&s.trees[i], s.spot)
	}
}

// total returns what the placement costs, from scratch.
func (s *state) total() int64 {
	var sum int64
	for c := range int32(s.cores + 1) {
		for _, l := range s.of(c) {
			sum += l.out * int64(s.way(s.spot[c], s.spot[l.core]))
		}
	}
	for i := range s.trees {
		sum += s.brancher.cost(&s.trees[i], s.spot)
	}
	return sum
}

// may reports whether core a may go to spot q, and the core there come back.
func (s *state) may(a, q int32) bool {
	p := s.spot[a]
	if p == q || s.part[p] != s.part[q] || !s.holding(q, a) {
		return false
	}
	b := s.core[q]
	return b < 0 || s.holding(p, b)
}

// delta returns by how much the cost grows if core a goes to spot q, and the
// core there, if any, to a's spot.
func (s *state) delta(a, q int32) int64 {
	p, b := s.spot[a], s.core[q]
	var d int64
	if s.cost == nil {
		d = s.flat(a, b, p, q)
		if b >= 0 {
			d += s.flat(b, a, q, p)
		}
	} else {
		d = s.tabled(a, b, p, q)
		if b >= 0 {
			d += s.tabled(b, a, q, p)
		}
	}
	if len(s.trees) > 0 {
		d += s.branched(a, b, q)
	}
	return d
}

// flat is core c's part of delta when it goes from p to q, without what it
// exchanges with the core other, to which it stays as near as it is.
func (s *state) flat(c, other, p, q int32) int64 {
	from, to := coordinates{s.x[p], s.y[p]}, coordinates{s.x[q], s.y[q]}
	var d int64
	if s.pairs == nil {
		for _, l := range s.of(c) {
			if l.core != other {
				d += (l.out + l.in) * int64(s.at[l.core].farther(from, to))
			}
		}
		return d
	}
	for _, l := range s.pairs[s.first[c]:s.first[c+1]] {
		if l.core != other {
			d += int64(l.packets) * int64(s.at[l.core].farther(from, to))
		}
	}
	return d
}

// farther returns by how much farther one is from q than from p.
func (c coordinates) farther(p, q coordinates) int32 {
	return abs(q.x-c.x) + abs(q.y-c.y) - abs(p.x-c.x) - abs(p.y-c.y)
}

// tabled is flat where the ways are in a table, and may differ there and back.
// Of what two swapped cores exchange, each counts what it sends.
func (s *state) tabled(c, other, p, q int32) int64 {
	n := int32(s.spots())
	fromP, fromQ := s.cost[p*n:(p+1)*n], s.cost[q*n:(q+1)*n]
	toP, toQ := s.back[p*n:(p+1)*n], s.back[q*n:(q+1)*n]
	var d int64
	for _, l := range s.of(c) {
		if l.core == other {
			d += l.out * int64(fromQ[p]-fromP[q])
			continue
		}
		at := s.spot[l.core]
		d += l.out*int64(fromQ[at]-fromP[at]) + l.in*int64(toQ[at]-toP[at])
	}
	return d
}

// branched is the trees' part of delta. It notes what they cost afterwards.
func (s *state) branched(a, b, q int32) int64 {
	s.look++
	s.touched, s.changed = s.touched[:0], s.changed[:0]
	p := s.spot[a]
	s.swap(a, q)
	var d int64
	for _, c := range [...]int32{a, b} {
		if c < 0 {
			continue
		}
		for _, i := range s.treesOf[s.treeFirst[c]:s.treeFirst[c+1]] {
			if s.mark[i] == s.look {
				continue
			}
			s.mark[i] = s.look
			cost := s.brancher.cost(&s.trees[i], s.spot)
			d += cost - s.treeCost[i]
			s.touched, s.changed = append(s.touched, i), append(s.changed, cost)
		}
	}
	s.swap(a, p)
	return d
}

// swap puts core a at spot q, and the core there at a's spot.
func (s *state) swap(a, q int32) {
	p, b := s.spot[a], s.core[q]
	s.spot[a], s.core[q] = q, a
	s.core[p] = b
	if b >= 0 {
		s.spot[b] = p
		s.at[b] = s.at[a]
	}
	s.at[a] = coordinates{s.x[q], s.y[q]}
}

// move makes the move that delta was last asked about.
func (s *state) move(a, q int32) {
	s.swap(a, q)
	for k, i := range s.touched {
		s.treeCost[i] = s.changed[k]
	}
}

// placed returns where the cores are.
func (s *state) placed() []int32 { return s.spot[:s.cores] }
