package nir

import "github.com/weft-toolchain/weft/compiler/netfile"

// taps calls f for each element that element pre of a linear map's input reaches,
// with the factor.
func (n *node) taps(pre int, f func(post int, w float64)) {
	switch {
	case n.dense():
		s := n.weight.Shape
		out, in := s[len(s)-2], s[len(s)-1]
		batch, i := pre/in, pre%in
		for o := range out {
			f(batch*out+o, n.weight.Data[(batch*out+o)*in+i])
		}
	case n.kind == scale:
		f(pre, of(n.params["scale"].Data, pre))
	case n.windowed() && n.weight != nil:
		n.windowTaps(pre, func(in, out, ky, kx int) float64 {
			per := n.weight.Shape[1]
			return n.weight.Data[((out*per+in)*n.window.kernel[0]+ky)*n.window.kernel[1]+kx]
		}, f)
	case n.pools():
		share := 1.0
		if n.kind == avgPool {
			share = 1 / float64(n.window.kernel[0]*n.window.kernel[1])
		}
		n.windowTaps(pre, func(_, _, _, _ int) float64 { return share }, f)
	default: // ports, Flatten and Delay hand on what they get
		f(pre, 1)
	}
}

// windowTaps is taps of a convolution or a pool; in counts channels within a
// group, out all of them.
func (n *node) windowTaps(pre int, weight func(in, out, ky, kx int) float64, f func(post int, w float64)) {
	w := &n.window
	planes := func(shape []int) (channels, height, width int) {
		if len(shape) == 2 {
			return shape[0], 1, shape[1]
		}
		return shape[0], shape[1], shape[2]
	}
	channels, height, width := planes(n.in)
	outChannels, outHeight, outWidth := planes(n.out)
	groups := w.groups
	if n.weight == nil { // a pool is of each channel by itself
		groups = channels
	}
	c, y, x := pre/(height*width), pre/width%height, pre%width
	inPer, outPer := channels/groups, outChannels/groups
	// along calls f for the places of an axis whose windows have an element, with
	// that of the kernel that it is under.
	along := func(axis, at, size int, f func(o, k int)) {
		at += w.padding[axis]
		stride, dilation := w.stride[axis], w.dilation[axis]
		first := max(0, (at-(w.kernel[axis]-1)*dilation+stride-1)/stride)
		for o := first; o < size && o*stride <= at; o++ {
			if d := at - o*stride; d%dilation == 0 {
				f(o, d/dilation)
			}
		}
	}
	for o := c / inPer * outPer; o < (c/inPer+1)*outPer; o++ {
		along(0, y, outHeight, func(oy, ky int) {
			along(1, x, outWidth, func(ox, kx int) {
				f((o*outHeight+oy)*outWidth+ox, weight(c%inPer, o, ky, kx))
			})
		})
	}
}

// reach bounds how many taps an element has, as far as it takes time to find them.
func (n *node) reach() int64 {
	switch {
	case n.dense():
		return int64(n.weight.Shape[len(n.weight.Shape)-2])
	case n.windowed():
		r := int64(1)
		if n.weight != nil {
			r = int64(n.out[0])
		}
		for k, size := range n.out[1:] {
			axis := k + 3 - len(n.out)
			r *= int64(min(size, (n.window.kernel[axis]-1)*n.window.dilation[axis]/n.window.stride[axis]+1))
		}
		return r
	default:
		return 1
	}
}

// of returns element i of one number for all, or of one each.
func of(v []float64, i int) float64 {
	if len(v) == 1 {
		return v[0]
	}
	return v[i]
}

// push returns what comes out of a linear map where v goes in.
func (im *importer) push(n *node, v []float64) []float64 {
	if n.passes() || !im.spend(int64(netfile.Size(n.out))) {
		return v
	}
	out := make([]float64, netfile.Size(n.out))
	for pre, x := range v {
		if x == 0 {
			continue
		}
		if !im.spend(n.reach()) {
			return out
		}
		n.taps(pre, func(post int, w float64) { out[post] += float64(w * x) })
	}
	return out
}

// passes reports whether a linear map hands on what it gets, in the same order,
// though maybe later.
func (n *node) passes() bool { return n.role == port || n.kind == flatten || n.kind == delay }

// biases returns the node's bias for each element that comes out of it.
func (n *node) biases() []float64 {
	out := make([]float64, netfile.Size(n.out))
	per := 1
	if n.windowed() {
		per = netfile.Size(n.out[1:])
	}
	for i := range out {
		out[i] = of(n.bias.Data, i/per)
	}
	return out
}
