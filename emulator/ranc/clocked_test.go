package ranc

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBusyTimeIsDense(t *testing.T) {
	for _, axons := range []int{2, 16, 65} {
		for _, active := range []int{0, 1, axons} {
			var in []Packet
			for a := range active {
				in = append(in, Packet{Axon: a})
			}
			cfg := relays(2, 1, axons, HDL)
			for i := range cfg.Cores[0].Neurons {
				cfg.Cores[0].Neurons[i].DX = 1
			}
			r := ticks(t, cfg, 1, in...)[1]
			if want := []int64{BusyCycles(axons, axons)}; !cmp.Equal(want, r.Busy) {
				t.Errorf("%d of %d axons: busy %v, want %v", active, axons, r.Busy, want)
			}
			for _, s := range r.Spikes {
				if want := SpikeCycle(s.Neuron, axons); s.Cycle != want {
					t.Errorf("%d axons: neuron %d spikes at %d, want %d", axons, s.Neuron, s.Cycle, want)
				}
			}
			if len(r.Spikes) != active {
				t.Errorf("%d spikes, want %d", len(r.Spikes), active)
			}
		}
	}
}

// TestHopLatency sends lone packets in all directions, and compares with the
// recorded latencies, where they are.
func TestHopLatency(t *testing.T) {
	const size = 4
	got := map[[2]int]int64{}
	for from := range size * size {
		for to := range size * size {
			dx, dy := to%size-from%size, to/size-from/size
			m := newMesh(size, size, hdlFIFO)
			m.begin(nil, 0)
			m.send(from, packet{dx: int32(dx), dy: int32(dy)}, 100)
			m.runTo(1000)
			if len(m.arrivals) != 1 || int(m.arrivals[0].place) != to {
				t.Fatalf("from %d to %d: arrivals %v", from, to, m.arrivals)
			}
			latency := m.arrivals[0].cycle - 100
			if want := HopCycles(dx, dy); latency != want {
				t.Errorf("from %d to %d: %d cycles, want %d", from, to, latency, want)
			}
			got[[2]int{abs(dx), abs(dy)}] = latency
		}
	}
	root := goldenFolders(t)[0]
	if _, err := os.Stat(filepath.Join(root, "hdl_hop_latency.csv")); err != nil {
		t.Log("there is no recording of latencies")
		return
	}
	rows, _ := readRows(t, root, "hdl_hop_latency.csv", "abs_dx", "abs_dy", "cycles_spike_out_to_scheduler_write")
	for _, row := range rows {
		if at := [2]int{int(row[0]), int(row[1])}; got[at] != row[2] {
			t.Errorf("recorded: %v in %d cycles, got %d", at, row[2], got[at])
		}
	}
}

func TestRouterPassesAPacketInTwoCycles(t *testing.T) {
	m := newMesh(3, 1, hdlFIFO)
	var in []Packet
	for a := range 100 {
		in = append(in, Packet{X: 2, Axon: a})
	}
	m.begin(in, 0)
	m.runTo(1000)
	if len(m.arrivals) != 100 {
		t.Fatalf("%d packets arrive, want 100", len(m.arrivals))
	}
	for i, a := range m.arrivals[1:] {
		if d := a.cycle - m.arrivals[i].cycle; d != 2 || int(a.axon) != i+1 {
			t.Fatalf("packet %d is axon %d after %d cycles, want 2", i+1, a.axon, d)
		}
	}
}

// TestCoresWaitForTheirRouter lets eight cores in a row send all they have
// through one link: packets of the west go first, the core at the bus stalls.
func TestCoresWaitForTheirRouter(t *testing.T) {
	const width, axons = 9, 4
	cfg := relays(width, 1, axons, HDL)
	for i := range cfg.Cores {
		for n := range cfg.Cores[i].Neurons {
			q := &cfg.Cores[i].Neurons[n]
			q.DX, q.Axon = width-1-i, n
			q.Leak, q.PositiveThreshold = 1, 1 // spikes in every tick
		}
	}
	cfg.Neurons = 16
	for i := range cfg.Cores {
		for len(cfg.Cores[i].Neurons) < 16 {
			cfg.Cores[i].Neurons = append(cfg.Cores[i].Neurons, cfg.Cores[i].Neurons[0])
		}
	}
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := g.Tick(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Outputs) != 8*16 {
		t.Errorf("%d outputs, want %d", len(r.Outputs), 8*16)
	}
	want := BusyCycles(16, axons)
	stalls := int64(0)
	for _, busy := range r.Busy {
		stalls += busy - want
	}
	if r.Busy[0] != want || r.Busy[7] <= want || g.Counts().Stalls != stalls {
		t.Errorf("busy %v with %d stalls; want %d for the first, more for the last, and %d stalls", r.Busy, g.Counts().Stalls, want, stalls)
	}
	last := r.Outputs[len(r.Outputs)-1].Cycle
	if first := r.Outputs[0].Cycle; last-first < 2*(8*16-1) {
		t.Errorf("outputs from cycle %d to %d: more than one in two cycles", first, last)
	}
}

func TestInputComesFromItsCycleOn(t *testing.T) {
	for _, at := range []int64{0, 17, 5000} {
		cfg := relays(2, 1, 4, HDL)
		cfg.Options.InputCycle = at
		r := ticks(t, cfg, 1, Packet{X: 1, Axon: 2})[0]
		// The first merge asks at once, where a core's packet has come one edge after its spike.
		want := []Output{{Axon: 2, Cycle: at + HopCycles(1, 0) - 1}}
		if diff := cmp.Diff(want, r.Outputs); diff != "" {
			t.Errorf("input from cycle %d (-want +got):\n%s", at, diff)
		}
	}
}
