package difftest

import (
	"fmt"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/targets"
)

// A spike of −1 is a spike to the synapses that it teaches.
func TestNegativeSpikesTeach(t *testing.T) {
	chip, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(20) {
		text := fmt.Sprintf(`
inputs: {a: {shape: 3}}
populations:
  p: {shape: 3, neuron: loihi_ternary, params: {threshold: 10, threshold_low: -10, bias: {integer: [-30, 30], seed: 3}, bias_exp: 3}}
  q: {shape: 3, neuron: if, params: {threshold: 3}}
projections:
  - {from: a, to: p, connect: dense, weights: {integer: [-20, 20], seed: 5}}
  - from: p
    to: q
    connect: dense
    weights: {uniform: [-0.2, 0.3], seed: %d}
    learn: {rule: stdp, a_plus: 0.28, a_minus: 0.153, w_min: -0.251, w_max: 0.3, tau_plus: 3.3ms, tau_minus: 3.3ms}
outputs: [q]
quantise: {bits: 4}
`, seed)
		net, err := network.Parse("net.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := Compare(net, chip, NewRun(seed, net, ticks)); err != nil {
			t.Errorf("seed %d: %v\n%s", seed, err, text)
		}
	}
}
