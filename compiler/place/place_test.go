package place_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/place"
)

// hidden is a problem whose cores lie in a sheet and talk to 20 of those near
// them, under shuffled numbers, and the placement that shows the sheet.
func hidden(side int) (*place.Problem, []int32) {
	r := rand.New(rand.NewPCG(1, 1))
	n := side * side
	spots := make([]int32, n)
	core := make([]int32, n)
	for i, s := range r.Perm(n) {
		spots[i], core[s] = int32(s), int32(i)
	}
	p := &place.Problem{Width: side, Height: side, Cores: n}
	for s := range n {
		for range 20 {
			x, y := s%side+int(r.NormFloat64()*1.5), s/side+int(r.NormFloat64()*1.5)
			if x >= 0 && y >= 0 && x < side && y < side && y*side+x != s {
				p.Flows = append(p.Flows, place.Flow{From: core[s], To: core[y*side+x], Weight: r.Int64N(20)})
			}
		}
	}
	return p, spots
}

// Packets of any number are placed alike: few take less memory.
func TestManyPacketsAreAsFew(t *testing.T) {
	p, _ := hidden(8)
	many := *p
	many.Flows = slices.Clone(p.Flows)
	for k := range many.Flows {
		many.Flows[k].Weight <<= 32 // a power of two, so that probabilities are the same
	}
	few, err := place.Place(t.Context(), p, place.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := place.Place(t.Context(), &many, place.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, few) {
		t.Errorf("packets by 2³² are placed at %v, want %v", got, few)
	}
}

func BenchmarkPlace(b *testing.B) {
	for _, side := range []int{8, 32, 64} {
		p, truth := hidden(side)
		b.Run(map[int]string{8: "8x8", 32: "32x32", 64: "64x64"}[side], func(b *testing.B) {
			for b.Loop() {
				spots, err := place.Place(b.Context(), p, place.Options{})
				if err != nil {
					b.Fatal(err)
				}
				got, _ := place.Measure(p, spots)
				want, _ := place.Measure(p, truth)
				b.ReportMetric(float64(got.Hops)/float64(want.Hops), "of-truth")
			}
		})
	}
}

// few returns a problem of at most eight cores on at most nine spots.
func few(r *rand.Rand) *place.Problem {
	p := &place.Problem{Width: 3, Height: 2 + r.IntN(2)}
	p.Cores = 2 + r.IntN(min(7, p.Width*p.Height-1))
	end := func() int32 { return int32(r.IntN(p.Cores+1)) - 1 }
	for range 2 * p.Cores {
		p.Flows = append(p.Flows, place.Flow{From: end(), To: end(), Weight: r.Int64N(100)})
	}
	return p
}

// least returns the cost of the best of all placements.
func least(t *testing.T, p *place.Problem) int64 {
	t.Helper()
	way := func(a, b int) int64 {
		return int64(max(a%p.Width-b%p.Width, b%p.Width-a%p.Width) + max(a/p.Width-b/p.Width, b/p.Width-a/p.Width))
	}
	spot := make([]int, p.Cores+1) // the host's is the first, always 0
	taken := make([]bool, p.Width*p.Height)
	best := int64(-1)
	var try func(c int)
	try = func(c int) {
		if c > p.Cores {
			var sum int64
			for _, f := range p.Flows {
				sum += f.Weight * way(spot[f.From+1], spot[f.To+1])
			}
			if best < 0 || sum < best {
				best = sum
			}
			return
		}
		for s := range taken {
			if !taken[s] {
				taken[s], spot[c] = true, s
				try(c + 1)
				taken[s] = false
			}
		}
	}
	try(1)
	return best
}

func TestFewCoresAreAsGoodAsCanBe(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const trials = 40
	optimal := 0
	for range trials {
		p := few(r)
		spots, err := place.Place(t.Context(), p, place.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := place.Measure(p, spots)
		if err != nil {
			t.Fatal(err)
		}
		if got.Hops == least(t, p) {
			optimal++
		}
	}
	if optimal*100 < trials*95 {
		t.Errorf("%d of %d placements are optimal, want 95 of 100", optimal, trials)
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	p, _ := hidden(8)
	one, err := place.Place(t.Context(), p, place.Options{Swaps: 200, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	four, err := place.Place(t.Context(), p, place.Options{Swaps: 200, Workers: 4})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(one, four) {
		t.Errorf("one worker places at %v, four at %v", one, four)
	}
}

func TestHiddenSheetIsFound(t *testing.T) {
	p, truth := hidden(8)
	want, err := place.Measure(p, truth)
	if err != nil {
		t.Fatal(err)
	}
	spots, err := place.Place(t.Context(), p, place.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := place.Measure(p, spots); err != nil || got.Hops > want.Hops {
		t.Errorf("hops: %d (%v), the sheet has %d", got.Hops, err, want.Hops)
	}
}

func TestDeadSpotsStayEmpty(t *testing.T) {
	p, _ := hidden(6)
	p.Width, p.Height = 7, 7
	dead := []int{0, 8, 20, 33, 48}
	p.Usable = slices.Repeat([]bool{true}, 49)
	for _, s := range dead {
		p.Usable[s] = false
	}
	spots, err := place.Place(t.Context(), p, place.Options{Swaps: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range dead {
		if c := slices.Index(spots, int32(s)); c >= 0 {
			t.Errorf("core %d is at the dead spot %d", c, s)
		}
	}
	if _, err := place.Measure(p, spots); err != nil {
		t.Error(err)
	}
}

// Cores go where there are the axons that they need, if there is a way to have all do
// so: here one is drawn first.
func TestCoresGoWhereTheirAxonsAre(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for trial := range 30 {
		p := &place.Problem{Width: 6, Height: 5, Cores: 12 + trial%19}
		for range 60 {
			c := int32(p.Cores)
			p.Flows = append(p.Flows, place.Flow{From: r.Int32N(c), To: r.Int32N(c), Weight: 1 + r.Int64N(50)})
		}
		for range 30 {
			p.Holds = append(p.Holds, r.Int32N(4))
		}
		for c, s := range r.Perm(30)[:p.Cores] {
			p.Needs = append(p.Needs, p.Holds[s]-r.Int32N(2)*int32(c%2))
		}
		for _, swaps := range []int{-1, 20} {
			spots, err := place.Place(t.Context(), p, place.Options{Swaps: swaps})
			if err != nil {
				t.Fatal(err)
			}
			for c, s := range spots {
				if p.Holds[s] < p.Needs[c] {
					t.Errorf("trial %d, %d swaps: core %d needs %d axons, and spot %d has %d", trial, swaps, c, p.Needs[c], s, p.Holds[s])
				}
			}
		}
	}
}

// Where not all can, those that can do.
func TestAsManyCoresAsCanGoWhereTheirAxonsAre(t *testing.T) {
	p := &place.Problem{Width: 3, Height: 1, Cores: 3, Needs: []int32{2, 2, 1}, Holds: []int32{0, 1, 2}}
	spots, err := place.Place(t.Context(), p, place.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if spots[2] != 1 || max(spots[0], spots[1]) != 2 {
		t.Errorf("cores are at spots %v, want the last at 1, and one of the others at 2", spots)
	}
}

// wall parts a 4×2 mesh between its columns 1 and 2.
func wall(at, to int32) int32 {
	if (at%4 < 2) != (to%4 < 2) {
		return -1
	}
	switch {
	case to%4 > at%4:
		return at + 1
	case to%4 < at%4:
		return at - 1
	case to > at:
		return at + 4
	}
	return at - 4
}

// walled are the ways of steps along wall.
func walled(t *testing.T) *place.Ways {
	t.Helper()
	ways, err := place.NewWays(&place.Problem{Width: 4, Height: 2}, func(from, to int32, visit func(int32)) bool {
		for at := from; at != to; visit(at) {
			if at = wall(at, to); at < 0 {
				return false
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return ways
}

func TestCoresThatTalkAreOnOneSideOfAWall(t *testing.T) {
	p := &place.Problem{Width: 4, Height: 2, Ways: walled(t), Cores: 8}
	for c := range int32(8) {
		p.Flows = append(p.Flows, place.Flow{From: c, To: (c + 2) % 8, Weight: 1})
	}
	p.Flows = append(p.Flows, place.Flow{From: place.Host, To: 5})
	spots, err := place.Place(t.Context(), p, place.Options{Swaps: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := place.Measure(p, spots); err != nil {
		t.Error(err)
	}
	if spots[5]%4 >= 2 {
		t.Errorf("core 5, which the host sends to, is at spot %d, behind the wall", spots[5])
	}
}

func TestNoWayIsAnError(t *testing.T) {
	p := &place.Problem{Width: 4, Height: 2, Ways: walled(t), Cores: 5}
	for c := range int32(4) {
		p.Flows = append(p.Flows, place.Flow{From: c, To: c + 1, Weight: 1})
	}
	_, err := place.Place(t.Context(), p, place.Options{})
	if err == nil || !strings.Contains(err.Error(), "core 0 and core 1 talk") {
		t.Errorf("five cores in a row in parts of four spots: %v", err)
	}
}

func TestThePortPullsWhoTalksToTheHost(t *testing.T) {
	p := &place.Problem{Width: 5, Height: 5, Cores: 25}
	for c := range int32(24) {
		p.Flows = append(p.Flows, place.Flow{From: c, To: c + 1, Weight: 1})
	}
	p.Flows = append(p.Flows, place.Flow{From: place.Host, To: 12, Weight: 1000}, place.Flow{From: 7, To: place.Host, Weight: 500})
	spots, err := place.Place(t.Context(), p, place.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if spots[12] != 0 || spots[7] != 1 && spots[7] != 5 {
		t.Errorf("cores 12 and 7 are at %d and %d, want 0, and 1 or 5", spots[12], spots[7])
	}
}

func TestChipsAreDearToCross(t *testing.T) {
	// Two cliques of four under mixed numbers, and two chips of four spots.
	p := &place.Problem{Width: 4, Height: 2, Cores: 8, ChipWidth: 2, ChipHeight: 2, ChipLink: 10}
	for a := range int32(8) {
		for b := range int32(8) {
			if a != b && a%2 == b%2 {
				p.Flows = append(p.Flows, place.Flow{From: a, To: b, Weight: 3})
			}
		}
	}
	p.Flows = append(p.Flows, place.Flow{From: 0, To: 1, Weight: 1})
	spots, err := place.Place(t.Context(), p, place.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f, err := place.Measure(p, spots); err != nil || f.Crossings != 1 {
		t.Errorf("%+v (%v), want one packet from chip to chip", f, err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, _ := hidden(8)
	if _, err := place.Place(ctx, p, place.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestBadProblems(t *testing.T) {
	for name, p := range map[string]*place.Problem{
		"no mesh":        {Cores: 0},
		"too many cores": {Width: 2, Height: 2, Cores: 5},
		"no such core":   {Width: 2, Height: 2, Cores: 2, Flows: []place.Flow{{From: 0, To: 2}}},
		"less than none": {Width: 2, Height: 2, Cores: 2, Nets: []place.Net{{From: 0, To: []int32{1}, Weight: -1}}},
		"overflow":       {Width: 2, Height: 2, Cores: 2, Flows: []place.Flow{{From: 0, To: 1, Weight: 1 << 62}}},
		"usable":         {Width: 2, Height: 2, Cores: 2, Usable: []bool{true}},
		"axons":          {Width: 2, Height: 1, Cores: 1, Needs: []int32{1}, Holds: []int32{1}},
		"needs":          {Width: 2, Height: 1, Cores: 2, Needs: []int32{1}, Holds: []int32{1, 1}},
		"needs alone":    {Width: 2, Height: 1, Cores: 1, Needs: []int32{1}},
		"huge mesh":      {Width: 1 << 40, Height: 1 << 40},
	} {
		if _, err := place.Place(t.Context(), p, place.Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A price on the fullest link may cost hops, and never makes the link fuller.
func TestPriceOfTheFullestLink(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	emptier := 0
	for range 10 {
		p := &place.Problem{Width: 4, Height: 4, Cores: 16}
		for range 60 {
			p.Flows = append(p.Flows, place.Flow{From: r.Int32N(16), To: r.Int32N(16), Weight: r.Int64N(50)})
		}
		var f [2]place.Figures
		for k, price := range []int64{0, 100} {
			spots, err := place.Place(t.Context(), p, place.Options{Swaps: 100, MaxLink: price})
			if err != nil {
				t.Fatal(err)
			}
			if f[k], err = place.Measure(p, spots); err != nil {
				t.Fatal(err)
			}
		}
		if f[1].MaxLink > f[0].MaxLink || f[1].Hops < f[0].Hops {
			t.Errorf("without a price %+v, with one %+v", f[0], f[1])
		}
		if f[1].MaxLink < f[0].MaxLink {
			emptier++
		}
	}
	if emptier == 0 {
		t.Error("the price of the fullest link changes nothing")
	}
}
