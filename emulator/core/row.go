package core

import (
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// row is an axon's synapses as Integrate walks them.
type row struct {
	weights []int16 // times 2^Exp already, but for plastic rows
	// plain is nil but for plastic rows: the image's.
	plain *image.Row
	// targets is nil where the row reaches every slot in order.
	targets []uint16
	// delays is nil where the scheduler keeps the delays.
	delays []uint16
	// synapses and words are what the row counts, zero weights included.
	synapses, words int64
}

// newRow leaves out the zero weights of a row, unless it reaches every slot, and
// applies its exponent.
func newRow(r *image.Row, a *targets.Arch, neurons int) row {
	out := row{synapses: int64(len(r.Slots))}
	if r.Exp != 0 && !r.Plastic {
		scaled := *r
		scaled.Weights = make([]int16, len(r.Weights))
		for k, w := range r.Weights {
			scaled.Weights[k] = r.Scaled(w)
		}
		r = &scaled
	}
	if a.SynapseFormat == targets.Dense {
		out.words = int64((a.Neurons + a.WordSynapses - 1) / a.WordSynapses)
	} else {
		out.words = int64((len(r.Slots) + a.WordSynapses - 1) / a.WordSynapses)
	}
	if r.Plastic || r.Silent {
		out.plain, out.targets = r, r.Slots
		return out
	}
	zeros := 0
	for _, w := range r.Weights {
		if w == 0 {
			zeros++
		}
	}
	full := len(r.Slots) == neurons && (neurons == 0 || int(r.Slots[neurons-1]) == neurons-1) && distinct(r.Slots)
	if full && r.Delays == nil && zeros*2 < neurons {
		out.weights = r.Weights
		return out
	}
	if zeros == 0 && len(r.Slots) > 0 {
		out.weights, out.targets, out.delays = r.Weights, r.Slots, r.Delays
		return out
	}
	for k, w := range r.Weights {
		if w == 0 {
			continue
		}
		out.weights = append(out.weights, w)
		out.targets = append(out.targets, r.Slots[k])
		if r.Delays != nil {
			out.delays = append(out.delays, r.Delays[k])
		}
	}
	if out.targets == nil {
		out.targets = []uint16{}
	}
	return out
}

func distinct(slots []uint16) bool {
	for k := 1; k < len(slots); k++ {
		if slots[k] == slots[k-1] {
			return false
		}
	}
	return true
}

// slot returns the slot of synapse k of a row, delay its delay.
func (r *row) slot(k int) int {
	if r.targets == nil {
		return k
	}
	return int(r.targets[k])
}

// weighing counts the synapses whose weight is not zero.
func (r *row) weighing() (n int) {
	for _, w := range r.weights {
		if w != 0 {
			n++
		}
	}
	return n
}

func (r *row) delay(k int) uint16 {
	if r.delays == nil {
		return 1
	}
	return r.delays[k]
}

// matches reports whether the weights of a row are those of a type, as far as that
// has some.
func (r *row) matches(weights []int16) bool {
	for i, w := range r.weights {
		if have := weights[r.slot(i)]; w != 0 && have != 0 && have != w {
			return false
		}
	}
	return true
}
