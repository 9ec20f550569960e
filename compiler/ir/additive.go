package ir

import "github.com/weft-toolchain/weft/compiler/network"

// Additive reports whether all that a population's synapses do is add their weight
// when a spike comes: none learns, is drawn, has an exponent, or brings a spike with
// a number of its own.
func (q *Quantized) Additive(pop int) bool {
	for k := range q.Projections {
		p := &q.Projections[k]
		if p.To != pop {
			continue
		}
		if q.Classes[q.ClassOf[k]] != (Class{}) || !p.From.Input && q.Pops[p.From.Index].Model == network.LoihiTernary {
			return false
		}
	}
	return true
}
