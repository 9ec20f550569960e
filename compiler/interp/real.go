package interp

import (
	"math"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa"
)

// Graph runs a network in real numbers, by the equations of FORMAT.md. It knows
// the models that have equations in real numbers, and weights that do not learn.
func Graph(g *ir.Graph, stim Stimulus, ticks int) *Result {
	n := g.Neurons()
	m := &reals{g: g, pop: make([]int, n), v: make([]float64, n), second: make([]float64, n), ref: make([]int, n)}
	for k, grp := range g.Populations {
		for j := range grp.N {
			c := &point{m: m, k: k, j: j, n: grp.First + j}
			m.pop[c.n] = k
			m.v[c.n] = c.param(network.VInit)
			m.second[c.n] = c.param(realModels[g.Net.Populations[k].Model].before)
		}
	}
	res := run(g, stim, ticks, hooks[float64]{
		weight: func(p, s int) float64 { return g.Projections[p].Weight.At(s) },
		start:  func(t int) { m.tick = t },
		update: m.update,
	})
	res.V = m.v
	return res
}

type reals struct {
	g   *ir.Graph
	pop []int
	// second is what the model keeps beside v: the current i, the adaptation a, the
	// recovery u or the real part x.
	v, second []float64
	ref       []int
	tick      int
}

// point is neuron n, which is number j of population k.
type point struct {
	m       *reals
	k, j, n int
}

// param returns a parameter, zero where the model has none of that name.
func (c *point) param(name network.Param) float64 {
	v, ok := c.m.g.Net.Populations[c.k].Params[name]
	if !ok || len(v.Values) == 0 {
		return 0
	}
	return v.At(c.j)
}

// realModel is the equation of a model.
type realModel struct {
	// before is the parameter that the second state begins with, empty where it
	// begins with 0.
	before network.Param
	// always is what goes on while the neuron is refractory too; it returns the
	// input that the rest sees. Nil changes nothing.
	always func(c *point, second *float64, in float64) float64
	// step changes v; in is the input and the bias.
	step func(c *point, v, second *float64, in float64)
	// threshold is what v must exceed to fire, and what reset: subtract takes away;
	// nil where both are v_threshold.
	threshold func(c *point, second float64) (above, subtract float64)
	// fired is what else a spike does, after the reset. Nil is nothing.
	fired func(c *point, v, second *float64)
	// silent says that it never fires.
	silent bool
}

var realModels = map[network.Model]realModel{
	network.IF:         {step: sum},
	network.Integrator: {step: sum, silent: true},
	network.LIF:        {step: leak},
	network.LI:         {step: leak, silent: true},
	network.CubaLIF:    {before: network.IInit, always: current, step: leak},
	network.CubaLI:     {before: network.IInit, always: current, step: leak, silent: true},
	network.ALIF: {
		always: func(c *point, a *float64, in float64) float64 {
			*a *= 1 - c.m.g.Net.Tick/c.param(network.TauAdapt)
			return in
		},
		step: leak,
		threshold: func(c *point, a float64) (float64, float64) {
			above := c.param(network.VThreshold) + a
			return above, above
		},
		fired: func(c *point, _, a *float64) { *a += c.param(network.Adapt) },
	},
	network.StochasticLIF: {
		step: leak,
		threshold: func(c *point, _ float64) (float64, float64) {
			const n = 31
			k := isa.Draw(c.m.g.Net.Seed, int64(c.m.tick), isa.Stream(c.n, isa.Tick, 0), 1, n)
			middle := c.param(network.VThreshold)
			return middle + c.param(network.Noise)*(float64(k)/(1<<(n-1))-1), middle
		},
	},
	network.Izhikevich: {
		before: network.UInit,
		step: func(c *point, v, u *float64, in float64) {
			dt := c.m.g.Net.Tick * 1000
			for range 2 {
				*v += dt / 2 * (0.04**v**v + 5**v + 140 - *u + c.param(network.R)*in)
			}
			*u += dt * c.param(network.A) * (c.param(network.B)**v - *u)
		},
		fired: func(c *point, v, u *float64) {
			*v = c.param(network.C)
			*u += c.param(network.D)
		},
	},
	network.ResonateAndFire: {
		step: func(c *point, y, x *float64, in float64) {
			dt := c.m.g.Net.Tick
			decay, turn := math.Exp(-dt/c.param(network.Tau)), 2*math.Pi*c.param(network.Frequency)*dt
			re := decay * (math.Cos(turn)**x - math.Sin(turn)**y)
			im := decay * (math.Sin(turn)**x + math.Cos(turn)**y)
			*x, *y = re+c.param(network.R)*in, im
		},
		fired: func(c *point, y, x *float64) { *x, *y = 0, c.param(network.VReset) },
	},
}

// sum adds the input up.
func sum(c *point, v, _ *float64, in float64) { *v += c.param(network.R) * in }

// current is a synaptic current, which the membrane sees in the place of the input.
func current(c *point, i *float64, in float64) float64 {
	ks := c.m.g.Net.Tick / c.param(network.TauSyn)
	*i = (1-ks)**i + c.param(network.WIn)*ks*in
	return *i
}

// leak is a membrane that the input charges.
func leak(c *point, v, _ *float64, in float64) {
	*v += c.m.g.Net.Tick / c.param(network.Tau) * (c.param(network.VLeak) - *v + c.param(network.R)*in)
}

func (m *reals) update(n int, in float64) bool {
	k := m.pop[n]
	np := &m.g.Net.Populations[k]
	c := &point{m: m, k: k, j: n - m.g.Populations[k].First, n: n}
	model := realModels[np.Model]
	v, second := &m.v[n], &m.second[n]
	in += c.param(network.Bias)
	if model.always != nil {
		in = model.always(c, second, in)
	}
	if m.ref[n] > 0 {
		m.ref[n]--
		return false
	}
	model.step(c, v, second, in)
	if model.silent {
		return false
	}
	above, subtract := c.param(network.VThreshold), c.param(network.VThreshold)
	if model.threshold != nil {
		above, subtract = model.threshold(c, *second)
	}
	if *v <= above {
		return false
	}
	switch np.Reset {
	case network.ResetZero:
		*v = 0
	case network.ResetSubtract:
		*v -= subtract
	case network.ResetValue:
		*v = c.param(network.VReset)
	case network.ResetNone:
	}
	if model.fired != nil {
		model.fired(c, v, second)
	}
	m.ref[n] = int(c.param(network.Refractory))
	return true
}
