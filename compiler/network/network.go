// Package network is the only one to know the network file: what a user may
// write, and where each thing stands. Parse turns a file into a Network whose
// names are resolved, whose arrays are loaded and whose numbers are finite;
// FORMAT.md is the grammar.
package network

import (
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
)

// Limits of what is taken on, so that a slip of the pen is refused before
// anything is allocated.
const (
	// MaxNeurons bounds neurons and inputs of a network together.
	MaxNeurons = 1 << 24
	// MaxSynapses bounds the synapses of a network.
	MaxSynapses = 1 << 28
	// MaxDelay bounds a delay, in ticks, whatever the target.
	MaxDelay = 1 << 12
)

// Network is a parsed network file. It is complete and immutable once Parse
// has returned it.
type Network struct {
	// File is the path it was read from, as given.
	File string
	Name string
	// Tick is the duration of one tick in seconds; 1 ms if not said.
	Tick        float64
	Inputs      []Input
	Populations []Population
	Projections []Projection
	// Outputs are indices into Populations, in the order written. Empty means
	// that no spike leaves the chip.
	Outputs  []int
	Quantise Quantise
	// Optimise says which passes the file asks for.
	Optimise Optimise
	// Seed is what random numbers of the chip begin from.
	Seed uint64
}

// Input is a group of external sources of spikes.
type Input struct {
	Name  string
	Pos   diag.Pos
	Shape []int
	// Broadcast, where not nil, says that its spikes go to no synapse: a spike of
	// element i adds Broadcast[i] to the broadcast register of every core in the
	// next tick.
	Broadcast []int32
}

// Population is a group of neurons of one model.
type Population struct {
	Name  string
	Pos   diag.Pos
	Shape []int
	Model Model
	Reset Reset
	// Params holds every parameter of the model, the defaults included. Times
	// (tau, tau_syn, tau_adapt) are in seconds; refractory is in ticks.
	Params map[Param]Value
	// Choices holds the parameters of an integer model that are words, the
	// defaults included.
	Choices map[string]string
	// Norm, where not nil, is applied to the potential before it is compared with
	// the threshold.
	Norm *Norm
}

// Model is a neuron model.
type Model string

// The models with equations in real numbers (FORMAT.md gives them and their
// discretisation). If, lif, cuba_lif, integrator (NIR's I), li and cuba_li are
// NIR's.
const (
	IF              Model = "if"
	LIF             Model = "lif"
	CubaLIF         Model = "cuba_lif"
	ALIF            Model = "alif"
	StochasticLIF   Model = "stochastic_lif"
	Izhikevich      Model = "izhikevich"
	ResonateAndFire Model = "resonate_and_fire"
	Integrator      Model = "integrator"
	LI              Model = "li"
	CubaLI          Model = "cuba_li"
)

// Reset says what a spike does to the membrane potential.
type Reset string

// The resets.
const (
	ResetZero     Reset = "zero"
	ResetSubtract Reset = "subtract"
	ResetValue    Reset = "value"
	ResetNone     Reset = "none"
)

// Param is the name of a neuron parameter, as NIR has it where it has it.
type Param string

// The parameters.
const (
	Tau        Param = "tau"         // membrane time constant, s; of a resonator's oscillation
	TauSyn     Param = "tau_syn"     // synaptic time constant, s (cuba_lif)
	TauAdapt   Param = "tau_adapt"   // time constant of the adaptation, s (alif)
	Adapt      Param = "adapt"       // what a spike adds to the threshold (alif)
	Noise      Param = "noise"       // the most that noise moves the threshold (stochastic_lif)
	Frequency  Param = "frequency"   // of the oscillation, Hz (resonate_and_fire)
	A          Param = "a"           // rate of recovery, 1/ms (izhikevich)
	B          Param = "b"           // what recovery follows, b·v (izhikevich)
	C          Param = "c"           // potential after a spike, mV (izhikevich)
	D          Param = "d"           // what a spike adds to the recovery (izhikevich)
	R          Param = "r"           // membrane resistance
	WIn        Param = "w_in"        // input weight (cuba_lif)
	VLeak      Param = "v_leak"      // resting potential (lif, cuba_lif, alif, stochastic_lif)
	VThreshold Param = "v_threshold" // fires when v > v_threshold
	VReset     Param = "v_reset"     // potential after a spike, reset: value; always of a resonator
	Bias       Param = "bias"        // constant input current
	VInit      Param = "v_init"      // potential before tick 1
	IInit      Param = "i_init"      // synaptic current before tick 1 (cuba_lif)
	UInit      Param = "u_init"      // recovery before tick 1 (izhikevich)
	Refractory Param = "refractory"  // ticks without update after a spike
)

// Value is one or many numbers.
type Value struct {
	Pos diag.Pos
	// Values has one element that stands for all, or one for each neuron.
	Values []float64
}

// At returns the i-th number.
func (v Value) At(i int) float64 {
	if len(v.Values) == 1 {
		return v.Values[0]
	}
	return v.Values[i]
}

// Uniform reports whether all elements are the same number.
func (v Value) Uniform() bool {
	for _, x := range v.Values {
		if x != v.Values[0] {
			return false
		}
	}
	return true
}

// Numbers is one or many numbers of a projection: one that stands for all, or one
// for each weight.
type Numbers struct {
	Pos diag.Pos
	numbers.List
}

// Ref names an input or a population.
type Ref struct {
	// Input says that Index is into Network.Inputs, not into Populations.
	Input bool
	Index int
}

// Projection is a group of synapses from one input or population to one
// population.
type Projection struct {
	Pos diag.Pos
	// Name is `from→to`, with `#2`, `#3`, … where a pair has several.
	Name    string
	From    Ref
	To      int
	Connect Connect
	// Weights holds one number for all synapses, or as many as Connect says.
	Weights Numbers
	// Delays are whole ticks from 1; one for all synapses, or one each, in the
	// order of Weights (not for convolutions and pools: one for all).
	Delays   Numbers
	Quantise Quantise
	// Exp is the exponent of the weights, −8 to 7, for integer models on targets
	// whose weights are mantissas.
	Exp int
	// Stochastic says that a weight is not added: with probability
	// (|weight| + 1) / 256 its sign is (neuron truenorth).
	Stochastic bool
	// Norm, where not nil, is applied to the sum that the projection adds to a neuron
	// in a tick.
	Norm *Norm
	// Learn is nil where the weights stay as they are.
	Learn *Learning
}

// ConnectKind is a rule of connection.
type ConnectKind int

// The rules. `sparse`, `file` and `list` all become Edges.
const (
	// Dense: every pre to every post; weight index pre*posts + post.
	Dense ConnectKind = iota
	// OneToOne: i to i; weight index i.
	OneToOne
	// Conv2D: cross-correlation; weight index
	// ((out*inPerGroup + in)*kernelH + ky)*kernelW + kx.
	Conv2D
	// SumPool and AvgPool: each channel by itself, one weight for all, which
	// AvgPool divides by the kernel's area.
	SumPool
	AvgPool
	// Edges: a list of synapses; weight index is the edge's.
	Edges
)

// Connect is a rule of connection with its arguments.
type Connect struct {
	Kind ConnectKind
	// Window is set for Conv2D, SumPool and AvgPool.
	Window *Window
	// Pre and Post are flat indices, one of each an edge; set for Edges.
	Pre, Post []int32
}

// Window is the geometry of a convolution or a pool. Sizes are height, width.
// Padding is what stands before the first row and column; as much as Out needs
// stands behind the last.
type Window struct {
	Kernel, Stride, Padding, Dilation [2]int
	// In and Out are the sizes of the two populations.
	In, Out [2]int
	// InChannels, OutChannels and Groups; Groups divides both. A pool has as
	// many groups as channels.
	InChannels, OutChannels, Groups int
	// ChannelsLast says that populations are laid out (H, W, C), not (C, H, W).
	ChannelsLast bool
}

// InIndex returns the flat index of a channel and place of the input.
func (w *Window) InIndex(c, y, x int) int {
	if w.ChannelsLast {
		return (y*w.In[1]+x)*w.InChannels + c
	}
	return (c*w.In[0]+y)*w.In[1] + x
}

// OutIndex returns the flat index of a channel and place of the output.
func (w *Window) OutIndex(c, y, x int) int {
	if w.ChannelsLast {
		return (y*w.Out[1]+x)*w.OutChannels + c
	}
	return (c*w.Out[0]+y)*w.Out[1] + x
}

// Clip is a rule for the largest weight that is represented.
type Clip string

// The rules.
const (
	ClipMSE Clip = "mse" // the clip that minimises the mean squared error
	ClipMax Clip = "max" // the largest magnitude: nothing is clipped
)

// Per says which weights share a scale.
type Per string

// The groups.
const (
	PerProjection Per = "projection"
	PerNeuron     Per = "neuron"
)

// Quantise holds the quantiser's settings; zero fields are not set.
type Quantise struct {
	Pos  diag.Pos
	Bits int
	Clip Clip
	Per  Per
	// Sign is how weights into a chip's own model are stored, where they need not
	// fit as they are.
	Sign Sign
	// Format is the set of numbers that weights are rounded to; empty is all whole
	// numbers of Bits bits.
	Format Format
	// Scale is a rule for the scales.
	Scale Scale
}

// Format is a set of numbers, times one step, that weights are rounded to.
type Format string

// The formats. Those of whole numbers are symmetric: int4 is −7 to 7.
const (
	Ternary Format = "ternary" // −1, 0 and 1
	Int2    Format = "int2"
	Int3    Format = "int3"
	Int4    Format = "int4"
	Int5    Format = "int5"
	Int6    Format = "int6"
	Int7    Format = "int7"
	Int8    Format = "int8"
	E2M1    Format = "e2m1" // OCP's FP4: 2 bits of exponent, 1 of mantissa
	E4M3    Format = "e4m3" // OCP's FP8: 4 bits of exponent, 3 of mantissa
)

// Formats are the formats in the order of FORMAT.md.
var Formats = []Format{Ternary, Int2, Int3, Int4, Int5, Int6, Int7, Int8, E2M1, E4M3}

// Scale says which scales there may be.
type Scale string

// The rules.
const (
	ScaleReal Scale = "real" // any
	ScalePow2 Scale = "pow2" // powers of two, so that a potential's unit is a shift
)

// Sign says which signs the weights of a projection are stored with.
type Sign string

// The signs: both, and then every weight is even at least, or one for all.
const (
	SignMixed      Sign = "mixed"
	SignExcitatory Sign = "excitatory"
	SignInhibitory Sign = "inhibitory"
)

// Size returns the number of elements of a shape.
func Size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Synapses returns how many synapses p has, where pre and post are the sizes
// of its two ends. Convolutions count the taps inside the input. Beyond the
// largest int it returns that.
func (p *Projection) Synapses(pre, post int) int {
	switch p.Connect.Kind {
	case Dense:
		return mulSat(pre, post)
	case OneToOne:
		return pre
	case Conv2D:
		w := p.Connect.Window
		return mulSat(w.taps(), mulSat(w.OutChannels, w.InChannels/w.Groups))
	case SumPool, AvgPool:
		w := p.Connect.Window
		return mulSat(w.taps(), w.OutChannels)
	case Edges:
		return len(p.Connect.Pre)
	}
	panic("network: unknown connect kind")
}

// taps counts, for one pair of channels, the kernel elements that fall inside
// the input over all output places.
func (w *Window) taps() int {
	n := [2]int{}
	for axis := range 2 {
		for k := range w.Kernel[axis] {
			// Output o reads input o*stride - before, which is to be in [0, In).
			before := w.Padding[axis] - k*w.Dilation[axis]
			last := w.In[axis] - 1 + before
			if last < 0 {
				continue
			}
			first := 0
			if before > 0 {
				first = (before + w.Stride[axis] - 1) / w.Stride[axis]
			}
			n[axis] += max(0, min(last/w.Stride[axis], w.Out[axis]-1)-first+1)
		}
	}
	return mulSat(n[0], n[1])
}
