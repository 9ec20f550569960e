package experiment_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

const mnist = `experiment: mnist
network: network.yaml
dataset: {format: idx, images: t10k-images-idx3-ubyte.gz, labels: t10k-labels-idx1-ubyte.gz, scale: 255}
encode:  {input: image, kind: rate, ticks: 8}
readout: {population: digit, kind: membrane}
target:  xbar1k
`

func TestParse(t *testing.T) {
	got, err := experiment.Parse("dir/mnist.yaml", []byte(mnist))
	if err != nil {
		t.Fatal(err)
	}
	pos := func(line, col int) diag.Pos { return diag.Pos{File: "dir/mnist.yaml", Line: line, Col: col} }
	path := func(name string, line, col int) experiment.Path {
		return experiment.Path{Text: name, Path: filepath.Join("dir", name), Pos: pos(line, col)}
	}
	want := &experiment.Experiment{
		File: "dir/mnist.yaml", Name: "mnist", Network: path("network.yaml", 2, 10),
		Dataset: experiment.Dataset{
			Pos: pos(3, 10), Format: dataset.IDX, Scale: 255,
			Images: path("t10k-images-idx3-ubyte.gz", 3, 32), Labels: path("t10k-labels-idx1-ubyte.gz", 3, 67),
		},
		Encode: experiment.Encode{
			Pos: pos(4, 10), Input: experiment.Name{Text: "image", Pos: pos(4, 18)}, Kind: experiment.Rate,
			Ticks: 8, Seed: 1, Drain: experiment.AutoDrain, Gain: 1,
		},
		Readout: experiment.Readout{Pos: pos(5, 10), Population: experiment.Name{Text: "digit", Pos: pos(5, 23)}, Kind: experiment.Membrane},
		Target:  experiment.Name{Text: "xbar1k", Pos: pos(6, 10)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Fields laid over a file replace what it says, and a mistake in them stands
// where they do.
func TestLoadWithFieldsLaidOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mnist.yaml")
	if err := os.WriteFile(path, []byte(mnist), 0o600); err != nil {
		t.Fatal(err)
	}
	var diags diag.List
	got, err := experiment.LoadWith(path, yamldoc.Parse("over.yaml", []byte("encode: {ticks: 3, kind: poisson}\n"), &diags))
	if err != nil || got.Encode.Ticks != 3 || got.Encode.Kind != experiment.Poisson || got.Encode.Input.Text != "image" {
		t.Errorf("got %+v, %v; want 3 ticks of poisson, and the file's input", got, err)
	}
	_, err = experiment.LoadWith(path, yamldoc.Parse("over.yaml", []byte("encode: {ticks: 0}\n"), &diags))
	const want = "over.yaml:1:17: encode: ticks: is 0, want 1 to 65535 [out-of-range]"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestParseEveryField(t *testing.T) {
	t.Setenv("DIGITS", "/data")
	got, err := experiment.Parse("e/digits.yaml", []byte(`
network: ../net.yaml
dataset: {format: csv, file: "${DIGITS}/digits.csv.gz", label: -1, scale: 16, first: 100, samples: 20}
encode: {input: pixels, kind: poisson, ticks: 65535, seed: 7, drain: 0, gain: 0.5}
readout: {population: class, kind: first}
target: chips/mine.yaml
quantise: {bits: 4, clip: max, per: neuron}
seed: 3
`))
	if err != nil {
		t.Fatal(err)
	}
	three := uint64(3)
	want := &experiment.Experiment{
		File: "e/digits.yaml", Name: "digits",
		Network: experiment.Path{Text: "../net.yaml", Path: "net.yaml"},
		Dataset: experiment.Dataset{
			Format: dataset.CSV, File: experiment.Path{Text: "${DIGITS}/digits.csv.gz", Path: "/data/digits.csv.gz"},
			Label: experiment.Name{Text: "-1"}, Scale: 16, First: 100, Samples: 20,
		},
		Encode:   experiment.Encode{Input: experiment.Name{Text: "pixels"}, Kind: experiment.Poisson, Ticks: 65535, Seed: 7, Drain: 0, Gain: 0.5},
		Readout:  experiment.Readout{Population: experiment.Name{Text: "class"}, Kind: experiment.First},
		Target:   experiment.Name{Text: filepath.FromSlash("e/chips/mine.yaml")},
		Quantise: network.Quantise{Bits: 4, Clip: network.ClipMax, Per: network.PerNeuron},
		Seed:     &three,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(diag.Pos{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestParseReportsEveryMistake(t *testing.T) {
	_, err := experiment.Parse("e.yaml", []byte(`experimnt: mnist
network: ""
dataset: {format: csv, file: a.csv, images: b, scale: 0, samples: 0}
encode: {input: image, kind: rte, ticks: 70000, gain: -1}
readout: {population: digit, kind: sum}
quantise: {bits: 1}
seed: -4
`))
	want := `e.yaml:1:1: experiment file: unknown field "experimnt"; did you mean "experiment"? [unknown-field]
e.yaml:2:10: network: want a name, have "" [wrong-type]
e.yaml:3:10: dataset of format csv: field "label" is required [missing-field]
e.yaml:3:37: dataset of format csv: unknown field "images"; want one of format, scale, first, samples, file, label [unknown-field]
e.yaml:3:55: dataset: scale: is 0, want a number above 0 [out-of-range]
e.yaml:3:67: dataset: samples: is 0, want 1 to 2147483647 [out-of-range]
e.yaml:4:30: encode: kind: unknown value "rte"; did you mean "rate"? [unknown-name]
e.yaml:4:42: encode: ticks: is 70000, want 1 to 65535 [out-of-range]
e.yaml:4:55: encode: gain: is -1, want a number above 0 [out-of-range]
e.yaml:5:36: readout: kind: unknown value "sum"; want one of count, membrane, first [unknown-name]
e.yaml:6:18: quantise: bits: is 1, want 2 to 16 [out-of-range]
e.yaml:7:7: seed: is -4, want 0 and up [out-of-range]`
	if err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestParseEvents(t *testing.T) {
	const head, tail = "network: n.yaml\ndataset: {format: nmnist, file: a, part: train, polarity: on_off}\nencode: {input: in, kind: events, ticks: 9", "}\nreadout: {population: p, kind: count}\n"
	e, err := experiment.Parse("e.yaml", []byte(head+", bin: 500us"+tail))
	if err != nil {
		t.Fatal(err)
	}
	if d := e.Dataset; d.Format != dataset.NMNIST || d.Part != "train" || d.Polarity != events.OnOff || e.Encode.Kind != experiment.Events || e.Encode.Bin != 500e-6 {
		t.Errorf("%+v %+v", e.Dataset, e.Encode)
	}
	for text, want := range map[string]string{
		head + ", gain: 2" + tail: "encode: gain multiplies values, and kind events has none; drop it [unknown-field]",
		head + ", bin: 0" + tail:  "encode: bin: is 0, want a duration above 0, such as 1ms [out-of-range]",
		strings.Replace(head, "events", "rate", 1) + ", bin: 1ms" + tail:   "encode: bin is for kind events; drop it [unknown-field]",
		strings.Replace(head, "part: train", "scale: 2", 1) + tail:         `dataset of format nmnist: unknown field "scale"`,
		strings.Replace(head, "polarity: on_off", "polarity: x", 1) + tail: `dataset: polarity: unknown value "x"; want one of off_on, on_off, merged [unknown-name]`,
	} {
		if _, err := experiment.Parse("e.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestParseFormatsOfEvents(t *testing.T) {
	const head, tail = "network: n.yaml\ndataset: {", "}\nencode: {input: in, kind: events, ticks: 9}\nreadout: {population: p, kind: count}\n"
	for text, want := range map[string]experiment.Dataset{
		"format: dat, file: a, size: [100, 120], polarity: merged": {Format: dataset.DAT, Size: []int{100, 120}, Polarity: events.Merged},
		"format: aedat4, file: a, size: [8, 9], fit: crop":         {Format: dataset.AEDAT4, Size: []int{8, 9}, Fit: events.Crop},
		"format: shd, file: a, units: 128":                         {Format: dataset.SHD, Units: 128},
	} {
		e, err := experiment.Parse("e.yaml", []byte(head+text+tail))
		if err != nil {
			t.Error(err)
			continue
		}
		want.Scale, want.File = 1, experiment.Path{Text: "a", Path: "a"}
		if diff := cmp.Diff(want, e.Dataset, cmpopts.IgnoreTypes(diag.Pos{})); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	}
	for text, want := range map[string]string{
		"format: dat":                                 `2:10: dataset of format dat: field "file" is required [missing-field]`,
		"format: dat, file: a, size: 100":             "2:39: dataset: size: want a list, have \"100\" [wrong-type]",
		"format: dat, file: a, size: [100]":           "2:39: dataset: size: want two numbers, [HEIGHT, WIDTH], have a list of 1 [wrong-type]",
		"format: dat, file: a, size: [0, 16385]":      "2:40: dataset: size: is 0, want 1 to 16384 [out-of-range]",
		"format: aedat4, file: a, fit: scale":         "2:41: dataset: fit makes a sensor fit a size: want size: [HEIGHT, WIDTH], too [missing-field]",
		"format: aedat4, file: a, units: 9":           `2:36: dataset of format aedat4: unknown field "units"`,
		"format: shd, file: a, units: 0":              "2:40: dataset: units: is 0, want 1 to 16777216 [out-of-range]",
		"format: nmnist, file: a, size: [1, 2]":       `2:36: dataset of format nmnist: unknown field "size"`,
		"format: dat, file: a, size: [1, 2], fit: no": `2:52: dataset: fit: unknown value "no"; want one of crop, scale [unknown-name]`,
	} {
		if _, err := experiment.Parse("e.yaml", []byte(head+text+tail)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
}

func TestParseRefusesWhatIsNoExperiment(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "want a mapping"},
		{"list", "- a\n", "e.yaml:1:1: experiment file: want a mapping, have a list"},
		{"nothing in it", "experiment: x\n", `experiment file: field "readout" is required`},
		{"broken", "network: {", "[syntax]"},
		{"no format", "network: n\nencode: {input: i, kind: rate, ticks: 1}\nreadout: {population: p, kind: count}\ndataset: {file: a}\n", `e.yaml:4:10: dataset: field "format" is required`},
		{"block is a word", "network: n\ndataset: mnist\nencode: rate\nreadout: count\n", "e.yaml:2:10: dataset: want a mapping, have \"mnist\" [wrong-type]\ne.yaml:3:9: encode: want a mapping"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := experiment.Parse("e.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	if _, err := experiment.Load(filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(err.Error(), "none.yaml: cannot be read") {
		t.Errorf("no file: got %v", err)
	}
}

// withData writes an experiment over a small table and loads it.
func withData(t *testing.T, datasetBlock, table string) *experiment.Experiment {
	t.Helper()
	dir := t.TempDir()
	text := "network: n.yaml\ndataset: " + datasetBlock + "\nencode: {input: x, kind: rate, ticks: 4}\nreadout: {population: out, kind: count}\n"
	for name, content := range map[string]string{"e.yaml": text, "a.csv": table} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e, err := experiment.Load(filepath.Join(dir, "e.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const table = "a,b,class\n1,2,0\n3,4,1\n5,6,2\n7,8,1\n"

func TestLoadDataTakesTheSamplesAskedFor(t *testing.T) {
	tests := []struct {
		block  string
		labels []int
		first  float64
	}{
		{"{format: csv, file: a.csv, label: class}", []int{0, 1, 2, 1}, 1},
		{"{format: csv, file: a.csv, label: 2, scale: 10, first: 1}", []int{1, 2, 1}, 0.3},
		{"{format: csv, file: a.csv, label: -1, first: 1, samples: 2}", []int{1, 2}, 3},
	}
	for _, test := range tests {
		set, err := withData(t, test.block, table).LoadData()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.labels, set.Labels); diff != "" {
			t.Errorf("%s: labels (-want +got)\n%s", test.block, diff)
		}
		var sample [2]float64
		if set.Sample(0, sample[:]); sample[0] != test.first {
			t.Errorf("%s: first value is %v, want %v", test.block, sample[0], test.first)
		}
	}
}

func TestLoadDataSaysWhereTheDataAreNamed(t *testing.T) {
	tests := []struct{ name, block, table, want string }{
		{"no file", "{format: csv, file: b.csv, label: class}", table, "e.yaml:2:30: dataset: b.csv: no such file [missing-file]"},
		{"unset variable", "{format: csv, file: \"${NO_SUCH}/b.csv\", label: class}", table, "e.yaml:2:30: dataset: ${NO_SUCH}/b.csv: no such file; the environment variable NO_SUCH is not set [missing-file]"},
		{"no column", "{format: csv, file: a.csv, label: clss}", table, `e.yaml:2:44: dataset: a.csv: has no column "clss" for ` + "`label`" + `; did you mean "class"? [unknown-name]`},
		{"word", "{format: csv, file: a.csv, label: class}", "a,class\nx,0\n", "a.csv:2:1: want a number, have \"x\" [bad-dataset]\n\te.yaml:2:30: the data set is named here"},
		{"no idx", "{format: idx, images: a.csv, labels: a.csv}", table, "e.yaml:2:32: dataset: a.csv: is no IDX file"},
		{"first", "{format: csv, file: a.csv, label: class, first: 4}", table, "e.yaml:2:58: dataset: first is 4, but there are 4 samples, numbered from 0 [out-of-range]"},
		{"samples", "{format: csv, file: a.csv, label: class, first: 2, samples: 3}", table, "e.yaml:2:70: dataset: samples is 3, but only 2 are there from sample 2 on [out-of-range]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := withData(t, test.block, test.table)
			_, err := e.LoadData()
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.ReplaceAll(err.Error(), filepath.Dir(e.File)+string(filepath.Separator), "")
			if got != test.want && !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	net := &network.Network{
		File:   "n.yaml",
		Inputs: []network.Input{{Name: "bias", Shape: []int{1}}, {Name: "x", Shape: []int{2}, Pos: diag.Pos{File: "n.yaml", Line: 2, Col: 3}}, {Name: "image", Shape: []int{28, 28}}},
		Populations: []network.Population{
			{Name: "out", Shape: []int{3}, Model: network.IF},
			{Name: "pair", Shape: []int{2}, Model: network.IF, Pos: diag.Pos{File: "n.yaml", Line: 5, Col: 3}},
			{Name: "sums", Shape: []int{3}, Model: network.Integrator},
		},
	}
	const block = "{format: csv, file: a.csv, label: class, first: 1}"
	tests := []struct {
		name   string
		change func(*experiment.Experiment)
		want   string
	}{
		{"fits", func(*experiment.Experiment) {}, ""},
		{"unknown input", func(e *experiment.Experiment) { e.Encode.Input.Text = "imge" }, `e.yaml:3:17: encode: network n.yaml has no input "imge"; did you mean "image"? [unknown-name]`},
		{"input unlike any", func(e *experiment.Experiment) { e.Encode.Input.Text = "microphone" }, `has no input "microphone"; its inputs are bias, x, image`},
		{"shape", func(e *experiment.Experiment) { e.Encode.Input.Text = "image" }, `e.yaml:3:17: encode: input "image" has shape [28, 28], 784 values, but a sample of the data set has shape [2], 2 values [shape-mismatch]`},
		{"values as events", func(e *experiment.Experiment) { e.Encode.Kind = experiment.Events }, "e.yaml:3:9: encode: the data set has values and no events, so `kind: events` has nothing to encode; want rate, poisson, latency or direct [unsupported]"},
		{"unknown population", func(e *experiment.Experiment) { e.Readout.Population.Text = "ot" }, `e.yaml:4:23: readout: network n.yaml has no population "ot"; did you mean "out"? [unknown-name]`},
		{"input as population", func(e *experiment.Experiment) { e.Readout.Population.Text = "x" }, `readout: "x" is an input of network n.yaml, want a population`},
		{"labels", func(e *experiment.Experiment) { e.Readout.Population.Text = "pair" }, "e.yaml:4:23: readout: population \"pair\" has 2 neurons, for labels 0 to 1, but sample 2 has label 2 and the data set's largest is 2 [bad-dataset]\n\tn.yaml:5:3: the population\n\te.yaml:2:10: the data set"},
		{"silent population", func(e *experiment.Experiment) { e.Readout.Population.Text = "sums" }, "readout: population \"sums\" is of neuron integrator, which never fires, so `kind: count` has nothing to read; want `kind: membrane`"},
		{"membrane of a silent population", func(e *experiment.Experiment) {
			e.Readout.Population.Text, e.Readout.Kind = "sums", experiment.Membrane
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := withData(t, block, table)
			set, err := e.LoadData()
			if err != nil {
				t.Fatal(err)
			}
			test.change(e)
			err = e.Check(net, set)
			if test.want == "" {
				if err != nil {
					t.Errorf("got %v, want no error", err)
				}
				if e.Input(net) != 1 || e.Population(net) < 0 {
					t.Errorf("input %d, population %d", e.Input(net), e.Population(net))
				}
				return
			}
			if _, ok := errors.AsType[*diag.Error](err); !ok {
				t.Fatalf("got %v, want a *diag.Error", err)
			}
			got := strings.ReplaceAll(err.Error(), filepath.Dir(e.File)+string(filepath.Separator), "")
			if !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	if err := withData(t, block, table).Check(net, nil); err != nil {
		t.Errorf("without data: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(mnist))
	for _, src := range golden.Files(f, "../../examples/*/experiment*.yaml") {
		f.Add(src)
	}
	f.Add([]byte("dataset: {format: npz, file: a, images: x, labels: y}\nquantise: {bits: 4}\nseed: 1\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		e, err := experiment.Parse("e.yaml", src)
		if e == nil {
			t.Fatalf("no experiment with error %v", err)
		}
		_ = e.Check(&network.Network{}, nil) // what mistakes leave can be checked
		if err != nil {
			golden.Told(t, err, "e.yaml", src)
		}
	})
}
