package targets_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
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

// Fields may be laid over a target, each with the place where it stands.
func ExampleLoadWith() {
	var diags diag.List
	over := yamldoc.Parse("over.yaml", []byte("timing: {clock: 50MHz}\n"), &diags)
	t, err := targets.LoadWith("xbar1k", over)
	fmt.Println(t.Timing.Clock, err)
	over = yamldoc.Parse("over.yaml", []byte("arch: {axons: 0, axes: 2}\n"), &diags)
	_, err = targets.LoadWith("xbar1k", over)
	fmt.Println(err)
	// Output:
	// 5e+07 <nil>
	// over.yaml:1:15: arch.axons: is 0, want 1 to 262144 [out-of-range]
	// over.yaml:1:18: arch: unknown field "axes"; did you mean "axons"? [unknown-field]
}
