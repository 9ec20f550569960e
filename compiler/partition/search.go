package partition

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// search is one call of Partition.
type search struct {
	ctx context.Context
	p   *Problem
	opt Options
	g   *reduced
	// atLeast is a lower bound on the cores, 0 at the lowest effort.
	atLeast int
}

// candidate is a partition of some graph that keeps every limit.
type candidate struct {
	core  []int32
	cores int
	conn  int64
}

// compare orders candidates by the objective: negative if a is the better.
func (o Objective) compare(a, b candidate) int {
	if o == Traffic {
		return cmp.Or(cmp.Compare(a.conn, b.conn), cmp.Compare(a.cores, b.cores))
	}
	return cmp.Or(cmp.Compare(a.cores, b.cores), cmp.Compare(a.conn, b.conn))
}

// best returns the best candidate, of equals the first.
func (o Objective) best(cs []candidate) candidate {
	b := cs[0]
	for _, c := range cs[1:] {
		if o.compare(c, b) < 0 {
			b = c
		}
	}
	return b
}

// less returns by how many bits a budget of small problems is less below the
// default effort.
func (s *search) less(bits int) int {
	if s.opt.Effort < 3 {
		return bits
	}
	return 0
}

// budget returns what a budget at the default effort is at that of the options.
func (s *search) budget(n int64) int64 {
	if s.opt.Effort < 3 {
		return n >> 5
	}
	return n << min(s.opt.Effort-3, 20)
}

func newSearch(ctx context.Context, p *Problem, opt Options) *search {
	if opt.Effort <= 0 {
		opt.Effort = 3
	}
	opt.Workers = max(opt.Workers, 1)
	return &search{ctx: ctx, p: p, opt: opt}
}

// run returns the core of every vertex.
func (s *search) run() ([]int32, error) {
	s.g = s.p.reduce()
	if s.opt.Effort > 1 {
		s.atLeast = Bounds(s.p).Cores
	}
	s.progress(1)
	found := s.construct()
	s.progress(2)
	for i := range found {
		found[i].conn = connOf(s.g.graph, found[i])
	}
	best := s.opt.Objective.best(found)
	switch g := s.g.graph; {
	case s.ctx.Err() != nil:
	case s.opt.Effort == 1 || best.cores <= s.atLeast && best.conn == 0:
	case g.vertices() <= Few:
		best = s.small(g, found)
	case oneWindow(g, Cores.best(found).cores):
		best = s.annealOrdered(g, found)
	default:
		best = s.annealWindows(g, found)
	}
	s.progress(Steps)
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	core := make([]int32, s.p.vertices())
	for i, c := range best.core {
		for _, v := range s.g.members[s.g.off[i]:s.g.off[i+1]] {
			core[v] = c
		}
	}
	return core, nil
}

// Steps is how many steps Progress is told of.
const Steps = 8

func (s *search) progress(done int) {
	if s.opt.Progress != nil {
		s.opt.Progress(done, Steps)
	}
}

// construct returns what the greedy constructions make of the graph; of a very
// large one only the first is made.
func (s *search) construct() []candidate {
	cs := make([]candidate, numRatings)
	if len(s.g.pins) > hugePins {
		cs = cs[:1]
	}
	s.parallel(len(cs), func(i int) {
		core, cores := fillGreedily(s.ctx, s.g.graph, rating(i), s.opt.Seed)
		cs[i] = candidate{core: core, cores: cores}
	})
	return cs
}

// connOf returns the connectivity of c in g.
func connOf(g *graph, c candidate) int64 {
	seen := make([]int32, c.cores)
	var conn int64
	for e := range int32(g.nets()) {
		cores := int64(-1)
		for _, t := range g.endsOf(e) {
			if at := c.core[t.other()]; seen[at] != e+1 {
				seen[at] = e + 1
				cores++
			}
		}
		conn += cores * g.weight[e]
	}
	return conn
}

// A graph with more pins than hugePins is constructed once, and mended little.
const hugePins = 1 << 25

// A stage of the search makes stageWork trials divided by the square of a
// vertex's pins, within bounds, at the default effort: trials cost their pins,
// and gain less where there are many. Together they look at stagePins pins at
// most, and a vertex is worth mostTrials.
const (
	stageWork   = 9 << 29
	stagePins   = 9 << 27
	leastTrials = 9 << 19
	windowLeast = 9 << 18
	mostTrials  = 4000
)

// trials returns how many trials each vertex of g is worth in a stage, the
// fewest of a stage being least.
func (s *search) trials(g *graph, least int64) int64 {
	n := int64(g.vertices())
	pins := int64(len(g.pins))/n + 1
	total := s.budget(min(max(stageWork/(pins*pins), least), stagePins/pins))
	return min(total/n, mostTrials) + 1
}

// anneal1 anneals c as a whole.
func (s *search) anneal1(g *graph, c candidate, seed uint64, sch schedule) candidate {
	a := newAnnealer(newState(g, c.core, c.cores), s.opt.Seed+mix(seed))
	sch.trials *= int64(g.vertices())
	a.run(s.ctx, sch)
	c = candidate{core: a.best, cores: c.cores, conn: a.bestConn}
	return c.compact()
}

// anneal makes candidates better whose cores are one window: first for the fewest
// cores and, where traffic is wanted, then for that from all starts and from there.
func (s *search) anneal(g *graph, starts []candidate) candidate {
	each := s.trials(g, leastTrials)
	dense := s.densest(g, starts, each*int64(g.vertices()))
	s.progress(4)
	best := s.heated(g, Cores, dense, each, each, 0)
	s.progress(5)
	if s.opt.Objective == Traffic {
		starts = append(slices.Clip(starts), best)
		best = Traffic.best([]candidate{best, s.heated(g, Traffic, starts, each, trafficTrials*each, 1000)})
	}
	return best
}

// trafficTrials is how many times as many trials the best starts are worth where
// cores do not matter.
const trafficTrials = 2

// heated anneals candidates several times at once, from different temperatures:
// first of all of them a little, then long the best two, and then a little the best.
func (s *search) heated(g *graph, o Objective, starts []candidate, little, long int64, seed uint64) candidate {
	heats := []int64{4, 12, 40}
	pilots := make([]pilot, len(starts)*len(heats))
	s.parallel(len(pilots), func(i int) {
		h := heats[i%len(heats)]
		pilots[i] = pilot{s.anneal1(g, starts[i/len(heats)], seed+uint64(i), schedule{trials: little/int64(len(pilots)) + 1, heat: h}), h}
	})
	slices.SortStableFunc(pilots, func(a, b pilot) int { return o.compare(a.candidate, b.candidate) })
	last := make([]candidate, 2)
	s.parallel(len(last), func(i int) {
		last[i] = s.anneal1(g, pilots[i].candidate, seed+uint64(100+i), schedule{trials: long, heat: pilots[i].heat})
	})
	best := o.best(last)
	s.parallel(len(last), func(i int) {
		last[i] = s.anneal1(g, best, seed+uint64(200+i), schedule{trials: little/2 + 1, heat: 5 - 3*int64(i)})
	})
	return o.best(last)
}

// densest returns those candidates of the fewest cores that packing comes to.
func (s *search) densest(g *graph, starts []candidate, trials int64) []candidate {
	last := len(starts) - 1
	ways := []struct {
		start        int
		heat, budget int64
	}{{0, 8, trials / 2}, {0, 12, trials / 2}, {last, 12, trials / 4}, {last / 2, 8, trials / 4}}
	packed := make([]candidate, len(ways))
	s.parallel(len(ways), func(i int) {
		w := ways[i]
		packed[i] = s.packed(g, starts[w.start], uint64(i), w.budget, w.heat, s.atLeast)
	})
	best := Cores.best(packed)
	packed = slices.DeleteFunc(packed, func(c candidate) bool { return c.cores > best.cores })
	s.progress(3)
	packed = s.mended(g, []candidate{starts[0], starts[last]}, packed)
	for i := range packed {
		packed[i].conn = connOf(g, packed[i])
	}
	return packed
}

// A pilot is what a short trial at a temperature came to.
type pilot struct {
	candidate
	heat int64
}

// annealOrdered is anneal of g with the vertices of one core next to each other,
// and so their nets.
func (s *search) annealOrdered(g *graph, starts []candidate) candidate {
	_, order := groupByKey(starts[0].core, starts[0].cores)
	ordered := g.subgraph(order, newLocal(g))
	moved := make([]candidate, len(starts))
	for i, c := range starts {
		moved[i] = c
		moved[i].core = make([]int32, len(c.core))
		for at, v := range order {
			moved[i].core[at] = c.core[v]
		}
	}
	best := s.anneal(ordered, moved)
	core := make([]int32, len(best.core))
	for at, v := range order {
		core[v] = best.core[at]
	}
	best.core = core
	return best
}

// annealWindows makes candidates better a window at a time: first for the fewest
// cores and, where traffic is wanted, then for that from the best start.
func (s *search) annealWindows(g *graph, starts []candidate) candidate {
	each := s.trials(g, windowLeast)
	best := Cores.best(starts)
	if best.cores > s.atLeast {
		for i := range uint64(2) {
			best = s.inWindows(g, best, i, windowCores, func(g *graph, c candidate, seed uint64) candidate {
				return s.packed(g, c, seed, each*int64(g.vertices()), 4+4*int64(i), 1)
			})
			s.progress(3 + int(i))
		}
	}
	best = s.heatedWindows(g, best, each)
	s.progress(5)
	if s.opt.Objective == Traffic {
		best = Traffic.best([]candidate{best, s.heatedWindows(g, Traffic.best(starts), each)})
	}
	return best
}

// heatedWindows anneals the windows of c twice.
func (s *search) heatedWindows(g *graph, c candidate, trials int64) candidate {
	for i, heat := range []int64{5, 2} {
		c = s.inWindows(g, c, uint64(10+i), windowCores, func(g *graph, c candidate, seed uint64) candidate {
			return s.anneal1(g, c, seed, schedule{trials: trials, heat: heat})
		})
	}
	c.conn = connOf(g, c)
	return c
}

// parallel calls do for 0 ≤ i < n, on as many goroutines as there may be.
func (s *search) parallel(n int, do func(i int)) {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var all sync.WaitGroup
	for range min(s.opt.Workers, n) {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	all.Wait()
}
