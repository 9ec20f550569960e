package quant_test

import (
	"math"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
)

// Numbers whose products leave the range of a float64, or are all next to 0, are
// told, and so are those of a rule that no weight can hold.
func TestNumbersBeyondReckoningAreTold(t *testing.T) {
	const rule = "weights: 1, learn: {rule: stdp, tau_plus: 5ms, tau_minus: 5ms, "
	for _, test := range []struct{ neuron, params, rest, want string }{
		{"if", "threshold: 1e-320", "weights: 0", "the largest of its numbers comes to"},
		{"if", "r: 1e200, bias: 1e200", "weights: 1", "bias comes to +Inf of its unit"},
		{"integrator", "r: 1e300, bias: 1e300", "weights: 1", "bias comes to"},
		{"lif", "tau: 10ms, r: 1e155, bias: 1e155", "weights: 1", "drive comes to"},
		{"lif", "tau: 10ms, v_leak: 1e308, bias: 1.7e308", "weights: 1", "comes to"},
		{"cuba_lif", "tau_mem: 10ms, tau_syn: 5ms, w_in: 1e300, bias: 1e300", "weights: 1", "comes to"},
		{"alif", "tau: 10ms, tau_adapt: 100ms, adapt: 0.1, v_leak: 1e300, r: 1e308, bias: 1e5", "weights: 1", "comes to"},
		{"izhikevich", "b: 1e300, v_init: 1e300", "weights: 1", "comes to"},
		{"if", "", "weights: 1e200", "a weight of projection in→p comes to 1e+200"},
		{"ranc", "", rule + "a_plus: 1, a_minus: 1, w_min: -2.5, w_max: 5}", "learn: w_min is -2.5, and the weights into neuron ranc are whole"},
		{"ranc", "", rule + "a_plus: 1, a_minus: 1, w_max: 900}", "learn: w_max is 900, and the target's synapses hold -128 to 127"},
		{"ranc", "", rule + "a_plus: 1, a_minus: 40000, w_max: 9}", "learn: a_minus is 40000, want a magnitude of 3.277e+04 at most"},
		{"loihi_ternary", "threshold: [5, 6], threshold_low: [5, 7]", "weights: 1", "threshold_low of neuron 1 is 7, above its threshold, 6"},
	} {
		_, err := quant.Quantise(lowered(t, one(1, 2, test.neuron, test.params, test.rest)), arch(t, 8, 24), network.Quantise{})
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "net.yaml:") {
			t.Errorf("%s {%s} %s: got %v, want %q", test.neuron, test.params, test.rest, err, test.want)
		}
	}
}

// What a weight may learn to be is not clipped, however few weights are as large.
func TestBoundsOfLearningAreNotClipped(t *testing.T) {
	q := quantise(t, one(200, 2, "if", "", "weights: {uniform: [0.1, 0.2], seed: 1}, learn: {rule: stdp, a_plus: 0.1, a_minus: 0.1, tau_plus: 5ms, tau_minus: 5ms, w_max: 1}"))
	if got, want := q.Pops[0].Learn.Consts["w_max"], int(math.Round(q.Pops[0].Scale[0])); got != want || got > 127 {
		t.Errorf("w_max is %d at %d steps a unit, want as many, and 127 at most", got, want)
	}
}
