package targets_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/targets"
)

// A target is loaded by its name, or by the path of its file.
func ExampleLoad() {
	t, err := targets.Load("xbar1k")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Arch.Cores(), "cores of", t.Arch.Axons, "axons")
	fmt.Printf("a hop east costs %.3g pJ\n", 1e12*t.Prices.Energy[targets.HopX])
	// Output:
	// 256 cores of 1024 axons
	// a hop east costs 2.3 pJ
}
