package noc

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWheelVisitsInOrder asks for random visits, some of them again from a
// visit, and compares with a map of sets.
func TestWheelVisitsInOrder(t *testing.T) {
	const nodes = 9000 // more than the words that one sum covers
	rng := newRand(1)
	w := newWheel(nodes)
	w.now = -5
	want := map[Cycles]map[int32]bool{}
	asks := 0
	ask := func(at Cycles) {
		node := rng.Int32N(nodes)
		w.wake(node, at)
		at = min(at, w.now+horizon-1)
		if want[at] == nil {
			want[at] = map[int32]bool{}
		}
		want[at][node] = true
		asks++
	}
	for range 50 {
		ask(w.now + rng.Int64N(100))
	}
	for w.busy != 0 {
		w.advance()
		var got []int32
		words, sums := w.take()
		for i := range sums {
			sums[i] = 0
		}
		for i, word := range words {
			words[i] = 0
			for ; word != 0; word &= word - 1 {
				got = append(got, int32(i*64+bits.TrailingZeros64(word)))
			}
		}
		var nodes []int32
		for node := range want[w.now] {
			nodes = append(nodes, node)
		}
		slices.Sort(nodes)
		if diff := cmp.Diff(nodes, got); diff != "" {
			t.Fatalf("cycle %d (-want +got):\n%s", w.now, diff)
		}
		delete(want, w.now)
		for at := range want {
			if at < w.now {
				t.Fatalf("cycle %d was passed over for %d", at, w.now)
			}
		}
		for range rng.IntN(3) {
			if asks < 3000 {
				ask(w.now + 1 + rng.Int64N(100))
			}
		}
	}
	if len(want) != 0 {
		t.Errorf("%d cycles were not visited", len(want))
	}
}

func TestSleepersWakeInOrder(t *testing.T) {
	rng := newRand(2)
	var s sleepers
	var want, got []Cycles
	for range 1000 {
		at := rng.Int64N(300)
		s.push(sleeper{at, 0})
		want = append(want, at)
		if rng.IntN(4) == 0 {
			slices.Sort(want)
			if first := s.pop().at; first != want[0] {
				t.Fatalf("popped %d, want %d", first, want[0])
			}
			want = want[1:]
		}
	}
	for len(s) > 0 {
		got = append(got, s.pop().at)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLargeMesh sends packets across a mesh of more routers than one sum of
// the wheel covers.
func TestLargeMesh(t *testing.T) {
	cfg := Config{Width: 100, Height: 100, FIFODepth: 1, HopX: 1, HopY: 2, LinkCycles: 1, EjectCycles: 1}
	sources := []Source{
		{Router: 0, Injections: []Injection{{0, Packet{9999, 0}}}},
		{Router: 9999, Injections: []Injection{{1000, Packet{Host, 1}}}},
		{Router: 5050, Injections: []Injection{{1_000_000, Packet{5051, 2}}}},
	}
	want := map[int32]Cycles{0: cfg.ZeroLoad(0, 9999), 1: 1000 + cfg.ZeroLoad(9999, Host), 2: 1_000_000 + 3}
	if diff := cmp.Diff(want, arrivals(cfg, sources)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
