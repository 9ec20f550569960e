package stimulus_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/stimulus"
)

// ticksOf lists the ticks at which a neuron spikes.
func ticksOf(t *stimulus.Train, neuron int32) []int {
	var ticks []int
	for i, ids := range t.Spikes {
		if slices.Contains(ids, neuron) {
			ticks = append(ticks, i+1)
		}
	}
	return ticks
}

func TestRateSpreadsSpikesEvenly(t *testing.T) {
	var train stimulus.Train
	clamped := stimulus.Rate([]float64{0, 0.5, 1, 0.25, 0.1, 1.5, -2, math.NaN()}, 10, 8, &train)
	if clamped != 3 {
		t.Errorf("clamped %d, want 3", clamped)
	}
	want := [][]int{nil, {1, 3, 5, 7}, {1, 2, 3, 4, 5, 6, 7, 8}, {2, 6}, {5}, {1, 2, 3, 4, 5, 6, 7, 8}, nil, nil}
	for i, w := range want {
		if diff := cmp.Diff(w, ticksOf(&train, int32(10+i))); diff != "" {
			t.Errorf("neuron %d: ticks (-want +got)\n%s", i, diff)
		}
	}
}

func TestRateCountIsTheRoundedProduct(t *testing.T) {
	var train stimulus.Train
	for _, ticks := range []int{1, 7, 8, 100, 65535} {
		for v := range 256 {
			if ticks > 100 && v%51 != 0 {
				continue
			}
			x := float64(v) / 255
			stimulus.Rate([]float64{x}, 0, ticks, &train)
			if got, want := train.Count(), int(math.Round(x*float64(ticks))); got != want {
				t.Errorf("%d/255 over %d ticks: %d spikes, want %d", v, ticks, got, want)
			}
		}
	}
}

func TestPoissonDependsOnSeedAndSampleOnly(t *testing.T) {
	values := []float64{0.1, 0.9, 0.5, 0, 1, 2, -1}
	encode := func(values []float64, ticks int, seed uint64, sample int) *stimulus.Train {
		var train stimulus.Train
		if clamped := stimulus.Poisson(values, 3, ticks, seed, sample, &train); clamped != 2 {
			t.Errorf("clamped %d, want 2", clamped)
		}
		return &train
	}
	one := encode(values, 50, 1, 7)
	if diff := cmp.Diff(one, encode(values, 50, 1, 7)); diff != "" {
		t.Errorf("the same again (-first +second)\n%s", diff)
	}
	if cmp.Equal(one, encode(values, 50, 2, 7)) || cmp.Equal(one, encode(values, 50, 1, 8)) {
		t.Error("another seed or sample gives the same spikes")
	}
	if diff := cmp.Diff(one.Spikes[:20], encode(values, 20, 1, 7).Spikes); diff != "" {
		t.Errorf("a shorter train is no beginning of the longer (-longer +shorter)\n%s", diff)
	}
	louder := slices.Clone(values)
	louder[0] = 0.8
	for _, neuron := range []int32{4, 5, 6, 7, 8, 9} {
		if diff := cmp.Diff(ticksOf(one, neuron), ticksOf(encode(louder, 50, 1, 7), neuron)); diff != "" {
			t.Errorf("neuron %d changes with another's value:\n%s", neuron, diff)
		}
	}
}

func TestPoissonRate(t *testing.T) {
	values := []float64{0, 0.25, 0.75, 1}
	var train stimulus.Train
	const ticks = 20000
	stimulus.Poisson(values, 0, ticks, 42, 0, &train)
	for i, x := range values {
		got := float64(len(ticksOf(&train, int32(i)))) / ticks
		if deviation := 5 * math.Sqrt(x*(1-x)/ticks); math.Abs(got-x) > deviation {
			t.Errorf("value %v spikes at rate %v, want within %v", x, got, deviation)
		}
	}
}

func TestLatency(t *testing.T) {
	var train stimulus.Train
	clamped := stimulus.Latency([]float64{1, 0.5, 0.001, 0, -1, 3}, 0, 11, &train)
	if clamped != 2 {
		t.Errorf("clamped %d, want 2", clamped)
	}
	want := [][]int{{1}, {6}, {11}, nil, nil, {1}}
	for i, w := range want {
		if diff := cmp.Diff(w, ticksOf(&train, int32(i))); diff != "" {
			t.Errorf("neuron %d: ticks (-want +got)\n%s", i, diff)
		}
	}
	stimulus.Latency([]float64{0.3}, 0, 1, &train)
	if diff := cmp.Diff([]int{1}, ticksOf(&train, 0)); diff != "" {
		t.Errorf("one tick (-want +got)\n%s", diff)
	}
}

func TestEncodersReuseMemoryAndSort(t *testing.T) {
	values := make([]float64, 100)
	for i := range values {
		values[i] = float64(i%10) / 9
	}
	var train stimulus.Train
	encoders := map[string]func(){
		"rate":    func() { stimulus.Rate(values, 5, 16, &train) },
		"poisson": func() { stimulus.Poisson(values, 5, 16, 1, 1, &train) },
		"latency": func() { stimulus.Latency(values, 5, 16, &train) },
	}
	for name, encode := range encoders {
		encode()
		if train.Ticks != 16 || len(train.Spikes) != 16 {
			t.Errorf("%s: %d ticks, %d lists, want 16", name, train.Ticks, len(train.Spikes))
		}
		for _, ids := range train.Spikes {
			if !slices.IsSorted(ids) || len(ids) != len(slices.Compact(slices.Clone(ids))) {
				t.Errorf("%s: %v is not sorted and distinct", name, ids)
			}
		}
		if n := testing.AllocsPerRun(3, encode); n != 0 {
			t.Errorf("%s: %v allocations when the train is used again", name, n)
		}
	}
}

func TestEventsGoIntoBins(t *testing.T) {
	type event struct {
		time  uint32
		place int32
	}
	list := []event{{0, 2}, {999, 0}, {1000, 0}, {500, 2}, {2999, 1}, {3000, 1}, {1100, 3}}
	events := func(yield func(uint32, int32) bool) {
		for _, e := range list {
			if !yield(e.time, e.place) {
				return
			}
		}
	}
	var train stimulus.Train
	for _, test := range []struct {
		ticks        int
		bin          float64
		want         [][]int32
		merged, late int
	}{
		{3, 1e-3, [][]int32{{10, 12}, {10, 13}, {11}}, 1, 1},
		{2, 1.5e-3, [][]int32{{10, 12, 13}, {11}}, 2, 1},
		{1, 3e-3, [][]int32{{10, 11, 12, 13}}, 2, 1},
		{1, 1e-5, [][]int32{{12}}, 0, 6},
		// 1e6 times this is more than 1100.
		{2, 1.1e-3, [][]int32{{10, 12}, {13}}, 2, 2},
	} {
		if merged, late := stimulus.Events(events, 10, test.ticks, test.bin, &train); merged != test.merged || late != test.late {
			t.Errorf("bins of %g s: %d merged, %d late, want %d and %d", test.bin, merged, late, test.merged, test.late)
		}
		if diff := cmp.Diff(test.want, train.Spikes); diff != "" {
			t.Errorf("bins of %g s (-want +got)\n%s", test.bin, diff)
		}
	}
}
