package trace

import (
	"slices"

	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Feed is a synapse that a spike reaches a neuron by: its own, or one of a part that
// sums for it.
type Feed struct {
	// Source is the number of who spikes, inputs first and then neurons; -1 is a relay.
	Source int
	// Delay is how many ticks after the spike it is part of the neuron's sum.
	Delay int
	// Core, Axon and Synapse, of the axon's row, are where its weight is.
	Core, Axon, Synapse int
}

// FanIn returns the synapses that lead to a slot of a core. Rows that are not added are
// left out, and what comes through a relay ends there.
func FanIn(im *image.Image, core, slot int) []Feed { return fanIn(im, core, slot, 0) }

// fanIn returns the feeds of a slot whose sum comes some ticks late.
func fanIn(im *image.Image, core, slot, late int) []Feed {
	rows := im.Cores[core].Rows.Unpack()
	synapses := make([][]int, len(rows)) // those of each axon to the slot
	for a := range rows {
		for s, to := range rows[a].Slots {
			if int(to) == slot && !rows[a].Silent {
				synapses[a] = append(synapses[a], s)
			}
		}
	}
	var out []Feed
	atAxon := im.Manifest.Arch.DelayPlace == targets.DelayAxon
	visit := func(source int, d image.Dest) {
		if int(d.Core) != core || d.Axon < 0 {
			return
		}
		for _, s := range synapses[d.Axon] {
			delay := 1
			if atAxon {
				delay = int(d.Delay)
			}
			if delays := rows[d.Axon].Delays; delays != nil {
				delay += int(delays[s]) - 1
			}
			out = append(out, Feed{Source: source, Delay: delay + late, Core: core, Axon: int(d.Axon), Synapse: s})
		}
	}
	for i, dests := range im.InputDests {
		for _, d := range dests {
			visit(i, d)
		}
	}
	for k := range im.Cores {
		c := &im.Cores[k]
		roles := im.Roles(c)
		for from, dests := range c.Dests {
			source := -1
			if roles == nil || roles[from] != image.Relay {
				source = im.Inputs() + int(c.Neurons[from])
			}
			for _, d := range dests {
				visit(source, d)
				if part, ok := d.Slot(); ok && int(d.Core) == core && int(part) == slot {
					out = slices.Concat(out, fanIn(im, k, from, late+int(d.Delay)))
				}
			}
		}
	}
	return out
}
