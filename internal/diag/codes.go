package diag

import "sort"

// Code is the stable short name of a kind of mistake, printed in brackets
// behind every diagnostic and explained by `weft explain CODE`.
type Code string

// The codes. Each has a row in Codes.
const (
	Syntax         Code = "syntax"
	DuplicateField Code = "duplicate-field"
	UnknownField   Code = "unknown-field"
	MissingField   Code = "missing-field"
	WrongType      Code = "wrong-type"
	OutOfRange     Code = "out-of-range"
	UnknownName    Code = "unknown-name"
	ShapeMismatch  Code = "shape-mismatch"
	MissingFile    Code = "missing-file"
	BadFile        Code = "bad-file"
	NotFinite      Code = "not-finite"
	TooLarge       Code = "too-large"
	Cycle          Code = "inherits-cycle"
	DoesNotFit     Code = "does-not-fit"
	NoExtension    Code = "no-extension"
	BadImage       Code = "bad-image"
	BadCheckpoint  Code = "bad-checkpoint"
	BadAssembly    Code = "bad-assembly"
	BadStimulus    Code = "bad-stimulus"
	BadCommand     Code = "bad-command"
	BadDataset     Code = "bad-dataset"
	Unsupported    Code = "unsupported"
)

// Explanation is what `weft explain` prints of a code.
type Explanation struct {
	Code    Code
	Meaning string
	// Example is an input that triggers the code, as short as can be.
	Example string
	// Remedy says what to change.
	Remedy string
}

// Codes returns every code's explanation, sorted by code.
func Codes() []Explanation {
	out := append([]Explanation(nil), explanations...)
	sort.Slice(out, func(i, j int) bool { return out[i].Code < out[j].Code })
	return out
}

var explanations = []Explanation{
	{
		Code:    Syntax,
		Meaning: "The file is not well-formed YAML, JSON or CSV, so nothing in it could be read.",
		Example: "populations: {a: {shape: [2}",
		Remedy:  "Mend the place that the line and column name; quotes, brackets and indentation must close.",
	},
	{
		Code:    DuplicateField,
		Meaning: "A key stands twice in the same mapping, or a thing twice in a list of things. YAML libraries often keep the last one silently; weft refuses.",
		Example: "tick: 1ms\ntick: 2ms",
		Remedy:  "Keep one of the two; the note names the first.",
	},
	{
		Code:    UnknownField,
		Meaning: "A key is not one that this block has.",
		Example: "populatons: {}",
		Remedy:  "Use the suggested spelling, or see FORMAT.md, of an experiment EXPERIMENT.md, of a sweep SWEEP.md, for the keys of the block.",
	},
	{
		Code:    MissingField,
		Meaning: "A key that this block needs is not there.",
		Example: "projections:\n  - {from: a}",
		Remedy:  "Add the key.",
	},
	{
		Code:    WrongType,
		Meaning: "A value is of another kind than the key takes, such as a word where a number is wanted.",
		Example: "populations: {a: {shape: many, neuron: if}}",
		Remedy:  "Write a value of the wanted kind.",
	},
	{
		Code:    OutOfRange,
		Meaning: "A number is outside the range that the key takes.",
		Example: "populations: {a: {shape: 2, neuron: if}}\nprojections:\n  - {from: a, to: a, connect: dense, weights: 1, delay: 0}",
		Remedy:  "Choose a number in the range that the message names. A delay of 1 is the next tick.",
	},
	{
		Code:    UnknownName,
		Meaning: "A name refers to nothing: no such population, input, neuron model, target or array.",
		Example: "populations: {hidden: {shape: 2, neuron: if}}\nprojections:\n  - {from: hidden, to: hiden, connect: dense, weights: 1}",
		Remedy:  "Use the suggested name, or declare the thing.",
	},
	{
		Code:    ShapeMismatch,
		Meaning: "An array, list or population has another shape than the place where it is used.",
		Example: "populations: {a: {shape: 2, neuron: if, params: {bias: [1, 2, 3]}}}",
		Remedy:  "Give the wanted shape; for a dense array stored (out, in) write `layout: out_in`.",
	},
	{
		Code:    MissingFile,
		Meaning: "A file that is named does not exist or cannot be opened.",
		Example: "populations: {a: {shape: 2, neuron: if}}\nprojections:\n  - {from: a, to: a, connect: dense, weights: {file: mpl.npz, array: w1}}",
		Remedy:  "Check the path: it is relative to the file that names it, and environment variables are expanded.",
	},
	{
		Code:    BadFile,
		Meaning: "A file exists but its content is broken: cut short, of another format, or damaged.",
		Example: "an .npz or a program object whose end is missing",
		Remedy:  "Write the file again.",
	},
	{
		Code:    NotFinite,
		Meaning: "A number is NaN or infinite.",
		Example: "populations: {a: {shape: 2, neuron: if}}\nprojections:\n  - {from: a, to: a, connect: dense, weights: .nan}",
		Remedy:  "Training has probably diverged; give finite numbers.",
	},
	{
		Code:    TooLarge,
		Meaning: "A size is beyond what weft takes on, so nothing was allocated.",
		Example: "populations: {a: {shape: [1000000, 1000000], neuron: if}}",
		Remedy:  "Make the network smaller; the message names the limit.",
	},
	{
		Code:    Cycle,
		Meaning: "Target files inherit from each other in a circle.",
		Example: "target: a\ninherits: a.yaml  # in a.yaml",
		Remedy:  "Break the circle: one of them must stand alone.",
	},
	{
		Code:    DoesNotFit,
		Meaning: "The network needs more of something than the target has: cores, axons, neurons, delays, synapse memory.",
		Example: "populations: {a: {shape: 1000000, neuron: if}}",
		Remedy: "Choose a larger target, or reduce what the message names by as much as it says. " +
			"Too few axons: on a target that adds partial sums, such as xbar256, neurons are split over cores without changing a spike, unless --split never forbids it; elsewhere --approximate brings inputs through relays, and bounds what differs. " +
			"Too few types of weight: --approximate rounds drawn weights to as many as there are. " +
			"Too few cores: --optimise dead,share,unreachable leaves out neurons that do nothing or the same, and --effort 3 looks longer for a mapping of fewer cores. " +
			"Too little room on a chip of --defects: choose one with fewer, or give neurons fewer inputs, which find a place more easily.",
	},
	{
		Code:    NoExtension,
		Meaning: "A program needs an instruction-set extension that the target does not have.",
		Example: "populations: {a: {shape: 2, neuron: lif, params: {tau: 20ms}}}  # on a target without extension M",
		Remedy:  "Choose a target that lists the extension, or another neuron model.",
	},
	{
		Code:    BadImage,
		Meaning: "The file is not a chip image, is of another version, or is damaged.",
		Example: "an image with one flipped bit",
		Remedy:  "Compile it again.",
	},
	{
		Code:    BadCheckpoint,
		Meaning: "The file is not a checkpoint of a run, is damaged, or is of another run: of another image, input, target, or version of weft.",
		Example: "weft run other.yaml --resume run.ckpt  # which is of net.yaml",
		Remedy:  "Resume the run with the command that began it, or begin it anew.",
	},
	{
		Code:    BadAssembly,
		Meaning: "A line of assembly does not name an instruction with its operands, or a program breaks a rule of the ISA.",
		Example: "add s0, s1",
		Remedy:  "See isa/ISA.md for the instruction's operands.",
	},
	{
		Code:    BadStimulus,
		Meaning: "A spike file names a tick, population or index that is not there, or is not readable.",
		Example: "tick,population,index\n-1,button,0",
		Remedy:  "Ticks count from 1, indices from 0; populations are inputs of the network.",
	},
	{
		Code:    BadCommand,
		Meaning: "A line for the debugger is none of its commands, or lacks a word, or has one too many; or asks for something that is not there at this point of the run.",
		Example: "stepp 3",
		Remedy:  "In `weft debug`, `help` lists the commands and `help COMMAND` says what one takes; DEBUGGER.md has sessions.",
	},
	{
		Code:    BadDataset,
		Meaning: "A data set cannot be read or does not match the experiment.",
		Example: "pixel,label\ndark,7",
		Remedy:  "Check the files and the shape of the input they are encoded for.",
	},
	{
		Code:    Unsupported,
		Meaning: "The input is well-formed, but asks for something that weft does not do.",
		Example: "populations: {a: {shape: 2, neuron: if}}\nprojections:\n  - {from: a, to: a, connect: dense, weights: {file: weights.mat}}",
		Remedy:  "Use what the message names instead.",
	},
}
