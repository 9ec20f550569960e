package emulator

import (
	"math"

	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/image"
)

// Current returns, for each neuron, the constant input that values would be if
// the inputs were analogue: the sum of weight × value over its synapses from
// the inputs first, first+1, …, in weight units, rounded to nearest. It is what
// a host computes for a direct encoding, from the weights of the image. Those of
// a neuron's parts and those behind relays are the neuron's; those of its copies
// are the same ones again.
func (c *Chip) Current(values []float64, first int) []int32 {
	sums := make([]float64, len(c.place))
	relayed := map[image.RelaySlot]float64{}
	for i, x := range values {
		if x != 0 {
			c.addCurrent(c.image.InputDests[first+i], x, sums, relayed)
		}
	}
	for _, r := range c.relays {
		if x := relayed[r]; x != 0 {
			c.addCurrent(c.image.Cores[r.Core].Dests[r.Slot], x, sums, relayed)
		}
	}
	lo, hi := fixed.Limits(c.image.Manifest.Arch.StateBits)
	out := make([]int32, len(sums))
	for n, s := range sums {
		out[n] = int32(min(max(math.Round(s), float64(lo)), float64(hi)))
	}
	return out
}

// unpackInputs unpacks the rows of the cores that inputs and relays lead to.
func (c *Chip) unpackInputs() [][]image.Row {
	out := make([][]image.Row, len(c.image.Cores))
	reach := func(dests []image.Dest) {
		for _, d := range dests {
			if d.Core != image.Host && d.Axon >= 0 && out[d.Core] == nil {
				out[d.Core] = c.image.Cores[d.Core].Rows.Unpack()
			}
		}
	}
	for _, dests := range c.image.InputDests {
		reach(dests)
	}
	for _, r := range c.relays {
		reach(c.image.Cores[r.Core].Dests[r.Slot])
	}
	return out
}

// addCurrent adds what a value at destinations is to the sums of the neurons,
// and to the relays that it comes to.
func (c *Chip) addCurrent(dests []image.Dest, x float64, sums []float64, relayed map[image.RelaySlot]float64) {
	for _, d := range dests {
		if d.Core == image.Host || d.Axon < 0 {
			continue
		}
		core := &c.image.Cores[d.Core]
		r := &c.unpacked()[d.Core][d.Axon]
		if r.Silent {
			continue
		}
		for k, slot := range r.Slots {
			switch c.role(int(d.Core), int(slot)) {
			case image.Own, image.Part:
				sums[core.Neurons[slot]] += float64(float64(r.Scaled(r.Weights[k])) * x)
			case image.Relay:
				relayed[image.RelaySlot{Core: d.Core, Slot: int32(slot)}] += x
			case image.Copy:
			}
		}
	}
}
