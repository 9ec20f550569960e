package quant_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/targets"
)

// The numbers of a chip's model stay as they are, but for the words that its
// program wants otherwise.
func TestRegistersBecomeWords(t *testing.T) {
	for _, test := range []struct {
		neuron, params string
		params32, init map[string][]int32
		choices        map[string]string
	}{
		{
			"loihi", "threshold: [1, 2], bias: 3, bias_exp: 4, refractory: 5, decay_u: 6, decay_v: 7, u_init: -8, v_init: 9",
			map[string][]int32{"threshold": {64, 128}, "bias": {48}, "refractory": {5}, "v_spike": {640}, "decay_u": {6}, "decay_v": {7}},
			map[string][]int32{"u": {-8}, "v": {9}},
			nil,
		},
		{
			"truenorth", "threshold: 7, threshold_mask: [0, 3], leak: -1, leak_reversal: true",
			map[string][]int32{"threshold": {7}, "neg_threshold": {1<<18 - 1}, "leak": {-1}, "v_reset": {0}, "threshold_mask": {0, 3}},
			map[string][]int32{"v": {0}},
			map[string]string{"leak_reversal": "true", "stochastic_leak": "false", "negative": "saturate", "noise": "true"},
		},
		{
			"ranc", "threshold: 7, neg_threshold: -9, negative: reached",
			map[string][]int32{"threshold": {7}, "neg_threshold": {-9}, "leak": {0}, "v_reset": {0}},
			map[string][]int32{"v": {0}},
			map[string]string{"negative": "reached"},
		},
	} {
		t.Run(test.neuron, func(t *testing.T) {
			q := quantise(t, one(1, 2, test.neuron, test.params, "weights: [5, -6]"))
			p := &q.Pops[0]
			if diff := cmp.Diff(test.params32, p.Params); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.init, p.Init); diff != "" {
				t.Errorf("initial words (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.choices, p.Choices); diff != "" {
				t.Errorf("choices (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]int16{5, -6}, q.Weights[0]); diff != "" || !p.Exact {
				t.Errorf("exact %v, weights (-want +got):\n%s", p.Exact, diff)
			}
		})
	}
}

// What a target cannot do for a chip's model, or for synapses that a program
// visits, is told with its place.
func TestWhatATargetLacksForAChipsModelIsTold(t *testing.T) {
	loihi, err := targets.Load("loihi")
	if err != nil {
		t.Fatal(err)
	}
	const stdp = "learn: {rule: stdp, a_plus: 1, a_minus: 1, tau_plus: 5ms, tau_minus: 5ms, w_max: 9}"
	for _, test := range []struct {
		name, text string
		arch       *targets.Arch
		want       string
	}{
		{"narrow words", one(1, 1, "truenorth", "", "weights: 1"), arch(t, 8, 19), `net.yaml:2:15: population "p": neuron truenorth is one of words of 20 bits, and the target's have 19: choose a target with state_bits of 20 or more [does-not-fit]`},
		{"a register beyond the words", one(1, 1, "ranc", "leak: 128", "weights: 1"), arch(t, 8, 8), `population "p": leak of neuron 0 is 128 in the chip's words, which hold -128 to 127`},
		{"half a weight", one(1, 1, "ranc", "", "weights: 0.5"), arch(t, 8, 24), `weight 0.5 is not whole, and neuron ranc takes its weights as they are; 1 of 1 weights are not`},
		{"a large weight", one(2, 1, "ranc", "", "weights: [1, 200]"), arch(t, 8, 24), `weight 200 does not fit the target's synapses, which hold -128 to 127; 1 of 2 weights do not`},
		{"an exponent", one(1, 1, "loihi", "", "weights: 1, weight_exp: 2"), arch(t, 8, 24), `weight_exp is 2, and the target's weights have no exponent`},
		{"a delay before learning", one(1, 1, "if", "", "delay: 3, "+stdp), &loihi.Arch, `projection "in→p": has a delay of 3 ticks and synapses that learn, which the target does in the tick after a spike: write a delay of 1, or choose a target whose delays are at axons [does-not-fit]`},
		{"a delay before chance", one(1, 1, "truenorth", "", "delay: 2, stochastic: true"), &loihi.Arch, `has a delay of 2 ticks and synapses that are stochastic`},
		{
			"chance beside learning",
			strings.Replace(one(1, 1, "truenorth", "", stdp), "projections: [", "projections: [{from: in, to: p, connect: dense, stochastic: true}, ", 1),
			arch(t, 8, 24),
			`projection "in→p": is stochastic, and another projection into population "p" learns; a core has one program for both`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := quant.Quantise(lowered(t, test.text), test.arch, network.Quantise{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
