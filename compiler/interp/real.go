package interp

import (
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
)

// Graph runs a network in real numbers, by the equations of FORMAT.md.
func Graph(g *ir.Graph, stim Stimulus, ticks int) *Result {
	n := g.Neurons()
	m := &reals{g: g, pop: make([]int, n), v: make([]float64, n), i: make([]float64, n), ref: make([]int, n)}
	for k, grp := range g.Populations {
		for j := range grp.N {
			m.pop[grp.First+j] = k
			m.v[grp.First+j] = m.param(k, j, network.VInit)
			m.i[grp.First+j] = m.param(k, j, network.IInit)
		}
	}
	res := run(g, stim, ticks, func(p, s int) float64 { return g.Projections[p].Weight[s] }, m.update)
	res.V = m.v
	return res
}

type reals struct {
	g    *ir.Graph
	pop  []int
	v, i []float64
	ref  []int
}

// param returns a parameter of neuron j of population k, zero where the model
// has none of that name.
func (m *reals) param(k, j int, name network.Param) float64 {
	v, ok := m.g.Net.Populations[k].Params[name]
	if !ok || len(v.Values) == 0 {
		return 0
	}
	return v.At(j)
}

func (m *reals) update(n int, in float64) bool {
	k := m.pop[n]
	np := &m.g.Net.Populations[k]
	j := n - m.g.Populations[k].First
	param := func(name network.Param) float64 { return m.param(k, j, name) }
	dt := m.g.Net.Tick
	in += param(network.Bias)
	silent := m.ref[n] > 0
	if silent {
		m.ref[n]--
	}
	if np.Model == network.CubaLIF {
		ks := dt / param(network.TauSyn)
		m.i[n] = (1-ks)*m.i[n] + param(network.WIn)*ks*in
		in = m.i[n]
	}
	if silent {
		return false
	}
	switch np.Model {
	case network.IF, network.Integrator:
		m.v[n] += param(network.R) * in
	case network.LIF, network.CubaLIF:
		m.v[n] += dt / param(network.Tau) * (param(network.VLeak) - m.v[n] + param(network.R)*in)
	}
	if np.Model == network.Integrator || m.v[n] <= param(network.VThreshold) {
		return false
	}
	switch np.Reset {
	case network.ResetZero:
		m.v[n] = 0
	case network.ResetSubtract:
		m.v[n] -= param(network.VThreshold)
	case network.ResetValue:
		m.v[n] = param(network.VReset)
	case network.ResetNone:
	}
	m.ref[n] = int(param(network.Refractory))
	return true
}
