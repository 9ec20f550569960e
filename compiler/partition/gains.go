package partition

import (
	"math"
	"slices"
)

// A gain is what a vertex would add to a core that it were not in: to
// connectivity, and to the axons in use.
type gain struct{ conn, axons int32 }

// gains holds the gain of every vertex at every core, its own included, so that
// what a move changes is the difference of two. Keeping them costs a look at all
// vertices of a net for each core that begins or ends to have it: worth it where
// few of the moves that are tried are made.
type gains struct {
	of []gain // of[c*vertices+v]
	// own is each vertex's gain at its own core once more, close together.
	own []gain
}

// tabulate begins to hold gains, if s can: its words are not counted, and 32 bits
// hold what any vertex costs.
func (s *state) tabulate() {
	if s.gains != nil || s.syn != nil {
		return
	}
	g := s.g
	alone := make([]gain, g.vertices()) // at a core that has nothing
	for v := range alone {
		var conn, axons int64
		for _, t := range g.pinsOf(int32(v)) {
			w := &s.cost[t.other()]
			if w.conn > math.MaxInt32 {
				return
			}
			conn += w.conn
			axons += int64(t.ifReads(w.axons))
		}
		if max(conn, axons) > math.MaxInt32 {
			return
		}
		alone[v] = gain{int32(conn), int32(axons)}
	}
	t := &gains{of: slices.Repeat(alone, s.k), own: alone}
	seen := make([]int32, s.k) // the last net found in the core, plus one
	for e := range int32(g.nets()) {
		for _, p := range g.endsOf(e) {
			if c := s.core[p.other()]; seen[c] != e+1 {
				seen[c] = e + 1
				s.discount(t.row(c), c, e)
			}
		}
	}
	for v, c := range s.core {
		t.own[v] = t.row(c)[v]
	}
	s.gains = t
}

// discount takes from the gains at core c what net e, which is there, does not
// cost.
func (s *state) discount(gains []gain, c, e int32) {
	cell := s.row(c)[e]
	w := &s.cost[e]
	for _, u := range s.g.endsOf(e) {
		v := u.other()
		others := cell
		if s.core[v] == c {
			others -= uint16(u.kind())
		}
		if others > 0 {
			gains[v].conn -= int32(w.conn)
		}
		if others >= kindRead {
			gains[v].axons -= u.ifReads(w.axons)
		}
	}
}

// row returns the gains at core c.
func (t *gains) row(c int32) []gain {
	n := len(t.own)
	return t.of[int(c)*n : (int(c)+1)*n]
}

// between returns what moving v from its core would change, of connectivity, and
// of the axons in use in both cores.
func (t *gains) between(v, to int32) (conn int64, less, more int32) {
	a, b := t.own[v], t.of[int(to)*len(t.own)+int(v)]
	return int64(b.conn) - int64(a.conn), a.axons, b.axons
}

// shiftGains moves v in the cells and the gains.
func (s *state) shiftGains(v, from, to int32) {
	rowA, rowB := s.row(from), s.row(to)
	gainsA, gainsB := s.gains.row(from), s.gains.row(to)
	for _, t := range s.g.pinsOf(v) {
		e, kind := t.other(), uint16(t.kind())
		rowA[e] -= kind
		s.regain(gainsA, v, from, t, rowA[e], 1)
		s.regain(gainsB, v, to, t, rowB[e], -1)
		rowB[e] += kind
	}
	s.gains.own[v] = gainsB[v]
}

// regain corrects the gains at core c for a net's loss of v in it (sign 1), or
// for its winning v (sign -1). others is the net's cell but for v.
func (s *state) regain(gains []gain, v, c int32, t tie, others uint16, sign int32) {
	if others >= 2*kindRead {
		return // two vertices read it with and without v
	}
	e := t.other()
	conn, axons := sign*int32(s.cost[e].conn), sign*t.ifReads(s.cost[e].axons)
	ends := s.g.endsOf(e)
	if others >= kindRead {
		// The one that reads it was or is the only one; it may have the source.
		for _, u := range ends {
			if at := u.other(); u.reads() && at != v && s.core[at] == c {
				gains[at].axons += axons
				if uint16(u.kind()) == others {
					gains[at].conn += conn
				}
				s.gains.own[at] = gains[at]
				return
			}
		}
		return
	}
	for _, u := range ends {
		at := u.other()
		if at == v {
			continue
		}
		if u.reads() {
			gains[at].axons += axons
		}
		if others == 0 {
			gains[at].conn += conn
		} else if !u.reads() { // the source, alone in the core but for v
			gains[at].conn += conn
			s.gains.own[at] = gains[at]
		}
	}
}
