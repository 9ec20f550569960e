package emulator_test

import (
	"fmt"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// A core of one neuron, which fires when two spikes of its input have come.
func ExampleMachine() {
	chip, err := targets.Load("xbar256")
	if err != nil {
		fmt.Println(err)
		return
	}
	program, err := isa.Assemble("two.s", ".state v\n acc v, v, 0\n gt q1, v, c0\n@q1 spk\n@q1 mov v, zero\n", isa.AsmOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	im := &image.Image{
		Manifest: image.Manifest{
			Arch:        chip.Arch,
			Inputs:      []image.Symbol{{Name: "in", Shape: []int{1}, N: 1}},
			Populations: []image.Symbol{{Name: "pair", Shape: []int{1}, N: 1}},
		},
		Programs: []isa.Program{*program},
		Cores: []image.Core{{
			Neurons: []int32{0},
			Consts:  [isa.NumConsts]int32{1},
			State:   []int32{0},
			Rows:    image.PackRows(image.Row{Slots: []uint16{0}, Weights: []int16{1}}),
			Dests:   [][]image.Dest{{{Core: image.Host}}},
		}},
		InputDests: [][]image.Dest{{{Core: 0, Axon: 0, Delay: 1}}},
	}
	if err := im.Verify(); err != nil {
		fmt.Println(err)
		return
	}
	m := emulator.New(emulator.NewChip(im, chip.Timing, emulator.Cycle))
	for tick, inputs := range [][]int32{{0}, nil, {0}, nil} {
		fired := m.Tick(inputs)
		fmt.Printf("tick %d: fired %v, v is %d, %d cycles\n", tick+1, fired, m.State(0, 0), m.Cycles())
	}
	// Output:
	// tick 1: fired [], v is 0, 44 cycles
	// tick 2: fired [], v is 1, 122 cycles
	// tick 3: fired [], v is 1, 166 cycles
	// tick 4: fired [0], v is 0, 247 cycles
}
