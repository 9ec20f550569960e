package difftest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// behaviour runs a network in real numbers and on the emulated xbar256, whose
// words have 24 bits, and returns the ticks in which each neuron fires.
func behaviour(t *testing.T, text string, spikes [][]int32, ticks int) (reals, chip [][]int) {
	t.Helper()
	net, err := network.Parse("net.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	target, err := targets.Load("xbar256")
	if err != nil {
		t.Fatal(err)
	}
	res, err := compiler.Compile(context.Background(), net, target.Name, &target.Arch, compiler.Options{Effort: 1})
	if err != nil {
		t.Fatal(err)
	}
	n := res.Quantized.Neurons()
	reals, chip = make([][]int, n), make([][]int, n)
	for _, s := range interp.Graph(res.Quantized.Graph, interp.Stimulus{Spikes: spikes}, ticks).Spikes {
		reals[s.Neuron] = append(reals[s.Neuron], int(s.Tick))
	}
	m := emulator.New(emulator.NewChip(res.Image, target.Timing, emulator.Functional))
	for tick := 1; tick <= ticks; tick++ {
		var in []int32
		if tick <= len(spikes) {
			in = spikes[tick-1]
		}
		for _, k := range m.Tick(in) {
			chip[k] = append(chip[k], tick)
		}
	}
	return reals, chip
}

// both runs check on what the neurons do in real numbers, and on the chip.
func both(t *testing.T, text string, spikes [][]int32, ticks int, check func(t *testing.T, fires [][]int)) {
	t.Helper()
	reals, chip := behaviour(t, text, spikes, ticks)
	t.Run("reals", func(t *testing.T) { check(t, reals) })
	t.Run("chip", func(t *testing.T) { check(t, chip) })
}

func intervals(ticks []int) []int {
	var out []int
	for k := 1; k < len(ticks); k++ {
		out = append(out, ticks[k]-ticks[k-1])
	}
	return out
}

// Under a constant input the intervals of an adaptive neuron grow until the
// threshold falls as much between two spikes as a spike lifts it.
func TestAdaptiveThresholdStretchesIntervals(t *testing.T) {
	const text = "populations: {p: {shape: 2, neuron: alif, params: {tau: 20ms, tau_adapt: 300ms, adapt: [0.1, 0], bias: 3}}}\n"
	both(t, text, nil, 1500, func(t *testing.T, fires [][]int) {
		adapts, plain := intervals(fires[0]), intervals(fires[1])
		for k, x := range plain {
			if x != plain[0] {
				t.Errorf("without adaptation interval %d is %d, want %d as the first", k, x, plain[0])
			}
		}
		for k := 1; k < 8; k++ {
			if adapts[k] < adapts[k-1] {
				t.Errorf("intervals %v, want none shorter than the one before", adapts[:8])
				break
			}
		}
		last := adapts[len(adapts)-1]
		if adapts[0] > plain[0]+2 || last < 3*plain[0] {
			t.Errorf("intervals from %d to %d, want from about %d to three times that", adapts[0], last, plain[0])
		}
		// Where it settles, drive = 3 reaches 1 + a after the interval T, and a falls by
		// 0.1 in T: a·(1 − ρ^T) = 0.1·ρ^T at the spike.
		rho, beta := 1-1./300, 1-1./20
		want := 0
		for T := 1; want == 0; T++ {
			a := 0.1 * math.Pow(rho, float64(T)) / (1 - math.Pow(rho, float64(T)))
			if 3*(1-math.Pow(beta, float64(T))) > 1+a {
				want = T
			}
		}
		if last < want-1 || last > want+1 {
			t.Errorf("it settles at an interval of %d, want %d by the equation", last, want)
		}
	})
}

// The paper's four kinds of cell at a constant input of 10 do what its figure 2
// shows.
func TestIzhikevichCellsFireAsThePaperShows(t *testing.T) {
	const text = `populations:
  rs: {shape: 1, neuron: izhikevich, params: {bias: 10}}
  ib: {shape: 1, neuron: izhikevich, params: {c: -55, d: 4, bias: 10}}
  ch: {shape: 1, neuron: izhikevich, params: {c: -50, d: 2, bias: 10}}
  fs: {shape: 1, neuron: izhikevich, params: {a: 0.1, d: 2, bias: 10}}
`
	both(t, text, nil, 1000, func(t *testing.T, fires [][]int) {
		rs, ib, ch, fs := intervals(fires[0]), intervals(fires[1]), intervals(fires[2]), intervals(fires[3])
		mean := func(x []int) float64 {
			sum := 0
			for _, v := range x {
				sum += v
			}
			return float64(sum) / float64(len(x))
		}
		count := func(x []int, lo, hi int) (n int) {
			for _, v := range x {
				if v >= lo && v <= hi {
					n++
				}
			}
			return n
		}
		if float64(rs[0]) > 0.75*mean(rs[2:]) || count(rs, 0, 20) > 0 {
			t.Errorf("regular spiking: intervals %v, want a short one, then long ones, and no bursts", rs)
		}
		if ib[0] > 8 || count(ib[1:], 0, 20) > 0 {
			t.Errorf("intrinsically bursting: intervals %v, want a burst, then single spikes", ib)
		}
		if count(ch, 0, 6) < 12 || count(ch, 25, 100) < 8 || count(ch, 13, 24) > 2 {
			t.Errorf("chattering: intervals %v, want bursts of close spikes again and again", ch)
		}
		if mean(fs) > 0.4*mean(rs) || mean(fs[len(fs)-20:]) > 1.5*mean(fs[1:11]) {
			t.Errorf("fast spiking: intervals %v, want short ones that do not grow", fs)
		}
	})
}

// The rhythm of a single cell is chaotic: a step of 1 ms throws v far above the
// threshold, and u with it. So the rates are compared over many cells.
func TestIzhikevichRatesOnTheChipAreThoseOfTheReals(t *testing.T) {
	for _, cell := range []string{"d: 8", "c: -55, d: 4", "c: -50, d: 2", "a: 0.1, d: 2", "b: 0.25, d: 2", "a: 0.1, b: 0.26, d: 2"} {
		for _, bias := range []float64{5, 10, 15} {
			text := fmt.Sprintf("populations: {p: {shape: 100, neuron: izhikevich, params: {%s, bias: {uniform: [%g, %g]}}}}\n", cell, bias-0.25, bias+0.25)
			reals, chip := behaviour(t, text, nil, 1000)
			var want, got float64
			for k := range reals {
				want += float64(len(reals[k]))
				got += float64(len(chip[k]))
			}
			if math.Abs(got-want) > 0.03*want {
				t.Errorf("%s at %g: %g spikes on the chip, want within 3 %% of %g", cell, bias, got, want)
			}
		}
	}
}

// Two inputs fire a resonator if they are a period apart, and not otherwise: not
// closer, and not half a period later.
func TestResonatorFiresForADoubletInPhase(t *testing.T) {
	const gaps = 60
	text := fmt.Sprintf(`
inputs: {first: {shape: 1}, second: {shape: %d}}
populations: {p: {shape: %d, neuron: resonate_and_fire, params: {tau: 100ms, frequency: 40Hz}}}
projections:
  - {from: first, to: p, connect: dense, weights: 0.65}
  - {from: second, to: p, connect: one_to_one, weights: 0.65}
`, gaps, gaps)
	spikes := make([][]int32, gaps+1)
	spikes[0] = []int32{0}
	for gap := 1; gap < gaps; gap++ {
		spikes[gap] = []int32{int32(1 + gap)} // element gap of second, in tick gap + 1
	}
	// An input swings y up to 0.65·e^(−t/tau) after a quarter of the 25 ticks. The
	// second adds as much times the cosine of the phase of the first.
	both(t, text, spikes, 150, func(t *testing.T, fires [][]int) {
		for gap := 1; gap < gaps; gap++ {
			phase := math.Abs(math.Remainder(float64(gap), 25)) / 25
			switch got := len(fires[gap]) > 0; {
			case gap >= 23 && gap <= 27 && !got:
				t.Errorf("silent at a gap of %d ticks, a period", gap)
			case (phase > 0.2 || gap > 30) && got:
				t.Errorf("fires at a gap of %d ticks, phase %.2f, in ticks %v", gap, phase, fires[gap])
			}
		}
	})
}

// An oscillation left alone decays as its equation says, at its frequency, and
// to exactly nothing.
func TestResonatorRingsAndEnds(t *testing.T) {
	net, err := network.Parse("net.yaml", []byte("populations: {p: {shape: 3, neuron: resonate_and_fire, params: {tau: [20ms, 50ms, 100ms], frequency: [5, 40, 250], v_init: 0.9, threshold: 1}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, c := range chips(t) {
		if c.Arch.Models != "" {
			continue // its neurons are circuits
		}
		res, err := compiler.Compile(context.Background(), net, c.Name, &c.Arch, compiler.Options{})
		if _, unfit := errors.AsType[*diag.Error](err); unfit {
			continue // a chip whose neurons are of one model
		}
		if err != nil {
			t.Fatal(err)
		}
		ran++
		q := res.Quantized
		unit := q.Pops[0].Scale[0] * float64(int(1)<<q.Pops[0].Frac)
		limit := 0.001
		if c.Arch.StateBits < 24 {
			limit = 0.05
		}
		for _, ticks := range []int{1, 7, 25, 60, 130} {
			want, got := interp.Graph(q.Graph, interp.Stimulus{}, ticks).V, interp.Quantized(q, interp.Stimulus{}, ticks).V
			for k := range want {
				closed := 0.9 * math.Exp(-float64(ticks)/[]float64{20, 50, 100}[k]) * math.Cos(2*math.Pi*[]float64{.005, .04, .25}[k]*float64(ticks))
				if math.Abs(want[k]-closed) > 1e-9 || math.Abs(got[k]/unit-closed) > limit {
					t.Errorf("%s, neuron %d: v = %g on the chip and %g in reals after %d ticks, want %g", c.Name, k, got[k]/unit, want[k], ticks, closed)
				}
			}
		}
		for k, v := range interp.Quantized(q, interp.Stimulus{}, 3000).V {
			if v != 0 {
				t.Errorf("%s, neuron %d: v = %g at the end, want 0", c.Name, k, v)
			}
		}
	}
	if ran < 5 {
		t.Errorf("it runs on %d targets, want 5 or more", ran)
	}
}

// A neuron held at a potential by its bias, with tau a tick long, fires with the
// probability that the noise lies below: (1 + (v − threshold)/noise)/2.
func TestNoisyThresholdIsCrossedAsOftenAsItsNoiseSays(t *testing.T) {
	const n, ticks = 21, 4000
	text := "seed: 11\npopulations: {p: {shape: 21, neuron: stochastic_lif, params: {tau: 1ms, reset: none, noise: 0.4, threshold: 1, bias: ["
	held := make([]float64, n)
	for k := range held {
		held[k] = 0.5 + 0.05*float64(k)
		text += fmt.Sprintf("%.2f, ", held[k])
	}
	text += "]}}}\n"
	both(t, text, nil, ticks, func(t *testing.T, fires [][]int) {
		for k, v := range held {
			p := min(max((1+(v-1)/0.4)/2, 0), 1)
			want, sd := p*ticks, math.Sqrt(p*(1-p)*ticks)
			// A threshold and a bias are rounded to a unit of about 1/8000 each.
			if got := float64(len(fires[k])); math.Abs(got-want) > 4*sd+ticks/8000 {
				t.Errorf("held at %.2f it fires %g times in %d ticks, want %.0f ± %.0f", v, got, ticks, want, sd)
			}
		}
	})
	// Neighbours draw for themselves, and a tick does not tell of the next.
	_, chip := behaviour(t, text, nil, ticks)
	together, again := 0, 0
	for _, tick := range chip[10] {
		for _, other := range [][]int{chip[9], chip[10]} {
			for _, x := range other {
				switch {
				case &other[0] == &chip[9][0] && x == tick:
					together++
				case &other[0] == &chip[10][0] && x == tick+1:
					again++
				}
			}
		}
	}
	p, q := 0.5, (1-0.05/0.4)/2
	for _, test := range []struct {
		name string
		got  int
		p    float64
	}{{"neurons together", together, p * q}, {"one tick and the next", again, p * p}} {
		if sd := math.Sqrt(test.p * (1 - test.p) * ticks); math.Abs(float64(test.got)-test.p*ticks) > 5*sd {
			t.Errorf("%s: %d times, want %.0f ± %.0f", test.name, test.got, test.p*ticks, sd)
		}
	}
}

// Every model of these goes with every rule of learning: no name of one is taken by
// the other.
func TestModelsLearnByEveryRule(t *testing.T) {
	const text = `
seed: 9
inputs: {in: {shape: 10}, reward: {shape: 1, broadcast: 3}}
populations: {p: {shape: 7, neuron: %s}}
projections: [{from: in, to: p, connect: dense, weights: {uniform: [0.1, 1]}, learn: {w_min: 0, w_max: 1, %s}}]
`
	all := chips(t)
	for _, neuron := range []string{
		"alif, params: {tau: 10ms, tau_adapt: 50ms, adapt: 0.2, refractory: 2, threshold: 0.5}",
		"stochastic_lif, params: {tau: 10ms, noise: 0.5, threshold: 0.3, refractory: 1}",
		"izhikevich, params: {bias: 5, r: 4}",
		"resonate_and_fire, params: {tau: 20ms, frequency: 100, threshold: 0.3}",
	} {
		for _, rule := range []string{
			"rule: stdp, a_plus: 0.01, a_minus: 0.02, tau_plus: 20ms, tau_minus: 20ms",
			"rule: r_stdp, a_plus: 0.01, a_minus: 0.02, tau_plus: 20ms, tau_minus: 20ms, tau_reward: 50ms",
			"rule: sdsp, theta_mem: 0.2, theta_1: 1, theta_2: 3, theta_3: 5, ca_leak: 3, step: 0.1",
		} {
			net, err := network.Parse("net.yaml", fmt.Appendf(nil, text, neuron, rule))
			if err != nil {
				t.Fatal(err)
			}
			ran := 0
			for _, c := range all {
				err := Compare(net, c.Target, NewRun(3, net, 60))
				if _, unfit := errors.AsType[*diag.Error](err); unfit {
					continue
				}
				if err != nil {
					t.Errorf("%s; %s: %v", neuron, rule, err)
				}
				ran++
			}
			if ran < 5 {
				t.Errorf("%s; %s: it runs on %d targets, want 5 or more", neuron, rule, ran)
			}
		}
	}
}
