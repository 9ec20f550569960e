// Package benchnet builds the benchmark networks whose spikes are known: whole
// numbers drawn from splitmix64, so that any tool in any language can build the
// same. Each neuron does v ← v + bias + I and fires, back to 0, when v > 1000
// (or as said); every delay is one tick.
package benchnet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/weft-toolchain/weft/internal/ndarray"
)

const gamma = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// stream is a splitmix64 generator; stream idx of a seed is its own.
type stream uint64

func newStream(seed, idx uint64) stream { return stream(mix(seed + idx*0xd1342543de82ef95)) }

func (s *stream) next() uint64 {
	*s += gamma
	return mix(uint64(*s))
}

// weight draws from −8…−1, 1…8.
func weight(r uint64) float64 {
	w := float64(r&15) - 8
	if w >= 0 {
		w++
	}
	return w
}

// Network is a benchmark network: populations one after another, and edges
// between neurons numbered through all of them.
type Network struct {
	Name        string
	Populations []Population
	edges       []edge
}

// Population is a group of neurons of one threshold.
type Population struct {
	Name       string
	Threshold  int
	Bias, Init []float64
}

type edge struct {
	pre, post int
	weight    float64
}

const threshold = 1000

// draw makes n neurons whose bias and initial potential come from streams
// 0 to n−1; it returns the streams for what else is drawn from them.
func draw(seed uint64, n int) (Population, []stream) {
	p := Population{Name: "neurons", Threshold: threshold, Bias: make([]float64, n), Init: make([]float64, n)}
	streams := make([]stream, n)
	for i := range n {
		s := newStream(seed, uint64(i))
		p.Bias[i] = float64(10 + s.next()%21)
		p.Init[i] = float64(s.next() % threshold)
		streams[i] = s
	}
	return p, streams
}

// distinct draws k distinct of n, none in seen.
func distinct(s *stream, k, n int, seen map[int]bool, add func(target int, w float64)) {
	for drawn := 0; drawn < k; {
		r := s.next()
		t := int(r >> 32 % uint64(n))
		if seen[t] {
			continue
		}
		seen[t] = true
		add(t, weight(r))
		drawn++
	}
}

// Rand is n neurons with k random targets each.
func Rand(n, k int, seed uint64) *Network {
	p, streams := draw(seed, n)
	net := &Network{Name: "rand", Populations: []Population{p}}
	for i := range n {
		distinct(&streams[i], k, n, map[int]bool{i: true}, func(t int, w float64) {
			net.edges = append(net.edges, edge{i, t, w})
		})
	}
	return net
}

// coreSize is the neurons and axons of a core of Tnr.
const coreSize = 256

// Tnr is TrueNorth-like: cores of 256 axons and 256 neurons; each axon reaches
// k neurons of its core, and each neuron drives one axon, by a random
// permutation.
func Tnr(cores, k int, seed uint64) *Network {
	n := cores * coreSize
	perm := make([]int, n)
	for i := range perm {
		perm[i] = i
	}
	s := newStream(seed, 1<<32)
	for i := n - 1; i > 0; i-- {
		j := int(s.next() % uint64(i+1))
		perm[i], perm[j] = perm[j], perm[i]
	}
	p, _ := draw(seed, n)
	net := &Network{Name: "tnr", Populations: []Population{p}}
	for i := range n {
		axon := perm[i]
		s := newStream(seed, 1<<33+uint64(axon))
		base := axon / coreSize * coreSize
		distinct(&s, k, coreSize, map[int]bool{}, func(t int, w float64) {
			net.edges = append(net.edges, edge{i, base + t, w})
		})
	}
	return net
}

// MLP is 784-512-10, dense; the first layer fires by its biases, a quarter of
// which are not zero.
func MLP(seed uint64) *Network {
	sizes := []int{784, 512, 10}
	thresholds := []int{255, 1500, 1500}
	net := &Network{Name: "mlp"}
	for k, n := range sizes {
		p := Population{Name: fmt.Sprintf("layer%d", k), Threshold: thresholds[k], Bias: make([]float64, n), Init: make([]float64, n)}
		net.Populations = append(net.Populations, p)
	}
	for i := range sizes[0] {
		s := newStream(seed, uint64(i))
		if r := s.next(); r>>32%100 < 25 {
			net.Populations[0].Bias[i] = float64(1 + r%32)
		}
	}
	base := 0
	for k := range len(sizes) - 1 {
		for i := range sizes[k] {
			s := newStream(seed, 1<<34+uint64(base+i))
			for j := range sizes[k+1] {
				net.edges = append(net.edges, edge{base + i, base + sizes[k] + j, float64(s.next()>>40%64) - 28})
			}
		}
		base += sizes[k]
	}
	return net
}

// Write writes the network as dir/network.yaml and the arrays beside it, and
// returns the path of the first.
func (n *Network) Write(dir string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "network: %s\npopulations:\n", n.Name)
	first := make([]int, len(n.Populations)+1)
	arrays := map[string]*ndarray.Array{}
	for k, p := range n.Populations {
		first[k+1] = first[k] + len(p.Bias)
		fmt.Fprintf(&b, "  %s: {shape: [%d], neuron: if, params: {threshold: %d, bias: {file: neurons.npz, array: %s_bias}, v_init: {file: neurons.npz, array: %s_init}}}\n",
			p.Name, len(p.Bias), p.Threshold, p.Name, p.Name)
		arrays[p.Name+"_bias"] = vector(p.Bias)
		arrays[p.Name+"_init"] = vector(p.Init)
	}
	if err := ndarray.WriteNPZ(filepath.Join(dir, "neurons.npz"), arrays); err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "projections:\n")
	for from := range n.Populations {
		for to := range n.Populations {
			file := fmt.Sprintf("edges_%d_%d.npz", from, to)
			found, err := n.writeEdges(filepath.Join(dir, file), first[from:from+2], first[to:to+2])
			if err != nil {
				return "", err
			}
			if found {
				fmt.Fprintf(&b, "  - {from: %s, to: %s, connect: {file: %s}}\n", n.Populations[from].Name, n.Populations[to].Name, file)
			}
		}
	}
	path := filepath.Join(dir, "network.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		return "", fmt.Errorf("write network: %w", err)
	}
	return path, nil
}

// writeEdges writes the edges between two ranges of neurons, if there are any.
func (n *Network) writeEdges(path string, from, to []int) (bool, error) {
	var pre, post, weight []float64
	for _, e := range n.edges {
		if e.pre >= from[0] && e.pre < from[1] && e.post >= to[0] && e.post < to[1] {
			pre = append(pre, float64(e.pre-from[0]))
			post = append(post, float64(e.post-to[0]))
			weight = append(weight, e.weight)
		}
	}
	if len(pre) == 0 {
		return false, nil
	}
	return true, ndarray.WriteNPZ(path, map[string]*ndarray.Array{"pre": vector(pre), "post": vector(post), "weight": vector(weight)})
}

func vector(x []float64) *ndarray.Array {
	return &ndarray.Array{Shape: []int{len(x)}, Data: x, Type: ndarray.Float32}
}
