package place

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/weft-toolchain/weft/compiler/partition"
)

// RefineOptions says how to refine. The zero value is what suits most.
type RefineOptions struct {
	// Trees tells that the mesh copies packets on the way: a net costs the union
	// of its ways, and not their sum.
	Trees bool
}

// refineRounds is how often each vertex is looked at.
const refineRounds = 40

// How many cores are tried for a vertex, and how many partners for a swap.
const (
	mostCores    = 6
	mostPartners = 4
)

// Refine moves vertices between the cores of a placed partition, one at a time
// or two in exchange, so that the nets' ways on the mesh get shorter while every
// core keeps its limits and at least one vertex. Of the mesh its size, its ways
// and its chips count, not its traffic. It returns the new core of each vertex,
// which costs no more than the old one. It is an error if the partition or the
// placement is none, or if ctx ends.
func Refine(ctx context.Context, p *partition.Problem, mesh *Problem, core, spots []int32, o RefineOptions) ([]int32, error) {
	if err := checkJoint(p, mesh, core, spots); err != nil {
		return nil, err
	}
	j := newJoint(p, newGrid(mesh), slices.Clone(core), spots, o.Trees)
	if err := j.checkWays(); err != nil {
		return nil, err
	}
	r := &refiner{
		joint: j, r: rand.New(rand.NewPCG(0, uint64(len(core)))),
		class: make([]int32, len(spots)), waiting: map[[2]int32][]int32{},
		score: make([]int64, len(spots)),
	}
	if p.Class != nil {
		for v, c := range core {
			r.class[c] = p.Class[v]
		}
	}
	best, least := slices.Clone(core), j.total()
	for round := range refineRounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// The first round only makes things better, and shows what a move
		// costs; then it is warm, and cools down to nothing at three quarters.
		heat := 0.0
		if round > 0 {
			heat = warmth * max(0, 1-float64(round)/(0.75*refineRounds))
		}
		r.round(heat)
		if total := j.total(); total < least {
			least = total
			copy(best, j.core)
		}
	}
	return best, nil
}

// warmth is the first temperature, as a part of the mean cost of the best moves
// that make things worse.
const warmth = 0.15

// refiner is a joint that is being refined.
type refiner struct {
	*joint
	r     *rand.Rand
	class []int32 // of each core
	// waiting lists the vertices of one core that would go to another, were it
	// not full, the latest last.
	waiting map[[2]int32][]int32
	// score is scratch: of each core, the packets that it gets anyhow of those
	// that a vertex reads.
	score []int64
	cores []int32
	rise  float64 // the mean cost of the best moves that make things worse
}

// round looks at all vertices in random order.
func (r *refiner) round(heat float64) {
	clear(r.waiting)
	var sum float64
	n := 0
	for _, v := range r.r.Perm(len(r.core)) {
		slack := heat * r.rise * r.r.ExpFloat64()
		c, d := r.best(int32(v))
		if d == never {
			continue
		}
		if d > 0 {
			sum += float64(d)
			n++
		}
		if float64(d) > slack {
			continue
		}
		if a := r.core[v]; !r.try(slack, step{int32(v), c}) {
			r.exchange(int32(v), a, c, slack)
		}
	}
	if n > 0 {
		r.rise = sum / float64(n)
	}
}

// best returns the core to which v would best go, were there room, and by how
// much the cost grows; never if there is nowhere to go.
func (r *refiner) best(v int32) (to int32, d int64) {
	d = never
	cores := r.near(v)
	if len(cores) == 0 {
		return 0, never
	}
	a := r.core[v]
	r.begin()
	r.leave(v)
	for _, i := range r.outs[v] {
		r.touch(i)
	}
	for _, c := range cores {
		r.enter(v, c)
		if change := r.change(); change < d {
			to, d = c, change
		}
		r.leave(v)
	}
	r.enter(v, a)
	return to, d
}

// sample is how many of the nets that a vertex reads near looks at, about.
const sample = 128

// near returns the other cores that get most of a sample of what v reads, or
// read v.
func (r *refiner) near(v int32) []int32 {
	r.cores = r.cores[:0]
	add := func(c int32, packets int64) {
		if c == r.core[v] || r.p.Class != nil && r.class[c] != r.p.Class[v] {
			return
		}
		if r.score[c] == 0 {
			r.cores = append(r.cores, c)
		}
		r.score[c] += packets + 1
	}
	in := r.p.In[r.p.Off[v]:r.p.Off[v+1]]
	stride := len(in)/sample + 1
	for k := r.r.IntN(stride); k < len(in); k += stride {
		i := in[k]
		if home := r.p.Home[i]; home >= 0 {
			add(r.core[home], r.p.WeightOf(i))
		}
		for _, at := range r.pinsOf(i) {
			add(at.core, r.p.WeightOf(i))
		}
	}
	for _, i := range r.outs[v] {
		for _, at := range r.pinsOf(i) {
			add(at.core, r.p.WeightOf(i))
		}
	}
	slices.SortFunc(r.cores, func(a, b int32) int {
		return cmp.Or(cmp.Compare(r.score[b], r.score[a]), cmp.Compare(a, b))
	})
	for _, c := range r.cores {
		r.score[c] = 0
	}
	return r.cores[:min(len(r.cores), mostCores)]
}

// never is the change of a move that may not be made.
const never = math.MaxInt64

// step is a vertex and the core that it goes to.
type step struct{ v, c int32 }

// try makes the steps if they make the cost grow by no more than slack, and
// the cores fit afterwards.
func (r *refiner) try(slack float64, steps ...step) bool {
	r.begin()
	fit := true
	var back [2]step
	for k, s := range steps {
		back[k] = step{s.v, r.core[s.v]}
		r.shift(s.v, s.c)
	}
	for k, s := range steps {
		fit = fit && r.fits(s.c) && r.fits(back[k].c)
	}
	if fit && float64(r.change()) <= slack {
		r.settle()
		return true
	}
	for k := range steps {
		r.shift(back[k].v, back[k].c)
	}
	return false
}

// exchange swaps v, which would go from a to c, with one that would go the
// other way, or lets it wait for one.
func (r *refiner) exchange(v, a, c int32, slack float64) {
	others := r.waiting[[2]int32{c, a}]
	for tried := 0; tried < mostPartners && len(others) > 0; {
		u := others[len(others)-1]
		others = others[:len(others)-1]
		if r.core[u] != c {
			continue
		}
		tried++
		if r.try(slack, step{v, c}, step{u, a}) {
			r.waiting[[2]int32{c, a}] = others
			return
		}
	}
	r.waiting[[2]int32{a, c}] = append(r.waiting[[2]int32{a, c}], v)
}

// checkJoint returns what is wrong with a partition and its placement.
func checkJoint(p *partition.Problem, mesh *Problem, core, spots []int32) error {
	bare := *mesh
	bare.Cores, bare.Flows, bare.Nets = len(spots), nil, nil
	if err := bare.check(); err != nil {
		return err
	}
	if err := bare.checkSpots(spots); err != nil {
		return err
	}
	if len(core) != len(p.Off)-1 {
		return fmt.Errorf("%d cores for %d vertices", len(core), len(p.Off)-1)
	}
	for v, c := range core {
		if c < 0 || int(c) >= len(spots) {
			return fmt.Errorf("vertex %d is in core %d, of %d", v, c, len(spots))
		}
	}
	return nil
}

// checkWays returns an error if a net's source and one of its readers have no
// ways to each other. Where they have, so have all the cores that a vertex may
// go to.
func (j *joint) checkWays() error {
	for i, home := range j.p.Home {
		from := j.spot[len(j.load)]
		if home >= 0 {
			from = j.spot[j.core[home]]
		}
		for _, at := range j.pinsOf(int32(i)) {
			if !j.grid.joined(from, j.spot[at.core]) {
				return fmt.Errorf("net %d goes from spot %d to spot %d: no way between them", i, from, j.spot[at.core])
			}
		}
	}
	return nil
}
