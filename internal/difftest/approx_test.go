package difftest_test

import (
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/difftest"
	"github.com/weft-toolchain/weft/targets"
)

// What fits only approximately runs on the chip as the oracle runs what was made of
// it.
func TestApproximationsDoWhatTheOracleDoes(t *testing.T) {
	for _, test := range []struct {
		name, target, text string
		share              float64
		ticks              int
		axons              int // 0 is the target's
	}{
		{"fan-in of 5000", "truenorth", `
inputs: {in: {shape: 5000}}
populations:
  p: {shape: 12, neuron: truenorth, params: {threshold: 300, leak: -3}}
projections:
  - {from: in, to: p, connect: dense, weights: {integer: [-8, 9], seed: 1}, delay: 2}
  - {from: p, to: p, connect: dense, weights: -2, delay: 3}
`, 0.25, 60, 0},
		{"fan-in of 200, fan-out of 3000, weights of 4 bits", "truenorth", `
inputs: {in: {shape: 100}}
populations:
  p: {shape: 200, neuron: truenorth, params: {threshold: 20}}
  q: {shape: 3000, neuron: truenorth, params: {threshold: 60}}
projections:
  - {from: in, to: p, connect: {sparse: {in_degree: 40, seed: 1}}, weights: 4}
  - {from: p, to: q, connect: dense, weights: {integer: [-8, 7], seed: 1}}
`, 0.25, 12, 0},
		{"weights that have to be rounded, beside neurons that fit", "truenorth", `
inputs: {in: {shape: 150}, few: {shape: 20}}
populations:
  p: {shape: 30, neuron: truenorth, params: {threshold: 900, threshold_mask: 7, reset: subtract}}
  q: {shape: 10, neuron: truenorth, params: {threshold: 4}}
projections:
  - {from: in, to: p, connect: dense, weights: {integer: [-250, 255], seed: 1}, delay: {integer: [1, 4], seed: 2}}
  - {from: p, to: q, connect: dense, weights: 2}
  - {from: few, to: q, connect: dense, weights: -1}
outputs: [q]
`, 1, 60, 0},
		{"circuits of ranc", "ranc", `
inputs: {in: {shape: 600}}
populations:
  p: {shape: 20, neuron: ranc, params: {threshold: 40, neg_threshold: -100, reset: zero}}
projections:
  - {from: in, to: p, connect: {sparse: {p: 0.8, seed: 1}}, weights: {integer: [-3, 4], seed: 1}}
`, 0.5, 80, 0},
		{"relays of relays", "truenorth", `
inputs: {in: {shape: 300}}
populations:
  p: {shape: 4, neuron: truenorth, params: {threshold: 50}}
projections:
  - {from: in, to: p, connect: dense, weights: {integer: [-7, 8], seed: 1}}
  - {from: p, to: p, connect: dense, weights: -3, delay: 4}
`, 0.25, 60, 16},
		{"neurons that others stand for", "truenorth", `
inputs: {in: {shape: 300}, on: {shape: 1}}
populations:
  p: {shape: 4, neuron: truenorth, params: {threshold: 20}}
  q: {shape: 3, neuron: truenorth, params: {threshold: 2}}
projections:
  - {from: in, to: p, connect: dense, weights: 1}
  - {from: on, to: p, connect: dense, weights: [1, 1, 3, 1]}
  - {from: p, to: q, connect: dense, weights: {integer: [-1, 2], seed: 2}}
optimise: {share: true}
`, 1, 60, 0},
		{"drawn weights of too many kinds", "truenorth", `
inputs: {in: {shape: 60}}
populations:
  p: {shape: 9, neuron: truenorth, params: {threshold: 4}}
projections:
  - {from: in, to: p, connect: dense, weights: {integer: [-200, 255], seed: 1}, stochastic: true}
`, 0.25, 60, 0},
		{"programs", "loihi", `
inputs: {in: {shape: 5000}}
populations:
  p: {shape: 2, neuron: lif, params: {tau: 20ms, threshold: 10}}
projections:
  - {from: in, to: p, connect: dense, weights: {uniform: [-1, 1.2], seed: 1}}
`, 0.25, 60, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if (underRace || testing.Short()) && strings.Contains(test.name, "000") {
				t.Skip("takes some 20 s, and minutes under the race detector")
			}
			net, err := network.Parse("net.yaml", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			chip, err := targets.Load(test.target)
			if err != nil {
				t.Fatal(err)
			}
			if test.axons > 0 {
				chip.Arch.Axons = test.axons
			}
			run := difftest.NewRun(7, net, test.ticks)
			if err := difftest.CompareWith(net, chip, compiler.Options{Effort: 1, Approximate: test.share}, run); err != nil {
				t.Error(err)
			}
			if err := difftest.Compare(net, chip, run); err == nil {
				t.Error("it fits exactly")
			}
		})
	}
}
