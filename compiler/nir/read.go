package nir

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/hdf5"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/spell"
)

// Limits of what is taken on.
const (
	maxNodes  = 1 << 16 // as many as a network has populations
	maxEdges  = 1 << 20
	maxWindow = 1 << 12 // a kernel, and its padding
	maxStride = 1 << 16
)

// group is a graph as the file has it, with those inside it.
type group struct {
	// path is its name through all graphs, empty for the outermost.
	path  string
	nodes []*node
	edges [][2]string
}

// node is one of a graph.
type node struct {
	*row
	// name is that in its own graph, path that through all graphs.
	name, path string
	// graph is what a NIRGraph holds.
	graph *group
	// params are the arrays of row.fields.
	params map[string]*ndarray.Array
	// weight and bias are those of linear maps; bias may be nil.
	weight, bias *ndarray.Array
	// shape is what a port declares, a convolution and a Flatten of their input;
	// nil where the file does not say it.
	shape []int
	// window is of convolutions and pools; along one dimension the height is 1.
	window window
	// from and to are the dimensions that a Flatten joins; to may count from behind.
	from, to int

	// in and out are the shapes that were worked out, nil while they are unknown.
	in, out []int
}

// window is the geometry of a convolution or a pool: height and width.
type window struct {
	kernel, stride, padding, dilation [2]int
	groups                            int
	// same pads so that the output is as large as the input.
	same bool
}

// String names the node as messages do.
func (n *node) String() string { return fmt.Sprintf("node %q (%s)", n.path, n.kind) }

// read reads the outermost graph.
func (im *importer) read(f *hdf5.File) *group {
	root := &hdf5.Fields{Group: f.Root(), What: "file", Diags: &im.diags}
	if !f.Root().Has("node") {
		root.Add(diag.MissingField, "has no /node, so it is not a NIR graph")
		return nil
	}
	if f.Root().Has("version") {
		im.version = root.Text("version")
	}
	g, err := f.Root().Group("node")
	if err != nil {
		hdf5.Report(&im.diags, err)
		return nil
	}
	outer := &node{row: rowOf(nested)}
	r := &reader{Fields: hdf5.Fields{Group: g, What: "the graph /node", Diags: &im.diags}, node: outer}
	if t := r.Text("type"); t != "" && kind(t) != nested {
		r.Add(diag.WrongType, "has type %q, want %q: a file holds a graph, not one node of it", t, nested)
		return nil
	}
	return r.graph("")
}

// reader reads one node.
type reader struct {
	hdf5.Fields
	node *node
}

// graph reads the nodes and edges of a graph.
func (r *reader) graph(path string) *group {
	g := &group{path: path}
	if !r.Group.Has("nodes") {
		r.Add(diag.MissingField, "has no nodes")
		return g
	}
	nodes, err := r.Group.Group("nodes")
	if err != nil {
		hdf5.Report(r.Diags, err)
		return g
	}
	names, err := nodes.Names()
	if err != nil {
		hdf5.Report(r.Diags, err)
		return g
	}
	slices.SortFunc(names, natural)
	for _, name := range names {
		in, err := nodes.Group(name)
		if err != nil {
			hdf5.Report(r.Diags, err)
			continue
		}
		n := &node{name: name, path: strings.TrimPrefix(path+"/"+name, "/")}
		child := &reader{Fields: hdf5.Fields{Group: in, What: fmt.Sprintf("node %q", n.path), Diags: r.Diags}, node: n}
		if child.read() {
			g.nodes = append(g.nodes, n)
		}
	}
	r.edges(g)
	return g
}

// natural orders names as people count: "2" before "10".
func natural(a, b string) int {
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	if digits(a) && digits(b) && len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// edges reads the pairs of names.
func (r *reader) edges(g *group) {
	d := r.Dataset("edges")
	if d == nil || d.Len() == 0 {
		return // without edges nodes are told later that nothing reaches them
	}
	shape := d.Shape()
	if len(shape) != 2 || shape[1] != 2 {
		r.Add(diag.ShapeMismatch, "edges has shape %v, want (edges, 2)", shape)
		return
	}
	if shape[0] > maxEdges {
		r.Add(diag.TooLarge, "has %d edges, at most %d are read", shape[0], maxEdges)
		return
	}
	names, err := d.Strings()
	if err != nil {
		hdf5.Report(r.Diags, err)
		return
	}
	for pair := range slices.Chunk(names, 2) {
		g.edges = append(g.edges, [2]string{pair[0], pair[1]})
	}
}

// read reads the node, and reports whether its kind is known.
func (r *reader) read() bool {
	n := r.node
	name := r.Text("type")
	if name == "" {
		return false
	}
	n.row = rowOf(kind(name))
	if n.row == nil {
		names := make([]string, len(rows))
		for i := range rows {
			names[i] = string(rows[i].kind)
		}
		r.Add(diag.Unsupported, "type %q is none of NIR's primitives%s", name, spell.Hint(name, names))
		return false
	}
	r.What = n.String()
	n.params = map[string]*ndarray.Array{}
	for _, f := range n.fields {
		if !r.Group.Has(f.name) && f.optional {
			n.params[f.name] = &ndarray.Array{Data: []float64{f.standard}}
			continue
		}
		n.params[f.name] = r.array(f.name)
	}
	switch n.kind {
	case input, output:
		if n.shape = r.shape("shape"); n.shape == nil && n.kind == input && r.Diags.Len() == 0 {
			r.Add(diag.MissingField, "has no shape")
		}
	case linear, affine:
		r.matrix()
	case conv1d, conv2d:
		r.convolution()
	case sumPool, avgPool:
		n.window = window{dilation: [2]int{1, 1}, groups: 1}
		n.window.kernel = r.pair("kernel_size", 1, maxWindow)
		n.window.stride = r.pair("stride", 1, maxStride)
		n.window.padding = r.pair("padding", 0, maxWindow)
	case flatten:
		r.flatten()
	case nested:
		n.graph = r.graph(n.path)
	case scale, delay, threshold, integrate, fire, leak, leakFire, cubaLeak, cubaFire:
	}
	return true
}

// array reads finite numbers, at least one; nil if it cannot.
func (r *reader) array(name string) *ndarray.Array {
	d := r.Dataset(name)
	if d == nil {
		return nil
	}
	a := &ndarray.Array{Shape: d.Shape()}
	if t := d.Type(); t.Kind == hdf5.Float && t.Size <= 4 {
		a.Type = ndarray.Float32
	}
	a.Data, _ = r.Floats(name)
	switch {
	case a.Data == nil:
		return nil
	case len(a.Data) == 0:
		r.Add(diag.ShapeMismatch, "%s holds no numbers", name)
		return nil
	}
	for i, v := range a.Data {
		if v-v != 0 {
			r.Add(diag.NotFinite, "element %d of %s is %v; training has probably diverged", i, name, v)
			return nil
		}
	}
	return a
}

// matrix reads weights of shape (…, out, in), and a bias.
func (r *reader) matrix() {
	n := r.node
	n.weight = r.array("weight")
	if n.kind == affine {
		n.bias = r.array("bias")
	}
	if n.weight == nil {
		return
	}
	s := n.weight.Shape
	if len(s) < 2 {
		r.Add(diag.ShapeMismatch, "weight has shape %v, want (out, in)", s)
		n.weight = nil
		return
	}
	lead := s[:len(s)-2]
	r.biasOf(append(slices.Clone(lead), s[len(s)-2]))
}

// biasOf checks the size of a bias. One number stands for all.
func (r *reader) biasOf(shape []int) {
	b := r.node.bias
	if b != nil && len(b.Data) != netfile.Size(shape) && len(b.Data) != 1 {
		r.Add(diag.ShapeMismatch, "bias has shape %v, want %v as its weight has it", b.Shape, shape)
	}
}

// convolution reads weights of shape (out, in/groups, [height,] width), a bias of
// the channels, and the window.
func (r *reader) convolution() {
	n := r.node
	dims := 1
	if n.kind == conv2d {
		dims = 2
	}
	n.weight = r.array("weight")
	if r.Group.Has("bias") {
		n.bias = r.array("bias")
	}
	n.window = window{
		stride: r.pair("stride", 1, maxStride), dilation: r.pair("dilation", 1, maxStride),
		groups: r.whole("groups", 1, 1<<24),
	}
	r.padding()
	if size := r.shape("input_shape"); len(size) == dims {
		n.shape = size // without channels, which the weights have
	}
	if n.weight == nil {
		return
	}
	s := n.weight.Shape
	if len(s) != 2+dims {
		r.Add(diag.ShapeMismatch, "weight has shape %v, want (out, in/groups%s)", s, strings.Repeat(", kernel", dims))
		n.weight = nil
		return
	}
	n.window.kernel = [2]int{1, s[2]}
	if dims == 2 {
		n.window.kernel[0] = s[2]
		n.window.kernel[1] = s[3]
	}
	if k := max(n.window.kernel[0], n.window.kernel[1]); k > maxWindow {
		r.Add(diag.TooLarge, "its kernel is %d long, at most %d is read", k, maxWindow)
	}
	if g := n.window.groups; s[0]%g != 0 {
		r.Add(diag.ShapeMismatch, "groups is %d, which has to divide the %d channels of its output", g, s[0])
	}
	if w := &n.window; w.same && w.stride != [2]int{1, 1} {
		r.Add(diag.Unsupported, "padding 'same' is for stride 1, and the stride is %v", w.stride)
	}
	r.biasOf(s[:1])
}

// padding reads numbers, 'same' or 'valid'.
func (r *reader) padding() {
	d := r.Dataset("padding")
	if d == nil {
		return
	}
	if d.Type().Kind != hdf5.String {
		r.node.window.padding = r.pair("padding", 0, maxWindow)
		return
	}
	switch word := r.Text("padding"); word {
	case "same":
		r.node.window.same = true
	case "valid", "":
	default:
		r.Add(diag.UnknownName, "padding is %q, want a number, 'same' or 'valid'", word)
	}
}

func (r *reader) flatten() {
	n := r.node
	n.from, n.to = r.whole("start_dim", -64, 64), r.whole("end_dim", -64, 64)
	if !r.Group.Has("input_type") {
		return
	}
	// Older files have an array, newer ones a group that holds it.
	if in, err := r.Group.Group("input_type"); err == nil {
		inner := &reader{Fields: hdf5.Fields{Group: in, What: r.What, Diags: r.Diags}, node: n}
		n.shape = inner.shape("input")
		return
	}
	n.shape = r.shape("input_type")
}

// whole reads one whole number; lo if it cannot.
func (r *reader) whole(name string, lo, hi int) int {
	v := r.wholes(name, lo, hi)
	if len(v) > 1 {
		r.Add(diag.ShapeMismatch, "%s has %d numbers, want one", name, len(v))
	}
	if len(v) != 1 {
		return lo
	}
	return v[0]
}

// pair reads numbers for height and width, or one for both; of a Conv1d one for
// the width, and what leaves the height as it is.
func (r *reader) pair(name string, lo, hi int) [2]int {
	v := r.wholes(name, lo, hi)
	switch {
	case len(v) == 1 && r.node.kind == conv1d:
		return [2]int{lo, v[0]}
	case len(v) == 1:
		return [2]int{v[0], v[0]}
	case len(v) == 2 && r.node.kind != conv1d:
		return [2]int{v[0], v[1]}
	case v != nil:
		r.Add(diag.ShapeMismatch, "%s has %d numbers, want one for each dimension", name, len(v))
	}
	return [2]int{lo, lo}
}

// wholes reads whole numbers from lo to hi; nil if it cannot.
func (r *reader) wholes(name string, lo, hi int) []int {
	values, _ := r.Floats(name)
	if values == nil {
		return nil
	}
	out := make([]int, len(values))
	for i, v := range values {
		if v != math.Trunc(v) || v < float64(lo) || v > float64(hi) {
			r.Add(diag.OutOfRange, "element %d of %s is %v, want a whole number from %d to %d", i, name, v, lo, hi)
			return nil
		}
		out[i] = int(v)
	}
	return out
}

// shape reads dimensions; nil where the file has none: no dataset, a text such as
// "None", or no numbers.
func (r *reader) shape(name string) []int {
	if !r.Group.Has(name) {
		return nil
	}
	if d := r.Dataset(name); d == nil || d.Type().Kind == hdf5.String || d.Len() == 0 {
		return nil
	}
	s := r.wholes(name, 1, 1<<24)
	if s != nil && netfile.Size(s) > 1<<24 {
		r.Add(diag.TooLarge, "%s %v has more than %d elements", name, s, 1<<24)
		return nil
	}
	return s
}
