package sweep

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Load reads a sweep file. All mistakes are in one *diag.Error; the points that they
// leave are returned, too, for what else is wrong with these to be told.
func Load(path string) (*Sweep, error) {
	var diags diag.List
	root := yamldoc.Load(path, &diags)
	return parse(path, root, &diags)
}

// Parse is Load of text that stands in file.
func Parse(file string, src []byte) (*Sweep, error) {
	var diags diag.List
	root := yamldoc.Parse(file, src, &diags)
	return parse(file, root, &diags)
}

// The keys of the file, and of a range of values.
var (
	fileKeys  = []string{"sweep", ExperimentName, "set", "grid", "points"}
	rangeKeys = []string{"from", "to", "step", "factor", "unit"}
)

// parser reads the file into parameters with their values, and only then makes
// points of them.
type parser struct {
	yamldoc.Reader
	sweep Sweep
	// set is what every point has, grid the parameters with several values.
	set  []Setting
	grid [][]Setting
	// size is how many points the grid has up to now, and settings how many values all
	// points have.
	size, settings int
	// mistaken is where something is wrong with what every point has, full where there
	// was no room for a point.
	mistaken, full bool
	// order has every parameter in the order of the file, used those that points set.
	order []string
	used  map[string]bool
}

func parse(file string, root *yamldoc.Node, diags *diag.List) (*Sweep, error) {
	p := parser{Reader: yamldoc.Reader{Diags: diags}, size: 1, used: map[string]bool{}, sweep: Sweep{
		File: file, Name: diag.Title(file),
	}}
	p.document(root)
	p.sweep.Parameters = slices.DeleteFunc(p.order, func(name string) bool { return !p.used[name] })
	return &p.sweep, diags.Err()
}

func (p *parser) document(root *yamldoc.Node) {
	if !p.Mapping(root, "sweep file", fileKeys...) {
		return
	}
	if n := root.Get("sweep"); n != nil {
		p.sweep.Name = p.Name(n, "sweep")
	}
	before := p.Diags.Len()
	for _, f := range root.Fields {
		if f.Key == ExperimentName {
			p.setting(&p.set, f)
		}
	}
	p.each(root.Get("set"), "set", func(f yamldoc.Field) { p.setting(&p.set, f) })
	p.mistaken = p.Diags.Len() > before
	if root.Get("grid") == nil && root.Get("points") == nil {
		p.Diags.Add(root.Pos, diag.MissingField, `sweep file: field "grid" or "points" is required`)
	}
	if n := root.Get("grid"); n != nil {
		before := p.Diags.Len()
		p.each(n, "grid", p.axis)
		p.cross(n.Pos, p.Diags.Len() > before)
	}
	if n := root.Get("points"); n != nil && p.Sequence(n, "points") {
		for _, item := range n.Items {
			p.point(item)
		}
	}
	p.check(root)
	if len(p.sweep.Points) == 0 { // what is set may be wrong all the same
		p.add(Point{Settings: slices.Clone(p.set), Pos: root.Pos, mistaken: true})
	}
}

// each calls what for the fields of a mapping that are parameters.
func (p *parser) each(n *yamldoc.Node, block string, what func(f yamldoc.Field)) {
	if n == nil {
		return
	}
	if n.Kind != yamldoc.Mapping {
		p.Diags.Add(n.Pos, diag.WrongType, "%s: want a mapping of parameters, have %s", block, n.Describe())
		return
	}
	for _, f := range n.Fields {
		if p.known(f) {
			what(f)
		}
	}
}

// known reports whether a field names a parameter, and tells if it does not.
func (p *parser) known(f yamldoc.Field) bool {
	names, blocks := parameterNames(), blocks()
	b, field, dotted := strings.Cut(f.Key, ".")
	switch {
	case dotted && field != "" && slices.Contains(blocks, b), slices.Contains(names, f.Key):
		return true
	case dotted:
		p.Diags.Add(f.KeyPos, diag.UnknownField, "unknown parameter %q; a field is written block.field, and the blocks are %s", f.Key, strings.Join(blocks, ", "))
		return false
	}
	hint := spell.Hint(f.Key, names)
	if hint == "" {
		hint = fmt.Sprintf("; want %s, or a field of %s, such as encode.ticks", strings.Join(names, ", "), strings.Join(blocks, ", "))
	}
	p.Diags.Add(f.KeyPos, diag.UnknownField, "unknown parameter %q%s", f.Key, hint)
	return false
}

// setting reads a parameter with one value into list, over one of the same name.
// Nothing, as in `bits: ~`, is a parameter that is not set.
func (p *parser) setting(list *[]Setting, f yamldoc.Field) {
	s, ok := p.value(f, f.Value)
	if !ok {
		return
	}
	if k := slices.IndexFunc(*list, func(o Setting) bool { return o.Name == s.Name }); k >= 0 {
		(*list)[k] = s
		return
	}
	*list = append(*list, s)
}

// value reads one value of a parameter.
func (p *parser) value(f yamldoc.Field, n *yamldoc.Node) (Setting, bool) {
	s := Setting{Name: f.Key, Text: n.Written(), Value: n, NamePos: f.KeyPos}
	switch {
	case n.Kind == yamldoc.Mapping:
		p.Diags.Add(n.Pos, diag.WrongType, "%s: want a value, have %s", f.Key, n.Describe())
		return s, false
	case n.Kind == yamldoc.Sequence && block(f.Key) == "":
		p.Diags.Add(n.Pos, diag.WrongType, "%s: want one value, have a list; several values stand in grid", f.Key)
		return s, false
	case n.Null:
		s.Text = ""
	default:
		return s, p.filled(n, f.Key)
	}
	return s, true
}

// filled tells the empty texts of a value, and reports whether there are none.
func (p *parser) filled(n *yamldoc.Node, name string) bool {
	if n.Kind == yamldoc.Scalar && n.Text == "" && !n.Null {
		p.Diags.Add(n.Pos, diag.WrongType, "%s: is empty; write ~ where it is not to be set", name)
		return false
	}
	ok := true
	for _, item := range n.Items {
		ok = p.filled(item, name) && ok
	}
	return ok
}

// axis reads a parameter of the grid: a list of values, a range, or one value.
func (p *parser) axis(f yamldoc.Field) {
	var values []Setting
	nodes := []*yamldoc.Node{f.Value}
	switch f.Value.Kind {
	case yamldoc.Sequence:
		nodes = f.Value.Items
		if len(nodes) == 0 {
			p.Diags.Add(f.Value.Pos, diag.WrongType, "%s: want values, have an empty list", f.Key)
		}
		if !p.grow(f, float64(len(nodes))) {
			nodes = nil
		}
	case yamldoc.Mapping:
		nodes = p.span(f)
	case yamldoc.Scalar:
	}
	first := map[string]diag.Pos{}
	for _, n := range nodes {
		s, ok := p.value(f, n)
		if !ok {
			continue
		}
		if at, twice := first[s.Text]; twice {
			p.Diags.Append(diag.Diagnostic{
				Pos: n.Pos, Code: diag.DuplicateField, Message: fmt.Sprintf("%s: value %s stands twice", f.Key, n.Describe()),
				Notes: []diag.Note{{Pos: at, Message: "first written here"}},
			})
			continue
		}
		first[s.Text] = n.Pos
		values = append(values, s)
	}
	if k := slices.IndexFunc(p.set, func(s Setting) bool { return s.Name == f.Key }); k >= 0 {
		p.Diags.Append(diag.Diagnostic{
			Pos: f.KeyPos, Code: diag.DuplicateField, Message: fmt.Sprintf("%s: is set for all points already", f.Key),
			Notes: []diag.Note{{Pos: p.set[k].NamePos, Message: "set here"}},
		})
	}
	if len(values) > 0 {
		p.grid = append(p.grid, values)
	}
}

// span reads a range, {from: 2, to: 8, step: 2} or {from: 1, to: 64, factor: 2},
// into its values.
func (p *parser) span(f yamldoc.Field) []*yamldoc.Node {
	n, what := f.Value, f.Key+": range"
	before := p.Diags.Len()
	p.Mapping(n, what, rangeKeys...)
	from, to := p.Float(p.Require(n, what, "from"), what+": from"), p.Float(p.Require(n, what, "to"), what+": to")
	step, factor := 1.0, 0.0
	if s := n.Get("step"); s != nil {
		step = p.Float(s, what+": step")
	}
	if s := n.Get("factor"); s != nil {
		factor = p.Float(s, what+": factor")
	}
	unit := ""
	if u := n.Get("unit"); u != nil {
		unit = p.String(u, what+": unit")
	}
	if p.Diags.Len() > before {
		return nil
	}
	var steps float64
	switch {
	case n.Get("step") != nil && n.Get("factor") != nil:
		p.Diags.Add(n.Get("factor").Pos, diag.DuplicateField, "%s: step adds and factor multiplies; leave one out", what)
		return nil
	case to < from:
		p.Diags.Add(n.Get("to").Pos, diag.OutOfRange, "%s: to is %v, below from, %v", what, to, from)
		return nil
	case factor != 0 && (factor <= 1 || from <= 0):
		p.Diags.Add(n.Pos, diag.OutOfRange, "%s: want a factor above 1, and from above 0", what)
		return nil
	case factor != 0:
		steps = math.Log(to/from) / math.Log(factor)
	case n.Get("factor") != nil || step <= 0:
		p.Diags.Add(n.Pos, diag.OutOfRange, "%s: want a step above 0, or a factor above 1", what)
		return nil
	default:
		steps = (to - from) / step
	}
	// The last value is there though its sum or product is a little beyond it.
	const slack = 1e-9
	if !p.grow(f, math.Floor(steps+slack)+1) {
		return nil
	}
	var nodes []*yamldoc.Node
	for k := range int(math.Floor(steps+slack)) + 1 {
		x := from + float64(k)*step
		if factor != 0 {
			x = from * math.Pow(factor, float64(k))
		}
		nodes = append(nodes, &yamldoc.Node{Pos: n.Pos, Text: number(x) + unit})
	}
	return nodes
}

// grow multiplies the grid by the values of a parameter, and reports whether it is
// not too large then.
func (p *parser) grow(f yamldoc.Field, values float64) bool {
	if size := float64(p.size) * values; size > MaxPoints {
		p.Diags.Add(f.KeyPos, diag.TooLarge, "grid: has %.6g points with %s, a sweep has at most %d", size, f.Key, MaxPoints)
		return false
	}
	p.size *= max(int(values), 1)
	return true
}

// number writes a value of a range, without the last digits, which sums and
// products get wrong.
func number(x float64) string {
	const digits = 12
	x, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil {
		panic("sweep: a number that was just written: " + err.Error())
	}
	if x != 0 && (math.Abs(x) < 1e-4 || math.Abs(x) >= 1e15) {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// cross makes the points of the grid, or of what mistakes leave of it.
func (p *parser) cross(at diag.Pos, mistaken bool) {
	if len(p.grid) == 0 && !mistaken {
		p.Diags.Add(at, diag.MissingField, "grid: want parameters, have none")
	}
	if len(p.grid) == 0 {
		return
	}
	size := 1
	for _, values := range p.grid {
		size *= len(values)
	}
	for i := range size {
		point := Point{Settings: slices.Clone(p.set), Pos: at, crossed: true, mistaken: mistaken}
		left, rest := size, i
		for _, values := range p.grid {
			left /= len(values)
			point.Settings = append(point.Settings, values[rest/left])
			rest %= left
		}
		if !p.add(point) {
			return
		}
	}
}

// point reads a point that is listed.
func (p *parser) point(n *yamldoc.Node) {
	point := Point{Settings: slices.Clone(p.set), Pos: n.Pos}
	before := p.Diags.Len()
	p.each(n, "points", func(f yamldoc.Field) { p.setting(&point.Settings, f) })
	point.mistaken = p.Diags.Len() > before
	p.add(point)
}

// maxSettings is how many values all points have together at most.
const maxSettings = 20 * MaxPoints

// add adds a point, without the parameters that it does not set, and reports whether
// there is room for it.
func (p *parser) add(point Point) bool {
	p.settings += len(point.Settings)
	if len(p.sweep.Points) == MaxPoints || p.settings > maxSettings {
		if !p.full {
			p.Diags.Add(point.Pos, diag.TooLarge, "the sweep is too large here: it has at most %d points, and %d values in all of them", MaxPoints, maxSettings)
		}
		p.full = true
		return false
	}
	point.mistaken = point.mistaken || p.mistaken
	for _, s := range point.Settings {
		used, known := p.used[s.Name]
		if !known {
			p.order = append(p.order, s.Name)
		}
		p.used[s.Name] = used || s.Text != ""
	}
	point.Settings = slices.DeleteFunc(point.Settings, func(s Setting) bool { return s.Text == "" })
	p.sweep.Points = append(p.sweep.Points, point)
	return true
}

// check refuses a file without points, and points without an experiment.
func (p *parser) check(root *yamldoc.Node) {
	if len(p.sweep.Points) == 0 && p.Diags.Len() == 0 {
		p.Diags.Add(root.Pos, diag.MissingField, "sweep file: has no points")
	}
	for _, point := range p.sweep.Points {
		if point.Get(ExperimentName).Text == "" && !point.mistaken {
			p.Diags.Add(point.Pos, diag.MissingField, "a point has no %s: set it at the top of the file, or in the grid or the point", ExperimentName)
			return // the others have none either, mostly
		}
	}
}
