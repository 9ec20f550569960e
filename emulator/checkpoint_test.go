package emulator_test

import (
	"testing"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/checkpoint"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
)

// A spike that is under way to a core at rest wakes it after a checkpoint too, in the
// tick in which it is due.
func TestSpikesUnderWayWakeCoresAfterACheckpoint(t *testing.T) {
	program, err := isa.Assemble("if.s", sample.Program, isa.AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const delay = 5
	im := &image.Image{
		Manifest: image.Manifest{
			Arch:        sample.Dense(),
			Inputs:      []image.Symbol{{Name: "in", Shape: []int{1}, N: 1}},
			Populations: []image.Symbol{{Name: "p", Shape: []int{1}, N: 1}},
		},
		Programs: []isa.Program{*program},
		Cores: []image.Core{{
			Neurons: []int32{0}, State: []int32{0}, ParamWords: 2, Params: []int32{0, 9},
			Rows:  image.PackRows(image.Row{Slots: []uint16{0}, Weights: []int16{12}}),
			Dests: [][]image.Dest{{{Core: image.Host}}},
		}},
		InputDests: [][]image.Dest{{{Core: 0, Axon: 0, Delay: delay}}},
	}
	if err := im.Verify(); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []emulator.Mode{emulator.Cycle, emulator.Functional} {
		chip := emulator.NewChip(im, sample.Timing(), mode)
		from, to := emulator.New(chip), emulator.New(chip)
		from.Tick([]int32{0})
		w := checkpoint.Writer()
		from.Checkpoint(w)
		r, err := checkpoint.Read("chip", checkpoint.Bytes(nil, w), nil)
		if err != nil {
			t.Fatal(err)
		}
		to.Checkpoint(r)
		if err := r.End(); err != nil {
			t.Fatal(err)
		}
		for now := int64(2); now <= 10; now++ {
			if fired := len(to.Tick(nil)) > 0; fired != (now == 1+delay) || to.Ticks() != now {
				t.Errorf("%s: tick %d, the machine's %d: fired is %v", mode, now, to.Ticks(), fired)
			}
		}
	}
}
