package emulator

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// A neuron's spike is told of once, by the slot of its own; all that is sent is
// counted, and the synaptic events are those of the network, counted with the
// spike of their source.
func TestCopiesAreCountedAndNotTold(t *testing.T) {
	im := sample.Spread(sample.OfChips(sample.Dense()))
	for _, mode := range []Mode{Cycle, Functional} {
		m := New(NewChip(im, sample.Timing(), mode))
		var fired [][]int32
		for _, in := range [][]int32{{0}, nil, nil, nil} {
			fired = append(fired, append([]int32{}, m.Tick(in)...))
			if want := []int64{1, 3, 3, 3}[len(fired)-1]; m.synapticEvents != want {
				t.Errorf("mode %d, tick %d: %d synaptic events, want %d", mode, len(fired), m.synapticEvents, want)
			}
		}
		if diff := cmp.Diff([][]int32{{}, {0}, {}, {2}}, fired); diff != "" {
			t.Errorf("mode %d: fired (-want +got):\n%s", mode, diff)
		}
		act := activity.New(len(im.Cores), len(im.Manifest.Populations))
		m.Activity(act)
		if diff := cmp.Diff([]int64{1, 1}, act.Spikes); diff != "" {
			t.Errorf("mode %d: spikes by population (-want +got):\n%s", mode, diff)
		}
		total := act.Total()
		for e, want := range map[targets.Event]int64{
			targets.SpikeOut:       4, // a[0], its copy, the relay and b[0]
			targets.PacketSent:     5, // to the host, the relay, a[1], the part and b[0]
			targets.PacketReceived: 6, // two from the input, all of these but that to the host
			targets.SynapticOp:     5, // two from the input, one of the relay, two behind it
			targets.HopX:           5, // 1 to the copy, 1 to the relay, 2 to the part, 1 to a[1]
			targets.HopY:           2, // 1 to the part, 1 to b[0]
			targets.ChipHop:        5, // 1 to the relay, 2 to the part, 1 to a[1], 1 to b[0]
			targets.HostOut:        1,
			targets.NeuronUpdate:   4 * 6,
		} {
			if total[e] != want {
				t.Errorf("mode %d: %s is %d, want %d", mode, targets.Events[e].Name, total[e], want)
			}
		}
		for n, want := range []int32{1, 2, 3} {
			if got := m.State(n, 0); got != want {
				t.Errorf("mode %d: neuron %d ends at %d, want %d", mode, n, got, want)
			}
		}
		if got := m.SlotState(1, 1, 0); got != 1 {
			t.Errorf("mode %d: the copy of neuron 0 ends at %d, want 1", mode, got)
		}
	}
}

// Cores that send partial sums of delay 0 go first, a barrier follows, and the
// cores that take them wait for it, as the mesh's other packets do.
func TestPartialSumsAtOnceTakeABarrier(t *testing.T) {
	x := sample.Timing()
	m := New(NewChip(sample.Spread(sample.Dense()), x, Cycle))
	var seen Tick
	m.Watch(&seen)
	m.Tick([]int32{0})
	idle := x.Tick + 2*x.Instruction // of the core that goes first
	gathered := idle + x.Barrier
	want := Phases{Integrated: x.Tick, Updated: gathered + 4*x.Instruction, Learned: gathered + 4*x.Instruction, Summed: idle, Gathered: gathered}
	// The input's packets come in at once after the barrier: to core 0, and to core 1.
	toCopy := gathered + 1 + 1 + x.HopX + x.Eject
	want.Routed = max(want.Learned, toCopy+1)
	want.Done = want.Routed + x.Barrier
	if diff := cmp.Diff(want, seen.Phases); diff != "" {
		t.Errorf("tick 1 (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Delivery{{gathered, gathered + 1 + x.Eject, image.Host, 0, 0}, {gathered + 1, toCopy, image.Host, 1, 0}}, seen.Deliveries); diff != "" {
		t.Errorf("tick 1: deliveries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Send{{image.Host, gathered, gathered + 2, 0}}, seen.Sends); diff != "" {
		t.Errorf("tick 1: sends (-want +got):\n%s", diff)
	}
	m.Tick(nil)
	m.Tick(nil)
	m.Tick(nil)
	row := x.Tick + x.Row + 2*x.Word
	sent := row + 2*x.Instruction
	arrived := sent + 1 + x.HopY + x.Eject
	gathered = arrived + 1 + x.Barrier
	done := gathered + 4*x.Instruction
	want = Phases{Integrated: row, Updated: done, Learned: done, Summed: arrived + 1, Gathered: gathered, Routed: done, Done: done + x.Barrier}
	if diff := cmp.Diff(want, seen.Phases); diff != "" {
		t.Errorf("tick 4 (-want +got):\n%s", diff)
	}
	cores := []CoreTick{
		{Integrated: x.Tick, Began: gathered, Updated: done, Learned: done}, // waits
		{Integrated: row, Began: row, Updated: row + 4*x.Instruction, Learned: row + 4*x.Instruction},
		{Integrated: x.Tick, Began: x.Tick, Updated: idle, Learned: idle},
		{Integrated: row, Began: row, Updated: sent, Learned: sent, Sent: sent + 1},
	}
	if diff := cmp.Diff(cores, seen.Cores); diff != "" {
		t.Errorf("tick 4: cores (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Delivery{{sent, arrived, 3, 0, -2}}, seen.Deliveries); diff != "" {
		t.Errorf("tick 4: deliveries (-want +got):\n%s", diff)
	}
	// Where the core that takes them is the last to have its rows, it waits for nothing.
	x.Barrier, x.Eject, x.Row = 0, 1, 1
	im := sample.Spread(sample.Dense())
	im.InputDests[0] = []image.Dest{{Core: 0, Axon: 0, Delay: 1}}
	changeRow(im, 0, 0, func(r *image.Row) { r.Weights[0] = 1 })
	x.Word = 100
	m = New(NewChip(im, x, Cycle))
	m.Watch(&seen)
	m.Tick([]int32{0})
	m.Tick(nil)
	if c := seen.Cores[0]; c.Integrated != x.Tick+x.Row+2*x.Word || c.Began != c.Integrated {
		t.Errorf("the update of %+v waited", c)
	}
}

// A current is the neuron's: its own slot's, and its copies', whose spikes would
// be others without it.
func TestCurrentOfSplitNeurons(t *testing.T) {
	im := sample.Spread(sample.Dense())
	chip := NewChip(im, sample.Timing(), Functional)
	if diff := cmp.Diff([]int32{10, 0, 0}, chip.Current([]float64{2}, 0)); diff != "" {
		t.Errorf("current of the input (-want +got):\n%s", diff)
	}
	m := New(chip)
	m.SetCurrent([]int32{1, 2, 3})
	m.Tick(nil)
	got := []int32{m.State(0, 0), m.State(1, 0), m.State(2, 0), m.SlotState(1, 1, 0)}
	if diff := cmp.Diff([]int32{1, 2, 3, 1}, got); diff != "" {
		t.Errorf("a[0], a[1], b[0] and the copy of a[0] (-want +got):\n%s", diff)
	}
	_, act := run(m, nil)
	if total := act.Total(); total[targets.ConfigWrite] != 4 || total[targets.PacketSent] != 0 {
		t.Errorf("%d config writes and %d packets, want 4 and 0", total[targets.ConfigWrite], total[targets.PacketSent])
	}
	im.InputDests[0] = []image.Dest{{Core: 2, Axon: 0, Delay: 1}} // through the relay
	if diff := cmp.Diff([]int32{0, 4, 14}, NewChip(im, sample.Timing(), Functional).Current([]float64{2}, 0)); diff != "" {
		t.Errorf("current behind the relay (-want +got):\n%s", diff)
	}
}

// Saturations are counted by the neuron's population, those of copies are not.
func TestSaturationsAreOfTheNeuronsPopulation(t *testing.T) {
	m := New(NewChip(sample.Spread(sample.Dense()), sample.Timing(), Functional))
	m.SetCurrent([]int32{1<<23 - 1, 0, -1 << 23})
	_, act := run(m, [][]int32{nil, nil, nil})
	if diff := cmp.Diff([]int64{2, 2}, act.Saturations); diff != "" { // from tick 2 on
		t.Errorf("saturations (-want +got):\n%s", diff)
	}
}

// Depth counts what relays and parts take, and what fires last says the same.
func TestDepthThroughRelaysAndParts(t *testing.T) {
	im := sample.Spread(sample.Dense())
	for k, want := range [][2]int{{1, 0}, {3, 2}} {
		if spikes, direct := Depth(im, 0, k); spikes != want[0] || direct != want[1] {
			t.Errorf("population %d: %d ticks, %d direct, want %v", k, spikes, direct, want)
		}
	}
	im.InputDests[0] = append(im.InputDests[0], image.Dest{Core: 2, Axon: 0, Delay: 4})
	if spikes, direct := Depth(im, 0, 1); spikes != 7 || direct != 2 { // five to a[1], then as from a[0]
		t.Errorf("with a long way to the relay: %d ticks, %d direct, want 7 and 2", spikes, direct)
	}
}

// The books of a run with copies add up in both modes, and again after Reset.
func TestSpreadImageRunsTheSameAgain(t *testing.T) {
	im := sample.Spread(sample.Dense())
	var stimulus [][]int32
	for k := range 30 {
		if k%3 != 2 {
			stimulus = append(stimulus, []int32{0})
		} else {
			stimulus = append(stimulus, nil)
		}
	}
	var want string
	for _, mode := range []Mode{Cycle, Functional} {
		m := New(NewChip(im, sample.Timing(), mode))
		for range 2 {
			m.Reset()
			fired, act := run(m, stimulus)
			act.Cycles, act.Stalls, act.Chip[targets.Cycle] = 0, 0, 0
			got := fmt.Sprint(fired, *act)
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("mode %d:\n got %s\nwant %s", mode, got, want)
			}
		}
	}
}
