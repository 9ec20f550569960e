package targets

import (
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/models"
)

// fieldKind is how a field of a target file is written.
type fieldKind int

const (
	intField fieldKind = iota
	mustInt            // an integer without a default
	enumField
	optionField // an enumeration whose first word is the default
	extField
	wordsField // a list of words of an enumeration
	hertzField
	sizeField // a width and a height; none is zeros
	mustSize
)

// field is a row about one field of `arch` or `timing`. Exactly one of the
// functions is used, by kind. unit and doc are for targets/README.md.
type field struct {
	name   string
	unit   string
	doc    string
	kind   fieldKind
	lo, hi int64
	def    int64
	enum   []string
	// where says on which targets it matters.
	where   Feature
	putInt  func(*Target, int64)
	putStr  func(*Target, string)
	putNum  func(*Target, float64)
	putSize func(t *Target, width, height int)
}

const (
	big         = 1 << 30
	maxMesh     = 256
	maxCycles   = 1 << 20
	maxChipLink = 1 << 10
)

// archFields are the fields of `arch`.
var archFields = []field{
	{
		name: "mesh", unit: "cores", doc: "width and height of the mesh of cores",
		kind: mustSize, lo: 1, hi: maxMesh, putSize: func(t *Target, w, h int) { t.Arch.MeshWidth, t.Arch.MeshHeight = w, h },
	},
	{
		name: "chip", unit: "cores", doc: "width and height of one chip, where the mesh is made of several, side by side; none: the mesh is one chip",
		kind: sizeField, lo: 1, hi: maxMesh, putSize: func(t *Target, w, h int) { t.Arch.ChipWidth, t.Arch.ChipHeight = w, h },
	},
	{
		name: "chip_link", unit: "hops", doc: "how many hops inside a chip the mapper takes one between chips to cost, where there are several",
		kind: intField, lo: 1, hi: maxChipLink, def: 8, putInt: func(t *Target, v int64) { t.Arch.ChipLink = int(v) },
	},
	{
		name: "neurons", unit: "neurons", doc: "slots for neurons in a core",
		kind: mustInt, lo: 1, hi: 1 << 16, putInt: func(t *Target, v int64) { t.Arch.Neurons = int(v) },
	},
	{
		name: "axons", unit: "axons", doc: "rows of a core's crossbar; each is driven by one source",
		kind: mustInt, lo: 1, hi: 1 << 18, putInt: func(t *Target, v int64) { t.Arch.Axons = int(v) },
	},
	{
		name: "fan_out", unit: "entries", doc: "destinations that a core's neurons have together",
		kind: mustInt, lo: 1, hi: big, putInt: func(t *Target, v int64) { t.Arch.FanOut = int(v) },
	},
	{
		name: "neuron_fan_out", unit: "entries", doc: "destinations that one neuron can have; 0: as many as the core",
		kind: intField, lo: 0, hi: big, putInt: func(t *Target, v int64) { t.Arch.NeuronFanOut = int(v) },
	},
	{
		name: "synapses", doc: "how the crossbar stores synapses: `dense`, a word for every axon and neuron, or `sparse`, a list for every axon",
		kind: enumField, enum: []string{string(Dense), string(Sparse)}, putStr: func(t *Target, s string) { t.Arch.SynapseFormat = SynapseFormat(s) },
	},
	{
		name: "weights", doc: "what a weight is: `signed`, a two's complement number; `mantissa`, a magnitude with a sign, and an exponent that a row shares; `typed`, one bit, and a signed weight of each neuron for each of four axon types; `axon_sign`, a magnitude, and a sign that a row shares",
		kind: optionField, enum: []string{string(Signed), string(Mantissa), string(Typed), string(AxonSign)}, putStr: func(t *Target, s string) { t.Arch.WeightFormat = WeightFormat(s) },
	},
	{
		name: "weight_bits", unit: "bits", doc: "width of a weight: sign included for `signed` and `typed`, the magnitude's for the others",
		kind: mustInt, lo: 2, hi: 16, putInt: func(t *Target, v int64) { t.Arch.WeightBits = int(v) },
	},
	{
		name: "word_synapses", unit: "synapses", doc: "how many synapses one word of memory holds",
		kind: intField, lo: 1, hi: 1024, def: 1, putInt: func(t *Target, v int64) { t.Arch.WordSynapses = int(v) },
	},
	{
		name: "synapse_words", unit: "words", doc: "synapse memory of a core, for `sparse`; each axon's list starts at a word",
		kind: intField, lo: 0, hi: big, putInt: func(t *Target, v int64) { t.Arch.SynapseWords = int(v) },
	},
	{
		name: "state_bits", unit: "bits", doc: "width of a neuron's words, which saturate",
		kind: mustInt, lo: 8, hi: 32, putInt: func(t *Target, v int64) { t.Arch.StateBits = int(v) },
	},
	{
		name: "state_words", unit: "words", doc: "state words (`s` registers) of a neuron",
		kind: intField, lo: 1, hi: isa.NumState, def: isa.NumState, putInt: func(t *Target, v int64) { t.Arch.StateWords = int(v) },
	},
	{
		name: "param_words", unit: "words", doc: "parameter words (`p` registers) of a neuron",
		kind: intField, lo: 1, hi: isa.NumParams, def: isa.NumParams, putInt: func(t *Target, v int64) { t.Arch.ParamWords = int(v) },
	},
	{
		name: "program_words", unit: "instructions", doc: "program memory of a core",
		kind: intField, lo: 1, hi: 4096, def: 64, putInt: func(t *Target, v int64) { t.Arch.ProgramWords = int(v) },
	},
	{
		name: "extensions", doc: "letters of the ISA extensions that the cores have, see isa/ISA.md",
		kind: extField, putStr: func(t *Target, s string) { t.Arch.Extensions = s },
	},
	{
		name: "partial_sums", doc: "whether neurons may have parts in other cores, which sum some of their inputs: `none`, or `same_tick`, where the sums of extension G with no delay are added before neurons are updated",
		kind: optionField, enum: []string{"none", "same_tick"}, putStr: func(t *Target, s string) { t.Arch.PartialSums = s == "same_tick" },
	},
	{
		name: "models", doc: "the neuron models that the chip's circuits are, where they are not programmed; none: any program of its extensions",
		kind: wordsField, enum: models.Names(), putStr: func(t *Target, s string) { t.Arch.Models = s },
	},
	{
		name: "rules", doc: "the learning rules that the chip's circuits are, for a chip that lists `models`",
		kind: wordsField, enum: models.RuleNames(), putStr: func(t *Target, s string) { t.Arch.Rules = s },
	},
	{
		name: "controller", doc: "what drives the cores: `ticks`, or the event-driven controller of `tinyodin` or `odin`, chips of one core without ticks",
		kind: optionField, enum: []string{string(Ticks), string(TinyODINEvents), string(ODINEvents)}, putStr: func(t *Target, s string) { t.Arch.Controller = Controller(s) },
	},
	{
		name: "delays", doc: "where a delay is kept: `axon`, in the packet and the scheduler, or `synapse`",
		kind: enumField, enum: []string{string(DelayAxon), string(DelaySynapse)}, putStr: func(t *Target, s string) { t.Arch.DelayPlace = DelayPlace(s) },
	},
	{
		name: "max_delay", unit: "ticks", doc: "the longest delay",
		kind: mustInt, lo: 1, hi: 4096, putInt: func(t *Target, v int64) { t.Arch.MaxDelay = int(v) },
	},
}

// timingFields are the fields of `timing`.
var timingFields = []field{
	{
		name: "clock", unit: "Hz", doc: "clock of cores and mesh",
		kind: hertzField, putNum: func(t *Target, v float64) { t.Timing.Clock = v },
	},
	{
		name: "tick", unit: "cycles", doc: "start of a tick, each core",
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Tick = v },
	},
	{
		name: "row", unit: "cycles", doc: "each active axon",
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Row = v },
	},
	{
		name: "word", unit: "cycles", doc: "each word of synapse memory read",
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Word = v },
	},
	{
		name: "read", unit: "cycles", doc: "a read of all driven rows of devices together, in a tick with an active axon", where: OnDevices,
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Read = v },
	},
	{
		name: "conversion", unit: "cycles", doc: "each column's sum that a converter converts", where: OnDevices,
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Conversion = v },
	},
	{
		name: "converters", unit: "converters", doc: "analogue-to-digital converters of a core, which convert side by side", where: OnDevices,
		kind: intField, lo: 1, hi: 1 << 20, def: 1, putInt: func(t *Target, v int64) { t.Timing.Converters = v },
	},
	{
		name: "instruction", unit: "cycles", doc: "each instruction, for a group of `lanes` neurons",
		kind: intField, lo: 0, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.Instruction = v },
	},
	{
		name: "lanes", unit: "neurons", doc: "neurons that run an instruction side by side",
		kind: intField, lo: 1, hi: 1 << 16, def: 1, putInt: func(t *Target, v int64) { t.Timing.Lanes = v },
	},
	{
		name: "neuron", unit: "cycles", doc: "each neuron's update, besides its instructions",
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Neuron = v },
	},
	{
		name: "period", unit: "cycles", doc: "length of a tick of fixed length; work that misses its end is late, and counted. 0: a tick ends when all is done",
		kind: intField, lo: 0, hi: big, putInt: func(t *Target, v int64) { t.Timing.Period = v },
	},
	{
		name: "spike", unit: "cycles", doc: "each packet that a core sends",
		kind: intField, lo: 0, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.Spike = v },
	},
	{
		name: "hop_x", unit: "cycles", doc: "from leaving one router's FIFO to being able to leave the next, east or west",
		kind: intField, lo: 1, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.HopX = v },
	},
	{
		name: "hop_y", unit: "cycles", doc: "the same, north or south",
		kind: intField, lo: 1, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.HopY = v },
	},
	{
		name: "link", unit: "cycles", doc: "between two packets on one link",
		kind: intField, lo: 1, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.Link = v },
	},
	{
		name: "chip_hop", unit: "cycles", doc: "what a hop between two chips takes in addition to `hop_x` or `hop_y`", where: BetweenChips,
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.ChipHop = v },
	},
	{
		name: "chip_period", unit: "cycles", doc: "between two packets on one link between two chips; 0: as `link`", where: BetweenChips,
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.ChipPeriod = v },
	},
	{
		name: "eject", unit: "cycles", doc: "from the last FIFO into the core's scheduler, or out to the host",
		kind: intField, lo: 1, hi: maxCycles, def: 1, putInt: func(t *Target, v int64) { t.Timing.Eject = v },
	},
	{
		name: "fifo", unit: "packets", doc: "depth of each of a router's input FIFOs",
		kind: intField, lo: 1, hi: 1024, def: 4, putInt: func(t *Target, v int64) { t.Timing.FIFO = int(v) },
	},
	{
		name: "barrier", unit: "cycles", doc: "synchronisation of all cores at the end of a tick",
		kind: intField, lo: 0, hi: maxCycles, putInt: func(t *Target, v int64) { t.Timing.Barrier = v },
	},
}

// priceField is a row about one field of `prices`.
type priceField struct {
	name, unit, doc string
	of              func(*Prices) *float64
	// where says on which targets it matters.
	where Feature
}

// priceFields are the fields of `prices`: the events, and leakage.
func priceFields() []priceField {
	var out []priceField
	for k, e := range Events {
		out = append(out, priceField{e.Name, "J", e.Doc, func(p *Prices) *float64 { return &p.Energy[k] }, e.Where})
	}
	return append(
		out,
		priceField{"leakage_chip", "W", "drawn by the chip as a whole", func(p *Prices) *float64 { return &p.LeakageChip }, Anywhere},
		priceField{"leakage_core", "W", "drawn by each core in use, in addition", func(p *Prices) *float64 { return &p.LeakageCore }, Anywhere},
	)
}

func names(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.name)
	}
	return out
}
