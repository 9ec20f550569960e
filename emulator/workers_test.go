package emulator

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/targets"
)

// manyCores returns a random network of so many cores of two neurons.
func manyCores(r *rand.Rand, cores int) *sample.Net {
	n := &sample.Net{Name: "many", Inputs: []sample.Group{{Name: "in", N: 10}}, Populations: []sample.Group{{Name: "a", N: cores}, {Name: "b", N: cores}}, Outputs: []int{1}}
	for range 2 * cores {
		n.Biases, n.Thresholds = append(n.Biases, int32(r.IntN(3))), append(n.Thresholds, int32(3+r.IntN(10)))
	}
	joined := map[[2]int]bool{}
	for range 12 * cores {
		from, to := r.IntN(10+2*cores), r.IntN(2*cores)
		if !joined[[2]int{from, to}] {
			n.Synapses = append(n.Synapses, sample.Synapse{From: from, To: to, Weight: r.IntN(9) - 3, Delay: 1 + r.IntN(5)})
		}
		joined[[2]int{from, to}] = true
	}
	return n
}

// fullCores is cores of eight neurons that drive the next core's and one further on,
// each half of them: their rows are bits.
func fullCores(r *rand.Rand, cores int) *sample.Net {
	const inputs, per = 10, 8
	neurons := cores * per
	n := &sample.Net{Name: "full", Inputs: []sample.Group{{Name: "in", N: inputs}}, Populations: []sample.Group{{Name: "a", N: neurons}}, Outputs: []int{0}}
	for range neurons {
		n.Biases, n.Thresholds = append(n.Biases, int32(r.IntN(3))), append(n.Thresholds, int32(3+r.IntN(10)))
	}
	drives := func(from, core int) {
		delay := 1 + r.IntN(5)
		for to := core * per; to < (core+1)*per; to++ {
			if r.IntN(2) == 0 {
				n.Synapses = append(n.Synapses, sample.Synapse{From: from, To: to, Weight: []int{3, -1}[from%2], Delay: delay})
			}
		}
	}
	for from := range inputs {
		drives(from, r.IntN(cores))
	}
	for k := range neurons {
		drives(inputs+k, (k/per+1)%cores)
		drives(inputs+k, (k/per+2+r.IntN(cores-2))%cores)
	}
	return n
}

// Any number of workers does the same: spikes, and all that is counted.
func TestWorkersDoTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for k := range 4 {
		arch, net, per := sample.Dense(), fullCores, 8
		if k >= 2 {
			net, per = manyCores, 2
		}
		if k%2 == 1 {
			arch = sample.Sparse()
		}
		arch.Neurons, arch.MeshWidth, arch.MeshHeight = per, 16, 20
		arch.ChipWidth, arch.ChipHeight = 4, 5
		var crossings [2]int64
		im := net(r, 65+r.IntN(200)).Image(arch)
		stimulus := make([][]int32, 30)
		for k := range stimulus {
			for in := range int32(10) {
				if r.IntN(3) == 0 {
					stimulus[k] = append(stimulus[k], in)
				}
			}
		}
		for _, mode := range []Mode{Cycle, Functional} {
			chip := NewChip(im, sample.Timing(), mode)
			var wantSpikes [][]int32
			var want *activity.Activity
			for _, workers := range []int{1, 2, 3, 100} {
				m := New(chip)
				m.SetWorkers(workers)
				if most := (len(im.Cores) + 63) / 64; len(m.workers) != min(workers, most) {
					t.Fatalf("%d workers for %d cores, want %d", len(m.workers), len(im.Cores), min(workers, most))
				}
				for _, when := range []string{"at first", "after a reset"} {
					m.Reset()
					spikes, books := run(m, stimulus)
					if want == nil {
						wantSpikes, want = spikes, books
						if n := len(slices.Concat(spikes...)); n < 100 {
							t.Fatalf("%d spikes say little", n)
						}
					}
					if diff := cmp.Diff(wantSpikes, spikes); diff != "" {
						t.Fatalf("mode %d, %d workers, %s: spikes (-want +got):\n%s", mode, workers, when, diff)
					}
					if diff := cmp.Diff(want, books); diff != "" {
						t.Fatalf("mode %d, %d workers, %s: books (-want +got):\n%s", mode, workers, when, diff)
					}
				}
			}
			total := want.Total()
			crossings[mode] = total[targets.ChipHop]
		}
		if crossings[Cycle] != crossings[Functional] || crossings[Cycle] == 0 {
			t.Errorf("links between chips are crossed %v times in the two modes", crossings)
		}
	}
}
