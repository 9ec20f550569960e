package emulator

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/targets"
)

// Current is the sum of weight × value over a neuron's synapses, rounded once.
func TestCurrentEqualsBruteForce(t *testing.T) {
	for name, arch := range archs {
		for seed := range uint64(seeds) {
			net := sample.Random(seed, arch)
			r := rand.New(rand.NewPCG(seed, 9))
			values := make([]float64, net.Inputs[0].N)
			for k := range values {
				values[k] = float64(r.IntN(9)) / 4 // exact, so that any order gives the same sum
			}
			sums := make([]float64, len(net.Biases))
			for _, s := range net.Synapses {
				if s.From < len(values) {
					sums[s.To] += float64(s.Weight) * values[s.From]
				}
			}
			want := make([]int32, len(sums))
			for n, s := range sums {
				want[n] = int32(math.Round(s))
			}
			got := NewChip(net.Image(arch), sample.Timing(), Functional).Current(values, 0)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, seed %d (-want +got):\n%s", name, seed, diff)
			}
		}
	}
}

func TestCurrentRoundsOnceAndSaturates(t *testing.T) {
	net := &sample.Net{
		Name: "direct", Inputs: []sample.Group{{Name: "other", N: 1}, {Name: "in", N: 2}}, Populations: []sample.Group{{Name: "p", N: 1}},
		Biases: []int32{0}, Thresholds: []int32{0},
		Synapses: []sample.Synapse{{From: 0, To: 0, Weight: 100, Delay: 1}, {From: 1, To: 0, Weight: 1, Delay: 1}, {From: 2, To: 0, Weight: 3, Delay: 1}},
	}
	chip := NewChip(net.Image(sample.Dense()), sample.Timing(), Functional)
	for _, tt := range []struct {
		values []float64
		want   int32
	}{
		{[]float64{0, 0}, 0},
		{[]float64{0.3, 0.3}, 1}, // 0.3 + 0.9, not 0 + 1
		{[]float64{0.4, 0}, 0},
		{[]float64{0.5, 0}, 1}, // ties go away from zero
		{[]float64{-0.5, 0}, -1},
		{[]float64{-0.4, 0}, 0},
		{[]float64{1e9, 0}, 1<<23 - 1},
		{[]float64{0, -1e300}, -1 << 23},
	} {
		if got := chip.Current(tt.values, 1)[0]; got != tt.want {
			t.Errorf("%v: current is %d, want %d", tt.values, got, tt.want)
		}
	}
}

// SetCurrent is felt in every tick until it is taken away, and each word that is
// not zero is a write of the host.
func TestSetCurrent(t *testing.T) {
	net := &sample.Net{
		Name: "direct", Populations: []sample.Group{{Name: "p", N: 30}}, // on three cores
		Biases: make([]int32, 30), Thresholds: make([]int32, 30),
	}
	current := make([]int32, 30)
	for k := range net.Thresholds {
		net.Thresholds[k] = 1000
	}
	current[3], current[17] = 5, -7
	m := New(NewChip(net.Image(sample.Dense()), sample.Timing(), Functional))
	m.SetCurrent(current)
	m.Tick(nil)
	m.Tick(nil)
	m.SetCurrent(nil)
	m.Tick(nil)
	for n := range 30 {
		if got := m.State(n, 0); got != 2*current[n] {
			t.Errorf("neuron %d: v is %d, want %d", n, got, 2*current[n])
		}
	}
	_, act := run(m, nil)
	if total := act.Total(); total[targets.ConfigWrite] != 2 {
		t.Errorf("%d config writes, want 2", total[targets.ConfigWrite])
	}
	m.SetCurrent(current)
	m.Reset()
	m.Tick(nil)
	if got := m.State(3, 0); got != 0 {
		t.Errorf("after a reset v is %d: the current stayed", got)
	}
}

func TestHostReadIsOnTheBooksAndPotentialIsNot(t *testing.T) {
	net := sample.Random(2, sample.Dense())
	im := net.Image(sample.Dense())
	last := len(im.Manifest.Populations) - 1
	im.Manifest.Populations[last].Scale = []float64{4}
	m := New(NewChip(im, sample.Timing(), Functional))
	run(m, net.Stimulus(2, ticks))
	n := im.Manifest.Populations[last].First
	want := float64(m.State(n, 0)) / 4
	if a, b := m.Potential(n), m.HostRead(n); a != want || b != want {
		t.Errorf("potential is %v, read as %v, want %v", a, b, want)
	}
	_, act := run(m, nil)
	if act.Chip[targets.HostRead] != 1 {
		t.Errorf("%d host reads, want 1", act.Chip[targets.HostRead])
	}
}
