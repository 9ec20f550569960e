// Package lower expands the projections of a network into synapses.
package lower

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/internal/pages"
)

// Lower returns the graph of a network. Neurons are numbered in declaration
// order. The graph shares the network's arrays where they are in its order.
func Lower(net *network.Network) *ir.Graph { return lower(net, false) }

// Consume is Lower of a network whose edges nobody needs any more: they are written over
// where that saves memory.
func Consume(net *network.Network) *ir.Graph { return lower(net, true) }

func lower(net *network.Network, consume bool) *ir.Graph {
	g := &ir.Graph{Net: net}
	first := 0
	for _, in := range net.Inputs {
		n := network.Size(in.Shape)
		g.Inputs = append(g.Inputs, ir.Group{Name: in.Name, Shape: in.Shape, First: first, N: n})
		first += n
	}
	first = 0
	for _, p := range net.Populations {
		n := network.Size(p.Shape)
		g.Populations = append(g.Populations, ir.Group{Name: p.Name, Shape: p.Shape, First: first, N: n})
		first += n
	}
	for k := range net.Projections {
		g.Projections = append(g.Projections, expand(g, k, consume))
	}
	return g
}

// expand lists the synapses of a projection by source, then target; those of one
// pair in the order of the file.
func expand(g *ir.Graph, k int, consume bool) ir.Projection {
	np := &g.Net.Projections[k]
	p := ir.Projection{Index: k, From: np.From, To: np.To}
	pre, post := g.FromGroup(&p).N, g.Populations[np.To].N
	c := &np.Connect
	switch {
	case c.Kind == network.Dense:
		p.Off, p.Post = dense(pre, post)
	case c.Kind == network.OneToOne:
		p.Off, p.Post = dense(pre, 1)
		for i := range p.Post {
			p.Post[i] = int32(i)
		}
	case c.Kind == network.Edges && inOrder(c):
		p.Off, p.Post = startsOf(c.Pre, pre), c.Post
	case c.Kind == network.Edges && slices.IsSorted(c.Pre):
		return bySource(p, np, pre, consume && onlyUse(g.Net, k))
	case c.Kind == network.Edges:
		return sorted(p, np, pre, eachEdge(c))
	case c.Kind == network.Conv2D:
		return sorted(p, np, pre, eachTap(c.Window))
	case c.Kind == network.SumPool, c.Kind == network.AvgPool:
		w := c.Window
		p = sorted(p, np, pre, eachTap(w))
		if c.Kind == network.AvgPool { // a pool has one weight for all
			p.Weight = numbers.Repeat(np.Weights.At(0)*(1/float64(w.Kernel[0]*w.Kernel[1])), len(p.Post))
		}
		return p
	}
	p.Weight, p.Delay = weights(np, len(p.Post)), delays(np.Delays.List)
	return p
}

// weights returns those of n synapses that are listed as the network has them.
func weights(np *network.Projection, n int) numbers.List {
	if np.Weights.Len() == 1 {
		return numbers.Repeat(np.Weights.At(0), n)
	}
	return np.Weights.List
}

// dense has each source reach the same targets.
func dense(pre, post int) (off, to []int32) {
	off, to = make([]int32, pre+1), pages.Make[int32](pre*post)
	for i := range pre {
		off[i+1] = int32((i + 1) * post)
		row := to[i*post:][:post]
		for j := range row {
			row[j] = int32(j)
		}
	}
	return off, to
}

// inOrder reports whether edges are listed by source, then target.
func inOrder(c *network.Connect) bool {
	for k := 1; k < len(c.Pre); k++ {
		if c.Pre[k] < c.Pre[k-1] || c.Pre[k] == c.Pre[k-1] && c.Post[k] < c.Post[k-1] {
			return false
		}
	}
	return true
}

// delays are one for all, or one each.
func delays(list numbers.List) []uint16 {
	out := make([]uint16, 0, list.Len())
	for _, block := range list.Blocks {
		for _, d := range block {
			out = append(out, uint16(d))
		}
	}
	return out
}

// eachTap lists the taps of a cross-correlation, or of a pool, that fall inside the
// input.
func eachTap(w *network.Window) synapses {
	inPer, outPer := w.InChannels/w.Groups, w.OutChannels/w.Groups
	return synapses{parts: 1, each: func(_ int, f func(pre, post, index int32)) {
		for c := range w.OutChannels {
			for ic := range inPer {
				in := c/outPer*inPer + ic
				kernel := (c*inPer + ic) * w.Kernel[0] * w.Kernel[1]
				taps(w, in, c, kernel, f)
			}
		}
	}}
}

// taps lists the synapses from channel in to channel out; kernel is the weight
// index of the kernel's first element.
func taps(w *network.Window, in, out, kernel int, f func(pre, post, index int32)) {
	for oy := range w.Out[0] {
		for ox := range w.Out[1] {
			to := int32(w.OutIndex(out, oy, ox))
			for ky := range w.Kernel[0] {
				iy := oy*w.Stride[0] - w.Padding[0] + ky*w.Dilation[0]
				if iy < 0 || iy >= w.In[0] {
					continue
				}
				for kx := range w.Kernel[1] {
					ix := ox*w.Stride[1] - w.Padding[1] + kx*w.Dilation[1]
					if ix < 0 || ix >= w.In[1] {
						continue
					}
					f(int32(w.InIndex(in, iy, ix)), to, int32(kernel+ky*w.Kernel[1]+kx))
				}
			}
		}
	}
}
