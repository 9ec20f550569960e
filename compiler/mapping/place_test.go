package mapping

import (
	"math/rand/v2"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// ringOf returns cores of one neuron each; neuron k drives core (k+step) mod n,
// so that a good placement differs from the walk.
func ringOf(n, step, width, height int) *ir.Mapped {
	m := &ir.Mapped{Arch: &targets.Arch{MeshWidth: width, MeshHeight: height}}
	for k := range n {
		m.Cores = append(m.Cores, ir.MappedCore{Neurons: []int32{int32(k)}})
		m.Place = append(m.Place, ir.Place{Core: int32(k)})
		m.Dests = append(m.Dests, []ir.Dest{{Core: int32((k + step) % n)}})
	}
	m.Dests[0] = append(m.Dests[0], ir.Dest{Core: ir.Host})
	return m
}

// total is the sum of destinations × hops of a placement, from first
// principles.
func total(m *ir.Mapped) int {
	sum := 0
	for n, dests := range m.Dests {
		from := &m.Cores[m.Place[n].Core]
		for _, d := range dests {
			x, y := -1, 0
			if d.Core != ir.Host {
				x, y = m.Cores[d.Core].X, m.Cores[d.Core].Y
			}
			sum += abs(from.X-x) + abs(from.Y-y)
		}
	}
	return sum
}

func TestSwapsShortenTheSpikesWay(t *testing.T) {
	for _, step := range []int{1, 5, 7, 11} {
		m := ringOf(24, step, 6, 5)
		for k, spot := range walk(6, 5, 24) {
			m.Cores[k].X, m.Cores[k].Y = spot[0], spot[1]
		}
		before := total(m)
		place(m, 0)
		if after := total(m); after > before || (step > 1 && after > before*3/4) {
			t.Errorf("step %d: the walk costs %d, with swaps %d", step, before, after)
		}
	}
}

// What gain promises is what a swap brings.
func TestGainIsTheDifferenceOfASwap(t *testing.T) {
	m := ringOf(12, 5, 4, 4)
	place(m, 3)
	tr := newTraffic(m)
	r := rand.New(rand.NewPCG(61, 62))
	for range 100 {
		a, b := r.IntN(12), r.IntN(12)
		if a == b {
			continue
		}
		want := total(m)
		gain := tr.gain(a, b)
		if got := total(m); got != want {
			t.Fatalf("asking for the gain of %d and %d moved cores", a, b)
		}
		tr.swap(a, b)
		if got := total(m); want-got != gain {
			t.Errorf("swapping %d and %d: gain %d promised, %d brought", a, b, gain, want-got)
		}
	}
}

// The walk begins at the I/O port, stays on the mesh, uses no place twice and
// steps to neighbours.
func TestWalkStaysOnTheMesh(t *testing.T) {
	for width := 1; width <= 9; width++ {
		for height := 1; height <= 9; height++ {
			for n := 1; n <= width*height; n++ {
				seen := map[[2]int]bool{}
				spots := walk(width, height, n)
				for k, s := range spots {
					if s[0] < 0 || s[0] >= width || s[1] < 0 || s[1] >= height || seen[s] {
						t.Fatalf("%d cores on %d × %d: %v is off the mesh or taken", n, width, height, s)
					}
					seen[s] = true
					if k > 0 && abs(s[0]-spots[k-1][0])+abs(s[1]-spots[k-1][1]) != 1 {
						t.Fatalf("%d cores on %d × %d: a step from %v to %v", n, width, height, spots[k-1], s)
					}
				}
				if len(spots) != n || spots[0] != [2]int{0, 0} {
					t.Fatalf("%d cores on %d × %d: walk %v", n, width, height, spots)
				}
			}
		}
	}
}
