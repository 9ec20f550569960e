package noc

import (
	"math/rand/v2"
	"testing"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// The timings of three targets: a hop, a link, the way out and the FIFOs.
var (
	xbarTiming      = Config{FIFODepth: 4, HopX: 2, HopY: 2, LinkCycles: 2, EjectCycles: 1}
	truenorthTiming = Config{FIFODepth: 4, HopX: 5, HopY: 5, LinkCycles: 2, EjectCycles: 5}
	loihiTiming     = Config{FIFODepth: 8, HopX: 8, HopY: 13, LinkCycles: 8, EjectCycles: 4}
)

func (c Config) sized(width, height int) Config {
	c.Width, c.Height = width, height
	return c
}

// tick is the packets of one tick of a chip: neurons fire at random, and each
// core sends its spikes as the update reaches them.
type tick struct {
	neurons int     // of a core
	rate    float64 // the share of them that fires
	fan     int     // packets of a spike
	update  Cycles  // from one neuron to the next
	gap     Cycles  // between two packets of a core
	// dst is the core that a packet of a neuron goes to.
	dst func(core, neuron, k int) int32
}

// ticks draws the sources of n ticks of a chip with all its cores at work.
func (t tick) ticks(rng *rand.Rand, cfg Config, n int) [][]Source {
	runs := make([][]Source, n)
	for i := range runs {
		id := int32(0)
		for c := range cfg.Routers() {
			s := Source{Router: int32(c)}
			began, at := rng.Int64N(80), Cycles(0)
			for j := range t.neurons {
				if rng.Float64() >= t.rate {
					continue
				}
				at = max(at, began+Cycles(j+1)*t.update)
				for k := range t.fan {
					s.Injections = append(s.Injections, Injection{at, Packet{t.dst(c, j, k), id}})
					at += t.gap
					id++
				}
			}
			if len(s.Injections) > 0 {
				runs[i] = append(runs[i], s)
			}
		}
	}
	return runs
}

// permutation sends every neuron of every core to one place, a random
// permutation of all neurons.
func permutation(rng *rand.Rand, cfg Config, neurons int) func(core, neuron, k int) int32 {
	to := rng.Perm(cfg.Routers() * neurons)
	return func(core, neuron, _ int) int32 { return int32(to[core*neurons+neuron] / neurons) }
}

// scattered sends every packet of every neuron to a random core, always the same.
func scattered(rng *rand.Rand, cfg Config, neurons, fan int) func(core, neuron, k int) int32 {
	to := make([]int32, cfg.Routers()*neurons*fan)
	for i := range to {
		to[i] = rng.Int32N(int32(cfg.Routers()))
	}
	return func(core, neuron, k int) int32 { return to[(core*neurons+neuron)*fan+k] }
}

// BenchmarkTick moves what chips send in a tick: a whole TrueNorth at 20 Hz, as a
// permutation, with an eighth of the packets for one column of cores, and as four
// chips; cores of 1024 neurons whose spikes go to ten cores each; a chip in which
// next to nothing happens.
func BenchmarkTick(b *testing.B) {
	rng := newRand(1)
	truenorth, xbar, loihi := truenorthTiming.sized(64, 64), xbarTiming.sized(64, 64), loihiTiming.sized(4, 4)
	chips := truenorth
	chips.Chips, chips.ChipHop, chips.ChipPeriod = mesh.Chips{Width: 32, Height: 32}, 50, 8
	small, square := xbarTiming.sized(4, 3), xbarTiming.sized(8, 8)
	spread := permutation(rng, truenorth, 256)
	hot := func(core, neuron, k int) int32 {
		to := spread(core, neuron, k)
		if neuron%8 == 0 {
			return to/64*64 + 31
		}
		return to
	}
	for _, c := range []struct {
		name string
		cfg  Config
		tick tick
	}{
		{"truenorth", truenorth, tick{256, 0.0198, 1, 8, 1, spread}},
		{"truenorth-hot", truenorth, tick{256, 0.0198, 1, 8, 1, hot}},
		{"truenorth-chips", chips, tick{256, 0.0198, 1, 8, 1, spread}},
		{"truenorth-100Hz", truenorth, tick{256, 0.1, 1, 8, 1, spread}},
		{"truenorth-one", truenorth, tick{256, 1. / (4096 * 256), 1, 8, 1, spread}},
		{"truenorth-ten", truenorth, tick{256, 10. / (4096 * 256), 1, 8, 1, spread}},
		{"xbar-64x64", xbar, tick{256, 0.0198, 1, 1, 1, spread}},
		{"xbar-8x8", square, tick{256, 0.02, 1, 1, 1, permutation(rng, square, 256)}},
		{"xbar-4x3-fan10", small, tick{1024, 0.0163, 10, 1, 1, scattered(rng, small, 1024, 10)}},
		{"loihi-4x4-fan10", loihi, tick{1024, 0.0122, 10, 16, 10, scattered(rng, loihi, 1024, 10)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			runs := c.tick.ticks(newRand(2), c.cfg, 8)
			for i := range runs {
				if len(runs[i]) == 0 { // of a chip with next to no spikes: one at least
					runs[i] = []Source{{Router: int32(i), Injections: []Injection{{100, Packet{4095 - int32(i), 0}}}}}
				}
			}
			measure(b, c.cfg, runs)
		})
	}
}

// BenchmarkRun moves uniform random traffic. The loads are packets offered by
// a core in a cycle, where an 8×8 mesh takes half a packet at the very best.
func BenchmarkRun(b *testing.B) {
	plain := Config{Width: 8, Height: 8, FIFODepth: 4, HopX: 2, HopY: 2, LinkCycles: 1, EjectCycles: 1}
	large := plain.sized(32, 32)
	slow := plain
	slow.HopX, slow.HopY, slow.LinkCycles = 8, 8, 4
	around := plain
	around.Routes = mesh.New(8, 8, someLinks(newRand(1), plain, 0.1))
	for _, c := range []struct {
		name string
		cfg  Config
		load traffic
	}{
		{"8x8-tick", plain, traffic{packets: 3, gap: 20}},
		{"8x8-load=0.01", plain, traffic{packets: 1000, gap: 200}},
		{"8x8-load=0.1", plain, traffic{packets: 1000, gap: 20}},
		{"8x8-saturated", plain, traffic{packets: 1000, gap: 0}},
		{"8x8-slow", slow, traffic{packets: 1000, gap: 40}},
		{"8x8-hotspot", plain, traffic{packets: 1000, gap: 20, hot: 1}},
		{"8x8-around", around, traffic{packets: 1000, gap: 40}},
		{"32x32-load=0.01", large, traffic{packets: 100, gap: 200}},
		{"32x32-saturated", large, traffic{packets: 100, gap: 0}},
	} {
		b.Run(c.name, func(b *testing.B) { measure(b, c.cfg, [][]Source{c.load.sources(newRand(1), c.cfg, 0)}) })
	}
}

// measure moves the traffic of runs in turn, in one mesh.
func measure(b *testing.B, cfg Config, runs [][]Source) {
	m := New(cfg)
	delivered := 0
	deliver := func(Delivery) { delivered++ }
	cycles := Cycles(0)
	for _, sources := range runs { // its lists grow once
		cycles += m.Run(0, sources, nil)
	}
	m.ResetCounts()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Run(0, runs[i%len(runs)], deliver)
	}
	took := float64(b.Elapsed().Nanoseconds())
	b.ReportMetric(took/float64(delivered), "ns/packet")
	b.ReportMetric(took/float64(max(m.Counts().HopsX+m.Counts().HopsY, 1)), "ns/hop")
	b.ReportMetric(float64(delivered)/float64(b.N), "packets/op")
	b.ReportMetric(float64(cycles)/float64(len(runs)), "cycles/op")
}
