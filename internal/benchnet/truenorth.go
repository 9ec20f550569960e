package benchnet

import (
	"context"
	"fmt"
	"math/bits"
	"runtime/debug"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/isa/models"
	"github.com/weft-toolchain/weft/targets"
)

// The numbers of truenorth's neurons: they fire, back to 0, when v ≥ tnThreshold.
const (
	tnThreshold    = 800
	tnLeak         = 16
	maxLeak        = 255
	tnNegThreshold = 1<<18 - 1 // so far down that no v gets there
)

// truenorth returns cores of 256 binary axons and 256 neurons on a target, as an
// image: so many synapses are not compiled, but put where they belong at once.
// Neurons and axons are numbered through all cores. In the streams of a seed,
//
//	neuron i: stream i: v0 = next()%800, a = 1 + next()%3, b = 1 + next()%3; its weights are
//	          +a, −a, +b and −b for axons of type 0 to 3
//	axon x:   stream 2^33 + x: type = next()%4, then four words, of which bit j%64 of word j/64
//	          says whether there is a synapse to neuron j of its core
//	neuron i drives axon perm[i]: stream 2^32, as in tnr; delay 1
//
// and in each tick v ← v + I + leak; a neuron whose v ≥ 800 then fires, and v is 0.
// That is some leak/800 spikes a tick; with a leak of 0 no neuron ever fires.
//
// Progress is told how many cores there are. The error is a *diag.Error where the
// target cannot hold them, or that of ctx.
func truenorth(ctx context.Context, cores int, seed uint64, leak int32, t *targets.Target, progress func(done int)) (*image.Image, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(whileLaying))
	n := cores * coreSize
	if err := fitsTrueNorth(cores, t); err != nil {
		return nil, err
	}
	prog, err := truenorthProgram()
	if err != nil {
		return nil, err
	}
	im := &image.Image{
		Manifest: image.Manifest{
			Network: "truenorth", TickSeconds: tick, Target: t.Name, Arch: t.Arch, Inputs: []image.Symbol{}, Outputs: []int{},
			Populations: []image.Symbol{{Name: "neurons", Shape: []int{n}, N: n, Model: prog.Name, Scale: []float64{1}}},
		},
		Programs: []isa.Program{*prog},
		Cores:    make([]image.Core, cores),
	}
	consts := map[string]int32{"threshold": tnThreshold, "neg_threshold": tnNegThreshold, "leak": leak}
	perm := permutation(seed, n)
	for k := range im.Cores {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := &im.Cores[k]
		c.X, c.Y = int32(k%t.Arch.MeshWidth), int32(k/t.Arch.MeshWidth)
		for _, b := range prog.Params {
			c.Consts[b.Reg-isa.C0] = consts[b.Name]
		}
		weights := truenorthNeurons(c, k, seed, perm)
		truenorthAxons(c, k, seed, weights)
		progress(k + 1)
	}
	return im, nil
}

// fitsTrueNorth reports a target whose cores are too few or too small.
func fitsTrueNorth(cores int, t *targets.Target) error {
	a := &t.Arch
	at := diag.Pos{File: t.Name}
	switch {
	case cores > a.Cores():
		return diag.One(at, diag.DoesNotFit, "the network has %d cores, %d more than the target's %d", cores, cores-a.Cores(), a.Cores())
	case a.Neurons < coreSize || a.Axons < coreSize:
		return diag.One(at, diag.DoesNotFit, "a core of the target has %d axons and %d neurons, and one of the network %d of each", a.Axons, a.Neurons, coreSize)
	}
	return nil
}

// truenorthProgram returns the program of the neurons, whose parameters are all
// constants of a core.
func truenorthProgram() (*isa.Program, error) {
	m, ok := models.Lookup("truenorth")
	if !ok {
		panic("benchnet: no model truenorth")
	}
	prog, err := m.Assemble(models.Options{Reset: "zero", Shared: map[string]bool{"threshold": true, "neg_threshold": true, "leak": true}})
	if err != nil {
		return nil, fmt.Errorf("model truenorth: %w", err)
	}
	return prog, nil
}

// truenorthNeurons draws the neurons of core k, and returns the weights of each
// for the types of axon.
func truenorthNeurons(c *image.Core, k int, seed uint64, perm []int32) *[targets.AxonTypes][coreSize]int16 {
	var weights [targets.AxonTypes][coreSize]int16
	c.Neurons, c.State, c.Dests = make([]int32, coreSize), make([]int32, coreSize), make([][]image.Dest, coreSize)
	dests := make([]image.Dest, coreSize)
	for j := range coreSize {
		i := k*coreSize + j
		s := newStream(seed, uint64(i))
		c.Neurons[j] = int32(i)
		c.State[j] = int32(s.Next() % tnThreshold)
		a, b := int16(1+s.Next()%3), int16(1+s.Next()%3)
		weights[0][j], weights[1][j], weights[2][j], weights[3][j] = a, -a, b, -b
		dests[j] = image.Dest{Core: perm[i] / coreSize, Axon: perm[i] % coreSize, Delay: 1}
		c.Dests[j] = dests[j : j+1 : j+1]
	}
	return &weights
}

// truenorthAxons draws the axons of core k.
func truenorthAxons(c *image.Core, k int, seed uint64, weights *[targets.AxonTypes][coreSize]int16) {
	var rows image.Packer
	row := image.Row{Slots: make([]uint16, 0, coreSize), Weights: make([]int16, 0, coreSize)}
	for x := range coreSize {
		s := newStream(seed, axonStreams+uint64(k*coreSize+x))
		row.Type = uint8(s.Next() % targets.AxonTypes)
		row.Slots, row.Weights = row.Slots[:0], row.Weights[:0]
		for w := range coreSize / 64 {
			for word := s.Next(); word != 0; word &= word - 1 {
				j := w*64 + bits.TrailingZeros64(word)
				row.Slots, row.Weights = append(row.Slots, uint16(j)), append(row.Weights, weights[row.Type][j])
			}
		}
		rows.Add(&row)
	}
	c.Rows = rows.Rows()
}
