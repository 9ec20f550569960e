package odin_test

import (
	"fmt"
	"log"

	"github.com/weft-toolchain/weft/emulator/odin"
)

// A chain of two neurons: a virtual event makes the first fire, whose spike makes
// the second fire.
func Example() {
	cfg := odin.Config{Model: odin.TinyODIN, Sweep: 2, AckDelay: 1, Synapses: new([256][256]uint8)}
	cfg.Synapses[0][1] = 7
	for n := range 2 {
		cfg.Neurons[n] = odin.Word{Lo: 5 << 12} // threshold 5, no leak
	}
	chip, err := odin.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	const virtual, weight, neuron = 0x200, 6 << 4, 0
	trace, err := chip.Run([]odin.Event{{At: 0, Address: virtual | weight | neuron}})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range trace.Spikes {
		fmt.Printf("cycle %d: neuron %d fires\n", s.At, s.Neuron)
	}
	for _, v := range trace.States {
		fmt.Printf("%-10s at %2d for %d\n", v.State, v.First, v.Cycles)
	}
	fmt.Println("synaptic operations:", trace.Counters.Synaptic)

	// Output:
	// cycle 10: neuron 0 fires
	// cycle 23: neuron 1 fires
	// WAIT       at  0 for 3
	// PUSH       at  3 for 1
	// WAIT_REQDN at  4 for 4
	// WAIT       at  8 for 1
	// POP_VIRT   at  9 for 2
	// WAIT       at 11 for 9
	// POP_NEUR   at 20 for 4
	// AER_POP    at 24 for 9
	// WAIT       at 33 for 1
	// POP_NEUR   at 34 for 4
	// AER_POP    at 38 for 1
	// WAIT       at 39 for 16
	// synaptic operations: 5
}
