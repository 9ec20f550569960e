package network

import (
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

const (
	// maxNesting bounds how deep lists of numbers nest.
	maxNesting = 8
	// maxListErrors is how many mistakes of one list are told.
	maxListErrors = 5
)

// list reads a possibly nested list of numbers whose rows are equally long,
// and reports what is not so.
func (p *parser) list(n *yamldoc.Node, what string, u unit) (shape []int, data []float64, ok bool) {
	for row := n; row.Kind == yamldoc.Sequence; row = row.Items[0] {
		shape = append(shape, len(row.Items))
		if len(row.Items) == 0 {
			p.report(row, diag.ShapeMismatch, "%s: the list is empty, want numbers", what)
			return nil, nil, false
		}
		if len(shape) > maxNesting {
			p.report(row, diag.ShapeMismatch, "%s: lists nest deeper than %d", what, maxNesting)
			return nil, nil, false
		}
	}
	before := p.Diags.Len()
	var walk func(n *yamldoc.Node, depth int)
	walk = func(n *yamldoc.Node, depth int) {
		switch {
		case p.Diags.Len()-before >= maxListErrors:
		case depth == len(shape):
			if n.Kind == yamldoc.Sequence {
				p.report(n, diag.ShapeMismatch, "%s: want a number, as its neighbours are, have a list", what)
				return
			}
			x, _ := p.number(n, what, u)
			data = append(data, x)
		case n.Kind != yamldoc.Sequence:
			p.report(n, diag.ShapeMismatch, "%s: want a list of %d, as its neighbours are, have %s", what, shape[depth], n.Describe())
		case len(n.Items) != shape[depth]:
			p.report(n, diag.ShapeMismatch, "%s: this list has %s, but the first one beside it has %d", what, diag.Plural(len(n.Items), "element"), shape[depth])
		default:
			for _, item := range n.Items {
				walk(item, depth+1)
			}
		}
	}
	walk(n, 0)
	return shape, data, p.Diags.Len() == before
}
