package noc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestZeroLoadLatencyIsTheClosedForm sends one packet between every two places
// of a 4×4 mesh, the host included.
func TestZeroLoadLatencyIsTheClosedForm(t *testing.T) {
	for _, cfg := range []Config{
		{Width: 4, Height: 4, FIFODepth: 1, HopX: 1, HopY: 1, LinkCycles: 1, EjectCycles: 1},
		{Width: 4, Height: 4, FIFODepth: 2, HopX: 3, HopY: 5, LinkCycles: 4, EjectCycles: 2},
		{Width: 4, Height: 4, FIFODepth: 4, HopX: 200, HopY: 7, LinkCycles: 9, EjectCycles: 100},
	} {
		m := New(cfg)
		for from := Host; from < 16; from++ {
			for to := Host; to < 16; to++ {
				// As the package comment has it, from coordinates.
				fx, fy, tx, ty := max(from, 0)%4, max(from, 0)/4, max(to, 0)%4, max(to, 0)/4
				dx, dy := Cycles(max(fx-tx, tx-fx)), Cycles(max(fy-ty, ty-fy))
				latency := 1 + dx*cfg.HopX + dy*cfg.HopY + cfg.EjectCycles
				if got := cfg.ZeroLoad(from, to); got != latency {
					t.Errorf("%+v: ZeroLoad(%d, %d) = %d, want %d", cfg, from, to, got, latency)
				}

				const due = testStart + 5
				sources := []Source{{Router: from, Injections: []Injection{{due, Packet{to, 7}}}}}
				var got []Delivery
				end := m.Run(testStart, sources, func(d Delivery) { got = append(got, d) })
				want := []Delivery{{due + latency, Packet{to, 7}, from}}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%+v: %d to %d (-want +got):\n%s", cfg, from, to, diff)
				}
				if end != due+latency+1 {
					t.Errorf("%+v: %d to %d: end %d, want %d", cfg, from, to, end, due+latency+1)
				}
				if sources[0].Stall != 0 || sources[0].Done != due {
					t.Errorf("%+v: %d to %d: stall %d, done %d, want 0, %d", cfg, from, to, sources[0].Stall, sources[0].Done, due)
				}
			}
		}
	}
}

// arrivals runs sources from cycle 0 and returns the cycle at which each
// packet, by its ID, was delivered.
func arrivals(cfg Config, sources []Source) map[int32]Cycles {
	at := map[int32]Cycles{}
	New(cfg).Run(0, sources, func(d Delivery) { at[d.Packet.ID] = d.At })
	return at
}

// TestLinkCarriesOnePacketAPeriod sends four packets over one link that each
// bound in turn: the link, the latency with shallow FIFOs, and the core.
func TestLinkCarriesOnePacketAPeriod(t *testing.T) {
	for _, c := range []struct {
		name   string
		cfg    Config
		period Cycles
	}{
		{"nothing bounds", Config{Width: 2, Height: 1, FIFODepth: 8, HopX: 5, HopY: 5, LinkCycles: 1, EjectCycles: 1}, 1},
		{"link bounds", Config{Width: 2, Height: 1, FIFODepth: 8, HopX: 5, HopY: 5, LinkCycles: 3, EjectCycles: 1}, 3},
		{"one place bounds", Config{Width: 2, Height: 1, FIFODepth: 1, HopX: 5, HopY: 5, LinkCycles: 1, EjectCycles: 1}, 6},
	} {
		in := []Injection{}
		for id := range int32(4) {
			in = append(in, Injection{Cycles(id), Packet{1, id}})
		}
		got := arrivals(c.cfg, []Source{{Router: 0, Injections: in}})
		want := map[int32]Cycles{}
		for id := range int32(4) {
			want[id] = c.cfg.ZeroLoad(0, 1) + Cycles(id)*c.period
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestOldestWinsThenLowestSource lets three cores of a row want one output in
// the same cycle.
func TestOldestWinsThenLowestSource(t *testing.T) {
	cfg := Config{Width: 3, Height: 2, FIFODepth: 4, HopX: 4, HopY: 1, LinkCycles: 1, EjectCycles: 1}
	// All three reach router 1 so that they can leave it south in cycle 10.
	sources := func(fromEast Cycles) []Source {
		return []Source{
			{Router: 1, Injections: []Injection{{9, Packet{4, 11}}}},
			{Router: 2, Injections: []Injection{{fromEast, Packet{4, 12}}}},
			{Router: 0, Injections: []Injection{{5, Packet{4, 10}}}},
		}
	}
	want := map[int32]Cycles{10: 12, 12: 13, 11: 14} // due at 5, 5 and 9; core 0 before core 2
	if diff := cmp.Diff(want, arrivals(cfg, sources(5))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Core 2's packet is due a cycle before core 0's and is there as well when
	// the south link is idle: a packet that went before holds both up.
	cfg.LinkCycles = 3
	before := append(sources(4), Source{Router: Host, Injections: []Injection{{3, Packet{4, 9}}}})
	want = map[int32]Cycles{9: 10, 12: 13, 10: 16, 11: 19}
	if diff := cmp.Diff(want, arrivals(cfg, before)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
