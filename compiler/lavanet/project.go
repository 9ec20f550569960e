package lavanet

import (
	"fmt"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
)

// fits checks the shapes of a layer against those of the one before it.
func (w *writer) fits(l *Layer) bool {
	in := w.before.shape
	switch l.Kind {
	case Dense, DenseRec:
		if n := netfile.Size(in); l.Weights.Shape[1] != n {
			w.add(l, diag.ShapeMismatch, "its weights are for %d inputs, but %s has %d neurons, shape %v", l.Weights.Shape[1], w.before.name, n, in)
			return false
		}
		return true
	case Conv, Pool:
	case Input, Flatten:
		panic("lavanet: a layer without weights")
	}
	if len(in) != 3 || len(l.Shape) != 3 {
		w.add(l, diag.ShapeMismatch, "has shape %v behind %s of shape %v, want (channels, height, width) of both", l.Shape, w.before.name, in)
		return false
	}
	win := l.Window
	want := []int{in[0], 0, 0}
	for i := range 2 {
		if room := in[1+i] + 2*win.Padding[i] - win.Dilation[i]*(win.Kernel[i]-1) - 1; room >= 0 {
			want[1+i] = room/win.Stride[i] + 1
		}
	}
	if l.Kind == Conv {
		k := l.Weights.Shape
		want[0] = k[0]
		if in[0]%win.Groups != 0 || k[0]%win.Groups != 0 || k[1] != in[0]/win.Groups || k[2] != win.Kernel[0] || k[3] != win.Kernel[1] {
			w.add(l, diag.ShapeMismatch, "its weights have shape %v, but it has %d groups, a kernel of %v, and %s %d channels", k, win.Groups, win.Kernel, w.before.name, in[0])
			return false
		}
	}
	for i := range want {
		if want[i] != l.Shape[i] {
			w.add(l, diag.ShapeMismatch, "has shape %v, but its window makes %v of %s's %v", l.Shape, want, w.before.name, in)
			return false
		}
	}
	return true
}

// project writes the projections into a layer.
func (w *writer) project(l *Layer) {
	var connect, weights string
	switch l.Kind {
	case Dense, DenseRec:
		connect = "dense, layout: out_in"
		weights = w.array(fmt.Sprintf("w%d", l.Index), l.Weights.Shape, l.Weights.Data, "")
	case Conv:
		v := l.Window
		connect = fmt.Sprintf("{conv2d: {kernel: %s, stride: %s, padding: %s, dilation: %s, groups: %d}}",
			netfile.List(v.Kernel[:]), netfile.List(v.Stride[:]), netfile.List(v.Padding[:]), netfile.List(v.Dilation[:]), v.Groups)
		weights = w.array(fmt.Sprintf("w%d", l.Index), l.Weights.Shape, l.Weights.Data, "")
	case Pool:
		v := l.Window
		connect = fmt.Sprintf("{sum_pool: {kernel: %s, stride: %s, padding: %s}}", netfile.List(v.Kernel[:]), netfile.List(v.Stride[:]), netfile.List(v.Padding[:]))
		weights = fmt.Sprint(l.Weights.Data[0])
	case Input, Flatten:
		panic("lavanet: a layer without weights")
	}
	w.projection(l, w.before.name, connect, weights, w.delay(l))
	w.odd(l)
	if l.Kind == DenseRec {
		rec := w.array(fmt.Sprintf("r%d", l.Index), l.Recurrent.Shape, l.Recurrent.Data, "")
		w.projection(l, layerName(l), "dense, layout: out_in", rec, "")
	}
}

func (w *writer) projection(l *Layer, from, connect, weights, delay string) {
	w.out.Projections = append(w.out.Projections, fmt.Sprintf("- {from: %s, to: %s, connect: %s, weights: %s, weight_exp: %d%s}",
		from, layerName(l), connect, weights, l.Neuron.WeightExp, delay))
}

// delay writes the delay of the projection into a layer: one tick, and the
// axonal delays of the layer that it comes from.
func (w *writer) delay(l *Layer) string {
	d := w.before.delay
	switch {
	case len(d) == 0:
		return ""
	case len(d) == 1:
		return fmt.Sprintf(", delay: %d", 1+d[0])
	case l.Kind != Dense && l.Kind != DenseRec:
		w.add(l, diag.Unsupported, "%s has axonal delays %s, but the spikes of a convolution or a pool all have the same one", w.before.name, span(d))
		return ""
	}
	perPre := repeated(d, netfile.Size(w.before.shape))
	all := make([]int, 0, len(l.Weights.Data))
	for range l.Weights.Shape[0] {
		for _, x := range perPre {
			all = append(all, 1+x)
		}
	}
	return ", delay: " + w.array(fmt.Sprintf("delay%d", l.Index), l.Weights.Shape, all, "")
}

// odd notes weights that Loihi does not hold as they are: synapses of both
// signs have seven bits and a sign, so their mantissas are even.
func (w *writer) odd(l *Layer) {
	odd, negative, positive := 0, false, false
	for _, x := range l.Weights.Data {
		if x&1 != 0 {
			odd++
		}
		negative, positive = negative || x < 0, positive || x > 0
	}
	if odd > 0 && negative && positive {
		w.out.Note("%s: %d of its %d weights are odd, though some are negative and some positive: Loihi would round them to even ones", layerName(l), odd, len(l.Weights.Data))
	}
}
