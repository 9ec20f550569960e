package isa_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/isa"
)

// A neuron sums its input and fires above its threshold. Here it gets 40 in
// every tick.
func Example() {
	program, err := isa.Assemble("if.s", `
.program if
.state v
.param threshold c0
        acc  v, v, 0
        gt   q1, v, threshold
@q1     spk
@q1     sub  v, v, threshold
`, isa.AsmOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	insts, err := isa.DecodeAll(program.Words)
	if err != nil {
		fmt.Println(err)
		return
	}
	neuron := isa.Lane{Bits: 16}
	neuron.Reg[isa.C0] = 100
	neuron.Reg[isa.In] = 40
	for tick := 1; tick <= 5; tick++ {
		neuron.Run(insts)
		fmt.Println(tick, neuron.Reg[isa.S0], neuron.Spike)
	}
	// Output:
	// 1 40 false
	// 2 80 false
	// 3 20 true
	// 4 60 false
	// 5 100 false
}
