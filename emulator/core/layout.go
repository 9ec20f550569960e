package core

import (
	"math"

	"github.com/weft-toolchain/weft/emulator/kernel"
)

// layout is the synapses of a core as its loop walks them.
type layout interface {
	// add adds the weights of some rows to sums, one a lane, and returns how many words
	// and synapses the rows have where the layout knows.
	add(sums []int32, axons []int32, room *Room) (words, synapses int64)
}

// Room is what cores of one goroutine work in, one after another.
type Room struct {
	axons     []int32
	sums, old []int32
	fired     []uint64
	kernel    kernel.Scratch
	run       vectorRun
}

// grow makes room for so many lanes.
func (r *Room) grow(lanes int) {
	if lanes > len(r.sums) {
		r.sums, r.old, r.fired = make([]int32, lanes), make([]int32, lanes), make([]uint64, lanes/64)
	}
}

type bitRows struct{ *kernel.Bits }

func (b bitRows) add(sums, axons []int32, room *Room) (words, synapses int64) {
	b.Add(sums, axons, &room.kernel)
	return 0, 0
}

type wholeRows[W int8 | int16] struct{ *kernel.Dense[W] }

func (d wholeRows[W]) add(sums, axons []int32, _ *Room) (words, synapses int64) {
	d.Add(sums, axons)
	return 0, 0
}

// lists are rows that list their synapses: slot and weight, in a word.
type lists struct {
	// of axon a are words[off[a]:off[a+1]].
	off   []uint32
	words []uint32
	// delays are those of the words; nil where all are 1.
	delays []uint16
	// inWord is how many synapses a word of the chip has.
	inWord int32
}

const weightBits = 16

func (l *lists) add(sums, axons []int32, _ *Room) (words, synapses int64) {
	return l.inBatches(axons, func(from, to []int32) {
		for i := range from {
			for _, w := range l.words[from[i]:to[i]] {
				sums[w>>weightBits] += int32(int16(w))
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
		kernel.Prefetch(l.words, from[:n])
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
			for k, w := range l.words[from[i]:to[i]] {
				slot := at + int(delays[k]) - 1
				if slot >= len(ring) {
					slot -= len(ring)
				}
				ring[slot][w>>weightBits] += int32(int16(w))
			}
		}
	})
}

// newLists lists the rows.
func newLists(s *Spec, sh shape) *lists {
	rows := s.rows
	l := &lists{inWord: int32(s.wordSynapses), off: make([]uint32, 1, len(rows)+1), words: make([]uint32, 0, sh.synapses)}
	if sh.later {
		l.delays = make([]uint16, 0, sh.synapses)
	}
	for k := range rows {
		r := &rows[k]
		for i, w := range r.weights {
			if w == 0 {
				continue
			}
			l.words = append(l.words, uint32(r.slot(i))<<weightBits|uint32(uint16(w)))
			if sh.later {
				l.delays = append(l.delays, r.delay(i))
			}
		}
		l.off = append(l.off, uint32(len(l.words)))
	}
	return l
}

// shape is what decides about a layout.
type shape struct {
	synapses, largest int
	// repeats says that a row has a slot twice, later that a delay is not 1.
	repeats, later bool
	// most is the largest magnitude of a sum.
	most int64
}

func shapeOf(rows []row, slots int) shape {
	var s shape
	last, sums := make([]int32, slots), make([]int64, slots)
	for k := range rows {
		r := &rows[k]
		for i, weight := range r.weights {
			if weight == 0 {
				continue
			}
			slot, w := r.slot(i), max(int(weight), -int(weight))
			s.synapses++
			s.largest = max(s.largest, w)
			s.later = s.later || r.delay(i) > 1
			s.repeats = s.repeats || last[slot] == int32(k+1)
			last[slot] = int32(k + 1)
			sums[slot] += int64(w)
		}
	}
	for _, sum := range sums {
		s.most = max(s.most, sum)
	}
	return s
}

// newLayout chooses the layout of a core's rows: bits where the weights are those of
// a few types, whole rows where enough of them is there, and lists else.
func (s *Spec) newLayout(sh shape, lanes int, ways kernel.Options) layout {
	const bytes = 4 // a synapse in a list
	whole := lanes * len(s.rows)
	if sh.repeats || sh.later || whole/8 > bytes*sh.synapses {
		return newLists(s, sh)
	}
	if b := s.newBits(lanes, ways); b != nil {
		return bitRows{b}
	}
	switch {
	case sh.largest <= math.MaxInt8 && whole <= bytes*sh.synapses:
		return newWholeRows[int8](s, lanes, ways)
	case 2*whole <= bytes*sh.synapses:
		return newWholeRows[int16](s, lanes, ways)
	}
	return newLists(s, sh)
}

// newWholeRows lays out the weights of every lane of every row.
func newWholeRows[W int8 | int16](s *Spec, lanes int, ways kernel.Options) wholeRows[W] {
	out := make([]W, len(s.rows)*lanes)
	for k := range s.rows {
		r := &s.rows[k]
		for i, w := range r.weights {
			if w != 0 {
				out[k*lanes+r.slot(i)] = W(w)
			}
		}
	}
	return wholeRows[W]{kernel.NewDense(lanes, out, ways)}
}

// newBits returns the rows as bits, or nil where their weights are not those of a
// few types: each row is of the first type that has its weights, or leaves them
// open.
func (s *Spec) newBits(lanes int, ways kernel.Options) *kernel.Bits {
	rows := make([]uint64, len(s.rows)*lanes/64)
	types := make([]uint8, len(s.rows))
	weights := make([]int16, lanes, kernel.MaxTypes*lanes)
	for k := range s.rows {
		r := &s.rows[k]
		t := 0
		for ; t < kernel.MaxTypes; t++ {
			if len(weights) == t*lanes {
				weights = weights[:len(weights)+lanes]
			}
			if r.matches(weights[t*lanes:][:lanes]) {
				break
			}
		}
		if t == kernel.MaxTypes {
			return nil
		}
		types[k] = uint8(t)
		of, row := weights[t*lanes:][:lanes], rows[k*lanes/64:][:lanes/64]
		for i, w := range r.weights {
			if w != 0 {
				slot := r.slot(i)
				of[slot] = w
				row[slot/64] |= 1 << (slot % 64)
			}
		}
	}
	return kernel.NewBits(lanes, rows, types, weights, ways)
}
