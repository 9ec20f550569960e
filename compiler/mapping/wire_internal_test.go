package mapping

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/targets"
)

// Where every source reaches neurons of one block, sources are visited block by block, and
// else pins may wait by block: each neuron gets the pins that it would get otherwise, in the
// same order.
func TestBlocksChangeNoPin(t *testing.T) {
	const n = 3 << blockBits
	r := rand.New(rand.NewPCG(1, 1))
	for _, within := range []bool{true, false} {
		c := network.Connect{Kind: network.Edges}
		var weights []float64
		for i, block := range r.Perm(n) {
			first, room := block>>blockBits<<blockBits, 1<<blockBits
			if !within {
				first, room = 0, n
			}
			for range r.IntN(40) {
				c.Pre, c.Post = append(c.Pre, int32(i)), append(c.Post, int32(first+r.IntN(room)))
				weights = append(weights, float64(r.IntN(9)-4))
			}
		}
		net := &network.Network{
			Populations: []network.Population{{Name: "a", Shape: []int{1 << blockBits}}, {Name: "b", Shape: []int{n}}},
			Projections: []network.Projection{
				{From: network.Ref{Index: 1}, To: 1, Connect: c, Weights: network.Numbers{List: numbers.Of(weights...)}, Delays: network.Numbers{List: numbers.Of(1)}},
			},
		}
		g := lower.Lower(net)
		q := &ir.Quantized{Graph: g, Classes: []ir.Class{{}}, ClassOf: []uint8{0}, Weights: make([][]int16, 1)}
		for _, w := range g.Projections[0].Weight.Floats() {
			q.Weights[0] = append(q.Weights[0], int16(w))
		}
		arch := &targets.Arch{DelayPlace: targets.DelayAxon, MaxDelay: 4, SynapseFormat: targets.Sparse}
		w := wire(q, arch, 3)
		if (w.visits != nil) != within {
			t.Errorf("visited by block: %v, though within blocks: %v", w.visits != nil, within)
		}
		in := w.pins
		w.visits = nil
		for _, wait := range []bool{false, true} {
			w.pins = makePins(int64(in.len()), false)
			m := w.pinner(w.all())
			if wait {
				m.wait()
			}
			w.fill(m, w.number(), w.all())
			for n := range q.Neurons() {
				p := w.of(n)
				p.sort()
			}
			if !slices.Equal(in.net, w.pins.net) || !slices.Equal(in.weight, w.pins.weight) {
				t.Errorf("pins are others, or in another order (within blocks: %v, waiting: %v)", within, wait)
			}
		}
	}
}
