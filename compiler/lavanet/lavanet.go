// Package lavanet reads the .net files that lava-dl exports of trained networks
// (HDF5) and writes them as weft networks: a text of YAML and arrays for an
// .npz file. The numbers of the file are those of Loihi's registers; they stay
// what they are, and the populations are of the neuron model loihi.
//
// What lava-dl means by a file is taken from its exporter (SLAYER) and its own
// importer (netx): iDecay and vDecay are effective decays out of 4096, biases
// are mantissas of exponent 6, weights are mantissas of exponent wgtExp,
// convolutions are cross-correlations over (channels, height, width), and each
// layer takes one time step to the next.
package lavanet

import (
	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/hdf5"
)

// Kind is what a layer does.
type Kind string

// The kinds that are read, as the file calls them.
const (
	Input    Kind = "input"
	Dense    Kind = "dense"
	DenseRec Kind = "dense_rec"
	Conv     Kind = "conv"
	Pool     Kind = "pool"
	Flatten  Kind = "flatten"
)

// Net is a .net file.
type Net struct {
	// TimeStep is the duration of a step in milliseconds.
	TimeStep float64
	Layers   []Layer
}

// Layer is one layer of the file.
type Layer struct {
	Index int
	Kind  Kind
	// Shape is that of the layer's neurons: (channels, height, width) or (n).
	Shape []int
	// Weights are mantissas, of dense layers (out, in), of convolutions (out,
	// in/groups, height, width). A Pool has a single one.
	Weights *Ints
	// Recurrent are those from the layer to itself, of DenseRec: (out, in).
	Recurrent *Ints
	// Bias has one mantissa for each channel, or is nil. Its exponent is BiasExp.
	Bias []int
	// Delay has the steps by which the layer's own spikes are late, beyond the
	// one that every layer takes: one for each channel, or is nil.
	Delay []int
	// Window is of Conv and Pool.
	Window Window
	// Neuron is nil for Flatten, and for an Input that is spikes already.
	Neuron *Neuron
	// Transform is of an Input with neurons.
	Transform Transform

	// bad says that the layer has mistakes, and so fields that are zero.
	bad bool
}

// BiasExp is the exponent of every bias: v grows by bias · 2^6 in a step.
const BiasExp = 6

// Ints is an array of whole numbers in C order.
type Ints struct {
	Shape []int
	Data  []int
}

// Window is what a neuron of a convolution or a pool sees: height and width
// each, counted in neurons of the layer before.
type Window struct {
	Kernel, Stride, Padding, Dilation [2]int
	Groups                            int
}

// Neuron is the parameters of a layer's neurons. Each has one value for all,
// or one for each channel.
type Neuron struct {
	// Type is "LOIHI" or "CUBA", which mean the same here. It is empty where a
	// dense layer has no neurons in the file: then they integrate, never fire,
	// and v is the sum of all input, as netx has it.
	Type string
	// IDecay and VDecay are what decays of u and v in a step, out of 4096.
	IDecay, VDecay []int
	// Threshold is a mantissa: a neuron fires when v > Threshold · 64.
	Threshold []int
	// Refractory is the steps from a spike until v is integrated again, from 1.
	Refractory []int
	// WeightExp is the exponent of the weights: u grows by weight · 2^(6+WeightExp).
	WeightExp int
}

// Transform is how an input layer turns the values of a frame into the
// mantissas of its neurons' biases.
type Transform struct {
	Weight, Bias int
}

// Mantissa returns the bias of a neuron whose value in the frame is x, from 0
// to 1: 2·Weight·x − Weight + Bias, cut toward zero, as netx has it. SLAYER
// trains with Weight·y + Bias, where y = 2x − 1.
func (t Transform) Mantissa(x float64) int {
	w := float64(t.Weight)
	return int(2*w*x - w + float64(t.Bias))
}

// Options says how to write a network. Its zero value is what everybody wants.
type Options struct {
	// Name is the network's name; if empty, the file's without its ending.
	Name string
	// Arrays is the .npz file as the network file names it; if empty, Name.npz.
	Arrays string
	// InputShape is the shape of the input, for files that do not say it.
	InputShape []int
	// InputBias has a bias mantissa for each neuron of the input layer, in C
	// order: the frame that the network is to look at, already transformed. If
	// nil, the input layer becomes an input of the network, for spikes.
	InputBias []int
	// Align gives neurons the potential before tick 1 with which they are at
	// rest in the tick before their first input can arrive. Without it the bias
	// of layer k acts k ticks longer than its input, since each layer takes a
	// tick to the next; lava-dl's recordings begin both together.
	Align bool
}

// Result is a network ready to be written to files.
type Result struct {
	netfile.Result
	Net *Net
}

// Import reads a .net file and writes it as a weft network. Mistakes come back
// all at once as a *diag.Error.
func Import(file string, opt Options) (*Result, error) {
	f, err := hdf5.OpenFile(file)
	return build(file, f, err, opt)
}

// build is Import of a file that is open, or of which err says why it is not.
func build(file string, f *hdf5.File, err error, opt Options) (*Result, error) {
	w := &writer{file: file, opt: opt, out: netfile.New(file, opt.Name, opt.Arrays)}
	if err != nil {
		hdf5.Report(&w.diags, err)
	} else {
		w.net = read(file, f, &w.diags)
		w.write()
	}
	if err := w.diags.Err(); err != nil {
		return nil, err
	}
	return &Result{Result: *w.out.Result(), Net: w.net}, nil
}
