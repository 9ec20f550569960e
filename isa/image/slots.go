package image

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/weft-toolchain/weft/isa"
)

// Role says what a slot of a core holds.
type Role uint8

// The roles of slots. A neuron has one slot of its own, or none where SameAs says
// so, and is told of by that one: in spikes, potentials and counts by population.
const (
	// Own is a neuron itself.
	Own Role = iota
	// Copy does what its neuron does, and sends the spikes for destinations of its
	// own. It draws the same random numbers.
	Copy
	// Part holds some of its neuron's synapses, and sends their sum to the neuron
	// as a partial sum: a copy on a core whose program has `part`.
	Part
	// Relay is no neuron: it sends on what reaches it.
	Relay
)

// NoNeuron is the neuron of a relay.
const NoNeuron = -1

// Roles returns the role of each slot of a core, or nil where all are Own.
func (im *Image) Roles(c *Core) []Role {
	if !slices.Contains(c.Copies, true) {
		return nil
	}
	others := Copy
	if sendsParts(&im.Programs[c.Program]) {
		others = Part
	}
	roles := make([]Role, len(c.Neurons))
	for slot, n := range c.Neurons {
		switch {
		case n == NoNeuron:
			roles[slot] = Relay
		case c.Copies[slot]:
			roles[slot] = others
		}
	}
	return roles
}

// sendsParts reports whether a program of a verified image has `part`.
func sendsParts(p *isa.Program) bool {
	insts, err := isa.DecodeAll(p.Words)
	return err == nil && slices.ContainsFunc(insts, func(i isa.Inst) bool { return i.Op == isa.PART })
}

// SendsAtOnce reports whether a core has partial sums to send that are due in
// the tick in which they are sent: it goes first in every tick.
func (c *Core) SendsAtOnce() bool {
	for _, dests := range c.Dests {
		if slices.ContainsFunc(dests, Dest.atOnce) {
			return true
		}
	}
	return false
}

// atOnce reports whether a destination is of a partial sum with delay 0.
func (d Dest) atOnce() bool {
	_, ok := d.Slot()
	return ok && d.Delay == 0
}

// PopulationOf returns the index of a neuron's population.
func (im *Image) PopulationOf(neuron int32) int {
	pops := im.Manifest.Populations
	return sort.Search(len(pops), func(k int) bool { return int(neuron) < pops[k].First+pops[k].N })
}

// Scale returns the first state word of a neuron at a potential of 1; 0 is not known.
func (im *Image) Scale(neuron int) float64 {
	p := &im.Manifest.Populations[im.PopulationOf(int32(neuron))]
	switch len(p.Scale) {
	case 0:
		return 0
	case 1:
		return p.Scale[0]
	}
	return p.Scale[neuron-p.First]
}

// PopulationsOf returns the index of the population of each slot of a core, for
// relays the core's.
func (im *Image) PopulationsOf(c *Core) []int32 {
	out := make([]int32, len(c.Neurons))
	for slot, n := range c.Neurons {
		out[slot] = c.Population
		if p := &im.Manifest.Populations[c.Population]; n != NoNeuron && (int(n) < p.First || int(n) >= p.First+p.N) {
			out[slot] = int32(im.PopulationOf(n))
		}
	}
	return out
}

// PopulationsOn returns the indices of the populations whose neurons have slots on
// a core, copies and parts included, ascending.
func (im *Image) PopulationsOn(c *Core) []int32 {
	on := make([]int32, 0, len(c.Neurons))
	for slot, p := range im.PopulationsOf(c) {
		if c.Neurons[slot] != NoNeuron {
			on = append(on, p)
		}
	}
	slices.Sort(on)
	return slices.Compact(on)
}

// Label names a core by its populations: the first, and how many more there
// are; then by the role of its slots where none has a neuron of its own.
func (im *Image) Label(c *Core) string {
	counts, slots := im.RoleCounts(c), len(c.Neurons)
	if slots > 0 && counts[Relay] == slots {
		return "relays"
	}
	label := im.Manifest.Populations[c.Population].Name
	if n := len(im.PopulationsOn(c)); n > 1 {
		label += fmt.Sprintf(" +%d", n-1)
	}
	switch {
	case counts[Own] > 0 || slots == 0:
		return label
	case counts[Part] > 0:
		return label + " parts"
	}
	return label + " copies"
}

// RoleCounts returns how many slots of a core have each role.
func (im *Image) RoleCounts(c *Core) (n [Relay + 1]int) {
	roles := im.Roles(c)
	if roles == nil {
		n[Own] = len(c.Neurons)
	}
	for _, r := range roles {
		n[r]++
	}
	return n
}

// verifyNeurons checks what a core's slots hold; seen are the neurons that have
// slots of their own.
func (im *Image) verifyNeurons(c *Core, seen []bool) error {
	if len(c.Copies) > 0 && len(c.Copies) != len(c.Neurons) {
		return fmt.Errorf("marks of copies for %d of %d slots", len(c.Copies), len(c.Neurons))
	}
	lowest := len(im.Manifest.Populations)
	for slot, id := range c.Neurons {
		isCopy := len(c.Copies) > 0 && c.Copies[slot]
		switch {
		case id == NoNeuron && isCopy:
			continue
		case id < 0 || int(id) >= len(seen):
			return fmt.Errorf("slot %d: neuron %d of %d", slot, id, len(seen))
		case im.StandIn(id) != id:
			return fmt.Errorf("slot %d: of neuron %d, which has none, since another stands for it or it is removed", slot, id)
		case !isCopy && seen[id]:
			return fmt.Errorf("neuron %d is in two slots, and neither is marked as a copy", id)
		case !isCopy:
			seen[id] = true
		}
		lowest = min(lowest, im.PopulationOf(id))
	}
	if pops := im.Manifest.Populations; lowest < len(pops) && lowest != int(c.Population) {
		return fmt.Errorf("is of population %q, and its first neurons are of %q", pops[c.Population].Name, pops[lowest].Name)
	}
	return nil
}

// verifyAtOnce checks that no core both sends and takes partial sums of delay 0.
func (im *Image) verifyAtOnce() (part, error) {
	takes := make([]bool, len(im.Cores))
	sends := make([]bool, len(im.Cores))
	for k := range im.Cores {
		for _, dests := range im.Cores[k].Dests {
			for _, d := range dests {
				if d.atOnce() {
					sends[k], takes[d.Core] = true, true
				}
			}
		}
	}
	for k := range im.Cores {
		switch {
		case sends[k] && takes[k]:
			return part{corePart, k}, fmt.Errorf("core %d: takes partial sums of delay 0, and sends some", k)
		case sends[k] && !sendsParts(&im.Programs[im.Cores[k].Program]):
			return part{corePart, k}, fmt.Errorf("core %d: destinations of delay 0, and no partial sums to send: its program has no part", k)
		}
	}
	return part{}, nil
}

// slotsText says how many slots of a core have which role.
func (im *Image) slotsText(c *Core) string {
	n := im.RoleCounts(c)
	words := []string{fmt.Sprintf("%d neurons", n[Own])}
	for _, r := range []struct {
		role Role
		name string
	}{{Copy, "copies"}, {Part, "parts"}, {Relay, "relays"}} {
		if n[r.role] > 0 {
			words = append(words, fmt.Sprintf("%d %s", n[r.role], r.name))
		}
	}
	return strings.Join(words, ", ")
}
