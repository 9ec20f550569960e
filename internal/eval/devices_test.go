package eval_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/targets"
)

// Samples that are all alike have read noise of their own, and so answers of
// their own: the same ones for any number of workers.
func TestEachSampleHasReadNoiseOfItsOwn(t *testing.T) {
	row := "0,0.5,0.4,0.3,0.6,0.5,0.4,0.7,0.5\n"
	data := "label,a,b,c,d,e,f,g,h\n" + strings.Repeat(row, 24)
	cfg := config(t, recurrent, data, "kind: rate, ticks: 6", "membrane", emulator.Functional)
	noisy := *cfg.Target
	noisy.Devices = &targets.Devices{GMin: 1e-6, GMax: 40e-6, ReadSigma: 0.2, DACBits: 1}
	chip, err := emulator.NewChipOn(cfg.Chip.Image(), &noisy, emulator.Functional)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Target, cfg.Chip = &noisy, chip
	want := mustRun(t, cfg).Predictions
	if slices.Max(want) == slices.Min(want) {
		t.Errorf("all samples have answer %d", want[0])
	}
	cfg.Workers = 3
	if diff := cmp.Diff(want, mustRun(t, cfg).Predictions); diff != "" {
		t.Errorf("1 and 3 workers:\n%s", diff)
	}
}
