package noc

import (
	"math/rand/v2"
	"testing"
)

// testStart is where test runs start: not zero, and not a multiple of anything.
const testStart Cycles = 1_000_003

// randomConfig draws a mesh of at most 5×5 routers, with FIFOs and latencies
// that are short.
func randomConfig(rng *rand.Rand) Config {
	return Config{
		Width:       1 + rng.IntN(5),
		Height:      1 + rng.IntN(5),
		FIFODepth:   1 + rng.IntN(4),
		HopX:        1 + rng.Int64N(8),
		HopY:        1 + rng.Int64N(8),
		LinkCycles:  1 + rng.Int64N(4),
		EjectCycles: 1 + rng.Int64N(4),
	}
}

// traffic is what a random source sends.
type traffic struct {
	packets int     // by each source, at most
	gap     Cycles  // between two of them, at most
	hot     float64 // share of the packets that go to one place
	host    bool    // the host sends and receives too
	quiet   float64 // share of the sources that send nothing
}

func randomTraffic(rng *rand.Rand) traffic {
	return traffic{
		packets: 1 + rng.IntN(30),
		gap:     []Cycles{0, 1, 2, 10, 300}[rng.IntN(5)],
		hot:     []float64{0, 0.3, 1}[rng.IntN(3)],
		host:    rng.IntN(2) == 0,
		quiet:   []float64{0, 0.5, 0.9}[rng.IntN(3)],
	}
}

// sources draws the sources of a run that starts at start. Every packet's ID
// is its number in the run.
func (t traffic) sources(rng *rand.Rand, cfg Config, start Cycles) []Source {
	first := int32(0)
	if t.host {
		first = Host
	}
	routers := int32(cfg.Routers())
	anywhere := func() int32 { return first + rng.Int32N(routers-first) }
	hot := anywhere()
	var sources []Source
	id := int32(0)
	for router := first; router < routers; router++ {
		if rng.Float64() < t.quiet {
			continue
		}
		s := Source{Router: router}
		at := start
		for range rng.IntN(t.packets + 1) {
			at += rng.Int64N(t.gap + 1)
			dst := anywhere()
			if rng.Float64() < t.hot {
				dst = hot
			}
			s.Injections = append(s.Injections, Injection{at, Packet{dst, id}})
			id++
		}
		sources = append(sources, s)
	}
	return sources
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// newVaried returns a mesh that moves flits together where there are few or where there are
// many, by assembly or in Go, and whose sources are in a plan or not.
func newVaried(cfg Config, seed uint64) *Mesh {
	cfg.Portable = seed/4%2 == 1
	m := New(cfg)
	m.crowd = 1 + int(seed/2%2)*11
	m.few = int(seed%3/2) * 1000
	return m
}

// observe runs a mesh and gathers all that the run shows.
func observe(m *Mesh, start Cycles, sources []Source) outcome {
	m.ResetCounts()
	o := outcome{Loads: map[[2]int]int64{}}
	o.End = m.Run(start, sources, func(d Delivery) { o.Deliveries = append(o.Deliveries, d) })
	for i := range sources {
		o.Stall = append(o.Stall, sources[i].Stall)
		o.Done = append(o.Done, sources[i].Done)
	}
	o.Counts = m.Counts()
	for i, load := range m.LinkLoads() {
		if load > 0 {
			from, to := m.Link(i)
			o.Loads[[2]int{from, to}] = load
		}
	}
	return o
}

// checkEmpty fails unless a mesh holds nothing and has all its credits.
func checkEmpty(t *testing.T, m *Mesh) {
	t.Helper()
	for i, c := range m.channels {
		if c.places != 0 && c.places != endless || m.wires[i].waiters != 0 {
			t.Errorf("after a run: channel %d is %+v, waiters %b", i, c, m.wires[i].waiters)
		}
	}
	if len(m.free) != len(m.packets) || m.busy() != 0 || m.offers.words != 0 || len(m.offers.sleepers) != 0 {
		t.Errorf("after a run: %d of %d packets are free, cycles %b, offers %b and %d sleepers are left",
			len(m.free), len(m.packets), m.busy(), m.offers.words, len(m.offers.sleepers))
	}
}
