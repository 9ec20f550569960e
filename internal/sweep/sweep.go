// Package sweep is the only one to know the sweep file: parameters with several
// values each, and the points that these make. What a value does, and whether a
// program takes it, is for those who run the points to say. SWEEP.md is the
// grammar.
package sweep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// MaxPoints is how many points a sweep has at most.
const MaxPoints = 100_000

// Sweep is a parsed sweep file.
type Sweep struct {
	// File is the path it was read from, as given.
	File string
	// Name is the file's name without its ending if not said.
	Name string
	// Points are those of the grid, the last parameter changing fastest, and then
	// those that are listed. Each has an experiment, unless the file has mistakes.
	Points []Point
	// Parameters are those that some point sets, in the order of the file.
	Parameters []string
}

// Point is one experiment: a value for each parameter that it sets.
type Point struct {
	Settings []Setting
	// Pos is where it is listed, or where the grid is that it is of.
	Pos diag.Pos
	// crossed is a point of the grid, mistaken one that lacks something since that is
	// wrong.
	crossed, mistaken bool
}

// Setting is a parameter and its value.
type Setting struct {
	Name string
	// Text is the value as written.
	Text string
	// Value is its node, and NamePos where the parameter is named.
	Value   *yamldoc.Node
	NamePos diag.Pos
}

// The parameters that name a file or a target.
const (
	ExperimentName = "experiment"
	TargetName     = "target"
)

// parameter is a row about one that is no field.
type parameter struct{ name, doc string }

// sources are the parameters that say what is evaluated, and on what.
var sources = []parameter{
	{ExperimentName, "the path of an experiment file, which names the network and the data"},
	{TargetName, "a built-in name; or, with a slash in it or the ending `.yaml` or `.yml`, the path of a target file"},
}

// options are the parameters that are options of weft eval.
var options = []parameter{
	{"samples", "how many of the experiment's samples are run"},
	{"timing", "`cycle` or `functional`"},
	{"bits", "weights are quantised to this many bits"},
	{"format", "what weights are rounded to, instead of `bits`"},
	{"scale", "`real` or `pow2`: the scales of weights"},
	{"clip", "`mse` or `max`: the largest weight kept"},
	{"per", "`projection` or `neuron`: weights that share a scale"},
	{"optimise", "passes to run besides, as one text: `\"dead,prune=0.01\"`"},
	{"seed", "where the search for a mapping begins"},
	{"effort", "how long that search is, 1 to 6"},
	{"split", "`auto`, `needed` or `never`: neurons split over cores"},
	{"objective", "`cores` or `traffic`: what mapping wants least"},
	{"approximate", "the share of its inputs that a relay keeps up with; what does not fit may differ then"},
	{"profile", "the file of a profile: the network is laid out for its spikes"},
	{"defects", "the file of a chip's defects"},
}

// DatasetBlock is the block of an experiment file that says what the samples are.
const DatasetBlock = "dataset"

// The blocks of an experiment file and of a target file whose fields may be
// parameters, written block.field.
var (
	ExperimentBlocks = []string{"encode", "readout", DatasetBlock}
	TargetBlocks     = []string{"arch", "devices", "timing", "prices", "area"}
)

// blocks are all of these.
func blocks() []string { return slices.Concat(ExperimentBlocks, TargetBlocks) }

// parameterNames lists the parameters that are no fields.
func parameterNames() []string {
	var names []string
	for _, p := range slices.Concat(sources, options) {
		names = append(names, p.name)
	}
	return names
}

// IsFile reports whether a parameter's value is a path, which starts from the
// sweep file.
func IsFile(name string) bool {
	return name == ExperimentName || name == "profile" || name == "defects"
}

// block returns the block of a field, or nothing.
func block(name string) string {
	b, _, found := strings.Cut(name, ".")
	if !found {
		return ""
	}
	return b
}

// Get returns a parameter's setting, or one without a value.
func (p *Point) Get(name string) Setting {
	for _, s := range p.Settings {
		if s.Name == name {
			return s
		}
	}
	return Setting{Name: name}
}

// Options returns the settings that are options of weft eval.
func (p *Point) Options() []Setting {
	return slices.DeleteFunc(slices.Clone(p.Settings), func(s Setting) bool {
		return !slices.ContainsFunc(options, func(o parameter) bool { return o.name == s.Name })
	})
}

// Fields are settings that are fields of blocks.
type Fields []Setting

// Fields returns the settings that are fields of one of the blocks.
func (p *Point) Fields(blocks ...string) Fields {
	var out Fields
	for _, s := range p.Settings {
		if slices.Contains(blocks, block(s.Name)) {
			out = append(out, s)
		}
	}
	return out
}

// Node returns the fields as a file has them, a mapping of blocks, to be laid over
// one; nil where there are none.
func (f Fields) Node() *yamldoc.Node {
	if len(f) == 0 {
		return nil
	}
	root := &yamldoc.Node{Kind: yamldoc.Mapping, Pos: f[0].NamePos}
	for _, s := range f {
		b := block(s.Name)
		fields := root.Get(b)
		if fields == nil {
			fields = &yamldoc.Node{Kind: yamldoc.Mapping, Pos: s.NamePos}
			root.Fields = append(root.Fields, yamldoc.Field{Key: b, KeyPos: s.NamePos, Value: fields})
		}
		fields.Fields = append(fields.Fields, yamldoc.Field{Key: s.Name[len(b)+1:], KeyPos: s.NamePos, Value: s.Value})
	}
	return root
}

// Text is the fields, a line each, in the order of their names: equal settings have
// equal texts.
func (f Fields) Text() string {
	list := make([]string, len(f))
	for k, s := range f {
		list[k] = s.Name + "=" + s.Text
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// Twice returns points that are there more than once, and values of the grid that are.
// Settings of a parameter are equal where meaning returns the same for them.
func (s *Sweep) Twice(meaning func(p *Point, set Setting) string) error {
	var diags diag.List
	twice := func(pos diag.Pos, message string, first diag.Pos) {
		diags.Append(diag.Diagnostic{Pos: pos, Code: diag.DuplicateField, Message: message, Notes: []diag.Note{{Pos: first, Message: "first written here"}}})
	}
	first := map[string]*Point{}
	told := map[*yamldoc.Node]bool{}
	for i := range s.Points {
		p := &s.Points[i]
		if p.mistaken {
			continue
		}
		means := make([]string, len(p.Settings))
		for k, set := range p.Settings {
			means[k] = set.Name + "=" + meaning(p, set)
		}
		slices.Sort(means)
		key := strings.Join(means, "\n")
		other := first[key]
		switch {
		case other == nil:
			first[key] = p
		case p.crossed && other.crossed: // by way of values that are equal
			for k, set := range p.Settings {
				if at := other.Settings[k].Value; set.Value != at && !told[set.Value] {
					told[set.Value] = true
					twice(set.Value.Pos, fmt.Sprintf("%s: value %s stands twice", set.Name, set.Value.Describe()), at.Pos)
				}
			}
		default:
			twice(p.Pos, "this point is in the sweep already: "+strings.ReplaceAll(Fields(p.Settings).Text(), "\n", ", "), other.Pos)
		}
	}
	return diags.Err()
}

// Mistakes returns what is wrong with the file, given of each point why it cannot
// be run, or nil: the diagnostics of those values that no point can be run with.
// What goes wrong with some of its points only is nothing to refuse a sweep for,
// and neither is a network that does not fit.
func (s *Sweep) Mistakes(failed []*diag.Error) error {
	runs := map[*yamldoc.Node]bool{}
	for i, p := range s.Points {
		for _, set := range p.Settings {
			runs[set.Value] = runs[set.Value] || !mistaken(failed[i])
		}
	}
	var diags diag.List
	told := map[string]bool{}
	for i, p := range s.Points {
		if !slices.ContainsFunc(p.Settings, func(set Setting) bool { return !runs[set.Value] }) {
			continue
		}
		for _, d := range failed[i].Diagnostics {
			if text := d.String(); !told[text] {
				told[text] = true
				diags.Append(d)
			}
		}
	}
	return diags.Err()
}

// mistaken reports whether more is wrong than that something does not fit.
func mistaken(err *diag.Error) bool {
	return err != nil && slices.ContainsFunc(err.Diagnostics, func(d diag.Diagnostic) bool { return d.Code != diag.DoesNotFit })
}
