package core

import "github.com/weft-toolchain/weft/emulator/kernel"

// lists are rows that list their synapses.
type lists struct {
	// of axon a are synapses[off[a]:off[a+1]].
	off      []uint32
	synapses []Listed
	// delays are those of the synapses; nil where all are 1.
	delays []uint16
	// inWord is how many synapses a word of the chip has.
	inWord int32
	// largest is the largest magnitude of a weight.
	largest int
}

// Listed is a synapse of a list: a slot and a weight, in a word.
type Listed uint32

const weightBits = 16

func newListed(slot int, weight int16) Listed {
	return Listed(uint32(slot)<<weightBits | uint32(uint16(weight)))
}

// Slot is the neuron that it leads to.
func (s Listed) Slot() uint32 { return uint32(s >> weightBits) }

// Weight is what a spike adds there.
func (s Listed) Weight() int32 { return int32(int16(s)) }

// of returns the synapses of an axon.
func (l *lists) of(axon int32) []Listed { return l.synapses[l.off[axon]:l.off[axon+1]] }

// used counts the axons that have some.
func (l *lists) used() (n int) {
	for k := range len(l.off) - 1 {
		if l.off[k] < l.off[k+1] {
			n++
		}
	}
	return n
}

func (l *lists) add(sums, axons []int32, _ *Room) (words, synapses int64) {
	return l.inBatches(axons, func(from, to []int32) {
		for i := range from {
			for _, s := range l.synapses[from[i]:to[i]] {
				sums[s.Slot()] += s.Weight()
			}
		}
	})
}

// batch is how many rows of lists are looked up at once, before any is read.
const batch = 64

// inBatches calls f with where the synapses of rows are, of a batch of them at a time:
// memory that is asked for together answers together. It returns what the rows count.
func (l *lists) inBatches(axons []int32, f func(from, to []int32)) (words, synapses int64) {
	var from, to [batch]int32
	kernel.Prefetch(l.off, axons[:min(batch, len(axons))])
	for len(axons) > 0 {
		n := min(batch, len(axons))
		next := axons[n:]
		kernel.Prefetch(l.off, next[:min(batch, len(next))])
		for i, a := range axons[:n] {
			from[i], to[i] = int32(l.off[a]), int32(l.off[a+1])
			synapses += int64(to[i] - from[i])
			words += int64(l.wordsOf(to[i] - from[i]))
		}
		kernel.Prefetch(l.synapses, from[:n])
		f(from[:n], to[:n])
		axons = next
	}
	return words, synapses
}

// wordsOf returns how many words so many synapses take. Mostly that is one, or none.
func (l *lists) wordsOf(synapses int32) int32 {
	if synapses <= l.inWord {
		return min(synapses, 1)
	}
	return (synapses + l.inWord - 1) / l.inWord
}

// counts reports whether every row of a core counts what its list has.
func (l *lists) counts(rows []row) bool {
	for k := range rows {
		n := int32(l.off[k+1] - l.off[k])
		if rows[k].synapses != int64(n) || rows[k].words != int64(l.wordsOf(n)) {
			return false
		}
	}
	return true
}

// addLater adds the weights of some rows to the sums of the ticks that they are for:
// ring[at] is that of a delay of 1, and a delay is at most the ring's length.
func (l *lists) addLater(ring [][]int32, at int, axons []int32) (words, synapses int64) {
	return l.inBatches(axons, func(from, to []int32) {
		for i := range from {
			delays := l.delays[from[i]:to[i]]
			for k, s := range l.synapses[from[i]:to[i]] {
				at := at + int(delays[k]) - 1
				if at >= len(ring) {
					at -= len(ring)
				}
				ring[at][s.Slot()] += s.Weight()
			}
		}
	})
}

// newLists lists the rows.
func newLists(s *Spec, sh shape) *lists {
	rows := s.rows
	l := &lists{inWord: int32(s.wordSynapses), largest: sh.largest, off: make([]uint32, 1, len(rows)+1), synapses: make([]Listed, 0, sh.synapses)}
	if sh.later {
		l.delays = make([]uint16, 0, sh.synapses)
	}
	for k := range rows {
		r := &rows[k]
		for i, w := range r.weights {
			if w == 0 {
				continue
			}
			l.synapses = append(l.synapses, newListed(r.slot(i), w))
			if sh.later {
				l.delays = append(l.delays, r.delay(i))
			}
		}
		l.off = append(l.off, uint32(len(l.synapses)))
	}
	return l
}
