package image

import "encoding/binary"

// rowHead is what stands before a packed row's synapses: in a byte how it is packed and
// which marks follow, then the marks, and how many synapses there are.
type rowHead struct {
	how      packing
	marks    Marks
	synapses int
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

type marksAre uint8

const (
	marksNone marksAre = iota
	marksType          // a byte, nothing besides
	marksAll           // seven bytes
)

// Bits of a head's first byte: two of them each, from there on.
const (
	headSlots   = 0
	headWeights = 2
	headDelays  = 4
	headMarks   = 6
)

// byte returns a packing as a head has it.
func (p packing) byte() byte {
	return byte(p.slots)<<headSlots | byte(p.weights)<<headWeights | byte(p.delays)<<headDelays
}

// Flags of all marks.
const (
	flagPlastic = 1 << iota
	flagSilent
)

// appendHead appends a row's head, but for how it is packed.
func appendHead(data []byte, synapses int, m *Marks) []byte {
	switch *m {
	case Marks{}:
		data = append(data, byte(marksNone)<<headMarks)
	case Marks{Type: m.Type}:
		data = append(data, byte(marksType)<<headMarks, m.Type)
	default:
		flags := byte(0)
		if m.Plastic {
			flags |= flagPlastic
		}
		if m.Silent {
			flags |= flagSilent
		}
		data = append(data, byte(marksAll)<<headMarks, m.Type, byte(m.Exp), flags)
		data = binary.LittleEndian.AppendUint32(data, uint32(m.Key))
	}
	return binary.AppendUvarint(data, uint64(synapses))
}

// head returns a row's head, and the data behind it.
func (r *Rows) head(axon int) (h rowHead, data []byte) {
	data = r.data[r.at[axon]:]
	first := data[0]
	h.how = packing{slotsAre(first >> headSlots & 3), weightsAre(first >> headWeights & 3), delaysAre(first >> headDelays & 3)}
	data = data[1:]
	switch marksAre(first >> headMarks) {
	case marksNone:
	case marksType:
		h.marks.Type = data[0]
		data = data[1:]
	case marksAll:
		flags := data[2]
		h.marks = Marks{
			Type: data[0], Exp: int8(data[1]), Plastic: flags&flagPlastic != 0, Silent: flags&flagSilent != 0,
			Key: int32(binary.LittleEndian.Uint32(data[3:])),
		}
		data = data[7:]
	}
	if n := data[0]; n < 1<<7 { // as most have it
		h.synapses = int(n)
		return h, data[1:]
	}
	n, size := binary.Uvarint(data)
	h.synapses = int(n)
	return h, data[size:]
}
