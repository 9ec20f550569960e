package network

import (
	"fmt"
	"math"
)

// Integer models are those of a chip: their parameters are the whole numbers of
// its registers, and the weights that they receive are the whole numbers of its
// synapses. Nothing of them is rescaled.

// The models.
const (
	Loihi        Model = "loihi"
	LoihiTernary Model = "loihi_ternary"
	TrueNorth    Model = "truenorth"
	RANC         Model = "ranc"
	ODINLIF      Model = "odin_lif"
	TinyODINLIF  Model = "tinyodin_lif"
	ODINIzh      Model = "odin_izh"
)

// choiceRow is a parameter whose value is a word. The first one is the default.
type choiceRow struct {
	key   string
	words []string
	doc   string
}

// yesNo are the words of a choice that is true or false.
var yesNo = []string{"false", "true"}

// whole is a row of a parameter that takes whole numbers from lo to hi.
func whole(param Param, standard, lo, hi float64, doc string) paramRow {
	return paramRow{param: param, standard: standard, rule: wholeNumbers(lo, hi), doc: doc, lo: lo, hi: hi}
}

// Register is a parameter of an integer model: a whole number from Lo to Hi.
type Register struct {
	Name            Param
	Lo, Hi, Default int64
	Doc             string
}

// Registers returns the parameters of an integer model, and nothing for others.
func (m Model) Registers() []Register {
	var out []Register
	if row := rowOf(m); row.integer {
		for _, p := range row.own {
			out = append(out, Register{p.param, int64(p.lo), int64(p.hi), int64(p.standard), p.doc})
		}
	}
	return out
}

// WordBits is the narrowest word in which an integer model does what its chip
// does; 0 is any.
func (m Model) WordBits() int { return rowOf(m).wordBits }

// Choice is a parameter that is one of some words, the default first.
type Choice struct {
	Name  string
	Words []string
	Doc   string
}

// Choices returns the parameters of an integer model that are words.
func (m Model) Choices() []Choice {
	var out []Choice
	for _, c := range rowOf(m).choices {
		out = append(out, Choice{c.key, c.words, c.doc})
	}
	return out
}

func wholeNumbers(lo, hi float64) rule {
	return rule{
		holds: func(x, _ float64) bool { return x >= lo && x <= hi && x == math.Trunc(x) },
		want:  func(float64) string { return fmt.Sprintf("a whole number from %.0f to %.0f", lo, hi) },
		write: func(x float64) string { return fmt.Sprint(x) },
	}
}

// integerModels are the integer models in the order of FORMAT.md.
var integerModels = []modelRow{
	{
		model: Loihi, integer: true, wordBits: 24,
		own: []paramRow{
			whole("decay_u", 4096, 0, 4096, "share of the current u that decays in a tick, out of 4096"),
			whole("decay_v", 0, 0, 4096, "share of the potential v that decays in a tick, out of 4096"),
			whole("threshold", 1, 0, 1<<17-1, "mantissa of the threshold; fires when v > threshold · 64"),
			whole("refractory", 1, 1, 63, "ticks from a spike until v is integrated again; 1 is the next"),
			whole("bias", 0, -4096, 4095, "mantissa of the bias"),
			whole("bias_exp", 0, 0, 7, "exponent of the bias: each tick adds bias · 2^bias_exp"),
			whole("u_init", 0, -1<<23, 1<<23-1, "u before tick 1"),
			whole("v_init", 0, -1<<23, 1<<23-1, "v before tick 1"),
		},
	},
	{
		model: LoihiTernary, integer: true, wordBits: 24,
		own: []paramRow{
			whole("decay_u", 4096, 0, 4096, "share of the current u that decays in a tick, out of 4096"),
			whole("decay_v", 0, 0, 4096, "share of the potential v that decays in a tick, out of 4096"),
			whole("threshold", 1, -1<<16, 1<<16-1, "mantissa of the upper threshold; a spike of +1 when v > threshold · 64"),
			whole("threshold_low", -1, -1<<16, 1<<16-1, "mantissa of the lower threshold; a spike of −1 when v < threshold_low · 64"),
			whole("bias", 0, -4096, 4095, "mantissa of the bias"),
			whole("bias_exp", 0, 0, 7, "exponent of the bias: each tick adds bias · 2^bias_exp"),
			whole("u_init", 0, -1<<23, 1<<23-1, "u before tick 1"),
			whole("v_init", 0, -1<<23, 1<<23-1, "v before tick 1"),
		},
	},
	{
		model: TrueNorth, integer: true, wordBits: 20, resets: allResets,
		own: []paramRow{
			whole("threshold", 1, 0, max18, "α, which v reaches to fire"),
			whole("neg_threshold", max18, 0, max18, "β: below −β, v is at its negative threshold"),
			whole("leak", 0, -255, 255, "λ, added in every tick"),
			whole("v_reset", 0, -max18, max18, "R, v after a spike; only with reset: value"),
			whole("threshold_mask", 0, 0, 1<<17-1, "the bits of a random number that are added to the threshold; the chip's are 2^k − 1"),
			whole("v_init", 0, -1<<19, 1<<19-1, "v before tick 1"),
		},
		choices: []choiceRow{
			{key: "leak_reversal", words: yesNo, doc: "the leak has the sign of v: away from 0 where it is positive, towards 0 where negative"},
			{key: "stochastic_leak", words: yesNo, doc: "with probability (abs(leak) + 1) / 256 the leak is its sign, else 0"},
			{key: "negative", words: []string{"saturate", "reset"}, doc: "what happens at the negative threshold"},
		},
	},
	{
		model: RANC, integer: true, resets: []Reset{ResetZero, ResetSubtract, ResetValue},
		own: []paramRow{
			whole("threshold", 1, math.MinInt32, math.MaxInt32, "the positive threshold, which v reaches to fire"),
			whole("neg_threshold", 0, math.MinInt32, math.MaxInt32, "the negative threshold, signed"),
			whole("leak", 0, math.MinInt32, math.MaxInt32, "added in every tick"),
			whole("v_reset", 0, math.MinInt32, math.MaxInt32, "v after a spike, and with the other sign at the negative threshold; only with reset: value"),
			whole("v_init", 0, math.MinInt32, math.MaxInt32, "v before tick 1"),
		},
		choices: []choiceRow{
			{key: "negative", words: []string{"below", "reached"}, doc: "whether v is at the negative threshold below it, as in the HDL, or from it on, as in the simulator as it is shipped"},
		},
	},
	{
		model: ODINLIF, integer: true, wordBits: 9,
		own: []paramRow{
			whole("threshold", 1, 1, 255, "fires when v reaches it"),
			whole("leak", 0, 0, 127, "what a time reference takes from v"),
			whole("v_init", 0, 0, 255, "v before tick 1"),
		},
	},
	{
		model: ODINIzh, integer: true, wordBits: 12,
		own: []paramRow{
			whole("fan_in", 3, 3, 10, "the bit of the accumulator whose toggles move v"),
			whole("leak", 0, 0, 127, "what a time reference takes from the accumulator"),
			whole("threshold", 1, 1, 7, "θ without its shift"),
			whole("reset", 0, 0, 7, "how far from 0 v is after a spike: below it, and above with after_depolarise or resonate"),
			whole("stim_threshold", 1, 1, 7, "the movement of a tick from which a stimulus is strong"),
			whole("delay", 0, 0, 7, "time references of a latency or an after-depolarisation; 0 is none"),
			whole("sharp_delay", 0, 0, 7, "time references between two excitations that make a sharp neuron fire"),
			whole("threshold_leak", 0, 0, 15, "time references after which a variable threshold moves back by one; 0 is never"),
			whole("acc_init", 0, 0, 2047, "the accumulator before tick 1"),
			whole("v_init", 0, 0, 7, "v before tick 1"),
		},
		choices: []choiceRow{
			{key: "sharp", words: yesNo, doc: "fires when an excitation comes sharp_delay after the last"},
			{key: "latency", words: yesNo, doc: "fires delay after v reached the threshold"},
			{key: "after_depolarise", words: yesNo, doc: "v is above 0 after a spike, until delay is over"},
			{key: "phasic", words: yesNo, doc: "fires once for a strong stimulus"},
			{key: "class_2", words: yesNo, doc: "is excited only after a tick with a strong stimulus"},
			{key: "below_zero", words: yesNo, doc: "inhibition moves v down to −8, not to 0"},
			{key: "rebound", words: yesNo, doc: "fires after a lone strong inhibition, too"},
			{key: "inhibition_induced", words: yesNo, doc: "is held from v = −θ on, and fires when it comes back to 0"},
			{key: "bistable", words: yesNo, doc: "a lone strong excitation switches firing on, the next one off"},
			{key: "resonate", words: yesNo, doc: "v oscillates, and fires in the positive half of it only"},
			{key: "variable_threshold", words: yesNo, doc: "excitation raises the threshold, inhibition lowers it"},
			{key: "by_own_spikes", words: yesNo, doc: "the neuron's own spikes raise a variable threshold, and nothing else"},
			{key: "accommodate", words: yesNo, doc: "a time reference takes the tick's movement back, and shifts the threshold by it"},
		},
	},
	{
		model: TinyODINLIF, integer: true, wordBits: 12,
		own: []paramRow{
			whole("threshold", 1, 1, 2047, "fires when v reaches it"),
			whole("leak", 0, 0, 127, "by how much a time reference brings v nearer to 0"),
			whole("v_init", 0, -2048, 2047, "v before tick 1"),
		},
	},
}

// max18 is the largest unsigned number of 18 bits.
const max18 = 1<<18 - 1
