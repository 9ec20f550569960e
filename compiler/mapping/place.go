package mapping

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
)

// maxPasses bounds the rounds of swaps.
const maxPasses = 8

// place gives every core a place of the mesh: first along a walk that keeps
// neighbours near and stays by the I/O port at (0, 0), or shuffled by a seed
// other than zero, then by swapping pairs while that shortens the sum of
// destinations × hops.
func place(m *ir.Mapped, seed uint64) {
	spots := walk(m.Arch.MeshWidth, m.Arch.MeshHeight, len(m.Cores))
	if seed != 0 {
		r := rand.New(rand.NewPCG(seed, seed))
		r.Shuffle(len(spots), func(a, b int) { spots[a], spots[b] = spots[b], spots[a] })
	}
	for k := range m.Cores {
		m.Cores[k].X, m.Cores[k].Y = spots[k][0], spots[k][1]
	}
	t := newTraffic(m)
	for range maxPasses {
		improved := false
		for a := range m.Cores {
			for b := a + 1; b < len(m.Cores); b++ {
				if t.gain(a, b) > 0 {
					t.swap(a, b)
					improved = true
				}
			}
		}
		if !improved {
			return
		}
	}
}

// walk returns n places of a width × height mesh: rows of a near-square block
// at the origin, there and back.
func walk(width, height, n int) [][2]int {
	w := 1
	for w < width && w*w < n {
		w++
	}
	for w < width && w*height < n {
		w++
	}
	out := make([][2]int, 0, n)
	for k := range n {
		x, y := k%w, k/w
		if y%2 == 1 {
			x = w - 1 - x
		}
		out = append(out, [2]int{x, y})
	}
	return out
}

// traffic is how many destinations each pair of cores has in common, the host
// included.
type traffic struct {
	m *ir.Mapped
	// with[c] lists the cores that c exchanges spikes with; −1 is the host.
	with [][]flow
}

type flow struct {
	core   int32
	weight int
}

func newTraffic(m *ir.Mapped) *traffic {
	counts := make([]map[int32]int, len(m.Cores))
	for k := range counts {
		counts[k] = map[int32]int{}
	}
	add := func(from, to int32) {
		if from == to {
			return
		}
		if from != ir.Host {
			counts[from][to]++
		}
		if to != ir.Host {
			counts[to][from]++
		}
	}
	for n, dests := range m.Dests {
		for _, d := range dests {
			add(m.Place[n].Core, d.Core)
		}
	}
	for _, dests := range m.InputDests {
		for _, d := range dests {
			add(ir.Host, d.Core)
		}
	}
	t := &traffic{m: m, with: make([][]flow, len(m.Cores))}
	for k := range counts {
		for _, other := range slices.Sorted(maps.Keys(counts[k])) {
			t.with[k] = append(t.with[k], flow{other, counts[k][other]})
		}
	}
	return t
}

func (t *traffic) place(c int32) (x, y int) {
	if c == ir.Host {
		return -1, 0
	}
	return t.m.Cores[c].X, t.m.Cores[c].Y
}

// cost is core c's share of destinations × hops; the core skip is left out.
func (t *traffic) cost(c, skip int) int {
	x, y := t.m.Cores[c].X, t.m.Cores[c].Y
	sum := 0
	for _, f := range t.with[c] {
		if int(f.core) == skip {
			continue
		}
		ox, oy := t.place(f.core)
		sum += f.weight * (abs(x-ox) + abs(y-oy))
	}
	return sum
}

// gain returns by how much swapping a and b shortens the spikes' way.
func (t *traffic) gain(a, b int) int {
	before := t.cost(a, b) + t.cost(b, a)
	t.swap(a, b)
	after := t.cost(a, b) + t.cost(b, a)
	t.swap(a, b)
	return before - after
}

func (t *traffic) swap(a, b int) {
	ca, cb := &t.m.Cores[a], &t.m.Cores[b]
	ca.X, cb.X = cb.X, ca.X
	ca.Y, cb.Y = cb.Y, ca.Y
}

func abs(x int) int { return max(x, -x) }
