package trace_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/emulator/internal/sample"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/targets"
)

// The synapses found in an image are those of the network that it was laid out from.
func TestFanInFindsTheNetworksSynapses(t *testing.T) {
	for name, arch := range map[string]targets.Arch{"delays at axons": sample.Dense(), "delays at synapses": sample.Sparse()} {
		t.Run(name, func(t *testing.T) {
			const inputs, neurons = 3, 30
			rng := rand.New(rand.NewPCG(1, 2))
			net := &sample.Net{
				Name: "net", Inputs: []sample.Group{{Name: "in", N: inputs}}, Populations: []sample.Group{{Name: "a", N: 17}, {Name: "b", N: 13}},
				Biases: make([]int32, neurons), Thresholds: make([]int32, neurons),
			}
			for to := range neurons {
				for from := range inputs + neurons {
					if rng.IntN(3) == 0 {
						net.Synapses = append(net.Synapses, sample.Synapse{From: from, To: to, Weight: 1 + rng.IntN(100), Delay: 1 + rng.IntN(4)})
					}
				}
			}
			im := net.Image(arch)
			var found []sample.Synapse
			for k := range im.Cores {
				for slot, n := range im.Cores[k].Neurons {
					for _, f := range trace.FanIn(im, k, slot) {
						found = append(found, sample.Synapse{From: f.Source, To: int(n), Weight: int(im.Cores[f.Core].Rows.Row(f.Axon).Weights[f.Synapse]), Delay: f.Delay})
					}
				}
			}
			order := func(a, b sample.Synapse) int { return cmp.Or(a.To-b.To, a.From-b.From, a.Delay-b.Delay) }
			slices.SortFunc(found, order)
			if !slices.Equal(found, net.Synapses) {
				t.Errorf("found %v\nwant %v", found, net.Synapses)
			}
		})
	}
}

// What a part sums is its neuron's, later by the delay of the partial sum.
func TestFanInFollowsPartialSums(t *testing.T) {
	im := sample.Spread(sample.Dense())
	var through int
	for k := range im.Cores {
		for from, dests := range im.Cores[k].Dests {
			for _, d := range dests {
				slot, ok := d.Slot()
				if !ok {
					continue
				}
				for _, f := range trace.FanIn(im, k, from) {
					f.Delay += int(d.Delay)
					through++
					if all := trace.FanIn(im, int(d.Core), int(slot)); !slices.Contains(all, f) {
						t.Errorf("slot %d of core %d has %v, want also %v", slot, d.Core, all, f)
					}
				}
			}
		}
	}
	if through == 0 {
		t.Error("the image has no partial sums")
	}
}
