package network

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

const resetKey = "reset"

// params reads a population's block of parameters, which may be absent, and
// gives every parameter of the model a value.
func (p *parser) params(n *yamldoc.Node, what string, pop *Population) {
	row := rowOf(pop.Model)
	pop.Reset = ResetNone
	pop.Params = make(map[Param]Value, len(row.params))
	if n != nil && n.Null {
		n = nil
	}
	if n != nil {
		if !p.block(n, what+": params") {
			return
		}
		for _, f := range n.Fields {
			if !slices.Contains(row.keys, f.Key) {
				p.noSuchParam(f, what, row)
			}
		}
	}
	if row.resets != nil {
		pop.Reset = p.reset(n, what, row.resets)
	}
	for _, c := range row.choices {
		p.choice(n, what, pop, c)
	}
	for _, param := range row.rows {
		p.param(n, what, pop, param, row.defaults[param.param])
	}
}

// choice reads a parameter that is a word, or true or false.
func (p *parser) choice(n *yamldoc.Node, what string, pop *Population, c choiceRow) {
	if pop.Choices == nil {
		pop.Choices = map[string]string{}
	}
	pop.Choices[c.key] = c.words[0]
	v := n.Get(c.key)
	switch {
	case v == nil:
	case slices.Equal(c.words, yesNo):
		pop.Choices[c.key] = strconv.FormatBool(p.Bool(v, what+": "+c.key))
	default:
		pop.Choices[c.key] = p.Enum(v, what+": "+c.key, c.words...)
	}
}

// noSuchParam reports a key that is no parameter of the model. Another model's
// parameter is called that, and not taken for a slip of the pen.
func (p *parser) noSuchParam(f yamldoc.Field, what string, row *modelRow) {
	if p.Diags.Len() >= diag.MaxDiagnostics {
		p.Diags.Append(diag.Diagnostic{Pos: f.KeyPos, Code: diag.UnknownField})
		return
	}
	keys := row.keys
	hint := fmt.Sprintf("; it has %s", enumerated(keys))
	if others := having(f.Key); len(others) > 0 {
		hint = fmt.Sprintf(" (a parameter of %s); it has %s", enumerated(others), enumerated(keys))
	} else if h := spell.Hint(f.Key, keys); h != "" {
		hint = h
	}
	p.Diags.Add(f.KeyPos, diag.UnknownField, "%s: neuron %s has no parameter %s%s", what, row.model, quoted(f.Key), hint)
}

// allResets are the resets in the order of FORMAT.md.
var allResets = []Reset{ResetZero, ResetSubtract, ResetValue, ResetNone}

// reset reads one of the resets that the model has.
func (p *parser) reset(n *yamldoc.Node, what string, has []Reset) Reset {
	reset := ResetZero
	if r := n.Get(resetKey); r != nil {
		reset = yamldoc.Word(p.Reader, r, what+": "+resetKey, has)
	}
	// An unknown reset has been reported and is none of v_reset's business.
	if v := n.Get(string(VReset)); v != nil && reset != ResetValue && reset != "" {
		p.report(v, diag.UnknownField, "%s: v_reset is used with reset: value only, and reset is %s; write reset: value, or drop v_reset", what, reset)
	}
	return reset
}

// param reads a parameter. own is the model's own default, its zero value that of
// the row.
func (p *parser) param(n *yamldoc.Node, what string, pop *Population, row paramRow, own standard) {
	key := string(row.param)
	v := n.Get(key)
	if row.alias != "" {
		if other := n.Get(row.alias); v != nil && other != nil {
			p.Diags.Append(diag.Diagnostic{
				Pos: other.Pos, Code: diag.DuplicateField,
				Message: fmt.Sprintf("%s: %s is another name of %s, which is set too", what, row.alias, key),
				Notes:   []diag.Note{{Pos: v.Pos, Message: key + " is set here"}},
			})
		} else if other != nil {
			v, key = other, row.alias
		}
	}
	if v == nil {
		if row.required {
			pos := pop.Pos
			if n != nil {
				pos = n.Pos
			}
			p.Diags.Add(pos, diag.MissingField, "%s: neuron %s needs the parameter %q, such as %s: %s", what, pop.Model, key, key, row.example)
		}
		p.byDefault(pop, row, own)
		return
	}
	s := p.source(v, sourceOptions{
		what: what + ": " + key, stream: pop.Name + "/" + string(row.param),
		unit: row.unit, rule: row.rule, axis: true,
	})
	if s == nil || pop.Shape == nil {
		return
	}
	if !p.fitsPopulation(s, pop) {
		return
	}
	p.compute(s, pop, row.param, v.Pos)
}

// compute has a parameter's numbers computed once the file is known to be sound.
func (p *parser) compute(s *source, pop *Population, param Param, pos diag.Pos) {
	values, shape := pop.Params, pop.Shape
	p.later = append(p.later, func() {
		if x, ok := p.numbers(s, Size(shape)); ok {
			values[param] = Value{Pos: pos, Values: s.spread(x, shape)}
		}
	})
}

// byDefault gives a parameter that is not written its value. One that follows
// from others is computed after them.
func (p *parser) byDefault(pop *Population, row paramRow, own standard) {
	switch {
	case own.of == nil:
		x := row.standard
		if own.value != 0 {
			x = own.value
		}
		pop.Params[row.param] = Value{Pos: pop.Pos, Values: []float64{x}}
	case pop.Shape != nil:
		p.derive(pop, row.param, own.of)
	}
}

// derive has a parameter computed from others, once these are.
func (p *parser) derive(pop *Population, param Param, of func(get func(Param) float64) float64) {
	values, pos, n := pop.Params, pop.Pos, Size(pop.Shape)
	p.later = append(p.later, func() {
		count := 1
		for _, v := range values {
			count = max(count, len(v.Values))
		}
		x := make([]float64, min(count, n))
		for i := range x {
			x[i] = of(func(other Param) float64 { return values[other].At(i) })
		}
		v := Value{Pos: pos, Values: x}
		if v.Uniform() {
			v.Values = x[:1]
		}
		values[param] = v
	})
}

// fitsPopulation reports a source that does not hold one number, or one for
// each neuron, or one for each place of the axis it names.
func (p *parser) fitsPopulation(s *source, pop *Population) bool {
	want := Size(pop.Shape)
	each := "one for each neuron"
	if s.axis >= len(pop.Shape) {
		p.Diags.Add(s.pos, diag.OutOfRange, "%s: axis is %d, but the population has shape %s, whose axes are 0 to %d", s.what, s.axis, bracketed(pop.Shape), len(pop.Shape)-1)
		return false
	}
	if s.axis >= 0 {
		want = pop.Shape[s.axis]
		each = fmt.Sprintf("one for each place of axis %d of %s", s.axis, bracketed(pop.Shape))
	}
	if s.single() || s.draw != nil || s.data.Len() == want {
		return true
	}
	p.Diags.Add(s.pos, diag.ShapeMismatch, "%s: %s has %s, want one number or %d, %s", s.what, s.origin, s.extent(), want, each)
	return false
}
