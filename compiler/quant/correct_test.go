package quant_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/quant"
)

// The mean input of each neuron, over what its sources bring, is that of the
// weights as they are written, but for the rounding of the bias.
func TestCorrectedBiasesMakeUpForRounding(t *testing.T) {
	for neuron, params := range map[string]string{"if": "threshold: 1", "lif": "tau: 5ms, r: 2", "cuba_lif": "tau: 5ms, tau_syn: 3ms, w_in: 2, bias: 0.1", "integrator": ""} {
		r := rand.New(rand.NewPCG(9, 2))
		q := quantise(t, one(40, 6, neuron, params, "weights: "+draws(r, 240, 0.1)+", quantise: {format: ternary}"))
		for _, weights := range [][]int64{nil, profile(46)} {
			out, effects := quant.CorrectBias(q, 0.2, weights)
			if err := out.Verify(); err != nil {
				t.Fatal(err)
			}
			name := "drive"
			if neuron == "if" || neuron == "integrator" {
				name = "bias"
			}
			in := map[string]float64{"if": 1, "lif": 2. / 5, "cuba_lif": 2. / 3, "integrator": 1}[neuron]
			p, was := &out.Pops[0], &q.Pops[0]
			unit := p.Scale[0] * float64(int(1)<<p.Frac)
			for i := range 6 {
				lost := 0.0
				for j := range 40 {
					rate := 0.2
					if weights != nil { // 40 inputs and 6 neurons, which fired 0, 1, 2, … times
						rate = 0.2 * float64(j) * 46 / (45 * 46 / 2)
					}
					s := j*6 + i
					lost += rate * (q.Projections[0].Weight.At(s)*in - float64(q.Weights[0][s])/p.Scale[0])
				}
				moved := float64(ir.At(p.Params[name], i) - ir.At(was.Params[name], i))
				if math.Abs(moved-lost*unit) > 0.51 {
					t.Errorf("%s: neuron %d: bias moved by %g, and rounding takes %g", neuron, i, moved, lost*unit)
				}
			}
			if effects[0].Value < 5 || !(effects[3].Value < effects[2].Value/10) {
				t.Errorf("%s: effects %v", neuron, effects)
			}
		}
	}
}

func profile(n int) []int64 {
	out := make([]int64, n)
	for k := range out {
		out[k] = int64(k)
	}
	return out
}

// An integrator of coarse weights, fed at the rate that is assumed, ends nearer to
// that of the weights as they are written.
func TestCorrectedNetworksEndNearer(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 2))
	q := quantise(t, one(40, 6, "integrator", "", "weights: "+draws(r, 240, 0.1)+", quantise: {format: ternary}"))
	out, _ := quant.CorrectBias(q, 0.25, nil)
	const ticks = 400
	in := interp.Stimulus{Spikes: make([][]int32, ticks)}
	for tick := range in.Spikes {
		for i := range 40 {
			if r.IntN(4) == 0 {
				in.Spikes[tick] = append(in.Spikes[tick], int32(i))
			}
		}
	}
	want := interp.Graph(q.Graph, in, ticks).V
	off := func(q *ir.Quantized) float64 {
		sum := 0.0
		for i, v := range interp.Quantized(q, in, ticks).V {
			sum += math.Abs(v/(q.Pops[0].Scale[0]*float64(int(1)<<q.Pops[0].Frac)) - want[i])
		}
		return sum
	}
	if before, after := off(q), off(out); after > before/2 {
		t.Errorf("off by %g, and by %g without correction", after, before)
	}
}

func TestExactBiasesStay(t *testing.T) {
	q := quantise(t, one(3, 2, "if", "threshold: 3", "weights: [1, 2, 3, 4, 5, 6]"))
	if out, effects := quant.CorrectBias(q, 0.5, nil); effects[0].Value != 0 || &out.Pops[0].Params["bias"][0] != &q.Pops[0].Params["bias"][0] {
		t.Error("the biases of a network that lost nothing were corrected")
	}
}
