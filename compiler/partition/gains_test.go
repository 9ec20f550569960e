package partition

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Gains that were kept while vertices moved are those that counting anew finds.
func TestGainsEqualThoseTabulatedAnew(t *testing.T) {
	for kinds := range 4 {
		rng := rand.New(rand.NewPCG(5, uint64(kinds)))
		g := randomProblem(rng, 90, kinds).reduce().graph
		const k = 9
		core := make([]int32, g.vertices())
		for v := range core {
			core[v] = int32(rng.IntN(k))
		}
		a := newAnnealer(newState(g, core, k), 1)
		a.price = 50
		a.tabulate()
		if a.gains == nil {
			t.Fatal("no gains are held")
		}
		for round := range 20 {
			a.trials(200, 2000)
			anew := newState(g, a.core, k)
			anew.tabulate()
			if !slices.Equal(a.gains.of, anew.gains.of) || !slices.Equal(a.gains.own, anew.gains.own) {
				t.Fatalf("kinds %d, round %d: the gains differ from those tabulated anew", kinds, round)
			}
			for v := range int32(g.vertices()) {
				to := (a.core[v] + 1) % k
				if got, want := a.try(v, to), a.tryBetween(v, a.core[v], to, a.used[a.core[v]], a.used[to]); got != want {
					t.Fatalf("kinds %d, round %d: moving %d changes %+v, and by the cells %+v", kinds, round, v, got, want)
				}
			}
		}
	}
}
