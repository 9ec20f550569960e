package codegen_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/codegen"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

func xbar256(t *testing.T) targets.Arch {
	t.Helper()
	chip, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	return chip.Arch
}

func generate(t *testing.T, text string, a targets.Arch) (*image.Image, error) {
	t.Helper()
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	q, err := quant.Quantise(lower.Lower(net), &a, network.Quantise{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Map(t.Context(), q, &a, mapping.Options{})
	if err != nil {
		t.Fatal(err)
	}
	im, err := codegen.Generate(m, "chip")
	if err == nil {
		if err := im.Verify(); err != nil {
			t.Fatal(err)
		}
	}
	return im, err
}

func generated(t *testing.T, text string, a targets.Arch) *image.Image {
	t.Helper()
	im, err := generate(t, text, a)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// registers returns the bank that holds each parameter of a program.
func registers(p *isa.Program) map[string]string {
	out := map[string]string{}
	for _, b := range p.Params {
		out[b.Name] = b.Reg.String()[:1]
	}
	return out
}

func TestUniformParametersAreHeldOnceACore(t *testing.T) {
	im := generated(t, "populations: {p: {shape: 3, neuron: if, params: {threshold: 7, bias: [1, 2, 3], v_init: [4, 5, 6]}}}\n", xbar256(t))
	if diff := cmp.Diff(map[string]string{"threshold": "c", "bias": "p"}, registers(&im.Programs[0])); diff != "" {
		t.Errorf("banks (-want +got):\n%s", diff)
	}
	c := &im.Cores[0]
	if c.ParamWords != 1 || !cmp.Equal(c.Params, []int32{1, 2, 3}) || !cmp.Equal(c.State, []int32{4, 5, 6}) {
		t.Errorf("%d parameter words %v, state %v, want 1, [1 2 3] and [4 5 6]", c.ParamWords, c.Params, c.State)
	}
	if diff := cmp.Diff([isa.NumConsts]int32{7}, c.Consts); diff != "" {
		t.Errorf("constants (-want +got):\n%s", diff)
	}
}

// A list of equal numbers is as uniform as one number.
func TestEqualParametersAreUniform(t *testing.T) {
	im := generated(t, "populations: {p: {shape: 2, neuron: if, params: {threshold: [7, 7], bias: [0, 0]}}}\n", xbar256(t))
	if c := &im.Cores[0]; c.ParamWords != 0 || c.Consts[1] != 7 && c.Consts[0] != 7 {
		t.Errorf("%d parameter words and constants %v, want none and a 7", c.ParamWords, c.Consts)
	}
}

// Every parameter of the largest model may differ from neuron to neuron.
func TestAllParametersMayBeANeuronsOwn(t *testing.T) {
	im := generated(t, `
populations:
  p:
    shape: 2
    neuron: cuba_lif
    params: {tau: [2ms, 4ms], tau_syn: [2ms, 4ms], r: [1, 3], bias: [1, 5], v_leak: [1, 5], threshold: [1, 2], reset: value, v_reset: [0, 1], refractory: [0, 3]}
`, xbar256(t))
	c := &im.Cores[0]
	if len(im.Programs[0].Params) != 8 || c.ParamWords != 8 || len(c.Params) != 16 {
		t.Errorf("%d parameters, %d words a neuron, %d in the core, want 8, 8, 16", len(im.Programs[0].Params), c.ParamWords, len(c.Params))
	}
}

// a, b and e differ in constants alone: these become words of the neurons, and one
// core holds all three.
func TestEqualProgramsAreShared(t *testing.T) {
	im := generated(t, `
populations:
  a: {shape: 2, neuron: if, params: {threshold: 7}}
  b: {shape: 2, neuron: if, params: {threshold: 9, bias: 1}}
  c: {shape: 2, neuron: if, params: {threshold: 9, reset: subtract}}
  d: {shape: 2, neuron: if, params: {threshold: 9, refractory: 1}}
  e: {shape: 2, neuron: if, params: {threshold: 9, bias: [1, 2]}}
  f: {shape: 2, neuron: if, params: {threshold: 0.3}}
  g: {shape: 2, neuron: integrator}
`, xbar256(t))
	var got []int32
	for k := range im.Cores {
		got = append(got, im.Cores[k].Program)
	}
	if diff := cmp.Diff([]int32{0, 1, 2, 3, 4}, got); diff != "" || len(im.Programs) != 5 {
		t.Errorf("%d programs; of the cores (-want +got):\n%s", len(im.Programs), diff)
	}
}

func TestRowsAndDestinationsAreThoseOfTheMapping(t *testing.T) {
	text := `
inputs: {in: {shape: 2}}
populations: {p: {shape: 2, neuron: if, params: {threshold: 7}}}
projections:
  - {from: in, to: p, connect: {list: [[1, 0, 5, 2], [1, 1, -6, 3]]}}
outputs: [p]
`
	a := xbar256(t)
	im := generated(t, text, a)
	if diff := cmp.Diff([]image.Row{{Slots: []uint16{0}, Weights: []int16{5}}, {Slots: []uint16{1}, Weights: []int16{-6}}}, im.Cores[0].Rows.Unpack()); diff != "" {
		t.Errorf("rows with delays at axons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]image.Dest{{}, {{Core: 0, Axon: 0, Delay: 2}, {Core: 0, Axon: 1, Delay: 3}}}, im.InputDests); diff != "" {
		t.Errorf("destinations with delays at axons (-want +got):\n%s", diff)
	}
	a.SynapseFormat, a.SynapseWords, a.DelayPlace = targets.Sparse, 64, targets.DelaySynapse
	im = generated(t, text, a)
	if diff := cmp.Diff([]image.Row{{Slots: []uint16{0, 1}, Weights: []int16{5, -6}, Delays: []uint16{2, 3}}}, im.Cores[0].Rows.Unpack()); diff != "" {
		t.Errorf("rows with delays at synapses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]image.Dest{{{Core: image.Host}}, {{Core: image.Host}}}, im.Cores[0].Dests); diff != "" {
		t.Errorf("destinations of an output (-want +got):\n%s", diff)
	}
}

func TestManifestSaysHowPotentialsAreScaled(t *testing.T) {
	im := generated(t, "inputs: {in: {shape: 1}}\npopulations: {p: {shape: 2, neuron: if, params: {threshold: 1.5}}}\nprojections: [{from: in, to: p, connect: dense, weights: [0.3171, 0.1], quantise: {clip: max, per: neuron}}]\n", xbar256(t))
	s := im.Manifest.Populations[0]
	// A potential of 1 is scale·2^frac; the threshold in each neuron's words says it too.
	for i, scale := range s.Scale {
		if got := float64(im.Cores[0].Params[i]); got < 1.5*scale-0.5 || got > 1.5*scale+0.5 {
			t.Errorf("neuron %d: threshold %g, want 1.5 × %g", i, got, scale)
		}
	}
	if len(s.Scale) != 2 || s.InputShift == 0 {
		t.Errorf("symbol %+v, want a scale each and a shift", s)
	}
}

func TestWhatAProgramLacksIsToldOfEachPopulation(t *testing.T) {
	const text = `
populations:
  a: {shape: 1, neuron: lif, params: {tau: 3ms}}
  b: {shape: 1, neuron: if}
  c: {shape: 1, neuron: lif, params: {tau: 4ms, threshold: 2}}
  d: {shape: 1, neuron: cuba_lif, params: {tau: 3ms, tau_syn: 2ms}}
`
	doc, _ := isa.ExtensionOf('M')
	missing := " needs extension M (" + doc + "), which the target does not have; choose a target that lists it [no-extension]"
	for _, test := range []struct {
		name, text string
		change     func(a *targets.Arch)
		want       string
	}{
		{
			"an extension, once a population", text, func(a *targets.Arch) { a.Extensions = "" },
			`net.yaml:3:3: population "a": neuron lif` + missing + "\n" +
				`net.yaml:5:3: population "c": neuron lif` + missing + "\n" +
				`net.yaml:6:3: population "d": neuron cuba_lif` + missing,
		},
		{
			"program memory", "populations: {a: {shape: 1, neuron: if}, b: {shape: 1, neuron: integrator}}\n", func(a *targets.Arch) { a.ProgramWords = 3 },
			`net.yaml:1:15: population "a": program "if" has 5 instructions, 2 more than the 3 that a core holds [does-not-fit]`,
		},
		{
			"state words", "populations: {a: {shape: 1, neuron: if, params: {refractory: 1}}}\n", func(a *targets.Arch) { a.StateWords = 1 },
			`net.yaml:1:15: population "a": program "if" keeps 2 state words, a core has 1 per neuron [does-not-fit]`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := xbar256(t)
			test.change(&a)
			_, err := generate(t, test.text, a)
			user, ok := errors.AsType[*diag.Error](err)
			if !ok {
				t.Fatalf("error %v, want a *diag.Error", err)
			}
			if diff := cmp.Diff(test.want, user.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// A chip's model with choices that need more words than a neuron has is told as
// what it is, and so is one whose program is too long.
func TestChoicesThatAreTooManyAreTold(t *testing.T) {
	a := xbar256(t)
	for choices, want := range map[string]string{
		"latency: true, bistable: true, variable_threshold: true": `net.yaml:1:15: population "p": neuron odin_izh with all of these choices is more than a neuron can hold (.state count: a neuron has at most 8 state words): leave some out [does-not-fit]`,
		"phasic: true": `net.yaml:1:15: population "p": program "odin_izh" has 86 instructions, 22 more than the 64 that a core holds [does-not-fit]`,
	} {
		_, err := generate(t, "populations: {p: {shape: 1, neuron: odin_izh, params: {"+choices+"}}}\n", a)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", choices, err, want)
		}
	}
}
