package partition

// state is a partition of a graph that vertices are moved about in. A cell for
// each core and net says who in the core has the net, so that what a move costs
// is read off two rows of cells. Limits may be exceeded; by how much is known.
type state struct {
	g    *graph
	k    int     // cores, empty ones included
	core []int32 // core of each vertex
	// cells[c*nets+e] is twice the vertices in core c that read net e, and one
	// more if the source of e is there.
	cells []uint16
	// syn is, for each cell, the synapses of the net in the core; nil if words
	// have no limit.
	syn     []int32
	used    []use
	members [][]int32 // vertices of each core
	place   []int32   // index of each vertex among its core's members

	cost []cost
	// gains is nil, or what moves would change.
	gains *gains

	price [4]int64
	conn  int64 // the sum of weight × (cores − 1)
	over  int64 // the sum over cores of excess
}

// stateVertices is the most vertices that a state takes, so that a cell of 16 bits
// cannot overflow.
const stateVertices = 32_000

// overUnit is the excess of one axon.
const overUnit = 16

// newState returns the state in which vertex v is in core[v] < k.
func newState(g *graph, core []int32, k int) *state {
	s := &state{
		g: g, k: k, core: make([]int32, g.vertices()), cells: make([]uint16, k*g.nets()),
		used: make([]use, k), members: make([][]int32, k), place: make([]int32, g.vertices()),
		cost: make([]cost, g.nets()),
	}
	if g.syn != nil {
		s.syn = make([]int32, k*g.nets())
	}
	for e := range s.cost {
		s.cost[e] = cost{g.weight[e], g.axons[e]}
	}
	// A core too full by one part in so many is as bad in each of the limits.
	for i, limit := range []int32{g.limit.slots, g.limit.axons, g.limit.words, g.limit.out} {
		s.price[i] = max(overUnit*int64(g.limit.axons)/int64(max(limit, 1)), 1)
	}
	for v, c := range core {
		s.core[v] = -1
		s.enter(int32(v), c)
	}
	s.recount()
	return s
}

// recount sets conn and over from the cells.
func (s *state) recount() {
	s.conn, s.over = 0, 0
	for _, w := range s.cost {
		s.conn -= w.conn
	}
	nets := s.g.nets()
	for i, cell := range s.cells {
		if cell > 0 {
			s.conn += s.cost[i%nets].conn
		}
	}
	for _, u := range s.used {
		s.over += s.excess(u)
	}
}

// excess is how much u exceeds a core's limits, in units of an axon / overUnit.
func (s *state) excess(u use) int64 {
	limit := &s.g.limit
	over := int64(0)
	if d := u.slots - limit.slots; d > 0 {
		over += int64(d) * s.price[0]
	}
	if d := u.axons - limit.axons; d > 0 {
		over += int64(d) * s.price[1]
	}
	if d := u.words - limit.words; d > 0 {
		over += int64(d) * s.price[2]
	}
	if d := u.out - limit.out; d > 0 {
		over += int64(d) * s.price[3]
	}
	return over
}

// admits reports whether the class of v may be in core c.
func (s *state) admits(c, v int32) bool {
	m := s.members[c]
	return len(m) == 0 || s.g.class[m[0]] == s.g.class[v]
}

// A change is what a move would do: to connectivity, and to what is used in
// the core that is left and in the one that is entered.
type change struct {
	conn        int64
	leave, join use
}

// cost is what a net costs in each core.
type cost struct {
	conn  int64 // for each core it has to do with but one
	axons int32 // where it is read
}

// row returns the cells of core c.
func (s *state) row(c int32) []uint16 {
	nets := len(s.cost)
	return s.cells[int(c)*nets : (int(c)+1)*nets]
}

// try returns what moving v to another core would change.
func (s *state) try(v, to int32) change {
	from := s.core[v]
	if s.gains == nil {
		return s.tryBetween(v, from, to, s.used[from], s.used[to])
	}
	conn, less, more := s.gains.between(v, to)
	c := change{conn: conn, leave: s.used[from].minus(s.g.own[v]), join: s.used[to].plus(s.g.own[v])}
	c.leave.axons -= less
	c.join.axons += more
	return c
}

// trySwap returns what moving v to the core of x and then x to that of v would
// change, where first is what the first of these moves would.
func (s *state) trySwap(v, x int32, first change) change {
	from, to := s.core[v], s.core[x]
	s.shiftCells(v, from, to)
	back := s.tryBetween(x, to, from, first.join, first.leave)
	s.shiftCells(v, to, from)
	return change{conn: first.conn + back.conn, leave: back.join, join: back.leave}
}

// tryBetween returns what moving v would change in two cores that use so much, by
// their cells as they are.
func (s *state) tryBetween(v, from, to int32, usedFrom, usedTo use) change {
	g := s.g
	rowA, rowB := s.row(from), s.row(to)
	var conn int64
	var less, more int32
	for _, t := range g.pins[g.off[v]:g.off[v+1]] {
		e := t.other()
		a, b := rowA[e], rowB[e]
		w := &s.cost[e]
		// Nothing is jumped over: where a jump goes cannot be foreseen here.
		var lost, won int64
		if a == uint16(t.kind()) {
			lost = w.conn
		}
		if b == 0 {
			won = w.conn
		}
		conn += won - lost
		axons := t.ifReads(w.axons)
		var freed, taken int32
		if a < 2*kindRead {
			freed = axons
		}
		if b < kindRead {
			taken = axons
		}
		less += freed
		more += taken
	}
	c := change{conn: conn, leave: usedFrom.minus(g.own[v]), join: usedTo.plus(g.own[v])}
	c.leave.axons -= less
	c.join.axons += more
	if s.syn != nil {
		less, more := s.wordsMoved(v, from, to)
		c.leave.words -= less
		c.join.words += more
	}
	return c
}

// wordsMoved returns by how many words the synapses of v are fewer in one core
// and more in another if v moves.
func (s *state) wordsMoved(v, from, to int32) (less, more int32) {
	g := s.g
	nets := len(s.cost)
	for i := g.off[v]; i < g.off[v+1]; i++ {
		e, n := int(g.pins[i].other()), g.syn[i]
		a, b := s.syn[int(from)*nets+e], s.syn[int(to)*nets+e]
		less += g.words(a) - g.words(a-n)
		more += g.words(b+n) - g.words(b)
	}
	return less, more
}

// overBy returns how much c adds to the excess of all cores.
func (s *state) overBy(v, to int32, c change) int64 {
	from := s.core[v]
	return s.excess(c.leave) - s.excess(s.used[from]) + s.excess(c.join) - s.excess(s.used[to])
}

// move puts v into another core; c is what try said, and over what overBy said.
func (s *state) move(v, to int32, c change, over int64) {
	from := s.core[v]
	s.shift(v, to)
	s.used[from], s.used[to] = c.leave, c.join
	s.conn += c.conn
	s.over += over
}

// shift moves v in everything but what is used.
func (s *state) shift(v, to int32) {
	from := s.core[v]
	if s.gains == nil {
		s.shiftCells(v, from, to)
	} else {
		s.shiftGains(v, from, to)
	}
	m := s.members[from]
	last := m[len(m)-1]
	m[s.place[v]] = last
	s.place[last] = s.place[v]
	s.members[from] = m[:len(m)-1]
	s.join(v, to)
}

// shiftCells moves v in the cells alone.
func (s *state) shiftCells(v, from, to int32) {
	g := s.g
	rowA, rowB := s.row(from), s.row(to)
	for _, t := range g.pinsOf(v) {
		e := t.other()
		rowA[e] -= uint16(t.kind())
		rowB[e] += uint16(t.kind())
	}
	if s.syn == nil {
		return
	}
	nets := len(s.cost)
	for i := g.off[v]; i < g.off[v+1]; i++ {
		e := int(g.pins[i].other())
		s.syn[int(from)*nets+e] -= g.syn[i]
		s.syn[int(to)*nets+e] += g.syn[i]
	}
}

func (s *state) join(v, to int32) {
	s.core[v] = to
	s.place[v] = int32(len(s.members[to]))
	s.members[to] = append(s.members[to], v)
}

// enter puts v, which is in no core, into one.
func (s *state) enter(v, to int32) {
	g := s.g
	u := &s.used[to]
	*u = u.plus(g.own[v])
	row := s.row(to)
	for i := g.off[v]; i < g.off[v+1]; i++ {
		t := g.pins[i]
		e := t.other()
		if t.reads() && row[e] < kindRead {
			u.axons += g.axons[e]
		}
		row[e] += uint16(t.kind())
		if s.syn != nil {
			syn := &s.syn[int(to)*len(s.cost)+int(e)]
			u.words += g.words(*syn+g.syn[i]) - g.words(*syn)
			*syn += g.syn[i]
		}
	}
	s.join(v, to)
}
