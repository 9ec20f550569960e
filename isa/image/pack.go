package image

import (
	"encoding/binary"
	"math"

	"github.com/weft-toolchain/weft/targets"
)

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
	from := len(r.data)
	r.at = append(r.at, uint32(from))
	r.data = appendHead(r.data, n, &row.Marks)
	slots, once := p.slots(row.Slots)
	how := packing{slots, p.weights(row, once), p.delays(row.Delays)}
	r.data[from] |= how.byte()
}

// Len returns how many rows were added since those of the core before.
func (p *Packer) Len() int { return p.rows.Len() }

// Rows returns the rows added since those of the core before.
func (p *Packer) Rows() Rows {
	r := &p.rows
	out := Rows{at: exact(r.at), data: exact(r.data)}
	for t := range r.types {
		out.types[t] = exact(r.types[t])
		r.types[t], p.known[t] = r.types[t][:0], p.known[t][:0]
	}
	r.at, r.data = r.at[:0], r.data[:0]
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
