package core_test

import (
	"testing"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// full returns a core of 256 × 256 synapses, with the given weight everywhere.
func full(b *testing.B, arch targets.Arch, weight int16) *core.Core {
	arch.Neurons = 256
	rows := make([]image.Row, 256)
	for a := range rows {
		for slot := range 256 {
			rows[a].Slots = append(rows[a].Slots, uint16(slot))
			rows[a].Weights = append(rows[a].Weights, weight)
			if arch.DelayPlace == targets.DelaySynapse {
				rows[a].Delays = append(rows[a].Delays, uint16(1+(a+slot)%arch.MaxDelay))
			}
		}
	}
	im := single(b, arch, sample.Program, 256, rows)
	im.Cores[0].ParamWords = 2
	for range 256 {
		im.Cores[0].Params = append(im.Cores[0].Params, 0, 1<<20)
	}
	return newCore(im)
}

func BenchmarkIntegrate(b *testing.B) {
	for _, x := range []struct {
		name string
		arch targets.Arch
	}{{"dense", sample.Dense()}, {"sparse", sample.Sparse()}} {
		b.Run(x.name, func(b *testing.B) {
			c := full(b, x.arch, 1)
			tick := int64(0)
			for b.Loop() {
				tick++
				for a := range int32(256) {
					c.Receive(a, tick, 1)
				}
				c.Integrate(tick)
			}
			b.ReportMetric(float64(c.Counts[targets.SynapticOp])/b.Elapsed().Seconds(), "synops/s")
		})
	}
}

// BenchmarkUpdate runs the program of 256 neurons: of such as have input, and
// of such as have none and rest.
func BenchmarkUpdate(b *testing.B) {
	for _, x := range []struct {
		name   string
		weight int16
	}{{"input", 1}, {"rest", 0}} {
		b.Run(x.name, func(b *testing.B) {
			c := full(b, sample.Dense(), x.weight)
			tick := int64(0)
			for b.Loop() {
				tick++
				c.Receive(0, tick, 1)
				c.Integrate(tick)
				c.Update(tick)
			}
			b.ReportMetric(float64(c.Counts[targets.SynapticOp])/b.Elapsed().Seconds(), "synops/s")
			b.ReportMetric(float64(c.Counts[targets.NeuronUpdate])/b.Elapsed().Seconds(), "updates/s")
		})
	}
}
