package image

import (
	"encoding/binary"
	"iter"
	"math/bits"
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// Rows are the rows of a core, one an axon, packed: a binary synapse takes a bit, one
// of 8 bits a byte and the bit that says where it is, and in a full row no more than
// its weight; a row besides six to eight bytes, or more where it has many marks. They are
// immutable; the zero value is none. Packer makes them.
type Rows struct {
	// at says where each begins in data: with its head.
	at   []uint32
	data []byte
	// types are what the axons of a type weigh, by slot.
	types [targets.AxonTypes][]int16
}

// Len returns how many rows there are.
func (r *Rows) Len() int { return len(r.at) }

// Marks returns what a row has besides its synapses.
func (r *Rows) Marks(axon int) Marks {
	h, _ := r.head(axon)
	return h.marks
}

// Synapses returns how many synapses a row has.
func (r *Rows) Synapses(axon int) int {
	h, _ := r.head(axon)
	return h.synapses
}

// Row returns a row, unpacked into memory of its own.
func (r *Rows) Row(axon int) Row {
	var row Row
	r.unpack(axon, &row)
	return row
}

// All goes through the rows in order. A row is there until the next one is.
func (r *Rows) All() iter.Seq2[int, *Row] {
	return func(yield func(int, *Row) bool) {
		var row Row
		for axon := range r.at {
			r.unpack(axon, &row)
			if !yield(axon, &row) {
				return
			}
		}
	}
}

// Unpack returns all rows, which share memory that is theirs.
func (r *Rows) Unpack() []Row { return r.UnpackTo(new(Memory)) }

// Memory is what rows are unpacked to.
type Memory struct {
	rows          []Row
	slots, delays []uint16
	weights       []int16
}

// UnpackTo is Unpack to memory that is used again and again: the rows that were
// unpacked to it before are no more.
func (r *Rows) UnpackTo(m *Memory) []Row {
	total, delayed := 0, 0
	for axon := range r.at {
		h, _ := r.head(axon)
		total += h.synapses
		if h.how.delays != delaysNone {
			delayed += h.synapses
		}
	}
	m.rows = slices.Grow(m.rows[:0], r.Len())[:r.Len()]
	m.slots, m.weights, m.delays = slices.Grow(m.slots[:0], total), slices.Grow(m.weights[:0], total), slices.Grow(m.delays[:0], delayed)
	slots, weights, delays := m.slots[:total], m.weights[:total], m.delays[:delayed]
	for axon := range m.rows {
		h, _ := r.head(axon)
		n := h.synapses
		row := &m.rows[axon]
		row.Slots, row.Weights = slots[:n:n], weights[:n:n]
		slots, weights = slots[n:], weights[n:]
		if h.how.delays != delaysNone {
			row.Delays, delays = delays[:n:n], delays[n:]
		}
		r.unpack(axon, row)
	}
	return m.rows
}

// unpack sets a row, in whose memory it is if it has room.
func (r *Rows) unpack(axon int, row *Row) {
	h, data := r.head(axon)
	n, how := h.synapses, h.how
	row.Marks = h.marks
	row.Slots = slices.Grow(row.Slots[:0], n)[:n]
	row.Weights = slices.Grow(row.Weights[:0], n)[:n]
	data = unpackSlots(row.Slots, how.slots, data)
	switch how.weights {
	case weightsSame:
		fill(row.Weights, int16(binary.LittleEndian.Uint16(data)))
		data = data[2:]
	case weightsTyped:
		of := r.types[row.Type]
		for k, slot := range row.Slots {
			row.Weights[k] = of[slot]
		}
	case weightsBytes:
		for k, w := range data[:n] {
			row.Weights[k] = int16(int8(w))
		}
		data = data[n:]
	case weightsShorts:
		data = unpackShorts(row.Weights, data)
	}
	row.Delays = unpackDelays(row.Delays, n, how.delays, data)
}

// unpackDelays returns n delays, in a list's memory if it has room.
func unpackDelays(list []uint16, n int, how delaysAre, data []byte) []uint16 {
	if how == delaysNone {
		return nil
	}
	list = slices.Grow(list[:0], n)[:n]
	switch how {
	case delaysSame:
		fill(list, binary.LittleEndian.Uint16(data))
	case delaysBytes:
		for k, d := range data[:n] {
			list[k] = uint16(d)
		}
	case delaysNone, delaysShorts:
		unpackShorts(list, data)
	}
	return list
}

// unpackSlots sets slots, and returns the data behind them.
func unpackSlots(slots []uint16, how slotsAre, data []byte) []byte {
	switch how {
	case slotsInOrder:
		for k := range slots {
			slots[k] = uint16(k)
		}
	case slotsListed:
		return unpackShorts(slots, data)
	case slotsBits:
		return unpackBits(slots, data)
	}
	return data
}

// unpackBits is unpackSlots of slots that are bits.
func unpackBits(slots []uint16, data []byte) []byte {
	size := int(binary.LittleEndian.Uint16(data))
	set, rest := data[2:2+size], data[2+size:]
	k := 0
	for at := 0; at < size; at += 8 {
		var word uint64
		if at+8 <= size {
			word = binary.LittleEndian.Uint64(set[at:])
		} else {
			for i, b := range set[at:] {
				word |= uint64(b) << (8 * i)
			}
		}
		for ; word != 0; word &= word - 1 {
			slots[k] = uint16(8*at + bits.TrailingZeros64(word))
			k++
		}
	}
	return rest
}

func unpackShorts[T int16 | uint16](list []T, data []byte) []byte {
	for k := range list {
		list[k] = T(binary.LittleEndian.Uint16(data[2*k:]))
	}
	return data[2*len(list):]
}

func fill[T any](list []T, x T) {
	for k := range list {
		list[k] = x
	}
}
