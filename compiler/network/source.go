package network

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// source is a value as it is written: a number, a list, an array of a file or
// a distribution. It is checked as far as that needs no computing; numbers
// computes it.
type source struct {
	pos  diag.Pos
	what string
	// origin is how messages call it: `the list`, `array "w1" of mlp.npz`.
	origin string
	// shape and data are the numbers as stored; a single number has shape nil.
	shape []int
	data  numbers.List
	// draw is set for a distribution instead.
	draw   *distribution
	stream string
	// scale and offset make x into scale*x + offset.
	scale, offset float64
	// axis is the axis of the population that data run along, or -1.
	axis int
	rule rule
}

// sourceOptions say what a value may be.
type sourceOptions struct {
	// what begins every message.
	what string
	// stream names the random stream of a distribution.
	stream string
	unit   unit
	rule   rule
	// axis permits {file, axis}.
	axis bool
	// integers permits the distribution `integer` only.
	integers bool
}

// single says that the source is one number for all.
func (s *source) single() bool { return s.draw == nil && s.shape == nil }

// extent says how large the data are: "3 elements", "shape [28, 28]".
func (s *source) extent() string {
	if len(s.shape) == 1 {
		return diag.Plural(s.shape[0], "element")
	}
	return "shape " + bracketed(s.shape)
}

// source reads a value. It returns nil when it has reported.
func (p *parser) source(n *yamldoc.Node, o sourceOptions) *source {
	s := &source{pos: n.Pos, what: o.what, stream: o.stream, rule: o.rule, scale: 1, axis: -1}
	ok := false
	switch n.Kind {
	case yamldoc.Scalar:
		ok = p.scalarSource(n, o, s)
	case yamldoc.Sequence:
		s.origin = "the list"
		var list []float64
		s.shape, list, ok = p.list(n, o.what, o.unit)
		s.data = numbers.Of(list...)
	case yamldoc.Mapping:
		ok = p.mappingSource(n, o, s)
	}
	if !ok || !p.holds(s) {
		return nil
	}
	return s
}

func (p *parser) scalarSource(n *yamldoc.Node, o sourceOptions, s *source) bool {
	if _, isNumber := n.Number(); !isNumber && o.unit == plain {
		hint := ""
		if i := strings.LastIndexByte(n.Text, '.'); i >= 0 && isArrayFile(n.Text) {
			hint = fmt.Sprintf("; an array file is written {file: %s, array: NAME}", n.Text)
		}
		p.report(n, diag.WrongType, "%s: want a number, a list, {file, array} or a distribution, have %s%s", o.what, n.Describe(), hint)
		return false
	}
	s.origin = "the number"
	x, ok := p.number(n, o.what, o.unit)
	s.data = numbers.Of(x)
	return ok
}

// number reads a finite number, with a unit where the value has one.
func (p *parser) number(n *yamldoc.Node, what string, u unit) (x float64, ok bool) {
	ok = p.clean(func() {
		if _, isNumber := n.Number(); !isNumber && u != plain {
			x = p.Quantity(n, what, string(u))
			return
		}
		x = p.Float(n, what)
	})
	return x, ok
}

// Keys of a value that is a mapping.
var (
	fileKeys         = []string{"file", "array", "scale", "offset"}
	distributionKeys = []string{"uniform", "normal", "integer", "seed", "scale", "offset"}
)

func (p *parser) mappingSource(n *yamldoc.Node, o sourceOptions, s *source) bool {
	keys := distributionKeys
	kind := ""
	for _, f := range n.Fields {
		switch f.Key {
		case "file":
			keys, kind = fileKeys, "file"
			if o.axis {
				keys = append(slices.Clip(keys), "axis")
			}
		case "uniform", "normal", "integer":
			kind = f.Key
		}
	}
	if kind == "" {
		for _, f := range n.Fields {
			if h := p.hint(f.Key, []string{"file", "uniform", "normal", "integer"}); h != "" {
				p.Diags.Add(f.KeyPos, diag.UnknownField, "%s: unknown field %s%s", o.what, quoted(f.Key), h)
				return false
			}
		}
		p.report(n, diag.MissingField, "%s: the mapping says neither a file nor a distribution; want {file, array}, {uniform: [lo, hi], seed}, {normal: [mean, std], seed} or {integer: [lo, hi], seed}", o.what)
		return false
	}
	ok := p.clean(func() { p.Mapping(n, o.what, keys...) })
	if f := n.Get("scale"); f != nil {
		if x, fine := p.number(f, o.what+": scale", plain); fine {
			s.scale = x
		} else {
			ok = false
		}
	}
	if f := n.Get("offset"); f != nil {
		if x, fine := p.number(f, o.what+": offset", o.unit); fine {
			s.offset = x
		} else {
			ok = false
		}
	}
	switch {
	case !ok:
		// A misspelled key may be the one that is missing.
	case kind == "file":
		ok = p.fileSource(n, o, s)
	default:
		s.draw = p.distribution(n, o)
		ok = s.draw != nil
	}
	return ok
}

func (p *parser) fileSource(n *yamldoc.Node, o sourceOptions, s *source) bool {
	if a := n.Get("axis"); a != nil && o.axis {
		if !p.clean(func() { s.axis = int(p.Int(a, o.what+": axis", 0, maxDims-1)) }) {
			return false
		}
	}
	name := ""
	at := n.Get("file")
	path := p.String(at, o.what+": file")
	if a := n.Get("array"); a != nil {
		if name = p.String(a, o.what+": array"); name == "" {
			return false
		}
		at = a
	}
	if path == "" {
		return false
	}
	array, d := p.files.load(path, name)
	if d != nil {
		if d.Code != diag.UnknownName {
			at = n.Get("file")
		}
		p.report(at, d.Code, "%s: %s", o.what, d.Message)
		return false
	}
	s.origin = arrayName(path, name)
	s.shape, s.data = array.shape, array.data
	if len(s.shape) == 0 {
		s.shape = nil
		s.axis = -1
	}
	if i := array.notFinite; i >= 0 {
		p.Diags.Add(n.Pos, diag.NotFinite, "%s: %s holds %v at %s, want finite numbers", o.what, s.origin, array.data.At(i), s.place(i))
		return false
	}
	return true
}

// holds reports the first number of s that its rule forbids. Of a distribution
// only the bounds are known yet.
func (p *parser) holds(s *source) bool {
	if s.rule.holds == nil {
		return true
	}
	data := s.data
	where := func(i int) string { return "element " + s.place(i) + " of " + s.origin + " " }
	switch {
	case s.single():
		where = func(int) string { return "" }
	case s.draw != nil && s.draw.kind == "normal":
		return true
	case s.draw != nil:
		data = numbers.Of(s.draw.a, s.draw.b)
		where = func(i int) string { return [2]string{"lo ", "hi "}[i] }
	}
	for first, block := range data.Blocks {
		for i, x := range block {
			if x = s.affine(x); !s.rule.holds(x, p.net.Tick) {
				p.broken(s, x, where(first+i))
				return false
			}
		}
	}
	return true
}

// broken reports that x, at place where of s, breaks the rule of s.
func (p *parser) broken(s *source, x float64, where string) {
	p.Diags.Add(s.pos, diag.OutOfRange, "%s: %sis %s, want %s", s.what, where, s.rule.write(x), s.rule.want(p.net.Tick))
}

// affine returns scale*x + offset, rounded twice on every machine.
func (s *source) affine(x float64) float64 {
	if s.scale != 1 {
		x = float64(x * s.scale)
	}
	return x + s.offset
}

// place writes the index of the i-th number: "[2, 5]".
func (s *source) place(i int) string {
	if len(s.shape) == 0 {
		return bracketed([]int{i})
	}
	index := make([]int, len(s.shape))
	for axis := len(s.shape) - 1; axis >= 0; axis-- {
		index[axis] = i % s.shape[axis]
		i /= s.shape[axis]
	}
	return bracketed(index)
}

// numbers computes the source: one number for all, or those that are stored,
// or n that are drawn. It returns false when it has reported.
func (p *parser) numbers(s *source, n int) (numbers.List, bool) {
	blocks := s.data.Blocks
	switch {
	case s.draw != nil:
		blocks = s.draw.blocks(newStream(s.draw.seed, s.stream), n)
	case s.scale == 1 && s.offset == 0:
		// Shared with the file's other users, since nobody writes to it.
		return s.data, true
	}
	var out numbers.Builder
	var moved []float64
	for first, block := range blocks {
		moved = moved[:0]
		for i, x := range block {
			y := s.affine(x)
			if math.IsInf(y, 0) || math.IsNaN(y) {
				p.Diags.Add(s.pos, diag.NotFinite, "%s: %v at %s becomes %v by scale and offset, want finite numbers", s.what, x, s.place(first+i), y)
				return numbers.List{}, false
			}
			if s.draw != nil && s.rule.holds != nil && !s.rule.holds(y, p.net.Tick) {
				p.broken(s, y, fmt.Sprintf("number %d drawn ", first+i))
				return numbers.List{}, false
			}
			moved = append(moved, y)
		}
		out.Append(moved)
	}
	return out.List(), true
}

// spread repeats numbers that run along one axis over the whole shape.
func (s *source) spread(list numbers.List, shape []int) []float64 {
	x := list.Floats()
	if s.axis < 0 || len(x) == 1 {
		return x
	}
	inner := Size(shape[s.axis+1:])
	out := make([]float64, Size(shape))
	for i := range out {
		out[i] = x[i/inner%shape[s.axis]]
	}
	return out
}
