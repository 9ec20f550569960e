package core

import (
	"slices"

	"github.com/weft-toolchain/weft/targets"
)

// broken is what of a core is dead. It is immutable.
type broken struct {
	// axons says which never become active; nil is none.
	axons []bool
	// synapses are the dead ones of plastic rows, which hold 0 whatever is written.
	synapses map[synapse]bool
}

// Broken returns the core with some axons and synapses dead, the latter in order
// of axon; those that it does not use do not matter. A dead axon takes packets and is never active; a dead
// synapse adds nothing, and counts as one of weight 0.
func (s *Spec) Broken(axons []int32, cells []targets.Cell) *Spec {
	out := *s
	for _, axon := range axons {
		if int(axon) < len(s.rows) {
			if out.broken.axons == nil {
				out.broken.axons = make([]bool, len(s.rows))
			}
			out.broken.axons[axon] = true
		}
	}
	out.rows = slices.Clone(s.rows)
	if s.devices != nil {
		devices := *s.devices
		devices.weights = slices.Clone(devices.weights)
		out.devices = &devices
	}
	copied := int32(-1) // the last axon whose weights are the new core's own
	for _, c := range cells {
		if int(c.Axon) >= len(s.rows) || int(c.Slot) >= len(s.image.Neurons) {
			continue
		}
		if c.Axon != copied {
			out.rows[c.Axon].weights = slices.Clone(out.rows[c.Axon].weights)
			copied = c.Axon
		}
		out.breakSynapse(c)
	}
	return &out
}

// breakSynapse makes every synapse from an axon to a slot dead.
func (s *Spec) breakSynapse(c targets.Cell) {
	if x := s.devices; x != nil {
		x.weights[int(c.Axon)*x.neurons+int(c.Slot)] = 0
		return
	}
	r := &s.rows[c.Axon]
	if r.plain != nil {
		for k, slot := range r.plain.Slots {
			if r.plain.Plastic && int32(slot) == c.Slot {
				if s.broken.synapses == nil {
					s.broken.synapses = map[synapse]bool{}
				}
				s.broken.synapses[synapse{c.Axon, int32(k)}] = true
			}
		}
		return
	}
	if r.targets == nil {
		r.weights[c.Slot] = 0
		return
	}
	for k, slot := range r.targets {
		if int32(slot) == c.Slot {
			r.weights[k] = 0
		}
	}
}

// breakWeights sets the dead synapses of plastic rows to 0.
func (y *synapses) breakWeights(b *broken) {
	for at := range b.synapses {
		y.weights[at.axon][at.k] = 0
	}
}
