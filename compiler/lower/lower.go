// Package lower expands the projections of a network into synapses.
package lower

import (
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
)

// Lower returns the graph of a network. Neurons are numbered in declaration
// order.
func Lower(net *network.Network) *ir.Graph {
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
		g.Projections = append(g.Projections, expand(g, k))
	}
	return g
}

// edge is a synapse before it is sorted by source.
type edge struct {
	pre, post int32
	// index is the place of its weight and, where each synapse has its own, of
	// its delay.
	index int32
}

func expand(g *ir.Graph, k int) ir.Projection {
	np := &g.Net.Projections[k]
	p := ir.Projection{Index: k, From: np.From, To: np.To}
	pre, post := g.FromGroup(&p).N, g.Populations[np.To].N
	edges := make([]edge, 0, np.Synapses(pre, post))
	factor := 1.0
	switch np.Connect.Kind {
	case network.Dense:
		for i := range pre {
			for j := range post {
				edges = append(edges, edge{int32(i), int32(j), int32(i*post + j)})
			}
		}
	case network.OneToOne:
		for i := range pre {
			edges = append(edges, edge{int32(i), int32(i), int32(i)})
		}
	case network.Edges:
		for i := range np.Connect.Pre {
			edges = append(edges, edge{np.Connect.Pre[i], np.Connect.Post[i], int32(i)})
		}
	case network.Conv2D:
		edges = conv(np.Connect.Window, edges)
	case network.SumPool, network.AvgPool:
		w := np.Connect.Window
		if np.Connect.Kind == network.AvgPool {
			factor = 1 / float64(w.Kernel[0]*w.Kernel[1])
		}
		edges = pool(w, edges)
	}
	bySource(&p, np, edges, pre, factor)
	return p
}

// conv lists the taps of a cross-correlation that fall inside the input.
func conv(w *network.Window, edges []edge) []edge {
	inPer, outPer := w.InChannels/w.Groups, w.OutChannels/w.Groups
	for c := range w.OutChannels {
		for ic := range inPer {
			in := c/outPer*inPer + ic
			kernel := (c*inPer + ic) * w.Kernel[0] * w.Kernel[1]
			edges = taps(w, in, c, kernel, edges)
		}
	}
	return edges
}

// pool lists the taps of a pool: each channel by itself, one weight for all.
func pool(w *network.Window, edges []edge) []edge {
	start := len(edges)
	for c := range w.OutChannels {
		edges = taps(w, c, c, 0, edges)
	}
	for k := start; k < len(edges); k++ {
		edges[k].index = 0
	}
	return edges
}

// taps lists the synapses from channel in to channel out; kernel is the weight
// index of the kernel's first element.
func taps(w *network.Window, in, out, kernel int, edges []edge) []edge {
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
					edges = append(edges, edge{int32(w.InIndex(in, iy, ix)), to, int32(kernel + ky*w.Kernel[1] + kx)})
				}
			}
		}
	}
	return edges
}

// bySource sorts edges by source, then target, keeping the order of equals,
// and fills the projection.
func bySource(p *ir.Projection, np *network.Projection, edges []edge, pre int, factor float64) {
	p.Off = make([]int32, pre+1)
	for _, e := range edges {
		p.Off[e.pre+1]++
	}
	for i := range pre {
		p.Off[i+1] += p.Off[i]
	}
	sorted := make([]edge, len(edges))
	next := slices.Clone(p.Off)
	for _, e := range edges {
		sorted[next[e.pre]] = e
		next[e.pre]++
	}
	for i := range pre {
		row := sorted[p.Off[i]:p.Off[i+1]]
		if !slices.IsSortedFunc(row, byPost) {
			slices.SortStableFunc(row, byPost)
		}
	}
	p.Post = make([]int32, len(sorted))
	p.Weight = make([]float64, len(sorted))
	perSynapse := len(np.Delays.Values) > 1
	if perSynapse {
		p.Delay = make([]uint16, len(sorted))
	} else {
		p.Delay = []uint16{uint16(np.Delays.At(0))}
	}
	for k, e := range sorted {
		p.Post[k] = e.post
		p.Weight[k] = np.Weights.At(int(e.index)) * factor
		if perSynapse {
			p.Delay[k] = uint16(np.Delays.At(int(e.index)))
		}
	}
}

func byPost(a, b edge) int { return int(a.post) - int(b.post) }
