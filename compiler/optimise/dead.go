package optimise

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// Dead returns q without the neurons that provably never fire, whatever the inputs
// do, and so without what they would send. A neuron's sum of a tick is between
// that of all its negative weights and that of all its positive ones, since a
// synapse brings one spike a tick at most. From there the words that its program keeps are
// followed, in the chip's integers, until no further value is reached. Only the models if,
// lif, cuba_lif, alif and stochastic_lif are followed; neurons whose synapses learn
// are not. Currents that a run injects are not looked at.
//
// Neurons of the network's outputs, and of the populations that are watched, stay
// for their potential, and send nothing.
func Dead(q *ir.Quantized, watched []int) (*ir.Quantized, []ir.Effect) {
	w := &proof{q: q, lo: make([]int64, q.Neurons()), hi: make([]int64, q.Neurons()), open: make([]bool, q.Neurons()), dead: make([]bool, q.Neurons())}
	for k := range q.Projections {
		for i := range len(q.Projections[k].Off) - 1 {
			w.row(k, i, 1)
		}
	}
	var queue []int
	for n := range w.dead {
		queue = append(queue, n)
	}
	// What a dead neuron would have sent may have been what keeps others alive.
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		pop := q.PopulationOf(n)
		if w.dead[n] || q.Gone(n) || w.open[n] || !w.never(pop, n) {
			continue
		}
		w.dead[n] = true
		for k := range q.Projections {
			p := &q.Projections[k]
			if p.From == (network.Ref{Index: pop}) {
				i := n - q.Populations[pop].First
				w.row(k, i, -1)
				for _, j := range p.Post[p.Off[i]:p.Off[i+1]] {
					queue = append(queue, q.Populations[p.To].First+int(j))
				}
			}
		}
	}
	gone := slices.Clone(w.dead)
	for _, k := range slices.Concat(q.Net.Outputs, watched) {
		g := &q.Populations[k]
		clear(gone[g.First : g.First+g.N])
	}
	out := without(q, gone, w.dead)
	return out, removed(q, out)
}

// proof is the work of Dead.
type proof struct {
	q *ir.Quantized
	// lo and hi bound the sum that arrives in a tick; open says that no bound is
	// known.
	lo, hi []int64
	open   []bool
	dead   []bool
}

// row adds what source i of projection k can bring, or, where sign is −1, takes it
// away.
func (w *proof) row(k, i int, sign int64) {
	p := &w.q.Projections[k]
	first := w.q.Populations[p.To].First
	class := w.q.Classes[w.q.ClassOf[k]]
	// A spike of these carries a sign of its own.
	signed := !p.From.Input && w.q.Pops[p.From.Index].Model == network.LoihiTernary
	for s := p.Off[i]; s < p.Off[i+1]; s++ {
		n := first + int(p.Post[s])
		x := int64(w.q.Weights[k][s])
		switch {
		case class.Plastic || class.Silent || class.Exp != 0:
			w.open[n] = true
		case signed:
			w.hi[n] += sign * max(x, -x)
			w.lo[n] -= sign * max(x, -x)
		case x > 0:
			w.hi[n] += sign * x
		default:
			w.lo[n] += sign * x
		}
	}
}

// interval is what a word may hold.
type interval struct{ lo, hi int64 }

func (a interval) hull(b interval) interval { return interval{min(a.lo, b.lo), max(a.hi, b.hi)} }

// maxSteps is how many ticks a word is followed before nothing is proved.
const maxSteps = 4096

// walk is a neuron whose words are followed.
type walk struct {
	p    *ir.QuantizedPopulation
	j    int
	bits int
	in   interval
}

func (c *walk) param(name string) int64 {
	if v, ok := c.p.Params[name]; ok {
		return int64(ir.At(v, c.j))
	}
	return 0
}

// plus adds intervals as saturating words do.
func (c *walk) plus(a, b interval) interval {
	lo, _ := fixed.Sat(a.lo+b.lo, c.bits)
	hi, _ := fixed.Sat(a.hi+b.hi, c.bits)
	return interval{int64(lo), int64(hi)}
}

// times multiplies with a factor that is not negative, rounding toward zero.
func (c *walk) times(a interval, factor int64) interval {
	of := func(x int64) int64 {
		y, _ := fixed.Sat(fixed.MulShift(int32(x), int32(factor), c.p.FactorBits, fixed.TowardZero), c.bits)
		return int64(y)
	}
	return interval{of(a.lo), of(a.hi)}
}

func (c *walk) constant(name string) interval { return interval{c.param(name), c.param(name)} }

// input is the sum in the potential's unit.
func (c *walk) input() interval {
	lo, _ := fixed.Sat(c.in.lo, c.bits)
	hi, _ := fixed.Sat(c.in.hi, c.bits)
	return interval{fixed.Shl(lo, c.p.Frac), fixed.Shl(hi, c.p.Frac)}
}

// follows has, for each model that is followed, the words v and i after a tick.
var follows = map[network.Model]func(c *walk, v, i interval) (v2, i2 interval){
	network.IF: func(c *walk, v, i interval) (interval, interval) {
		return c.plus(c.plus(v, c.input()), c.constant("bias")), i
	},
	network.LIF:           leakWord,
	network.ALIF:          leakWord, // its adaptation stays 0 until it fires
	network.StochasticLIF: leakWord,
	network.CubaLIF: func(c *walk, v, i interval) (interval, interval) {
		i = c.plus(c.plus(c.times(i, c.param("alpha")), c.input()), c.constant("drive"))
		v = c.plus(c.times(v, c.param("beta")), c.times(i, c.param("gain")))
		return c.plus(v, c.constant("leak")), i
	},
}

func leakWord(c *walk, v, i interval) (interval, interval) {
	return c.plus(c.plus(c.times(v, c.param("beta")), c.input()), c.constant("drive")), i
}

// never reports whether neuron n, of population k, provably never fires.
func (w *proof) never(k, n int) bool {
	p := &w.q.Pops[k]
	step, ok := follows[p.Model]
	if !ok {
		return false
	}
	c := &walk{p: p, j: n - w.q.Populations[k].First, bits: w.q.StateBits, in: interval{w.lo[n], w.hi[n]}}
	for _, factor := range []string{"alpha", "beta", "gain"} {
		if c.param(factor) < 0 {
			return false
		}
	}
	threshold, _ := fixed.Sat(c.param("threshold")-c.param("noise"), c.bits)
	lowest, _ := fixed.Limits(c.bits)
	at := func(name string) interval {
		// How low a word goes does not matter to how high it goes, since no factor
		// is negative: it is taken to be as low as it can be.
		if init, ok := p.Init[name]; ok {
			return interval{lowest, int64(ir.At(init, c.j))}
		}
		return interval{lowest, 0}
	}
	v, i := at("v"), at("i")
	for range maxSteps {
		nextV, nextI := step(c, v, i)
		if nextV.hi > int64(threshold) {
			return false
		}
		nextV, nextI = v.hull(nextV), i.hull(nextI)
		if nextV == v && nextI == i {
			return true
		}
		v, i = nextV, nextI
	}
	return false
}
