package network

import (
	"fmt"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// edgeFile reads {file: PATH} with the arrays pre, post, weight and delay, or
// what the keys of these names call them.
func (p *parser) edgeFile(l *link, n *yamldoc.Node, _ string) {
	l.out.Connect.Kind = Edges
	what := l.what + ": connect: file"
	path := p.String(n.Get("file"), what)
	called := map[string]string{}
	ok := true
	for _, key := range columnKeys {
		called[key] = key
		if renamed := n.Get(key); renamed != nil {
			called[key] = p.String(renamed, what+": "+key)
			ok = ok && called[key] != ""
		}
	}
	if path == "" {
		return
	}
	names, e := p.files.names(path)
	if e != nil {
		p.report(n.Get("file"), e.Code, "%s: %s", what, e.Message)
		return
	}
	columns := map[string]*source{}
	p.files.preload(path, slices.DeleteFunc(slices.Clone(columnKeys), func(key string) bool {
		return n.Get(key) != nil || !slices.Contains(names, key)
	})...)
	for _, key := range columnKeys {
		if called[key] == "" {
			continue
		}
		c, fine := p.column(n, what, path, key, called[key], names)
		columns[key] = c
		ok = ok && fine
	}
	// Which columns there are is known, and so what may stand beside them.
	if c := columns["weight"]; c != nil {
		l.wiring.givenWeights = c.origin
	}
	if c := columns["delay"]; c != nil {
		l.wiring.givenDelays = c.origin
	}
	if !ok || !p.equallyLong(columns) || !l.sized() {
		return
	}
	n = n.Get("file")
	edges := columns["pre"].data.Len()
	if !p.take(l, edges) {
		return
	}
	pre, ok1 := p.indices(columns["pre"], l.from)
	post, ok2 := p.indices(columns["post"], l.to)
	if !ok1 || !ok2 {
		return
	}
	l.out.Connect.Pre, l.out.Connect.Post = pre, post
	if c := columns["weight"]; c != nil {
		l.out.Weights = Numbers{n.Pos, orOne(c.data)}
	}
	if c := columns["delay"]; c != nil {
		l.out.Delays = Numbers{n.Pos, orOne(c.data)}
	}
	l.wiring.known, l.wiring.weights, l.wiring.order = true, edges, inOrder(edges)
}

// column loads the array of an edge file that is called name, of the key's kind. An
// optional one that is not there, and not asked for by name, is nil.
func (p *parser) column(n *yamldoc.Node, what, path, key, name string, names []string) (*source, bool) {
	at := n.Get("file")
	if renamed := n.Get(key); renamed != nil {
		at = renamed
	}
	if !slices.Contains(names, name) {
		if n.Get(key) == nil && (key == "weight" || key == "delay") {
			return nil, true
		}
		hint := p.hint(name, names)
		if hint == "" {
			hint = ";"
		}
		p.report(at, diag.UnknownName, "%s: %s has no array %q%s it holds %s", what, path, name, hint, listed(names))
		return nil, false
	}
	a, e := p.files.load(path, name)
	if e != nil {
		p.report(n.Get("file"), e.Code, "%s: %s", what, e.Message)
		return nil, false
	}
	c := &source{
		pos: at.Pos, what: what, origin: arrayName(path, name),
		shape: a.shape, data: a.data, scale: 1, axis: -1,
	}
	if len(a.shape) != 1 {
		p.report(at, diag.ShapeMismatch, "%s: %s has shape %s, want one dimension, an element for each edge", what, c.origin, bracketed(a.shape))
		return nil, false
	}
	if a.notFinite >= 0 {
		p.report(at, diag.NotFinite, "%s: %s holds %v at %s, want finite numbers", what, c.origin, a.data.At(a.notFinite), c.place(a.notFinite))
		return nil, false
	}
	if key == "delay" {
		c.rule = delayRule
	}
	return c, p.holds(c)
}

// equallyLong reports columns of another length than pre.
func (p *parser) equallyLong(columns map[string]*source) bool {
	ok := true
	pre := columns["pre"]
	for _, key := range columnKeys {
		if c := columns[key]; c != nil && c.data.Len() != pre.data.Len() {
			p.Diags.Add(c.pos, diag.ShapeMismatch, "%s: %s has %s, but %s has %d, want one for each edge", c.what, c.origin, c.extent(), pre.origin, pre.data.Len())
			ok = false
		}
	}
	return ok
}

// indices turns a column into indices of a group's elements, or reports the
// first that is none.
func (p *parser) indices(c *source, g *group) ([]int32, bool) {
	out, whole := c.data.Int32s()
	first := slices.IndexFunc(out, func(x int32) bool { return x < 0 || int(x) >= g.size })
	if !whole {
		out, first = wholes(c.data, g.size)
	}
	if first >= 0 {
		p.Diags.Add(c.pos, diag.OutOfRange, "%s: %s is %v for edge %d (from 0), but %q has the indices 0 to %d", c.what, c.origin, c.data.At(first), first, g.name, g.size-1)
		return nil, false
	}
	return out, true
}

// wholes turns numbers into indices below size; first is the first that is none, or
// -1.
func wholes(list numbers.List, size int) (out []int32, first int) {
	out = make([]int32, 0, list.Len())
	for at, block := range list.Blocks {
		for i, x := range block {
			if x < 0 || x >= float64(size) || x != math.Trunc(x) {
				return nil, at + i
			}
			out = append(out, int32(x))
		}
	}
	return out, -1
}

// orOne returns numbers of edges; where there is no edge, one that nobody asks
// for.
func orOne(x numbers.List) numbers.List {
	if x.Len() == 0 {
		return numbers.Of(1)
	}
	return x
}

// edgeList reads {list: [[pre, post, weight, delay], …]}.
func (p *parser) edgeList(l *link, n *yamldoc.Node, _ string) {
	l.out.Connect.Kind = Edges
	what := l.what + ": connect: list"
	if !p.Sequence(n, what) {
		return
	}
	edges := len(n.Items)
	longest := 2
	for _, item := range n.Items {
		longest = max(longest, len(item.Items))
	}
	if longest > 2 {
		l.wiring.givenWeights = "the list of edges"
	}
	if longest > 3 {
		l.wiring.givenDelays = "the list of edges"
	}
	if !p.take(l, edges) {
		return
	}
	pre, post := make([]int32, edges), make([]int32, edges)
	weights, delays := make([]float64, edges), make([]float64, edges)
	before := p.Diags.Len()
	for i, item := range n.Items {
		if p.Diags.Len()-before >= maxListErrors {
			p.report(item, diag.WrongType, "%s: this many mistakes are told; edges from %d on were not looked at", what, i)
			break
		}
		at := fmt.Sprintf("%s: edge %d", what, i)
		if item.Kind != yamldoc.Sequence || len(item.Items) < 2 || len(item.Items) > 4 {
			p.report(item, diag.WrongType, "%s (from 0): want [pre, post], [pre, post, weight] or [pre, post, weight, delay], have %s", at, describe(item))
			continue
		}
		pre[i] = p.index(item.Items[0], at+": pre", l.from)
		post[i] = p.index(item.Items[1], at+": post", l.to)
		weights[i], delays[i] = 1, 1
		if len(item.Items) > 2 {
			weights[i], _ = p.number(item.Items[2], at+": weight", plain)
		}
		if len(item.Items) > 3 {
			delays[i], _ = p.oneDelay(item.Items[3], at+": delay")
		}
	}
	if p.Diags.Len() != before || !l.sized() {
		return
	}
	l.out.Connect.Pre, l.out.Connect.Post = pre, post
	if longest > 2 {
		l.out.Weights = Numbers{n.Pos, numbers.Of(weights...)}
	}
	if longest > 3 {
		l.out.Delays = Numbers{n.Pos, numbers.Of(delays...)}
	}
	l.wiring.known, l.wiring.weights, l.wiring.order = true, edges, inOrder(edges)
}

// index reads a flat index of a group's elements, or one for each dimension.
func (p *parser) index(n *yamldoc.Node, what string, g *group) int32 {
	if g == nil || g.size == 0 {
		return 0
	}
	if n.Kind != yamldoc.Sequence {
		return int32(p.Int(n, what, 0, int64(g.size-1)))
	}
	if len(n.Items) != len(g.shape) {
		p.report(n, diag.ShapeMismatch, "%s: has %s, but %q has shape %s; want a flat index or %d", what, diag.Plural(len(n.Items), "element"), g.name, bracketed(g.shape), len(g.shape))
		return 0
	}
	flat := 0
	for i, item := range n.Items {
		flat = flat*g.shape[i] + int(p.Int(item, what, 0, int64(g.shape[i]-1)))
	}
	return int32(flat)
}
