package odin

import "testing"

// BenchmarkRun is a chip that keeps itself busy: every spike excites a tenth of
// the neurons.
func BenchmarkRun(b *testing.B) {
	for m := range numModels {
		b.Run(m.String(), func(b *testing.B) {
			cfg := Config{Model: m, AckDelay: 1, MaxCycles: 2_000_000, Synapses: new([numNeurons][numNeurons]uint8)}
			event := Event{Address: 0}
			if m == ODIN {
				event.Address = 0x07
			}
			for n := range cfg.Neurons {
				cfg.Neurons[n] = tinyThreshold.put(Word{}, 30)
				if m == ODIN {
					cfg.Neurons[n] = lifCalcium.enable.put(lifThreshold.put(lifSelect.put(Word{}, 1), 20), n%2)
				}
				for k := range numNeurons / 10 {
					cfg.Synapses[n][(n*31+k*11)%numNeurons] = 7
					if m == ODIN {
						cfg.Synapses[n][(n*31+k*11)%numNeurons] |= mapped
					}
				}
			}
			events := make([]Event, 40)
			for i := range events {
				events[i] = event
				events[i].Address |= uint32(i)
				if m == ODIN {
					events[i].Address = event.Address | uint32(i)<<8
				}
			}
			chip, err := New(cfg)
			if err != nil {
				b.Fatal(err)
			}
			var cycles, operations int64
			b.ReportAllocs()
			for b.Loop() {
				trace, err := chip.Run(events)
				if err != nil {
					b.Fatal(err)
				}
				cycles += trace.Counters.Cycles
				operations += trace.Counters.Synaptic
			}
			b.ReportMetric(float64(cycles)/b.Elapsed().Seconds(), "cycles/s")
			b.ReportMetric(float64(operations)/b.Elapsed().Seconds(), "synops/s")
			b.ReportMetric(float64(cycles)/float64(b.N), "cycles/run")
		})
	}
}
