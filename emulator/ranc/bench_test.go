package ranc

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// benchChip returns the recorded MNIST network of 11 cores of 256 × 256, if it
// is here, and else a random one of the same size and like activity.
func benchChip(b *testing.B) (*Config, []Packet) {
	for _, root := range goldenFolders(b) {
		cfg, packets, err := ReadFiles(filepath.Join(root, "mnist_tea256"))
		if err == nil {
			return cfg, packets[3]
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	cfg := &Config{Width: 4, Height: 3, Axons: 256, Neurons: 256, Weights: 4, Slots: 16, Bus: Bus{X: 3, Y: 2, Outputs: 256}}
	for place := range 11 {
		c := Core{X: place % 4, Y: place / 4}
		for range 256 {
			c.AxonTypes = append(c.AxonTypes, rng.IntN(4))
			c.Synapses = append(c.Synapses, []uint64{rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.Uint64()})
			c.Neurons = append(c.Neurons, Neuron{
				Weights: []int32{2, 1, -1, -2}, PositiveThreshold: 12, NegativeThreshold: -12,
				DX: rng.IntN(4) - c.X, DY: rng.IntN(3) - c.Y, Axon: rng.IntN(256), Delay: rng.IntN(4),
			})
		}
		cfg.Cores = append(cfg.Cores, c)
	}
	var in []Packet
	for range 200 {
		in = append(in, Packet{X: rng.IntN(3), Axon: rng.IntN(256)})
	}
	return cfg, in
}

func BenchmarkTick(b *testing.B) {
	for _, v := range []Variant{Simulator, HDL} {
		b.Run(v.String(), func(b *testing.B) {
			cfg, in := benchChip(b)
			cfg.Options.Variant = v
			g, err := New(*cfg)
			if err != nil {
				b.Fatal(err)
			}
			ticks, cycles := 0, int64(0)
			for b.Loop() {
				r, err := g.Tick(in)
				if err != nil {
					b.Fatal(err)
				}
				ticks++
				cycles += r.Cycles
			}
			seconds := b.Elapsed().Seconds()
			b.ReportMetric(float64(ticks)/seconds, "ticks/s")
			b.ReportMetric(float64(g.Counts().SynapticEvents)/seconds, "synops/s")
			if v == HDL {
				b.ReportMetric(float64(cycles)/seconds, "cycles/s")
			}
		})
	}
}
