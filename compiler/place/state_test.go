package place

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// random returns a problem with flows and nets among all cores and the host,
// on a mesh with more spots than cores, some of them dead.
func random(r *rand.Rand) *Problem {
	p := &Problem{Width: 1 + r.IntN(6), Height: 1 + r.IntN(6)}
	for range p.Width * p.Height {
		p.Usable = append(p.Usable, r.IntN(6) > 0)
	}
	p.Cores = r.IntN(p.usable() + 1)
	end := func() int32 { return int32(r.IntN(p.Cores+1)) - 1 }
	for range 3 * p.Cores {
		p.Flows = append(p.Flows, Flow{From: end(), To: end(), Weight: r.Int64N(50)})
	}
	for range 2 * p.Cores {
		n := Net{From: end(), Weight: r.Int64N(50)}
		for c := range int32(p.Cores) {
			if r.IntN(3) == 0 {
				n.To = append(n.To, c)
			}
		}
		p.Nets = append(p.Nets, n)
	}
	if r.IntN(3) == 0 {
		p.ChipWidth, p.ChipHeight, p.ChipLink = 2, 3, 7
	}
	if r.IntN(2) == 0 {
		ways, err := NewWays(p, p.yFirst)
		if err != nil {
			panic(err)
		}
		p.Ways = ways
	}
	return p
}

// yFirst is ways that are other ones there and back, and other than a whole
// mesh's.
func (p *Problem) yFirst(from, to int32, visit func(int32)) bool {
	w := int32(p.Width)
	for at := from; at != to; visit(at) {
		switch {
		case at/w < to/w:
			at += w
		case at/w > to/w:
			at -= w
		case at < to:
			at++
		default:
			at--
		}
	}
	return true
}

// any returns an arbitrary placement.
func (p *Problem) any(r *rand.Rand) []int32 {
	var spots []int32
	for _, s := range r.Perm(p.Width * p.Height) {
		if p.Usable[s] && len(spots) < p.Cores {
			spots = append(spots, int32(s))
		}
	}
	return spots
}

func TestDeltaIsTheDifferenceOfTotals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 200 {
		p := random(r)
		s := newState(newModel(p, newGrid(p)), p.any(r))
		for range 40 {
			if s.cores == 0 {
				break
			}
			a, q := int32(r.IntN(s.cores)), int32(r.IntN(s.spots()))
			if !s.may(a, q) {
				continue
			}
			before, d := s.total(), s.delta(a, q)
			if s.total() != before {
				t.Fatalf("trial %d: delta changes the placement", trial)
			}
			s.move(a, q)
			if after := s.total(); after != before+d {
				t.Fatalf("trial %d: a move costs %d, delta said %d: %+v", trial, after-before, d, p)
			}
		}
		f, err := Measure(p, s.placed())
		if err != nil || f.Cost(p) != s.total() {
			t.Fatalf("trial %d: measured %+v, which costs %d; the search has %d (%v)", trial, f, f.Cost(p), s.total(), err)
		}
	}
}

// The bound is below the best of all placements.
func TestBoundHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 100 {
		p := random(r)
		b, err := Bound(p)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(4) {
			spots, err := Place(t.Context(), p, Options{Swaps: 50, Runs: 2, Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			f, err := Measure(p, spots)
			if err != nil {
				t.Fatal(err)
			}
			if f.Hops < b.Hops || f.MaxLink < b.MaxLink {
				t.Fatalf("trial %d: found %+v below the bound %+v: %+v", trial, f, b, p)
			}
		}
	}
}

func ExampleBound() {
	// A ring of four cores fits a square: every flow crosses one link.
	p := &Problem{Width: 2, Height: 2, Cores: 4}
	for c := range int32(4) {
		p.Flows = append(p.Flows, Flow{From: c, To: (c + 1) % 4, Weight: 10})
	}
	b, err := Bound(p)
	fmt.Println(b, err)
	// Output: {40 5} <nil>
}
