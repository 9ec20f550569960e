package noc

import (
	"testing"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// BenchmarkRun moves uniform random traffic. The loads are packets offered by
// a core in a cycle, where an 8×8 mesh takes half a packet at the very best.
func BenchmarkRun(b *testing.B) {
	plain := Config{Width: 8, Height: 8, FIFODepth: 4, HopX: 2, HopY: 2, LinkCycles: 1, EjectCycles: 1}
	large := plain
	large.Width, large.Height = 32, 32
	slow := plain
	slow.HopX, slow.HopY, slow.LinkCycles = 8, 8, 4
	around := plain
	around.Routes = mesh.New(8, 8, someLinks(newRand(1), plain, 0.1))
	for _, c := range []struct {
		name string
		cfg  Config
		load traffic
	}{
		{"8x8/tick", plain, traffic{packets: 3, gap: 20}},
		{"8x8/load=0.01", plain, traffic{packets: 1000, gap: 200}},
		{"8x8/load=0.1", plain, traffic{packets: 1000, gap: 20}},
		{"8x8/saturated", plain, traffic{packets: 1000, gap: 0}},
		{"8x8/slow", slow, traffic{packets: 1000, gap: 40}},
		{"8x8/hotspot", plain, traffic{packets: 1000, gap: 20, hot: 1}},
		{"8x8/around", around, traffic{packets: 1000, gap: 40}},
		{"32x32/load=0.01", large, traffic{packets: 100, gap: 200}},
		{"32x32/saturated", large, traffic{packets: 100, gap: 0}},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := New(c.cfg)
			sources := c.load.sources(newRand(1), c.cfg, 0)
			var start, end Cycles
			delivered := 0
			deliver := func(Delivery) { delivered++ }
			b.ReportAllocs()
			for b.Loop() {
				end = m.Run(start, sources, deliver)
			}
			b.ReportMetric(float64(delivered)/b.Elapsed().Seconds()/1e6, "Mpackets/s")
			b.ReportMetric(float64(m.Counts().HopsX+m.Counts().HopsY)/b.Elapsed().Seconds()/1e6, "Mhops/s")
			b.ReportMetric(float64(end-start), "cycles")
		})
	}
}
