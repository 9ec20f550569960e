package lavanet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// writer writes a network, layer by layer.
type writer struct {
	file  string
	net   *Net
	opt   Options
	diags diag.List
	out   netfile.File

	// before is the last layer with neurons, or the input.
	before source
	// depth is how many projections there are from the first layer to here.
	depth int
	bias  bool // whether a layer behind the first has one
}

// source is where the spikes of a projection come from.
type source struct {
	name  string
	shape []int
	delay []int
}

// write writes all layers. Of those with mistakes only the shape is used, if
// it is known, to check the layers behind them.
func (w *writer) write() {
	for i := range w.net.Layers {
		l := &w.net.Layers[i]
		switch {
		case l.bad:
			w.before = source{name: layerName(l), shape: l.Shape}
		case i == 0 && l.Kind == Input:
			w.first(l)
		case l.Kind == Input:
			w.add(l, diag.Unsupported, "an input behind other layers is not read: weft reads chains of layers")
		case l.Kind == Flatten:
			// Weights count neurons in C order, so nothing moves.
		default:
			if i == 0 {
				w.implicit(l)
			}
			w.layer(l)
		}
	}
	if len(w.out.Populations) == 0 && w.diags.Len() == 0 {
		w.diags.Add(diag.Pos{File: w.file}, diag.MissingField, "no layer has neurons behind the input, so there is nothing to run")
	}
	if len(w.before.delay) > 0 {
		w.out.Note("%s: its axonal delays %s are left out, since nothing is behind it", w.before.name, span(w.before.delay))
	}
	w.general()
}

func (w *writer) add(l *Layer, code diag.Code, format string, args ...any) {
	w.diags.Add(diag.Pos{File: w.file}, code, "layer %d (%s): %s", l.Index, l.Kind, fmt.Sprintf(format, args...))
}

// general adds what is about the whole file.
func (w *writer) general() {
	w.out.Tick = fmt.Sprintf("%gms", w.net.TimeStep)
	w.out.Outputs = []string{w.before.name}
	w.out.Note("iDecay and vDecay are taken as effective decays out of 4096, as lava-dl means them; biases have the exponent %d", BiasExp)
	switch {
	case !w.bias:
	case w.opt.Align:
		w.out.Note("potentials before tick 1 are such that the bias of layer k begins to count when its input can first arrive, k ticks late")
	default:
		w.out.Note("each layer takes a tick to the next, but every bias acts from tick 1: that of layer k acts k ticks longer than its input; align the layers to have them begin together, as in lava-dl's recordings")
	}
}

// first writes the input layer: neurons with a bias for each, or an input.
func (w *writer) first(l *Layer) {
	name := layerName(l)
	w.before = source{name: name, shape: l.Shape}
	switch {
	case w.opt.InputBias == nil:
		w.out.Inputs = append(w.out.Inputs, fmt.Sprintf("%s: {shape: %s}", name, netfile.List(l.Shape)))
		if l.Neuron != nil {
			w.out.Note("%s (input): is left out, the network takes its spikes; in lava-dl its neurons turn a value x, from 0 to 1, into the bias 2·%d·x − %d + %d", name, l.Transform.Weight, l.Transform.Weight, l.Transform.Bias)
		}
		return
	case l.Neuron == nil:
		w.add(l, diag.Unsupported, "has no neurons, so no biases can be given to them: its input is spikes")
		return
	case len(w.opt.InputBias) != netfile.Size(l.Shape):
		w.add(l, diag.ShapeMismatch, "%d biases are given, want %d, one for each neuron of shape %v", len(w.opt.InputBias), netfile.Size(l.Shape), l.Shape)
		return
	}
	for i, b := range w.opt.InputBias {
		if b < minBias || b > maxBias {
			w.add(l, diag.OutOfRange, "the given bias of neuron %d is %d, want %d to %d", i, b, minBias, maxBias)
			return
		}
	}
	w.out.Note("%s (input): its neurons have the given biases, the same in every tick", name)
	params := w.params(l)
	bias := w.array(fmt.Sprintf("b%d", l.Index), l.Shape, w.opt.InputBias, "")
	params = append(params, "bias: "+bias, fmt.Sprintf("bias_exp: %d", BiasExp))
	w.population(l, params)
}

// implicit makes the input of a file whose first layer is not one.
func (w *writer) implicit(l *Layer) {
	shape := w.opt.InputShape
	if len(shape) == 0 && (l.Kind == Dense || l.Kind == DenseRec) {
		shape = []int{l.Weights.Shape[1]}
	}
	switch {
	case len(shape) == 0:
		w.add(l, diag.MissingField, "the file begins with it and does not say the shape of the input; give it")
	case slices.Min(shape) < 1:
		w.add(l, diag.OutOfRange, "the shape %v is given for the input, want numbers from 1", shape)
		shape = nil
	}
	w.before = source{name: "input", shape: shape}
	w.out.Inputs = append(w.out.Inputs, fmt.Sprintf("input: {shape: %s}", netfile.List(shape)))
}

// repeated gives each of n neurons the value of its channel.
func repeated(perChannel []int, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = perChannel[i*len(perChannel)/n]
	}
	return out
}

// layer writes a layer of neurons and the projection into it.
func (w *writer) layer(l *Layer) {
	w.depth++
	if l.Neuron.Type == "" {
		w.out.Note("%s: the file has no neurons of it, so they sum their input in v and never fire: read their potential", layerName(l))
	}
	params := w.params(l)
	if slices.ContainsFunc(l.Bias, func(b int) bool { return b != 0 }) {
		w.bias = true
		params = append(params, "bias: "+w.value(fmt.Sprintf("b%d", l.Index), l, l.Bias), fmt.Sprintf("bias_exp: %d", BiasExp))
		if w.opt.Align {
			params = append(params, w.aligned(l)...)
		}
	}
	w.population(l, params)
	if w.before.shape != nil && w.fits(l) {
		w.project(l)
	}
	w.before = source{name: layerName(l), shape: l.Shape, delay: l.Delay}
	if len(l.Delay) == 1 && l.Delay[0] == 0 {
		w.before.delay = nil
	}
}

// population writes one line of populations.
func (w *writer) population(l *Layer, params []string) {
	w.out.Populations = append(w.out.Populations, fmt.Sprintf("%s:\n    shape: %s\n    neuron: loihi\n    params: {%s}",
		layerName(l), netfile.List(l.Shape), strings.Join(params, ", ")))
}

// params are the parameters of a layer's neurons, but the bias.
func (w *writer) params(l *Layer) []string {
	n := l.Neuron
	var out []string
	for _, p := range []struct {
		key    string
		values []int
	}{{"decay_u", n.IDecay}, {"decay_v", n.VDecay}, {"threshold", n.Threshold}, {"refractory", n.Refractory}} {
		out = append(out, p.key+": "+w.value(fmt.Sprintf("%s%d", p.key, l.Index), l, p.values))
	}
	return out
}

// value writes a number for all neurons of a layer, or an array of one for each
// channel.
func (w *writer) value(name string, l *Layer, v []int) string {
	if len(v) == 1 {
		return fmt.Sprint(v[0])
	}
	axis := ""
	if len(l.Shape) > 1 {
		axis = ", axis: 0"
	}
	return w.array(name, []int{len(v)}, v, axis)
}

// array keeps an array for the .npz and returns how the YAML names it.
func (w *writer) array(name string, shape, v []int, more string) string {
	data := make([]float64, len(v))
	for i, x := range v {
		data[i] = float64(x)
	}
	return w.out.Array(name, &ndarray.Array{Shape: slices.Clone(shape), Data: data, Type: ndarray.Int32}, more)
}

func layerName(l *Layer) string { return fmt.Sprintf("layer%d", l.Index) }

// span writes the smallest and the largest number of a list.
func span(v []int) string {
	lo, hi := slices.Min(v), slices.Max(v)
	if lo == hi {
		return fmt.Sprint(lo)
	}
	return fmt.Sprintf("from %d to %d", lo, hi)
}
