package place

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/compiler/partition"
)

// randomPartition returns a partition of random vertices into cores on a mesh
// that keeps its limits, with all kinds of limits.
func randomPartition(r *rand.Rand) (p *partition.Problem, mesh *Problem, core, spots []int32) {
	const vertices, nets, cores = 60, 80, 7
	p = &partition.Problem{Off: []int64{0}, Neurons: 16, Axons: 60, WordSynapses: 2, FanOut: 40}
	for range nets {
		p.Home = append(p.Home, int32(r.IntN(vertices+1))-1)
		p.Weight = append(p.Weight, r.Int64N(30))
	}
	words := make([]int, cores)
	for v := range vertices {
		for i := range int32(nets) {
			if r.IntN(12) == 0 {
				p.In = append(p.In, i)
				p.Synapses = append(p.Synapses, uint16(1+r.IntN(4)))
				words[v%cores] += 2
			}
		}
		p.Off = append(p.Off, int64(len(p.In)))
		p.Out = append(p.Out, int32(r.IntN(4)))
		p.Slots = append(p.Slots, int32(r.IntN(3)))
		p.Class = append(p.Class, int32(v%cores%2))
		core = append(core, int32(v%cores))
	}
	p.Words = slices.Max(words)
	mesh = &Problem{Width: 3, Height: 3, ChipWidth: 2, ChipHeight: 3, ChipLink: 4}
	for _, s := range r.Perm(9)[:cores] {
		spots = append(spots, int32(s))
	}
	return p, mesh, core, spots
}

// randomSends returns packets between the vertices of a partition, and to the host.
func randomSends(r *rand.Rand, vertices int) []Send {
	var sends []Send
	for range 20 {
		sends = append(sends, Send{From: int32(r.IntN(vertices)), To: int32(r.IntN(vertices+1)) - 1, Packets: r.Int64N(30)})
	}
	return sends
}

// cost measures the nets and sends of a partition on the mesh, and counts what
// arrives at another core apart times more.
func cost(t *testing.T, p *partition.Problem, mesh *Problem, core, spots []int32, o RefineOptions) int64 {
	t.Helper()
	q := *mesh
	q.Cores = len(spots)
	q.Flows = NetFlows(Nets(p, core))
	for _, s := range o.Sends {
		f := Flow{From: core[s.From], To: Host, Weight: s.Packets}
		if s.To != Host {
			f.To = core[s.To]
		}
		if f.From != f.To {
			q.Flows = append(q.Flows, f)
		}
	}
	f, err := Measure(&q, spots)
	if err != nil {
		t.Fatal(err)
	}
	sum := f.Cost(&q)
	for _, f := range q.Flows {
		sum += int64(o.Apart) * f.Weight
	}
	return sum
}

func TestJointCostsAreWhatIsMeasured(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for trial := range 40 {
		p, mesh, core, spots := randomPartition(r)
		o := RefineOptions{Apart: trial % 3, Sends: randomSends(r, len(core))}
		j := newJoint(p, o, newGrid(mesh), slices.Clone(core), spots)
		for range 30 {
			v, c := int32(r.IntN(len(core))), int32(r.IntN(len(spots)))
			if c == j.core[v] {
				continue
			}
			a, before := j.core[v], j.total()
			d := j.try(v, c)
			left, joined := j.plus(j.load[a], v, -1, -d.less), j.plus(j.load[c], v, 1, d.more)
			j.shift(v, c)
			left.words, joined.words = j.load[a].words, j.load[c].words
			if left != j.load[a] || joined != j.load[c] {
				t.Fatalf("trial %d: a move is said to leave %+v and %+v, and leaves %+v and %+v", trial, left, joined, j.load[a], j.load[c])
			}
			want := cost(t, p, mesh, j.core, spots, o)
			if j.total() != want || before+d.cost != want {
				t.Fatalf("trial %d: the cost is %d after a change of %d from %d, measured %d", trial, j.total(), d.cost, before, want)
			}
		}
		fresh := newJoint(p, o, newGrid(mesh), slices.Clone(j.core), spots)
		if !slices.Equal(fresh.load, j.load) {
			t.Fatalf("trial %d: cores hold %+v, counted anew %+v", trial, j.load, fresh.load)
		}
	}
}

func TestRefineKeepsLimitsAndLowersCost(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	lower := 0
	const trials = 20
	for trial := range trials {
		p, mesh, core, spots := randomPartition(r)
		if trial%2 == 1 {
			for range 9 {
				mesh.Holds = append(mesh.Holds, 20+r.Int32N(30))
			}
		}
		o := RefineOptions{Apart: trial % 3, Sends: randomSends(r, len(core))}
		refined, err := Refine(t.Context(), p, mesh, core, spots, o)
		if err != nil {
			t.Fatal(err)
		}
		o.Workers = 3
		if again, err := Refine(t.Context(), p, mesh, core, spots, o); err != nil || !slices.Equal(again, refined) {
			t.Errorf("trial %d: three workers make %v (%v), one %v", trial, again, err, refined)
		}
		j := newJoint(p, o, newGrid(mesh), slices.Clone(refined), spots)
		start := newJoint(p, o, newGrid(mesh), slices.Clone(core), spots)
		for c := range spots {
			if c := int32(c); start.fits(c, start.load[c]) && !j.fits(c, j.load[c]) {
				t.Errorf("trial %d: core %d fitted, and is %+v now", trial, c, j.load[c])
			}
			if has := j.load[c].axons; mesh.Holds != nil && has > max(int(mesh.Holds[spots[c]]), start.load[c].axons) {
				t.Errorf("trial %d: core %d had %d axons, and has %d where there are %d", trial, c, start.load[c].axons, has, mesh.Holds[spots[c]])
			}
		}
		for v, c := range refined {
			if p.Class[v] != c%2 {
				t.Errorf("trial %d: vertex %d of class %d is in core %d", trial, v, p.Class[v], c)
			}
		}
		before, after := cost(t, p, mesh, core, spots, o), cost(t, p, mesh, refined, spots, o)
		if after > before {
			t.Errorf("trial %d: %d before, %d after", trial, before, after)
		}
		if after < before {
			lower++
		}
	}
	if lower < trials*9/10 {
		t.Errorf("%d of %d were refined", lower, trials)
	}
}

func TestRefineOfBadInput(t *testing.T) {
	p, mesh, core, spots := randomPartition(rand.New(rand.NewPCG(1, 1)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Refine(ctx, p, mesh, core, spots, RefineOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if _, err := Refine(t.Context(), p, mesh, core[1:], spots, RefineOptions{}); err == nil {
		t.Error("a vertex without a core: no error")
	}
	if _, err := Refine(t.Context(), p, mesh, core, slices.Repeat(spots[:1], len(spots)), RefineOptions{}); err == nil {
		t.Error("all cores at one spot: no error")
	}
	if _, err := Refine(t.Context(), p, mesh, core, spots, RefineOptions{Sends: []Send{{From: 0, To: int32(len(core))}}}); err == nil {
		t.Error("a send to a vertex that is none: no error")
	}
}
