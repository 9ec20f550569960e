package difftest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/targets"
)

// eventNetwork is a kind of networks of a chip without ticks.
type eventNetwork struct{ target, neuron, weights, learn string }

var eventNetworks = []eventNetwork{
	{"tinyodin", "tinyodin_lif", "{integer: [-8, 7], seed: %d}", ""},
	{"odin", "odin_lif", "{integer: [0, 7], seed: %d}", ""},
	{"odin", "odin_izh", "{integer: [0, 7], seed: %d}", ""},
	{"odin", "odin_lif", "{integer: [0, 7], seed: %d}", ", learn: {rule: sdsp, theta_mem: 9, theta_1: 1, theta_2: 6, theta_3: 7, ca_leak: 3, w_max: 7}"},
}

// parse returns the network of a seed, and random numbers for its run.
func (e *eventNetwork) parse(t testing.TB, seed uint64) (net *network.Network, text string, r *rand.Rand) {
	t.Helper()
	r = rand.New(rand.NewPCG(seed, 3))
	inputs, neurons := 1+r.IntN(40), 1+r.IntN(60)
	params := fmt.Sprintf("threshold: {integer: [4, 25], seed: %d}, leak: {integer: [0, 2], seed: 4}", seed)
	if e.neuron == "odin_izh" {
		choice := []string{"latency", "after_depolarise", "resonate", "variable_threshold", "phasic", "bistable"}[r.IntN(6)]
		params = fmt.Sprintf("threshold: {integer: [1, 2], seed: %d}, leak: {integer: [0, 2], seed: 4}, delay: 2, reset: 1, stim_threshold: 1, %s: true", seed, choice)
	}
	text = fmt.Sprintf(`
inputs: {in: {shape: %d}}
populations: {n: {shape: %d, neuron: %s, params: {%s}}}
projections: [{from: in, to: n, connect: dense, weights: %s%s}]
outputs: [n]
`, inputs, neurons, e.neuron, params, fmt.Sprintf(e.weights, seed), e.learn)
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return net, text, r
}

// On a chip without ticks a spike of an input is worked off in its own tick, and
// then comes the time reference: with one spike a tick and no loops the chip does
// what the oracle does whose inputs spike a tick earlier, learning included.
func TestEventDrivenChipsEqualTheOracle(t *testing.T) {
	for _, test := range eventNetworks {
		chip, err := targets.Load(test.target)
		if err != nil {
			t.Fatal(err)
		}
		fired := 0
		for seed := range uint64(20) {
			net, text, r := test.parse(t, seed)
			inputs := network.Size(net.Inputs[0].Shape)
			res, err := compiler.Compile(context.Background(), net, chip.Name, &chip.Arch, compiler.Options{Effort: 1})
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			const ticks = 60
			stim := interp.Stimulus{}
			for range ticks {
				stim.Spikes = append(stim.Spikes, []int32{int32(r.IntN(inputs))})
			}
			oracle := interp.Quantized(res.Quantized, stim, ticks)
			want := map[int32]map[int32]bool{}
			for _, s := range oracle.Spikes {
				if want[s.Tick] == nil {
					want[s.Tick] = map[int32]bool{}
				}
				want[s.Tick][s.Neuron] = true
			}
			m := emulator.New(emulator.NewChip(res.Image, chip.Timing, emulator.Cycle))
			for k, in := range stim.Spikes {
				tick := int32(k + 1)
				got := m.Tick(in)
				fired += len(got)
				// A neuron may fire in the event and in the time reference.
				got = slices.Compact(slices.Sorted(slices.Values(got)))
				for _, n := range got {
					if !want[tick][n] {
						t.Fatalf("%s, seed %d, tick %d: neuron %d fires on the chip, not on the oracle\n%s", test.target, seed, tick, n, text)
					}
				}
				if len(got) != len(want[tick]) {
					t.Fatalf("%s, seed %d, tick %d: %d neurons fire on the chip, %d on the oracle\n%s", test.target, seed, tick, len(got), len(want[tick]), text)
				}
			}
			for n, v := range oracle.V {
				if got := m.State(n, 0); float64(got) != v {
					t.Fatalf("%s, seed %d: neuron %d ends at %d, on the oracle at %v\n%s", test.target, seed, n, got, v, text)
				}
			}
		}
		if fired < 100 {
			t.Errorf("%s: %d spikes: the test is idle", test.target, fired)
		}
	}
}
