package noc

import (
	"strings"
	"testing"
)

func TestVerifySaysEverythingThatIsWrong(t *testing.T) {
	good := Config{Width: 2, Height: 3, FIFODepth: 4, HopX: 1, HopY: 1, LinkCycles: 1, EjectCycles: 1}
	if err := good.Verify(); err != nil {
		t.Errorf("%+v: %v", good, err)
	}
	err := Config{Width: -1, Height: MaxSide + 1, FIFODepth: 1, HopY: 1, LinkCycles: 1, EjectCycles: MaxLatency + 1}.Verify()
	for _, want := range []string{
		"Width is -1, want 1..1024", "Height is 1025, want 1..1024", "HopX is 0, want 1..1048576", "EjectCycles is 1048577, want 1..1048576",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %q, want %q in it", err, want)
		}
	}
	large := good
	large.Width, large.Height, large.FIFODepth = MaxSide, MaxSide, MaxDepth
	if err := large.Verify(); err == nil || !strings.Contains(err.Error(), "ports × FIFODepth") {
		t.Errorf("%+v: error is %q, want one about FIFODepth", large, err)
	}
}

func TestRunRefusesWhatItCannotMean(t *testing.T) {
	cfg := Config{Width: 2, Height: 2, FIFODepth: 1, HopX: 1, HopY: 1, LinkCycles: 1, EjectCycles: 1}
	at := func(cycles ...Cycles) (in []Injection) {
		for _, c := range cycles {
			in = append(in, Injection{At: c})
		}
		return in
	}
	for _, c := range []struct {
		name    string
		sources []Source
		want    string
	}{
		{"two sources", []Source{{Router: 1}, {Router: 1}}, "two sources at router 1"},
		{"no such router", []Source{{Router: 4}}, "no router 4 for a source"},
		{"below the host", []Source{{Router: -2}}, "no router -2 for a source"},
		{"no such destination", []Source{{Router: 1, Injections: []Injection{{10, Packet{Dst: 4}}}}}, "injection 0: no router 4"},
		{"before the start", []Source{{Router: 1, Injections: at(9)}}, "injection 0: cycle 9 is before cycle 10"},
		{"out of order", []Source{{Router: 1, Injections: at(12, 11)}}, "injection 1: cycle 11 is before cycle 12"},
		{"too late", []Source{{Router: 1, Injections: at(11 + MaxSpan)}}, "too long after the start"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, c.want) {
					t.Errorf("panic %q, want %q in it", got, c.want)
				}
			}()
			New(cfg).Run(10, c.sources, nil)
		})
	}
}

func TestNothingToSendTakesNoTime(t *testing.T) {
	m := New(Config{Width: 2, Height: 2, FIFODepth: 1, HopX: 1, HopY: 1, LinkCycles: 1, EjectCycles: 1})
	for _, sources := range [][]Source{nil, {{Router: 1}, {Router: Host}}} {
		if end := m.Run(42, sources, nil); end != 42 {
			t.Errorf("%v: end = %d, want 42", sources, end)
		}
	}
}

// TestLinksAreListedInOrder reads the links of a 2×2 mesh.
func TestLinksAreListedInOrder(t *testing.T) {
	m := New(Config{Width: 2, Height: 2, FIFODepth: 1, HopX: 1, HopY: 1, LinkCycles: 1, EjectCycles: 1})
	want := [][2]int{{0, 1}, {0, -1}, {0, 2}, {1, 0}, {1, 3}, {2, 3}, {2, 0}, {3, 2}, {3, 1}, {-1, 0}}
	if got := len(m.LinkLoads()); got != len(want) {
		t.Fatalf("%d links, want %d", got, len(want))
	}
	for i, w := range want {
		if from, to := m.Link(i); from != w[0] || to != w[1] {
			t.Errorf("Link(%d) = %d, %d, want %d, %d", i, from, to, w[0], w[1])
		}
	}
}

func TestRunDoesNotAllocate(t *testing.T) {
	cfg := Config{Width: 4, Height: 4, FIFODepth: 2, HopX: 2, HopY: 2, LinkCycles: 1, EjectCycles: 1}
	m := New(cfg)
	sources := traffic{packets: 50, gap: 100, host: true}.sources(newRand(1), cfg, 0)
	deliver := func(Delivery) {}
	m.Run(0, sources, deliver) // the lists grow once
	if n := testing.AllocsPerRun(5, func() { m.Run(0, sources, deliver) }); n != 0 {
		t.Errorf("%v allocations a run, want 0", n)
	}
}
