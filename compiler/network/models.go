package network

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// modelRow is what a neuron model takes.
type modelRow struct {
	model  Model
	params []Param
	// integer says that the parameters are a chip's registers, as they are.
	integer bool
	// silent says that its neurons never fire: their potential is what is read.
	silent bool
	// wordBits is the narrowest word that an integer model does with; 0 is any.
	wordBits int
	// resets are what the key reset chooses from: what a spike does to the
	// potential. Nil is a model without that key.
	resets []Reset
	// defaults are those of params that this model has other defaults for.
	defaults map[Param]standard
	// own are parameters of this model alone, choices those that are words.
	own     []paramRow
	choices []choiceRow
	// rows are all its parameters but choices, keys what a file may write for any:
	// names and aliases.
	rows []paramRow
	keys []string
}

// realModels are the models with equations in real numbers, which the quantiser
// turns into integers.
var realModels = []modelRow{
	{model: IF, resets: allResets, params: []Param{VThreshold, VReset, R, Bias, VInit, Refractory}},
	{model: LIF, resets: allResets, params: []Param{Tau, VThreshold, VReset, VLeak, R, Bias, VInit, Refractory}},
	{model: CubaLIF, resets: allResets, params: []Param{Tau, TauSyn, VThreshold, VReset, VLeak, R, WIn, Bias, VInit, IInit, Refractory}},
	{model: ALIF, resets: allResets, params: []Param{Tau, TauAdapt, Adapt, VThreshold, VReset, VLeak, R, Bias, VInit, Refractory}},
	{model: StochasticLIF, resets: allResets, params: []Param{Tau, Noise, VThreshold, VReset, VLeak, R, Bias, VInit, Refractory}},
	{
		model: Izhikevich, params: []Param{A, B, C, D, VThreshold, R, Bias, VInit, UInit},
		defaults: map[Param]standard{
			VThreshold: {value: 30}, VInit: {value: -65},
			UInit: {text: "b·v_init", of: func(get func(Param) float64) float64 { return get(B) * get(VInit) }},
		},
	},
	{
		model: ResonateAndFire, params: []Param{Tau, Frequency, VThreshold, VReset, R, Bias, VInit},
		defaults: map[Param]standard{
			VReset: {text: "v_threshold", of: func(get func(Param) float64) float64 { return get(VThreshold) }},
		},
	},
	{model: Integrator, silent: true, params: []Param{R, Bias, VInit}},
	{model: LI, silent: true, params: []Param{Tau, VLeak, R, Bias, VInit}},
	{model: CubaLI, silent: true, params: []Param{Tau, TauSyn, VLeak, R, WIn, Bias, VInit, IInit}},
}

// standard is a model's own default of a parameter: a number, or what text says
// of the parameters before it.
type standard struct {
	value float64
	text  string
	of    func(get func(Param) float64) float64
}

// String writes the default as FORMAT.md does.
func (s standard) String() string {
	if s.of != nil {
		return "`" + s.text + "`"
	}
	return fmt.Sprint(s.value)
}

// models are the neuron models in the order of FORMAT.md.
var models = prepared(realModels, integerModels)

// prepared returns the models of both lists with their rows and keys worked out.
func prepared(lists ...[]modelRow) []modelRow {
	out := slices.Concat(lists...)
	for k := range out {
		m := &out[k]
		for _, param := range m.params {
			m.rows = append(m.rows, paramRowOf(param))
		}
		m.rows = append(m.rows, m.own...)
		m.keys = m.allKeys()
	}
	return out
}

// IsInteger reports whether a model's parameters and weights are a chip's
// integers.
func (m Model) IsInteger() bool { return rowOf(m).integer }

// Silent reports whether a model never fires, so that its potential is what its
// neurons are there for.
func (m Model) Silent() bool { return rowOf(m).silent }

// ParamNames returns the names of the parameters of a model, choices apart.
func (m Model) ParamNames() []Param {
	var out []Param
	for _, row := range rowOf(m).rows {
		out = append(out, row.param)
	}
	return out
}

// paramRow is what there is to know about a parameter.
type paramRow struct {
	param Param
	// alias is a second name that files may use.
	alias string
	unit  unit
	// standard is the value of a parameter that is not written; required ones
	// have none.
	standard float64
	required bool
	rule     rule
	// example is a value for messages that ask for one.
	example string
	// doc says what it is, for those of one model; lo and hi are the least and the
	// most of one that is a whole number.
	doc    string
	lo, hi float64
}

// params are the parameters in the order of FORMAT.md.
var params = []paramRow{
	{param: Tau, alias: "tau_mem", unit: second, required: true, rule: atLeastTick, example: "20ms"},
	{param: TauSyn, unit: second, required: true, rule: atLeastTick, example: "20ms"},
	{param: TauAdapt, unit: second, required: true, rule: atLeastTick, example: "200ms"},
	{param: Adapt, required: true, example: "0.1"},
	{param: Noise, required: true, rule: notNegative, example: "0.1"},
	{param: Frequency, unit: hertz, required: true, rule: belowNyquist, example: "40Hz"},
	{param: A, standard: 0.02},
	{param: B, standard: 0.2},
	{param: C, standard: -65},
	{param: D, standard: 8},
	{param: VThreshold, alias: "threshold", standard: 1},
	{param: VReset},
	{param: VLeak},
	{param: R, standard: 1},
	{param: WIn, standard: 1},
	{param: Bias},
	{param: VInit},
	{param: IInit},
	{param: UInit},
	{param: Refractory, rule: wholeTicks(0, maxRefractory)},
}

// maxRefractory is the longest refractory period in ticks.
const maxRefractory = 4095

// unit is what the numbers of a value may be written in.
type unit string

const (
	plain  unit = ""
	second unit = "s"
	hertz  unit = "Hz"
)

// rule is a condition on every number of a value; its zero value is none.
type rule struct {
	// holds says whether x is allowed in a network of this tick.
	holds func(x, tick float64) bool
	// want continues a sentence: "is 0.5, want …".
	want func(tick float64) string
	// write writes a number as a message should.
	write func(x float64) string
}

var atLeastTick = rule{
	holds: func(x, tick float64) bool { return x >= tick },
	want: func(tick float64) string {
		return fmt.Sprintf("at least the tick, which is %s, or the update overshoots", seconds(tick))
	},
	write: seconds,
}

var notNegative = rule{
	holds: func(x, _ float64) bool { return x >= 0 },
	want:  func(float64) string { return "a number that is not negative" },
	write: func(x float64) string { return fmt.Sprint(x) },
}

// belowNyquist is what a rotation a tick can tell from one the other way round.
var belowNyquist = rule{
	holds: func(x, tick float64) bool { return x >= 0 && x*tick <= 0.5 },
	want:  func(tick float64) string { return fmt.Sprintf("from 0Hz to %.6gHz, half a turn a tick", 0.5/tick) },
	write: func(x float64) string { return fmt.Sprintf("%.6gHz", x) },
}

func wholeTicks(lo, hi float64) rule {
	return rule{
		holds: func(x, _ float64) bool { return x >= lo && x <= hi && x == math.Trunc(x) },
		want:  func(float64) string { return fmt.Sprintf("a whole number of ticks from %g to %g", lo, hi) },
		write: func(x float64) string { return fmt.Sprint(x) },
	}
}

func modelNames() []string {
	names := make([]string, len(models))
	for i, m := range models {
		names[i] = string(m.model)
	}
	return names
}

func rowOf(m Model) *modelRow {
	for k := range models {
		if models[k].model == m {
			return &models[k]
		}
	}
	panic("network: no row for neuron model " + string(m))
}

func paramRowOf(param Param) paramRow {
	for _, row := range params {
		if row.param == param {
			return row
		}
	}
	panic("network: no row for parameter " + string(param))
}

// allKeys works out keys.
func (m *modelRow) allKeys() []string {
	var keys []string
	for _, row := range m.rows {
		keys = append(keys, string(row.param))
		if row.alias != "" {
			keys = append(keys, row.alias)
		}
	}
	for _, c := range m.choices {
		keys = append(keys, c.key)
	}
	if m.resets != nil {
		keys = append(keys, resetKey)
	}
	return keys
}

// having lists the models that take key, for a message.
func having(key string) []string {
	var names []string
	for _, m := range models {
		for _, k := range m.keys {
			if k == key {
				names = append(names, string(m.model))
			}
		}
	}
	return names
}

// seconds writes a duration with the unit that fits.
func seconds(x float64) string {
	for _, u := range []struct {
		scale float64
		name  string
	}{{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}} {
		if x >= u.scale || x <= -u.scale {
			return fmt.Sprintf("%.6g%s", x/u.scale, u.name)
		}
	}
	if x == 0 {
		return "0s"
	}
	return fmt.Sprintf("%.6gns", x/1e-9)
}

// enumerated joins words as a sentence does: "a, b and c".
func enumerated(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
