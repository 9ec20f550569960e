package optimise

import (
	"math"
	"math/rand/v2"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
)

// Pruning by noise is the rule of Moore and Chaudhuri, "Using noise to probe
// recurrent neural network structure and prune synapses", NeurIPS 2020. A linear
// network dx/dt = (W − D)·x that is driven by white noise has the covariance C
// with (W − D)·C + C·(W − D)ᵀ + 1 = 0. A synapse is kept with the probability
//
//	p = min(1, K·|w|·(C_ii + C_jj − 2·C_ij)), w > 0, or with + for w < 0
//
// and then becomes w/p, so that it is what it was on average. What is x here is a
// neuron's potential in thresholds, D the leak of its membrane in a tick, and W
// what the spikes add that a potential of one threshold stands for; delays, resets and
// adaptation are left out. K is such that the expected share that is kept is what was asked
// for. The leak stays as it is.

// maxNoisy is the largest population whose covariance is computed: it has the
// square of that many numbers.
const maxNoisy = 512

// leaky are the models that have one membrane that leaks, and nothing else on the way.
var leaky = map[network.Model]bool{network.LIF: true, network.ALIF: true, network.StochasticLIF: true}

// pruneByNoise samples the synapses from each population to itself.
func pruneByNoise(g *ir.Graph, o network.Optimise) error {
	recurrent := false
	for k := range g.Populations {
		var at []int
		for i := range g.Projections {
			p := &g.Projections[i]
			if p.To == k && p.From == (network.Ref{Index: k}) && !stays(g, p) {
				at = append(at, i)
			}
		}
		if len(at) == 0 {
			continue
		}
		recurrent = true
		np := &g.Net.Populations[k]
		switch {
		case !leaky[np.Model]:
			return refuse(g, o, diag.Unsupported, "prune: noise: population %q is of neuron %s, and the rule needs neurons of one membrane that leaks: lif, alif or stochastic_lif", np.Name, np.Model)
		case g.Populations[k].N > maxNoisy:
			return refuse(g, o, diag.TooLarge, "prune: noise: population %q has %d neurons, and the rule takes %d at most, since it computes a covariance for each pair", np.Name, g.Populations[k].N, maxNoisy)
		}
		for i := range g.Populations[k].N {
			if np.Params[network.VThreshold].At(i) <= 0 {
				return refuse(g, o, diag.Unsupported, "prune: noise: neuron %d of population %q has a threshold of %g, and the rule counts potentials in thresholds: want thresholds above 0", i, np.Name, np.Params[network.VThreshold].At(i))
			}
		}
		c := covariance(linear(g, k, at, o.Prune.Gain))
		if c == nil {
			return refuse(g, o, diag.Unsupported, "prune: noise: the linear network of population %q is not stable, so noise has no covariance in it: choose a smaller gain than %g, or prune by magnitude", np.Name, o.Prune.Gain)
		}
		sample(g, k, at, c, o.Prune)
	}
	if !recurrent {
		return refuse(g, o, diag.Unsupported, "prune: noise: no population has synapses to itself that do not learn, and the rule is for these: prune by magnitude")
	}
	return nil
}

// matrix is a square one, in rows.
type matrix struct {
	n int
	x []float64
}

func newMatrix(n int) *matrix { return &matrix{n, make([]float64, n*n)} }

func (m *matrix) row(i int) []float64 { return m.x[i*m.n : (i+1)*m.n] }

func (m *matrix) transposed() *matrix {
	out := newMatrix(m.n)
	for i := range m.n {
		for j, x := range m.row(i) {
			out.x[j*m.n+i] = x
		}
	}
	return out
}

// times returns m·b; each product is rounded by itself, so that every machine gets
// the same.
func (m *matrix) times(b *matrix) *matrix {
	out := newMatrix(m.n)
	for i := range m.n {
		to := out.row(i)
		for k, f := range m.row(i) {
			if f == 0 {
				continue
			}
			for j, x := range b.row(k) {
				to[j] += float64(f * x)
			}
		}
	}
	return out
}

// linear returns W − D of a population, a row a neuron that receives.
func linear(g *ir.Graph, k int, at []int, gain float64) *matrix {
	n := g.Populations[k].N
	np := &g.Net.Populations[k]
	a := newMatrix(n)
	leak := func(i int) float64 { return g.Net.Tick / np.Params[network.Tau].At(i) }
	for _, p := range at {
		pr := &g.Projections[p]
		for j := range n {
			for s := pr.Off[j]; s < pr.Off[j+1]; s++ {
				i := int(pr.Post[s])
				a.x[i*n+j] += gain * leak(i) * np.Params[network.R].At(i) * pr.Weight.At(int(s)) / np.Params[network.VThreshold].At(i)
			}
		}
	}
	for i := range n {
		a.x[i*n+i] -= leak(i)
	}
	return a
}

// doublings bound the sum below: it has 2^doublings terms at most.
const doublings = 40

// covariance solves a·C + C·aᵀ + 1 = 0, or returns nil where a has no stable
// state. With A = (h − a)⁻¹(h + a) it is C = A·C·Aᵀ + 2h·(h − a)⁻¹(h − a)⁻ᵀ (Smith
// 1968), whose terms are summed twice as many at a time.
func covariance(a *matrix) *matrix {
	n := a.n
	h := 0.0
	for i := range n {
		h += math.Abs(a.x[i*n+i]) / float64(n)
	}
	if h == 0 {
		return nil
	}
	minus, plus := newMatrix(n), newMatrix(n)
	for i := range a.x {
		minus.x[i], plus.x[i] = -a.x[i], a.x[i]
	}
	for i := range n {
		minus.x[i*n+i] += h
		plus.x[i*n+i] += h
	}
	inverse := invert(minus)
	if inverse == nil {
		return nil
	}
	step := inverse.times(plus)
	c := inverse.times(inverse.transposed())
	for i := range c.x {
		c.x[i] *= 2 * h
	}
	for range doublings {
		more := step.times(c).times(step.transposed())
		most, added := 0.0, 0.0
		for i := range c.x {
			c.x[i] += more.x[i]
			most, added = max(most, math.Abs(c.x[i])), max(added, math.Abs(more.x[i]))
		}
		if !(most < 1e100) { // NaN too
			return nil
		}
		if added <= 1e-13*most {
			return c
		}
		step = step.times(step)
	}
	return nil
}

// invert returns the inverse by Gauss and Jordan with partial pivots, or nil.
func invert(m *matrix) *matrix {
	n := m.n
	a := &matrix{n, append([]float64(nil), m.x...)}
	out := newMatrix(n)
	for i := range n {
		out.x[i*n+i] = 1
	}
	for k := range n {
		pivot := k
		for i := k; i < n; i++ {
			if math.Abs(a.x[i*n+k]) > math.Abs(a.x[pivot*n+k]) {
				pivot = i
			}
		}
		if a.x[pivot*n+k] == 0 {
			return nil
		}
		for _, x := range []*matrix{a, out} {
			if pivot != k {
				for j, y := range x.row(k) {
					x.row(k)[j], x.row(pivot)[j] = x.row(pivot)[j], y
				}
			}
		}
		scale := 1 / a.x[k*n+k]
		for _, x := range []*matrix{a, out} {
			for j := range x.row(k) {
				x.row(k)[j] *= scale
			}
		}
		for i := range n {
			f := a.x[i*n+k]
			if i == k || f == 0 {
				continue
			}
			for _, x := range []*matrix{a, out} {
				from, to := x.row(k), x.row(i)
				for j := range to {
					to[j] -= float64(f * from[j])
				}
			}
		}
	}
	return out
}

// sample keeps some synapses of a population to itself.
func sample(g *ir.Graph, k int, at []int, c *matrix, o network.Prune) {
	n := c.n
	np := &g.Net.Populations[k]
	scores := make([][]float64, len(at))
	var all []float64
	synapses := 0
	for x, p := range at {
		pr := &g.Projections[p]
		scores[x] = make([]float64, len(pr.Post))
		for j := range n {
			for s := pr.Off[j]; s < pr.Off[j+1]; s++ {
				i := int(pr.Post[s])
				w := pr.Weight.At(int(s)) * np.Params[network.R].At(i)
				spread := c.x[i*n+i] + c.x[j*n+j] - math.Copysign(2*c.x[i*n+j], w)
				// A tick's share of the leak, so that neurons of any time constant compare.
				share := g.Net.Tick / np.Params[network.Tau].At(i) / np.Params[network.VThreshold].At(i)
				scores[x][s] = math.Abs(w) * share * max(spread, 0)
			}
		}
		all = append(all, scores[x]...)
		synapses += len(pr.Post)
	}
	factor := factorFor(all, o.Keep*float64(synapses))
	r := rand.New(rand.NewPCG(o.Seed, uint64(k)))
	for x, p := range at {
		weights := g.Projections[p].Weight.Floats()
		keep := make([]bool, len(weights))
		for s := range weights {
			chance := min(1, factor*scores[x][s])
			if keep[s] = r.Float64() < chance; keep[s] {
				weights[s] /= chance
			}
		}
		pr := g.Projections[p]
		pr.Weight = numbers.Shared(weights)
		g.Projections[p], _ = pr.Sift(func(_, s int) bool { return keep[s] })
	}
}

// factorFor returns the K at which the probabilities of scores add up to want, or
// as near as they come.
func factorFor(scores []float64, want float64) float64 {
	sum := func(k float64) float64 {
		total := 0.0
		for _, x := range scores {
			total += min(1, k*x)
		}
		return total
	}
	hi := 1.0
	for sum(hi) < want && hi < 1e100 {
		hi *= 2
	}
	lo := 0.0
	for range 100 {
		if mid := lo + (hi-lo)/2; sum(mid) < want {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}
