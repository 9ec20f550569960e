package interp

import (
	"cmp"
	"sort"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// equations are the integer models, each written from FORMAT.md and not from its
// assembly text.
var equations = map[network.Model]func(c *cell) (fires bool){
	network.Loihi:        loihi,
	network.LoihiTernary: loihiTernary,
	network.TrueNorth:    trueNorth,
	network.RANC:         ranc,
	network.ODINLIF:      odinLIF,
	network.TinyODINLIF:  tinyODINLIF,
	network.ODINIzh:      odinIzh,
}

// cell is one neuron of an integer model in one tick.
type cell struct {
	m *integers
	p *ir.QuantizedPopulation
	// n is the neuron's number, j its number in the population.
	n, j int
	// in is the sum of its weights.
	in int64
	// draws counts its random numbers in this tick.
	draws uint64
}

// param returns a word of the neuron's parameters.
func (c *cell) param(name string) int64 { return int64(ir.At(c.p.Params[name], c.j)) }

// word returns a place of the neuron's state; v is its potential.
func (c *cell) word(name string) *int32 {
	if name == "v" {
		return &c.m.v[c.n]
	}
	if c.m.words[name] == nil {
		c.m.words[name] = make([]int32, len(c.m.v))
	}
	return &c.m.words[name][c.n]
}

// sat returns x as a word, and counts it where it did not fit.
func (c *cell) sat(x int64) int64 { return int64(c.m.sat(x)) }

// decayed returns x less its share δ of 4096, rounded toward zero.
func decayed(x, delta int64) int64 {
	if x < 0 {
		return -(-x * (4096 - delta) >> 12)
	}
	return x * (4096 - delta) >> 12
}

// loihi is the rule that was verified against recordings of Loihi 1 and 2.
func loihi(c *cell) bool {
	u, v, ref := c.word("u"), c.word("v"), c.word("ref")
	*u = fixed.Wrap(decayed(int64(*u), c.param("decay_u"))+c.in<<6, c.m.q.StateBits)
	if *ref > 1 { // the chip counts in v
		*ref--
		*v = int32(c.sat(int64(*v) + 1))
		return false
	}
	if *ref == 1 {
		*ref, *v = 0, 0
	}
	*v = c.sum(decayed(int64(*v), c.param("decay_v")), int64(*u), c.param("bias"))
	if int64(*v) <= c.param("threshold") {
		return false
	}
	*v, *ref = int32(c.param("v_spike")), int32(c.param("refractory"))
	return true
}

// sum returns v + u + bias, clipped once. What the text clips is counted: twice
// where v + u is clipped and the bias goes on in its direction.
func (c *cell) sum(v, u, bias int64) int32 {
	if u < 0 != (bias < 0) {
		return int32(c.sat(v + u + bias))
	}
	return int32(c.sat(c.sat(v+u) + bias))
}

// draw returns the next random number of the neuron in this tick.
func (c *cell) draw(bits int) int64 {
	c.draws++
	return isa.Draw(c.m.q.Net.Seed, int64(c.m.tick), isa.Stream(c.n, isa.Tick, 0), c.draws, bits)
}

// chosen reports whether a choice has that word.
func (c *cell) chosen(key, word string) bool { return c.p.Choices[key] == word }

// sign returns −1, 0 or 1.
func sign(x int64) int64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// happens is Cassidy's F(s, ρ): a number of 9 bits, sign included, as a
// probability out of 256.
func happens(s, rho int64) bool { return s >= rho || -s >= rho }

// trueNorth is Cassidy's equation, FORMAT.md's five steps.
func trueNorth(c *cell) bool {
	v := c.word("v")
	x := c.sat(int64(*v) + c.sat(c.in))
	lambda := c.param("leak")
	if c.chosen("stochastic_leak", "true") {
		if rho := c.draw(8); happens(lambda, rho) {
			lambda = sign(lambda)
		} else {
			lambda = 0
		}
	}
	omega := int64(1)
	if c.chosen("leak_reversal", "true") {
		omega = sign(x)
	}
	x = c.sat(x + omega*lambda)
	eta := int64(0)
	if mask := c.param("threshold_mask"); mask != 0 {
		eta = c.draw(17) & mask
	}
	alpha, beta := c.param("threshold"), c.param("neg_threshold")
	saturates := c.chosen("negative", "saturate")
	r := int64(0)
	if c.p.Reset == network.ResetValue {
		r = c.param("v_reset")
	}
	switch {
	case x >= alpha+eta:
		switch c.p.Reset {
		case network.ResetZero, network.ResetValue:
			x = r
		case network.ResetSubtract:
			x -= alpha + eta
		case network.ResetNone:
		}
		*v = int32(x)
		return true
	case saturates && x < -beta:
		x = -beta
	case !saturates && x < -(beta+eta):
		switch c.p.Reset {
		case network.ResetZero, network.ResetValue:
			x = -r
		case network.ResetSubtract:
			x += beta + eta
		case network.ResetNone:
		}
	}
	*v = int32(x)
	return false
}

// ranc is RANC's rule, in words that wrap.
func ranc(c *cell) bool {
	v := c.word("v")
	wrap := func(x int64) int64 { return int64(fixed.Wrap(x, c.m.q.StateBits)) }
	x := wrap(int64(*v) + c.in + c.param("leak"))
	above, below := c.param("threshold"), c.param("neg_threshold")
	fires := x >= above
	negative := !fires && (x < below || x == below && c.chosen("negative", "reached"))
	switch {
	case !fires && !negative:
	case c.p.Reset == network.ResetSubtract && fires:
		x -= above
	case c.p.Reset == network.ResetSubtract:
		x -= below
	case c.p.Reset == network.ResetZero:
		x = 0
	case fires:
		x = c.param("v_reset")
	default:
		x = -c.param("v_reset")
	}
	*v = int32(wrap(x))
	return fires
}

// odinLIF is ODIN's neuron after an event and a time reference.
func odinLIF(c *cell) bool {
	v := c.word("v")
	x := min(max(c.sat(int64(*v)+c.sat(c.in)), 0), 255)
	fires := x >= c.param("threshold")
	if fires {
		x = 0
	}
	*v = int32(max(x-c.param("leak"), 0))
	return fires
}

// tinyODINLIF is tinyODIN's neuron after an event and a time reference.
func tinyODINLIF(c *cell) bool {
	v := c.word("v")
	x := min(max(c.sat(int64(*v)+c.sat(c.in)), -2048), 2047)
	fires := x >= c.param("threshold")
	if fires {
		x = 0
	}
	if x < 0 {
		x = min(x+c.param("leak"), 0)
	} else {
		x = max(x-c.param("leak"), 0)
	}
	*v = int32(x)
	return fires
}

// stochastic is a spike that arrives over a synapse whose weight is a
// probability: it changes the potential itself, and adds nothing.
func (m *integers) stochastic(s synapse) int64 {
	pr := &m.q.Projections[s.proj]
	w := int64(m.q.Weights[s.proj][s.index])
	n := m.q.Populations[pr.To].First + int(pr.Post[s.index])
	if rho := isa.Draw(m.q.Net.Seed, int64(m.tick), isa.Stream(n, isa.Pre, m.source(s)+1), 1, 8); happens(w, rho) {
		m.v[n] = m.sat(int64(m.v[n]) + sign(w))
	}
	return 0
}

// source returns the number of a synapse's source: inputs first, then neurons.
func (m *integers) source(s synapse) int {
	pr := &m.q.Projections[s.proj]
	return m.q.FirstSource(pr) + sort.Search(len(pr.Off)-1, func(i int) bool { return int(pr.Off[i+1]) > s.index })
}

// order is that in which a neuron's rows are read: by source, delay and class.
func (m *integers) order(a, b arrival) int {
	delay := func(s synapse) int { return m.q.Projections[s.proj].DelayOf(s.index) }
	return cmp.Or(
		cmp.Compare(m.source(a.synapse), m.source(b.synapse)),
		cmp.Compare(delay(a.synapse), delay(b.synapse)),
		cmp.Compare(m.q.ClassOf[a.proj], m.q.ClassOf[b.proj]),
	)
}

// loihiTernary is loihi without refractory ticks; a spike carries its sign.
func loihiTernary(c *cell) bool {
	u, v := c.word("u"), c.word("v")
	*u = fixed.Wrap(decayed(int64(*u), c.param("decay_u"))+c.in<<6, c.m.q.StateBits)
	*v = c.sum(decayed(int64(*v), c.param("decay_v")), int64(*u), c.param("bias"))
	switch {
	case int64(*v) > c.param("threshold"):
		c.m.payload = 1
	case int64(*v) < c.param("threshold_low"):
		c.m.payload = -1
	default:
		return false
	}
	*v = 0
	return true
}
