package compiler

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A report of two cores, counted by hand: `a` is fed by three inputs, `b` by
// both neurons of `a`, one of them after two delays.
func TestReportCountsWhatIsUsed(t *testing.T) {
	_, text, target := archive(t, "testdata/dense.txtar")
	chip := load(t, target)
	res, err := Compile(t.Context(), parse(t, text), chip.Name, &chip.Arch, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := res.Report([]byte("image"))
	if len(got.Seconds) != len(PassNames()) {
		t.Errorf("times of %d passes, want %d", len(got.Seconds), len(PassNames()))
	}
	got.Seconds = nil
	// Inputs reach the core at the I/O port in no hops, `a` reaches `b` in one
	// each, twice from neuron 1 for its second synapse of the same pair; `b` is one
	// hop from the host.
	want := &Report{
		Network: "dense", Target: "xbar256", Cores: 2, Neurons: 4, Axons: 6, Synapses: 10, MaxCores: 256,
		Utilisation: Utilisation{Cores: 2. / 256, Neurons: 4. / 512, Axons: 6. / 512, Synapses: 10. / (2 * 256 * 256)},
		Cut:         Weighted{2, 2},
		Hops:        Weighted{3 + 2, 3 + 2},
		Populations: []PopulationReport{
			{Name: "a", Model: "if", Neurons: 2, Cores: 1, FanInMax: 3, Instructions: 5, Exact: true},
			{Name: "b", Model: "if", Neurons: 2, Cores: 1, FanInMax: 3, Instructions: 8, FracBits: 6},
		},
		Quantisation: []QuantReport{
			{Projection: "in→a", Synapses: 6, Bits: 8, Scale: 1, ScaleMax: 1, Clip: 127, Exact: true},
			{Projection: "a→b", Synapses: 4, Bits: 8, Scale: 200, ScaleMax: 200, Clip: 127. / 200, Exact: true},
		},
		Notes: []string{},
		CoreList: []CoreReport{
			{Core: 0, X: 0, Y: 0, Population: "a", Neurons: 2, Axons: 3, Synapses: 6, SynapseWords: 96, FanOut: 3, Limit: "axons"},
			{Core: 1, X: 1, Y: 0, Population: "b", Neurons: 2, Axons: 3, Synapses: 4, SynapseWords: 96, FanOut: 2, Limit: "axons"},
		},
		ImageBytes:  5,
		ImageSHA256: "6105d6cc76af400325e94d588ce511be5bfdbb73b437dc51eca43917d7a43e3d",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}
