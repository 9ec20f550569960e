package difftest_test

import (
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/difftest"
	"github.com/weft-toolchain/weft/targets"
)

// What does not fit a target as it stands is made to fit, and does the same: the
// neuron with more inputs than axons, with more destinations than it can have,
// with more weights than there are types, and delays beyond the longest.
func TestWhatIsMadeToFitDoesTheSame(t *testing.T) {
	for _, test := range []struct {
		name, target, text string
	}{
		{"fan-in of 5000, fan-out of 3000", "xbar256", `
inputs: {in: {shape: 5000}}
populations:
  p: {shape: 40, neuron: lif, params: {tau: 20ms, threshold: 300}}
  q: {shape: 3000, neuron: if, params: {threshold: 500}}
projections:
  - {from: in, to: p, connect: dense, weights: {uniform: [-100, 120], seed: 1}, delay: 3}
  - {from: p, to: q, connect: dense, weights: {uniform: [-50, 100], seed: 2}}
  - {from: p, to: p, connect: dense, weights: {uniform: [-20, 20], seed: 3}}
`},
		{"a sparse layer, where parts take fewer cores", "xbar256", `
inputs: {in: {shape: 784}}
populations:
  p: {shape: 700, neuron: if, params: {threshold: 3}}
  q: {shape: 400, neuron: integrator}
projections:
  - {from: in, to: p, connect: {sparse: {in_degree: 64, seed: 1}}, weights: {uniform: [-1, 1.5], seed: 2}}
  - {from: p, to: q, connect: {sparse: {in_degree: 64, seed: 3}}, weights: {uniform: [-1, 1], seed: 4}, delay: 2}
outputs: [q]
`},
		{"delays beyond the longest, at axons", "xbar256", `
inputs: {in: {shape: 30}}
populations: {p: {shape: 50, neuron: if, params: {threshold: 2}}}
projections:
  - {from: in, to: p, connect: {sparse: {in_degree: 4, seed: 1}}, weights: 3, delay: {integer: [1, 50], seed: 5}}
  - {from: p, to: p, connect: {sparse: {in_degree: 4, seed: 2}}, weights: {uniform: [-1, 1.5], seed: 3}, delay: {integer: [1, 40], seed: 4}}
outputs: [p]
`},
		{"delays beyond the longest, at synapses", "loihi", `
inputs: {in: {shape: 30}}
populations: {p: {shape: 50, neuron: if, params: {threshold: 2}}}
projections:
  - {from: in, to: p, connect: {sparse: {in_degree: 4, seed: 1}}, weights: 3, delay: {integer: [1, 150], seed: 5}}
  - {from: p, to: p, connect: {sparse: {in_degree: 4, seed: 2}}, weights: {uniform: [-1, 1.5], seed: 3}, delay: {integer: [1, 170], seed: 4}}
outputs: [p]
`},
		{"copies, for many destinations", "truenorth", `
inputs: {in: {shape: 200}}
populations:
  p: {shape: 60, neuron: truenorth, params: {threshold: 20, threshold_mask: 7}}
  q: {shape: 3000, neuron: truenorth, params: {threshold: 12, leak: -1}}
projections:
  - {from: in, to: p, connect: {sparse: {p: 0.5, seed: 1}}, weights: 2}
  - {from: p, to: q, connect: dense, weights: {integer: [-8, 7], seed: 2}, delay: 2}
  - {from: p, to: p, connect: {sparse: {in_degree: 5, seed: 3}}, weights: -1}
outputs: [p]
`},
		{"weights that are sums of numbers of which others are not", "truenorth", `
inputs: {in: {shape: 5}}
populations: {p: {shape: 2, neuron: truenorth, params: {threshold: 60}}}
projections:
  - {from: in, to: p, connect: {list: [[0, 0, 7], [1, 0, 14], [2, 0, 21], [3, 0, 28], [4, 0, 91], [4, 1, -14]]}}
`},
		{"relays of a circuit", "truenorth", `
inputs: {in: {shape: 20}}
populations: {p: {shape: 30, neuron: truenorth, params: {threshold: 3}}}
projections:
  - {from: in, to: p, connect: {sparse: {in_degree: 3, seed: 1}}, weights: 2, delay: {integer: [1, 50], seed: 3}}
  - {from: p, to: p, connect: {sparse: {in_degree: 3, seed: 4}}, weights: 1, delay: {integer: [1, 60], seed: 5}}
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			net, err := network.Parse("net.yaml", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			chip, err := targets.Load(test.target)
			if err != nil {
				t.Fatal(err)
			}
			if err := difftest.Compare(net, chip, difftest.NewRun(7, net, 120)); err != nil {
				t.Error(err)
			}
		})
	}
}
