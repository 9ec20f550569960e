package emulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// noisy is a target of small cores whose devices do everything that devices do.
func noisy() *targets.Target {
	t := &targets.Target{Name: "noisy", Arch: sample.Dense(), Timing: sample.Timing(), Devices: &targets.Devices{
		GMin: 1e-6, GMax: 40e-6, Levels: 129, ProgramSigma: []float64{1e-6}, ReadSigma: 0.02, StuckOn: 0.01, StuckOff: 0.01,
		WireRow: 1, WireColumn: 1, ADCBits: 8, DACBits: 1, Seed: 9,
	}}
	t.Timing.Read, t.Timing.Conversion, t.Timing.Converters = 50, 5, 3
	return t
}

// network is 20 inputs that drive two layers of neurons.
func network() *sample.Net {
	r := rand.New(rand.NewPCG(3, 4))
	n := &sample.Net{
		Name: "layers", Inputs: []sample.Group{{Name: "in", N: 20}},
		Populations: []sample.Group{{Name: "a", N: 17}, {Name: "b", N: 5}}, Outputs: []int{1},
	}
	for k := range 22 {
		n.Biases, n.Thresholds = append(n.Biases, int32(r.IntN(5))), append(n.Thresholds, 60)
		froms, first := 20, 0
		if k >= 17 {
			froms, first = 17, 20
		}
		for f := range froms {
			n.Synapses = append(n.Synapses, sample.Synapse{From: first + f, To: k, Weight: r.IntN(120) - 50, Delay: 1 + f%2})
		}
	}
	return n
}

// history runs a machine and tells all that can be seen of it.
func history(m *Machine) string {
	r := rand.New(rand.NewPCG(5, 6))
	var out strings.Builder
	for range 40 {
		var in []int32
		for k := range int32(20) {
			if r.IntN(4) == 0 {
				in = append(in, k)
			}
		}
		fmt.Fprintln(&out, m.Tick(in))
	}
	for n := range 22 {
		fmt.Fprintln(&out, m.State(n, 0))
	}
	act := activity.New(len(m.cores), 2)
	m.Activity(act)
	act.Cycles, act.Stalls, act.Chip[targets.Cycle] = 0, 0, 0
	fmt.Fprintln(&out, *act)
	return out.String()
}

// A chip of devices does the same on every machine, in both modes and after a
// reset; another run, or another chip of the kind, does not.
func TestDevicesDoTheSameEveryTime(t *testing.T) {
	target := noisy()
	im := network().Image(target.Arch)
	machine := func(target *targets.Target, mode Mode) *Machine {
		chip, err := NewChipOn(im, target, mode)
		if err != nil {
			t.Fatal(err)
		}
		return New(chip)
	}
	m := machine(target, Cycle)
	want := history(m)
	m.Reset()
	if diff := cmp.Diff(want, history(m)); diff != "" {
		t.Errorf("after a reset (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, history(machine(target, Functional))); diff != "" {
		t.Errorf("functional (-cycle +functional):\n%s", diff)
	}
	m.Reset()
	m.SetRun(1)
	if history(m) == want {
		t.Error("a second run has the read noise of the first")
	}
	other := *target.Devices
	other.Seed++
	if history(machine(&targets.Target{Name: "other", Arch: target.Arch, Timing: target.Timing, Devices: &other}, Cycle)) == want {
		t.Error("another chip has the same devices")
	}
	if history(New(NewChip(im, target.Timing, Cycle))) == want {
		t.Error("the digital crossbar does what the noisy one does")
	}
}

func TestDevicesDoNotLearn(t *testing.T) {
	target := noisy()
	im := network().Image(target.Arch)
	for _, marks := range []image.Marks{{Plastic: true}, {Silent: true}} {
		changeRow(im, 0, 3, func(r *image.Row) { r.Plastic, r.Silent = marks.Plastic, marks.Silent })
		_, err := NewChipOn(im, target, Cycle)
		want := "layers: core 0, axon 3: learns, and a crossbar of devices, as noisy has it, does not: choose a target with a digital one [unsupported]"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := NewChipOn(im, &targets.Target{Timing: target.Timing}, Cycle); err != nil {
		t.Error(err)
	}
}
