package mapping

import (
	"slices"
	"sort"
	"sync"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// wire lists the pins of every neuron, on so many goroutines.
func wire(q *ir.Quantized, arch *targets.Arch, workers int) *wiring {
	w := &wiring{q: q, arch: arch, inputs: q.InputCount(), classes: rowClasses(q, arch), alike: make([]bool, len(q.Populations)), workers: workers}
	neurons := q.Neurons()
	w.off = make([]int64, neurons+1)
	w.starts = starts(q)
	if arch.WeightFormat == targets.Typed {
		w.types = w.typings()
	}
	w.visits = w.inBlocks()
	known := w.number()
	w.parallel(neurons, func(_, from, to int) { w.count(span{from, to}) })
	for n := range neurons {
		w.off[n+1] += w.off[n]
	}
	w.pins = makePins(w.off[neurons], arch.DelayPlace == targets.DelaySynapse)
	for pop := range w.types {
		w.zeros += w.types[pop].zeros
	}
	w.doubled = len(w.pins.net) - (q.SynapseCount() - w.zeros)
	w.parallel(neurons, func(_, from, to int) {
		in := span{from, to}
		w.fill(w.pinner(in), known, in)
	})
	w.order()
	return w
}

// parallel calls do for parts of 0 … n−1, each on a goroutine of its own.
func (w *wiring) parallel(n int, do func(part, from, to int)) {
	parts := max(w.workers, 1)
	var all sync.WaitGroup
	for k := range parts {
		all.Go(func() { do(k, k*n/parts, (k+1)*n/parts) })
	}
	all.Wait()
}

// span is a range of neurons: from first to before end.
type span struct{ first, end int }

// starts lists the projections that each input and then each population starts.
func starts(q *ir.Quantized) [][]int {
	out := make([][]int, len(q.Inputs)+len(q.Populations))
	for k := range q.Projections {
		at := q.Projections[k].From.Index
		if !q.Projections[k].From.Input {
			at += len(q.Inputs)
		}
		out[at] = append(out[at], k)
	}
	return out
}

// sources calls f for the sources from first to before end, inputs before neurons,
// and the projections that each starts.
func (w *wiring) sources(first, end int, f func(source, local int, projections []int)) {
	from := sort.Search(len(w.starts), func(k int) bool { g, base := w.group(k); return base+g.N > first })
	for k := from; k < len(w.starts); k++ {
		projections := w.starts[k]
		g, base := w.group(k)
		if base >= end {
			break
		}
		for s := max(base, first); s < min(base+g.N, end); s++ {
			f(s, s-base, projections)
		}
	}
}

// group returns the k-th of inputs and populations, and its first source.
func (w *wiring) group(k int) (*ir.Group, int) {
	if k < len(w.q.Inputs) {
		return &w.q.Inputs[k], w.q.Inputs[k].First
	}
	g := &w.q.Populations[k-len(w.q.Inputs)]
	return g, w.inputs + g.First
}

// all are all neurons.
func (w *wiring) all() span { return span{0, len(w.off) - 1} }

// each calls f for all sources, as sources does, in an order that is kind to caches.
func (w *wiring) each(f func(source, local int, projections []int)) {
	if w.visits == nil {
		w.sources(0, w.inputs+w.q.Neurons(), f)
	}
	for _, s := range w.visits {
		w.sources(int(s), int(s)+1, f)
	}
}

// row returns the synapses of a source in a projection that end in some neurons.
func (w *wiring) row(k, local int, in span) (from, to int) {
	p := &w.q.Projections[k]
	g := &w.q.Populations[p.To]
	from, to = int(p.Off[local]), int(p.Off[local+1])
	if in.first <= g.First && in.end >= g.First+g.N {
		return from, to
	}
	post := p.Post[from:to]
	return from + sort.Search(len(post), func(i int) bool { return g.First+int(post[i]) >= in.first }),
		from + sort.Search(len(post), func(i int) bool { return g.First+int(post[i]) >= in.end })
}

// plain returns the key and the delay of all synapses of a projection, where they are
// one for all and a synapse is one pin.
func (w *wiring) plain(k int) (at key, delay uint16, ok bool) {
	p := &w.q.Projections[k]
	if w.types != nil || w.arch.WeightFormat == targets.AxonSign || len(p.Delay) != 1 {
		return 0, 0, false
	}
	at, delay = w.timed(key(w.q.ClassOf[k]), p.Delay[0])
	return at, delay, true
}

// timed returns the key of a class and a delay, and what of the delay is at the
// synapse.
func (w *wiring) timed(class key, delay uint16) (at key, rest uint16) {
	if w.arch.DelayPlace == targets.DelayAxon {
		return class | key(delay)<<8, 0
	}
	steps := (int(delay) - 1) / w.arch.MaxDelay
	return class | key(steps)<<8, delay - uint16(steps*w.arch.MaxDelay)
}

// synapses calls f for each synapse of a source in a projection that ends in some
// neurons, with its key and weight: several times for a weight that is a sum of typed
// ones.
func (w *wiring) synapses(k, local int, in span, f func(neuron int, key key, weight int16, delay uint16)) {
	p := &w.q.Projections[k]
	class := key(w.q.ClassOf[k])
	first := w.q.Populations[p.To].First
	signs := w.arch.WeightFormat == targets.AxonSign
	if w.types != nil || signs {
		class *= targets.AxonTypes
	}
	from, to := w.row(k, local, in)
	if from == to {
		return
	}
	weights := w.q.Weights[k]
	at, delay := w.timed(class, p.Delay[0])
	for s := from; s < to; s++ {
		neuron, weight := first+int(p.Post[s]), weights[s]
		if len(p.Delay) > 1 {
			at, delay = w.timed(class, p.Delay[s])
		}
		switch {
		case w.types != nil:
			t := &w.types[p.To]
			c := t.of(int(p.Post[s]))
			switch {
			case t.zeros > 0 && weight == 0:
			case c.sums == nil:
				f(neuron, at+key(c.of(weight)), weight, delay)
			default:
				for _, t := range c.sums[int(weight)-c.least] {
					f(neuron, at+key(t.axonType), t.weight, delay)
				}
			}
		case signs && weight < 0:
			f(neuron, at+1, weight, delay)
		default:
			f(neuron, at, weight, delay)
		}
	}
}

// numbered is the nets of each source: keys in order, the first of source s at
// off[s], which is also its net's number; in the making, off has how many there are.
type numbered struct {
	off  []int32
	keys []key
}

// find returns the number of a source's net.
func (k *numbered) find(source int, at key) int32 {
	lo, hi := k.off[source], k.off[source+1]
	if hi-lo == 1 {
		return lo
	}
	i, _ := slices.BinarySearch(k.keys[lo:hi], at)
	return lo + int32(i)
}

// number makes the nets.
func (w *wiring) number() *numbered {
	sources := w.inputs + w.q.Neurons()
	parts := make([]numbered, max(w.workers, 1))
	w.parallel(sources, func(part, from, to int) {
		out := &parts[part]
		var mine []key
		w.sources(from, to, func(_, local int, projections []int) {
			mine = mine[:0]
			for _, k := range projections {
				mine = w.keys(mine, k, local)
			}
			slices.Sort(mine)
			mine = slices.Compact(mine)
			out.keys = append(out.keys, mine...)
			out.off = append(out.off, int32(len(mine)))
		})
	})
	out := &numbered{off: make([]int32, 1, sources+1)}
	for _, p := range parts {
		out.keys = append(out.keys, p.keys...)
		for _, n := range p.off {
			out.off = append(out.off, out.off[len(out.off)-1]+n)
		}
	}
	w.nets = make([]net, len(out.keys))
	for s := range sources {
		for i := out.off[s]; i < out.off[s+1]; i++ {
			w.nets[i] = w.netOf(s, out.keys[i])
		}
	}
	return out
}

// keys appends the keys of a source's synapses in a projection, not one after the
// other the same.
func (w *wiring) keys(list []key, k, local int) []key {
	p := &w.q.Projections[k]
	if at, _, ok := w.plain(k); ok {
		if p.Off[local] < p.Off[local+1] {
			list = append(list, at)
		}
		return list
	}
	w.synapses(k, local, w.all(), func(_ int, at key, _ int16, _ uint16) {
		if len(list) == 0 || list[len(list)-1] != at {
			list = append(list, at)
		}
	})
	return list
}

// count counts the pins of some neurons in off, each one place behind its own.
func (w *wiring) count(in span) {
	w.sources(0, w.inputs+w.q.Neurons(), func(_, local int, projections []int) {
		for _, k := range projections {
			if _, _, ok := w.plain(k); !ok {
				w.synapses(k, local, in, func(neuron int, _ key, _ int16, _ uint16) { w.off[neuron+1]++ })
				continue
			}
			p := &w.q.Projections[k]
			count := w.off[w.q.Populations[p.To].First+1:]
			from, to := w.row(k, local, in)
			for _, j := range p.Post[from:to] {
				count[j]++
			}
		}
	})
}

// fill makes the pins of some neurons.
func (w *wiring) fill(m *pinner, known *numbered, in span) {
	w.each(func(source, local int, projections []int) {
		for _, k := range projections {
			at, delay, ok := w.plain(k)
			if !ok {
				w.synapses(k, local, in, func(neuron int, at key, weight int16, delay uint16) {
					m.put(neuron, known.find(source, at), weight, delay)
				})
				continue
			}
			from, to := w.row(k, local, in)
			if from == to {
				continue
			}
			p := &w.q.Projections[k]
			id, first := known.find(source, at), w.q.Populations[p.To].First
			for s := from; s < to; s++ {
				m.put(first+int(p.Post[s]), id, w.q.Weights[k][s], delay)
			}
		}
	})
	m.finish()
}

// put sets a pin.
func (p *pins) put(i int64, net int32, weight int16, delay uint16) {
	p.net[i], p.weight[i] = net, weight
	if p.delay != nil {
		p.delay[i] = delay
	}
}
