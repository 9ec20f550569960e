package emulator

import (
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"

	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Depth returns how many ticks after an input's spike its last direct effect
// may reach a population: the longest sum of delays along any path of
// projections from input to population, where a loop is passed once. It is 0
// where no path leads there. input and population are indices of the manifest;
// with population −1 it is the longest over all of them.
//
// direct is the same for an input that is a current at the first layer, which
// arrives without its projection's delay.
func Depth(im *image.Image, input, population int) (spikes, direct int) {
	d := delays(im)
	inputs := len(im.Manifest.Inputs)
	rank, order := ranks(d)
	longest := make([]int, len(d))
	first := make([]int, len(d)) // without the delay of the first projection
	for k := range longest {
		longest[k], first[k] = -1, -1
	}
	longest[input] = 0
	for _, from := range order {
		if longest[from] < 0 {
			continue
		}
		for to, delay := range d[from] {
			if delay == 0 || rank[to] == rank[from] {
				continue
			}
			longest[to] = max(longest[to], longest[from]+delay)
			if from == input {
				first[to] = max(first[to], 0)
			} else {
				first[to] = max(first[to], first[from]+delay)
			}
		}
	}
	for k := range im.Manifest.Populations {
		if population == -1 || population == k {
			spikes, direct = max(spikes, longest[inputs+k]), max(direct, first[inputs+k])
		}
	}
	return spikes, direct
}

// delays returns the longest delay from each group to each: inputs first, then
// populations; zero where there is no synapse.
func delays(im *image.Image) [][]int {
	inputs := len(im.Manifest.Inputs)
	n := inputs + len(im.Manifest.Populations)
	out := make([][]int, n)
	for k := range out {
		out[k] = make([]int, n)
	}
	add := func(from int, list []image.Dest) {
		for _, d := range list {
			if d.Core == image.Host {
				continue
			}
			c := &im.Cores[d.Core]
			delay := int(d.Delay)
			if im.Manifest.Arch.DelayPlace == targets.DelaySynapse {
				for _, s := range c.Rows[d.Axon].Delays {
					delay = max(delay, int(s))
				}
			}
			to := inputs + int(c.Population)
			out[from][to] = max(out[from][to], delay)
		}
	}
	for k, g := range im.Manifest.Inputs {
		for i := range g.N {
			add(k, im.InputDests[g.First+i])
		}
	}
	for k := range im.Cores {
		for _, list := range im.Cores[k].Dests {
			add(inputs+int(im.Cores[k].Population), list)
		}
	}
	return out
}

// ranks returns the strongly connected component of each group, and the groups
// in topological order of components.
func ranks(d [][]int) (rank, order []int) {
	g := simple.NewDirectedGraph()
	for k := range d {
		g.AddNode(simple.Node(k))
	}
	for from := range d {
		for to, delay := range d[from] {
			if delay > 0 && from != to {
				g.SetEdge(g.NewEdge(simple.Node(from), simple.Node(to)))
			}
		}
	}
	rank = make([]int, len(d))
	components := topo.TarjanSCC(g) // in reverse topological order
	for k := len(components) - 1; k >= 0; k-- {
		for _, node := range components[k] {
			rank[node.ID()] = k
			order = append(order, int(node.ID()))
		}
	}
	return rank, order
}
