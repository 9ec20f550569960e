package core_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/checkpoint"
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// resumed returns a new core that goes on with the state of one after tick t.
func resumed(t *testing.T, from, to *core.Core, tick int64) *core.Core {
	t.Helper()
	w := checkpoint.Writer()
	from.Checkpoint(w, tick)
	r, err := checkpoint.Read("core", checkpoint.Bytes(nil, w), nil)
	if err != nil {
		t.Fatal(err)
	}
	to.Checkpoint(r, tick)
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	return to
}

// What is under way to a core comes after a checkpoint too: payloads, and partial sums
// of later ticks.
func TestWhatIsUnderWayIsInACheckpoint(t *testing.T) {
	for name, arch := range map[string]targets.Arch{"dense": sample.Dense(), "sparse": sample.Sparse()} {
		row := image.Row{Slots: []uint16{0, 1}, Weights: []int16{3, -2}}
		if arch.DelayPlace == targets.DelaySynapse {
			row.Delays = []uint16{1, 1}
		}
		im := learner(t, arch, 2, []image.Row{row}, ".state v\n mov v, in\n gt q1, c0, c1\n@q1 spkg v\n@q1 part v\n")
		for stop := range int64(4) {
			c := newCore(im)
			c.Receive(0, 1, 7)
			c.ReceivePart(1, 3, 50)
			var got [][2]int32
			for now := int64(1); now <= 4; now++ {
				if now-1 == stop {
					c = resumed(t, c, newCore(im), stop)
				}
				tick(c, now)
				got = append(got, [2]int32{c.State(0, 0), c.State(1, 0)})
			}
			if diff := cmp.Diff([][2]int32{{21, -14}, {0, 0}, {0, 50}, {0, 0}}, got); diff != "" {
				t.Errorf("%s, stopped after tick %d: sums (-want +got):\n%s", name, stop, diff)
			}
		}
	}
}

// A core whose accumulators of later ticks have something does not rest before.
func TestACoreThatIsResumedDoesNotRestTooEarly(t *testing.T) {
	arch := sample.Sparse()
	im := single(t, arch, sample.Program, 3, []image.Row{{Slots: []uint16{1}, Weights: []int16{4}, Delays: []uint16{6}}})
	im.Cores[0].ParamWords, im.Cores[0].Params = 2, []int32{0, 9, 0, 9, 0, 9}
	spec := core.NewSpec(im, 0, sample.Timing()).Planned(kernel.Options{})
	c := core.New(spec)
	c.Receive(0, 1, 1)
	tick(c, 1)
	c = resumed(t, c, core.New(spec), 1)
	for now := int64(2); now <= 6; now++ {
		if tick(c, now); c.Rests() {
			t.Errorf("rests after tick %d, and a synapse of delay 6 is under way", now)
		}
	}
	if got := c.State(1, 0); got != 4 {
		t.Errorf("the state is %d, want 4", got)
	}
	for now := int64(7); now <= 20 && !c.Rests(); now++ {
		tick(c, now)
	}
	if !c.Rests() {
		t.Error("never rests")
	}
}
