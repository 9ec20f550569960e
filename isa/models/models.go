// Package models holds the neuron models as assembly texts: the same texts
// that a user could write. An option is a symbol that a text tests with .if.
package models

import (
	_ "embed"
	"strconv"

	"github.com/weft-toolchain/weft/isa"
)

// Model is a neuron model.
type Model struct {
	Name string
	// Doc is one line.
	Doc string
	// Text is the assembly.
	Text string
	// Fires says whether it has a threshold, above which it fires.
	Fires bool
	// Integer says that its parameters are a chip's registers.
	Integer bool
	// Fine says that rounding adds up in its states, which are given as many
	// fractional bits as a word has room for.
	Fine bool
	// Choices are its options with the words that each takes, the default first.
	Choices []Choice
	// Resets are the values of the option `reset` that it takes; nil is none. A
	// model that is not Integer takes a refractory period, too.
	Resets []string
	// Pre, where not empty, is the program of kind pre for synapses whose weights
	// it does something else with than add them.
	Pre string
	// derive, where not nil, defines symbols that follow from the choices.
	derive func(def map[string]string)
}

// izhikevich says what of odin_izh its choices need.
func izhikevich(def map[string]string) {
	for name, anyOf := range map[string][]string{
		"rests_above": {"after_depolarise", "resonate"},
		"timed":       {"sharp", "latency", "after_depolarise"},
		"delays":      {"latency", "after_depolarise"},
		"remembers":   {"phasic", "class_2", "rebound", "bistable"},
		"lone":        {"rebound", "bistable"},
		"shifts":      {"variable_threshold", "accommodate"},
		"answers":     {"phasic", "accommodate"},
		"wraps":       {"inhibition_induced", "accommodate", "resonate"},
	} {
		for _, key := range anyOf {
			if def[key] != "" {
				def[name] = "1"
			}
		}
	}
	if def["rests_above"] == "" {
		def["refracts"] = "1"
	}
	if def["resonate"] == "" {
		def["sinks"] = def["below_zero"]
	}
}

// Choice is an option of a text: a symbol and its values.
type Choice struct {
	Key   string
	Words []string
}

// Resets are the values of the option `reset`.
var Resets = []string{"zero", "subtract", "value", "none"}

// yesNo are the words of a choice that is true or false.
var yesNo = []string{"false", "true"}

var (
	//go:embed text/if.s
	ifText string
	//go:embed text/lif.s
	lifText string
	//go:embed text/cuba_lif.s
	cubaText string
	//go:embed text/alif.s
	alifText string
	//go:embed text/stochastic_lif.s
	stochasticText string
	//go:embed text/izhikevich.s
	izhikevichText string
	//go:embed text/resonate_and_fire.s
	resonatorText string
	//go:embed text/integrator.s
	integratorText string
	//go:embed text/li.s
	liText string
	//go:embed text/cuba_li.s
	cubaLIText string
	//go:embed text/loihi.s
	loihiText string
	//go:embed text/loihi_ternary.s
	loihiTernaryText string
	//go:embed text/truenorth.s
	truenorthText string
	//go:embed text/truenorth_pre.s
	truenorthPre string
	//go:embed text/ranc.s
	rancText string
	//go:embed text/odin_lif.s
	odinText string
	//go:embed text/odin_izh.s
	izhText string
	//go:embed text/tinyodin_lif.s
	tinyodinText string
)

var all = []Model{
	{Name: "if", Doc: "integrate-and-fire (NIR IF)", Text: ifText, Fires: true, Resets: Resets},
	{Name: "lif", Doc: "leaky integrate-and-fire (NIR LIF, forward Euler)", Text: lifText, Fires: true, Resets: Resets},
	{Name: "cuba_lif", Doc: "leaky integrate-and-fire with synaptic current (NIR CubaLIF, forward Euler)", Text: cubaText, Fires: true, Resets: Resets},
	{Name: "alif", Doc: "leaky integrate-and-fire with an adaptive threshold (LSNN, forward Euler)", Text: alifText, Fires: true, Resets: Resets},
	{Name: "stochastic_lif", Doc: "leaky integrate-and-fire with a noisy threshold", Text: stochasticText, Fires: true, Resets: Resets},
	{Name: "izhikevich", Doc: "Izhikevich's simple model of 2003, as its published code computes it", Text: izhikevichText, Fires: true, Fine: true},
	{Name: "resonate_and_fire", Doc: "Izhikevich's resonate-and-fire neuron of 2001, rotated exactly", Text: resonatorText, Fires: true, Fine: true},
	{Name: "integrator", Doc: "sums its input, never fires; for membrane read-outs (NIR I)", Text: integratorText},
	{Name: "li", Doc: "leaky integrator, never fires (NIR LI, forward Euler)", Text: liText},
	{Name: "cuba_li", Doc: "leaky integrator with synaptic current, never fires (NIR CubaLI, forward Euler)", Text: cubaLIText},
	{Name: "loihi", Doc: "Loihi's compartment, bit by bit", Text: loihiText, Integer: true},
	{Name: "loihi_ternary", Doc: "Loihi's compartment with spikes of +1 and −1", Text: loihiTernaryText, Integer: true},
	{
		Name: "truenorth", Doc: "TrueNorth's neuron, with its stochastic modes", Text: truenorthText, Pre: truenorthPre, Integer: true, Fires: true, Resets: Resets,
		Choices: []Choice{
			{"leak_reversal", yesNo},
			{"stochastic_leak", yesNo},
			{"negative", []string{"saturate", "reset"}},
			// Set by the compiler where a threshold_mask is not 0.
			{"noise", yesNo},
		},
	},
	{
		Name: "ranc", Doc: "RANC's neuron, whose words wrap", Text: rancText, Integer: true, Fires: true, Resets: []string{"zero", "subtract", "value"},
		Choices: []Choice{{"negative", []string{"below", "reached"}}},
	},
	{Name: "odin_lif", Doc: "ODIN's integrate-and-fire neuron: an event and a time reference a tick", Text: odinText, Integer: true},
	{
		Name: "odin_izh", Doc: "ODIN's phenomenological Izhikevich neuron, without bursts", Text: izhText, Integer: true, derive: izhikevich,
		Choices: []Choice{
			{"sharp", yesNo},
			{"latency", yesNo},
			{"after_depolarise", yesNo},
			{"phasic", yesNo},
			{"class_2", yesNo},
			{"below_zero", yesNo},
			{"rebound", yesNo},
			{"inhibition_induced", yesNo},
			{"bistable", yesNo},
			{"resonate", yesNo},
			{"variable_threshold", yesNo},
			{"by_own_spikes", yesNo},
			{"accommodate", yesNo},
		},
	},
	{Name: "tinyodin_lif", Doc: "tinyODIN's neuron: an event and a time reference a tick", Text: tinyodinText, Integer: true},
}

// All returns the models in the order of the documentation.
func All() []Model { return append([]Model(nil), all...) }

// Lookup returns the model of a name, and whether there is one.
func Lookup(name string) (Model, bool) {
	for _, m := range all {
		if m.Name == name {
			return m, true
		}
	}
	return Model{}, false
}

// Names returns the names of the models.
func Names() []string {
	names := make([]string, len(all))
	for k, m := range all {
		names[k] = m.Name
	}
	return names
}

// FactorBits returns the scale of the factors in the texts, on a core whose
// words have stateBits bits: β = 1 is 2^FactorBits. A factor may reach almost 2.
func FactorBits(stateBits int) int { return min(16, stateBits-2) }

// MaxFrac is the largest Options.Frac, FineFrac that of fine models.
const (
	MaxFrac  = 6
	FineFrac = 16
)

// MaxFrac returns the largest Options.Frac of the model.
func (m Model) MaxFrac() int {
	if m.Fine {
		return FineFrac
	}
	return MaxFrac
}

// Options choose a variant of a model's text.
type Options struct {
	// Reset is one of Resets.
	Reset string
	// Refractory adds the refractory counter.
	Refractory bool
	// Frac is how many fractional bits the potential has beyond the weights, 0
	// to the model's MaxFrac.
	Frac int
	// FactorBits is the number of fractional bits of the factors.
	FactorBits int
	// SquareBits is the scale of the factor of a square (izhikevich).
	SquareBits int
	// Shared names parameters held once a core rather than once a neuron.
	Shared map[string]bool
	// Choices are the words of the model's choices, by key; one that is missing is
	// the default.
	Choices map[string]string
	// Learning, where not nil, appends the neuron's part of a rule.
	Learning *Learning
}

// AssembleSynapse assembles the model's own program of a kind other than tick, or
// returns nil where it has none.
func (m Model) AssembleSynapse(kind isa.Kind, tick *isa.Program) (*isa.Program, error) {
	if kind != isa.Pre || m.Pre == "" {
		return nil, nil //nolint:nilnil // most models have none
	}
	return assembleSynapse(m.Name, m.Pre, kind, tick, nil)
}

// Assemble assembles the model's text with these options.
func (m Model) Assemble(opt Options) (*isa.Program, error) {
	def := map[string]string{
		"frac": strconv.Itoa(opt.Frac), "fbits": strconv.Itoa(opt.FactorBits),
		"sbits": strconv.Itoa(opt.SquareBits), "nbits": strconv.Itoa(opt.FactorBits + 1),
	}
	if m.Resets != nil {
		def["reset"] = opt.Reset
	}
	if opt.Refractory {
		def["refractory"] = "1"
	}
	for _, c := range m.Choices {
		def[c.Key] = c.Words[0]
		if w, ok := opt.Choices[c.Key]; ok {
			def[c.Key] = w
		}
		if def[c.Key] == "false" {
			def[c.Key] = ""
		}
	}
	if m.derive != nil {
		m.derive(def)
	}
	text := m.Text
	if l := opt.Learning; l != nil {
		for name, value := range l.Rule.define(l.Consts) {
			if _, taken := def[name]; taken {
				panic("models: " + m.Name + " and rule " + l.Rule.Name + " both have a symbol " + name)
			}
			def[name] = value
		}
		tail, _ := l.Rule.Text(isa.Tick)
		text += tail
	}
	return isa.Assemble(m.Name+".s", text, isa.AsmOptions{Define: def, Shared: opt.Shared})
}
