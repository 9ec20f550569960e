package partition

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomProblem has n vertices in loose groups and every kind of limit that
// kinds, a set of bits, asks for.
func randomProblem(rng *rand.Rand, n, kinds int) *Problem {
	inputs := n / 8
	p := &Problem{Off: []int64{0}, Neurons: 4 + rng.IntN(8), Axons: 12 + rng.IntN(12)}
	for e := range n + inputs {
		home := int32(e)
		if e >= n {
			home = -1
		}
		p.Home = append(p.Home, home)
		p.Weight = append(p.Weight, rng.Int64N(100))
	}
	for v := range n {
		in := map[int32]bool{}
		for range 1 + rng.IntN(8) {
			if rng.IntN(3) == 0 {
				in[int32(rng.IntN(n+inputs))] = true
			} else {
				in[int32(v/10*10+rng.IntN(10))%int32(n)] = true
			}
		}
		for e := range int32(n + inputs) {
			if in[e] {
				p.In = append(p.In, e)
				p.Synapses = append(p.Synapses, uint16(1+rng.IntN(5)))
			}
		}
		p.Off = append(p.Off, int64(len(p.In)))
		p.Class = append(p.Class, int32(rng.IntN(3)))
		p.Out = append(p.Out, int32(rng.IntN(4)))
		p.Slots = append(p.Slots, int32(1+rng.IntN(3)))
	}
	if kinds&1 == 0 {
		p.Class = nil
	}
	if kinds&2 == 0 {
		p.Slots = nil
	}
	if kinds&4 != 0 {
		p.Words, p.WordSynapses = 24, 2
	}
	if kinds&8 != 0 {
		p.FanOut = 8
	}
	return p
}

// broken returns which limit a partition breaks, counted from the problem alone.
func broken(p *Problem, core []int32) error {
	for c := int32(0); ; c++ {
		var slots, out, words int32
		nets := map[int32]int32{}
		class := int32(-1)
		any := false
		for v, at := range core {
			if at != c {
				continue
			}
			any = true
			slots += p.SlotsOf(v)
			out += p.OutOf(v)
			if class >= 0 && class != p.class(v) {
				return fmt.Errorf("core %d has classes %d and %d", c, class, p.class(v))
			}
			class = p.class(v)
			for i := p.Off[v]; i < p.Off[v+1]; i++ {
				nets[p.In[i]] += p.SynapsesOf(i)
			}
		}
		if !any {
			if int(c) <= int(slices.Max(core)) {
				return fmt.Errorf("core %d is empty", c)
			}
			return nil
		}
		if p.Words > 0 {
			for _, n := range nets {
				words += (n + int32(p.WordSynapses) - 1) / int32(p.WordSynapses)
			}
		}
		if int(slots) > p.Neurons || len(nets) > p.Axons || p.Words > 0 && int(words) > p.Words || p.FanOut > 0 && int(out) > p.FanOut {
			return fmt.Errorf("core %d has %d slots, %d axons, %d words, %d fan-out", c, slots, len(nets), words, out)
		}
	}
}

func TestPartitionKeepsEveryLimit(t *testing.T) {
	for kinds := range 16 {
		for _, n := range []int{1, 7, 20, 90} {
			p := randomProblem(rand.New(rand.NewPCG(uint64(kinds), uint64(n))), n, kinds)
			for _, objective := range []Objective{Cores, Traffic} {
				r, err := Partition(t.Context(), p, Options{Objective: objective, Effort: 1})
				if err != nil {
					t.Fatal(err)
				}
				if err := broken(p, r.Core); err != nil {
					t.Errorf("kinds %d, %d vertices, objective %d: %v", kinds, n, objective, err)
				}
				if got := connectivity(p, r.Core); got != r.Connectivity {
					t.Errorf("kinds %d, %d vertices: connectivity %d, counted plainly %d", kinds, n, r.Connectivity, got)
				}
			}
		}
	}
}

// connectivity counts what Result.Connectivity promises, net by net.
func connectivity(p *Problem, core []int32) int64 {
	readers := make([]map[int32]bool, p.nets())
	for v := range p.vertices() {
		for _, e := range p.In[p.Off[v]:p.Off[v+1]] {
			if readers[e] == nil {
				readers[e] = map[int32]bool{}
			}
			readers[e][core[v]] = true
		}
	}
	var sum int64
	for e, cores := range readers {
		n := len(cores)
		if home := p.Home[e]; home >= 0 && cores[core[home]] || home < 0 && n > 0 {
			n--
		}
		sum += p.WeightOf(int32(e)) * int64(n)
	}
	return sum
}

func TestPartitionIsTheSameForAnyWorkers(t *testing.T) {
	for _, c := range []struct{ n, kinds, effort int }{{400, 15, 1}, {1200, 0, 2}, {80, 0, 3}} {
		if testing.Short() && c.effort > 1 {
			continue
		}
		p := randomProblem(rand.New(rand.NewPCG(1, 1)), c.n, c.kinds)
		var want *Result
		for _, workers := range []int{1, 2, 4} {
			got, err := Partition(t.Context(), p, Options{Seed: 7, Objective: Traffic, Workers: workers, Effort: c.effort})
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if !slices.Equal(got.Core, want.Core) {
				t.Errorf("%+v, with %d workers: %d cores, %d; with one: %d, %d",
					c, workers, got.Cores, got.Connectivity, want.Cores, want.Connectivity)
			}
		}
	}
}

func TestTrafficHasNoMoreConnectivityThanCores(t *testing.T) {
	for _, c := range []struct{ n, effort, seeds int }{{30, 2, 2}, {90, 1, 4}, {90, 2, 1}, {1200, 2, 1}} {
		if testing.Short() && c.n > 90 {
			continue
		}
		for seed := range uint64(c.seeds) {
			p := randomProblem(rand.New(rand.NewPCG(seed, uint64(c.n))), c.n, 0)
			var conn [2]int64
			for i, objective := range []Objective{Cores, Traffic} {
				r, err := Partition(t.Context(), p, Options{Objective: objective, Effort: c.effort, Seed: seed})
				if err != nil {
					t.Fatal(err)
				}
				if err := broken(p, r.Core); err != nil {
					t.Errorf("%+v, seed %d: %v", c, seed, err)
				}
				conn[i] = r.Connectivity
			}
			if conn[1] > conn[0] {
				t.Errorf("%+v, seed %d: %d for the least connectivity, and for the fewest cores %d", c, seed, conn[1], conn[0])
			}
		}
	}
}

func TestPartitionNamesAVertexThatFitsNoCore(t *testing.T) {
	p := &Problem{Off: []int64{0, 1, 4}, In: []int32{0, 0, 1, 2}, Home: []int32{-1, -1, -1}, Neurons: 4, Axons: 2}
	_, err := Partition(t.Context(), p, Options{})
	if large, ok := errors.AsType[*TooLargeError](err); !ok || large.Vertex != 1 || large.What != "axons" {
		t.Errorf("got %v, want that vertex 1 has too many axons", err)
	}
}
