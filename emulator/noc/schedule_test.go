package noc

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestScheduleIsInOrder sorts few offers and many, of short spans and of the longest, and takes
// them one by one.
func TestScheduleIsInOrder(t *testing.T) {
	rng := newRand(1)
	s := schedule{ageBits: 5}
	for _, n := range []int{0, 1, 2, 15, 16, 1000, 10_000} {
		for _, span := range []Cycles{1, 3, 100, 4096, 1 << 20, MaxSpan} {
			start := rng.Int64N(1000)
			s.begin(start)
			var want []offer
			last := Cycles(0)
			for id := range n {
				at := rng.Int64N(span)
				last = max(last, at)
				want = append(want, offer{at<<5 | rng.Int64N(32), Packet{ID: int32(id)}})
				s.add(want[id])
			}
			s.sort(last)
			slices.SortStableFunc(want, func(a, b offer) int { return cmp.Compare(a.age>>5, b.age>>5) })
			var got []offer
			for s.soon != never {
				if at := start + want[len(got)].age>>5; s.soon != at {
					t.Fatalf("%d offers, %d cycles: the next is to come in cycle %d, want %d", n, span, s.soon, at)
				}
				got = append(got, *s.take())
			}
			if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(offer{})); diff != "" {
				t.Fatalf("%d offers, %d cycles (-want +got):\n%s", n, span, diff)
			}
		}
	}
}
