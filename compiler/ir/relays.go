package ir

import (
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/targets"
)

// relayModels are the neurons that relays are made of, by the target's circuit; "" is
// a target that runs programs.
var relayModels = map[string]network.Model{
	"":                        network.IF,
	string(network.TrueNorth): network.TrueNorth,
	string(network.RANC):      network.RANC,
}

// RelayModel returns the model of neurons that pass spikes on within the tick that they
// come, or false where the target has none.
func RelayModel(arch *targets.Arch) (network.Model, bool) {
	model, ok := relayModels[arch.Models]
	return model, ok
}

// TakesRelays reports whether a population can get its input through relays that add
// up what they get.
func (q *Quantized) TakesRelays(arch *targets.Arch, pop int) bool {
	_, ok := RelayModel(arch)
	return ok && !arch.Controller.EventDriven() && q.additive(pop)
}

// additive reports whether all that a population's synapses do is add their weight
// when a spike comes: none learns, is drawn, has an exponent, or brings a spike with
// a number of its own.
func (q *Quantized) additive(pop int) bool {
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

// Drawn reports whether a population has weights that are drawn.
func (q *Quantized) Drawn(pop int) bool {
	for k := range q.Projections {
		if q.Projections[k].To == pop && q.Classes[q.ClassOf[k]].Silent {
			return true
		}
	}
	return false
}
