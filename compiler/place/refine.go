package place

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/weft-toolchain/weft/compiler/partition"
)

// RefineOptions says how to refine. The zero value is what suits most.
type RefineOptions struct {
	// Seed gives another search; all are as good.
	Seed uint64
	// Trials is how many moves a run tries for each vertex; zero is 700.
	Trials int
	// Apart is what a packet to another core costs besides its way, in hops; less
	// than one counts as nothing.
	Apart int
	// Workers is how many runs go at a time; less than one counts as one. The
	// answer does not depend on it.
	Workers int
	// Sends are packets of vertices besides those of nets.
	Sends []Send
}

// Send is packets from one vertex to another, or to Host, that no limit counts.
type Send struct {
	From, To int32
	Packets  int64 // at least 0
}

const defaultTrials = 700

// Refine moves vertices between the cores of a placed partition, one at a time
// or two in exchange, so that packets cross fewer links, a net's to each of its
// cores apart, while every core keeps its limits and at least one vertex. Of the
// mesh its size, its ways and its chips count, not its traffic. It returns the
// new core of each vertex, which costs no more than the old one: the old one
// where the partition is very large. It is an error if the partition or the
// placement is none, or if ctx ends.
func Refine(ctx context.Context, p *partition.Problem, mesh *Problem, core, spots []int32, o RefineOptions) ([]int32, error) {
	if err := checkJoint(p, mesh, core, spots, o.Sends); err != nil {
		return nil, err
	}
	core = slices.Clone(core)
	if !tabled(p, core, len(spots)) {
		return core, ctx.Err()
	}
	trials := o.Trials
	if trials <= 0 {
		trials = defaultTrials
	}
	g := newGrid(mesh)
	var all sync.WaitGroup
	slots := make(chan struct{}, max(o.Workers, 1))
	runs := make([]refined, len(refineHeats))
	for i, heat := range refineHeats {
		slots <- struct{}{}
		all.Go(func() {
			runs[i] = newRefiner(newJoint(p, o, g, slices.Clone(core), spots), o.Seed, uint64(i)).run(ctx, trials*len(core), heat)
			<-slots
		})
	}
	all.Wait()
	best := refined{core: core}
	for _, r := range runs {
		if r.err != nil {
			return nil, r.err
		}
		if r.saved > best.saved {
			best = r
		}
	}
	return best.core, nil
}

// refined is what a run comes to, and what that saves.
type refined struct {
	core  []int32
	saved int64
	err   error
}

// refineHeats are the first temperatures of the runs, as parts of the mean cost of
// the moves that make things worse: which one serves is a matter of the network.
var refineHeats = []float64{0.02, 0.1}

// refineFrost is the last temperature, as a part of the first, of refineLevels
// without coldLevels; the cold ones are at none.
const (
	refineFrost  = 0.02
	refineLevels = 64
	coldLevels   = 8
)

// refiner is a joint that is being refined.
type refiner struct {
	*joint
	r     *rand.Rand
	class []int32 // of each core
	// members lists the vertices of each core, and place is where each is.
	members [][]int32
	place   []int32
	saved   int64 // by the moves so far
}

func newRefiner(j *joint, seed, stream uint64) *refiner {
	r := &refiner{
		joint: j, r: rand.New(rand.NewPCG(seed, stream)),
		class: make([]int32, j.cores), members: make([][]int32, j.cores), place: make([]int32, len(j.core)),
	}
	for v, c := range j.core {
		if j.p.Class != nil {
			r.class[c] = j.p.Class[v]
		}
		r.join(int32(v), c)
	}
	return r
}

// run tries so many moves, and returns the best of the partitions that it met at
// the ends of levels, or the first.
func (r *refiner) run(ctx context.Context, trials int, heat float64) refined {
	if err := r.checkWays(); err != nil {
		return refined{err: err}
	}
	best := refined{core: slices.Clone(r.core)}
	if trials == 0 {
		return best
	}
	heat *= r.meanRise()
	cool := math.Pow(refineFrost, 1.0/(refineLevels-coldLevels))
	for level := range refineLevels {
		if err := ctx.Err(); err != nil {
			return refined{err: err}
		}
		if level >= refineLevels-coldLevels {
			heat = 0
		}
		for range trials*(level+1)/refineLevels - trials*level/refineLevels {
			r.trial(heat)
		}
		if r.saved > best.saved {
			best.saved = r.saved
			copy(best.core, r.core)
		}
		heat *= cool
	}
	return best
}

// meanRise returns what a move costs, of those that cost something.
func (r *refiner) meanRise() float64 {
	const tries = 1000
	var sum float64
	n := 0
	for range tries {
		if v, c := r.pick(); c != r.core[v] {
			if d := r.try(v, c); d.cost > 0 {
				sum += float64(d.cost)
				n++
			}
		}
	}
	return sum / float64(max(n, 1))
}

// pick returns a random vertex, and the core of another one that it talks to or
// that reads what it reads; now and then any core.
func (r *refiner) pick() (v, c int32) {
	v = int32(r.r.Uint64N(uint64(len(r.core))))
	in, outs := r.p.In[r.p.Off[v]:r.p.Off[v+1]], r.outs[v]
	k := r.r.Uint64N(uint64(len(in) + len(outs) + 1))
	switch {
	case k == uint64(len(in)+len(outs)):
		return v, int32(r.r.Uint64N(uint64(r.cores)))
	case k < uint64(len(in)):
		if home := r.p.Home[in[k]]; home >= 0 && r.r.Uint64()&1 == 0 {
			return v, r.core[home]
		}
		c = r.among(in[k])
	default:
		c = r.among(outs[k-uint64(len(in))])
	}
	if c < 0 {
		c = r.core[v]
	}
	return v, c
}

// among returns a random core of those that read net i, or −1.
func (r *refiner) among(i int32) int32 {
	cores := r.reached(i)
	if len(cores) == 0 {
		return -1
	}
	return cores[r.r.Uint64N(uint64(len(cores)))]
}

// trial tries one move, or an exchange where there is no room for it.
func (r *refiner) trial(heat float64) {
	v, c := r.pick()
	a := r.core[v]
	if c == a || r.p.Class != nil && r.class[c] != r.p.Class[v] {
		return
	}
	slack := int64(heat * logs[r.r.Uint64()%uint64(len(logs))])
	d := r.try(v, c)
	left, joined := r.plus(r.load[a], v, -1, -d.less), r.plus(r.load[c], v, 1, d.more)
	if !r.fits(a, left) || !r.fits(c, joined) {
		r.exchange(v, c, d, slack)
		return
	}
	if d.cost > slack {
		return
	}
	r.move(v, c)
	if !r.fits(c, r.load[c]) { // its words
		r.move(v, a)
		return
	}
	r.saved -= d.cost
}

// exchange puts v into core c, and a random vertex of c where v was, if both
// together cost no more than slack, and fit; d is what the first would do alone.
func (r *refiner) exchange(v, c int32, d change, slack int64) {
	a := r.core[v]
	x := r.members[c][r.r.Uint64N(uint64(len(r.members[c])))]
	// What each would do alone is near what both do, and is found sooner; of axons
	// it is no more.
	alone := r.try(x, a)
	if d.cost+alone.cost > slack ||
		!r.fits(a, r.plus(r.plus(r.load[a], v, -1, -d.less), x, 1, alone.more)) ||
		!r.fits(c, r.plus(r.plus(r.load[c], v, 1, d.more), x, -1, -alone.less)) {
		return
	}
	r.move(v, c)
	back := r.try(x, a)
	r.move(x, a)
	if d.cost+back.cost <= slack && r.fits(a, r.load[a]) && r.fits(c, r.load[c]) {
		r.saved -= d.cost + back.cost
		return
	}
	r.move(x, c)
	r.move(v, a)
}

// move puts v into core c, and among its members.
func (r *refiner) move(v, c int32) {
	m := r.members[r.core[v]]
	last := m[len(m)-1]
	m[r.place[v]], r.place[last] = last, r.place[v]
	r.members[r.core[v]] = m[:len(m)-1]
	r.shift(v, c)
	r.join(v, c)
}

func (r *refiner) join(v, c int32) {
	r.place[v] = int32(len(r.members[c]))
	r.members[c] = append(r.members[c], v)
}

// checkJoint returns what is wrong with a partition and its placement.
func checkJoint(p *partition.Problem, mesh *Problem, core, spots []int32, sends []Send) error {
	bare := *mesh
	bare.Cores, bare.Flows, bare.Nets, bare.Needs = len(spots), nil, nil, nil
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
	for k, s := range sends {
		if s.From < 0 || int(s.From) >= len(core) || s.To != Host && (s.To < 0 || int(s.To) >= len(core)) || s.Packets < 0 {
			return fmt.Errorf("send %d is %d packets from vertex %d to vertex %d, of %d", k, s.Packets, s.From, s.To, len(core))
		}
	}
	return nil
}

// checkWays returns an error if vertices that talk have no ways to each other.
// Where they have, so have all the cores that a vertex may go to.
func (j *joint) checkWays() error {
	joined := func(a, b int32) error {
		if j.way(a, b) < 0 || j.way(b, a) < 0 {
			return fmt.Errorf("core %d and core %d talk: no way between them; %d is the host", a, b, j.cores)
		}
		return nil
	}
	for i, home := range j.p.Home {
		for _, at := range j.reached(int32(i)) {
			if err := joined(j.coreOf(home), at); err != nil {
				return err
			}
		}
	}
	for v, ends := range j.ends {
		for _, e := range ends {
			if err := joined(j.core[v], j.coreOf(e.other)); err != nil {
				return err
			}
		}
	}
	return nil
}
