package mapping

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/pages"
)

// blockBits are those of a number within a block: the pins of a block's neurons that
// are written next fit a cache.
const blockBits = 12

// inBlocks orders the sources by the block of neurons that they reach, those of one
// block as they are, so that each neuron still meets them in order. It returns nil where
// one reaches several, or all are few.
func (w *wiring) inBlocks() []int32 {
	sources, neurons := w.inputs+w.q.Neurons(), w.q.Neurons()
	if neurons < 1<<blockBits {
		return nil
	}
	blocks := make([]int32, sources)
	count := make([]int32, neurons>>blockBits+2)
	one := true
	w.sources(0, sources, func(source, local int, projections []int) {
		first, last := neurons, 0
		for _, k := range projections {
			p := &w.q.Projections[k]
			if post := p.Post[p.Off[local]:p.Off[local+1]]; len(post) > 0 {
				g := w.q.Populations[p.To].First
				first, last = min(first, g+int(post[0])), max(last, g+int(post[len(post)-1]))
			}
		}
		block := min(first, last) >> blockBits
		one = one && (first > last || block == last>>blockBits)
		blocks[source] = int32(block)
		count[block+1]++
	})
	if !one {
		return nil
	}
	for b := range len(count) - 1 {
		count[b+1] += count[b]
	}
	out := make([]int32, sources)
	for s, b := range blocks {
		out[count[b]] = int32(s)
		count[b]++
	}
	return out
}

// pinner makes the pins of some neurons, those of each in the order in which they come.
// Where the next may be any neuron's, and they are many, they wait by block of neurons, and
// those of one block are made together.
type pinner struct {
	pins *pins
	// first is the first neuron, next the place of the next pin of each.
	first int
	next  []int64
	// blocks are the pins that wait, by block; nil where none does.
	blocks [][]waiting
}

// waiting is a pin that is not yet made; the neuron is counted from the first.
type waiting struct {
	neuron, net int32
	weight      int16
	delay       uint16
}

// So many pins wait for each neuron of a block; where pins are fewer than leastScattered,
// none does.
const (
	perNeuron      = 8
	leastScattered = 1 << 22
)

// pinner returns one for some neurons, whose pins wait where that pays.
func (w *wiring) pinner(in span) *pinner {
	m := &pinner{pins: &w.pins, first: in.first, next: slices.Clone(w.off[in.first:in.end])}
	if w.visits == nil && len(w.pins.net) >= leastScattered && len(m.next) >= 2<<blockBits {
		m.wait()
	}
	return m
}

// wait has pins wait, of which there are none yet.
func (m *pinner) wait() {
	blocks := (len(m.next)-1)>>blockBits + 1
	const room = perNeuron << blockBits
	all := pages.Make[waiting](blocks * room)
	m.blocks = make([][]waiting, blocks)
	for b := range m.blocks {
		m.blocks[b] = all[b*room : b*room : (b+1)*room]
	}
}

// put makes a pin, or has it wait.
func (m *pinner) put(neuron int, net int32, weight int16, delay uint16) {
	x := waiting{int32(neuron - m.first), net, weight, delay}
	if m.blocks == nil {
		m.make(x)
		return
	}
	b := &m.blocks[x.neuron>>blockBits]
	if *b = append(*b, x); len(*b) == cap(*b) {
		m.flush(b)
	}
}

// finish makes the pins that wait.
func (m *pinner) finish() {
	for b := range m.blocks {
		m.flush(&m.blocks[b])
	}
}

func (m *pinner) flush(b *[]waiting) {
	for _, x := range *b {
		m.make(x)
	}
	*b = (*b)[:0]
}

func (m *pinner) make(x waiting) {
	i := m.next[x.neuron]
	m.next[x.neuron]++
	m.pins.put(i, x.net, x.weight, x.delay)
}
