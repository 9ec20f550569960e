package core

import (
	"math"

	"github.com/weft-toolchain/weft/emulator/kernel"
)

// layout is the synapses of a core as its loop walks them.
type layout interface {
	// add adds the weights of some rows to sums, one a lane.
	add(sums []int32, axons []int32, room *Room)
	// bytes is the memory that the synapses take.
	bytes() int
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

func (b bitRows) add(sums, axons []int32, room *Room) { b.Add(sums, axons, &room.kernel) }
func (b bitRows) bytes() int                          { return b.Bytes() }

type rows8 struct{ *kernel.Dense8 }

func (d rows8) add(sums, axons []int32, _ *Room) { d.Add(sums, axons) }
func (d rows8) bytes() int                       { return d.Bytes() }

type rows16 struct{ *kernel.Dense16 }

func (d rows16) add(sums, axons []int32, _ *Room) { d.Add(sums, axons) }
func (d rows16) bytes() int                       { return d.Bytes() }

// lists are rows that list their synapses: slot and weight, in a word.
type lists struct {
	// of axon a are words[off[a]:off[a+1]].
	off   []uint32
	words []uint32
	// delays are those of the words; nil where all are 1.
	delays []uint16
}

const weightBits = 16

func (l *lists) of(axon int32) []uint32 { return l.words[l.off[axon]:l.off[axon+1]] }

func (l *lists) add(sums, axons []int32, _ *Room) {
	for _, a := range axons {
		for _, w := range l.of(a) {
			sums[w>>weightBits] += int32(int16(w))
		}
	}
}

// addLater adds the weights of some rows to the sums of the ticks that they are for:
// ring[at] is that of a delay of 1, and a delay is at most the ring's length.
func (l *lists) addLater(ring [][]int32, at int, axons []int32) {
	for _, a := range axons {
		delays := l.delays[l.off[a]:l.off[a+1]]
		for k, w := range l.of(a) {
			slot := at + int(delays[k]) - 1
			if slot >= len(ring) {
				slot -= len(ring)
			}
			ring[slot][w>>weightBits] += int32(int16(w))
		}
	}
}

func (l *lists) bytes() int { return 4*len(l.off) + 4*len(l.words) + 2*len(l.delays) }

// newLists lists the rows.
func newLists(rows []row) *lists {
	l := &lists{off: make([]uint32, 1, len(rows)+1)}
	later := false
	for k := range rows {
		rows[k].each(func(slot int, weight int16, delay uint16) {
			l.words = append(l.words, uint32(slot)<<weightBits|uint32(uint16(weight)))
			later = later || delay > 1
		})
		l.off = append(l.off, uint32(len(l.words)))
	}
	if later {
		l.delays = make([]uint16, 0, len(l.words))
		for k := range rows {
			rows[k].each(func(_ int, _ int16, delay uint16) { l.delays = append(l.delays, delay) })
		}
	}
	return l
}

// each calls f for the synapses of a row whose weight is not zero.
func (r *row) each(f func(slot int, weight int16, delay uint16)) {
	for k, w := range r.weights {
		if w == 0 {
			continue
		}
		slot, delay := k, uint16(1)
		if r.targets != nil {
			slot = int(r.targets[k])
		}
		if r.delays != nil {
			delay = r.delays[k]
		}
		f(slot, w, delay)
	}
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
		rows[k].each(func(slot int, weight int16, delay uint16) {
			w := max(int(weight), -int(weight))
			s.synapses++
			s.largest = max(s.largest, w)
			s.later = s.later || delay > 1
			s.repeats = s.repeats || last[slot] == int32(k+1)
			last[slot] = int32(k + 1)
			sums[slot] += int64(w)
			s.most = max(s.most, sums[slot])
		})
	}
	return s
}

// newLayout chooses the layout of a core's rows: bits where the weights are those of
// a few types, whole rows where enough of them is there, and lists else.
func (s *Spec) newLayout(sh shape, lanes int) layout {
	whole := lanes * len(s.rows)
	if sh.repeats || sh.later || sh.synapses > math.MaxUint32/2 {
		return newLists(s.rows)
	}
	const listed = 4 // bytes a synapse
	if whole/8 <= listed*sh.synapses {
		if b := s.newBits(lanes); b != nil {
			return bitRows{b}
		}
	}
	switch {
	case sh.largest <= math.MaxInt8 && whole <= listed*sh.synapses:
		data := make([]int8, whole)
		for k := range s.rows {
			s.rows[k].each(func(slot int, weight int16, _ uint16) { data[k*lanes+slot] = int8(weight) })
		}
		return rows8{kernel.NewDense8(lanes, data, s.ways)}
	case 2*whole <= listed*sh.synapses:
		data := make([]int16, whole)
		for k := range s.rows {
			s.rows[k].each(func(slot int, weight int16, _ uint16) { data[k*lanes+slot] = weight })
		}
		return rows16{kernel.NewDense16(lanes, data, s.ways)}
	}
	return newLists(s.rows)
}

// newBits returns the rows as bits, or nil where their weights are not those of a
// few types: each row is of the first type that has its weights, or leaves them
// open.
func (s *Spec) newBits(lanes int) *kernel.Bits {
	rows := make([]uint64, len(s.rows)*lanes/64)
	types := make([]uint8, len(s.rows))
	weights := make([]int16, 0, kernel.MaxTypes*lanes)
	for k := range s.rows {
		r := &s.rows[k]
		t := 0
		for ; t < kernel.MaxTypes; t++ {
			if len(weights) == t*lanes {
				weights = append(weights, make([]int16, lanes)...)
			}
			if r.matches(weights[t*lanes:][:lanes]) {
				break
			}
		}
		if t == kernel.MaxTypes {
			return nil
		}
		types[k] = uint8(t)
		r.each(func(slot int, weight int16, _ uint16) {
			weights[t*lanes+slot] = weight
			rows[(k*lanes+slot)/64] |= 1 << (slot % 64)
		})
	}
	if len(weights) == 0 {
		weights = make([]int16, lanes)
	}
	return kernel.NewBits(lanes, rows, types, weights, s.ways)
}

// matches reports whether the weights of a row are those of a type, as far as that
// has some.
func (r *row) matches(weights []int16) bool {
	ok := true
	r.each(func(slot int, weight int16, _ uint16) {
		ok = ok && (weights[slot] == 0 || weights[slot] == weight)
	})
	return ok
}
