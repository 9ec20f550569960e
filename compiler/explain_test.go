package compiler

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/ir"
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
		Population: "a", Model: "if", Target: "chip", Neurons: 2, Found: 1, Bound: 1, Sources: 3, Axons: 3,
		Needs: []Need{{"neurons", 2, 2, 1}, {"axons", 3, 8, 1}, {"fan-out", 2, 8, 1}},
		FanIn: Spread{2, 2, 2}, FanOut: Spread{0, 3, 3},
		Cores: []ExplainedCore{{CoreReport: core, Shared: 1, Own: 2, Uses: []CoreUse{{"neurons", 2, 2}, {"axons", 3, 8}, {"fan-out", 3, 8}}}},
		From:  []Partner{{"in", 1, Weighted{1, 5}}, {"a", 1, Weighted{}}, {"b", 2, Weighted{1, 17}}},
		To:    []Partner{{"a", 1, Weighted{}}, {"b", 2, Weighted{1, 11}}},
		Reasons: []string{
			"it takes 1 core at least: 2 slots are needed, a core has 2",
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
		"it takes 5 cores at least: 40 axons are needed, a core has 8",
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
	if diff := cmp.Diff(want, reach(res.Mapped, 0), cmp.AllowUnexported(reached{})); diff != "" {
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
