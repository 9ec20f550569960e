package approx

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The kinds that stand for a neuron's weights are as good as the best of all ways to
// cut their order in four.
func TestFewerIsBest(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		list := make([]input, 5+r.IntN(9))
		for i := range list {
			list[i].weight = int16(r.IntN(81) - 40)
		}
		kinds := fewer(list, 4)
		seen := map[int16]bool{}
		got := 0.0
		for _, x := range list {
			d := float64(x.weight - kinds[x.weight])
			got += d * d
			seen[kinds[x.weight]] = true
		}
		if want := bestOf(list, 4); got != want || len(seen) > 4 {
			t.Errorf("seed %d: %d kinds with a squared error of %v, the best is %v", seed, len(seen), got, want)
		}
	}
}

// bestOf tries every number for each of the kinds, kind by kind from the lowest.
func bestOf(list []input, most int) float64 {
	const lo, hi = -40, 40
	// least[v] is the error of all weights up to v, where v is the highest kind; the
	// weights between two kinds go to the nearer.
	between := func(a, b int) float64 {
		sum := 0.0
		for _, x := range list {
			if w := int(x.weight); w > a && w <= b {
				d := float64(min(w-a, b-w))
				sum += d * d
			}
		}
		return sum
	}
	below := func(v int) float64 {
		sum := 0.0
		for _, x := range list {
			if w := int(x.weight); w <= v {
				sum += float64((v - w) * (v - w))
			}
		}
		return sum
	}
	above := func(v int) float64 {
		sum := 0.0
		for _, x := range list {
			if w := int(x.weight); w > v {
				sum += float64((w - v) * (w - v))
			}
		}
		return sum
	}
	least := map[int]float64{}
	for v := lo; v <= hi; v++ {
		least[v] = below(v)
	}
	for range most - 1 {
		next := map[int]float64{}
		for v := lo; v <= hi; v++ {
			next[v] = least[v]
			for u := lo; u < v; u++ {
				next[v] = min(next[v], least[u]+between(u, v))
			}
		}
		least = next
	}
	best := math.Inf(1)
	for v, x := range least {
		best = min(best, x+above(v))
	}
	return best
}
