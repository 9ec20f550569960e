// Package benchnet builds the benchmark networks whose spikes are known: whole
// numbers drawn from splitmix64, so that any tool in any language can build the
// same. Every delay is one tick.
//
// The neurons of rand, tnr and mlp do v ← v + bias + I and fire, back to 0, when
// v > 1000, or as said.
package benchnet

import (
	"fmt"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/internal/splitmix"
)

const (
	threshold = 1000
	tick      = 1e-3 // seconds
)

// fanOut and axonFanOut are how many neurons a neuron of rand, and an axon of tnr,
// reaches.
const (
	fanOut     = 100
	axonFanOut = 128
)

// coreSize is the neurons and axons of a core of tnr and truenorth.
const coreSize = 256

// empty returns a network that its projections are to be put into.
func empty(name string) *network.Network {
	return &network.Network{File: name, Name: name, Tick: tick}
}

// add adds a population of integrate-and-fire neurons.
func add(net *network.Network, name string, threshold int, bias, init []float64) {
	one := func(x ...float64) network.Value { return network.Value{Pos: diag.Pos{File: net.File}, Values: x} }
	net.Populations = append(net.Populations, network.Population{
		Name: name, Pos: diag.Pos{File: net.File}, Shape: []int{len(bias)}, Model: network.IF, Reset: network.ResetZero,
		Params: map[network.Param]network.Value{
			network.VThreshold: one(float64(threshold)), network.Bias: one(bias...), network.VInit: one(init...),
			network.VReset: one(0), network.R: one(1), network.Refractory: one(0),
		},
	})
}

// join adds a projection between two populations.
func join(net *network.Network, from, to int, c network.Connect, weights []float64) {
	pos := diag.Pos{File: net.File}
	net.Projections = append(net.Projections, network.Projection{
		Pos: pos, Name: net.Populations[from].Name + "→" + net.Populations[to].Name,
		From: network.Ref{Index: from}, To: to, Connect: c,
		Weights: network.Numbers{Pos: pos, List: numbers.Of(weights...)}, Delays: network.Numbers{Pos: pos, List: numbers.Of(1)},
	})
}

// draw adds a population of n neurons whose bias and initial potential come from
// streams 0 to n−1; it returns the streams for what else is drawn from them.
func draw(net *network.Network, seed uint64, n int) []splitmix.Stream {
	bias, init, streams := make([]float64, n), make([]float64, n), make([]splitmix.Stream, n)
	for i := range n {
		s := newStream(seed, uint64(i))
		bias[i] = float64(10 + s.Next()%21)
		init[i] = float64(s.Next() % threshold)
		streams[i] = s
	}
	add(net, "neurons", threshold, bias, init)
	return streams
}

// edges are the synapses of a projection, one after the other.
type edges struct {
	pre, post []int32
	weights   []float64
}

func newEdges(n int) *edges {
	return &edges{make([]int32, 0, n), make([]int32, 0, n), make([]float64, 0, n)}
}

func (e *edges) add(pre, post int, w float64) {
	e.pre, e.post, e.weights = append(e.pre, int32(pre)), append(e.post, int32(post)), append(e.weights, w)
}

func (e *edges) join(net *network.Network) {
	join(net, 0, 0, network.Connect{Kind: network.Edges, Pre: e.pre, Post: e.post}, e.weights)
}

// random is n neurons with fanOut random targets each; n is more than fanOut.
func random(n int, seed uint64) *network.Network {
	net := empty("rand")
	streams := draw(net, seed, n)
	e, d := newEdges(n*fanOut), newDrawer(n)
	for i := range n {
		d.distinct(&streams[i], fanOut, i, func(to int, w float64) { e.add(i, to, w) })
	}
	e.join(net)
	return net
}

// tnr is TrueNorth-like: cores of 256 axons and 256 neurons; each axon reaches
// axonFanOut neurons of its core, and each neuron drives one axon, by a random
// permutation.
func tnr(cores int, seed uint64) *network.Network {
	net := empty("tnr")
	n := cores * coreSize
	draw(net, seed, n)
	e, d := newEdges(n*axonFanOut), newDrawer(coreSize)
	for i, axon := range permutation(seed, n) {
		s := newStream(seed, axonStreams+uint64(axon))
		base := int(axon) / coreSize * coreSize
		d.distinct(&s, axonFanOut, -1, func(to int, w float64) { e.add(i, base+to, w) })
	}
	e.join(net)
	return net
}

// mlp is 784-512-10, dense; the first layer fires by its biases, a quarter of
// which are not zero.
func mlp(seed uint64) *network.Network {
	net := empty("mlp")
	sizes := []int{784, 512, 10}
	thresholds := []int{255, 1500, 1500}
	for k, n := range sizes {
		bias := make([]float64, n)
		if k == 0 {
			drawSparse(bias, seed)
		}
		add(net, fmt.Sprintf("layer%d", k), thresholds[k], bias, make([]float64, n))
	}
	first := 0
	for k := range len(sizes) - 1 {
		weights := make([]float64, 0, sizes[k]*sizes[k+1])
		for i := range sizes[k] {
			s := newStream(seed, layerStreams+uint64(first+i))
			for range sizes[k+1] {
				weights = append(weights, float64(s.Next()>>40%64)-28)
			}
		}
		join(net, k, k+1, network.Connect{Kind: network.Dense}, weights)
		first += sizes[k]
	}
	return net
}

// drawSparse draws the biases of the first layer, of which some three in four are 0.
func drawSparse(bias []float64, seed uint64) {
	for i := range bias {
		s := newStream(seed, uint64(i))
		if r := s.Next(); r>>32%100 < 25 {
			bias[i] = float64(1 + r%32)
		}
	}
}
