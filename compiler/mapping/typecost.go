package mapping

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// Search bounds of what kinds cost.
const (
	// maxSample bounds the synapses that codes are compared on; of more, those of some
	// runs of neurons are taken.
	maxSample = 1 << 20
	// sampleRuns is the number of such runs.
	sampleRuns = 16
	// maxTried bounds, in synapses, how often codes are compared.
	maxTried = 1 << 22
)

// readers are the neurons of a population, or some of them, with the synapses that
// weigh something.
type readers struct {
	arch *targets.Arch
	of   *spectrum
	// neurons are their places in the population; pins of the i-th are pins[off[i]:off[i+1]]:
	// the axon, if all weights were kinds of one type, and the weight's place in the
	// spectrum, in order.
	neurons []int32
	off     []int
	pins    []pin
	// groups is the number of such axons.
	groups int
	// all says that none was left out.
	all bool
	// taken is what of each axon the core at work has: scratch.
	taken []taken
}

type pin struct{ group, weight int32 }

type taken struct {
	core int
	mix  mix
}

// readers returns what the neurons of a population read.
func (w *wiring) readers(pop int, of *spectrum) *readers {
	r := &readers{arch: w.arch, of: of, all: true}
	n := w.q.Populations[pop].N
	fan := make([]int, n)
	total := 0
	for j, x := range into(w.q, pop) {
		if x != 0 {
			fan[j]++
			total++
		}
	}
	r.choose(fan, total)
	next := make([]int, n) // of the pins of each neuron that is in; else -1
	for j := range next {
		next[j] = -1
	}
	r.off = make([]int, 1, len(r.neurons)+1)
	for _, j := range r.neurons {
		next[j] = r.off[len(r.off)-1]
		r.off = append(r.off, next[j]+fan[j])
	}
	r.pins = make([]pin, r.off[len(r.neurons)])
	groups := map[key]int32{} // of one source
	w.sources(0, w.inputs+w.q.Neurons(), func(_, local int, projections []int) {
		clear(groups)
		for _, k := range projections {
			p := &w.q.Projections[k]
			if p.To != pop {
				continue
			}
			for s := p.Off[local]; s < p.Off[local+1]; s++ {
				j, x := p.Post[s], w.q.Weights[k][s]
				if x == 0 || next[j] < 0 {
					continue
				}
				at, _ := w.timed(key(w.q.ClassOf[k]), uint16(p.DelayOf(int(s))))
				g, ok := groups[at]
				if !ok {
					g = int32(r.groups)
					r.groups++
					groups[at] = g
				}
				i, _ := slices.BinarySearch(of.weights, x)
				r.pins[next[j]] = pin{g, int32(i)}
				next[j]++
			}
		}
	})
	for i := range r.neurons {
		slices.SortFunc(r.pins[r.off[i]:r.off[i+1]], func(a, b pin) int {
			return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.weight, b.weight))
		})
	}
	r.taken = make([]taken, r.groups)
	return r
}

// choose takes all neurons, whose fan-ins are fan, or runs of them and one of those
// that read most.
func (r *readers) choose(fan []int, total int) {
	if total <= maxSample {
		for j := range fan {
			r.neurons = append(r.neurons, int32(j))
		}
		return
	}
	r.all = false
	widest := 0
	for j, n := range fan {
		if n > fan[widest] {
			widest = j
		}
	}
	for k := range sampleRuns {
		left := maxSample / sampleRuns
		for j := k * len(fan) / sampleRuns; j < (k+1)*len(fan)/sampleRuns && left > 0; j++ {
			left -= fan[j]
			r.neurons = append(r.neurons, int32(j))
		}
	}
	if !slices.Contains(r.neurons, int32(widest)) {
		r.neurons = append(r.neurons, int32(widest))
	}
}

// price is what codes cost.
type price struct {
	// over is how many axons neurons are short of in a core by themselves.
	over int
	// axons is how many cores take if each is filled with the neurons that come next,
	// where a core counts as many as it has.
	axons int
}

func (p price) compare(q price) int {
	return cmp.Or(cmp.Compare(p.over, q.over), cmp.Compare(p.axons, q.axons))
}

// cost returns what recipes cost, of which at has each reader's; nil is the first.
func (r *readers) cost(recipes []recipe, at []int32) price {
	for g := range r.taken {
		r.taken[g] = taken{}
	}
	out := price{}
	cores, neurons, axons := 0, 0, 0
	for i := range r.neurons {
		c := &recipes[0]
		if at != nil {
			c = &recipes[at[i]]
		}
		pins := r.pins[r.off[i]:r.off[i+1]]
		fresh, own := 0, 0
		r.each(pins, c, func(g int32, m mix) {
			n := m.axons()
			own += n
			fresh += n
			if t := &r.taken[g]; t.core == cores {
				for k := range m {
					fresh -= int(min(m[k], t.mix[k]))
				}
			}
		})
		if cores == 0 || neurons == r.arch.Neurons || axons+fresh > r.arch.Axons {
			cores, neurons, axons, fresh = cores+1, 0, 0, own
		}
		r.each(pins, c, func(g int32, m mix) {
			t := &r.taken[g]
			if t.core != cores {
				*t = taken{cores, m}
				return
			}
			for k := range m {
				t.mix[k] = max(t.mix[k], m[k])
			}
		})
		neurons, axons = neurons+1, axons+fresh
		out.axons += fresh
		out.over += max(0, own-r.arch.Axons)
	}
	out.axons += cores * r.arch.Axons
	return out
}

// each calls f for each axon that the pins of a neuron take, with the mix of its weights.
func (r *readers) each(pins []pin, c *recipe, f func(group int32, m mix)) {
	for i := 0; i < len(pins); {
		g := pins[i].group
		var m mix
		for ; i < len(pins) && pins[i].group == g; i++ {
			for k, n := range c.of(int(pins[i].weight), r.of.weights[pins[i].weight]) {
				m[k] += n
			}
		}
		if r.arch.SynapseFormat == targets.Sparse { // a row may have several synapses of a neuron
			for k := range m {
				m[k] = min(m[k], 1)
			}
		}
		f(g, m)
	}
}
