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
	if len(got.Seconds) != len(res.Passes) {
		t.Errorf("times of %d passes, want %d", len(got.Seconds), len(res.Passes))
	}
	got.Seconds = nil
	// Inputs reach the core at the I/O port in no hops, `a` reaches `b` in one
	// each, twice from neuron 1 for its second synapse of the same pair; `b` is one
	// hop from the host.
	want := &Report{
		Network: "dense", Target: "xbar256", Cores: 2, Neurons: 4, Axons: 6, Synapses: 10, MaxCores: 256,
		Mesh: [2]int{16, 16}, CoreLimits: CoreLimits{Neurons: 256, Axons: 256, FanOut: 4096},
		Utilisation: Utilisation{Cores: 2. / 256, Neurons: 4. / 512, Axons: 6. / 512, Synapses: 10. / (2 * 256 * 256)},
		Cut:         Weighted{2, 2},
		Hops:        Weighted{3 + 2, 3 + 2},
		Links: Links{
			Count: 4 * 15 * 16, Used: 2, Mean: MeanLoad{2.5, 2.5},
			Fullest: &Link{From: [2]int{0, 0}, To: [2]int{1, 0}, Load: Weighted{3, 3}},
			List: []Link{
				{From: [2]int{0, 0}, To: [2]int{1, 0}, Load: Weighted{3, 3}},
				{From: [2]int{1, 0}, To: [2]int{0, 0}, Load: Weighted{2, 2}},
			},
		},
		// Both populations are of one model, and would go into one core.
		Bounds: Bounds{Cores: Bound{Found: 2, Bound: 1}, Cut: Bound{Found: 2}, Hops: Bound{Found: 5, Bound: 5}, MaxLink: Bound{Found: 3, Bound: 3}},
		Populations: []PopulationReport{
			{Name: "a", Model: "if", Neurons: 2, Cores: 1, FanInMax: 3, Instructions: 5, Exact: true},
			{Name: "b", Model: "if", Neurons: 2, Cores: 1, FanInMax: 3, Instructions: 8, FracBits: 6},
		},
		Quantisation: []QuantReport{
			{Projection: "in→a", Synapses: 6, Bits: 8, Step: 1, Largest: 127, Scale: 1, ScaleMax: 1, Clip: 127, Exact: true},
			{Projection: "a→b", Synapses: 4, Bits: 8, Step: 1, Largest: 127, Scale: 200, ScaleMax: 200, Clip: 127. / 200, Exact: true},
		},
		Notes: []string{},
		Passes: []PassReport{
			{Name: "lower", Doc: "projections become synapses", Effect: "3 inputs, 4 neurons, 10 synapses"},
			{Name: "quantise", Doc: "real numbers become integers of the target's widths", Effect: "2 of 2 projections exact, 0 weights clipped, 0 became zero"},
			{Name: "map", Doc: "neurons get cores, cores get places, spikes get destinations", Effect: "2 cores, 6 axons"},
			{Name: "emit", Doc: "cores become memories and programs, of what is not dead", Effect: "2 programs"},
		},
		CoreList: []CoreReport{
			{Core: 0, X: 0, Y: 0, Population: "a", Neurons: 2, Axons: 3, Synapses: 6, SynapseWords: 96, FanOut: 3, Limit: "axons", Share: 3. / 256},
			{Core: 1, X: 1, Y: 0, Population: "b", Neurons: 2, Axons: 3, Synapses: 4, SynapseWords: 96, FanOut: 2, Limit: "axons", Share: 3. / 256},
		},
		ImageBytes:  5,
		ImageSHA256: "6105d6cc76af400325e94d588ce511be5bfdbb73b437dc51eca43917d7a43e3d",
	}
	for _, b := range []*Bound{&got.Bounds.Cores, &got.Bounds.Cut, &got.Bounds.Hops, &got.Bounds.MaxLink} {
		if b.Argument == "" {
			t.Errorf("bound %+v has no argument", *b)
		}
		b.Argument = ""
	}
	if limits, cores := CoreReports(res.Image); limits != got.CoreLimits || !cmp.Equal(got.CoreList, cores) {
		t.Errorf("of the image the cores are %+v of %+v, want those of the report", cores, limits)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}
