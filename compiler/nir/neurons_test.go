package nir

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/hdf5"
)

// equation is a neuron of NIR in the file's units, integrated as options say.
type equation struct {
	kind                             kind
	tau, tauSyn, r, vLeak, threshold float64
	vReset, wIn                      float64
	opt                              Options
	v, i                             float64
}

// step integrates a step in which spikes bring a sum of weights, beside a bias, and
// reports whether the neuron fires.
func (e *equation) step(spikes, bias float64) bool {
	o := e.opt
	dt := o.Tick / o.TimeUnit
	share := func(tau float64) float64 { // of what decays
		if o.Decay == Exact {
			return 1 - math.Exp(-dt/tau)
		}
		return dt / tau
	}
	// charged is what a step adds to a state of time constant tau.
	charged := func(tau, gain float64) float64 {
		if o.Amplitude == Dirac {
			return gain*spikes/tau + share(tau)*gain*bias
		}
		return share(tau) * gain * (spikes + bias)
	}
	switch rowOf(e.kind).membrane {
	case integrates:
		switch o.Amplitude {
		case Unit:
			e.v += e.r * dt * (spikes + bias)
		case Dirac:
			e.v += e.r * (spikes + dt*bias)
		default:
			e.v += e.r * (spikes + bias)
		}
	case leaks:
		e.v += share(e.tau)*(e.vLeak-e.v) + charged(e.tau, e.r)
	case currents:
		before := e.i
		e.i += -share(e.tauSyn)*e.i + charged(e.tauSyn, e.wIn)
		seen := e.i
		if o.OldCurrent {
			seen = before
		}
		e.v += share(e.tau) * (e.vLeak - e.v + e.r*seen)
	case sums:
		e.v = spikes + bias
	}
	if !rowOf(e.kind).fires || e.v <= e.threshold {
		return false
	}
	switch o.Reset {
	case ResetZero:
		e.v = 0
	case ResetSubtract:
		e.v -= e.threshold
	default:
		e.v = e.vReset
	}
	return true
}

// TestNeuronsFollowTheirEquations runs two neurons of each kind, one of them with a
// bias, with options of all sorts, and holds them to the equations themselves.
func TestNeuronsFollowTheirEquations(t *testing.T) {
	const ticks = 200
	r := rand.New(rand.NewPCG(7, 8))
	var stim interp.Stimulus
	for range ticks {
		var on []int32
		if r.IntN(3) == 0 {
			on = []int32{0}
		}
		stim.Spikes = append(stim.Spikes, on)
	}
	fired := map[kind]int{}
	for name, opt := range map[string]Options{
		"defaults":           {},
		"1 ms":               {Tick: 1e-3},
		"of milliseconds":    {Tick: 1e-3, TimeUnit: 1e-3},
		"subtract":           {Tick: 1e-3, Reset: ResetSubtract},
		"zero":               {Tick: 1e-3, Reset: ResetZero},
		"exact":              {Tick: 1e-3, Decay: Exact},
		"exact, long ticks":  {Tick: 1e-2, Decay: Exact},
		"unit":               {Tick: 1e-3, Amplitude: Unit},
		"dirac":              {Tick: 1e-3, Amplitude: Dirac},
		"dirac, exact, ms":   {Tick: 1e-3, TimeUnit: 1e-3, Amplitude: Dirac, Decay: Exact},
		"old":                {Tick: 1e-3, OldCurrent: true},
		"old, dirac, exact":  {Tick: 1e-3, OldCurrent: true, Amplitude: Dirac, Decay: Exact},
		"aligned":            {Tick: 1e-3, Align: true},
		"aligned, old":       {Tick: 1e-3, Align: true, OldCurrent: true},
		"aligned, old, unit": {Tick: 1e-3, Align: true, OldCurrent: true, Amplitude: Unit},
	} {
		for _, row := range rows {
			if row.role != neuron {
				continue
			}
			t.Run(name+"/"+string(row.kind), func(t *testing.T) {
				opt := opt
				if opt.Tick == 0 {
					opt.Tick = defaultTick
				}
				if opt.TimeUnit == 0 {
					opt.TimeUnit = 1
				}
				e := equation{kind: row.kind, tau: 8e-3 / opt.TimeUnit, tauSyn: 3e-3 / opt.TimeUnit, r: 1.5, vLeak: 0.02, threshold: 0.3, vReset: -0.1, wIn: 2, opt: opt}
				weight, bias := 1.0, -0.05
				if opt.Amplitude == Dirac { // a spike is worth more, or less, by the duration of a tick
					weight = opt.Tick / opt.TimeUnit
				}
				if row.kind == threshold { // has no v_reset
					weight, e.opt.Reset = 1, ResetZero
				}
				if (row.kind == fire || row.kind == integrate) && opt.Amplitude == Unit {
					weight = 0.1 / (opt.Tick / opt.TimeUnit)
				}
				n := &hdf5.Tree{Data: map[string]*hdf5.Values{"type": {Strings: []string{string(row.kind)}}}}
				numbers := map[string]float64{
					"tau": e.tau, "tau_mem": e.tau, "tau_syn": e.tauSyn, "r": e.r, "v_leak": e.vLeak,
					"v_threshold": e.threshold, "threshold": e.threshold, "v_reset": e.vReset, "w_in": e.wIn,
				}
				for _, f := range row.fields {
					n.Data[f.name] = &hdf5.Values{Shape: []int{2}, Floats: []float64{numbers[f.name], numbers[f.name]}}
				}
				g := built(t, opt, nodes{
					"in": of1(input, "shape", []int{1}), "n": n,
					"w": of1(affine, "weight", &hdf5.Values{Shape: []int{2, 1}, Floats: []float64{weight, weight}}, "bias", []float64{0, bias}),
				}, "in w", "w n")
				res := interp.Graph(g, stim, ticks)
				cells := []equation{e, e}
				var want []interp.Spike
				for tick := 1; tick <= ticks; tick++ {
					if opt.Align && tick == 1 {
						continue // at rest
					}
					sum := 0.0
					if tick > 1 && len(stim.Spikes[tick-2]) > 0 {
						sum = weight
					}
					for k := range cells {
						if cells[k].step(sum, []float64{0, bias}[k]) {
							want = append(want, interp.Spike{Tick: int32(tick), Neuron: int32(k)})
						}
					}
				}
				if diff := cmp.Diff(want, res.Spikes); diff != "" {
					t.Errorf("spikes (-want +got)\n%s", diff)
				}
				fired[row.kind] += len(want)
				for k, c := range cells {
					if math.Abs(res.V[k]-c.v) > 1e-9*max(1, math.Abs(c.v)) {
						t.Errorf("neuron %d ends at %g, want %g", k, res.V[k], c.v)
					}
				}
			})
		}
	}
	for _, row := range rows {
		if row.fires && fired[row.kind] < 100 {
			t.Errorf("%s fires %d times in all, which shows little", row.kind, fired[row.kind])
		}
	}
}

// TestLevels holds delays to what lets every population see the spikes of one step
// together, in loops those of the step before.
func TestLevels(t *testing.T) {
	one := func() *hdf5.Tree { return of1(fire, "r", 1.0, "v_threshold", 1.0) }
	g := built(t, Options{}, nodes{
		"in": of1(input, "shape", []int{2}), "a": one(), "b": one(), "c": one(), "d": one(), "e": one(),
		"late": of1(delay, "delay", []float64{3e-4, 3e-4}), "each": of1(delay, "delay", []float64{0, 2e-4}),
		"out": of1(output, "shape", []int{2}),
	}, "in a", "a b", "b c", "in c", "a c", "c late", "late d", "d e", "e d", "e e", "d each", "each e", "e out")
	want := map[string][]uint16{
		"in→a": {1}, "a→b": {1}, "b→c": {1}, "in→c": {3}, "a→c": {2},
		"c→d": {4}, "d→e": {1}, "e→d": {1}, "e→e": {1}, "d→e#2": {1, 2},
	}
	got := map[string][]uint16{}
	for k := range g.Projections {
		p := &g.Projections[k]
		name := g.Net.Projections[p.Index].Name
		got[name] = p.Delay
		if len(p.Delay) > 1 && !slices.ContainsFunc(p.Delay, func(d uint16) bool { return d != p.Delay[0] }) {
			got[name] = p.Delay[:1]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("delays (-want +got)\n%s", diff)
	}
	if name := g.Net.Populations[g.Net.Outputs[0]].Name; name != "e" {
		t.Errorf("the output is %s, want e", name)
	}
}

// TestThresholds has one that sums spikes, and one above the potential of a neuron
// that has none.
func TestThresholds(t *testing.T) {
	g := built(t, Options{Tick: 1e-3}, nodes{
		"in": of1(input, "shape", []int{2}), "sum": of1(threshold, "threshold", 0.5),
		"i": of1(integrate, "r", 1.0), "above": of1(threshold, "threshold", 1.5), "out": of1(output, "shape", []int{2}),
	}, "in sum", "in i", "i above", "above out", "sum out")
	stim := interp.Stimulus{Spikes: [][]int32{{0, 1}, nil, {0}, {0}}}
	got := interp.Graph(g, stim, 6).Spikes
	first := map[string]int32{}
	for _, p := range g.Populations {
		first[p.Name] = int32(p.First)
	}
	sum, i := first["sum"], first["i"]
	want := []interp.Spike{{Tick: 2, Neuron: sum}, {Tick: 2, Neuron: sum + 1}, {Tick: 4, Neuron: sum}, {Tick: 4, Neuron: i}, {Tick: 5, Neuron: sum}, {Tick: 5, Neuron: i}, {Tick: 6, Neuron: i}}
	order := func(a, b interp.Spike) int { return int(a.Tick-b.Tick)*100 + int(a.Neuron-b.Neuron) }
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestOutputsBehindMaps reads the sum of a tick as a potential.
func TestOutputsBehindMaps(t *testing.T) {
	g := built(t, Options{Tick: 1e-3}, nodes{
		"in": of1(input, "shape", []int{2}), "a": of1(fire, "r", []float64{1, 1}, "v_threshold", []float64{0.5, 0.5}),
		"w": of1(affine, "weight", array([]int{1, 2}, 2, 3), "bias", []float64{0.25}), "out": of1(output, "shape", []int{1}),
	}, "in a", "a w", "w out")
	if m := g.Net.Populations[1].Model; m != network.LI {
		t.Fatalf("the output is of %s, want li", m)
	}
	stim := interp.Stimulus{Spikes: [][]int32{{0, 1}, {1}, nil}}
	for tick, want := range map[int]float64{2: 0.25, 3: 5.25, 4: 3.25, 5: 0.25} {
		if got := interp.Graph(g, stim, tick).V[2]; math.Abs(got-want) > 1e-12 {
			t.Errorf("tick %d: %g, want %g", tick, got, want)
		}
	}
}
