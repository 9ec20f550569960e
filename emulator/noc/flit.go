package noc

// flit is a packet in flight that was sent by a channel, or one that is in the FIFO
// behind it.
type flit struct {
	packet int32
	at     int32 // the channel
	way    way
}

// way is the hops for which a flit goes straight on, as far as known, and, oneSide each, what
// turned says of how it came to where it was sent. Of the first in a FIFO it is what it will
// be when that has left.
type way uint32

const oneSide = 1 << 16

// hops are those to go straight on.
func (w way) hops() uint32 { return uint32(w % oneSide) }

// turned is the way of a flit that came into a router at a side, and is sent to another.
func turned(side int32, hops int16) way { return way(hops) + way(side+1)*oneSide }

// before is what a flit was before it was sent.
func (m *Mesh) before(f flit) flit {
	if side := int32(f.way/oneSide) - 1; side >= 0 {
		f.at = m.input(m.from(f.at), side)
	} else { // it went straight on
		f.at -= m.stride[m.side(f.at)]
	}
	return f
}

// held is a packet that is held up in a FIFO.
type held struct {
	packet int32
	way    way
}

// packet is what of a packet stays the same on its way.
type packet struct {
	age  Cycles // less is older: when due since start, then source
	dst  int32
	id   int32
	to   position // of the router dst, of router 0 for the host
	last flit     // before it left the mesh
}
