package experiment

import (
	"math"
	"path/filepath"
	"slices"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/paths"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// Load reads an experiment file. Paths in it are relative to it. The files that
// it names are not opened. All mistakes are in one *diag.Error; what they leave is
// returned, too: names, paths and kinds that are wrong are empty, and of a wrong
// data set the format.
func Load(path string) (*Experiment, error) { return LoadWith(path, nil) }

// LoadWith is Load with fields laid over what the file says: over is a mapping
// such as {encode: {ticks: 8}}, or nil.
func LoadWith(path string, over *yamldoc.Node) (*Experiment, error) {
	var diags diag.List
	root := yamldoc.Load(path, &diags)
	if root != nil && over != nil {
		root = yamldoc.Overlay(root, over)
	}
	return parse(path, root, &diags)
}

// Parse is Load of text that stands in file.
func Parse(file string, src []byte) (*Experiment, error) {
	var diags diag.List
	root := yamldoc.Parse(file, src, &diags)
	return parse(file, root, &diags)
}

func parse(file string, root *yamldoc.Node, diags *diag.List) (*Experiment, error) {
	p := parser{Reader: yamldoc.Reader{Diags: diags}, base: filepath.Dir(file)}
	e := p.experiment(file, root)
	return e, diags.Err()
}

// The keys of the file and of its blocks.
var (
	fileKeys     = []string{"experiment", "network", "dataset", "encode", "readout", "target", "quantise", "seed"}
	encodeKeys   = []string{"input", "kind", "ticks", "seed", "drain", "gain", "bin"}
	readoutKeys  = []string{"population", "kind"}
	quantiseKeys = []string{"bits", "clip", "per", "format", "scale"}
)

// What keys say that are one of some words.
var (
	encodings = []EncodeKind{Rate, Poisson, Direct, Latency, Events}
	readouts  = []ReadoutKind{Count, Membrane, First}
	parts     = []string{"train", "test"}
)

type parser struct {
	yamldoc.Reader
	// base is the directory of the file.
	base string
}

func (p *parser) experiment(file string, root *yamldoc.Node) *Experiment {
	e := &Experiment{File: file, Name: diag.Title(file)}
	const what = "experiment file"
	if !p.Mapping(root, what, fileKeys...) {
		e.Target.Pos = diag.Pos{File: file}
		return e
	}
	if n := root.Get("experiment"); n != nil {
		e.Name = p.Name(n, "experiment")
	}
	e.Network = p.path(p.Require(root, what, "network"), "network")
	e.Dataset = p.dataset(p.Require(root, what, "dataset"))
	e.Encode = p.encode(p.Require(root, what, "encode"))
	e.Readout = p.readout(p.Require(root, what, "readout"))
	e.Target = p.target(root.Get("target"))
	e.Quantise = p.quantise(root.Get("quantise"))
	if n := root.Get("seed"); n != nil {
		seed := uint64(p.Int(n, "seed", 0, math.MaxInt64))
		e.Seed = &seed
	}
	return e
}

// formats are the formats of data sets.
var formats = []dataset.Format{dataset.IDX, dataset.CSV, dataset.NPZ, dataset.NMNIST, dataset.AEDAT4, dataset.DAT, dataset.SHD}

// timed are those of events, which have no values.
var timed = []dataset.Format{dataset.NMNIST, dataset.AEDAT4, dataset.DAT, dataset.SHD}

// datasetKeys are the keys of a data set of a format.
func datasetKeys(f dataset.Format) []string {
	common := []string{"format", "scale", "first", "samples"}
	if slices.Contains(timed, f) {
		common = []string{"format", "first", "samples"}
	}
	return append(common, formatKeys[f]...)
}

// formatKeys are the keys of a data set beside those of all formats.
var formatKeys = map[dataset.Format][]string{
	dataset.IDX:    {"images", "labels"},
	dataset.CSV:    {"file", "label"},
	dataset.NPZ:    {"file", "images", "labels"},
	dataset.NMNIST: {"file", "part", "polarity"},
	dataset.AEDAT4: {"file", "size", "fit", "polarity"},
	dataset.DAT:    {"file", "size", "fit", "polarity"},
	dataset.SHD:    {"file", "units"},
}

// maxSide and maxUnits bound the size and the units of a sample of events.
const maxSide, maxUnits = 1 << 14, 1 << 24

func (p *parser) dataset(n *yamldoc.Node) (d Dataset) {
	d.Scale = 1
	if n == nil {
		return d
	}
	defer func(before int) {
		if p.Diags.Len() > before {
			d.Format = ""
		}
	}(p.Diags.Len())
	d.Pos = n.Pos
	if n.Kind != yamldoc.Mapping {
		p.Mapping(n, "dataset")
		return d
	}
	d.Format = yamldoc.Word(p.Reader, p.Require(n, "dataset", "format"), "dataset: format", formats)
	if d.Format == "" {
		return d
	}
	what := "dataset of format " + string(d.Format)
	p.Mapping(n, what, datasetKeys(d.Format)...)
	switch d.Format {
	case dataset.NMNIST, dataset.AEDAT4, dataset.DAT, dataset.SHD:
		d.File = p.path(p.Require(n, what, "file"), "dataset: file")
		p.events(n, &d)
	case dataset.IDX:
		d.Images = p.path(p.Require(n, what, "images"), "dataset: images")
		d.Labels = p.path(p.Require(n, what, "labels"), "dataset: labels")
	case dataset.CSV:
		d.File = p.path(p.Require(n, what, "file"), "dataset: file")
		d.Label = p.name(p.Require(n, what, "label"), "dataset: label")
	case dataset.NPZ:
		d.File = p.path(p.Require(n, what, "file"), "dataset: file")
		images := p.name(p.Require(n, what, "images"), "dataset: images")
		labels := p.name(p.Require(n, what, "labels"), "dataset: labels")
		d.Images = Path{Text: images.Text, Pos: images.Pos}
		d.Labels = Path{Text: labels.Text, Pos: labels.Pos}
	}
	if s := n.Get("scale"); s != nil {
		d.Scale = p.positive(s, "dataset: scale")
	}
	if f := n.Get("first"); f != nil {
		d.First, d.FirstPos = int(p.Int(f, "dataset: first", 0, math.MaxInt32)), f.Pos
	}
	if s := n.Get("samples"); s != nil {
		d.Samples, d.SamplesPos = int(p.Int(s, "dataset: samples", 1, math.MaxInt32)), s.Pos
	}
	return d
}

// events reads what may be said of a data set of events. A key of another format was
// refused before.
func (p *parser) events(n *yamldoc.Node, d *Dataset) {
	if part := n.Get("part"); part != nil {
		d.Part = p.Enum(part, "dataset: part", parts...)
	}
	if polarity := n.Get("polarity"); polarity != nil {
		d.Polarity = yamldoc.Word(p.Reader, polarity, "dataset: polarity", events.Polarities)
	}
	if fit := n.Get("fit"); fit != nil {
		d.Fit = yamldoc.Word(p.Reader, fit, "dataset: fit", events.Fits)
		if n.Get("size") == nil {
			p.Diags.Add(fit.Pos, diag.MissingField, "dataset: fit makes a sensor fit a size: want size: [HEIGHT, WIDTH], too")
		}
	}
	if units := n.Get("units"); units != nil {
		d.Units = int(p.Int(units, "dataset: units", 1, maxUnits))
	}
	size := n.Get("size")
	if size == nil || !p.Sequence(size, "dataset: size") {
		return
	}
	if len(size.Items) != 2 {
		p.Diags.Add(size.Pos, diag.WrongType, "dataset: size: want two numbers, [HEIGHT, WIDTH], have a list of %d", len(size.Items))
		return
	}
	for _, side := range size.Items {
		d.Size = append(d.Size, int(p.Int(side, "dataset: size", 1, maxSide)))
	}
}

func (p *parser) encode(n *yamldoc.Node) Encode {
	e := Encode{Seed: 1, Drain: AutoDrain, Gain: 1}
	if n == nil {
		return e
	}
	e.Pos = n.Pos
	if !p.Mapping(n, "encode", encodeKeys...) {
		return e
	}
	e.Input = p.name(p.Require(n, "encode", "input"), "encode: input")
	e.Kind = yamldoc.Word(p.Reader, p.Require(n, "encode", "kind"), "encode: kind", encodings)
	e.Ticks = int(p.Int(p.Require(n, "encode", "ticks"), "encode: ticks", 1, MaxTicks))
	if s := n.Get("seed"); s != nil {
		e.Seed = uint64(p.Int(s, "encode: seed", 0, math.MaxInt64))
	}
	if d := n.Get("drain"); d != nil {
		e.Drain = int(p.Int(d, "encode: drain", AutoDrain, MaxTicks))
	}
	if g := n.Get("gain"); g != nil {
		e.Gain = p.positive(g, "encode: gain")
		if e.Kind == Events {
			p.Diags.Add(g.Pos, diag.UnknownField, "encode: gain multiplies values, and kind events has none; drop it")
		}
	}
	if b := n.Get("bin"); b != nil {
		before := p.Diags.Len()
		e.Bin = p.Quantity(b, "encode: bin", "s")
		switch {
		case p.Diags.Len() > before:
		case e.Kind != Events:
			p.Diags.Add(b.Pos, diag.UnknownField, "encode: bin is for kind events; drop it")
		case e.Bin < 1e-9 || e.Bin > 1e6:
			p.Diags.Add(b.Pos, diag.OutOfRange, "encode: bin: is %s, want a duration above 0, such as 1ms", b.Text)
		}
	}
	return e
}

func (p *parser) readout(n *yamldoc.Node) Readout {
	var r Readout
	if n == nil {
		return r
	}
	r.Pos = n.Pos
	if !p.Mapping(n, "readout", readoutKeys...) {
		return r
	}
	r.Population = p.name(p.Require(n, "readout", "population"), "readout: population")
	r.Kind = yamldoc.Word(p.Reader, p.Require(n, "readout", "kind"), "readout: kind", readouts)
	return r
}

// target reads a built-in name or a path.
func (p *parser) target(n *yamldoc.Node) Name {
	if n == nil {
		return Name{}
	}
	t := p.name(n, "target")
	t.Text = paths.Target(p.base, t.Text)
	return t
}

func (p *parser) quantise(n *yamldoc.Node) network.Quantise {
	return network.ReadQuantise(p.Reader, n, "quantise", quantiseKeys...)
}

func (p *parser) name(n *yamldoc.Node, what string) Name {
	if n == nil {
		return Name{}
	}
	return Name{Text: p.String(n, what), Pos: n.Pos}
}

func (p *parser) path(n *yamldoc.Node, what string) Path {
	if n == nil {
		return Path{}
	}
	path := Path{Text: p.String(n, what), Pos: n.Pos}
	if path.Text != "" {
		path.Path = paths.Resolve(p.base, path.Text)
	}
	return path
}

// positive reads a finite number above 0.
func (p *parser) positive(n *yamldoc.Node, what string) float64 {
	before := p.Diags.Len()
	v := p.Float(n, what)
	if v <= 0 && p.Diags.Len() == before {
		p.Diags.Add(n.Pos, diag.OutOfRange, "%s: is %v, want a number above 0", what, v)
	}
	return v
}
