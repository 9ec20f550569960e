package lavanet

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/hdf5"
	"github.com/weft-toolchain/weft/internal/spell"
)

// kinds are those that are read, and refused those that lava-dl writes, too,
// with the reason.
var (
	kinds   = []Kind{Input, Dense, DenseRec, Conv, Pool, Flatten}
	refused = map[Kind]string{
		"average":    "takes means of spikes, which no neuron does; leave it out and average the output spikes",
		"add":        "adds the outputs of two layers; weft reads chains of layers",
		"concat":     "joins the outputs of two layers; weft reads chains of layers",
		"convT":      "is a transposed convolution; write it as a dense layer",
		"unpool":     "spreads spikes over windows; write it as a dense layer",
		"dense_comp": "has complex weights, of resonate-and-fire neurons",
		"kwta":       "is a k-winner-take-all",
	}
)

// layer reads one layer. What is wrong with it is in the diagnostics, and left
// zero.
func (r *layerReader) layer(index int) Layer {
	l := Layer{Index: index, Kind: Kind(r.Text("type"))}
	if l.Kind == "" {
		return l
	}
	r.What += " (" + string(l.Kind) + ")"
	if !slices.Contains(kinds, l.Kind) {
		r.refuse(l.Kind)
		return l
	}
	if l.Kind != Flatten {
		l.Shape = r.shape()
	}
	switch l.Kind {
	case Input:
		r.input(&l)
	case Flatten:
	case Dense, DenseRec:
		r.dense(&l)
	case Conv:
		r.window(&l)
		l.Weights = r.kernels()
	case Pool:
		r.window(&l)
		r.pool(&l)
	}
	switch l.Kind {
	case Dense, DenseRec, Conv, Pool:
		l.Neuron = r.neuron(l.Kind, l.Shape)
		l.Bias = r.optional("bias", minBias, maxBias, l.Shape)
		l.Delay = r.optional("delay", 0, maxDelay, l.Shape)
	case Input, Flatten:
	}
	return l
}

func (r *layerReader) refuse(kind Kind) {
	if why := refused[kind]; why != "" {
		r.Add(diag.Unsupported, "this kind of layer is not read: it %s", why)
		return
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	hint := spell.Hint(string(kind), names)
	r.Add(diag.Unsupported, "a layer of type %q is not read, want one of %v%s", kind, names, hint)
}

// optional reads what a layer may have for each channel.
func (r *layerReader) optional(name string, lo, hi int, shape []int) []int {
	if !r.Group.Has(name) {
		return nil
	}
	return r.perChannel(name, r.list(name, lo, hi), shape)
}

func (r *layerReader) input(l *Layer) {
	if !r.Group.Has("neuron") {
		return
	}
	l.Neuron = r.neuron(Input, l.Shape)
	// Without a weight netx takes 64, the number 1.
	l.Transform.Weight = r.number("weight", -1<<15, 1<<15, 64)
	l.Transform.Bias = r.number("bias", -1<<15, 1<<15, 0)
}

func (r *layerReader) dense(l *Layer) {
	l.Weights = r.matrix("weight", l.Shape)
	if l.Kind == DenseRec {
		l.Recurrent = r.matrix("weight_rec", l.Shape)
		n := netfile.Size(l.Shape)
		if w := l.Recurrent; w != nil && l.Shape != nil && w.Shape[1] != n {
			r.Add(diag.ShapeMismatch, "weight_rec has shape %v, want %d, %d", w.Shape, n, n)
		}
	}
}

// matrix reads the weights of a dense layer, (out, in), which may be flat.
func (r *layerReader) matrix(name string, shape []int) *Ints {
	if r.complex(name) {
		return nil
	}
	w := r.array(name, minWeight, maxWeight)
	if w == nil || shape == nil {
		return w
	}
	out := netfile.Size(shape)
	for len(w.Shape) > 2 && w.Shape[len(w.Shape)-1] == 1 {
		w.Shape = w.Shape[:len(w.Shape)-1]
	}
	if len(w.Shape) == 1 && len(w.Data)%out == 0 {
		w.Shape = []int{out, len(w.Data) / out}
	}
	if len(w.Shape) != 2 || w.Shape[0] != out || w.Shape[1] == 0 {
		r.Add(diag.ShapeMismatch, "%s has shape %v, want (out, in) with %d out, the neurons of shape %v", name, w.Shape, out, shape)
		return nil
	}
	return w
}

// kernels reads the weights of a convolution, (out, in/groups, height, width),
// which lava-dl writes with a last axis of 1, for time.
func (r *layerReader) kernels() *Ints {
	if r.complex("weight") {
		return nil
	}
	w := r.array("weight", minWeight, maxWeight)
	if w == nil {
		return nil
	}
	if len(w.Shape) == 5 && w.Shape[4] == 1 {
		w.Shape = w.Shape[:4]
	}
	if len(w.Shape) != 4 || len(w.Data) == 0 {
		r.Add(diag.ShapeMismatch, "weight has shape %v, want (out, in/groups, height, width)", w.Shape)
		return nil
	}
	return w
}

// complex reports weights that are split into a real and an imaginary part.
func (r *layerReader) complex(name string) bool {
	if _, err := r.Group.Group(name); err != nil {
		return false
	}
	r.Add(diag.Unsupported, "%s is a group: complex weights, of resonate-and-fire neurons, are not read", name)
	return true
}

func (r *layerReader) window(l *Layer) {
	if !r.Group.Has("kernelSize") {
		r.Add(diag.MissingField, "has no kernelSize")
	}
	w := &l.Window
	w.Kernel = r.pair("kernelSize", 1, [2]int{1, 1})
	standard := [2]int{1, 1}
	if l.Kind == Pool {
		standard = w.Kernel
	}
	w.Stride = r.pair("stride", 1, standard)
	w.Padding = r.pair("padding", 0, [2]int{})
	w.Dilation = r.pair("dilation", 1, [2]int{1, 1})
	w.Groups = r.number("groups", 1, 1<<24, 1)
}

// pool reads the weight of a pool: the same one for all places of the window.
func (r *layerReader) pool(l *Layer) {
	if l.Window.Dilation != [2]int{1, 1} {
		r.Add(diag.Unsupported, "a pool of dilation %v is not read, want 1", l.Window.Dilation)
	}
	if r.complex("weight") {
		return
	}
	w := r.list("weight", minWeight, maxWeight)
	if len(w) == 0 {
		return
	}
	if i := slices.IndexFunc(w, func(x int) bool { return x != w[0] }); i >= 0 {
		r.Add(diag.Unsupported, "its weights differ (%d and %d), but a sum over the window has one; write it as a convolution with groups", w[0], w[i])
		return
	}
	l.Weights = &Ints{Shape: []int{1}, Data: w[:1]}
}

// neuron reads the parameters of a layer's neurons; nil if it cannot.
func (r *layerReader) neuron(kind Kind, shape []int) *Neuron {
	if !r.Group.Has("neuron") {
		if kind == Dense {
			return &Neuron{IDecay: []int{0}, VDecay: []int{maxDecay}, Threshold: []int{maxThreshold}, Refractory: []int{1}}
		}
		r.Add(diag.MissingField, "has no neuron")
		return nil
	}
	g, err := r.Group.Group("neuron")
	if err != nil {
		hdf5.Report(r.Diags, err)
		return nil
	}
	in := newReader(g, r.What+": neuron", r.Diags)
	n := &Neuron{Type: in.Text("type")}
	switch n.Type {
	case "LOIHI", "CUBA":
	case "":
		return nil
	default:
		in.Add(diag.Unsupported, "neurons of type %q are not read, want LOIHI or CUBA", n.Type)
		return nil
	}
	if in.number("gradedSpike", 0, 1, 0) != 0 {
		in.Add(diag.Unsupported, "graded spikes, which carry numbers, are not read; want gradedSpike 0")
	}
	if e := in.number("weight_exp", -64, 64, 0); e != 0 {
		in.Add(diag.Unsupported, "the exponent %d of a batch normalisation is not read, want weight_exp 0", e)
	}
	param := func(name string, lo, hi int) []int { return in.perChannel(name, in.list(name, lo, hi), shape) }
	n.IDecay = param("iDecay", 0, maxDecay)
	n.VDecay = param("vDecay", 0, maxDecay)
	n.Threshold = param("vThMant", 0, maxThreshold)
	n.Refractory = []int{1}
	if g.Has("refDelay") {
		n.Refractory = param("refDelay", 1, maxRefractory)
	}
	n.WeightExp = in.number("wgtExp", -8, 7, 0)
	return n
}
