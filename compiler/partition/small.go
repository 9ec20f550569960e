package partition

import (
	"math"
	"slices"
)

// Budgets of small problems: how often and how long they are annealed, how often more
// where nothing fitted and it is not proven that nothing does, and how many pins the
// search through all partitions may look at.
const (
	smallRuns   = 12
	smallTrials = 30_000
	smallMore   = 8
	smallLooks  = 1 << 30
)

// spreadMore is up to how many cores more are tried where nets spread too far.
const spreadMore = 4

// small makes the best of a problem of few vertices: from the fewest cores that
// are not ruled out upwards, it is annealed many times, and then searched
// through from the best that was found, as far as the budget goes.
func (s *search) small(g *graph, starts []candidate) candidate {
	greedy := Cores.best(starts)
	best := s.opt.Objective.best(starts)
	most := greedy.cores
	if !g.keepsSpread(best) {
		best.core = nil
		most = min(most+spreadMore, g.vertices())
	}
	worse := 0 // numbers of cores in a row that made nothing better
	for k := max(s.atLeast, 1); k <= most && worse < 3 && s.ctx.Err() == nil; k++ {
		b := s.smallWith(g, greedy, k)
		if b.core == nil {
			continue
		}
		if best.core == nil || s.opt.Objective.compare(b, best) < 0 {
			best = b
			worse = 0
		} else {
			worse++
		}
		if s.opt.Objective == Cores {
			break
		}
	}
	if best.core == nil {
		return s.opt.Objective.best(starts)
	}
	return best
}

// smallWith returns the best partition found with at most k cores; none if core
// is nil.
func (s *search) smallWith(g *graph, greedy candidate, k int) candidate {
	best := s.smallRuns(g, greedy, k, 0, smallTrials>>s.less(2))
	if s.ctx.Err() != nil {
		return best
	}
	looks := int64(smallLooks) >> s.less(4)
	best, all := g.searchThrough(k, best, looks)
	for more := 1; more <= smallMore && best.core == nil && !all && s.ctx.Err() == nil; more++ {
		if best = s.smallRuns(g, greedy, k, more, smallTrials); best.core != nil {
			best, _ = g.searchThrough(k, best, looks)
		}
	}
	return best
}

// smallRuns returns the best of some annealings of so many trials, others for each
// time.
func (s *search) smallRuns(g *graph, greedy candidate, k, time int, trials int64) candidate {
	runs := make([]candidate, smallRuns)
	s.parallel(len(runs), func(i int) {
		d, ok := greedy.without(s.ctx, g, k)
		if !ok {
			return
		}
		a := newAnnealer(newState(g, d.core, k), s.opt.Seed+mix(uint64(k)<<16+uint64(time*smallRuns+i)))
		if a.run(s.ctx, schedule{trials: trials, heat: 16 << (i % 3)}) {
			if c := (candidate{core: a.best, cores: k, conn: a.bestConn}).compact(); g.keepsSpread(c) {
				runs[i] = c
			}
		}
	})
	runs = slices.DeleteFunc(runs, func(c candidate) bool { return c.core == nil })
	if len(runs) == 0 {
		return candidate{}
	}
	return Traffic.best(runs)
}

// tree is a depth-first search through the partitions of a graph into k cores.
// A vertex enters a core that has some already, or the first that has none, so
// that no partition is met under two numberings. A branch is left where a limit
// is exceeded, a later vertex fits nowhere, or no less connectivity than the best
// can come of it.
type tree struct {
	g      *graph
	order  []int32
	k      int
	looks  int64 // at pins, that are left
	best   candidate
	cells  [][]uint8 // by core and net: the ties there
	cores  []int     // of each net, how many have it
	reads  [][]uint8
	owned  []int // of each net, the last look that gave it to a vertex
	look   int
	syn    [][]int32
	used   []use
	count  []int
	class  []int32
	core   []int32
	spread spread
}

// vertexLooks is how many looks it takes to see whether a vertex without pins fits a core.
const vertexLooks = 4

// searchThrough returns the best partition of g into at most k cores, or best if none
// is better, and whether it looked at all of them: it looks at so many pins.
func (g *graph) searchThrough(k int, best candidate, looks int64) (_ candidate, all bool) {
	n := g.vertices()
	t := &tree{
		g: g, k: k, looks: looks, best: best, used: make([]use, k), count: make([]int, k), class: make([]int32, k),
		core: make([]int32, n), cores: make([]int, g.nets()), owned: make([]int, g.nets()), spread: g.newSpread(k),
	}
	for range k {
		t.cells = append(t.cells, make([]uint8, g.nets()))
		t.reads = append(t.reads, make([]uint8, g.nets()))
		t.syn = append(t.syn, make([]int32, g.nets()))
	}
	t.sort()
	t.visit(0, 0, 0)
	return t.best, t.looks >= 0
}

// sort orders the vertices so that each has much to do with those before it.
func (t *tree) sort() {
	n := t.g.vertices()
	met := make([]bool, t.g.nets())
	done := make([]bool, n)
	for range n {
		best, bestShare := int32(-1), int64(-1)
		for v := range int32(n) {
			if done[v] {
				continue
			}
			share := int64(0)
			for _, p := range t.g.pinsOf(v) {
				if met[p.other()] {
					share += 1 + t.g.weight[p.other()]
				}
			}
			if share > bestShare {
				best, bestShare = v, share
			}
		}
		done[best] = true
		t.order = append(t.order, best)
		for _, p := range t.g.pinsOf(best) {
			met[p.other()] = true
		}
	}
}

// visit decides about the vertices from the i-th on, with `open` cores in use
// and so much connectivity among those before.
func (t *tree) visit(i, open int, conn int64) {
	if t.looks < 0 || t.hopeless(i, open, conn) {
		return
	}
	if i == len(t.order) {
		t.best = candidate{core: slices.Clone(t.core), cores: open, conn: conn}
		return
	}
	v := t.order[i]
	for c := range min(open+1, t.k) {
		if t.count[c] > 0 && t.class[c] != t.g.class[v] {
			continue
		}
		before := t.used[c]
		added := t.enter(v, c)
		t.spread.enter(v, int32(c))
		if t.used[c].within(t.g.limit) && t.spread.within(t.used) {
			t.core[v] = int32(c)
			t.visit(i+1, max(open, c+1), conn+added)
		}
		t.spread.leave(v)
		t.leave(v, c)
		t.used[c] = before
	}
}

// hopeless reports whether nothing better than the best can come of the vertices
// from the i-th on.
func (t *tree) hopeless(i, open int, conn int64) bool {
	if t.best.core == nil {
		conn = math.MinInt64 / 2
	} else if conn >= t.best.conn {
		return true
	}
	t.look++
	for _, v := range t.order[i:] {
		conn += t.least(v, open)
		if t.best.core != nil && conn >= t.best.conn || conn >= math.MaxInt64/4 {
			return true
		}
	}
	return false
}

// least returns what the nets of v that no vertex looked at before has will cost
// at least, for v in the best core: a net that is elsewhere costs its weight. It
// is math.MaxInt64/4 where v fits no core, as they are filled now.
func (t *tree) least(v int32, open int) int64 {
	g := t.g
	least := int64(math.MaxInt64 / 4)
	t.looks -= int64(min(open+1, t.k)) * (g.off[v+1] - g.off[v] + vertexLooks)
	for c := range min(open+1, t.k) {
		u := t.used[c].plus(g.own[v])
		var cost int64
		for _, p := range g.pinsOf(v) {
			e := p.other()
			if t.cells[c][e] == 0 && t.cores[e] > 0 && t.owned[e] != t.look {
				cost += g.weight[e]
			}
			if p.reads() && t.reads[c][e] == 0 {
				u.axons += g.axons[e]
			}
		}
		u.words = 0
		if u.within(g.limit) && (t.count[c] == 0 || t.class[c] == g.class[v]) {
			least = min(least, cost)
		}
	}
	for _, p := range g.pinsOf(v) {
		t.owned[p.other()] = t.look
	}
	return least
}

// enter puts v into core c and returns the connectivity that this adds.
func (t *tree) enter(v int32, c int) int64 {
	g := t.g
	t.count[c]++
	t.class[c] = g.class[v]
	u := t.used[c].plus(g.own[v])
	var added int64
	for i := g.off[v]; i < g.off[v+1]; i++ {
		p := g.pins[i]
		e := p.other()
		if t.cells[c][e]++; t.cells[c][e] == 1 {
			if t.cores[e]++; t.cores[e] > 1 {
				added += g.weight[e]
			}
		}
		if !p.reads() {
			continue
		}
		if t.reads[c][e]++; t.reads[c][e] == 1 {
			u.axons += g.axons[e]
			t.spread.read(e, 1)
		}
		if g.syn != nil {
			u.words += g.words(t.syn[c][e]+g.syn[i]) - g.words(t.syn[c][e])
			t.syn[c][e] += g.syn[i]
		}
	}
	t.used[c] = u
	return added
}

// leave undoes enter, but for what is used.
func (t *tree) leave(v int32, c int) {
	g := t.g
	t.count[c]--
	for i := g.off[v]; i < g.off[v+1]; i++ {
		p := g.pins[i]
		if t.cells[c][p.other()]--; t.cells[c][p.other()] == 0 {
			t.cores[p.other()]--
		}
		if p.reads() {
			if t.reads[c][p.other()]--; t.reads[c][p.other()] == 0 {
				t.spread.read(p.other(), -1)
			}
			if g.syn != nil {
				t.syn[c][p.other()] -= g.syn[i]
			}
		}
	}
}
