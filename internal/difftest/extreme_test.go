package difftest_test

import (
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/difftest"
	"github.com/weft-toolchain/weft/targets"
)

// Weights at the ends of 16 bits are weights like others, in whichever layout the
// emulator has them.
func TestWeightsAtTheEndsOfTheirRange(t *testing.T) {
	for _, test := range []struct{ name, weights string }{
		{"all the least", "-32768"},
		{"all the largest", "32767"},
		{"of many kinds", "{integer: [-32768, 32767], seed: 1}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			net, err := network.Parse("net.yaml", []byte(`
inputs: {in: {shape: 40}}
populations: {p: {shape: 30, neuron: if, params: {threshold: 100, reset: subtract}}}
projections:
  - {from: in, to: p, connect: dense, weights: `+test.weights+`}
  - {from: p, to: p, connect: one_to_one, weights: 5}
`))
			if err != nil {
				t.Fatal(err)
			}
			chip, err := targets.Load("xbar256")
			if err != nil {
				t.Fatal(err)
			}
			chip.Arch.WeightBits = 16
			for _, state := range []int{24, 32} {
				chip.Arch.StateBits = state
				if err := difftest.Compare(net, chip, difftest.NewRun(3, net, 40)); err != nil {
					t.Errorf("state of %d bits: %v", state, err)
				}
			}
		})
	}
}
