package network

import (
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/jsonschema"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// ruleRow is a rule of connection as the file writes it.
type ruleRow struct {
	name string
	// args are the keys of its arguments; a rule without is a bare word.
	args []string
	// example is the rule as it may be written, for messages.
	example string
	// layouts are what `layout:` may say, the default first.
	layouts []string
	read    func(p *parser, l *link, args *yamldoc.Node, layout string)
	// fields describes args.
	fields func() jsonschema.Fields
}

const (
	inOut = "in_out"
	outIn = "out_in"
	chw   = "chw"
	hwc   = "hwc"
	// row is the only layout of one-dimensional convolutions, and never written.
	row = "row"
)

// rules are the rules of connection in the order of FORMAT.md.
var rules = []ruleRow{
	{
		name: "dense", example: "connect: dense",
		layouts: []string{inOut, outIn}, read: (*parser).dense,
	},
	{
		name: "one_to_one", example: "connect: one_to_one",
		read: (*parser).oneToOne,
	},
	{
		name: "conv2d", args: convKeys,
		example: "connect: {conv2d: {kernel: [3, 3]}}",
		layouts: []string{chw, hwc}, read: (*parser).conv2d, fields: windowFields("conv2d", convKeys),
	},
	{
		name: "conv1d", args: convKeys,
		example: "connect: {conv1d: {kernel: 3}}", read: (*parser).conv1d, fields: windowFields("conv1d", convKeys),
	},
	{
		name: "sum_pool", args: poolKeys,
		example: "connect: {sum_pool: {kernel: 2}}",
		layouts: []string{chw, hwc}, read: (*parser).sumPool, fields: windowFields("sum_pool", poolKeys),
	},
	{
		name: "avg_pool", args: poolKeys,
		example: "connect: {avg_pool: {kernel: 2}}",
		layouts: []string{chw, hwc}, read: (*parser).avgPool, fields: windowFields("avg_pool", poolKeys),
	},
	{
		name: "sparse", args: sparseKeys,
		example: "connect: {sparse: {p: 0.1, seed: 1}}", read: (*parser).sparse, fields: sparseFields,
	},
	{
		name: "file", args: []string{"pre", "post"},
		example: "connect: {file: edges.npz}", read: (*parser).edgeFile,
	},
	{
		name: "list", args: []string{},
		example: "connect: {list: [[0, 1, 0.5]]}", read: (*parser).edgeList,
	},
}

// columnKeys rename the arrays of an edge file; they stand beside `file`.
var columnKeys = []string{"pre", "post", "weight", "delay"}

var edgeFileKeys = append([]string{"file"}, columnKeys...)

func ruleNames() []string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.name
	}
	return names
}

func ruleNamed(name string) *ruleRow {
	i := slices.IndexFunc(rules, func(r ruleRow) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return &rules[i]
}

// ruleWith returns the first rule that has an argument called key.
func ruleWith(key string) *ruleRow {
	i := slices.IndexFunc(rules, func(r ruleRow) bool { return slices.Contains(r.args, key) })
	if i < 0 {
		return nil
	}
	return &rules[i]
}

// connect reads the rule of connection with its arguments and the layout.
func (p *parser) connect(l *link) {
	n := p.require(l.node, l.what, "connect", projectionKeys)
	if n == nil {
		return
	}
	var r *ruleRow
	var args *yamldoc.Node
	switch n.Kind {
	case yamldoc.Scalar:
		r = p.bareRule(n, l.what)
	case yamldoc.Mapping:
		r, args = p.ruleWithArguments(n, l.what)
	case yamldoc.Sequence:
		p.report(n, diag.WrongType, "%s: connect: want a rule such as dense or {conv2d: {kernel: 3}}, have a list; a list of edges is written connect: {list: [[pre, post, weight, delay], …]}", l.what)
	}
	if r == nil {
		return
	}
	layout, ok := p.layout(l, r)
	if ok {
		r.read(p, l, args, layout)
	}
}

// bareRule reads a rule that is one word.
func (p *parser) bareRule(n *yamldoc.Node, what string) *ruleRow {
	name := p.String(n, what+": connect")
	if name == "" {
		return nil
	}
	r := ruleNamed(name)
	switch {
	case r == nil && isArrayFile(name):
		p.report(n, diag.UnknownName, "%s: connect: %s is a file; a file of edges is written connect: {file: %s}", what, n.Describe(), name)
	case r == nil:
		hint := spell.Hint(name, ruleNames())
		if hint == "" {
			hint = "; want one of " + strings.Join(ruleNames(), ", ")
		}
		p.report(n, diag.UnknownName, "%s: connect: unknown rule %s%s", what, n.Describe(), hint)
		return nil
	case r.args != nil:
		p.report(n, diag.MissingField, "%s: connect: %s needs arguments; write it as in %s", what, name, r.example)
		return nil
	}
	return r
}

// ruleWithArguments reads {RULE: arguments}.
func (p *parser) ruleWithArguments(n *yamldoc.Node, what string) (*ruleRow, *yamldoc.Node) {
	var r *ruleRow
	for _, f := range n.Fields {
		switch found := ruleNamed(f.Key); {
		case found == nil:
		case r != nil:
			p.Diags.Add(f.KeyPos, diag.UnknownField, "%s: connect: has both %s and %s, want one rule", what, r.name, found.name)
			return nil, nil
		default:
			r = found
		}
	}
	if r == nil {
		p.Mapping(n, what+": connect", ruleNames()...)
		if len(n.Fields) == 0 {
			p.report(n, diag.MissingField, "%s: connect: is empty, want one of %s", what, strings.Join(ruleNames(), ", "))
		}
		return nil, nil
	}
	if r.args == nil {
		p.report(n, diag.WrongType, "%s: connect: %s takes no arguments; write %s", what, r.name, r.example)
		return nil, nil
	}
	if r.name == "file" {
		p.Mapping(n, what+": connect: file", edgeFileKeys...)
		return r, n
	}
	p.Mapping(n, what+": connect", r.name)
	args := n.Get(r.name)
	if r.name != "list" && !p.Mapping(args, what+": "+r.name, r.args...) {
		return nil, nil
	}
	return r, args
}

// layout reads how arrays and populations are indexed, where the rule cares.
func (p *parser) layout(l *link, r *ruleRow) (string, bool) {
	n := l.node.Get("layout")
	if len(r.layouts) == 0 {
		if n != nil {
			p.report(n, diag.UnknownField, "%s: layout means nothing to connect: %s; drop it", l.what, r.name)
		}
		return "", true
	}
	if n == nil {
		return r.layouts[0], true
	}
	layout := p.Enum(n, l.what+": layout", r.layouts...)
	return layout, layout != ""
}

func (p *parser) dense(l *link, _ *yamldoc.Node, layout string) {
	l.out.Connect.Kind = Dense
	if !l.sized() {
		return
	}
	n := mulSat(l.from.size, l.to.size)
	if !p.take(l, n) {
		return
	}
	orders := map[string]order{
		inOut: {layout: inOut, names: "(pre, post)", axes: [][]int{l.from.shape, l.to.shape}},
		outIn: {layout: outIn, names: "(post, pre)", axes: [][]int{l.to.shape, l.from.shape}, perm: []int{1, 0}},
	}
	l.wiring = wiring{known: true, weights: n, order: orders[layout]}
	other := orders[inOut]
	if layout == inOut {
		other = orders[outIn]
	}
	l.wiring.order.other = &other
}

func (p *parser) oneToOne(l *link, _ *yamldoc.Node, _ string) {
	l.out.Connect.Kind = OneToOne
	if !l.sized() {
		return
	}
	if l.from.size != l.to.size {
		p.report(l.node.Get("connect"), diag.ShapeMismatch, "%s: one_to_one wants as many neurons at both ends, but %q has %d and %q has %d", l.what, l.from.name, l.from.size, l.to.name, l.to.size)
		return
	}
	if p.take(l, l.from.size) {
		l.wiring = wiring{known: true, weights: l.from.size, order: inOrder(l.from.size)}
	}
}

// full says that the synapses are beyond the limit, which has been told; then
// those of later projections need not be counted.
func (p *parser) full() bool { return p.synapses > p.limits.synapses }

// take counts n synapses of l against the limit, and says whether l is within.
func (p *parser) take(l *link, n int) bool {
	at := l.node.Get("connect")
	if n > p.limits.synapses {
		// It does not count, so that others are not blamed for it.
		p.tooMany++
		code, limit := p.limits.synapseLimit(n)
		p.report(at, code, "%s: has %s synapses; %s", l.what, count(n), limit)
		return false
	}
	p.synapses = addSat(p.synapses, n)
	if p.full() && !p.synapsesTold {
		p.synapsesTold = true
		p.tooMany++
		code, limit := p.limits.synapseLimit(p.synapses)
		p.report(at, code, "%s: its %d synapses bring the network to %s; %s", l.what, n, count(p.synapses), limit)
	}
	return !p.full()
}
