package noc

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// checkConserved fails unless every packet sent was delivered once, where it
// should be, no earlier than is possible, in order from one place to another,
// and unless no link and no core took more packets than it had time for.
func checkConserved(t *testing.T, cfg Config, start Cycles, sources []Source, o outcome) {
	t.Helper()
	type sent struct {
		Injection
		src int32
	}
	var all []sent
	for _, s := range sources {
		for _, in := range s.Injections {
			all = append(all, sent{in, s.Router})
		}
	}
	if len(o.Deliveries) != len(all) {
		t.Fatalf("%d packets delivered, %d sent", len(o.Deliveries), len(all))
	}
	byID := map[int32]Delivery{}
	last := map[[2]int32]int32{}
	received := map[int32]map[Cycles]bool{}
	for _, d := range o.Deliveries {
		byID[d.Packet.ID] = d
		pair := [2]int32{d.Src, d.Packet.Dst}
		if id, ok := last[pair]; ok && id > d.Packet.ID {
			t.Errorf("packet %d overtook packet %d from %d to %d", id, d.Packet.ID, d.Src, d.Packet.Dst)
		}
		last[pair] = d.Packet.ID
		if received[d.Packet.Dst] == nil {
			received[d.Packet.Dst] = map[Cycles]bool{}
		}
		if received[d.Packet.Dst][d.At] {
			t.Errorf("%d received two packets in cycle %d", d.Packet.Dst, d.At)
		}
		received[d.Packet.Dst][d.At] = true
	}
	for _, p := range all {
		d, ok := byID[p.Packet.ID]
		if !ok || d.Packet != p.Packet || d.Src != p.src || d.At < p.At+cfg.ZeroLoad(p.src, p.Packet.Dst) {
			t.Errorf("packet %+v of %d was delivered as %+v", p.Injection, p.src, d)
		}
	}
	for link, load := range o.Loads {
		if link[0] != int(Host) && (load-1)*cfg.LinkCycles > o.End-start {
			t.Errorf("link %v carried %d packets in %d cycles", link, load, o.End-start)
		}
	}
}

// TestNoPacketIsLostOrDuplicated runs traffic too long for the reference.
func TestNoPacketIsLostOrDuplicated(t *testing.T) {
	for seed := range uint64(60) {
		rng := newRand(seed)
		cfg := randomConfig(rng)
		cfg.Width, cfg.Height = 1+rng.IntN(12), 1+rng.IntN(12)
		load := randomTraffic(rng)
		load.packets = 100
		sources := load.sources(rng, cfg, testStart)
		m := New(cfg)
		checkConserved(t, cfg, testStart, sources, observe(m, testStart, sources))
		checkEmpty(t, m)
		if t.Failed() {
			t.Fatalf("seed %d: %+v, %+v", seed, cfg, load)
		}
	}
}

// TestNoDeadlockWithOnePlace fills meshes whose FIFOs hold one packet with the
// traffic that is hardest on them.
func TestNoDeadlockWithOnePlace(t *testing.T) {
	const side, packets = 6, 50
	cfg := Config{Width: side, Height: side, FIFODepth: 1, HopX: 2, HopY: 3, LinkCycles: 2, EjectCycles: 1}
	last := int32(side*side - 1)
	for _, c := range []struct {
		name string
		dst  func(src, i int32) int32
	}{
		{"all to the host", func(_, _ int32) int32 { return Host }},
		{"all to a corner", func(_, _ int32) int32 { return last }},
		{"all to the middle", func(_, _ int32) int32 { return side*side/2 + side/2 }},
		{"transpose", func(src, _ int32) int32 { return src%side*side + src/side }},
		{"opposite", func(src, _ int32) int32 { return last - src }},
		{"tornado", func(src, _ int32) int32 { return src/side*side + (src+side/2-1)%side }},
		{"all to all", func(src, i int32) int32 { return (src+1+i)%(last+2) - 1 }},
	} {
		var sources []Source
		for router := Host; router <= last; router++ {
			s := Source{Router: router}
			for i := range int32(packets) {
				s.Injections = append(s.Injections, Injection{0, Packet{c.dst(max(router, 0), i), (router+1)*packets + i}})
			}
			sources = append(sources, s)
		}
		m := New(cfg)
		o := observe(m, 0, sources)
		checkConserved(t, cfg, 0, sources, o)
		// The place that everything passes is all but never idle: a hotspot
		// takes a packet a cycle, or as fast as one-place FIFOs feed it.
		if most := Cycles(len(o.Deliveries)) * (cfg.HopY + 1); o.End > most {
			t.Errorf("%s: ends at %d, want at most %d", c.name, o.End, most)
		}
		if o.Counts.MaxOccupancy != 1 {
			t.Errorf("%s: MaxOccupancy = %d, want 1", c.name, o.Counts.MaxOccupancy)
		}
	}
}

// TestFullFIFOStallsTheCore holds up a core behind a link that takes ten
// cycles a packet.
func TestFullFIFOStallsTheCore(t *testing.T) {
	cfg := Config{Width: 2, Height: 1, FIFODepth: 1, HopX: 1, HopY: 1, LinkCycles: 10, EjectCycles: 1}
	m := New(cfg)
	sources := []Source{{Router: 0, Injections: []Injection{
		{0, Packet{1, 0}},   // enters at 0 and leaves at 1
		{1, Packet{1, 1}},   // the place is free at 2: one cycle lost
		{2, Packet{1, 2}},   // offered at 3; packet 1 leaves at 11: nine more
		{100, Packet{1, 3}}, // the core is ten cycles late for good
	}}, {Router: 1}}
	got := observe(m, 0, sources)
	want := outcome{
		End: 114,
		Deliveries: []Delivery{
			{3, Packet{1, 0}, 0},
			{13, Packet{1, 1}, 0},
			{23, Packet{1, 2}, 0},
			{113, Packet{1, 3}, 0},
		},
		Stall:  []Cycles{10, 0},
		Done:   []Cycles{110, 0},
		Counts: Counts{Packets: 4, HopsX: 4, Delivered: 4, StallCycles: 10, MaxOccupancy: 1},
		Loads:  map[[2]int]int64{{0, 1}: 4},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestResultDependsOnTheTrafficOnly repeats a run on a used mesh, and with its
// sources in another order.
func TestResultDependsOnTheTrafficOnly(t *testing.T) {
	for seed := range uint64(30) {
		rng := newRand(seed)
		cfg := randomConfig(rng)
		sources := randomTraffic(rng).sources(rng, cfg, testStart)
		m := New(cfg)
		want := observe(m, testStart, sources)
		if diff := cmp.Diff(want, observe(m, testStart, sources)); diff != "" {
			t.Errorf("seed %d: run again (-want +got):\n%s", seed, diff)
		}
		slices.Reverse(sources)
		slices.Reverse(want.Stall)
		slices.Reverse(want.Done)
		if diff := cmp.Diff(want, observe(New(cfg), testStart, sources)); diff != "" {
			t.Errorf("seed %d: sources in reverse (-want +got):\n%s", seed, diff)
		}
	}
}
