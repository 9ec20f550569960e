package emulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
)

// An observer is told of each core's phases, of every neuron's instructions in order,
// and of the state as they leave it, and what the machine does stays the same.
func TestAnObserverSeesEveryInstructionAndChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	arch := sample.Sparse()
	arch.Neurons, arch.MeshWidth, arch.MeshHeight = 8, 3, 3
	im := fullCores(r, 4).Image(arch)
	stimulus := make([][]int32, 20)
	for k := range stimulus {
		stimulus[k] = []int32{int32(k % 3), 3 + int32(k%7)}
	}
	chip := NewChip(im, sample.Timing(), Cycle).In(Plain)
	want, wantBooks := run(New(chip), stimulus)
	m := New(chip)
	var seen []string
	fired := 0
	m.Observe(&Observer{
		Phase: func(k int, p Phase) { seen = append(seen, fmt.Sprintf("%d %v", k, p)) },
		Instruction: func(k int, at *core.Moment) {
			lane := at.Lane(at.Slot)
			if at.PC == 0 {
				seen = append(seen, fmt.Sprintf("%d slot %d", k, at.Slot))
				if lane.Sum != int64(lane.Reg[1]) {
					t.Errorf("slot %d of core %d begins with In %d and the sum %d", at.Slot, k, lane.Reg[1], lane.Sum)
				}
			}
			if at.PC == len(at.Program) && lane.Spike {
				fired++
			}
		},
	})
	got, gotBooks := run(m, stimulus)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spikes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantBooks, gotBooks); diff != "" {
		t.Errorf("books (-want +got):\n%s", diff)
	}
	if n := len(slices.Concat(want...)); n == 0 || fired != n {
		t.Errorf("%d of %d spikes were seen", fired, n)
	}
	var tick []string
	for k := range im.Cores {
		tick = append(tick, fmt.Sprintf("%d integrate", k), fmt.Sprintf("%d update", k))
		for slot := range im.Cores[k].Neurons {
			tick = append(tick, fmt.Sprintf("%d slot %d", k, slot))
		}
		tick = append(tick, fmt.Sprintf("%d learn", k))
	}
	tick = append(tick, "-1 route")
	if diff := cmp.Diff(slices.Repeat(tick, len(stimulus)), seen); diff != "" {
		t.Errorf("what was told (-want +got):\n%s", diff)
	}
}

// Due says which axons a core will integrate in a tick.
func TestDueIsWhatACoreWillIntegrate(t *testing.T) {
	arch := sample.Dense()
	im := sample.Random(1, arch).Image(arch)
	m := New(NewChip(im, sample.Timing(), Functional).In(Plain))
	m.Tick([]int32{0, 1})
	const first = 2
	type place struct{ core, tick int }
	want, got := map[place][]core.Arrival{}, map[place][]core.Arrival{}
	for _, d := range slices.Concat(im.InputDests[:2]...) {
		at := place{int(d.Core), 1 + int(d.Delay)}
		want[at] = append(want[at], core.Arrival{Axon: int(d.Axon), Payload: 1})
	}
	for _, list := range want {
		slices.SortFunc(list, func(a, b core.Arrival) int { return a.Axon - b.Axon })
	}
	for k := range im.Cores {
		for tick := first; tick < first+arch.MaxDelay; tick++ {
			if due := m.Due(k, int64(tick)); due != nil {
				got[place{k, tick}] = due
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
		t.Errorf("due (-want +got):\n%s", diff)
	}
}
