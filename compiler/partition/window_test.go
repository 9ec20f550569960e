package partition

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// What is counted and listed by several at once is what one comes to, and what the
// definition says.
func TestWorkersChangeNoCount(t *testing.T) {
	for kinds := range 16 {
		rng := rand.New(rand.NewPCG(5, uint64(kinds)))
		p := randomProblem(rng, 90, kinds)
		const k = 9
		core := make([]int32, p.vertices())
		for v := range core {
			core[v] = int32(rng.IntN(k))
		}
		want := connectivity(p, core)
		g := p.reduce().graph
		off, members := groupByKey(core[:g.vertices()], k)
		nets := make([][]int32, k)
		for c := range nets {
			for _, v := range members[off[c]:off[c+1]] {
				for _, pin := range g.pinsOf(v) {
					if e := pin.other(); !slices.Contains(nets[c], e) {
						nets[c] = append(nets[c], e)
					}
				}
			}
		}
		for _, workers := range []int{1, 2, 3, 16} {
			if got := p.evaluate(core, workers).Connectivity; got != want {
				t.Errorf("kinds %d, %d workers: connectivity %d, want %d", kinds, workers, got, want)
			}
			if got := g.netsOf(off, members, workers); !slices.EqualFunc(got, nets, slices.Equal) {
				t.Errorf("kinds %d, %d workers: nets %v, want %v", kinds, workers, got, nets)
			}
		}
	}
}
