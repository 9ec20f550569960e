package network

import (
	"fmt"
	"math"
	"strings"
)

// modelRow is what a neuron model takes.
type modelRow struct {
	model Model
	// fires says that the model has a threshold and so a reset.
	fires  bool
	params []Param
}

// models are the neuron models in the order of FORMAT.md.
var models = []modelRow{
	{IF, true, []Param{VThreshold, VReset, R, Bias, VInit, Refractory}},
	{LIF, true, []Param{Tau, VThreshold, VReset, VLeak, R, Bias, VInit, Refractory}},
	{CubaLIF, true, []Param{Tau, TauSyn, VThreshold, VReset, VLeak, R, WIn, Bias, VInit, IInit, Refractory}},
	{Integrator, false, []Param{R, Bias, VInit}},
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
}

// params are the parameters in the order of FORMAT.md.
var params = []paramRow{
	{param: Tau, alias: "tau_mem", unit: second, required: true, rule: atLeastTick},
	{param: TauSyn, unit: second, required: true, rule: atLeastTick},
	{param: VThreshold, alias: "threshold", standard: 1},
	{param: VReset},
	{param: VLeak},
	{param: R, standard: 1},
	{param: WIn, standard: 1},
	{param: Bias},
	{param: VInit},
	{param: IInit},
	{param: Refractory, rule: wholeTicks(0, maxRefractory)},
}

// maxRefractory is the longest refractory period in ticks.
const maxRefractory = 4095

// unit is what the numbers of a value may be written in.
type unit string

const (
	plain  unit = ""
	second unit = "s"
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

func rowOf(m Model) modelRow {
	for _, row := range models {
		if row.model == m {
			return row
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

// keys are what a file may write for the model's parameters: names and
// aliases.
func (m modelRow) keys() []string {
	var keys []string
	for _, param := range m.params {
		keys = append(keys, string(param))
		if alias := paramRowOf(param).alias; alias != "" {
			keys = append(keys, alias)
		}
	}
	if m.fires {
		keys = append(keys, resetKey)
	}
	return keys
}

// having lists the models that take key, for a message.
func having(key string) []string {
	var names []string
	for _, m := range models {
		for _, k := range m.keys() {
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
