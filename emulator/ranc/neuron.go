package ranc

// neuron is what one row of a core's memory says, but for its synapses and its
// weights, which lie in arrays of the core.
type neuron struct {
	leak       int64
	positive   int64
	negative   int64 // the largest potential that is reset, so that < and <= are one comparison
	negReset   int64 // the potential after it, or what is subtracted
	posReset   int64
	linear     bool
	out        packet
	hops       int64
	toX, toY   int // the place its packets are for
	potential0 int64
}

// newNeuron prepares n for the variant: with symmetric, a potential that equals
// the negative threshold is reset too.
func newNeuron(n *Neuron, symmetric bool) neuron {
	r := neuron{
		leak:       int64(n.Leak),
		positive:   int64(n.PositiveThreshold),
		negative:   int64(n.NegativeThreshold) - 1,
		posReset:   int64(n.ResetPotential),
		negReset:   -int64(n.ResetPotential),
		out:        packet{dx: int32(n.DX), dy: int32(n.DY), axon: uint16(n.Axon), delay: uint16(n.Delay)},
		hops:       int64(abs(n.DX) + abs(n.DY)),
		potential0: int64(n.Potential),
	}
	if symmetric {
		r.negative++
	}
	if n.Reset == Linear {
		r.linear = true
		r.posReset = int64(n.PositiveThreshold)
		r.negReset = int64(n.NegativeThreshold)
	}
	return r
}

// fire takes the potential with its input and the leak added, and returns the
// potential after the tick and whether the neuron spikes.
func (n *neuron) fire(v int64, bits int) (after int64, spike bool) {
	v = wrap(v, bits)
	switch {
	case v >= n.positive && n.linear:
		return wrap(v-n.posReset, bits), true
	case v >= n.positive:
		return wrap(n.posReset, bits), true
	case v <= n.negative && n.linear:
		return wrap(v-n.negReset, bits), false
	case v <= n.negative:
		return wrap(n.negReset, bits), false
	}
	return v, false
}

// wrap returns v in two's complement of the given number of bits.
func wrap(v int64, bits int) int64 {
	shift := uint(64-bits) & 63
	return v << shift >> shift
}

func abs(v int) int {
	if v < 0 {
		return -v
	}
	return v
}
