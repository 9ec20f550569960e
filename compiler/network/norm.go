package network

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Norm is a batch normalisation as training left it: x becomes
// Gamma·(x − Mean)/√(Var + Eps) + Beta. Each value is one number, or one a neuron.
type Norm struct {
	Pos                         diag.Pos
	Gamma, Beta, Mean, Var, Eps Value
}

// The keys of a norm, as parameters.
const (
	normGamma Param = "gamma"
	normBeta  Param = "beta"
	normMean  Param = "mean"
	normVar   Param = "var"
	normEps   Param = "eps"
)

var normRows = []paramRow{
	{param: normGamma, standard: 1},
	{param: normBeta},
	{param: normMean},
	{param: normVar, standard: 1, rule: notNegative},
	{param: normEps, standard: 1e-5, rule: positive},
}

var positive = rule{
	holds: func(x, _ float64) bool { return x > 0 },
	want:  func(float64) string { return "a number above 0" },
	write: notNegative.write,
}

// paramKeys returns the keys of rows without aliases.
func paramKeys(rows []paramRow) []string {
	var keys []string
	for _, row := range rows {
		keys = append(keys, string(row.param))
	}
	return keys
}

// norm reads a block of a norm over neurons of some shape, whose axis channel
// lists of one number a channel run along. name names its streams of random
// numbers.
func (p *parser) norm(n *yamldoc.Node, what, name string, shape []int, channel int) *Norm {
	out := &Norm{Pos: n.Pos}
	if !p.Mapping(n, what, paramKeys(normRows)...) || shape == nil {
		return out
	}
	holder := &Population{Name: name, Pos: n.Pos, Shape: shape, Params: map[Param]Value{}}
	for _, row := range normRows {
		v := n.Get(string(row.param))
		if v == nil {
			p.byDefault(holder, row, standard{})
			continue
		}
		s := p.source(v, sourceOptions{what: what + ": " + string(row.param), stream: name + "/" + string(row.param), rule: row.rule, axis: true})
		if s == nil {
			continue
		}
		if s.axis < 0 && s.draw == nil && !s.single() && s.data.Len() == shape[channel] && s.data.Len() != Size(shape) {
			s.axis = channel
		}
		if p.fitsPopulation(s, holder) {
			p.compute(s, holder, row.param, v.Pos)
		}
	}
	p.later = append(p.later, func() {
		get := func(param Param) Value { return holder.Params[param] }
		out.Gamma, out.Beta, out.Mean, out.Var, out.Eps = get(normGamma), get(normBeta), get(normMean), get(normVar), get(normEps)
	})
	return out
}

// membraneNorm reads the norm of a population's potential, and reports those
// that no threshold can stand for.
func (p *parser) membraneNorm(n *yamldoc.Node, what string, pop *Population) {
	if n == nil || pop.Model == "" {
		return
	}
	what += ": batch_norm"
	pop.Norm = p.norm(n, what, pop.Name+"/batch_norm", pop.Shape, 0)
	switch {
	case pop.Model.IsInteger():
		p.report(n, diag.UnknownField, "%s: is for neurons of real numbers; neuron %s has the numbers of a chip", what, pop.Model)
	case pop.Model.Silent():
		p.report(n, diag.OutOfRange, "%s: is folded into the threshold, and neuron %s has none", what, pop.Model)
	case pop.Reset == ResetSubtract:
		p.report(n, diag.OutOfRange, "%s: is folded into the threshold, which reset: subtract would take away from the potential as it is not normalised; want reset: zero, value or none", what)
	}
	norm, model := pop.Norm, pop.Model
	p.later = append(p.later, func() {
		for i, g := range norm.Gamma.Values {
			switch {
			case g == 0:
				p.Diags.Add(norm.Gamma.Pos, diag.OutOfRange, "%s: gamma %s is 0, and then the potential does not count: the neuron fires always or never", what, bracketed([]int{i}))
				return
			case g < 0 && model == Izhikevich:
				p.Diags.Add(norm.Gamma.Pos, diag.OutOfRange, "%s: gamma %s is %g, and neuron izhikevich cannot be turned around, since it squares its potential; want gamma above 0", what, bracketed([]int{i}), g)
				return
			}
		}
	})
}

// inputNorm reads the norm of what a projection adds to its neurons.
func (p *parser) inputNorm(l *link) {
	n := l.node.Get("batch_norm")
	if n == nil || l.to == nil || l.to.ref.Input {
		return
	}
	what := l.what + ": batch_norm"
	channel := 0
	if layout := l.node.Get("layout"); layout != nil && layout.Text == "hwc" && len(l.to.shape) == 3 {
		channel = 2
	}
	l.out.Norm = p.norm(n, what, l.out.Name+"/batch_norm", l.to.shape, channel)
	switch {
	case p.model(l.to).IsInteger():
		p.report(n, diag.UnknownField, "%s: is for neurons of real numbers; population %q is of neuron %s, which has the numbers of a chip", what, l.to.name, p.model(l.to))
	case l.out.Learn != nil:
		p.report(n, diag.OutOfRange, "%s: is folded into the weights, and these learn; want one of the two", what)
	}
}

// PerNeuron returns the numbers of a value for n neurons.
func (v Value) PerNeuron(n int) []float64 {
	if len(v.Values) == n {
		return slices.Clone(v.Values)
	}
	return slices.Repeat(v.Values, n)
}
