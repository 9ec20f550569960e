package report_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/emulator/report"
)

// The hash of a run in which neurons 0 and 5 fire in tick 1 and neuron 2 in
// tick 3.
func ExampleHash() {
	h := report.NewHash()
	h.Spikes(1, []int32{0, 5})
	h.Spikes(2, nil)
	h.Spikes(3, []int32{2})
	fmt.Println(h)
	// Output: 6ff675cf795687af
}

func ExampleSI() {
	fmt.Println(report.SI(23.6e-12, "J"), report.SI(0.0644, "W"))
	// Output: 23.6 pJ 64.4 mW
}
