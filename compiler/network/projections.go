package network

import (
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// link is a projection being read.
type link struct {
	node *yamldoc.Node
	// what begins every message: `projection "image→hidden"`.
	what     string
	from, to *group
	out      *Projection
	wiring   wiring
}

// wiring is what a rule of connection says about the numbers of a projection.
// Its zero value says nothing, because something was wrong already.
type wiring struct {
	known bool
	// weights is how many weights there are when there is not one for all:
	// one for each synapse, or for each element of a kernel. Where the seed
	// decides it, it is -1 until the edges are drawn.
	weights int
	// order is how a stored array of weights or delays is indexed.
	order order
	// oneWeight and oneDelay say that the rule takes one number for all.
	oneWeight, oneDelay bool
	// givenWeights and givenDelays say that the edges bring their own, and how
	// messages call them: `array "weight" of edges.npz`.
	givenWeights, givenDelays string
}

var projectionKeys = []string{"from", "to", "connect", "weights", "delay", "layout", "quantise", "weight_exp", "stochastic", "batch_norm", "learn"}

// projection reads the i-th projection.
func (p *parser) projection(n *yamldoc.Node, i int) {
	what := fmt.Sprintf("projection %d", i+1)
	if i >= maxGroups {
		if i == maxGroups {
			p.report(n, diag.TooLarge, "%s: is one too many; a network has at most %d projections", what, maxGroups)
		}
		return
	}
	if n.Kind != yamldoc.Mapping {
		p.report(n, diag.WrongType, "%s: want a mapping {from, to, connect}, have %s", what, n.Describe())
		return
	}
	l := &link{node: n, what: what, out: &Projection{Pos: n.Pos}}
	l.from = p.end(n, what, "from")
	l.to = p.end(n, what, "to")
	if l.to != nil && l.to.ref.Input {
		p.report(n.Get("to"), diag.UnknownName, "%s: to: %q is an input; a projection leads to a population", what, l.to.name)
		l.to = nil
	}
	if l.from != nil && l.to != nil {
		l.out.From, l.out.To = l.from.ref, l.to.ref.Index
		l.out.Name = l.from.name + "→" + l.to.name
		pair := [2]string{l.from.name, l.to.name}
		if p.pairs[pair]++; p.pairs[pair] > 1 {
			l.out.Name += fmt.Sprintf("#%d", p.pairs[pair])
		}
		l.what = fmt.Sprintf("projection %q", l.out.Name)
	}
	p.checkKeys(n, l.what)
	l.out.Quantise = p.quantise(n.Get("quantise"), l.what+": quantise")
	p.marks(l)
	p.learning(l)
	p.inputNorm(l)
	if v := n.Get("stochastic"); l.out.Stochastic && l.out.Learn != nil {
		p.report(v, diag.OutOfRange, "%s: its synapses are stochastic and learn; want one of the two", l.what)
	}
	p.projections = append(p.projections, l.out)
	p.connect(l)
	p.weights(l)
	p.delays(l)
}

// marks reads what is said of all weights of a projection.
func (p *parser) marks(l *link) {
	integer := l.to != nil && !l.to.ref.Input && p.model(l.to).IsInteger()
	if v := l.node.Get("weight_exp"); v != nil {
		l.out.Exp = int(p.Int(v, l.what+": weight_exp", -8, 7))
		if l.to != nil && !integer {
			p.report(v, diag.UnknownField, "%s: weight_exp is for populations of an integer model such as loihi; population %q is of neuron %s, whose weights are real numbers", l.what, l.to.name, p.model(l.to))
		}
	}
	if v := l.node.Get("stochastic"); v != nil {
		l.out.Stochastic = p.Bool(v, l.what+": stochastic")
		if l.to != nil && p.model(l.to) != TrueNorth {
			p.report(v, diag.UnknownField, "%s: stochastic is for populations of neuron %s; population %q is of neuron %s", l.what, TrueNorth, l.to.name, p.model(l.to))
		}
	}
	if l.from != nil && l.from.ref.Input && p.net.Inputs[l.from.ref.Index].Broadcast != nil {
		p.report(l.node.Get("from"), diag.UnknownName, "%s: input %q is broadcast to all cores, and has no synapses", l.what, l.from.name)
	}
}

// model returns the model of a population.
func (p *parser) model(g *group) Model {
	if g.ref.Input || g.ref.Index >= len(p.net.Populations) || p.net.Populations[g.ref.Index].Model == "" {
		return IF
	}
	return p.net.Populations[g.ref.Index].Model
}

// checkKeys checks the keys of a projection. Arguments of the connection
// that stand beside `connect` are told where they belong.
func (p *parser) checkKeys(n *yamldoc.Node, what string) {
	allowed := slices.Clone(projectionKeys)
	for _, f := range n.Fields {
		if slices.Contains(projectionKeys, f.Key) {
			continue
		}
		if r := ruleWith(f.Key); r != nil {
			allowed = append(allowed, f.Key)
			p.Diags.Add(f.KeyPos, diag.UnknownField, "%s: %q stands inside connect, as in %s", what, f.Key, r.example)
		}
	}
	p.Mapping(n, what, allowed...)
}

// end reads one end of a projection.
func (p *parser) end(n *yamldoc.Node, what, key string) *group {
	v := p.require(n, what, key, projectionKeys)
	if v == nil {
		return nil
	}
	name := p.String(v, what+": "+key)
	if name == "" {
		return nil
	}
	return p.find(v, name, what+": "+key)
}

// sized says whether both ends are known and have shapes; if not, that has
// been reported.
func (l *link) sized() bool {
	return l.from != nil && l.to != nil && l.from.size > 0 && l.to.size > 0
}

// weights reads what the synapses weigh.
func (p *parser) weights(l *link) {
	v := l.node.Get("weights")
	what := l.what + ": weights"
	switch {
	case v == nil && l.wiring.givenWeights == "":
		l.out.Weights = Numbers{l.node.Pos, numbers.Of(1)}
	case v != nil && l.wiring.givenWeights != "":
		p.report(v, diag.DuplicateField, "%s: %s gives the weights already; drop one of the two", what, l.wiring.givenWeights)
	case v != nil:
		s := p.source(v, sourceOptions{what: what, stream: l.out.Name + "/weights"})
		if s == nil {
			return
		}
		if l.wiring.oneWeight && !s.single() {
			p.report(v, diag.WrongType, "%s: a pool has one weight for all its synapses, want a number", what)
			return
		}
		p.fill(l, s, &l.out.Weights)
	}
}

// delays reads how many ticks spikes take.
func (p *parser) delays(l *link) {
	v := l.node.Get("delay")
	what := l.what + ": delay"
	switch {
	case v == nil && l.wiring.givenDelays == "":
		l.out.Delays = Numbers{l.node.Pos, numbers.Of(1)}
	case v != nil && l.wiring.givenDelays != "":
		p.report(v, diag.DuplicateField, "%s: %s gives the delays already; drop one of the two", what, l.wiring.givenDelays)
	case v != nil && v.Kind == yamldoc.Scalar:
		if d, ok := p.oneDelay(v, what); ok {
			l.out.Delays = Numbers{v.Pos, numbers.Of(d)}
		}
	case v != nil && l.wiring.oneDelay:
		p.report(v, diag.WrongType, "%s: a convolution or a pool has one delay for all its synapses, want a number of ticks", what)
	case v != nil:
		s := p.source(v, sourceOptions{what: what, stream: l.out.Name + "/delay", rule: delayRule, integers: true})
		if s != nil {
			p.fill(l, s, &l.out.Delays)
		}
	}
}

// fill checks that s has a number for each weight of l, or one for all, and
// has it computed into v.
func (p *parser) fill(l *link, s *source, v *Numbers) {
	w := &l.wiring
	if !w.known || !p.fitsSynapses(l, s) {
		return
	}
	p.later = append(p.later, func() {
		x, ok := p.numbers(s, w.weights)
		switch {
		case !ok:
			return
		case x.Len() == 0:
			// No synapse was drawn, so none asks what it weighs.
			x = numbers.Of(1)
		case s.shape != nil:
			x = w.order.arrange(x)
		}
		*v = Numbers{s.pos, x}
	})
}

// fitsSynapses reports stored numbers of another shape than the synapses.
func (p *parser) fitsSynapses(l *link, s *source) bool {
	w := &l.wiring
	switch {
	case s.shape == nil:
		return true
	case w.weights < 0:
		p.Diags.Add(s.pos, diag.ShapeMismatch, "%s: how many synapses p makes is decided by the seed, so want one number or a distribution; edges with numbers of their own are written connect: {file: edges.npz}", s.what)
		return false
	case w.order.fits(s.shape):
		return true
	case w.order.loose:
		p.Diags.Add(s.pos, diag.ShapeMismatch, "%s: %s has %s, want one number or %d, one for each synapse", s.what, s.origin, s.extent(), w.weights)
		return false
	}
	hint := ""
	if other := w.order.other; other != nil && other.fits(s.shape) {
		hint = fmt.Sprintf("; that fits layout: %s, so write that if it is stored as %s", other.layout, other.names)
	}
	p.Diags.Add(s.pos, diag.ShapeMismatch, "%s: %s has %s, want %s as %s%s", s.what, s.origin, s.extent(), w.order, w.order.names, hint)
	return false
}

var delayRule = wholeTicks(1, MaxDelay)

// oneDelay reads a single delay. A duration is answered with the ticks it is.
func (p *parser) oneDelay(v *yamldoc.Node, what string) (float64, bool) {
	if _, isNumber := v.Number(); !isNumber && !v.Null && !v.Quoted {
		var quiet diag.List
		s := yamldoc.Reader{Diags: &quiet}.Quantity(v, what, "s")
		if quiet.Len() == 0 {
			p.report(v, diag.WrongType, "%s: is counted in ticks, have %s, which is %.6g ticks of %s; want a whole number from 1 to %d", what, v.Describe(), s/p.net.Tick, seconds(p.net.Tick), MaxDelay)
			return 0, false
		}
	}
	var d int64
	ok := p.clean(func() { d = p.Int(v, what, 1, MaxDelay) })
	return float64(d), ok
}
