package mapping

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/pages"
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
	// doubled counts the further pins of synapses that are sums, zeros those synapses
	// that weigh 0 and have none.
	doubled, zeros int
	// starts are the projections that each input and then each population starts.
	starts [][]int
	// visits is an order of the sources, or nil for that of their numbers.
	visits []int32
	// workers is how many goroutines work.
	workers int
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
	p := pins{net: pages.Make[int32](int(n)), weight: pages.Make[int16](int(n))}
	if delays {
		p.delay = pages.Make[uint16](int(n))
	}
	return p
}

// of returns the pins of a neuron.
func (w *wiring) of(n int) pins { return w.pins.slice(w.off[n], w.off[n+1]) }

// order orders the pins of all neurons.
func (w *wiring) order() {
	// Few neurons have pins out of order or of the same net; of copies the numbers are
	// given to one neuron after the other.
	mixed := make([][]int, max(w.workers, 1))
	w.parallel(len(w.off)-1, func(part, from, to int) {
		for n := from; n < to; n++ {
			if p := w.of(n); !p.ascend() {
				mixed[part] = append(mixed[part], n)
			}
		}
	})
	for _, list := range mixed {
		for _, n := range list {
			if !w.orderOne(w.of(n)) {
				w.alike[w.q.PopulationOf(n)] = true
			}
		}
	}
}

// ascend reports whether pins are in order of net, and no two of the same.
func (p *pins) ascend() bool {
	last := int32(-1)
	for _, x := range p.net {
		if x <= last {
			return false
		}
		last = x
	}
	return true
}

// orderOne sorts the pins of one neuron and, in a dense crossbar, which has one word
// a neuron in a row, gives a second synapse of a net a row of its own. It reports
// whether there are not too many of them.
func (w *wiring) orderOne(p pins) bool {
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
func (p *pins) sort() {
	if !slices.IsSorted(p.net) {
		p.sortBy(cmp.Compare[int32])
	}
}

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
