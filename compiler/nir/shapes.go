package nir

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// infer works out the shape of what goes into each node and comes out of it. What
// nodes say themselves comes first, then what reaches them, then what they reach:
// exporters write neurons of shape () or (1) where the layer has many.
func (im *importer) infer() {
	for _, n := range im.nodes {
		im.declare(n)
	}
	im.propagate(false)
	im.propagate(true)
	for k, n := range im.nodes {
		im.settle(k, n)
	}
	if im.diags.Len() > 0 {
		return
	}
	for k := range im.edges {
		im.check(&im.edges[k])
	}
}

// alike reports whether what comes out of a node has the shape of what goes in.
func (n *node) alike() bool {
	return n.role == port || n.role == neuron || n.kind == scale || n.kind == delay
}

// declare fills in what the node itself says.
func (im *importer) declare(n *node) {
	switch {
	case n.kind == output:
		// It is checked, but not relied on.
	case n.role == port:
		if netfile.Size(n.shape) > 1 || n.outer() {
			n.in, n.out = n.shape, n.shape
		}
	case n.alike():
		if s := n.arrayShape(); netfile.Size(s) > 1 {
			n.in, n.out = s, s
		}
	case n.dense():
		s := n.weight.Shape
		lead := s[: len(s)-2 : len(s)-2]
		n.in, n.out = append(slices.Clone(lead), s[len(s)-1]), append(slices.Clone(lead), s[len(s)-2])
	case n.windowed() && n.weight != nil:
		if n.shape != nil {
			n.in = append([]int{n.weight.Shape[1] * n.window.groups}, n.shape...)
		}
	case n.kind == flatten:
		n.in = n.shape
	}
}

// outer reports whether a port is one of the outermost graph.
func (n *node) outer() bool { return n.role == port && n.path == n.name }

// arrayShape is the shape of the largest of the node's arrays.
func (n *node) arrayShape() []int {
	var best *ndarray.Array
	for _, f := range n.fields {
		if a := n.params[f.name]; best == nil || len(a.Data) > len(best.Data) {
			best = a
		}
	}
	return best.Shape
}

// propagate hands shapes on along edges, and backwards, too, if asked to: from each
// node once, when its own became known.
func (im *importer) propagate(back bool) {
	queue := make([]int, len(im.nodes))
	for k := range queue {
		queue[k] = k
	}
	for len(queue) > 0 {
		k := queue[0]
		queue = queue[1:]
		n := im.nodes[k]
		if n.in != nil && back {
			for _, e := range im.before[k] {
				if from := im.nodes[im.edges[e].from]; from.out == nil && from.alike() {
					from.in, from.out = n.in, n.in
					queue = append(queue, im.edges[e].from)
				}
			}
		}
		if n.in != nil && n.out == nil {
			n.out = im.through(n)
		}
		if n.out == nil {
			continue
		}
		for _, e := range im.after[k] {
			if to := im.nodes[im.edges[e].to]; to.in == nil {
				to.in = n.out
				if to.alike() {
					to.out = n.out
				}
				queue = append(queue, im.edges[e].to)
			}
		}
	}
}

// through returns the shape that comes out of a node where n.in goes in; nil, told,
// if it cannot.
func (im *importer) through(n *node) []int {
	switch {
	case n.alike():
		return n.in
	case n.kind == flatten:
		return im.flattened(n)
	case n.windowed():
		return im.windowed(n)
	}
	panic("nir: a linear map without a shape")
}

// flattened joins the dimensions of a Flatten, which do not count a batch's.
func (im *importer) flattened(n *node) []int {
	dims := len(n.in)
	from, to := n.from, n.to
	if from < 0 {
		from += dims
	}
	if to < 0 {
		to += dims
	}
	if from < 0 || to >= dims || from > to {
		im.add(diag.OutOfRange, "%s: joins dimensions %d to %d, but its input has shape %v; the dimension of a batch does not count", n, n.from, n.to, n.in)
		return nil
	}
	out := slices.Clone(n.in[:from])
	out = append(out, netfile.Size(n.in[from:to+1]))
	return append(out, n.in[to+1:]...)
}

// windowed is the shape behind a convolution or a pool.
func (im *importer) windowed(n *node) []int {
	w := &n.window
	dims, layout := 3, "(channels, height, width)"
	if n.kind == conv1d {
		dims, layout = 2, "(channels, length)"
	}
	if len(n.in) != dims {
		im.add(diag.ShapeMismatch, "%s: its input has shape %v, want %s", n, n.in, layout)
		return nil
	}
	channels := n.in[0]
	if n.weight != nil {
		if want := n.weight.Shape[1] * w.groups; channels != want {
			im.add(diag.ShapeMismatch, "%s: its weight is for %d channels, but its input has shape %v", n, want, n.in)
			return nil
		}
		channels = n.weight.Shape[0]
	}
	out := []int{channels}
	for i, in := range n.in[1:] {
		axis := i + 3 - dims
		extent := w.dilation[axis]*(w.kernel[axis]-1) + 1
		if w.same {
			w.padding[axis] = (extent - 1) / 2 // the odd zero stands behind
			out = append(out, in)
			continue
		}
		room := in + 2*w.padding[axis] - extent
		if room < 0 {
			im.add(diag.ShapeMismatch, "%s: its kernel is %d long, but its input has shape %v and padding %v", n, extent, n.in, w.padding)
			return nil
		}
		out = append(out, room/w.stride[axis]+1)
	}
	if netfile.Size(out) > 1<<24 {
		im.add(diag.TooLarge, "%s: what comes out has shape %v, more than %d elements", n, out, 1<<24)
		return nil
	}
	return out
}

// settle ends the search for the shape of a node, and checks its arrays.
func (im *importer) settle(k int, n *node) {
	if n.out == nil && n.alike() {
		shape := []int{1}
		if n.kind == output && n.shape != nil {
			shape = n.shape
		}
		n.in, n.out = shape, shape
	}
	if n.role == mapping && len(im.before[k])+len(im.after[k]) == 0 {
		im.out.Note("%s: no edge names it, so it is left out", n)
		return
	}
	if n.out == nil {
		if im.diags.Len() == 0 {
			im.add(diag.ShapeMismatch, "%s: the shape of its input is not known: nothing that has one reaches it", n)
		}
		return
	}
	want := netfile.Size(n.out)
	one := len(n.fields) > 0
	for _, f := range n.fields {
		a := n.params[f.name]
		one = one && len(a.Data) == 1
		if len(a.Data) != want && len(a.Data) != 1 {
			im.add(diag.ShapeMismatch, "%s: %s has shape %v, but there are %d elements, shape %v", n, f.name, a.Shape, want, n.out)
		}
	}
	if one && want > 1 {
		im.out.Note("%s: its arrays have one number, but it stands between nodes of shape %v, so there are %d with that number", n, n.out, want)
	}
	if len(im.before[k]) == 0 && n.kind != input {
		im.out.Note("%s: nothing reaches it", n)
	}
}

// check holds the shapes at both ends of an edge to each other.
func (im *importer) check(e *edge) {
	from, to := im.nodes[e.from], im.nodes[e.to]
	a, b := from.out, to.in
	if to.role == port && to.shape != nil && (netfile.Size(to.shape) > 1 || netfile.Size(a) == 1) {
		b = to.shape // what it claims; a single element is what exporters write that do not know
	}
	switch {
	case slices.Equal(a, b):
	case netfile.Size(a) != netfile.Size(b):
		im.add(diag.ShapeMismatch, "%s: is for %d elements, shape %v, but %s, which reaches it, has %d, shape %v", to, netfile.Size(b), b, from, netfile.Size(a), a)
	case im.opt.Repair:
		im.out.Note("%s: is for shape %v, but %s, which reaches it, has shape %v: elements are taken in C order (--repair)", to, b, from, a)
	default:
		im.add(diag.ShapeMismatch, "%s: is for shape %v, but %s, which reaches it, has shape %v; nir.read refuses that, too. Mend the shape where the file was written, or give --repair to have elements taken in C order", to, b, from, a)
	}
}
