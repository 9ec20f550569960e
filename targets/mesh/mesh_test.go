package mesh_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// broken returns a mesh of random size in which links are dead with a random
// probability.
func broken(rng *rand.Rand, most int) *mesh.Mesh {
	w, h := 1+rng.IntN(most), 1+rng.IntN(most)
	p := []float64{0.02, 0.1, 0.3, 0.6}[rng.IntN(4)]
	var dead []mesh.Link
	for _, l := range mesh.New(w, h, nil).Links() {
		if rng.Float64() < p {
			dead = append(dead, l)
		}
	}
	return mesh.New(w, h, dead)
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// The links between chips on a way are those of its hops that lead from one to
// another, and each border is crossed by what goes along its axis.
func TestCrossingsAreTheHopsBetweenChips(t *testing.T) {
	crossed := 0
	for seed := range uint64(60) {
		rng := newRand(seed)
		chips := mesh.Chips{Width: 1 + rng.IntN(3), Height: 1 + rng.IntN(3)}
		w, h := chips.Width*(1+rng.IntN(3)), chips.Height*(1+rng.IntN(3))
		var dead []mesh.Link
		for _, l := range mesh.New(w, h, nil).Links() {
			if seed%2 == 1 && rng.Float64() < 0.1 {
				dead = append(dead, l)
			}
		}
		m := mesh.New(w, h, dead)
		chipOf := func(r int32) [2]int { return [2]int{int(r) % w / chips.Width, int(r) / w / chips.Height} }
		for from := mesh.Host; from < int32(m.Routers()); from++ {
			for to := mesh.Host; to < int32(m.Routers()); to++ {
				hops, _ := m.Route(from, to)
				want := 0
				for _, hop := range hops {
					next, _ := m.Beyond(hop.Router, hop.Side)
					crosses := chipOf(next) != chipOf(hop.Router)
					if crosses {
						want++
					}
					if chips.Crosses(m, hop) != crosses {
						t.Fatalf("seed %d: Crosses(%v) = %v", seed, hop, !crosses)
					}
				}
				crossed += want
				if got := chips.Crossings(m, from, to); got != want {
					t.Fatalf("seed %d: %d crossings from %d to %d, want %d", seed, got, from, to, want)
				}
				if got := (mesh.Chips{}).Crossings(m, from, to); got != 0 {
					t.Fatalf("seed %d: %d crossings on one chip", seed, got)
				}
			}
		}
	}
	if crossed == 0 {
		t.Error("no way crosses a border: the test is idle")
	}
}

func TestChipsFillAMeshOrNot(t *testing.T) {
	for _, c := range []struct {
		chips mesh.Chips
		want  bool
	}{
		{mesh.Chips{}, true},
		{mesh.Chips{Width: 3, Height: 2}, true},
		{mesh.Chips{Width: 6, Height: 4}, true},
		{mesh.Chips{Width: 4, Height: 2}, false},
		{mesh.Chips{Width: 3, Height: 3}, false},
		{mesh.Chips{Width: 12, Height: 4}, false},
		{mesh.Chips{Width: 3}, false},
		{mesh.Chips{Width: -3, Height: 2}, false},
	} {
		if got := c.chips.Fill(6, 4); got != c.want {
			t.Errorf("%+v fill a mesh of 6 × 4: %v", c.chips, got)
		}
	}
}

func TestWholeMeshGoesAlongXFirst(t *testing.T) {
	m := mesh.New(5, 4, nil)
	for from := mesh.Host; from < 20; from++ {
		for to := mesh.Host; to < 20; to++ {
			x, y := max(from, 0)%5, max(from, 0)/5
			var want []mesh.Hop
			step := func(side mesh.Side, dx, dy int32) {
				want = append(want, mesh.Hop{Router: y*5 + x, Side: side})
				x, y = x+dx, y+dy
			}
			for x < max(to, 0)%5 {
				step(mesh.East, 1, 0)
			}
			for x > max(to, 0)%5 {
				step(mesh.West, -1, 0)
			}
			nx := len(want)
			for y < max(to, 0)/5 {
				step(mesh.South, 0, 1)
			}
			for y > max(to, 0)/5 {
				step(mesh.North, 0, -1)
			}
			got, ok := m.Route(from, to)
			if diff := cmp.Diff(want, got); diff != "" || !ok {
				t.Errorf("Route(%d, %d), %v (-want +got):\n%s", from, to, ok, diff)
			}
			if dx, dy, ok := m.Hops(from, to); !ok || dx != nx || dy != len(want)-nx {
				t.Errorf("Hops(%d, %d) = %d, %d, %v", from, to, dx, dy, ok)
			}
		}
	}
}

// reach returns, for each router, whether it can be reached from one over links
// that are not dead: the plain way.
func reach(m *mesh.Mesh, from int32) []bool {
	seen := make([]bool, m.Routers())
	seen[from] = true
	for again := true; again; {
		again = false
		for _, l := range m.Links() {
			if seen[l[0]] != seen[l[1]] && !slices.Contains(m.Dead(), l) {
				seen[l[0]], seen[l[1]], again = true, true, true
			}
		}
	}
	return seen
}

// TestConnectedPairsHaveRoutes follows the routes of all pairs of random broken
// meshes: over links that are not dead, to where they should end, up first and
// then down; and there is one wherever there is any way at all.
func TestConnectedPairsHaveRoutes(t *testing.T) {
	cut := 0
	for seed := range uint64(60) {
		m := broken(newRand(seed), 8)
		for from := range int32(m.Routers()) {
			reachable := reach(m, from)
			for to := range int32(m.Routers()) {
				hops, ok := m.Route(from, to)
				if ok != reachable[to] || ok != m.Connected(from, to) {
					t.Fatalf("seed %d: Route(%d, %d) is %v, Connected %v, want %v", seed, from, to, ok, m.Connected(from, to), reachable[to])
				}
				if !ok {
					cut++
					continue
				}
				at, fell := from, false
				for _, h := range hops {
					l, there := m.Across(h)
					if h.Router != at || !there || slices.Contains(m.Dead(), l) {
						t.Fatalf("seed %d: route from %d to %d: %v at router %d", seed, from, to, h, at)
					}
					down := m.LeadsDown(h.Router, h.Side)
					if !m.Whole() && fell && !down {
						t.Fatalf("seed %d: route from %d to %d goes down and then up: %v", seed, from, to, hops)
					}
					fell = down
					at, _ = m.Beyond(at, h.Side)
				}
				if at != to || len(hops) >= m.Routers()+m.Routers() {
					t.Fatalf("seed %d: route from %d to %d ends at %d after %d links", seed, from, to, at, len(hops))
				}
			}
		}
	}
	if cut == 0 {
		t.Error("no pair was cut off: the test shows too little")
	}
}

// TestRoutesAreTheShortestLegal compares with a search over all legal routes.
func TestRoutesAreTheShortestLegal(t *testing.T) {
	for seed := range uint64(30) {
		m := broken(newRand(seed), 6)
		if m.Whole() {
			continue
		}
		n := int32(m.Routers())
		type state struct {
			router int32
			fell   bool
		}
		for from := range n {
			dist := map[state]int{{from, false}: 0}
			for queue := []state{{from, false}}; len(queue) > 0; queue = queue[1:] {
				at := queue[0]
				for side := range mesh.Local {
					l, ok := m.Across(mesh.Hop{Router: at.router, Side: side})
					down := m.LeadsDown(at.router, side)
					if !ok || slices.Contains(m.Dead(), l) || at.fell && !down {
						continue
					}
					to, _ := m.Beyond(at.router, side)
					if _, seen := dist[state{to, down}]; !seen {
						dist[state{to, down}] = dist[at] + 1
						queue = append(queue, state{to, down})
					}
				}
			}
			for to := range n {
				hops, ok := m.Route(from, to)
				up, isUp := dist[state{to, false}]
				down, isDown := dist[state{to, true}]
				want := min(up, down)
				if !isUp {
					want = down
				} else if !isDown {
					want = up
				}
				if ok && len(hops) != want {
					t.Fatalf("seed %d: route from %d to %d has %d links, want %d", seed, from, to, len(hops), want)
				}
			}
		}
	}
}

// TestNoCircleOfWaiting builds, for random broken meshes, the graph of which
// link's FIFO can wait for which link, over all routes, and sorts it: a graph
// without circles cannot deadlock (Dally and Seitz 1987).
func TestNoCircleOfWaiting(t *testing.T) {
	edges := 0
	for seed := range uint64(80) {
		m := broken(newRand(seed), 10)
		n := int32(m.Routers())
		waits := map[mesh.Hop]map[mesh.Hop]bool{}
		for from := range n {
			for to := range n {
				hops, _ := m.Route(from, to)
				for k := 1; k < len(hops); k++ {
					if waits[hops[k-1]] == nil {
						waits[hops[k-1]] = map[mesh.Hop]bool{}
					}
					waits[hops[k-1]][hops[k]] = true
				}
			}
		}
		// Kahn's sort: take away what nobody waits for, until nothing is left.
		waited := map[mesh.Hop]int{}
		for _, on := range waits {
			for h := range on {
				waited[h]++
				edges++
			}
		}
		var free []mesh.Hop
		for h := range waits {
			if waited[h] == 0 {
				free = append(free, h)
			}
		}
		for ; len(free) > 0; free = free[1:] {
			for h := range waits[free[0]] {
				if waited[h]--; waited[h] == 0 {
					delete(waited, h)
					free = append(free, h)
				}
			}
		}
		if len(waited) > 0 {
			t.Fatalf("seed %d: %d links wait for each other in a circle; dead %v", seed, len(waited), m.Dead())
		}
	}
	if edges == 0 {
		t.Error("nothing waits for anything: the test shows nothing")
	}
}

// TestTiesGoAlongX holds what a route does where several are as short.
func TestTiesGoAlongX(t *testing.T) {
	// The dead link is out of the way: between the last two routers of the last row.
	m := mesh.New(4, 4, []mesh.Link{{15, 14}, {14, 15}})
	if diff := cmp.Diff([]mesh.Link{{14, 15}}, m.Dead()); diff != "" {
		t.Errorf("Dead (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		from, to int32
		want     []mesh.Side
	}{
		{0, 10, []mesh.Side{mesh.East, mesh.East, mesh.South, mesh.South}}, // down all the way
		{10, mesh.Host, []mesh.Side{mesh.West, mesh.West, mesh.North, mesh.North}},
		{8, 2, []mesh.Side{mesh.North, mesh.North, mesh.East, mesh.East}}, // up first
		{2, 8, []mesh.Side{mesh.West, mesh.West, mesh.South, mesh.South}},
		{14, 15, []mesh.Side{mesh.North, mesh.East, mesh.South}}, // around
		{5, 5, nil},
	} {
		hops, ok := m.Route(tt.from, tt.to)
		var got []mesh.Side
		for _, h := range hops {
			got = append(got, h.Side)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || !ok {
			t.Errorf("from %d to %d, %v (-want +got):\n%s", tt.from, tt.to, ok, diff)
		}
	}
}

func TestCutOff(t *testing.T) {
	m := mesh.New(3, 2, []mesh.Link{{1, 2}, {4, 5}})
	if diff := cmp.Diff([]int32{2, 5}, m.CutOff()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m.Connected(mesh.Host, 5) || !m.Connected(2, 5) || !m.Connected(4, mesh.Host) {
		t.Error("Connected does not agree with CutOff")
	}
	if got := m.Next(0, 5, mesh.Local); got != mesh.NoSide {
		t.Errorf("Next to a router that is cut off is side %d", got)
	}
	if _, _, ok := m.Hops(0, 5); ok {
		t.Error("Hops to a router that is cut off")
	}
}

func TestNewRefusesLinksThatAreNone(t *testing.T) {
	for _, l := range []mesh.Link{{0, 2}, {0, 0}, {2, 3}, {-1, 0}, {4, 7}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("New takes a link %v on a mesh of 3 × 2", l)
				}
			}()
			mesh.New(3, 2, []mesh.Link{l})
		}()
	}
}

// BenchmarkWays makes the tables of all destinations of a mesh of 64 × 64.
func BenchmarkWays(b *testing.B) {
	rng := newRand(1)
	var dead []mesh.Link
	for _, l := range mesh.New(64, 64, nil).Links() {
		if rng.IntN(20) == 0 {
			dead = append(dead, l)
		}
	}
	for b.Loop() {
		m := mesh.New(64, 64, dead)
		for to := range int32(m.Routers()) {
			m.Ways(to)
		}
	}
}
