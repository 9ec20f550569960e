package partition

import (
	"context"
	"math/rand/v2"
	"slices"
)

// A rating says how much a vertex is wanted in the core that is being filled.
type rating int

// The ratings of the greedy construction.
const (
	// The first wants vertices most of whose nets are there already.
	_ rating = iota
	// byNew wants vertices that need the fewest further axons.
	byNew
	// byWeight wants vertices the most of whose spikes are there already.
	byWeight
	numRatings
)

// ratings is how many grades a rating has.
const ratings = 512

// A construction may visit the vertices of nets scanWork times for each pin;
// after that it looks at scanLess of them at a time.
const (
	scanWork = 96
	scanLess = 8
)

// strangers is how many unrelated vertices are tried to fill what is left of a core.
const strangers = 32

// greedy fills one core after another, each with what shares most with it.
type greedy struct {
	g      *graph
	rating rating
	core   []int32
	free   [][]tie // vertices of each net that may still be in no core
	sizes  []use
	mass   []int64 // what share is compared with, per vertex

	share  []int64 // what each vertex has in common with the open core
	common []int32 // and that in axons; less if scanWork is spent
	queue  buckets
	readIn []int32 // the last core that reads the net, plus one
	seenIn []int32 // the last core that has it at all, plus one
	syn    []int32 // synapses of the net in that core
	open   int32   // the open core, plus one
	used   use
	class  int32
	work   int64
}

// fillGreedily returns the core of each vertex of g, and how many cores.
func fillGreedily(ctx context.Context, g *graph, how rating, seed uint64) ([]int32, int) {
	n := g.vertices()
	f := &greedy{
		g: g, rating: how, core: make([]int32, n), free: make([][]tie, g.nets()),
		sizes: make([]use, n), mass: make([]int64, n),
		share: make([]int64, n), common: make([]int32, n), queue: newBuckets(n),
		readIn: make([]int32, g.nets()), seenIn: make([]int32, g.nets()),
		work: scanWork * int64(len(g.pins)),
	}
	if g.syn != nil {
		f.syn = make([]int32, g.nets())
	}
	ends := slices.Clone(g.ends)
	for e := range f.free {
		f.free[e] = ends[g.netOff[e]:g.netOff[e+1]]
	}
	for v := range int32(n) {
		f.core[v] = -1
		f.sizes[v] = g.size(v)
		for _, p := range g.pinsOf(v) {
			f.mass[v] += f.worth(p.other(), p)
		}
		if how != byWeight {
			f.mass[v] += int64(g.own[v].axons)
		}
	}
	order := make([]int32, n)
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range order {
		j := rng.IntN(i + 1)
		order[i] = order[j]
		order[j] = int32(i)
	}
	cores := f.fillAll(ctx, order)
	return f.core, cores
}

// worth is what a net that is shared through t counts.
func (f *greedy) worth(e int32, t tie) int64 {
	switch {
	case f.rating == byWeight:
		return 16*f.g.weight[e] + 1
	case t.reads():
		return int64(f.g.axons[e])
	}
	return 0
}

// rate returns the grade of v, from 0 to ratings-1.
func (f *greedy) rate(v int32) int {
	if f.rating == byNew {
		fresh := f.sizes[v].axons - f.common[v]
		return max(ratings-1-int(int64(fresh)*ratings/int64(f.g.limit.axons+1)), 0)
	}
	return int(f.share[v] * (ratings - 1) / max(f.mass[v], 1))
}

// fillAll opens cores until every vertex is in one, and returns how many. A core
// begins with a vertex that has much in common with the last core, or else with
// the next in order.
func (f *greedy) fillAll(ctx context.Context, order []int32) int {
	cores := int32(0)
	for next := 0; ; cores++ {
		for next < len(order) && f.core[order[next]] >= 0 {
			next++
		}
		if next == len(order) {
			return int(cores)
		}
		if ctx.Err() != nil {
			break
		}
		first := f.neighbour()
		if first < 0 {
			first = order[next]
		}
		for _, v := range f.queue.seen {
			f.share[v], f.common[v] = 0, 0
		}
		f.queue.drain()
		f.used, f.class, f.open = use{}, f.g.class[first], cores+1
		f.add(first)
		f.fill(order[next:])
	}
	for v, c := range f.core {
		if c < 0 {
			f.core[v] = cores
		}
	}
	return int(cores) + 1
}

// neighbour returns the vertex in no core that has most in common with the last
// core; -1 if none has anything.
func (f *greedy) neighbour() int32 {
	best, bestRate := int32(-1), -1
	for _, v := range f.queue.seen {
		if r := f.rate(v); f.core[v] < 0 && r > bestRate {
			best, bestRate = v, r
		}
	}
	return best
}

// fill adds vertices to the open core while there are any that fit.
func (f *greedy) fill(others []int32) {
	tried := 0
	for {
		v := f.queue.pop()
		for v < 0 {
			for len(others) > 0 && f.core[others[0]] >= 0 {
				others = others[1:]
			}
			if len(others) == 0 || tried == strangers {
				return
			}
			v, others = others[0], others[1:]
			tried++
		}
		if f.fits(v) {
			f.add(v)
		}
	}
}

func (f *greedy) fits(v int32) bool {
	u := f.used.plus(f.sizes[v])
	u.axons -= f.common[v]
	u.words = 0
	if !u.within(f.g.limit) || f.g.class[v] != f.class {
		return false
	}
	return f.g.syn == nil || f.used.plus(f.takes(v)).within(f.g.limit)
}

// takes is what v adds to the open core.
func (f *greedy) takes(v int32) use {
	g := f.g
	core := f.open
	u := g.own[v]
	for i := g.off[v]; i < g.off[v+1]; i++ {
		e := g.pins[i].other()
		reads := g.pins[i].reads()
		if reads && f.readIn[e] != core {
			u.axons += g.axons[e]
		}
		if g.syn != nil && reads {
			before := int32(0)
			if f.readIn[e] == core {
				before = f.syn[e]
			}
			u.words += g.words(before+g.syn[i]) - g.words(before)
		}
	}
	return u
}

// add puts v into the open core, and tells those that share nets with it.
func (f *greedy) add(v int32) {
	g := f.g
	f.used = f.used.plus(f.takes(v))
	f.core[v] = f.open - 1
	f.queue.remove(v)
	for i := g.off[v]; i < g.off[v+1]; i++ {
		e := g.pins[i].other()
		read := g.pins[i].reads() && f.readIn[e] != f.open
		seen := f.seenIn[e] != f.open
		f.seenIn[e] = f.open
		if g.syn != nil && g.pins[i].reads() {
			if read {
				f.syn[e] = 0
			}
			f.syn[e] += g.syn[i]
		}
		if read {
			f.readIn[e] = f.open
		}
		if read || seen {
			f.tell(e, read, seen)
		}
	}
}

// tell rates the vertices of e again: the open core newly reads it, or newly has
// it at all.
func (f *greedy) tell(e int32, read, seen bool) {
	free := f.free[e]
	most := len(free)
	if f.work < 0 {
		most = min(most, scanLess)
	}
	for i := 0; i < most; {
		f.work--
		u := free[i].other()
		if f.core[u] >= 0 {
			free[i] = free[len(free)-1]
			free = free[:len(free)-1]
			most = min(most, len(free))
			continue
		}
		reads := free[i].reads()
		if read && reads {
			f.common[u] += f.g.axons[e]
		}
		if f.rating == byWeight && seen || f.rating != byWeight && read && reads {
			f.share[u] += f.worth(e, free[i])
		}
		f.queue.put(u, f.rate(u))
		i++
	}
	f.free[e] = free
}
