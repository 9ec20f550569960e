package mapping

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
)

// A net is what one axon of a core is for: a source, with the delay where the
// target keeps it at axons, the class of the row, and a copy number for synapses
// that repeat a source, neuron and delay. Steps says through how many relays the
// spike comes.
type net struct {
	// source counts inputs first, then neurons.
	source      int32
	delay       uint16
	steps, copy uint16
	class       uint8
}

// maxCopies bounds how many synapses of one delay a pair of neurons has.
const maxCopies = 1 << 12

// key is what the nets of one source differ in: time << 8 | class. The time is the
// delay, or, where the target keeps that at synapses, how many times its longest
// has to pass before.
type key uint32

// netOf returns the net of a source and key.
func (w *wiring) netOf(source int, k key) net {
	n := net{source: int32(source), class: uint8(k)}
	time := int(k >> 8)
	if w.arch.DelayPlace == targets.DelaySynapse {
		n.steps = uint16(time)
		return n
	}
	steps := (time - 1) / w.arch.MaxDelay
	n.steps, n.delay = uint16(steps), uint16(time-steps*w.arch.MaxDelay)
	return n
}

// wiring is the synapses of a network as a chip has them: pins, which are the
// nets that each neuron reads.
type wiring struct {
	q    *ir.Quantized
	arch *targets.Arch
	// inputs is how many sources are inputs; classes are those of the rows.
	inputs  int
	classes []ir.Class
	nets    []net
	// pins of neuron n are pins[off[n]:off[n+1]], in order of net. Each is a synapse.
	off  []int64
	pins pins
	// types says how weights are made of typed ones, by population; nil where
	// weights are not typed.
	types []typing
	// alike marks populations in which a pair has more than maxCopies synapses of a
	// delay.
	alike []bool
	// copies has the further rows of nets whose synapses repeat.
	copies map[net]int32
	// doubled counts synapses that are sums of several.
	doubled int
}

// pins are synapses as their neurons see them.
type pins struct {
	net    []int32
	weight []int16
	// delay is at the synapse; nil where the target keeps it at the axon.
	delay []uint16
}

func (p *pins) slice(from, to int64) pins {
	out := pins{net: p.net[from:to], weight: p.weight[from:to]}
	if p.delay != nil {
		out.delay = p.delay[from:to]
	}
	return out
}

func (p *pins) len() int { return len(p.net) }

func (p *pins) move(to int, from *pins, at int) {
	p.net[to], p.weight[to] = from.net[at], from.weight[at]
	if p.delay != nil {
		p.delay[to] = from.delay[at]
	}
}

func makePins(n int64, delays bool) pins {
	p := pins{net: make([]int32, n), weight: make([]int16, n)}
	if delays {
		p.delay = make([]uint16, n)
	}
	return p
}

// of returns the pins of a neuron.
func (w *wiring) of(n int) pins { return w.pins.slice(w.off[n], w.off[n+1]) }

// wire lists the pins of every neuron.
func wire(q *ir.Quantized, arch *targets.Arch) *wiring {
	w := &wiring{q: q, arch: arch, inputs: q.InputCount(), classes: rowClasses(q, arch), alike: make([]bool, len(q.Populations))}
	if arch.WeightFormat == targets.Typed {
		w.types = typings(q)
	}
	neurons := q.Neurons()
	w.off = make([]int64, neurons+1)
	known := w.number()
	for n := range neurons {
		w.off[n+1] += w.off[n]
	}
	w.fill(known)
	for n := range neurons {
		p := w.of(n)
		if !w.order(p) {
			w.alike[q.PopulationOf(n)] = true
		}
	}
	return w
}

// sources calls f for each source and the projections that it starts.
func (w *wiring) sources(f func(source, local int, projections []int)) {
	for _, input := range []bool{true, false} {
		groups, base := w.q.Inputs, 0
		if !input {
			groups, base = w.q.Populations, w.inputs
		}
		starts := make([][]int, len(groups))
		for k := range w.q.Projections {
			if from := w.q.Projections[k].From; from.Input == input {
				starts[from.Index] = append(starts[from.Index], k)
			}
		}
		for g := range groups {
			for i := range groups[g].N {
				f(base+groups[g].First+i, i, starts[g])
			}
		}
	}
}

// synapses calls f for each synapse of a source in a projection, with its key and
// weight: several times for a weight that is a sum of typed ones.
func (w *wiring) synapses(k, local int, f func(neuron int, key key, weight int16, delay uint16)) {
	p := &w.q.Projections[k]
	class := key(w.q.ClassOf[k])
	first := w.q.Populations[p.To].First
	signs := w.arch.WeightFormat == targets.AxonSign
	if w.types != nil || signs {
		class *= targets.AxonTypes
	}
	atAxon := w.arch.DelayPlace == targets.DelayAxon
	weights := w.q.Weights[k]
	for s := p.Off[local]; s < p.Off[local+1]; s++ {
		neuron, weight := first+int(p.Post[s]), weights[s]
		at, delay := class, uint16(p.DelayOf(int(s)))
		if atAxon {
			at |= key(delay) << 8
			delay = 0
		} else if steps := (int(delay) - 1) / w.arch.MaxDelay; steps > 0 {
			at |= key(steps) << 8
			delay -= uint16(steps * w.arch.MaxDelay)
		}
		switch {
		case w.types != nil:
			for _, t := range w.types[p.To].of(int(p.Post[s]), weight) {
				f(neuron, at+key(t.axonType), t.weight, delay)
			}
		case signs && weight < 0:
			f(neuron, at+1, weight, delay)
		default:
			f(neuron, at, weight, delay)
		}
	}
}

// numbered is the nets of each source: keys in order, the first of source s at
// off[s], which is also its net's number.
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

// number makes the nets, and counts each neuron's pins in off.
func (w *wiring) number() *numbered {
	out := &numbered{off: []int32{0}}
	var mine []key
	w.sources(func(source, local int, projections []int) {
		mine = mine[:0]
		for _, k := range projections {
			w.synapses(k, local, func(neuron int, at key, _ int16, _ uint16) {
				w.off[neuron+1]++
				if len(mine) == 0 || mine[len(mine)-1] != at {
					mine = append(mine, at)
				}
			})
		}
		slices.Sort(mine)
		mine = slices.Compact(mine)
		for _, at := range mine {
			out.keys = append(out.keys, at)
			w.nets = append(w.nets, w.netOf(source, at))
		}
		out.off = append(out.off, int32(len(out.keys)))
	})
	return out
}

// fill makes the pins.
func (w *wiring) fill(known *numbered) {
	w.pins = makePins(w.off[len(w.off)-1], w.arch.DelayPlace == targets.DelaySynapse)
	next := slices.Clone(w.off)
	synapses := 0
	w.sources(func(source, local int, projections []int) {
		for _, k := range projections {
			synapses += int(w.q.Projections[k].Off[local+1] - w.q.Projections[k].Off[local])
			w.synapses(k, local, func(neuron int, at key, weight int16, delay uint16) {
				i := next[neuron]
				next[neuron]++
				w.pins.net[i], w.pins.weight[i] = known.find(source, at), weight
				if w.pins.delay != nil {
					w.pins.delay[i] = delay
				}
			})
		}
	})
	w.doubled = len(w.pins.net) - synapses
}

// order sorts the pins of one neuron and, in a dense crossbar, which has one word
// a neuron in a row, gives a second synapse of a net a row of its own. It reports
// whether there are not too many of them.
func (w *wiring) order(p pins) bool {
	p.sort()
	if w.arch.SynapseFormat == targets.Sparse {
		return true
	}
	again := false
	for i := 0; i < p.len(); {
		run := 1
		for i+run < p.len() && p.net[i+run] == p.net[i] {
			run++
		}
		if run > maxCopies {
			return false
		}
		for c := 1; c < run; c++ {
			p.net[i+c] = w.copyOf(p.net[i], c)
			again = true
		}
		i += run
	}
	if again {
		p.sort()
	}
	return true
}

// copyOf returns the net of a further copy.
func (w *wiring) copyOf(of int32, c int) int32 {
	n := w.nets[of]
	n.copy = uint16(c)
	id, ok := w.copies[n]
	if !ok {
		id = w.add(n)
		if w.copies == nil {
			w.copies = map[net]int32{}
		}
		w.copies[n] = id
	}
	return id
}

// add makes a net.
func (w *wiring) add(n net) int32 {
	w.nets = append(w.nets, n)
	return int32(len(w.nets) - 1)
}

// sort orders pins by net, those of one net as they were.
func (p *pins) sort() { p.sortBy(cmp.Compare[int32]) }

// sortBy orders pins by their nets, those alike as they were.
func (p *pins) sortBy(by func(a, b int32) int) {
	if slices.IsSortedFunc(p.net, by) {
		return
	}
	order := make([]int, p.len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return by(p.net[a], p.net[b]) })
	old := makePins(int64(p.len()), p.delay != nil)
	for i := range order {
		old.move(i, p, order[i])
	}
	for i := range order {
		p.move(i, &old, i)
	}
}
