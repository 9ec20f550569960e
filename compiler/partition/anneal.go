package partition

import (
	"context"
	"math"
	"math/rand/v2"
)

// schedule says how to anneal.
type schedule struct {
	trials int64
	// heat is the first temperature, in 1/64 of what a bad move costs on
	// average; the last is heat/coldest of it.
	heat int64
	// untilFit ends as soon as no limit is exceeded.
	untilFit bool
}

const (
	steps   = 64
	cooling = 61_500 // of 65536 for each step: 1/58 over all of them
	// checkEvery is after how many trials a cancelled context is looked for.
	checkEvery = 1 << 12
)

// annealer moves vertices of a state to where nets of theirs are, at a falling
// temperature, and keeps the best state in which no limit was exceeded. What
// exceeds limits costs a price that rises while limits are exceeded, and falls
// while they are not (as in Glover's strategic oscillation, 1989).
type annealer struct {
	*state
	rng   *rand.Rand
	price int64 // of overUnit

	made int64 // moves of the last trials
	ends int64 // vertices of a net, at the mean
	// asked is a sum of gains that nobody wants: to ask for them brings them near.
	asked int64

	fit      bool // best holds a state that exceeds nothing
	bestConn int64
	best     []int32
	dirty    []int32 // vertices that may be elsewhere than in best
	isDirty  []bool
}

// patience[i] is -ln((i+½)/1024) × 65536, how unlikely a move may be that is
// made nevertheless.
var patience = func() (p [1024]int64) {
	for i := range p {
		p[i] = int64(math.Round(-math.Log((float64(i)+0.5)/float64(len(p))) * 65536))
	}
	return p
}()

func newAnnealer(s *state, seed uint64) *annealer {
	a := &annealer{state: s, rng: rand.New(rand.NewPCG(seed, 2)), best: make([]int32, len(s.core)), isDirty: make([]bool, len(s.core))}
	copy(a.best, s.core)
	a.fit, a.bestConn = s.over == 0, s.conn
	a.ends = int64(len(s.g.ends) / max(s.g.nets(), 1))
	return a
}

// run anneals and returns whether a state was found that exceeds nothing; best
// is the one with the least connectivity.
func (a *annealer) run(ctx context.Context, sch schedule) bool {
	bad := a.badMove()
	heat := max(bad*sch.heat/64, 1)
	a.price = max(bad/4, 1)
	limit := a.price * 256
	for step := range steps {
		for left := sch.trials / steps; left > 0; left -= checkEvery {
			if ctx.Err() != nil {
				return a.fit
			}
			a.made = 0
			n := min(left, checkEvery)
			if a.trials(n, heat) && sch.untilFit {
				return true
			}
			a.tabulateIf(n, (steps-int64(step))*(sch.trials/steps))
		}
		if sch.untilFit && a.hopeless(step) {
			return a.fit
		}
		heat = heat * cooling >> 16
		switch {
		case a.over > 0:
			a.price = min(a.price+a.price/4+1, limit)
		case step < steps*3/4:
			a.price = max(a.price-a.price/8, 1)
		}
	}
	return a.fit
}

// tabulateIf begins or ceases to hold gains by how many of the last n trials were
// made: a move then costs a look at the vertices of its nets, and to begin costs
// as much for every vertex. Of left trials to come, enough must pay for that.
func (a *annealer) tabulateIf(n, left int64) {
	switch {
	case a.made*a.ends > 4*n:
		a.gains = nil
	case a.made*a.ends < n && left > int64(a.g.vertices())*a.ends/2:
		a.tabulate()
	}
}

// hopeless reports whether too much exceeds the limits after so many steps for
// the remaining ones to mend it: a share of all axons that gets less.
func (a *annealer) hopeless(step int) bool {
	all := overUnit * int64(a.k) * int64(a.g.limit.axons)
	return step >= steps/4 && a.over > all/64 || step >= steps/2 && a.over > all/192
}

// badMove returns what a random move that raises connectivity costs on average.
func (a *annealer) badMove() int64 {
	var sum, n int64
	moves := make([]drawn, 2000)
	a.draw(moves)
	for _, m := range moves {
		if m.to == a.core[m.v] {
			continue
		}
		if c := a.try(m.v, m.to); c.conn > 0 {
			sum += c.conn
			n++
		}
	}
	return sum / max(n, 1)
}

// draws is how many moves are drawn at a time.
const draws = 32

// drawn is a move that was drawn: a vertex and a core.
type drawn struct {
	v, to int32
	at    int64 // of what is read next of the graph; -1 where nothing is
}

// draw draws moves: each of a random vertex to the core of another at a net of it;
// now and then to any core. What it reads lies far apart in memory, so that it goes
// step by step for all of them together, which wait for it at once then.
func (a *annealer) draw(list []drawn) {
	g := a.g
	for i := range list {
		r := a.rng.Uint64()
		m := &list[i]
		m.v = int32(uint64(uint32(r)) * uint64(g.vertices()) >> 32)
		first, end := g.off[m.v], g.off[m.v+1]
		if first == end || r>>32&63 == 0 {
			m.to, m.at = int32(a.rng.Uint64N(uint64(a.k))), -1
			continue
		}
		m.at = first + int64((r>>38)*uint64(end-first)>>26)
	}
	for i := range list {
		if m := &list[i]; m.at >= 0 {
			m.at = int64(g.pins[m.at].other())
		}
	}
	for i := range list {
		if m := &list[i]; m.at >= 0 {
			first, end := g.netOff[m.at], g.netOff[m.at+1]
			m.at = first + int64(uint64(uint32(a.rng.Uint64()))*uint64(end-first)>>32)
		}
	}
	for i := range list {
		if m := &list[i]; m.at >= 0 {
			m.at = int64(g.ends[m.at].other())
		}
	}
	for i := range list {
		if m := &list[i]; m.at >= 0 {
			m.to = a.core[m.at]
		}
	}
	if a.gains != nil {
		for _, m := range list {
			conn, _, _ := a.gains.between(m.v, m.to)
			a.asked += conn
		}
	}
}

// trials tries n moves. It reports whether a state was met that exceeds nothing.
func (a *annealer) trials(n, heat int64) bool {
	met := false
	var list [draws]drawn
	for ; n > 0; n -= draws {
		some := list[:min(n, draws)]
		a.draw(some)
		for _, m := range some {
			if a.trial(m.v, m.to, heat) && a.over == 0 && (!a.fit || a.conn < a.bestConn) {
				a.keep()
				met = true
			}
		}
	}
	return met
}

// trial moves v if that is allowed, or changes it with another vertex, and reports
// whether it did.
func (a *annealer) trial(v, to int32, heat int64) bool {
	if to == a.core[v] || !a.admits(to, v) {
		return false
	}
	c := a.try(v, to)
	allowed := heat * patience[a.rng.Uint64()>>54] >> 16
	over := a.overBy(v, to, c)
	cost := c.conn + over*a.price/overUnit
	switch {
	case cost <= allowed:
		a.move(v, to, c, over)
		a.touch(v)
		a.made++
		return true
	case over > 0 && len(a.members[to]) > 0 && a.swap(v, to, c, allowed):
		a.made += 2
		return true
	}
	return false
}

// swap moves v, and a random vertex of its new core back, if both together cost
// no more than is allowed.
func (a *annealer) swap(v, to int32, c change, allowed int64) bool {
	from := a.core[v]
	m := a.members[to]
	x := m[a.rng.Uint64N(uint64(len(m)))]
	if a.syn == nil {
		// What each would change without the other is no more than what both do.
		alone := a.try(x, from)
		both := change{
			conn:  c.conn + alone.conn,
			leave: c.leave.plus(alone.join.minus(a.used[from])),
			join:  c.join.plus(alone.leave.minus(a.used[to])),
		}
		if both.conn+a.overBy(v, to, both)*a.price/overUnit > allowed {
			return false
		}
	}
	both := a.trySwap(v, x, c)
	over := a.overBy(v, to, both)
	if both.conn+over*a.price/overUnit > allowed {
		return false
	}
	a.move(v, to, both, over)
	a.shift(x, from)
	a.touch(v)
	a.touch(x)
	return true
}

// touch notes that v moved.
func (a *annealer) touch(v int32) {
	if !a.isDirty[v] {
		a.isDirty[v] = true
		a.dirty = append(a.dirty, v)
	}
}

// keep makes the present state the best.
func (a *annealer) keep() {
	a.fit, a.bestConn = true, a.conn
	for _, v := range a.dirty {
		a.best[v] = a.core[v]
		a.isDirty[v] = false
	}
	a.dirty = a.dirty[:0]
}
