package interp

import (
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// Quantized runs a quantised network for some ticks.
func Quantized(q *ir.Quantized, stim Stimulus, ticks int) *Result {
	m := newIntegers(q)
	l := newLearner(m)
	m.broadcast = newBroadcasts(q.Graph, stim)
	res := run(q.Graph, stim, ticks, hooks[int64]{
		weight:  m.weight,
		update:  m.parted(m.updateAndLearn(l)),
		plastic: m.plastic,
		arrive:  l.arrive,
		order:   m.order,
		start:   func(t int) { m.tick = t },
		learn:   l.learn,
		payload: func() int64 { return m.payload },
	})
	res.Saturations = m.saturations
	res.V = make([]float64, len(m.v))
	for i := range m.v {
		if !q.Gone(i) {
			res.V[i] = float64(m.v[q.Stands(i)])
		}
	}
	return res
}

// parted is update where neurons may be gone, or others stand for them: these have
// lower numbers, and so were updated in the same tick.
func (m *integers) parted(update func(n int, in int64) bool) func(n int, in int64) bool {
	if m.q.Removed == nil && m.q.SameAs == nil {
		return update
	}
	fired := make([]bool, len(m.v))
	return func(n int, in int64) bool {
		switch s := m.q.Stands(n); {
		case m.q.Gone(n):
			return false
		case s != n:
			return fired[s]
		}
		fired[n] = update(n, in)
		return fired[n]
	}
}

// integers is the state of a quantised network.
type integers struct {
	q           *ir.Quantized
	pop         []int // of each neuron
	v           []int32
	saturations int64
	// words are the other state words of neurons, by name.
	words map[string][]int32
	tick  int
	// broadcast is what the broadcast register holds, by tick.
	broadcast map[int]int64
	// payload is what the spike of the last update carries.
	payload int64
}

// weight is what a spike over a synapse that does not learn adds.
func (m *integers) weight(p, s int) int64 {
	return scaled(int64(m.q.Weights[p][s]), m.q.Classes[m.q.ClassOf[p]].Exp)
}

// scaled returns ⌊w·2^exp⌋, saturated to 16 bits, as a row of the image is.
func scaled(w int64, exp int8) int64 {
	if exp < 0 {
		return w >> -exp
	}
	return min(max(w<<exp, -1<<15), 1<<15-1)
}

func (m *integers) plastic(p int) bool { return m.q.Classes[m.q.ClassOf[p]].Plastic }

func newIntegers(q *ir.Quantized) *integers {
	n := q.Neurons()
	m := &integers{q: q, words: map[string][]int32{}, pop: make([]int, n), v: make([]int32, n)}
	for k, g := range q.Populations {
		p := &q.Pops[k]
		for j := range g.N {
			m.pop[g.First+j] = k
			m.v[g.First+j] = ir.At(p.Init["v"], j)
			for name, init := range p.Init {
				if m.words[name] == nil {
					m.words[name] = make([]int32, n)
				}
				m.words[name][g.First+j] = ir.At(init, j)
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
	m.payload = 1
	c := &cell{m: m, n: n, j: n - m.q.Populations[k].First, p: &m.q.Pops[k], in: in}
	if f := equations[c.p.Model]; f != nil {
		return f(c)
	}
	c.in = c.sat(in)
	return rounded[c.p.Model](c)
}
