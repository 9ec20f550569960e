package report_test

import (
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/targets"
)

// One product of a full array of rram with a full vector comes near what was
// printed for NeuRRAM at 4-bit inputs and 6-bit outputs: its energy (Wan et al.
// 2022, Extended Data Fig. 12e, where the prices come from 12b) and its time
// (12d, where the times are CiMLoop's). Both are as digitised by CiMLoop.
func TestAProductOnRRAMCostsWhatWasPrinted(t *testing.T) {
	const printedEfficiency, printedSeconds = 15.95e12, 4.23e-6 // operations a joule; one of a cell is one
	chip, err := targets.Load("rram")
	if err != nil {
		t.Fatal(err)
	}
	net := sample.Net{
		Name: "product", Inputs: []sample.Group{{Name: "in", N: chip.Arch.Axons}}, Populations: []sample.Group{{Name: "out", N: chip.Arch.Neurons}},
		Biases: make([]int32, chip.Arch.Neurons), Thresholds: make([]int32, chip.Arch.Neurons),
	}
	var all []int32
	for i := range chip.Arch.Axons {
		all = append(all, int32(i))
		for n := range chip.Arch.Neurons {
			net.Synapses = append(net.Synapses, sample.Synapse{From: i, To: n, Weight: 1 + (i+n)%7, Delay: 1})
		}
	}
	for n := range net.Thresholds {
		net.Thresholds[n] = 1 << 20
	}
	on, err := emulator.NewChipOn(net.Image(chip.Arch), chip, emulator.Cycle)
	if err != nil {
		t.Fatal(err)
	}
	m := emulator.New(on)
	m.Tick(all)
	m.Tick(nil)
	act := activity.New(1, 1)
	m.Activity(act)
	r := report.New(on.Image(), chip, false, act, "")
	cells := float64(targets.CellsPerWeight * chip.Arch.Axons * chip.Arch.Neurons)
	if got := r.Counts["cell_read"]; float64(got) != cells {
		t.Errorf("%d cells were read, want %v", got, cells)
	}
	efficiency := cells / r.Energy[targets.Synapse]
	t.Logf("energy %s, %.2f TOPS/W, printed %.2f: %+.2f %%", report.SI(r.Energy[targets.Synapse], "J"), efficiency/1e12, printedEfficiency/1e12, 100*(efficiency/printedEfficiency-1))
	if d := efficiency/printedEfficiency - 1; d < -0.01 || d > 0.01 {
		t.Errorf("energy deviates by %+.2f %%, want 1 %% at most", 100*d)
	}
	seconds := float64(chip.Timing.Read+chip.Timing.Conversion) / chip.Timing.Clock
	t.Logf("time %s, printed %s: %+.1f %%", report.SI(seconds, "s"), report.SI(printedSeconds, "s"), 100*(seconds/printedSeconds-1))
	if d := seconds/printedSeconds - 1; d < -0.08 || d > 0.08 {
		t.Errorf("time deviates by %+.1f %%, want 8 %% at most", 100*d)
	}
}
