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
		for _, span := range []Cycles{1, 3, 100, 4096, 1 << 20, MaxSpan + 1} {
			start := rng.Int64N(1000)
			var want []offer
			last := Cycles(0)
			for id := range n {
				at := rng.Int64N(span)
				if id%3 == 0 { // many at once
					at = span / 2
				}
				last = max(last, at)
				want = append(want, offer{at<<5 | int64(id%32), Packet{ID: int32(id)}})
			}
			s.begin(start, n, last)
			for _, o := range want {
				s.count(o.age >> 5)
			}
			s.counted()
			for _, o := range want {
				s.put(o)
			}
			s.sort()
			var got []offer
			slices.SortFunc(want, byAge)
			for s.soon != never {
				if at := start + want[len(got)].age>>5; s.soon != at {
					t.Fatalf("%d offers, %d cycles: the next is to come in cycle %d, want %d", n, span, s.soon, at)
				}
				got = append(got, *s.take())
			}
			slices.SortFunc(got, byAge) // within a cycle the order means nothing
			if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(offer{})); diff != "" {
				t.Fatalf("%d offers, %d cycles (-want +got):\n%s", n, span, diff)
			}
		}
	}
}

func byAge(a, b offer) int {
	return cmp.Or(cmp.Compare(a.age, b.age), cmp.Compare(a.packet.ID, b.packet.ID))
}
