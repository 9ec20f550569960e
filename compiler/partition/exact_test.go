package partition

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// fewProblem makes a network of 20 to 24 neurons and some inputs that takes about
// three or four cores, of one of several kinds.
func fewProblem(kind string, seed uint64) *Problem {
	rng := rand.New(rand.NewPCG(seed, 11))
	n := 20 + rng.IntN(5)
	const inputs = 6
	p := &Problem{Off: []int64{0}, Neurons: 7 + rng.IntN(3), Axons: 14}
	for e := range n + inputs {
		p.Home = append(p.Home, int32(e))
		if e >= n {
			p.Home[e] = -1
		}
		if kind != "uniform" {
			p.Weight = append(p.Weight, int64(math.Exp(rng.NormFloat64()+2)))
		}
	}
	for v := range n {
		var reads uint64
		switch kind {
		case "random", "uniform":
			for range 3 {
				reads |= 1 << rng.IntN(n+inputs)
			}
		case "layered":
			layer := v * 3 / n
			from, width := n, inputs
			if layer > 0 {
				from, width = (layer-1)*n/3, n/3
			}
			for range 4 {
				reads |= 1 << (from + rng.IntN(width))
			}
		case "planted":
			p.Neurons = 6
			for range 4 {
				reads |= 1 << (v/6*6 + rng.IntN(min(6, n-v/6*6)))
			}
			reads |= 1 << rng.IntN(n+inputs)
		case "ring":
			p.Neurons = 6
			for d := 1; d <= 4; d++ {
				reads |= 1 << ((v + d) % n)
			}
		case "tight": // axons bind
			p.Axons = 10
			for d := range 3 {
				reads |= 1 << ((v*2/3 + d) % n)
			}
			reads |= 1 << (n + rng.IntN(inputs))
		}
		for e := range n + inputs {
			if reads>>e&1 != 0 {
				p.In = append(p.In, int32(e))
			}
		}
		p.Off = append(p.Off, int64(len(p.In)))
	}
	return p
}

// oracle finds the fewest cores and then the least connectivity by branch and
// bound over sets of nets as bits. It shares nothing with what it judges.
type oracle struct {
	p            *Problem
	reads, ties  []uint64 // of each vertex: what it reads, and what it has to do with
	k            int
	conn         int64
	found        bool
	inReads, has []uint64 // of each core
	count        []int
}

func newOracle(p *Problem) *oracle {
	n := p.vertices()
	o := &oracle{p: p, reads: make([]uint64, n), ties: make([]uint64, n)}
	for v := range n {
		for _, e := range p.In[p.Off[v]:p.Off[v+1]] {
			o.reads[v] |= 1 << e
		}
		o.ties[v] = o.reads[v]
	}
	for e, home := range p.Home {
		if home >= 0 {
			o.ties[home] |= 1 << e
		}
	}
	return o
}

// solve returns the optimum.
func (o *oracle) solve() (cores int, conn int64) {
	for k := 1; ; k++ {
		o.k, o.conn, o.found = k, math.MaxInt64, false
		o.inReads, o.has, o.count = make([]uint64, k), make([]uint64, k), make([]int, k)
		o.grow(0, 0)
		if o.found {
			return k, o.conn
		}
	}
}

func (o *oracle) weigh(nets uint64) (sum int64) {
	for ; nets != 0; nets &= nets - 1 {
		sum += o.p.WeightOf(int32(bits.TrailingZeros64(nets)))
	}
	return sum
}

func (o *oracle) fits(v, c int) bool {
	return o.count[c] < o.p.Neurons && bits.OnesCount64(o.inReads[c]|o.reads[v]) <= o.p.Axons
}

func (o *oracle) grow(placed uint64, conn int64) {
	if conn >= o.conn {
		return
	}
	n := o.p.vertices()
	if bits.OnesCount64(placed) == n {
		o.conn, o.found = conn, true
		return
	}
	var all uint64
	for _, h := range o.has {
		all |= h
	}
	// The next vertex is one with the fewest cores to go to, and of these the one
	// for which the best is most dear. What the others cost at least bounds the sum,
	// each net being charged once.
	next, choices, dearest := -1, math.MaxInt, int64(-1)
	bound := conn
	charged := uint64(0)
	for v := range n {
		if placed>>v&1 != 0 {
			continue
		}
		least, few, empty := int64(math.MaxInt64), 0, false
		leastCharged := int64(math.MaxInt64)
		for c := range o.k {
			if !o.fits(v, c) || o.count[c] == 0 && empty {
				continue
			}
			empty = empty || o.count[c] == 0
			few++
			added := o.ties[v] & all &^ o.has[c]
			least = min(least, o.weigh(added))
			leastCharged = min(leastCharged, o.weigh(added&^charged))
		}
		if few == 0 {
			return
		}
		bound += leastCharged
		charged |= o.ties[v]
		if few < choices || few == choices && least > dearest {
			next, choices, dearest = v, few, least
		}
	}
	if bound >= o.conn {
		return
	}
	v := next
	empty := false
	for c := range o.k {
		if !o.fits(v, c) || o.count[c] == 0 && empty {
			continue
		}
		empty = empty || o.count[c] == 0
		reads, has := o.inReads[c], o.has[c]
		added := o.weigh(o.ties[v] & all &^ has)
		o.inReads[c], o.has[c] = reads|o.reads[v], has|o.ties[v]
		o.count[c]++
		o.grow(placed|1<<v, conn+added)
		o.count[c]--
		o.inReads[c], o.has[c] = reads, has
	}
}

func TestFewNeuronsAreSolvedToTheOptimum(t *testing.T) {
	tried, optimal, seeds := 0, 0, uint64(9)
	if testing.Short() {
		seeds = 1
	}
	for _, kind := range []string{"random", "uniform", "layered", "planted", "ring", "tight"} {
		for seed := range seeds {
			name := fmt.Sprint(kind, seed)
			p := fewProblem(kind, seed)
			cores, conn := newOracle(p).solve()
			r, err := Partition(t.Context(), p, Options{})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if r.Cores != cores {
				t.Errorf("%s: %d cores, and the optimum is %d", name, r.Cores, cores)
			}
			if r.Cores == cores && r.Connectivity < conn {
				t.Errorf("%s: connectivity %d is below what was proven, %d", name, r.Connectivity, conn)
			}
			tried++
			if r.Connectivity == conn {
				optimal++
			} else {
				t.Logf("%s: %d cores with connectivity %d, and the optimum is %d", name, r.Cores, r.Connectivity, conn)
			}
		}
	}
	t.Logf("%d of %d are optimal", optimal, tried)
	if optimal*10 < tried*9 {
		t.Errorf("connectivity is optimal in %d of %d, want nine tenths", optimal, tried)
	}
}
