package experiment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/paths"
	"github.com/weft-toolchain/weft/internal/spell"
)

// LoadData reads the samples. Its error is a *diag.Error whose mistakes stand
// in the experiment file where it names the data, or in a line of the data with
// a note of where they are named. Of a data set that Load found mistakes in, it
// tells what files are not there, and returns nil.
func (e *Experiment) LoadData() (*dataset.Set, error) {
	d := &e.Dataset
	if d.Format == "" {
		return nil, d.missing()
	}
	o := dataset.Options{
		Format: d.Format, File: d.File.Path, Label: d.Label.Text, Scale: d.Scale, Images: d.Images.Path, Labels: d.Labels.Path,
		Part: d.Part, Polarity: d.Polarity, Size: d.Size, Fit: d.Fit, Units: d.Units,
	}
	if d.Format == dataset.NPZ {
		o.Images, o.Labels = d.Images.Text, d.Labels.Text
	}
	set, err := dataset.Load(o)
	if err != nil {
		return nil, d.placed(err)
	}
	if d.First >= set.N {
		return nil, diag.One(d.FirstPos, diag.OutOfRange, "dataset: first is %d, but there are %d samples, numbered from 0", d.First, set.N)
	}
	n := set.N - d.First
	if d.Samples > n {
		return nil, diag.One(d.SamplesPos, diag.OutOfRange, "dataset: samples is %d, but only %d are there from sample %d on", d.Samples, n, d.First)
	}
	if d.Samples > 0 {
		n = d.Samples
	}
	return set.Slice(d.First, n), nil
}

// missing tells the files that are not there.
func (d *Dataset) missing() error {
	var diags diag.List
	for _, p := range []Path{d.Images, d.Labels, d.File} {
		if p.Path == "" {
			continue
		}
		if _, err := os.Stat(p.Path); errors.Is(err, fs.ErrNotExist) {
			diags.Add(p.Pos, diag.MissingFile, "dataset: %s: no such file%s", p.Path, paths.Explain(p.Text))
		}
	}
	return diags.Err()
}

// placed gives the mistakes of data files their places in the experiment file.
func (d *Dataset) placed(err error) error {
	found, ok := errors.AsType[*diag.Error](err)
	if !ok {
		return err
	}
	out := &diag.Error{Diagnostics: slices.Clone(found.Diagnostics), Dropped: found.Dropped}
	for i, g := range out.Diagnostics {
		named := d.naming(g)
		if g.Pos.Line > 0 {
			if i == 0 {
				g.Notes = append(slices.Clone(g.Notes), diag.Note{Pos: named.Pos, Message: "the data set is named here"})
			}
		} else {
			g.Message = fmt.Sprintf("dataset: %s: %s", g.Pos.File, g.Message)
			if g.Code == diag.MissingFile {
				g.Message += paths.Explain(named.Text)
			}
			g.Pos = named.Pos
		}
		out.Diagnostics[i] = g
	}
	return out
}

// naming returns the field that a mistake in a data file, or in a file of a folder, is about.
func (d *Dataset) naming(g diag.Diagnostic) Path {
	if d.Format == dataset.CSV && g.Code == diag.UnknownName {
		return Path{Text: d.Label.Text, Pos: d.Label.Pos}
	}
	for _, p := range []Path{d.Images, d.Labels, d.File} {
		if p.Path != "" && (p.Path == g.Pos.File || strings.HasPrefix(g.Pos.File, p.Path+string(filepath.Separator))) {
			return p
		}
	}
	return Path{Pos: d.Pos}
}

// Input returns the index in net of the input that is encoded, or -1.
func (e *Experiment) Input(net *network.Network) int {
	return slices.IndexFunc(net.Inputs, func(in network.Input) bool { return in.Name == e.Encode.Input.Text })
}

// Population returns the index in net of the population that answers, or -1.
func (e *Experiment) Population(net *network.Network) int {
	return slices.IndexFunc(net.Populations, func(p network.Population) bool { return p.Name == e.Readout.Population.Text })
}

// Check reports what does not go together: names that the network does not
// have, samples of another size than the input, labels that no neuron stands
// for. A nil set leaves out what is about the data, and so does what is empty in the
// experiment since Load has told it. Its error is a *diag.Error.
func (e *Experiment) Check(net *network.Network, set *dataset.Set) error {
	var diags diag.List
	e.checkInput(net, set, &diags)
	e.checkReadout(net, set, &diags)
	return diags.Err()
}

func (e *Experiment) checkInput(net *network.Network, set *dataset.Set, diags *diag.List) {
	i := e.Input(net)
	if e.Encode.Input.Text == "" {
		return
	}
	if i < 0 {
		var names []string
		for _, in := range net.Inputs {
			names = append(names, in.Name)
		}
		diags.Add(e.Encode.Input.Pos, diag.UnknownName, "encode: network %s has no input %q%s", net.File, e.Encode.Input.Text, hint(e.Encode.Input.Text, "inputs", names))
		return
	}
	in := net.Inputs[i]
	if set != nil && e.Encode.Kind != "" && set.Timed() != (e.Encode.Kind == Events) {
		text := "encode: the data set has events in time, so want `kind: events`, have `kind: %s`"
		if !set.Timed() {
			text = "encode: the data set has values and no events, so `kind: %s` has nothing to encode; want rate, poisson, latency or direct"
		}
		diags.Append(diag.Diagnostic{
			Pos: e.Encode.Pos, Code: diag.Unsupported, Message: fmt.Sprintf(text, e.Encode.Kind),
			Notes: []diag.Note{{Pos: e.Dataset.Pos, Message: "the data set"}},
		})
		return
	}
	if set == nil || network.Size(in.Shape) == set.Size() {
		return
	}
	diags.Append(diag.Diagnostic{
		Pos: e.Encode.Input.Pos, Code: diag.ShapeMismatch,
		Message: fmt.Sprintf("encode: input %q has shape %s, %d values, but a sample of the data set has shape %s, %d values",
			in.Name, formatShape(in.Shape), network.Size(in.Shape), formatShape(set.Shape), set.Size()),
		Notes: []diag.Note{{Pos: in.Pos, Message: "the input"}, {Pos: e.Dataset.Pos, Message: "the data set"}},
	})
}

func (e *Experiment) checkReadout(net *network.Network, set *dataset.Set, diags *diag.List) {
	name := e.Readout.Population
	i := e.Population(net)
	if name.Text == "" {
		return
	}
	if i < 0 {
		if slices.ContainsFunc(net.Inputs, func(in network.Input) bool { return in.Name == name.Text }) {
			diags.Add(name.Pos, diag.UnknownName, "readout: %q is an input of network %s, want a population", name.Text, net.File)
			return
		}
		var names []string
		for _, p := range net.Populations {
			names = append(names, p.Name)
		}
		diags.Add(name.Pos, diag.UnknownName, "readout: network %s has no population %q%s", net.File, name.Text, hint(name.Text, "populations", names))
		return
	}
	pop := net.Populations[i]
	if pop.Model.Silent() && e.Readout.Kind != "" && e.Readout.Kind != Membrane {
		diags.Append(diag.Diagnostic{
			Pos: name.Pos, Code: diag.Unsupported,
			Message: fmt.Sprintf("readout: population %q is of neuron %s, which never fires, so `kind: %s` has nothing to read; want `kind: membrane`", pop.Name, pop.Model, e.Readout.Kind),
			Notes:   []diag.Note{{Pos: pop.Pos, Message: "the population"}},
		})
	}
	size := network.Size(pop.Shape)
	if set == nil {
		return
	}
	if at := slices.IndexFunc(set.Labels, func(label int) bool { return label >= size }); at >= 0 {
		diags.Append(diag.Diagnostic{
			Pos: name.Pos, Code: diag.BadDataset,
			Message: fmt.Sprintf("readout: population %q has %d neurons, for labels 0 to %d, but sample %d has label %d and the data set's largest is %d",
				pop.Name, size, size-1, e.Dataset.First+at, set.Labels[at], set.Classes-1),
			Notes: []diag.Note{{Pos: pop.Pos, Message: "the population"}, {Pos: e.Dataset.Pos, Message: "the data set"}},
		})
	}
}

// hint suggests a name, or lists what there is.
func hint(name, what string, names []string) string {
	if h := spell.Hint(name, names); h != "" {
		return h
	}
	if len(names) == 0 {
		return "; it has none"
	}
	const most = 20
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	return fmt.Sprintf("; its %s are %s%s", what, strings.Join(names, ", "), more)
}

// formatShape writes a shape as a user does: [28, 28].
func formatShape(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}
