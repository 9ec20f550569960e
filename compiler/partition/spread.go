package partition

// spread is what nets take of a FanOut besides, see Problem.Spread, while one vertex after
// the other is put into a core.
type spread struct {
	g *graph // nil where nets take nothing besides
	// home is the core of each net's source, −1 while that is in none, readers is how many
	// cores read the net.
	home, readers []int32
	// more is what the nets with their source in a core take besides, by core.
	more []int32
}

func (g *graph) newSpread(cores int) spread {
	if !g.spread {
		return spread{}
	}
	s := spread{g: g, home: make([]int32, g.nets()), readers: make([]int32, g.nets()), more: make([]int32, cores)}
	for e := range s.home {
		s.home[e] = -1
	}
	return s
}

// takes returns what a net takes besides.
func (s *spread) takes(e int32) int32 { return s.g.axons[e] * max(s.readers[e]-1, 0) }

// read notes that a core more, or one less, reads a net.
func (s *spread) read(e, change int32) {
	if s.g == nil {
		return
	}
	before := s.takes(e)
	s.readers[e] += change
	if h := s.home[e]; h >= 0 {
		s.more[h] += s.takes(e) - before
	}
}

// enter notes that a vertex is in a core, leave that it is in none.
func (s *spread) enter(v, core int32) {
	if s.g == nil {
		return
	}
	for _, p := range s.g.pinsOf(v) {
		if e := p.other(); p.kind()&kindHome != 0 {
			s.home[e] = core
			s.more[core] += s.takes(e)
		}
	}
}

func (s *spread) leave(v int32) {
	if s.g == nil {
		return
	}
	for _, p := range s.g.pinsOf(v) {
		if e := p.other(); p.kind()&kindHome != 0 {
			s.more[s.home[e]] -= s.takes(e)
			s.home[e] = -1
		}
	}
}

// within reports whether no core takes more than its FanOut.
func (s *spread) within(used []use) bool {
	for c, n := range s.more {
		if used[c].out+n > s.g.limit.out {
			return false
		}
	}
	return true
}

// keepsSpread reports whether a partition keeps what Spread asks for.
func (g *graph) keepsSpread(c candidate) bool {
	if !g.spread {
		return true
	}
	s, used, seen := g.newSpread(c.cores), make([]use, c.cores), make([]int32, c.cores)
	for e := range int32(g.nets()) {
		for _, t := range g.endsOf(e) {
			if at := c.core[t.other()]; t.reads() && seen[at] != e+1 {
				seen[at] = e + 1
				s.read(e, 1)
			}
		}
	}
	for v, core := range c.core {
		used[core].out += g.own[v].out
		s.enter(int32(v), core)
	}
	return s.within(used)
}
