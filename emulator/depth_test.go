package emulator

import (
	"testing"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
)

// groups returns a network of that many inputs and populations of one each, with
// synapses given as from, to, delay: −1 is the first input, −2 the second, and
// population 0 the first.
func groups(inputs, populations int, edges ...[3]int) *sample.Net {
	n := &sample.Net{Name: "groups", Biases: make([]int32, populations), Thresholds: make([]int32, populations)}
	for range inputs {
		n.Inputs = append(n.Inputs, sample.Group{Name: "in", N: 1})
	}
	for range populations {
		n.Populations = append(n.Populations, sample.Group{Name: "p", N: 1})
	}
	for _, e := range edges {
		from := e[0] + inputs
		if e[0] < 0 {
			from = -e[0] - 1
		}
		n.Synapses = append(n.Synapses, sample.Synapse{From: from, To: e[1], Weight: 1, Delay: e[2]})
	}
	return n
}

func TestDepth(t *testing.T) {
	type want struct{ population, spikes, direct int }
	for _, tt := range []struct {
		name string
		net  *sample.Net
		want []want
	}{
		{"feed-forward", groups(1, 3, [3]int{-1, 0, 1}, [3]int{0, 1, 1}, [3]int{1, 2, 1}), []want{{0, 1, 0}, {1, 2, 1}, {2, 3, 2}, {-1, 3, 2}}},
		{"declared backwards", groups(1, 3, [3]int{-1, 2, 1}, [3]int{2, 1, 1}, [3]int{1, 0, 1}), []want{{0, 3, 2}, {1, 2, 1}, {2, 1, 0}}},
		{"delays", groups(1, 2, [3]int{-1, 0, 5}, [3]int{0, 1, 3}), []want{{0, 5, 0}, {1, 8, 3}}},
		{"skip", groups(1, 3, [3]int{-1, 0, 1}, [3]int{0, 1, 1}, [3]int{1, 2, 1}, [3]int{-1, 2, 1}), []want{{2, 3, 2}}},
		{"long skip", groups(1, 3, [3]int{-1, 0, 1}, [3]int{0, 1, 1}, [3]int{1, 2, 1}, [3]int{0, 2, 4}), []want{{2, 5, 4}}},
		{"several delays", groups(1, 2, [3]int{-1, 0, 2}, [3]int{-1, 0, 4}, [3]int{0, 1, 1}), []want{{0, 4, 0}, {1, 5, 1}}},
		{"self", groups(1, 1, [3]int{-1, 0, 1}, [3]int{0, 0, 4}), []want{{0, 1, 0}}},
		{"no path", groups(2, 2, [3]int{-1, 0, 1}, [3]int{-2, 1, 1}), []want{{0, 1, 0}, {1, 0, 0}, {-1, 1, 0}}},
		{"nothing", groups(1, 1), []want{{0, 0, 0}, {-1, 0, 0}}},
		// What is inside a loop is reached through it.
		{"loop", groups(1, 2, [3]int{-1, 0, 1}, [3]int{0, 1, 1}, [3]int{1, 0, 1}), []want{{0, 1, 0}, {1, 2, 1}}},
		{"loop, declared backwards", groups(1, 2, [3]int{-1, 1, 1}, [3]int{1, 0, 1}, [3]int{0, 1, 1}), []want{{1, 1, 0}, {0, 2, 1}}},
		{"behind a loop", groups(1, 3, [3]int{-1, 0, 1}, [3]int{0, 1, 2}, [3]int{1, 0, 2}, [3]int{1, 2, 3}), []want{{2, 6, 5}, {-1, 6, 5}}},
		{"loop of three", groups(1, 3, [3]int{-1, 0, 1}, [3]int{0, 1, 1}, [3]int{1, 2, 1}, [3]int{2, 0, 1}), []want{{0, 1, 0}, {1, 2, 1}, {2, 3, 2}}},
		{"loop before the input", groups(1, 3, [3]int{0, 1, 1}, [3]int{1, 0, 1}, [3]int{1, 2, 1}, [3]int{-1, 2, 1}), []want{{2, 1, 0}, {0, 0, 0}}},
	} {
		for name, arch := range archs {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				im := tt.net.Image(arch)
				for _, w := range tt.want {
					if spikes, direct := Depth(im, 0, w.population); spikes != w.spikes || direct != w.direct {
						t.Errorf("population %d: %d ticks, %d direct, want %d and %d", w.population, spikes, direct, w.spikes, w.direct)
					}
				}
			})
		}
	}
}

// In a network without loops nothing fires later than Depth after its only
// input, and something does then.
func TestDepthIsWhenTheLastEffectArrives(t *testing.T) {
	net := groups(1, 4, [3]int{-1, 0, 2}, [3]int{0, 1, 3}, [3]int{0, 2, 1}, [3]int{1, 3, 1}, [3]int{2, 3, 2}, [3]int{-1, 3, 1})
	for k := range net.Synapses {
		net.Synapses[k].Weight = 100 // each spike fires its targets, once
	}
	for k := range net.Thresholds {
		net.Thresholds[k] = 99
	}
	for name, arch := range archs {
		t.Run(name, func(t *testing.T) {
			im := net.Image(arch)
			m := New(NewChip(im, sample.Timing(), Functional))
			last := make([]int, 4)
			for tick := 1; tick <= 20; tick++ {
				var in []int32
				if tick == 1 {
					in = []int32{0}
				}
				for _, n := range m.Tick(in) {
					last[n] = tick
				}
			}
			for p, tick := range last {
				if depth, _ := Depth(im, 0, p); tick != 1+depth {
					t.Errorf("population %d last fired in tick %d, depth is %d", p, tick, depth)
				}
			}
		})
	}
}
