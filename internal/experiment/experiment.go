// Package experiment is the only one to know the experiment file: a network, a
// data set, how samples become spikes, and how spikes become an answer. Load
// reads the file, LoadData the data set, and Check whether they and the network
// go together.
package experiment

import (
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/events"
)

// Limits of what a file may ask for.
const (
	// MaxTicks bounds the ticks of a sample, and those of its drain.
	MaxTicks = 65535
	// AutoDrain is the Drain that leaves the number of ticks to the runner.
	AutoDrain = -1
)

// Experiment is a parsed experiment file.
type Experiment struct {
	// File is the path it was read from, as given.
	File string
	// Name is the file's name without its ending if not said.
	Name    string
	Network Path
	Dataset Dataset
	Encode  Encode
	Readout Readout
	// Target is a built-in name or a path relative to the current directory, as
	// targets.Load takes it; its Text is empty when the file names none, and then it has
	// a Pos where mistakes leave open which it is.
	Target Name
	// Quantise overrides the network's where its fields are set.
	Quantise network.Quantise
	// Seed is the compiler's; nil if not said.
	Seed *uint64
}

// Name is a name with the place where it stands.
type Name struct {
	Text string
	Pos  diag.Pos
}

// Path is a path with the place where it stands.
type Path struct {
	// Text is as written, Path as it can be opened.
	Text, Path string
	Pos        diag.Pos
}

// Dataset says which samples are taken from where.
type Dataset struct {
	Pos    diag.Pos
	Format dataset.Format
	// Images and Labels are files (idx), or names of arrays in File (npz).
	Images, Labels Path
	File           Path
	// Label is the column of the labels (csv).
	Label Name
	// Part is of nmnist: which part of a packed file.
	Part string
	// Polarity is of cameras: which comes first.
	Polarity events.Polarity
	// Size is the height and width of a sample of aedat4 and dat, nil if not said, and
	// Fit what becomes of a larger sensor.
	Size []int
	Fit  events.Fit
	// Units is of shd: how many a sample has; 0 if not said.
	Units int
	// Scale divides every value; 1 if not said.
	Scale float64
	// First is the number of the first sample, from 0.
	First    int
	FirstPos diag.Pos
	// Samples is how many are taken; 0 means all that follow.
	Samples    int
	SamplesPos diag.Pos
}

// EncodeKind says how a value becomes spikes.
type EncodeKind string

// The encodings.
const (
	Rate    EncodeKind = "rate"    // evenly spread spikes, by error diffusion
	Poisson EncodeKind = "poisson" // independent random spikes
	Direct  EncodeKind = "direct"  // the value itself, every tick
	Latency EncodeKind = "latency" // one spike, the earlier the larger the value
	Events  EncodeKind = "events"  // the events of a data set that has them
)

// Encode says how a sample becomes the input of a run.
type Encode struct {
	Pos   diag.Pos
	Input Name
	Kind  EncodeKind
	Ticks int
	// Seed is of the random spikes; 1 if not said.
	Seed uint64
	// Drain is how many ticks the run goes on after the last of the input;
	// AutoDrain if not said.
	Drain int
	// Gain multiplies every value after it was scaled; 1 if not said.
	Gain float64
	// Bin is the time in seconds whose events go into one tick; 0 is the network's
	// tick.
	Bin float64
}

// ReadoutKind says how an answer is read.
type ReadoutKind string

// The read-outs.
const (
	Count    ReadoutKind = "count"    // the neuron with most spikes
	Membrane ReadoutKind = "membrane" // the neuron with the highest potential
	First    ReadoutKind = "first"    // the neuron that spikes first
)

// Readout says which population answers and how it is read; neuron i stands
// for label i.
type Readout struct {
	Pos        diag.Pos
	Population Name
	Kind       ReadoutKind
}
