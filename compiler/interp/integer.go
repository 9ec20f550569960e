package interp

import (
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// Quantized runs a quantised network for some ticks.
func Quantized(q *ir.Quantized, stim Stimulus, ticks int) *Result {
	m := newIntegers(q)
	res := run(q.Graph, stim, ticks, func(p, s int) int64 { return int64(q.Weights[p][s]) }, m.update)
	res.Saturations = m.saturations
	res.V = make([]float64, len(m.v))
	for i, v := range m.v {
		res.V[i] = float64(v)
	}
	return res
}

// integers is the state of a quantised network.
type integers struct {
	q           *ir.Quantized
	pop         []int // of each neuron
	v, i, ref   []int32
	saturations int64
}

func newIntegers(q *ir.Quantized) *integers {
	n := q.Neurons()
	m := &integers{q: q, pop: make([]int, n), v: make([]int32, n), i: make([]int32, n), ref: make([]int32, n)}
	for k, g := range q.Populations {
		p := &q.Pops[k]
		for j := range g.N {
			m.pop[g.First+j] = k
			m.v[g.First+j] = ir.At(p.Init["v"], j)
			if init, ok := p.Init["i"]; ok {
				m.i[g.First+j] = ir.At(init, j)
			}
		}
	}
	return m
}

func (m *integers) sat(x int64) int32 {
	v, clipped := fixed.Sat(x, m.q.StateBits)
	if clipped {
		m.saturations++
	}
	return v
}

// update runs one neuron for one tick and reports whether it fires.
func (m *integers) update(n int, in int64) bool {
	k := m.pop[n]
	p := &m.q.Pops[k]
	j := n - m.q.Populations[k].First
	param := func(name string) int32 { return ir.At(p.Params[name], j) }
	input := fixed.Shl(m.sat(in), p.Frac)
	scaled := func(x int32, name string) int64 {
		return fixed.MulShift(x, param(name), p.FactorBits, fixed.TowardZero)
	}
	if p.Model == network.Integrator {
		m.v[n] = m.sat(int64(m.v[n]) + input)
		m.v[n] = m.sat(int64(m.v[n]) + int64(param("bias")))
		return false
	}
	silent := p.Refractory && m.ref[n] > 0
	if silent {
		m.ref[n]--
	}
	if p.Model == network.CubaLIF {
		m.i[n] = m.sat(scaled(m.i[n], "alpha"))
		m.i[n] = m.sat(int64(m.i[n]) + input)
		m.i[n] = m.sat(int64(m.i[n]) + int64(param("drive")))
		gained := m.sat(scaled(m.i[n], "gain"))
		if !silent {
			m.v[n] = m.sat(scaled(m.v[n], "beta"))
			m.v[n] = m.sat(int64(m.v[n]) + int64(gained))
			m.v[n] = m.sat(int64(m.v[n]) + int64(param("leak")))
		}
	}
	if silent {
		return false
	}
	switch p.Model {
	case network.IF:
		m.v[n] = m.sat(int64(m.v[n]) + input)
		m.v[n] = m.sat(int64(m.v[n]) + int64(param("bias")))
	case network.LIF:
		m.v[n] = m.sat(scaled(m.v[n], "beta"))
		m.v[n] = m.sat(int64(m.v[n]) + input)
		m.v[n] = m.sat(int64(m.v[n]) + int64(param("drive")))
	case network.CubaLIF, network.Integrator:
	}
	if m.v[n] <= param("threshold") {
		return false
	}
	switch p.Reset {
	case network.ResetZero:
		m.v[n] = 0
	case network.ResetSubtract:
		m.v[n] = m.sat(int64(m.v[n]) - int64(param("threshold")))
	case network.ResetValue:
		m.v[n] = param("v_reset")
	case network.ResetNone:
	}
	if p.Refractory {
		m.ref[n] = param("refractory")
	}
	return true
}
