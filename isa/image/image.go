// Package image is the chip image: everything a chip is loaded with, in one
// file. The compiler writes images, the emulator runs them; neither knows the
// other.
//
// The file is a zip archive of manifest.json and NumPy arrays, so that
// `unzip -l` lists it and numpy.load opens it. Entries are stored, not
// deflated, in a fixed order and without times: the same image is the same
// bytes everywhere. The archive's comment, its last bytes, is
//
//	weft-image/2 sha256:HEX
//
// where HEX is the SHA-256 of all bytes before it, the comment's own beginning
// included: a change of any bit of the file is noticed. It is weft-image/3 where
// some neuron has no slot of its own (see Image.SameAs).
package image

import (
	"fmt"
	"io"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/targets"
)

// Image is a loaded chip. It is immutable and shared freely.
type Image struct {
	Manifest Manifest
	Programs []isa.Program
	Cores    []Core
	// InputDests are the destinations of each input, in order of Manifest.Inputs.
	InputDests [][]Dest
	// SameAs is nil where each neuron has a slot of its own. Else it names for each
	// the neuron whose own slot is told of as its: itself; or one of a lower number in
	// its population, which does what it would do; or NoNeuron where it is removed.
	SameAs []int32
}

// Manifest names what the arrays hold.
type Manifest struct {
	Network string `json:"network"`
	// TickSeconds is the duration of a tick in the network's own time.
	TickSeconds float64      `json:"tick_seconds"`
	Target      string       `json:"target"`
	Arch        targets.Arch `json:"arch"`
	Inputs      []Symbol     `json:"inputs"`
	Populations []Symbol     `json:"populations"`
	// Outputs are indices into Populations.
	Outputs []int `json:"outputs"`
	// Seed is what the random numbers of the cores begin from.
	Seed uint64 `json:"seed,omitempty"`
	// Defects are those that the image was compiled around; nil is none.
	Defects *Defects `json:"defects,omitempty"`
}

// Symbol is a run of neurons or inputs with a name.
type Symbol struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	First int    `json:"first"`
	N     int    `json:"n"`
	Model string `json:"model,omitempty"`
	// Scale is the state word of a potential of 1: one for all neurons, or one
	// each.
	Scale []float64 `json:"scale,omitempty"`
	// InputShift is how far the program shifts its synaptic sum up, in bits.
	InputShift int `json:"input_shift,omitempty"`
	// Choices are the words of the choices of a model whose neurons are a circuit.
	Choices map[string]string `json:"choices,omitempty"`
	// Rule is the rule by which the synapses of a population learn, Consts its
	// numbers, for chips whose learning is a circuit.
	Rule   string         `json:"rule,omitempty"`
	Consts map[string]int `json:"consts,omitempty"`
	// Broadcast, of an input, says that its spikes go to no axon: a spike of
	// index i adds Broadcast[i] to the broadcast register of every core for the
	// tick after. Its inputs have no destinations.
	Broadcast []int32 `json:"broadcast,omitempty"`
}

// Core is one core's memories.
type Core struct {
	X, Y int32
	// Program and Population are indices. Neurons of several populations may share
	// a core if its program and its C registers serve them all; Population is then
	// the lowest of them.
	Program, Population int32
	// Learn has one more than the index of the program of each other kind, or 0
	// where there is none; that of isa.Tick is not used.
	Learn [isa.NumKinds]int32
	// Neurons holds the number of the neuron in each slot, NoNeuron in a relay's.
	Neurons []int32
	// Copies is nil, or says of each slot whether it is one besides its neuron's
	// own: a copy or a part of it, or a relay. What these send is not told of: see
	// Roles.
	Copies []bool
	// Consts are the C registers.
	Consts [isa.NumConsts]int32
	// State holds the initial state words, StateWords a neuron, slot by slot;
	// Params the P registers in the same way, ParamWords a neuron.
	State, Params []int32
	// ParamWords is how many P registers, from P0, each neuron has.
	ParamWords int32
	Rows       Rows
	// Dests are the destinations of each slot's spike.
	Dests [][]Dest
}

// LearnProgram returns the index of the core's program of a kind other than
// tick, and whether it has one.
func (c *Core) LearnProgram(kind isa.Kind) (index int, ok bool) {
	return int(c.Learn[kind]) - 1, c.Learn[kind] != 0
}

// Synapses returns how many synapses the core has.
func (c *Core) Synapses() int {
	n := 0
	for axon := range c.Rows.Len() {
		n += c.Rows.Synapses(axon)
	}
	return n
}

// Marks are what a row has besides its synapses; the zero value is a plain row.
type Marks struct {
	// Key tells the row's random numbers from those of other rows: one more than
	// the number of its source, inputs first.
	Key int32
	// Exp is the exponent of the row's weights, −8 to 7: see Scaled.
	Exp int8
	// Type is the row's axon type, on targets whose neurons have a weight for
	// each type.
	Type uint8
	// Plastic says that the core's programs of kinds other than tick run for the
	// row, Silent that its weights are not added: only those programs see them.
	Plastic, Silent bool
}

// Scaled returns what a synapse of the row with weight w adds: ⌊w · 2^Exp⌋,
// saturated to 16 bits.
func (m *Marks) Scaled(w int16) int16 {
	if m.Exp < 0 {
		return w >> -m.Exp
	}
	scaled, _ := fixed.Sat(int64(w)<<m.Exp, 16)
	return int16(scaled)
}

// Row is the synapses of one axon, in order of slot. In a dense crossbar a slot
// occurs once at most.
type Row struct {
	Marks
	Slots   []uint16
	Weights []int16
	// Delays are in ticks, for targets with delays at synapses; else nil.
	Delays []uint16
}

// Dest is where a spike goes: an axon of a core after a delay in ticks, or,
// with Core = Host, out of the chip. A partial sum (extension G) goes to where
// Axon is −1 − SLOT: the neuron in that slot of the core. With delay 0 it is part
// of the sum of the tick in which it was sent.
type Dest struct{ Core, Axon, Delay int32 }

// Slot returns the slot that a partial sum is for, and whether d is of one.
func (d Dest) Slot() (slot int32, ok bool) { return -1 - d.Axon, d.Core != Host && d.Axon < 0 }

// Host is Dest.Core of a spike that leaves the chip.
const Host = -1

// StateWords returns how many state words each neuron of a core has.
func (im *Image) StateWords(c *Core) int { return len(im.Programs[c.Program].State) }

// Neurons returns how many neurons the image has.
func (im *Image) Neurons() int { return count(im.Manifest.Populations) }

// Inputs returns how many inputs the image has.
func (im *Image) Inputs() int { return count(im.Manifest.Inputs) }

func count(symbols []Symbol) int {
	n := 0
	for _, s := range symbols {
		n += s.N
	}
	return n
}

// WriteText writes a summary of the image for people and golden files.
func (im *Image) WriteText(w io.Writer) error {
	m := &im.Manifest
	without := ""
	if doubles, removed := im.WithoutSlot(); doubles+removed > 0 {
		without = fmt.Sprintf(" (%d doubles and %d removed, without slots)", doubles, removed)
	}
	fmt.Fprintf(w, "image of %s for %s: %d cores, %d neurons%s, %d inputs\n", m.Network, m.Target, len(im.Cores), im.Neurons(), without, im.Inputs())
	for k := range im.Programs {
		fmt.Fprintf(w, "program %d: %s, %d instructions\n", k, im.Programs[k].Name, len(im.Programs[k].Words))
	}
	for k := range im.Cores {
		c := &im.Cores[k]
		fmt.Fprintf(w, "core %d at (%d, %d): %s, program %d, %s, %d axons, %d synapses\n", k, c.X, c.Y,
			im.Label(c), c.Program, im.slotsText(c), c.Rows.Len(), c.Synapses())
	}
	return nil
}
