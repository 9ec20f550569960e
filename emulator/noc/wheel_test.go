package noc

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWheelsTurnInOrder adds to a wheel and to offers, some of it again from the
// cycle at work, and compares with maps.
func TestWheelsTurnInOrder(t *testing.T) {
	const nodes = 3000
	rng := newRand(1)
	var w wheel[int32]
	o := newOffers(nodes)
	wantWheel, wantOffers := map[Cycles][]int32{}, map[Cycles][]int32{}
	now := Cycles(5)
	asks := int32(0)
	ask := func() {
		at := now + 1 + rng.Int64N(100)
		v := rng.Int32N(nodes)
		w.add(v, now, at)
		at = min(at, now+horizon-1)
		wantWheel[at] = append(wantWheel[at], v)

		at = now + 1 + rng.Int64N([]int64{100, 5000, 50_000}[rng.IntN(3)])
		o.add(asks, now, at) // once for each node
		wantOffers[at] = append(wantOffers[at], asks)
		asks++
	}
	for range 50 {
		ask()
	}
	for len(wantWheel)+len(wantOffers) > 0 {
		at := Cycles(never)
		if !o.none() {
			at = o.next(now)
		}
		if w.busy != 0 {
			at = min(at, nextOf(w.busy, now))
		}
		now = at
		got := w.take(now)
		if diff := cmp.Diff(wantWheel[now], slices.Clone(got)); diff != "" {
			t.Fatalf("cycle %d, wheel (-want +got):\n%s", now, diff)
		}
		w.release(got)
		var offering []int32
		for n := o.take(now); n != none; n = o.then[n] {
			offering = append(offering, n)
		}
		slices.Sort(offering)
		slices.Sort(wantOffers[now])
		if diff := cmp.Diff(wantOffers[now], offering); diff != "" {
			t.Fatalf("cycle %d, offers (-want +got):\n%s", now, diff)
		}
		if wantWheel[now] == nil && wantOffers[now] == nil {
			t.Fatalf("nothing is to be done in cycle %d", now)
		}
		delete(wantWheel, now)
		delete(wantOffers, now)
		for range rng.IntN(3) {
			if asks < nodes {
				ask()
			}
		}
	}
	if w.busy != 0 || o.words != 0 || len(o.sleepers) != 0 {
		t.Errorf("cycles %b, offers %b, %d sleepers are left", w.busy, o.words, len(o.sleepers))
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
// a set of nodes covers.
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

// TestTimeBeginsAnew has a mesh's own time set back, several times, with packets in
// flight and sources that offer long after.
func TestTimeBeginsAnew(t *testing.T) {
	cfg := Config{Width: 9, Height: 1, FIFODepth: 2, HopX: 100, HopY: 2, LinkCycles: 3, EjectCycles: 1}
	m := New(cfg)
	want, got := map[int32]Cycles{}, map[int32]Cycles{}
	var in []Injection
	for id := range int32(3000) {
		at := Cycles(id) * 700_000
		if id >= 2000 {
			at += Cycles(id) * (1 << 28)
		}
		in = append(in, Injection{at, Packet{8, id}})
		want[id] = at + cfg.ZeroLoad(0, 8)
	}
	m.Run(0, []Source{{Router: 0, Injections: in}}, func(d Delivery) { got[d.Packet.ID] = d.At })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m.now >= lateNow {
		t.Errorf("the mesh's own time is %d", m.now)
	}
	checkEmpty(t, m)
}
