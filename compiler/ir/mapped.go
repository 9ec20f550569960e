package ir

import "github.com/weft-toolchain/weft/targets"

// Mapped is a Quantized network in the cores of a target.
type Mapped struct {
	*Quantized
	Arch  *targets.Arch
	Cores []MappedCore
	// Place gives each neuron's own slot, Nowhere for those that need none. A neuron
	// may have copies besides, with the same inputs, and parts that sum some of them.
	Place []Place
	// InputDests are the destinations of each input.
	InputDests [][]Dest
	// Copied is how many synapses are in rows for copies, and Summed how many more
	// there are because weights are sums over rows of several types. Zeros is how many
	// are in none, since they weigh 0 among such sums.
	Copied, Summed, Zeros int
}

// Place is a slot of a core.
type Place struct{ Core, Slot int32 }

// Nowhere is the place of a neuron without a slot.
var Nowhere = Place{-1, -1}

// Dest is where a spike goes: an axon of a core, after a delay in ticks; or
// the host, when Core is Host. With delays at synapses, Delay is 0. A partial
// sum goes to where Axon is −1 − SLOT, in the same tick.
type Dest struct{ Core, Axon, Delay int32 }

// Host is Dest.Core for spikes that leave the chip.
const Host = -1

// Slot returns the slot that a partial sum is for, and whether d is of one.
func (d Dest) Slot() (slot int32, ok bool) { return -1 - d.Axon, d.Core != Host && d.Axon < 0 }

// Role is what the slots of a core do.
type Role uint8

// The roles.
const (
	// Somas are neurons.
	Somas Role = iota
	// Parts sum some of the inputs of a neuron and send the sum to it.
	Parts
	// Relays fire when they get a spike, so that it takes longer.
	Relays
)

// String names the role.
func (r Role) String() string { return [...]string{"somas", "parts", "relays"}[r] }

// MappedCore is what a core holds.
type MappedCore struct {
	// X and Y are its place in the mesh.
	X, Y int
	Role Role
	// Population is the one of lowest number that has a slot here; one program
	// serves them all.
	Population int
	// Neurons are the numbers of the neurons, by slot; of a relay, −1.
	Neurons []int32
	// Copies marks the slots of copies of neurons; nil where there are none.
	Copies []bool
	// Relayed says what each slot relays, in a core of relays.
	Relayed []Relay
	Axons   []Axon
	// Dests are the destinations of each slot.
	Dests [][]Dest
}

// Own reports whether a slot is its neuron's own: the one that is observed.
func (c *MappedCore) Own(slot int) bool {
	return c.Role == Somas && (c.Copies == nil || !c.Copies[slot])
}

// Relay is a source whose spikes come Steps × the target's longest delay later.
type Relay struct {
	Source int32
	Input  bool
	Steps  uint16
}

// Axon is a row of a core's crossbar. Its synapses are in order of slot.
type Axon struct {
	// Source is the neuron, or the input when Input is set, that drives it: with
	// Steps, through as many relays.
	Source int32
	Input  bool
	// Delay is in ticks, or 0 with delays at synapses. Copy tells apart rows for
	// synapses that repeat a source, neuron and delay.
	Delay, Copy, Steps uint16
	Class              Class
	// Slots and Weights are the synapses'; so are Delays, in ticks, where the target
	// keeps them there; else it is nil.
	Slots   []uint16
	Weights []int16
	Delays  []uint16
}

// From returns what drives the axon.
func (a *Axon) From() Relay { return Relay{a.Source, a.Input, a.Steps} }

// SynapseWords returns how many memory words an axon's row takes.
func SynapseWords(a *targets.Arch, synapses int) int {
	if a.SynapseFormat == targets.Dense {
		return (a.Neurons + a.WordSynapses - 1) / a.WordSynapses
	}
	return (synapses + a.WordSynapses - 1) / a.WordSynapses
}

// PopulationOf returns the population of a neuron.
func (g *Graph) PopulationOf(neuron int) int {
	lo, hi := 0, len(g.Populations)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; g.Populations[mid].First <= neuron {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}
