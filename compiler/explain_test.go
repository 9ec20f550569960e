package compiler

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa/image"
)

// Population `a` of the small network, as counted by hand: it hears input 0,
// its own neuron 0 and twice neuron 2, and talks to both populations.
func TestExplanationOfASmallPopulation(t *testing.T) {
	m := small()
	m.Cores[0].Axons = []ir.Axon{
		{Input: true, Slots: []uint16{0}},
		{Source: 0, Slots: []uint16{1}},
		{Source: 2, Slots: []uint16{0, 1}},
	}
	r := &Result{Mapped: m, Image: &image.Image{Manifest: image.Manifest{Target: "chip"}}, Profile: []int64{5, 7, 11, 13, 17}}
	core := CoreReport{Core: 0, Population: "a", Neurons: 2, Axons: 3, Synapses: 4, SynapseWords: 6, FanOut: 3, Limit: "neurons", Share: 1}
	want := &Explanation{
		Population: "a", Model: "if", Target: "chip", Neurons: 2, Shared: []SharedNeuron{}, Removed: []int{}, Found: 1, Bound: 1, Sources: 3, Axons: 3,
		Needs: []Need{{"neurons", 2, 2, 1}, {"axons", 3, 8, 1}, {"fan-out", 2, 8, 1}},
		FanIn: Spread{2, 2, 2}, FanOut: Spread{0, 3, 3},
		Cores: []ExplainedCore{{CoreReport: core, Shared: 1, Own: 2, Uses: []CoreUse{{"neurons", 2, 2}, {"axons", 3, 8}, {"fan-out", 3, 8}}}},
		From:  []Partner{{"in", 1, Weighted{1, 5}}, {"a", 1, Weighted{}}, {"b", 2, Weighted{1, 17}}},
		To:    []Partner{{"a", 1, Weighted{}}, {"b", 2, Weighted{1, 11}}},
		Reasons: []string{
			"it takes 1 core at least: 2 slots, and a core has 2",
			"it has no more than that",
		},
	}
	if diff := cmp.Diff(want, r.Explain(0)); diff != "" {
		t.Errorf("explanation (-want +got):\n%s", diff)
	}
	b := r.Explain(1)
	if want := []Partner{{"a", 2, Weighted{1, 17}}, {"host", 0, Weighted{1, 17}}}; !cmp.Equal(want, b.To) {
		t.Errorf("b talks to %v, want %v", b.To, want)
	}
}

// Which neurons share and which are gone, and what that saves.
func TestReportAndExplanationTellWhatIsLeftOut(t *testing.T) {
	chip := load(t, "xbar256")
	net := parse(t, `
inputs: {in: {shape: 2}}
populations:
  a: {shape: 8, neuron: if}
  b: {shape: 2, neuron: if, params: {threshold: 9}}
  c: {shape: 3, neuron: lif, params: {tau: 9ms}}
projections:
  - {from: in, to: a, connect: {list: [[0, 1, 1], [0, 4, 1], [1, 2, 1], [1, 3, 1], [1, 7, 1], [0, 5, -1]]}}
  - {from: a, to: b, connect: {list: [[1, 0, 1], [4, 0, 1], [2, 1, 1], [5, 1, 1]]}}
  - {from: a, to: c, connect: dense}
outputs: [b]
`)
	compiled := func(o network.Optimise) *Result {
		t.Helper()
		res, err := Compile(t.Context(), net, chip.Name, &chip.Arch, Options{Optimise: o})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	before, after := compiled(network.Optimise{}), compiled(network.Optimise{Dead: true, Share: true, Unreachable: true})
	a := after.Explain(0)
	if diff := cmp.Diff([]SharedNeuron{{1, []int{4}}, {2, []int{3, 7}}}, a.Shared); diff != "" {
		t.Errorf("shared (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{0, 5, 6}, a.Removed); diff != "" {
		t.Errorf("removed (-want +got):\n%s", diff)
	}
	c := after.Explain(2)
	if diff := cmp.Diff([]string{"it takes no core: all of its neurons are left out"}, c.Reasons); diff != "" || c.Found != 0 || c.Bound != 0 {
		t.Errorf("of a population that is gone: %d cores, %d at least, reasons (-want +got):\n%s", c.Found, c.Bound, diff)
	}
	was, is := before.Report(nil), after.Report(nil)
	if is.Doubles != 3 || is.Removed != 6 || is.Populations[0].Doubles != 3 || is.Populations[0].Removed != 3 || is.Populations[2].Removed != 3 {
		t.Errorf("%d doubles and %d removed of %+v", is.Doubles, is.Removed, is.Populations)
	}
	if was.Doubles+was.Removed != 0 || was.Cores-is.Cores != 1 || was.Axons-is.Axons < 10 {
		t.Errorf("from %d cores and %d axons to %d and %d: nothing is saved", was.Cores, was.Axons, is.Cores, is.Axons)
	}
	for _, r := range []*Report{was, is} {
		for _, b := range r.Bounds.Rows() {
			if b.Found < b.Bound.Bound {
				t.Errorf("%s: %d found, and %d at least", b.Name, b.Found, b.Bound.Bound)
			}
		}
	}
}

// A network of more neurons than the target has may fit without those that are left
// out; where it does not, the message comes as ever.
func TestNetworkThatFitsWithoutWhatIsLeftOut(t *testing.T) {
	chip := load(t, "xbar256")
	arch := chip.Arch
	arch.MeshWidth, arch.MeshHeight, arch.Neurons = 2, 1, 4
	for _, c := range []struct {
		neurons int
		share   bool
		want    string
	}{{32, true, ""}, {33, true, "has 33 neurons, 25 more than the 8"}, {9, false, "has 9 neurons, 1 more than the 8"}} {
		net := parse(t, fmt.Sprintf("inputs: {in: {shape: 1}}\npopulations: {p: {shape: %d, neuron: if}}\nprojections: [{from: in, to: p, connect: dense, weights: 1}]\n", c.neurons))
		_, err := Compile(t.Context(), net, "small", &arch, Options{Optimise: network.Optimise{Share: c.share}})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%d neurons, share %v: got %v, want %q", c.neurons, c.share, err, c.want)
		}
	}
}

// A population whose neurons have few sources in common takes more cores than
// the bounds say; the explanation says of what they are full and what helps.
func TestExplanationSaysWhatBindsAndWhatHelps(t *testing.T) {
	chip := load(t, "xbar256")
	arch := chip.Arch
	arch.Neurons, arch.Axons, arch.PartialSums = 16, 8, false
	net := parse(t, `
inputs: {in: {shape: 40}}
populations: {p: {shape: 40, neuron: if}}
projections: [{from: in, to: p, connect: {sparse: {in_degree: 5, seed: 1}}, weights: 1}]
`)
	res, err := Compile(t.Context(), net, chip.Name, &arch, Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := res.Explain(0)
	if e.Found <= int(e.Bound) || e.Bound != 5 {
		t.Fatalf("%d cores, at least %d; want more than 5, and 5", e.Found, e.Bound)
	}
	text := strings.Join(e.Reasons, "\n")
	for _, part := range []string{
		"it takes 5 cores at least: 40 axons, and a core has 8",
		"are fullest of axons",
		"its 40 sources take ",
		"with 16 axons a core it would take 3 cores at least",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the reasons do not say %q:\n%s", part, text)
		}
	}
}

// With delays at axons a source takes an axon for each of its delays.
func TestADelayTakesAnAxon(t *testing.T) {
	chip := load(t, "xbar256")
	net := parse(t, `
inputs: {in: {shape: 1}}
populations: {p: {shape: 4, neuron: if}}
projections: [{from: in, to: p, connect: {list: [[0, 0, 1, 1], [0, 1, 1, 2], [0, 2, 1, 1], [0, 3, 1, 5], [0, 3, 1, 5]]}}]
`)
	res, err := Compile(t.Context(), net, chip.Name, &chip.Arch, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []reached{{0, 1, 2, 2}, {0, 2, 1, 1}, {0, 5, 1, 2}}
	if diff := cmp.Diff(want, reach(res.Mapped.Quantized, res.Mapped.Arch, 0), cmp.AllowUnexported(reached{})); diff != "" {
		t.Errorf("reached (-want +got):\n%s", diff)
	}
}

func TestAProfileOfAnotherSizeIsRefused(t *testing.T) {
	chip := load(t, "xbar256")
	net := parse(t, "inputs: {in: {shape: 2}}\npopulations: {p: {shape: 1, neuron: if}}\n")
	_, err := Compile(t.Context(), net, chip.Name, &chip.Arch, Options{Profile: []int64{1, 2}})
	if err == nil || err.Error() != "compile: the profile has 2 sources, the network has 3" {
		t.Errorf("error %v", err)
	}
}
