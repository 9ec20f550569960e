package partition

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
)

// Every change that a move or a swap announces is what counting anew finds.
func TestChangesEqualARecount(t *testing.T) {
	for kinds := range 16 {
		rng := rand.New(rand.NewPCG(3, uint64(kinds)))
		g := randomProblem(rng, 90, kinds).reduce().graph
		const k = 9
		core := make([]int32, g.vertices())
		for v := range core {
			core[v] = int32(rng.IntN(k))
		}
		a := newAnnealer(newState(g, core, k), 1)
		a.price = 50
		for round := range 20 {
			a.trials(200, 2000)
			want := newState(g, a.core, k)
			if a.conn != want.conn || a.over != want.over {
				t.Fatalf("kinds %d, round %d: connectivity %d and excess %d, recounted %d and %d",
					kinds, round, a.conn, a.over, want.conn, want.over)
			}
			for c := range want.used {
				if a.used[c] != want.used[c] {
					t.Fatalf("kinds %d, round %d: core %d uses %+v, recounted %+v", kinds, round, c, a.used[c], want.used[c])
				}
			}
		}
	}
}

func TestPartitionStopsWhenCancelled(t *testing.T) {
	p := randomProblem(rand.New(rand.NewPCG(1, 2)), 2000, 0)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Partition(ctx, p, Options{Effort: 12, Progress: func(int, int) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it is cancelled", err)
	}
}
