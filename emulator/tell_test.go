package emulator

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/isa/image"
)

// A double is told of with the neuron that stands for it, and nothing else is:
// what the chip does, and so what it costs, is that of the image without it.
func TestDoublesAreToldAndNotCounted(t *testing.T) {
	plain, doubled := sample.Spread(sample.Dense()), sample.Spread(sample.Dense())
	b := &doubled.Manifest.Populations[1]
	b.N, b.Shape = 4, []int{4}
	doubled.SameAs = []int32{0, 1, 2, 2, image.NoNeuron, 2}
	if err := doubled.Verify(); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []Mode{Cycle, Functional} {
		want, got := New(NewChip(plain, sample.Timing(), mode)), New(NewChip(doubled, sample.Timing(), mode))
		var fired [][]int32
		for _, in := range [][]int32{{0}, nil, nil, nil} {
			want.Tick(in)
			fired = append(fired, append([]int32{}, got.Tick(in)...))
		}
		if diff := cmp.Diff([][]int32{{}, {0}, {}, {2, 3, 5}}, fired); diff != "" {
			t.Errorf("mode %d: fired (-want +got):\n%s", mode, diff)
		}
		for n, v := range []int32{want.State(0, 0), want.State(1, 0), want.State(2, 0), want.State(2, 0), 0, want.State(2, 0)} {
			if s := got.State(n, 0); s != v {
				t.Errorf("mode %d: neuron %d ends at %d, want %d", mode, n, s, v)
			}
		}
		books := func(m *Machine) *activity.Activity {
			a := activity.New(len(plain.Cores), 2)
			m.Activity(a)
			return a
		}
		a, b := books(want), books(got)
		if diff := cmp.Diff([]int64{1, 3}, b.Spikes); diff != "" {
			t.Errorf("mode %d: spikes by population (-want +got):\n%s", mode, diff)
		}
		a.Spikes, b.Spikes = nil, nil
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("mode %d: books (-want +got):\n%s", mode, diff)
		}
	}
}
