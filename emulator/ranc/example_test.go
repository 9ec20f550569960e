package ranc_test

import (
	"fmt"
	"log"

	"github.com/weft-toolchain/weft/emulator/ranc"
)

// A core of two neurons: the first counts to three and tells the second, which
// sends to the output bus beside the core.
func Example() {
	cfg := ranc.Config{
		Width: 2, Height: 1, Axons: 8, Neurons: 2, Weights: 4, Slots: 16,
		Bus: ranc.Bus{X: 1, Outputs: 1},
		Cores: []ranc.Core{{
			Neurons: []ranc.Neuron{
				{Weights: []int32{1}, PositiveThreshold: 3, NegativeThreshold: -1, Reset: ranc.Linear, Axon: 1},
				{Weights: []int32{1}, PositiveThreshold: 1, NegativeThreshold: -1, DX: 1},
			},
			Synapses: [][]uint64{{0b01}, {0b10}},
		}},
		Options: ranc.Options{Variant: ranc.HDL},
	}
	grid, err := ranc.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	one := []ranc.Packet{{Axon: 0}}
	err = grid.Run(4, [][]ranc.Packet{one, one, one}, func(r *ranc.Result) error {
		for _, s := range r.Spikes {
			fmt.Printf("tick %d, cycle %d: neuron %d spikes\n", r.Tick, s.Cycle, s.Neuron)
		}
		for _, o := range r.Outputs {
			fmt.Printf("tick %d, cycle %d: output %d\n", r.Tick, o.Cycle, o.Axon)
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// tick 3, cycle 10: neuron 0 spikes
	// tick 4, cycle 20: neuron 1 spikes
	// tick 4, cycle 28: output 0
}
