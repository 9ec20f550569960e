package emulator

import (
	"cmp"
	"slices"

	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"

	"github.com/weft-toolchain/weft/isa/image"
)

// Depth returns how many ticks after an input's spike its last direct effect
// may reach a population: the longest sum of delays along the paths of
// projections from input to population. Of populations that form loops, those
// fewer projections from the input come first, and a projection back to one
// that came before is not followed: what goes round a loop has no last effect.
// It is 0 where no path leads there. input and population are indices of the
// manifest; with population −1 it is the longest over all of them.
//
// direct is the same for an input that is a current at the first layer, which
// arrives without its projection's delay.
func Depth(im *image.Image, input, population int) (spikes, direct int) {
	d := delays(im)
	inputs := len(im.Manifest.Inputs)
	longest := make([]int, len(d))
	first := make([]int, len(d)) // without the delay of the first projection
	for k := range longest {
		longest[k], first[k] = -1, -1
	}
	longest[input] = 0
	passed := make([]bool, len(d))
	for _, from := range order(d, input) {
		passed[from] = true
		if longest[from] < 0 {
			continue
		}
		for to, delay := range d[from] {
			if delay == none || passed[to] {
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

// none is the delay from a group to one that it does not reach.
const none = -1

// delays returns the longest delay from each group to each: inputs first, then
// populations; none where there is no synapse. What lies between, in relays and
// parts of neurons, is part of the delay.
func delays(im *image.Image) [][]int {
	inputs := len(im.Manifest.Inputs)
	n := inputs + len(im.Manifest.Populations)
	out := make([][]int, n)
	for k := range out {
		out[k] = slices.Repeat([]int{none}, n)
	}
	w := newWays(im)
	add := func(from int, list []image.Dest) {
		for _, d := range list {
			for _, to := range w.dest(d) {
				at := &out[from][inputs+int(to.population)]
				*at = max(*at, to.delay)
			}
		}
	}
	for k, g := range im.Manifest.Inputs {
		for i := range g.N {
			add(k, im.InputDests[g.First+i])
		}
	}
	for k := range im.Cores {
		for slot, list := range im.Cores[k].Dests {
			if !w.between(k, slot) {
				add(inputs+int(w.populations[k][slot]), list)
			}
		}
	}
	return out
}

// order returns the groups such that projections lead from earlier to later
// ones, but within loops, whose groups stand in order of projections from input.
func order(d [][]int, input int) []int {
	g := simple.NewDirectedGraph()
	for k := range d {
		g.AddNode(simple.Node(k))
	}
	for from := range d {
		for to, delay := range d[from] {
			if delay != none && from != to {
				g.SetEdge(g.NewEdge(simple.Node(from), simple.Node(to)))
			}
		}
	}
	away := projectionsFrom(d, input)
	var out []int
	components := topo.TarjanSCC(g) // in reverse topological order
	for _, nodes := range slices.Backward(components) {
		first := len(out)
		for _, n := range nodes {
			out = append(out, int(n.ID()))
		}
		slices.SortFunc(out[first:], func(a, b int) int {
			return cmp.Or(cmp.Compare(away[a], away[b]), cmp.Compare(a, b))
		})
	}
	return out
}

// projectionsFrom returns how few projections lead from a group to each other
// one; as many as there are groups where none do.
func projectionsFrom(d [][]int, from int) []int {
	away := make([]int, len(d))
	for k := range away {
		away[k] = len(d)
	}
	away[from] = 0
	queue := []int{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for to, delay := range d[at] {
			if delay != none && away[to] == len(d) {
				away[to] = away[at] + 1
				queue = append(queue, to)
			}
		}
	}
	return away
}
