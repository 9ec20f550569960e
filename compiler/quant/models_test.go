package quant_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/ir"
)

// unit is the integer of a potential of 1 in a neuron of the first population.
func unit(q *ir.Quantized, i int) float64 {
	return ir.At(q.Pops[0].Scale, i) * float64(int(1)<<q.Pops[0].Frac)
}

// The integers of a model fire as its equation in real numbers does: in the same
// tick, or in the one before or after. Words of 24 and 32 bits have weights of 16.
func TestIntegersFireAsTheReals(t *testing.T) {
	const m, n, ticks = 12, 5, 2000
	r := rand.New(rand.NewPCG(51, 52))
	var stim interp.Stimulus
	for range ticks {
		var in []int32
		for i := range m {
			if r.IntN(12) == 0 {
				in = append(in, int32(i))
			}
		}
		stim.Spikes = append(stim.Spikes, in)
	}
	for _, test := range []struct {
		model, params string
		// weight is how many times 0.05 a weight is at most.
		weight int
		// same are the least shares of spikes in the same tick, by bits of a word.
		same map[int]float64
	}{
		{"alif", "tau: [5ms, 10ms, 20ms, 40ms, 80ms], tau_adapt: [20ms, 50ms, 100ms, 200ms, 1000ms], adapt: [0.5, 0.1, 0.3, 0.05, 0.2], bias: 1.5", 40, map[int]float64{16: 0.75, 24: 0.97, 32: 0.97}},
		{"alif", "tau: 20ms, tau_adapt: 100ms, adapt: 0.1, bias: 1.5, reset: subtract, refractory: 2, v_leak: 0.1", 40, map[int]float64{16: 0.8, 24: 0.98, 32: 0.98}},
		{"stochastic_lif", "tau: [5ms, 10ms, 20ms, 40ms, 80ms], noise: [0, 0.1, 0.3, 0.5, 1], bias: 0.8", 40, map[int]float64{16: 0.8, 24: 0.98, 32: 0.99}},
		{"resonate_and_fire", "tau: [10ms, 50ms, 100ms, 200ms, 500ms], frequency: [5, 20, 40, 80, 250], bias: 0.01", 6, map[int]float64{16: 0.9, 24: 0.98, 32: 0.99}},
	} {
		for bits, least := range test.same {
			weightBits := 8
			if bits > 16 {
				weightBits = 16
			}
			for _, per := range []string{"projection", "neuron"} {
				weights := fmt.Sprintf("weights: {integer: [-%d, %d], scale: 0.05, seed: 1}, quantise: {per: %s, clip: max}", test.weight, test.weight, per)
				q := quantiseFor(t, one(m, n, test.model, test.params, weights), arch(t, weightBits, bits))
				want, got := interp.Graph(q.Graph, stim, ticks), interp.Quantized(q, stim, ticks)
				fires := map[interp.Spike]bool{}
				for _, s := range want.Spikes {
					fires[s] = true
				}
				same := 0
				for _, s := range got.Spikes {
					for _, off := range []int32{0, -1, 1} {
						if near := (interp.Spike{Tick: s.Tick + off, Neuron: s.Neuron}); fires[near] {
							delete(fires, near)
							same++
							break
						}
					}
				}
				share := float64(same) / float64(max(len(want.Spikes), len(got.Spikes)))
				t.Logf("%s, %d bits, per %s: %.3f of %d spikes are the same", test.model, bits, per, share, len(want.Spikes))
				if share < least || len(want.Spikes) < 100 {
					t.Errorf("%s, %d bits, per %s: %d spikes, %d in reals, of which %.3f are the same, want %.2f", test.model, bits, per, len(got.Spikes), len(want.Spikes), share, least)
				}
				if bits > 16 && got.Saturations > 0 {
					t.Errorf("%s, %d bits, per %s: %d words saturate", test.model, bits, per, got.Saturations)
				}
			}
		}
	}
}

// From every potential of the ordinary range one tick of the integers is one of
// the reals, and with 24 bits nothing saturates, not even in a spike.
func TestIzhikevichsQuadraticFitsWords(t *testing.T) {
	const text = "populations: {p: {shape: 161, neuron: izhikevich, params: {bias: 4, v_init: [%s]}}}\n"
	list := "-100"
	for v := -99; v <= 60; v++ {
		list += fmt.Sprintf(", %d", v)
	}
	for _, test := range []struct {
		bits int
		off  float64 // the largest error in mV
	}{{16, 0.2}, {20, 0.05}, {24, 0.005}, {32, 0.005}} {
		q := quantiseFor(t, fmt.Sprintf(text, list), arch(t, 8, test.bits))
		want, got := interp.Graph(q.Graph, interp.Stimulus{}, 1), interp.Quantized(q, interp.Stimulus{}, 1)
		if len(want.Spikes) < 40 || len(got.Spikes) != len(want.Spikes) {
			t.Errorf("%d bits: %d neurons fire, want %d as in reals", test.bits, len(got.Spikes), len(want.Spikes))
		}
		worst := 0.0
		for i, v := range want.V {
			worst = max(worst, math.Abs(got.V[i]/unit(q, i)-v))
		}
		t.Logf("%d bits: %.4f mV off at most, %d saturations", test.bits, worst, got.Saturations)
		if worst > test.off {
			t.Errorf("%d bits: %g mV off, want %g at most", test.bits, worst, test.off)
		}
		if test.bits >= 24 && got.Saturations > 0 {
			t.Errorf("%d bits: %d words saturate, want none", test.bits, got.Saturations)
		}
	}
}

// The words of izhikevich are those that its text says.
func TestWordsOfIzhikevich(t *testing.T) {
	for _, bits := range []int{8, 12, 16, 24, 32} {
		for _, weights := range []string{"0.001", "0.5", "20", "4000"} {
			q := quantiseFor(t, one(1, 1, "izhikevich", "bias: 3", "weights: "+weights), arch(t, 8, bits))
			p := &q.Pops[0]
			one := float64(int(1) << p.FactorBits)
			for name, want := range map[string]float64{
				"linear": 3.5 * one, "pull": one / 8, "slope": 0.8 * one, "rate": 0.02 * one,
				"drive": 71.5 * unit(q, 0), "threshold": 30 * unit(q, 0), "c": -65 * unit(q, 0), "jump": 32 * unit(q, 0),
				"square": math.Ldexp(0.02, p.FactorBits+p.SquareBits) / unit(q, 0),
			} {
				if got := float64(p.Params[name][0]); math.Abs(got-want) > 0.5+1e-6 {
					t.Errorf("%d bits, weights %s: %s is %g, want %g", bits, weights, name, got, want)
				}
			}
			if square := p.Params["square"][0]; square < 1<<(bits-3) {
				t.Errorf("%d bits, weights %s: square is %d, want a word well filled", bits, weights, square)
			}
			if p.Exact || p.Saturated > 0 {
				t.Errorf("%d bits, weights %s: exact %v, %d saturated, want false, 0", bits, weights, p.Exact, p.Saturated)
			}
		}
	}
}

// However coarse the factors, every rotation decays: a resonator left alone ends at 0.
func TestEveryRotationDecays(t *testing.T) {
	const text = "populations: {p: {shape: 100, neuron: resonate_and_fire, params: {tau: {uniform: [1ms, 5s]}, frequency: {uniform: [0, 500]}, v_init: 0.9}}}\n"
	for _, bits := range []int{8, 12, 16} {
		q := quantiseFor(t, text, arch(t, 8, bits))
		p := &q.Pops[0]
		one := float64(int(1) << p.FactorBits)
		for i := range 100 {
			if norm := math.Hypot(float64(p.Params["cosine"][i]), float64(p.Params["sine"][i])) / one; norm >= 1 {
				t.Errorf("%d bits, neuron %d: a turn by a factor of %g", bits, i, norm)
			}
		}
		res := interp.Quantized(q, interp.Stimulus{}, 6000)
		for i, v := range res.V {
			if v != 0 {
				t.Errorf("%d bits, neuron %d: v = %g at the end, want 0", bits, i, v)
			}
		}
		if len(res.Spikes) > 0 {
			t.Errorf("%d bits: %d spikes of themselves", bits, len(res.Spikes))
		}
	}
}

// Noise makes fractions count, so there must be bits for them.
func TestWholePotentialsWithNoiseHaveFractions(t *testing.T) {
	q := quantise(t, one(1, 1, "stochastic_lif", "tau: 1ms, noise: 2, threshold: 5", "weights: [3]"))
	if p := &q.Pops[0]; !p.Exact || p.Frac == 0 {
		t.Errorf("exact %v, frac %d, want true and bits below the weights' unit", p.Exact, p.Frac)
	}
}

// Narrow words clip spikes, and are graceful about it: cells fire about as often.
func TestIzhikevichRatesInNarrowWords(t *testing.T) {
	for _, cell := range []string{"d: 8", "c: -55, d: 4", "c: -50, d: 2", "a: 0.1, d: 2", "b: 0.25, d: 2", "a: 0.1, b: 0.26, d: 2"} {
		for _, bias := range []float64{5, 10, 15} {
			text := one(1, 50, "izhikevich", fmt.Sprintf("%s, bias: {uniform: [%g, %g]}", cell, bias-0.25, bias+0.25), "weights: 20")
			for _, test := range []struct {
				bits int
				off  float64
			}{{16, 0.12}, {20, 0.08}, {24, 0.05}, {32, 0.05}} {
				q := quantiseFor(t, text, arch(t, 8, test.bits))
				want, got := interp.Graph(q.Graph, interp.Stimulus{}, 1000), interp.Quantized(q, interp.Stimulus{}, 1000)
				off := float64(len(got.Spikes))/float64(len(want.Spikes)) - 1
				t.Logf("%s at %g, %d bits: %.1f spikes, %.3f off, %d saturations", cell, bias, test.bits, float64(len(want.Spikes))/50, off, got.Saturations)
				if math.Abs(off) > test.off {
					t.Errorf("%s at %g, %d bits: %d spikes, want %d", cell, bias, test.bits, len(got.Spikes), len(want.Spikes))
				}
			}
		}
	}
}
