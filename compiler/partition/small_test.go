package partition

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// smallProblem makes a network of 12 neurons and 4 inputs of one of four kinds.
func smallProblem(kind string, seed uint64) *Problem {
	rng := rand.New(rand.NewPCG(seed, 9))
	const n = 12
	p := &Problem{Off: []int64{0}, Neurons: 4, Axons: 9}
	for e := range n + 4 {
		home := int32(e)
		if e >= n {
			home = -1
		}
		p.Home = append(p.Home, home)
		p.Weight = append(p.Weight, 1+rng.Int64N(20))
	}
	for v := range n {
		reads := make([]bool, n+4)
		switch kind {
		case "ring":
			for d := 1; d <= 3; d++ {
				reads[(v+d)%n] = true
			}
			reads[n+rng.IntN(4)] = true
		case "conv":
			for d := range 3 {
				reads[min(v+d, n+3)] = true
			}
		case "modules":
			for range 4 {
				reads[v/4*4+rng.IntN(4)] = true
			}
			reads[rng.IntN(n+4)] = true
		case "random":
			for range 4 {
				reads[rng.IntN(n+4)] = true
			}
		}
		for e, r := range reads {
			if r {
				p.In = append(p.In, int32(e))
			}
		}
		p.Off = append(p.Off, int64(len(p.In)))
	}
	return p
}

// optimum tries every partition of p, by growing the list of each vertex's core
// so that cores are numbered by their first vertex.
func optimum(p *Problem) (cores int, conn int64) {
	n := p.vertices()
	core := make([]int32, n)
	masks := make([]uint64, n)
	for v := range n {
		for _, e := range p.In[p.Off[v]:p.Off[v+1]] {
			masks[v] |= 1 << e
		}
	}
	cores, conn = n+1, math.MaxInt64
	nets := make([]uint64, n)
	count := make([]int, n)
	var grow func(v, used int)
	grow = func(v, used int) {
		if used > cores {
			return
		}
		if v == n && p.Spread && dearest(p, core) > p.FanOut {
			return
		}
		if v == n {
			if c := connectivity(p, core); used < cores || c < conn {
				cores, conn = used, c
			}
			return
		}
		for c := range used + 1 {
			before := nets[c]
			after := before | masks[v]
			if count[c] == p.Neurons || popcount(after) > p.Axons {
				continue
			}
			nets[c], core[v] = after, int32(c)
			count[c]++
			grow(v+1, max(used, c+1))
			count[c]--
			nets[c] = before
		}
	}
	grow(0, 0)
	return cores, conn
}

// dearest returns the most that a core takes of FanOut, with what nets spread to.
func dearest(p *Problem, core []int32) int {
	takes := map[int32]int{}
	for v, c := range core {
		takes[c] += int(p.OutOf(v))
	}
	readers := make([]map[int32]bool, p.nets())
	for v, c := range core {
		for _, e := range p.In[p.Off[v]:p.Off[v+1]] {
			if readers[e] == nil {
				readers[e] = map[int32]bool{}
			}
			readers[e][c] = true
		}
	}
	most := 0
	for e, home := range p.Home {
		if home >= 0 {
			takes[core[home]] += max(len(readers[e])-1, 0)
		}
	}
	for _, n := range takes {
		most = max(most, n)
	}
	return most
}

func popcount(m uint64) int {
	n := 0
	for ; m != 0; m &= m - 1 {
		n++
	}
	return n
}

func TestSmallProblemsAreSolvedToTheOptimum(t *testing.T) {
	for _, kind := range []string{"ring", "conv", "modules", "random"} {
		for seed := range uint64(10) {
			t.Run(fmt.Sprint(kind, seed), func(t *testing.T) {
				p := smallProblem(kind, seed)
				cores, conn := optimum(p)
				r, err := Partition(t.Context(), p, Options{Effort: 2})
				if err != nil {
					t.Fatal(err)
				}
				if r.Cores != cores || r.Connectivity != conn {
					t.Errorf("%d cores with connectivity %d, and the optimum is %d with %d", r.Cores, r.Connectivity, cores, conn)
				}
				b := Bounds(p)
				if b.Cores > cores || b.Connectivity > conn {
					t.Errorf("bounds %+v are above the optimum of %d cores, %d", b, cores, conn)
				}
			})
		}
	}
}

// Where nets take of a core's fan-out for each core that reads them, the fewest cores
// that this leaves are found, and the least connectivity.
func TestSmallProblemsKeepWhatNetsSpread(t *testing.T) {
	tight := 0 // problems whose optimum is another without
	for _, kind := range []string{"ring", "conv", "modules", "random"} {
		for seed := range uint64(4) {
			p := smallProblem(kind, seed)
			free, freeConn := optimum(p)
			p.Out, p.Spread = make([]int32, p.vertices()), true
			for _, e := range p.In {
				if home := p.Home[e]; home >= 0 {
					p.Out[home] = 1 // has one net, and none if nobody reads it
				}
			}
			for p.FanOut = 5; p.FanOut <= 8; p.FanOut++ {
				cores, conn := optimum(p)
				if cores > p.vertices() {
					continue // none is possible
				}
				if cores != free || conn != freeConn {
					tight++
				}
				r, err := Partition(t.Context(), p, Options{Effort: 2})
				if err != nil {
					t.Fatal(err)
				}
				if r.Cores != cores || r.Connectivity != conn || dearest(p, r.Core) > p.FanOut {
					t.Errorf("%s%d, fan-out %d: %d cores with connectivity %d, of which one takes %d; the optimum is %d with %d",
						kind, seed, p.FanOut, r.Cores, r.Connectivity, dearest(p, r.Core), cores, conn)
				}
			}
		}
	}
	if tight < 20 {
		t.Errorf("%d problems are another with a fan-out, want 20 at least", tight)
	}
}

// A search ends with its budget, of vertices that have no pins too.
func TestSearchesEnd(t *testing.T) {
	p := &Problem{Off: make([]int64, 41), Neurons: 2, Axons: 1}
	g := p.reduce().graph
	if _, all := g.searchThrough(19, candidate{}, 1<<16); all { // 40 vertices, two to a core: there is none
		t.Error("all partitions of 40 vertices were looked at")
	}
}
