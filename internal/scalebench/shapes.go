package main

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/weft-toolchain/weft/internal/splitmix"
)

const (
	coreSize = 256
	maxCores = 4096
	netFile  = "network.yaml"
	edgeFile = "edges.npz"
)

// shape is a kind of network.
type shape struct {
	name string
	// edges says that one population has edges in a file; order is in which order
	// they stand there.
	edges bool
	order order
	// fill is how many of four crossbar points have a synapse.
	fill uint64
	// typed is for the target truenorth: the weight of a synapse is its source's.
	// Else each crossbar point has its own, and the target is like xbar256.
	typed bool
}

// order is how edges are listed.
type order int

const (
	bySource order = iota
	byTarget
	// scattered is by source, where neurons of a core do not have numbers next to each
	// other.
	scattered
)

var all = []shape{
	{name: "full", edges: true, fill: 4},
	{name: "full-typed", edges: true, fill: 4, typed: true},
	{name: "half", edges: true, fill: 2},
	{name: "half-typed", edges: true, fill: 2, typed: true},
	{name: "by-target", edges: true, order: byTarget, fill: 4},
	{name: "scattered", edges: true, order: scattered, fill: 4},
	{name: "scattered-half", edges: true, order: scattered, fill: 2},
	{name: "dense"},
	{name: "dense-typed", typed: true},
}

func shapeNames() []string {
	names := make([]string, len(all))
	for k := range all {
		names[k] = all[k].name
	}
	return names
}

// target is the -t of a shape.
func (s *shape) target(dir string) string {
	if s.typed {
		return "truenorth"
	}
	return filepath.Join(dir, "target.yaml")
}

const targetText = `target: scale
inherits: xbar256
doc: 4096 cores of 256 axons and 256 neurons, signed weights of 8 bits
arch: {mesh: [64, 64]}
`

// write writes a network of some cores, and returns how many synapses it has.
func (s *shape) write(dir string, cores int) (synapses int, err error) {
	if err := os.WriteFile(filepath.Join(dir, "target.yaml"), []byte(targetText), 0o644); err != nil {
		return 0, err
	}
	neuron := "if, params: {threshold: 1000}"
	if s.typed {
		neuron = "truenorth, params: {threshold: 1000}"
	}
	var net strings.Builder
	if s.edges {
		fmt.Fprintf(&net, "network: scale\npopulations:\n  all: {shape: %d, neuron: %s}\n", cores*coreSize, neuron)
		fmt.Fprintf(&net, "projections: [{from: all, to: all, connect: {file: %s}}]\n", edgeFile)
		synapses, err = s.writeEdges(filepath.Join(dir, edgeFile), cores)
	} else {
		synapses = s.denseLayers(&net, cores, neuron)
	}
	if err != nil {
		return 0, err
	}
	return synapses, os.WriteFile(filepath.Join(dir, netFile), []byte(net.String()), 0o644)
}

// denseLayers has a population a core, each of which sends to the next of a random
// round.
func (s *shape) denseLayers(net *strings.Builder, cores int, neuron string) (synapses int) {
	fmt.Fprintf(net, "network: scale\npopulations:\n")
	for k := range cores {
		fmt.Fprintf(net, "  p%d: {shape: %d, neuron: %s}\n", k, coreSize, neuron)
	}
	fmt.Fprintf(net, "projections:\n")
	round := rand.New(rand.NewPCG(1, 1)).Perm(cores)
	for k := range cores {
		weights := fmt.Sprintf("{integer: [-7, 7], seed: %d}", k)
		if s.typed {
			weights = fmt.Sprint(k%4 + 1)
		}
		fmt.Fprintf(net, "  - {from: p%d, to: p%d, connect: dense, weights: %s}\n", round[k], round[(k+1)%cores], weights)
	}
	return cores * coreSize * coreSize
}

// crossbars says which neurons read which, and how.
type crossbars struct {
	*shape
	cores int
	// axon is the axon of each source, counted over all cores; source is the inverse.
	axon, source []int32
	// neuron is the number of each slot's neuron, counted over all cores.
	neuron []int32
}

func (s *shape) crossbars(cores int) *crossbars {
	n := cores * coreSize
	x := &crossbars{shape: s, cores: cores, axon: make([]int32, n), source: make([]int32, n), neuron: make([]int32, n)}
	rng := rand.New(rand.NewPCG(1, 2))
	for i, a := range rng.Perm(n) {
		x.axon[i], x.source[a] = int32(a), int32(i)
	}
	for slot := range x.neuron {
		x.neuron[slot] = int32(slot)
	}
	if s.order == scattered {
		for slot, i := range rng.Perm(n) {
			x.neuron[slot] = int32(i)
		}
	}
	return x
}

// has says whether an axon has a synapse with a slot of its core, and what it weighs.
func (x *crossbars) has(axon, slot int32) (weight int8, ok bool) {
	h := splitmix.Hash(uint64(axon)<<8 | uint64(slot%coreSize))
	weight = int8(h>>8%4)*2 - 3
	if x.typed {
		weight = int8(splitmix.Hash(uint64(axon))>>8%4)*2 - 3
	}
	return weight, h%4 < x.fill
}

// each calls f for all edges in order.
func (x *crossbars) each(f func(pre, post int32, weight int8)) {
	for i := range int32(len(x.axon)) {
		axon := x.axon[i]
		for k := range int32(coreSize) {
			pre, slot := i, axon/coreSize*coreSize+k
			if x.order == byTarget {
				axon, slot = i/coreSize*coreSize+k, i
				pre = x.source[axon]
			}
			if w, ok := x.has(axon, slot); ok {
				f(pre, x.neuron[slot], w)
			}
		}
	}
}

// writeEdges writes arrays pre, post and weight, and returns how many edges they have.
func (s *shape) writeEdges(path string, cores int) (edges int, err error) {
	x := s.crossbars(cores)
	x.each(func(_, _ int32, _ int8) { edges++ })
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, a := range []struct {
		name, descr string
		put         func(b []byte, pre, post int32, weight int8) []byte
	}{
		{"pre", "<i4", func(b []byte, pre, _ int32, _ int8) []byte {
			return binary.LittleEndian.AppendUint32(b, uint32(pre))
		}},
		{"post", "<i4", func(b []byte, _, post int32, _ int8) []byte {
			return binary.LittleEndian.AppendUint32(b, uint32(post))
		}},
		{"weight", "|i1", func(b []byte, _, _ int32, weight int8) []byte { return append(b, byte(weight)) }},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: a.name + ".npy", Method: zip.Store})
		if err != nil {
			return 0, err
		}
		bw := bufio.NewWriterSize(w, 1<<20)
		head(bw, a.descr, edges)
		var b []byte
		x.each(func(pre, post int32, weight int8) {
			b = a.put(b[:0], pre, post, weight)
			_, _ = bw.Write(b) // Flush tells
		})
		if err := bw.Flush(); err != nil {
			return 0, err
		}
	}
	if err := z.Close(); err != nil {
		return 0, err
	}
	return edges, f.Close()
}

// head writes the beginning of an .npy file.
func head(w io.Writer, descr string, n int) {
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }", descr, n)
	text += strings.Repeat(" ", (64-(10+len(text)+1)%64)%64) + "\n"
	fmt.Fprintf(w, "\x93NUMPY\x01\x00%c%c%s", len(text)&0xff, len(text)>>8, text)
}
