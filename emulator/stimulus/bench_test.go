package stimulus_test

import (
	"testing"

	"github.com/weft-toolchain/weft/emulator/stimulus"
)

func BenchmarkEncode(b *testing.B) {
	image := make([]float64, 784)
	for i := range image {
		if i%5 == 0 { // MNIST's share of ink
			image[i] = float64(i%256) / 255
		}
	}
	var train stimulus.Train
	const ticks = 32
	for _, e := range []struct {
		name   string
		encode func()
	}{
		{"rate", func() { stimulus.Rate(image, 0, ticks, &train) }},
		{"poisson", func() { stimulus.Poisson(image, 0, ticks, 1, 0, &train) }},
		{"latency", func() { stimulus.Latency(image, 0, ticks, &train) }},
	} {
		b.Run(e.name, func(b *testing.B) {
			for b.Loop() {
				e.encode()
			}
		})
	}
}
