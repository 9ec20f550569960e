package place

import "context"

// run is one search from one start.
type run struct {
	spots   []int32 // where it starts, and then where it ended
	cooling cooling
	stream  uint64
	cost    int64
	err     error
}

// Defaults of Options.
const (
	defaultSwaps = 2500
	mostRuns     = 16
	leastRuns    = 1
	// coresOfRuns divided by the cores is how many runs there are between.
	coresOfRuns = 2048
)

// The temperatures of runs that begin anywhere, and of those whose start is
// good already.
const (
	hot   = 1.0
	warm  = 0.25
	frost = 0.02
)

// plan returns the runs of the options.
func (m *model) plan(sites []site, o Options) []run {
	n := o.Runs
	if n <= 0 {
		n = min(max(coresOfRuns/m.cores, leastRuns), mostRuns)
	}
	swaps := o.Swaps
	if swaps == 0 {
		swaps = defaultSwaps
	}
	proposals := max(swaps, 0) * m.cores
	window := max(m.width, m.height)
	var runs []run
	walk := m.settle(m.walk(sites))
	smooth := m.settle(m.turned(sites, m.starred().spectral(o.Seed)))
	for i := range n {
		r := run{spots: smooth, cooling: cooling{proposals, warm, frost, window/4 + 1}}
		if i%2 == 1 {
			r = run{spots: walk, cooling: cooling{proposals, hot, frost, window}}
		}
		runs = append(runs, r)
	}
	for i := range runs {
		runs[i].stream = uint64(i)
	}
	return runs
}

// do searches from the start. Where trees are too large to anneal with, they
// are flows to all their ends first.
func (r *run) do(ctx context.Context, m *model, seed uint64) {
	budget := m.affordable(r.cooling.proposals)
	if budget < r.cooling.proposals {
		if r.err = r.search(ctx, m.starred(), seed, r.cooling); r.err != nil {
			return
		}
		cold := r.cooling
		cold.proposals, cold.heat, cold.window = budget, cold.heat*cold.frost, finishing
		r.err = r.search(ctx, m, seed, cold)
		return
	}
	r.err = r.search(ctx, m, seed, r.cooling)
}

// finishing is the window, in spots along each axis, of an annealing that
// continues one of flows with trees.
const finishing = 3

// mostEnds is how many ends of trees a run may look at for each proposal of its
// budget, at the mean.
const mostEnds = 60

// descents is how many moves a descent looks at for each core, at most.
const descents = 1000

// affordable returns how many proposals look at as many ends of trees as so many
// proposals may.
func (m *model) affordable(proposals int) int {
	ends := 0
	for _, t := range m.trees {
		ends += (len(t.to) + 1) * (len(t.to) + 1)
	}
	each := 2*ends/m.cores + 1 // two cores move
	return int(min(int64(proposals), int64(proposals)*mostEnds/int64(each)))
}

// mostGlances is how many flows a descent looks at, at most.
const mostGlances = 1 << 27

// glances returns how many moves look at so many flows; each is of two cores.
func (m *model) glances() int { return mostGlances / (2*len(m.links)/m.cores + 1) }

// search anneals and descends from r.spots, and leaves there what it finds.
func (r *run) search(ctx context.Context, m *model, seed uint64, c cooling) error {
	s := newSearch(newState(m, r.spots), seed, r.stream)
	if c.proposals > 0 {
		if err := s.anneal(ctx, c); err != nil {
			return err
		}
	}
	if err := s.descend(ctx, min(m.affordable(descents*m.cores), m.glances())); err != nil {
		return err
	}
	r.spots, r.cost = s.placed(), s.total()
	return nil
}
