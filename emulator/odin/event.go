package odin

// kind is what an address on the input bus asks for.
type kind uint8

const (
	kindSpike kind = iota // of a presynaptic neuron, through the scheduler
	kindVirtual
	kindTimeRef
	kindTimeRefAll
	kindSynapse
	kindBistable
	kindBistableAll
)

// request is an address, decoded.
type request struct {
	kind kind
	// pre is the presynaptic neuron or row, or the neuron that is meant.
	pre int
	// post is the postsynaptic neuron of a single synapse.
	post int
	// virtual is what a virtual event does, as the scheduler keeps it.
	virtual int
}

// decode reads an address of the chip's input bus.
//
//	tinyODIN  9 8 7..0         ODIN  16 15..8 7..0
//	          0 0 neuron             1  pre   post       one synapse
//	          ? 1 neuron             0  neuron 1 1111111 time reference of one
//	          ? 1 11111111           0  any    0 1111111 time reference of all
//	          1 0 weight neuron      0  row    1 0000000 bistability of a row
//	                                 0  any    0 0000000 bistability of all
//	                                 0  neuron virt  any what virt says, or a spike
func decode(m Model, address uint32) request {
	low := int(address & 0xFF)
	if m == TinyODIN {
		switch {
		case address&0x100 != 0 && low == 0xFF:
			return request{kind: kindTimeRefAll}
		case address&0x100 != 0:
			return request{kind: kindTimeRef, pre: low}
		case address&0x200 != 0:
			return request{kind: kindVirtual, pre: low & 0xF, virtual: low >> 4}
		default:
			return request{kind: kindSpike, pre: low}
		}
	}
	pre, one := int(address>>8&0xFF), low&0x80 != 0
	switch {
	case address>>16&1 != 0:
		return request{kind: kindSynapse, pre: pre, post: low}
	case low&0x7F == 0x7F && one:
		return request{kind: kindTimeRef, pre: pre}
	case low&0x7F == 0x7F:
		return request{kind: kindTimeRefAll}
	case low&0x7F == 0 && one:
		return request{kind: kindBistable, pre: pre}
	case low&0x7F == 0:
		return request{kind: kindBistableAll}
	case low>>3 == 0:
		return request{kind: kindSpike, pre: pre}
	default:
		return request{kind: kindVirtual, pre: pre, virtual: low >> 3}
	}
}
