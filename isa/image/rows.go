package image

import (
	"encoding/binary"
	"iter"
	"math"
	"math/bits"
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// Rows are the rows of a core, one an axon, packed: a binary synapse takes a bit, one
// of 8 bits a byte and the bit that says where it is, and in a full row no more than
// its weight. They are immutable; the zero value is none. Packer makes them.
type Rows struct {
	marks []Marks
	count []uint32 // synapses of each
	how   []packing
	// at says where each begins in data.
	at   []uint32
	data []byte
	// types are what the axons of a type weigh, by slot.
	types [targets.AxonTypes][]int16
}

// Len returns how many rows there are.
func (r *Rows) Len() int { return len(r.marks) }

// Marks returns what a row has besides its synapses.
func (r *Rows) Marks(axon int) Marks { return r.marks[axon] }

// Synapses returns how many synapses a row has.
func (r *Rows) Synapses(axon int) int { return int(r.count[axon]) }

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
		for axon := range r.marks {
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
	for axon, n := range r.count {
		total += int(n)
		if r.how[axon].delays != delaysNone {
			delayed += int(n)
		}
	}
	m.rows = slices.Grow(m.rows[:0], r.Len())[:r.Len()]
	m.slots, m.weights, m.delays = slices.Grow(m.slots[:0], total), slices.Grow(m.weights[:0], total), slices.Grow(m.delays[:0], delayed)
	slots, weights, delays := m.slots[:total], m.weights[:total], m.delays[:delayed]
	for axon := range m.rows {
		n := int(r.count[axon])
		row := &m.rows[axon]
		row.Slots, row.Weights = slots[:n:n], weights[:n:n]
		slots, weights = slots[n:], weights[n:]
		if r.how[axon].delays != delaysNone {
			row.Delays, delays = delays[:n:n], delays[n:]
		}
		r.unpack(axon, row)
	}
	return m.rows
}

// packing is how a row is packed: what its slots, weights and delays are.
type packing struct {
	slots   slotsAre
	weights weightsAre
	delays  delaysAre
}

type slotsAre uint8

const (
	slotsInOrder slotsAre = iota // 0, 1, 2, …
	slotsBits                    // a bit each, behind the number of bytes
	slotsListed                  // two bytes each
)

type weightsAre uint8

const (
	weightsSame  weightsAre = iota // one, of two bytes
	weightsTyped                   // those of the axon's type
	weightsBytes
	weightsShorts
)

type delaysAre uint8

const (
	delaysNone delaysAre = iota // the row has none
	delaysSame                  // one, of two bytes
	delaysBytes
	delaysShorts
)

// unpack sets a row, in whose memory it is if it has room.
func (r *Rows) unpack(axon int, row *Row) {
	n, how, data := int(r.count[axon]), r.how[axon], r.data[r.at[axon]:]
	row.Marks = r.marks[axon]
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

// PackRows packs rows.
func PackRows(rows ...Row) Rows {
	var p Packer
	for k := range rows {
		p.Add(&rows[k])
	}
	return p.Rows()
}

// Packer packs the rows of one core after the other; the zero value is ready.
type Packer struct {
	rows Rows
	// known says for which slots there is a weight of a type.
	known [targets.AxonTypes][]bool
}

// Add packs a row behind those before it, and keeps nothing of its memory. It has as
// many weights as slots, and as many delays, or nil.
func (p *Packer) Add(row *Row) {
	n := len(row.Slots)
	if len(row.Weights) != n || row.Delays != nil && len(row.Delays) != n {
		panic("image: a row's weights or delays are not as many as its slots")
	}
	r := &p.rows
	r.marks, r.count, r.at = append(r.marks, row.Marks), append(r.count, uint32(n)), append(r.at, uint32(len(r.data)))
	slots, once := p.slots(row.Slots)
	r.how = append(r.how, packing{slots, p.weights(row, once), p.delays(row.Delays)})
}

// Len returns how many rows were added since those of the core before.
func (p *Packer) Len() int { return p.rows.Len() }

// Rows returns the rows added since those of the core before.
func (p *Packer) Rows() Rows {
	r := &p.rows
	out := Rows{marks: exact(r.marks), count: exact(r.count), how: exact(r.how), at: exact(r.at), data: exact(r.data)}
	for t := range r.types {
		out.types[t] = exact(r.types[t])
		r.types[t], p.known[t] = r.types[t][:0], p.known[t][:0]
	}
	r.marks, r.count, r.how, r.at, r.data = r.marks[:0], r.count[:0], r.how[:0], r.at[:0], r.data[:0]
	return out
}

// exact returns a copy without room to spare.
func exact[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return append(make([]T, 0, len(list)), list...)
}

// slots packs slots, and reports whether each stands once, in order.
func (p *Packer) slots(slots []uint16) (how slotsAre, once bool) {
	once, inOrder := true, true
	for k, slot := range slots {
		inOrder = inOrder && int(slot) == k
		once = once && (k == 0 || slot > slots[k-1])
	}
	if inOrder {
		return slotsInOrder, once
	}
	data := p.rows.data
	size := int(slots[len(slots)-1])/8 + 1
	if !once || 2+size > 2*len(slots) {
		p.rows.data = appendShorts(data, slots, 2)
		return slotsListed, once
	}
	data = binary.LittleEndian.AppendUint16(data, uint16(size))
	from := len(data)
	data = append(data, make([]byte, size)...)
	for _, slot := range slots {
		data[from+int(slot)/8] |= 1 << (slot % 8)
	}
	p.rows.data = data
	return slotsBits, once
}

// weights packs the weights of a row, of which each slot stands once, or may not.
func (p *Packer) weights(row *Row, once bool) weightsAre {
	lo, hi := span16(row.Weights)
	switch data := p.rows.data; {
	case lo == hi:
		p.rows.data = binary.LittleEndian.AppendUint16(data, uint16(lo))
		return weightsSame
	case once && p.typed(row):
		return weightsTyped
	case lo >= math.MinInt8 && hi <= math.MaxInt8:
		p.rows.data = appendShorts(data, row.Weights, 1)
		return weightsBytes
	default:
		p.rows.data = appendShorts(data, row.Weights, 2)
		return weightsShorts
	}
}

// typed reports whether a row weighs what the others of its type do, and notes what it
// weighs where none of them has a synapse.
func (p *Packer) typed(row *Row) bool {
	if row.Type >= targets.AxonTypes {
		return false
	}
	of, known := p.rows.types[row.Type], p.known[row.Type]
	for k, slot := range row.Slots {
		if int(slot) < len(of) && known[slot] && of[slot] != row.Weights[k] {
			return false
		}
	}
	for k, slot := range row.Slots {
		for int(slot) >= len(of) {
			of, known = append(of, 0), append(known, false)
		}
		of[slot], known[slot] = row.Weights[k], true
	}
	p.rows.types[row.Type], p.known[row.Type] = of, known
	return true
}

func (p *Packer) delays(delays []uint16) delaysAre {
	if len(delays) == 0 {
		return delaysNone
	}
	lo, hi := span16(delays)
	switch data := p.rows.data; {
	case lo == hi:
		p.rows.data = binary.LittleEndian.AppendUint16(data, lo)
		return delaysSame
	case hi <= math.MaxUint8:
		p.rows.data = appendShorts(data, delays, 1)
		return delaysBytes
	default:
		p.rows.data = appendShorts(data, delays, 2)
		return delaysShorts
	}
}

// span16 returns the smallest and the largest of a list, or zeros of an empty one.
func span16[T int16 | uint16](list []T) (lo, hi T) {
	if len(list) == 0 {
		return 0, 0
	}
	lo, hi = list[0], list[0]
	for _, x := range list {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}
