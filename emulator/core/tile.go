package core

import (
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/targets"
)

// Tile is a core's ticks as one kernel, where it has such a plan, with the books of
// the ticks that were run so.
type Tile struct {
	kernel.Tile
	// words and synapses are what a row counts, if all count the same: −1 where the
	// plan says it of each, and synapses 0 where they are its bits.
	words, synapses int32
	plan            *plan
	Book            Book
}

// Bytes is how much memory its ticks may read.
func (t *Tile) Bytes() int {
	n := 4 * len(t.State)
	switch l := t.plan.layout.(type) {
	case bitRows:
		n += l.Bytes()
	case wholeRows[int8]:
		n += l.Bytes()
	}
	return n
}

// Book counts what a Tile does and sends.
type Book struct{ Rows, Words, Synapses, Active, Spikes, Packets, HopX, HopY, ChipHop int64 }

// Tile returns the core's, which shares its state, or false where it has no such
// plan.
func (c *Core) Tile() (t Tile, ok bool) {
	p := c.spec.plan
	if p == nil || p.fire == nil || c.ring != nil || p.most > p.limit {
		return Tile{}, false
	}
	t = Tile{plan: p, words: alike(p.words), synapses: alike(p.synapses)}
	switch l := p.layout.(type) {
	case bitRows:
		t.Tile, ok = kernel.BitsTile(l.Bits, p.fire, c.state)
		if p.synapsesAreBits {
			t.synapses = 0
		}
	case wholeRows[int8]:
		t.Tile, ok = kernel.RowsTile(l.Dense, p.fire, c.state), true
	}
	return t, ok
}

// alike returns the only one of counts, or −1.
func alike(counts []int32) int32 {
	if len(counts) == 1 {
		return counts[0]
	}
	return -1
}

// Tick is that of the kernel, on the books. It returns how many words of synapses the
// rows have.
func (t *Tile) Tick(axons []int32, w *kernel.Work) (words int64, ok bool) {
	if !t.Tile.Tick(axons, w) {
		return 0, false
	}
	n := int64(len(axons))
	words = n * int64(t.words)
	synapses := n * int64(t.synapses)
	if t.words < 0 {
		words = total(t.plan.words, axons)
	}
	if t.synapses < 0 {
		synapses = total(t.plan.synapses, axons)
	} else if t.synapses == 0 {
		synapses = int64(w.Bits)
	}
	b := &t.Book
	b.Rows += n
	b.Words += words
	b.Synapses += synapses
	b.Active += int64(w.Active)
	return words, true
}

// Reset says that the core was, and empties the books.
func (t *Tile) Reset() {
	t.Changed()
	t.Book = Book{}
}

// total adds up what rows count.
func total(counts, axons []int32) (sum int64) {
	if len(counts) == 1 {
		return int64(counts[0]) * int64(len(axons))
	}
	for _, a := range axons {
		sum += int64(counts[a])
	}
	return sum
}

// AddTo adds a book to a core's. How often the core ticked is not in it.
func (b *Book) AddTo(c *activity.Counts) {
	c[targets.AxonRow] += b.Rows
	c[targets.SynapseWord] += b.Words
	c[targets.SynapticOp] += b.Synapses
	c[targets.NeuronActive] += b.Active
	c[targets.SpikeOut] += b.Spikes
	c.Packets(targets.PacketSent, b.Packets, b.HopX, b.HopY, b.ChipHop)
}
