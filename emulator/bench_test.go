package emulator

import (
	"testing"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/targets"
)

// BenchmarkTick runs a network of four cores of 256 neurons, each neuron joined
// to all of them, that fires by itself.
func BenchmarkTick(b *testing.B) {
	const neurons = 1024
	arch := sample.Dense()
	arch.Neurons, arch.Axons = 256, neurons
	net := &sample.Net{Name: "bench", Populations: []sample.Group{{Name: "p", N: neurons}}}
	for k := range neurons {
		net.Biases = append(net.Biases, int32(1+k%7))
		net.Thresholds = append(net.Thresholds, 200)
		for to := range neurons {
			net.Synapses = append(net.Synapses, sample.Synapse{From: k, To: to, Weight: (k*31+to*17)%3 - 1, Delay: 1 + k%5})
		}
	}
	im := net.Image(arch)
	for _, x := range []struct {
		name string
		mode Mode
	}{{"cycle", Cycle}, {"functional", Functional}} {
		b.Run(x.name, func(b *testing.B) {
			m := New(NewChip(im, sample.Timing(), x.mode))
			for range 100 {
				m.Tick(nil)
			}
			_, before := run(m, nil)
			b.ReportAllocs()
			for b.Loop() {
				m.Tick(nil)
			}
			_, act := run(m, nil)
			total := act.Total()
			b.ReportMetric(float64(act.SynapticEvents-before.SynapticEvents)/b.Elapsed().Seconds(), "synops/s")
			b.ReportMetric(float64(total[targets.SpikeOut])/float64(act.Ticks), "spikes/tick")
		})
	}
}
