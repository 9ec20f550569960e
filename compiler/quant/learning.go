package quant

import (
	"maps"
	"math"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// Fractional bits of the rules' numbers.
const (
	// decayBits are those of a trace's decay.
	decayBits = 12
	// traceBits are the most that a trace has: one spike, or a broadcast of 1, is
	// 2^traceBits.
	traceBits = 10
	// amplitudeBits bound a_plus and a_minus: they are given as many fractional
	// bits as fit.
	amplitudeBits = 13
)

func (p *population) projection(k int) *network.Projection {
	return &p.q.Net.Projections[p.q.Projections[k].Index]
}

// learns returns the first projection's learning, or nil.
func (p *population) learns() *network.Learning {
	for _, k := range p.projs {
		if l := p.projection(k).Learn; l != nil {
			return l
		}
	}
	return nil
}

// furthest is the largest magnitude that a weight may learn to have.
func furthest(l *network.Learning) float64 {
	return max(math.Abs(l.Params["w_min"]), math.Abs(l.Params["w_max"]))
}

// learning turns the rule by which the population's synapses learn into
// integers.
func (p *population) learning(diags *diag.List) {
	l := p.learns()
	if l == nil {
		return
	}
	if !sameRule(p, l, diags) {
		return
	}
	if len(p.out.Scale) > 1 || !uniformIn(p) {
		diags.Add(l.Pos, diag.OutOfRange, "learn: the synapses of population %q have a scale for each neuron, and a rule has one for all: drop per: neuron, and give r, tau and w_in one value", p.np.Name)
		return
	}
	weight := p.out.Scale[0] * p.at(0).in
	if !p.learnable(l, weight, diags) {
		return
	}
	p.out.Learn = &ir.Learning{Rule: l.Rule, Consts: ruleConsts(l, p.q.Net.Tick, weight, p.q.StateBits, p.qmax(p.projs[0]))}
	for _, state := range ruleState[l.Rule] {
		p.out.Init[state] = []int32{0}
	}
	if l.Rule == network.SDSP {
		level := l.Params["theta_mem"] * p.out.Scale[0] * float64(int(1)<<p.out.Frac)
		p.out.Params["theta_mem"] = p.round(1, func(int) float64 { return level })
	}
}

// learnable reports numbers of a rule that a weight or an immediate cannot hold.
// Weight is the integer of a weight of 1.
func (p *population) learnable(l *network.Learning, weight float64, diags *diag.List) bool {
	before := diags.Len()
	most := p.qmax(p.projs[0])
	for _, name := range []network.Param{"w_min", "w_max"} {
		x := l.Params[name]
		switch {
		case p.np.Model.IsInteger() && x != math.Trunc(x):
			diags.Add(l.Pos, diag.OutOfRange, "population %q: learn: %s is %g, and the weights into neuron %s are whole", p.np.Name, name, x, p.np.Model)
		case math.Abs(math.Round(x*weight)) > most+1:
			diags.Add(l.Pos, diag.DoesNotFit, "population %q: learn: %s is %g, and the target's synapses hold %.4g to %.4g", p.np.Name, name, x, (-most-1)/weight, most/weight)
		}
	}
	_, immediate := fixed.Limits(16)
	for _, name := range []network.Param{"a_plus", "a_minus", "step"} {
		if x := l.Params[name]; math.Abs(math.Round(x*weight)) > float64(immediate) {
			diags.Add(l.Pos, diag.OutOfRange, "population %q: learn: %s is %g, want a magnitude of %.4g at most, the longest step of a weight that a program can add", p.np.Name, name, x, float64(immediate)/math.Abs(weight))
		}
	}
	return diags.Len() == before
}

// ruleState names the state words that a rule adds to a neuron.
var ruleState = map[network.Rule][]string{
	network.STDP:  {"y", "last"},
	network.RSTDP: {"y", "last", "m"},
	network.SDSP:  {"ca", "leaks", "flag"},
}

// uniformIn reports whether a weight is the same number of steps for every
// neuron.
func uniformIn(p *population) bool {
	for i := range p.coef {
		if p.coef[i].in != p.coef[0].in {
			return false
		}
	}
	return true
}

// sameRule reports projections into one population that learn differently: a
// core has one program of each kind.
func sameRule(p *population, first *network.Learning, diags *diag.List) bool {
	ok := true
	for _, k := range p.projs {
		l := p.projection(k).Learn
		if np := p.projection(k); np.Stochastic {
			ok = false
			diags.Append(diag.Diagnostic{
				Pos: np.Pos, Code: diag.OutOfRange,
				Message: "projection \"" + np.Name + "\": is stochastic, and another projection into population \"" + p.np.Name + "\" learns; a core has one program for both",
				Notes:   []diag.Note{{Pos: first.Pos, Message: "the rule is here"}},
			})
			continue
		}
		if l == nil || l.Rule == first.Rule && maps.Equal(l.Params, first.Params) {
			continue
		}
		ok = false
		diags.Append(diag.Diagnostic{
			Pos: l.Pos, Code: diag.OutOfRange,
			Message: "projection \"" + p.projection(k).Name + "\": learns otherwise than another projection into population \"" + p.np.Name + "\"; all that learn there must have one rule with the same numbers",
			Notes:   []diag.Note{{Pos: first.Pos, Message: "the other rule is here"}},
		})
	}
	return ok
}

// ruleConsts returns a rule's numbers, which are learnable; weight is the integer of a weight of 1,
// tick is in seconds.
func ruleConsts(l *network.Learning, tick, weight float64, stateBits int, limit float64) map[string]int {
	bound := func(name network.Param) int {
		return int(min(max(math.Round(l.Params[name]*weight), -limit-1), limit))
	}
	c := map[string]int{"w_min": bound("w_min"), "w_max": bound("w_max")}
	if c["w_min"] > c["w_max"] { // a negative resistance turns weights around
		c["w_min"], c["w_max"] = c["w_max"], c["w_min"]
	}
	if l.Rule == network.SDSP {
		for _, name := range []network.Param{"theta_1", "theta_2", "theta_3", "ca_leak"} {
			c[string(name)] = int(l.Params[name])
		}
		c["step"] = int(math.Round(l.Params["step"] * weight))
		return c
	}
	trace := min(traceBits, stateBits-6)
	decay := func(name network.Param) int {
		return int(math.Round(math.Exp(-tick/l.Params[name]) * (1 << decayBits)))
	}
	c["one"] = 1 << trace
	c["decay_plus"], c["decay_minus"] = decay("tau_plus"), decay("tau_minus")
	most := amplitudeBits
	if l.Rule == network.RSTDP {
		// The product with the trace, which may be several spikes, has to fit a word
		// before the reward multiplies it.
		most = min(amplitudeBits, stateBits-4)
		c["decay_reward"], c["mbits"] = decay("tau_reward"), trace
	}
	extra := [2]int{}
	for k, name := range []network.Param{"a_plus", "a_minus"} {
		a := l.Params[name] * weight
		for extra[k] < amplitudeBits && math.Abs(a*2) < float64(int(1)<<most) {
			a *= 2
			extra[k]++
		}
		c[string(name)] = int(math.Round(a))
	}
	c["pshift"], c["mshift"] = trace+extra[0], trace+extra[1]
	if l.Rule == network.RSTDP {
		e := min(extra[0], extra[1])
		c["pshift"], c["mshift"] = trace+extra[0]-e, trace+extra[1]-e
		c["rshift"] = trace + e
	}
	return c
}
