package partition

import (
	"cmp"
	"context"
	"slices"
)

// countAxons makes every net cost what it takes of the cores that read it,
// whatever its spikes.
func (s *state) countAxons() {
	for e := range s.cost {
		s.cost[e].conn = overUnit * int64(s.g.axons[e])
	}
	s.recount()
}

// without returns c with the fewest cores dissolved that k are left: those that
// use the fewest axons. Their vertices go to where they add the least, whatever
// the limits. Without a core of its class for a vertex it returns false. Where c has
// fewer, it is c.
func (c candidate) without(ctx context.Context, g *graph, k int) (candidate, bool) {
	if k > c.cores {
		return c, true
	}
	s := newState(g, c.core, c.cores)
	s.countAxons()
	order := make([]int32, c.cores)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(s.used[b].axons, s.used[a].axons) })
	for _, from := range order[k:] {
		for len(s.members[from]) > 0 && ctx.Err() == nil {
			if !s.moveToBest(s.members[from][0], order[:k]) {
				return candidate{}, false
			}
		}
	}
	number := make([]int32, c.cores)
	for i, at := range order {
		number[at] = int32(min(i, k-1))
	}
	d := candidate{core: make([]int32, len(c.core)), cores: k}
	for v, at := range s.core {
		d.core[v] = number[at]
	}
	return d, true
}

// moveToBest moves v to the core that it adds least to, if there is one of its class.
func (s *state) moveToBest(v int32, cores []int32) bool {
	best, bestCost := int32(-1), int64(0)
	var bestChange change
	for _, to := range cores {
		if !s.admits(to, v) {
			continue
		}
		c := s.try(v, to)
		if cost := c.conn + s.overBy(v, to, c); best < 0 || cost < bestCost {
			best, bestCost, bestChange = to, cost, c
		}
	}
	if best < 0 {
		return false
	}
	s.move(v, best, bestChange, s.overBy(v, best, bestChange))
	return true
}

// packed returns c in as few cores as can be found, but no fewer than atLeast:
// of c, some cores are dissolved and the rest annealed until no limit is
// exceeded; where that fails, half as many are.
func (s *search) packed(g *graph, c candidate, seed uint64, trials, heat int64, atLeast int) candidate {
	best := c
	for fewer := max((c.cores-atLeast)/2, 1); best.cores > atLeast && s.ctx.Err() == nil; {
		fewer = min(fewer, best.cores-atLeast)
		k := best.cores - fewer
		budget := trials / 8
		if fewer == 1 {
			budget = trials
		}
		if d, ok := s.squeezed(g, c, k, seed, schedule{trials: budget, heat: heat, untilFit: true}); ok {
			best = d.compact()
			continue
		}
		if fewer == 1 {
			break
		}
		fewer /= 2
	}
	return best
}

// squeezed returns a partition into k cores made of c by annealing, if that
// exceeds no limit.
func (s *search) squeezed(g *graph, c candidate, k int, seed uint64, sch schedule) (candidate, bool) {
	d, ok := c.without(s.ctx, g, k)
	if !ok {
		return d, false
	}
	st := newState(g, d.core, k)
	st.countAxons()
	a := newAnnealer(st, s.opt.Seed+mix(seed+uint64(k)))
	ok = a.run(s.ctx, sch)
	return candidate{core: a.best, cores: k}, ok
}

// compact numbers the cores anew, without empty ones.
func (c candidate) compact() candidate {
	number := make([]int32, c.cores)
	d := candidate{core: make([]int32, len(c.core)), conn: c.conn}
	for v, at := range c.core {
		if number[at] == 0 {
			d.cores++
			number[at] = int32(d.cores)
		}
		d.core[v] = number[at] - 1
	}
	return d
}
