package approx_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/targets"
)

// longest is the longest delay of a trial.
const longest = 6

// trial is a network whose neurons only sum, on a chip with few axons.
type trial struct {
	text   string
	chip   *targets.Target
	inputs int
}

func newTrial(t *testing.T, r *rand.Rand) trial {
	t.Helper()
	chip, err := targets.Load("truenorth")
	if err != nil {
		t.Fatal(err)
	}
	chip.Arch.Axons = []int{12, 24, 48, 256}[r.IntN(4)]
	inputs := 6 + r.IntN(600)
	weights := []string{"[-7, 8]", "[-255, 255]", "[0, 15]", "[-2, 2]", "[3, 90]"}[r.IntN(5)]
	delay := []string{"1", "2", "5", "{integer: [1, 4], seed: 3}", "{integer: [2, 6], seed: 4}"}[r.IntN(5)]
	return trial{inputs: inputs, chip: chip, text: fmt.Sprintf(`
inputs: {in: {shape: %d}}
populations:
  p: {shape: %d, neuron: truenorth, params: {threshold: 262143}}
projections:
  - {from: in, to: p, connect: {sparse: {p: %.2f, seed: %d}}, weights: {integer: %s, seed: %d}, delay: %s}
`, inputs, 1+r.IntN(6), 0.4+0.6*r.Float64(), r.IntN(1000), weights, r.IntN(1000), delay)}
}

// spikes returns some ticks of input: of many inputs, or of one at a time, so that no
// two arrive together.
func (c *trial) spikes(r *rand.Rand, ticks int, many bool) [][]int32 {
	out := make([][]int32, ticks)
	for t := range out {
		if !many {
			if t%longest == 0 {
				out[t] = []int32{int32(r.IntN(c.inputs))}
			}
			continue
		}
		density := []float64{0, 0.1, 0.5, 1}[r.IntN(4)]
		for i := range c.inputs {
			if r.Float64() < density {
				out[t] = append(out[t], int32(i))
			}
		}
	}
	return out
}

// What a neuron with relays has received differs from what it would have, a latency
// earlier, by no more than the bound, and what its weights were rounded by.
func TestBoundHolds(t *testing.T) {
	held, nearest, levels := 0, 0.0, 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := newTrial(t, r)
		net, err := network.Parse("net.yaml", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		many := r.IntN(2) == 0
		share := 0.02
		if many {
			share = 1
		}
		exact, err := quant.Quantise(lower.Lower(net), &c.chip.Arch, network.Quantise{})
		if err != nil {
			t.Fatal(err)
		}
		res, err := compiler.Compile(context.Background(), net, "small", &c.chip.Arch, compiler.Options{Effort: 1, Approximate: share, Profile: slices.Repeat([]int64{2}, c.inputs+exact.Neurons())})
		if err != nil {
			t.Fatalf("seed %d: %v%s", seed, err, c.text)
		}
		if len(res.Approximated) == 0 {
			continue // it fits
		}
		told := res.Approximated[0]
		levels = max(levels, told.Levels)
		if many && told.Share < 1 {
			continue
		}
		const ticks = 40
		stim := interp.Stimulus{Spikes: c.spikes(r, ticks, many)}
		rounded := 0
		for tick := 1; tick <= ticks; tick++ {
			if tick > 1 {
				rounded += told.Weights.Max * len(stim.Spikes[tick-2])
			}
			want := interp.Quantized(exact, stim, tick)
			got := interp.Quantized(res.Quantized, stim, tick+told.Latency)
			for n, v := range want.V {
				if max(v, -v) > 200000 { // it fires soon
					tick = ticks
					break
				}
				d := got.V[n] - v
				if max(d, -d) > float64(told.Bound+rounded) {
					t.Fatalf("seed %d: tick %d: neuron %d has received %v, with relays %v: bound %d, %d of weights\n%+v%s", seed, tick, n, v, got.V[n], told.Bound, rounded, told, c.text)
				}
				if rounded == 0 && told.Bound > 0 {
					nearest = max(nearest, max(d, -d)/float64(told.Bound))
				}
			}
		}
		if have, want := len(res.Profile), res.Quantized.InputCount()+res.Quantized.Neurons(); have != want {
			t.Fatalf("seed %d: the profile has %d sources, the network with relays %d", seed, have, want)
		}
		held++
	}
	if held < 60 || nearest < 0.5 || levels < 2 {
		t.Errorf("%d networks were tried, with up to %d levels, and came as near as %.2f to their bounds: the test says too little", held, levels, nearest)
	}
}
