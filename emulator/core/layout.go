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

func (d wholeRows[W]) add(sums, axons []int32, room *Room) (words, synapses int64) {
	d.Add(sums, axons, &room.kernel)
	return 0, 0
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
