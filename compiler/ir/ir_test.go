package ir_test

import (
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/targets"
)

// graph has one input and two neurons, both of which it reaches.
func graph() *ir.Graph {
	return &ir.Graph{
		Net:         &network.Network{Projections: make([]network.Projection, 1)},
		Inputs:      []ir.Group{{Name: "in", N: 1}},
		Populations: []ir.Group{{Name: "p", N: 2}},
		Projections: []ir.Projection{{From: network.Ref{Input: true}, Off: []int32{0, 2}, Post: []int32{0, 1}, Weight: numbers.Of(3, 4), Delay: []uint16{1}}},
	}
}

func quantized() *ir.Quantized {
	return &ir.Quantized{
		Graph: graph(), StateBits: 8, Weights: [][]int16{{3, 4}}, Stats: make([]ir.QuantStats, 1), ClassOf: []uint8{0}, Classes: []ir.Class{{}},
		Pops: []ir.QuantizedPopulation{{Scale: []float64{1}, Params: map[string][]int32{"bias": {127}}, Init: map[string][]int32{"v": {-128, 0}}}},
	}
}

// mapped holds the two neurons in a core each.
func mapped() *ir.Mapped {
	m := &ir.Mapped{
		Quantized: quantized(),
		Arch: &targets.Arch{
			MeshWidth: 2, MeshHeight: 1, Neurons: 1, Axons: 1, FanOut: 1, MaxDelay: 4,
			SynapseFormat: targets.Dense, WordSynapses: 1, DelayPlace: targets.DelayAxon,
		},
		Place:      []ir.Place{{Core: 0}, {Core: 1}},
		InputDests: [][]ir.Dest{{{Core: 0, Delay: 1}, {Core: 1, Delay: 1}}},
	}
	for k := range 2 {
		m.Cores = append(m.Cores, ir.MappedCore{
			X: k, Neurons: []int32{int32(k)}, Dests: make([][]ir.Dest, 1),
			Axons: []ir.Axon{{Input: true, Delay: 1, Slots: []uint16{0}, Weights: []int16{3}}},
		})
	}
	m.Cores[0].Dests[0] = []ir.Dest{{Core: ir.Host}}
	return m
}

func TestVerifyNamesWhatIsBroken(t *testing.T) {
	type levels struct {
		g *ir.Graph
		q *ir.Quantized
		m *ir.Mapped
	}
	for _, test := range []struct {
		name   string
		damage func(l *levels)
		want   string // in the message; empty means sound
	}{
		{"a sound network", func(*levels) {}, ""},

		{"graph: offsets that end early", func(l *levels) { l.g.Projections[0].Off[1] = 1 }, "graph: projection 0: offsets do not span its 2 synapses"},
		{"graph: a weight is missing", func(l *levels) { l.g.Projections[0].Weight = numbers.List{} }, "0 weights and 1 delays for 2 synapses"},
		{"graph: a delay is missing", func(l *levels) { l.g.Projections[0].Delay = nil }, "2 weights and 0 delays for 2 synapses"},
		{"graph: a target beyond its population", func(l *levels) { l.g.Projections[0].Post[1] = 2 }, "synapse 1 ends at neuron 2 of 2"},
		{"graph: targets out of order", func(l *levels) { l.g.Projections[0].Post = []int32{1, 0} }, "targets of source 0 are not ascending"},
		{"graph: offsets that fall", func(l *levels) {
			l.g.Inputs[0].N, l.g.Projections[0].Off = 2, []int32{0, 3, 2}
		}, "offsets fall at source 1"},

		{"quantized: a list of weights is missing", func(l *levels) { l.q.Weights = nil }, "0 weight lists and 1 statistics for 1 projections"},
		{"quantized: a weight is missing", func(l *levels) { l.q.Weights[0] = l.q.Weights[0][:1] }, "projection 0 has 1 weights for 2 synapses"},
		{"quantized: a parameter of three neurons", func(l *levels) { l.q.Pops[0].Params["bias"] = []int32{1, 2, 3} }, "bias has 3 values for 2 neurons"},
		{"quantized: a state word too large", func(l *levels) { l.q.Pops[0].Params["bias"][0] = 128 }, "bias = 128 does not fit 8 bits"},
		{"quantized: a state word too small", func(l *levels) { l.q.Pops[0].Init["v"][0] = -129 }, "v = -129 does not fit 8 bits"},
		{"quantized: three scales", func(l *levels) { l.q.Pops[0].Scale = []float64{1, 2, 3} }, "3 scales for 2 neurons"},

		{"mapped: off the mesh", func(l *levels) { l.m.Cores[1].X = 2 }, "core 1 at (2, 0) is off the mesh"},
		{"mapped: two cores at one place", func(l *levels) { l.m.Cores[1].X = 0 }, "cores 0 and 1 are both at (0, 0)"},
		{"mapped: too many axons", func(l *levels) { l.m.Arch.Axons = 0 }, "core 0 has 1 neurons and 1 axons"},
		{"mapped: a neuron twice", func(l *levels) { l.m.Cores[1].Neurons[0] = 0 }, "neuron 0 is not in slot 0 of core 1 alone"},
		{"mapped: a neuron nowhere", func(l *levels) { l.m.Cores[1] = ir.MappedCore{X: 1} }, "neuron 1 has no slot"},
		{"mapped: a synapse lost", func(l *levels) { l.m.Cores[1].Axons[0].Slots, l.m.Cores[1].Axons[0].Weights = nil, nil }, "1 synapses in rows, the network has 2"},
		{"mapped: a slot that is not there", func(l *levels) { l.m.Cores[1].Axons[0].Slots[0] = 1 }, "core 1, axon 0: a synapse to slot 1 of 1"},
		{"mapped: a delay beyond the longest", func(l *levels) { l.m.Cores[1].Axons[0].Delay = 5 }, "core 1, axon 0: a delay of 5"},
		{"mapped: a delay in the wrong place", func(l *levels) { l.m.Cores[1].Axons[0].Delays = []uint16{1} }, "a synapse with a delay of 1"},
		{"mapped: a slot twice in a dense row", func(l *levels) {
			a := &l.m.Cores[1].Axons[0]
			a.Slots, a.Weights = append(a.Slots, 0), append(a.Weights, 3)
		}, "slot 0 after slot 0"},
		{"mapped: synapse memory", func(l *levels) { l.m.Arch.SynapseFormat = targets.Sparse }, "core 0 needs 1 synapse words"},
		{"mapped: an axon without a source", func(l *levels) { l.m.InputDests[0] = l.m.InputDests[0][:1] }, "1 axons have no source"},
		{"mapped: an axon of two sources", func(l *levels) { l.m.InputDests[0][1] = l.m.InputDests[0][0] }, "axon 0 of core 0 is not of source 0 and delay 1 alone"},
		{"mapped: an axon of another delay", func(l *levels) { l.m.InputDests[0][1].Delay = 2 }, "axon 0 of core 1 is not of source 0 and delay 2 alone"},
		{"mapped: a destination that is not there", func(l *levels) { l.m.InputDests[0][1].Axon = 1 }, "a destination core 1, axon 1"},
		{"mapped: an input to the host", func(l *levels) { l.m.InputDests[0][1].Core = ir.Host }, "a destination core -1"},
		{"mapped: too many destinations", func(l *levels) { l.m.Arch.FanOut = 0 }, "core 0 has more than 0 destinations"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := mapped()
			l := &levels{m.Graph, m.Quantized, m}
			test.damage(l)
			got := ""
			for _, verify := range []func() error{l.g.Verify, l.q.Verify, l.m.Verify} {
				if err := verify(); err != nil {
					got = err.Error()
					break
				}
			}
			if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func TestSynapseWordsAreRoundedUp(t *testing.T) {
	for _, test := range []struct {
		format             targets.SynapseFormat
		neurons, row, want int
	}{
		{targets.Dense, 256, 0, 32},
		{targets.Dense, 257, 1, 33},
		{targets.Sparse, 256, 0, 0},
		{targets.Sparse, 256, 8, 1},
		{targets.Sparse, 256, 9, 2},
	} {
		a := &targets.Arch{SynapseFormat: test.format, Neurons: test.neurons, WordSynapses: 8}
		if got := ir.SynapseWords(a, test.row); got != test.want {
			t.Errorf("%s, %d neurons, a row of %d: %d words, want %d", test.format, test.neurons, test.row, got, test.want)
		}
	}
}
