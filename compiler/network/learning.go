package network

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Rule is a rule by which synapses learn.
type Rule string

// The rules; FORMAT.md has their equations.
const (
	// STDP is pair-based, with all-to-all traces and hard bounds.
	STDP Rule = "stdp"
	// RSTDP is STDP times a third factor.
	RSTDP Rule = "r_stdp"
	// SDSP is ODIN's spike-driven synaptic plasticity.
	SDSP Rule = "sdsp"
)

// Learning is how a projection's weights change.
type Learning struct {
	Pos  diag.Pos
	Rule Rule
	// Params holds every parameter of the rule, the defaults included; times are
	// in seconds, weights and amplitudes in units of the file's weights.
	Params map[Param]float64
}

// learningRow is what a rule takes.
type learningRow struct {
	rule   Rule
	params []paramRow
}

// keys are what a block of the rule may say.
func (r *learningRow) keys() []string { return append([]string{"rule"}, paramKeys(r.params)...) }

var (
	stdpParams = []paramRow{
		{param: "a_plus", required: true, doc: "what a post-spike adds for each pre-spike before it"},
		{param: "a_minus", required: true, doc: "what a pre-spike takes for each post-spike before it"},
		{param: "tau_plus", unit: second, required: true, rule: aboveZero, doc: "time constant of the trace of pre-spikes"},
		{param: "tau_minus", unit: second, required: true, rule: aboveZero, doc: "time constant of the trace of post-spikes"},
		{param: "w_min", standard: 0, doc: "smallest weight"},
		{param: "w_max", required: true, doc: "largest weight"},
	}
	learningRules = []learningRow{
		{STDP, stdpParams},
		{RSTDP, append(slices.Clone(stdpParams), paramRow{param: "tau_reward", unit: second, required: true, rule: aboveZero, doc: "time constant of each neuron's trace of the broadcast register"})},
		{SDSP, []paramRow{
			{param: "theta_mem", required: true, doc: "potential from which a pre-spike can raise a weight, and below which it can lower one"},
			whole("theta_1", 1, 0, 7, "least calcium for any change"),
			whole("theta_2", 8, 0, 8, "calcium from which no weight is lowered"),
			whole("theta_3", 8, 0, 8, "calcium from which no weight is raised"),
			whole("ca_leak", 1, 1, 4095, "ticks in which calcium falls by one"),
			{param: "step", standard: 1, doc: "what a change adds or takes"},
			{param: "w_min", standard: 0, doc: "smallest weight"},
			{param: "w_max", required: true, doc: "largest weight"},
		}},
	}
)

var aboveZero = rule{
	holds: func(x, _ float64) bool { return x > 0 },
	want:  func(float64) string { return "a duration above 0" },
	write: seconds,
}

// learning reads the block `learn` of a projection, if there is one.
func (p *parser) learning(l *link) {
	n := l.node.Get("learn")
	if n == nil {
		return
	}
	what := l.what + ": learn"
	if !p.block(n, what) {
		return
	}
	var names []string
	for _, r := range learningRules {
		names = append(names, string(r.rule))
	}
	rn := p.Require(n, what, "rule")
	if rn == nil {
		return
	}
	k := slices.Index(names, p.Enum(rn, what+": rule", names...))
	if k < 0 {
		return
	}
	row := learningRules[k]
	out := &Learning{Pos: n.Pos, Rule: row.rule, Params: map[Param]float64{}}
	keys := row.keys()
	before := p.Diags.Len()
	p.Mapping(n, what, keys...)
	for _, pr := range row.params {
		out.Params[pr.param] = p.learningParam(n, what, pr, keys)
	}
	if p.Diags.Len() == before && out.Params["w_min"] > out.Params["w_max"] {
		p.report(n.Get("w_max"), diag.OutOfRange, "%s: w_max is %g, less than w_min, %g", what, out.Params["w_max"], out.Params["w_min"])
	}
	l.out.Learn = out
}

// learningParam reads one number of a rule.
func (p *parser) learningParam(n *yamldoc.Node, what string, row paramRow, keys []string) float64 {
	key := string(row.param)
	v := n.Get(key)
	if v == nil {
		if row.required {
			p.require(n, what, key, keys)
		}
		return row.standard
	}
	var x float64
	read := func() {
		if row.unit == second {
			x = p.Quantity(v, what+": "+key, string(second))
		} else {
			x = p.Float(v, what+": "+key)
		}
	}
	if p.clean(read) && row.rule.holds != nil && !row.rule.holds(x, p.net.Tick) {
		p.report(v, diag.OutOfRange, "%s: %s is %s, want %s", what, key, row.rule.write(x), row.rule.want(p.net.Tick))
	}
	return x
}
