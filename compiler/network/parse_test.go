package network_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
)

// anywhere compares without positions.
var anywhere = cmp.FilterPath(
	func(p cmp.Path) bool { return p.Last().Type() == reflect.TypeFor[diag.Pos]() },
	cmp.Ignore(),
)

// parse parses a network, beside the files of arrayDir if it names any.
func parse(t *testing.T, src string) *network.Network {
	t.Helper()
	dir := ""
	if strings.Contains(src, "file:") {
		dir = arrayDir(t)
	}
	net, err := network.Parse(filepath.Join(dir, "net.yaml"), []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func one(x float64) network.Value { return network.Value{Values: []float64{x}} }

func all(v network.Value) network.Numbers { return network.Numbers{List: numbers.Of(v.Values...)} }

func TestWholeNetwork(t *testing.T) {
	got := parse(t, `
network: mlp
tick: 500us
inputs:
  image: {shape: [2, 3]}
populations:
  hidden: {shape: [4], neuron: if, params: {threshold: 2, reset: subtract, bias: {file: mlp.npz, array: b1}}}
  digit:  {shape: 3, neuron: cuba_lif, params: {tau_mem: 20ms, tau_syn: 0.005, refractory: 2, reset: value, v_reset: -1}}
  sum:    {shape: 3, neuron: integrator}
projections:
  - {from: image, to: hidden, connect: dense, weights: {file: mlp.npz, array: w1, scale: 0.5, offset: 1}}
  - {from: hidden, to: digit, connect: dense, weights: {file: mlp.npz, array: w2}, delay: 3, quantise: {bits: 8}}
  - {from: digit, to: digit, connect: one_to_one, weights: -1}
  - {from: digit, to: digit, connect: one_to_one, weights: [1, 2, 3], delay: [4, 5, 6]}
  - {from: digit, to: sum, connect: one_to_one}
outputs: [sum, digit]
quantise: {bits: 4, clip: mse, per: neuron}
`)
	counting := func(n int, scale, offset float64) network.Value {
		v := network.Value{Values: make([]float64, n)}
		for i := range v.Values {
			v.Values[i] = scale*float64(i) + offset
		}
		return v
	}
	want := &network.Network{
		Name:   "mlp",
		Tick:   0.0005,
		Inputs: []network.Input{{Name: "image", Shape: []int{2, 3}}},
		Populations: []network.Population{
			{
				Name: "hidden", Shape: []int{4}, Model: network.IF, Reset: network.ResetSubtract,
				Params: map[network.Param]network.Value{
					network.VThreshold: one(2), network.VReset: one(0), network.R: one(1),
					network.Bias: counting(4, 1, 0), network.VInit: one(0), network.Refractory: one(0),
				},
			},
			{
				Name: "digit", Shape: []int{3}, Model: network.CubaLIF, Reset: network.ResetValue,
				Params: map[network.Param]network.Value{
					network.Tau: one(0.02), network.TauSyn: one(0.005), network.VThreshold: one(1),
					network.VReset: one(-1), network.VLeak: one(0), network.R: one(1), network.WIn: one(1),
					network.Bias: one(0), network.VInit: one(0), network.IInit: one(0), network.Refractory: one(2),
				},
			},
			{
				Name: "sum", Shape: []int{3}, Model: network.Integrator, Reset: network.ResetNone,
				Params: map[network.Param]network.Value{network.R: one(1), network.Bias: one(0), network.VInit: one(0)},
			},
		},
		Projections: []network.Projection{
			{
				Name: "image→hidden", From: network.Ref{Input: true, Index: 0}, To: 0,
				Weights: all(counting(24, 0.5, 1)), Delays: all(one(1)),
			},
			{
				Name: "hidden→digit", From: network.Ref{Index: 0}, To: 1,
				Weights: all(counting(12, 1, 0)), Delays: all(one(3)), Quantise: network.Quantise{Bits: 8},
			},
			{
				Name: "digit→digit", From: network.Ref{Index: 1}, To: 1,
				Connect: network.Connect{Kind: network.OneToOne}, Weights: all(one(-1)), Delays: all(one(1)),
			},
			{
				Name: "digit→digit#2", From: network.Ref{Index: 1}, To: 1,
				Connect: network.Connect{Kind: network.OneToOne}, Weights: all(counting(3, 1, 1)), Delays: all(counting(3, 1, 4)),
			},
			{
				Name: "digit→sum", From: network.Ref{Index: 1}, To: 2,
				Connect: network.Connect{Kind: network.OneToOne}, Weights: all(one(1)), Delays: all(one(1)),
			},
		},
		Outputs:  []int{2, 1},
		Quantise: network.Quantise{Bits: 4, Clip: network.ClipMSE, Per: network.PerNeuron},
	}
	want.File = got.File
	if diff := cmp.Diff(want, got, anywhere); diff != "" {
		t.Errorf("network differs (-want +got):\n%s", diff)
	}
}

func TestPositionsAreThoseOfTheFile(t *testing.T) {
	net := parse(t, `inputs: {i: {shape: 2}}
populations:
  h: {shape: 2, neuron: if, params: {bias: [1, 2]}}
projections:
  - {from: i, to: h, connect: one_to_one, weights: 3}
`)
	at := func(p diag.Pos) [2]int { return [2]int{p.Line, p.Col} }
	h, pr := net.Populations[0], net.Projections[0]
	got := [][2]int{
		at(net.Inputs[0].Pos), at(h.Pos), at(h.Params[network.Bias].Pos), at(h.Params[network.R].Pos),
		at(pr.Pos), at(pr.Weights.Pos), at(pr.Delays.Pos),
	}
	want := [][2]int{{1, 10}, {3, 3}, {3, 44}, {3, 3}, {5, 5}, {5, 52}, {5, 5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("positions differ (-want +got):\n%s", diff)
	}
	if h.Pos.File != net.File {
		t.Errorf("position is in file %q, want %q", h.Pos.File, net.File)
	}
}

func TestDefaultsOfWhatIsNotWritten(t *testing.T) {
	net, err := network.Parse("dir/tiny.net.yaml", []byte("populations: {a: {shape: [1], neuron: if}}"))
	if err != nil {
		t.Fatal(err)
	}
	want := &network.Network{
		File: "dir/tiny.net.yaml", Name: "tiny.net", Tick: 0.001,
		Populations: []network.Population{{
			Name: "a", Shape: []int{1}, Model: network.IF, Reset: network.ResetZero,
			Params: map[network.Param]network.Value{
				network.VThreshold: one(1), network.VReset: one(0), network.R: one(1),
				network.Bias: one(0), network.VInit: one(0), network.Refractory: one(0),
			},
		}},
	}
	if diff := cmp.Diff(want, net, anywhere); diff != "" {
		t.Errorf("network differs (-want +got):\n%s", diff)
	}
}

func TestParameterValues(t *testing.T) {
	for _, tt := range []struct {
		name, shape, value string
		want               []float64
	}{
		{"a number", "[2, 2]", "0.25", []float64{0.25}},
		{"a list", "4", "[1, 2, 3, 4]", []float64{1, 2, 3, 4}},
		{"a nested list", "[2, 2]", "[[1, 2], [3, 4]]", []float64{1, 2, 3, 4}},
		{"a list over lines", "2", "\n        - 1\n        - -2e-3\n        ", []float64{1, -0.002}},
		{"an array of an npz", "4", "{file: mlp.npz, array: b1}", []float64{0, 1, 2, 3}},
		{"scale multiplies, then offset is added", "4", "{file: mlp.npz, array: b1, scale: 2, offset: -1}", []float64{-1, 1, 3, 5}},
		{"an array of no dimensions", "4", "{file: mlp.npz, array: scalar, scale: 2}", []float64{14}},
		{"an npy", "24", "{file: one.npy, offset: 0}", count(24)},
		{"a column of a csv", "4", "{file: bias.csv, array: bias}", []float64{0.5, 0.25, 0.125, 1}},
		{"a whole csv", "[4, 2]", "{file: bias.csv}", []float64{0.5, 1, 0.25, 2, 0.125, 3, 1, 4}},
		{"along the first axis", "[2, 3]", "{file: conv.npz, array: b, axis: 0}", []float64{0, 0, 0, 1, 1, 1}},
		{"along the middle axis", "[2, 2, 2]", "{file: conv.npz, array: b, axis: 1, scale: 3}", []float64{0, 0, 3, 3, 0, 0, 3, 3}},
		{"along the last axis", "[3, 2]", "{file: conv.npz, array: b, axis: 1}", []float64{0, 1, 0, 1, 0, 1}},
		{"a distribution of one point", "3", "{uniform: [2, 2], seed: 1, scale: 2, offset: 1}", []float64{5, 5, 5}},
		{"no spread", "3", "{normal: [2, 0]}", []float64{2, 2, 2}},
		{"one integer", "3", "{integer: [-2, -2]}", []float64{-2, -2, -2}},
		{"an alias", "4", "&b [1, 2, 3, 4]", []float64{1, 2, 3, 4}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			net := parse(t, "populations:\n  a:\n    shape: "+tt.shape+"\n    neuron: if\n    params:\n      bias: "+tt.value+"\n")
			if diff := cmp.Diff(tt.want, net.Populations[0].Params[network.Bias].Values); diff != "" {
				t.Errorf("bias differs (-want +got):\n%s", diff)
			}
		})
	}
}

func count(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i)
	}
	return x
}

func TestTimesHaveUnits(t *testing.T) {
	for value, want := range map[string][]float64{
		"20ms":                  {0.02},
		"0.02":                  {0.02},
		"[20ms, 0.01]":          {0.02, 0.01},
		"{uniform: [5ms, 5ms]}": {0.005, 0.005},
		"{normal: [5ms, 0]}":    {0.005, 0.005},
		"{uniform: [3, 3], scale: 1e-3, offset: 1ms}": {0.004, 0.004},
		"1ms": {0.001},
	} {
		net := parse(t, "populations: {a: {shape: 2, neuron: lif, params: {tau: "+value+"}}}")
		if diff := cmp.Diff(want, net.Populations[0].Params[network.Tau].Values); diff != "" {
			t.Errorf("tau: %s differs (-want +got):\n%s", value, diff)
		}
	}
}

func TestEnvironmentIsExpandedInPaths(t *testing.T) {
	dir := arrayDir(t)
	t.Setenv("WEFT_TEST_ARRAYS", dir)
	net, err := network.Parse("elsewhere/net.yaml", []byte(`
inputs: {i: {shape: 6}}
populations: {h: {shape: 4, neuron: if}}
projections:
  - {from: i, to: h, connect: dense, weights: {file: "${WEFT_TEST_ARRAYS}/mlp.npz", array: w1}}
  - {from: i, to: h, connect: {file: "${WEFT_TEST_ARRAYS}/edges.npz"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(count(24), net.Projections[0].Weights.Floats()); diff != "" {
		t.Errorf("weights differ (-want +got):\n%s", diff)
	}
}

func TestArraysAreSharedAndNotChanged(t *testing.T) {
	net := parse(t, `
inputs: {i: {shape: 6}}
populations: {h: {shape: 4, neuron: if}}
projections:
  - {from: i, to: h, connect: dense, weights: {file: mlp.npz, array: w1, scale: 2}}
  - {from: i, to: h, connect: dense, weights: {file: mlp.npz, array: w1}}
  - {from: i, to: h, connect: dense, weights: {file: mlp.npz, array: w1}}
`)
	if diff := cmp.Diff(count(24), net.Projections[1].Weights.Floats()); diff != "" {
		t.Errorf("weights differ (-want +got):\n%s", diff)
	}
	a, _ := net.Projections[1].Weights.Bytes()
	b, _ := net.Projections[2].Weights.Bytes()
	if &a[0] != &b[0] {
		t.Error("the array was read or copied twice")
	}
}

func TestJSONIsANetworkFileToo(t *testing.T) {
	src := `{"network": "j", "populations": {"a": {"shape": [2], "neuron": "if", "params": {"bias": [1, 2.5]}}}}`
	net := parse(t, src)
	if got := net.Populations[0].Params[network.Bias].Values; net.Name != "j" || got[1] != 2.5 {
		t.Errorf("got name %q and bias %v, want j and [1 2.5]", net.Name, got)
	}
}

func TestLoadReadsBesideTheFile(t *testing.T) {
	path := filepath.Join(arrayDir(t), "net.yaml")
	writeFile(t, path, "populations: {a: {shape: 4, neuron: if, params: {bias: {file: mlp.npz, array: b1}}}}")
	net, err := network.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := net.Populations[0].Params[network.Bias].Values; !reflect.DeepEqual(got, count(4)) {
		t.Errorf("bias is %v, want the array", got)
	}
	if !strings.HasSuffix(net.File, "net.yaml") || net.Name != "net" {
		t.Errorf("file %q, name %q; want net.yaml and net", net.File, net.Name)
	}
}

// A default may be a model's own, and may follow from other parameters.
func TestDefaultsOfAModelsOwn(t *testing.T) {
	net := parse(t, `
populations:
  one: {shape: 3, neuron: izhikevich}
  many: {shape: 3, neuron: izhikevich, params: {b: [0.2, 0.25, 0.1], v_init: -60, threshold: 35}}
  alike: {shape: 3, neuron: izhikevich, params: {b: [0.25, 0.25, 0.25], u_init: [1, 2, 3]}}
  ringing: {shape: 2, neuron: resonate_and_fire, params: {tau: 20ms, frequency: [40Hz, 0.1kHz], threshold: [2, 3]}}
`)
	for _, tt := range []struct {
		pop   int
		param network.Param
		want  []float64
	}{
		{0, network.VThreshold, []float64{30}},
		{0, network.VInit, []float64{-65}},
		{0, network.UInit, []float64{-13}},
		{1, network.VThreshold, []float64{35}},
		{1, network.UInit, []float64{-12, -15, -6}},
		{2, network.UInit, []float64{1, 2, 3}},
		{3, network.VReset, []float64{2, 3}},
		{3, network.Frequency, []float64{40, 100}},
	} {
		if diff := cmp.Diff(tt.want, net.Populations[tt.pop].Params[tt.param].Values); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", tt.param, net.Populations[tt.pop].Name, diff)
		}
	}
}
