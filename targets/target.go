// Package targets holds chips as data: what a chip has (Arch), how long things
// take on it (Timing) and what they cost (Prices). Built-in targets are files
// beside this one; a user's own file is as good as a built-in one.
//
// The compiler sees Arch only, so a change of price or timing can never change
// an image.
package targets

import (
	"encoding/json"

	"github.com/weft-toolchain/weft/targets/mesh"
)

// Target is a chip. It is immutable once loaded.
type Target struct {
	Name string `json:"name"`
	// Doc is one line about the chip.
	Doc    string `json:"doc"`
	Arch   Arch   `json:"arch"`
	Timing Timing `json:"timing"`
	Prices Prices `json:"prices"`
	// Devices is nil where the crossbar is digital. The compiler does not see it.
	Devices *Devices `json:"devices,omitempty"`
	// AreaMM2 is the chip's area in mm²; 0 where nobody has said.
	AreaMM2 float64 `json:"area_mm2,omitempty"`
}

// SynapseFormat says how a crossbar stores its synapses.
type SynapseFormat string

// The formats.
const (
	// Dense stores a word for every axon and neuron of a core; a row is read
	// whole.
	Dense SynapseFormat = "dense"
	// Sparse stores, for each axon, a list of synapses that name their neuron.
	Sparse SynapseFormat = "sparse"
)

// WeightFormat says what a synapse's weight is.
type WeightFormat string

// The formats.
const (
	// Signed is a two's complement number of WeightBits.
	Signed WeightFormat = "signed"
	// Mantissa is a magnitude of WeightBits with a sign, −2^bits to 2^bits − 1, and
	// an exponent of −8 to 7 that the synapses of a row share, as on Loihi.
	// Weights that the quantiser makes have WeightBits, sign included: with both
	// signs in a row, only even ones are stored.
	Mantissa WeightFormat = "mantissa"
	// Typed is one bit: a synapse is there or not. Each axon has one of four types,
	// and each neuron a signed weight of WeightBits for each type, as on TrueNorth
	// and RANC.
	Typed WeightFormat = "typed"
	// AxonSign is a magnitude of WeightBits, 0 to 2^bits − 1; the sign is the
	// axon's, as on ODIN.
	AxonSign WeightFormat = "axon_sign"
)

// Controller says what makes a core work.
type Controller string

// The controllers.
const (
	// Ticks: time is cut into ticks, whose spikes are all integrated before any
	// neuron is updated.
	Ticks Controller = "ticks"
	// TinyODINEvents and ODINEvents: there are no ticks in the one core; each event
	// is worked off when its turn comes, as those chips' controllers do. A source is
	// known by its neuron's number, so axons and neurons share one numbering, inputs
	// included.
	TinyODINEvents Controller = "tinyodin"
	ODINEvents     Controller = "odin"
)

// EventDriven reports whether there are no ticks.
func (c Controller) EventDriven() bool { return c == TinyODINEvents || c == ODINEvents }

// AxonTypes is how many types an axon can have where weights are Typed.
const AxonTypes = 4

// WeightLimits returns the smallest and the largest weight of a synapse.
func (a *Arch) WeightLimits() (lo, hi int64) {
	switch a.WeightFormat {
	case Mantissa:
		return -1 << a.WeightBits, 1<<a.WeightBits - 1
	case AxonSign:
		return -1<<a.WeightBits + 1, 1<<a.WeightBits - 1
	case "", Signed, Typed:
	}
	return -1 << (a.WeightBits - 1), 1<<(a.WeightBits-1) - 1
}

// DelayPlace says where a delay is kept.
type DelayPlace string

// The places.
const (
	// DelayAxon: the spike carries its delay, and waits in the scheduler of the
	// core it goes to. A source that reaches a core with two delays costs two
	// axons there.
	DelayAxon DelayPlace = "axon"
	// DelaySynapse: each synapse has its own delay, and its weight waits in the
	// neuron's accumulator ring.
	DelaySynapse DelayPlace = "synapse"
)

// Arch is what the compiler must respect: geometry, memories and formats.
type Arch struct {
	// MeshWidth and MeshHeight count cores.
	MeshWidth  int `json:"mesh_width"`
	MeshHeight int `json:"mesh_height"`
	// ChipWidth and ChipHeight count the cores of one chip where the mesh is made
	// of several, and ChipLink is how many hops the mapper takes one between chips
	// to cost; all are zero where the mesh is one chip.
	ChipWidth  int `json:"chip_width,omitempty"`
	ChipHeight int `json:"chip_height,omitempty"`
	ChipLink   int `json:"chip_link,omitempty"`
	// Neurons, Axons and FanOut (destination entries) are per core.
	Neurons int `json:"neurons"`
	Axons   int `json:"axons"`
	FanOut  int `json:"fan_out"`
	// NeuronFanOut is how many destinations one neuron can have; 0 is no limit.
	NeuronFanOut int `json:"neuron_fan_out"`
	// SynapseFormat, WeightFormat, WeightBits and WordSynapses, how many synapses
	// one memory word holds.
	SynapseFormat SynapseFormat `json:"synapse_format"`
	WeightFormat  WeightFormat  `json:"weight_format"`
	WeightBits    int           `json:"weight_bits"`
	WordSynapses  int           `json:"word_synapses"`
	// SynapseWords is the synapse memory of a core in words, for Sparse; each
	// axon's row starts at a word. Dense cores hold Axons × Neurons synapses.
	SynapseWords int `json:"synapse_words"`
	// StateBits is the width of a neuron's words, which saturate.
	StateBits    int    `json:"state_bits"`
	StateWords   int    `json:"state_words"`
	ParamWords   int    `json:"param_words"`
	ProgramWords int    `json:"program_words"`
	Extensions   string `json:"extensions"`
	// PartialSums says that neurons may have parts in other cores, whose sums are
	// added within the tick.
	PartialSums bool `json:"partial_sums,omitempty"`
	// Models and Rules are the neuron models and learning rules that the chip's
	// circuits are, as words parted by blanks; empty where any program runs.
	Models string `json:"models,omitempty"`
	Rules  string `json:"rules,omitempty"`
	// Controller says what drives the cores; see its values.
	Controller Controller `json:"controller"`
	// MaxDelay is the longest delay, in ticks.
	DelayPlace DelayPlace `json:"delay_place"`
	MaxDelay   int        `json:"max_delay"`
}

// Cores returns how many cores the mesh has.
func (a *Arch) Cores() int { return a.MeshWidth * a.MeshHeight }

// Chips returns how the mesh is made of chips.
func (a *Arch) Chips() mesh.Chips { return mesh.Chips{Width: a.ChipWidth, Height: a.ChipHeight} }

// SeveralChips reports whether the mesh is made of more than one chip.
func (a *Arch) SeveralChips() bool { return a.Chips() != mesh.Chips{} }

// MaxSynapses returns how many synapses all cores hold.
func (a *Arch) MaxSynapses() int {
	if a.SynapseFormat == Sparse {
		return a.Cores() * a.SynapseWords * a.WordSynapses
	}
	return a.Cores() * a.Axons * a.Neurons
}

// Timing is what the emulator's clock needs, in cycles unless said.
type Timing struct {
	// Clock is in hertz.
	Clock float64 `json:"clock"`
	// Tick is spent by every core at the start of a tick.
	Tick int64 `json:"tick"`
	// Row is spent for each active axon, Word for each synapse word read.
	Row  int64 `json:"row"`
	Word int64 `json:"word"`
	// Read is spent once in each tick with an active axon where the crossbar is of
	// devices, whose rows are read together; Conversion by each of Converters, side
	// by side, for each column of each array that is read.
	Read       int64 `json:"read"`
	Conversion int64 `json:"conversion"`
	Converters int64 `json:"converters"`
	// Instruction is spent for each instruction and each group of Lanes
	// neurons.
	Instruction int64 `json:"instruction"`
	Lanes       int64 `json:"lanes"`
	// Neuron is spent for each neuron's update besides its instructions.
	Neuron int64 `json:"neuron"`
	// Period, where not 0, is how long a tick lasts: on a chip with a fixed tick,
	// work that is not done by then is late. 0 is a tick that ends when all is
	// done.
	Period int64 `json:"period"`
	// Spike is spent for each packet that a core sends.
	Spike int64 `json:"spike"`
	// HopX, HopY, Link, Eject and FIFO describe the mesh's routers; see package
	// noc.
	HopX  int64 `json:"hop_x"`
	HopY  int64 `json:"hop_y"`
	Link  int64 `json:"link"`
	Eject int64 `json:"eject"`
	FIFO  int   `json:"fifo"`
	// ChipHop is what a hop between two chips takes besides, ChipPeriod is Link for
	// the links there; 0 is as long as Link.
	ChipHop    int64 `json:"chip_hop"`
	ChipPeriod int64 `json:"chip_period"`
	// Barrier is spent to synchronise at the end of a tick.
	Barrier int64 `json:"barrier"`
}

// Prices are energies in joules by event, and static powers in watts.
type Prices struct {
	Energy [NumEvents]float64
	// LeakageChip is drawn by the whole chip, LeakageCore by each core in use.
	LeakageChip, LeakageCore float64
}

// MarshalJSON names the prices as target files do.
func (p Prices) MarshalJSON() ([]byte, error) {
	out := map[string]float64{}
	for _, f := range priceFields() {
		out[f.name] = *f.of(&p)
	}
	return json.Marshal(out)
}

// Event is something that is counted and has a price.
type Event int

// The events.
const (
	SynapseWord Event = iota
	SynapticOp
	RowDrive
	CellRead
	ADCConversion
	AxonRow
	NeuronUpdate
	NeuronActive
	SpikeOut
	SynapseUpdate
	SynapseWrite
	AxonUpdate
	PacketSent
	HopX
	HopY
	ChipHop
	PacketReceived
	HostIn
	HostOut
	HostRead
	ConfigWrite
	CoreTick
	Cycle
	NumEvents
)

// Component is a part of the chip that energy is told by.
type Component string

// The components. Leakage has no events: it is power × time.
const (
	Synapse   Component = "synapse"
	Neuron    Component = "neuron"
	Learning  Component = "learning"
	Scheduler Component = "scheduler"
	Network   Component = "network"
	IO        Component = "io"
	Clocking  Component = "clock"
	Leakage   Component = "leakage"
)

// Components lists the components in the order of reports.
var Components = []Component{Synapse, Neuron, Learning, Scheduler, Network, IO, Clocking, Leakage}

// Feature is what a target has to have for something to matter.
type Feature int

// The features.
const (
	Anywhere     Feature = iota
	OnDevices            // a crossbar of devices
	BetweenChips         // a mesh of several chips
)

// EventInfo is everything about one event.
type EventInfo struct {
	// Name is the key in target files and reports.
	Name      string
	Component Component
	// Where says on which chips it happens.
	Where Feature
	Doc   string
}

// Events describes each event.
var Events = [NumEvents]EventInfo{
	SynapseWord:    {Name: "synapse_word", Component: Synapse, Doc: "a word of synapse memory read"},
	SynapticOp:     {Name: "synaptic_op", Component: Synapse, Doc: "a weight added to a neuron's accumulator"},
	RowDrive:       {Name: "row_drive", Component: Synapse, Where: OnDevices, Doc: "a row of an array of devices driven, two for each active axon"},
	CellRead:       {Name: "cell_read", Component: Synapse, Where: OnDevices, Doc: "a cell of a driven row, in use or not"},
	ADCConversion:  {Name: "adc_conversion", Component: Synapse, Where: OnDevices, Doc: "the sum of a column of an array converted, for each column in use"},
	AxonRow:        {Name: "axon_row", Component: Scheduler, Doc: "an axon found active in the scheduler"},
	NeuronUpdate:   {Name: "neuron_update", Component: Neuron, Doc: "a neuron's program run for a tick"},
	NeuronActive:   {Name: "neuron_active", Component: Neuron, Doc: "a neuron update that changed its state, in addition"},
	SpikeOut:       {Name: "spike", Component: Neuron, Doc: "a spike fired, in addition"},
	SynapseUpdate:  {Name: "synapse_update", Component: Learning, Doc: "a synapse's program run to learn"},
	SynapseWrite:   {Name: "synapse_write", Component: Learning, Doc: "a weight changed, in addition"},
	AxonUpdate:     {Name: "axon_update", Component: Learning, Doc: "the program of a plastic axon run for a tick"},
	PacketSent:     {Name: "packet_sent", Component: Network, Doc: "a packet put into the mesh by a core"},
	HopX:           {Name: "hop_x", Component: Network, Doc: "a packet over an east-west link"},
	HopY:           {Name: "hop_y", Component: Network, Doc: "a packet over a north-south link"},
	ChipHop:        {Name: "chip_hop", Component: Network, Where: BetweenChips, Doc: "a packet over a link between two chips, in addition"},
	PacketReceived: {Name: "packet_received", Component: Scheduler, Doc: "a packet written into a core's scheduler"},
	HostIn:         {Name: "host_in", Component: IO, Doc: "a packet from the host through the I/O port"},
	HostOut:        {Name: "host_out", Component: IO, Doc: "a packet to the host through the I/O port"},
	HostRead:       {Name: "host_read", Component: IO, Doc: "a word of a neuron read by the host"},
	ConfigWrite:    {Name: "config_write", Component: IO, Doc: "a word of a neuron written by the host"},
	CoreTick:       {Name: "core_tick", Component: Clocking, Doc: "a core in use, for each tick"},
	Cycle:          {Name: "cycle", Component: Clocking, Doc: "a cycle of the chip's clock"},
}
