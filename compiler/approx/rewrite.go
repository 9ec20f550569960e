package approx

import (
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/isa/models"
)

// rewrite makes the network with the relays of w as its last population.
func (w *work) rewrite() {
	out := copied(w.q, len(w.list))
	w.out.Quantized = out
	if len(w.list) == 0 { // all weights are 0, and without these synapses it fits
		w.direct(out)
		return
	}
	w.told.Latency = max(0, 2-w.in.shortest)
	w.direct(out)
	w.population(out)
	w.between(out)
	w.profile()
	w.out.Populations = append(w.out.Populations, w.told)
}

// copied returns q with lists of its own, of which more neurons may be added.
func copied(q *ir.Quantized, more int) *ir.Quantized {
	out, g, net := *q, *q.Graph, *q.Net
	out.Graph, g.Net = &g, &net
	net.Populations, net.Projections = slices.Clone(net.Populations), slices.Clone(net.Projections)
	g.Populations, g.Projections = slices.Clone(g.Populations), slices.Clone(g.Projections)
	out.Pops, out.Weights = slices.Clone(q.Pops), slices.Clone(q.Weights)
	out.Stats, out.ClassOf = slices.Clone(q.Stats), slices.Clone(q.ClassOf)
	if q.Removed != nil {
		out.Removed = append(slices.Clone(q.Removed), make([]bool, more)...)
	}
	if q.SameAs != nil {
		out.SameAs = slices.Clone(q.SameAs)
		for k := range more {
			out.SameAs = append(out.SameAs, int32(q.Neurons()+k))
		}
	}
	return &out
}

// last is the delay of what relays send: what is left for the spikes they get is the
// rest of each delay, and 1 at least.
func (w *work) last() int { return max(1, w.in.shortest-1) }

// direct takes the synapses into neurons with relays away, and puts off the others
// by the relays' latency, so that a population stays together.
func (w *work) direct(out *ir.Quantized) {
	for k := range out.Projections {
		was := &w.q.Projections[k]
		if was.To != w.pop {
			continue
		}
		p, kept := was.Sift(func(_, s int) bool { return !w.relayed[was.Post[s]] })
		p.Delay = slices.Clone(p.Delay)
		for i := range p.Delay {
			p.Delay[i] += uint16(w.told.Latency)
		}
		out.Projections[k], out.Weights[k] = p, numbers.Pick(out.Weights[k], kept)
	}
}

// population adds the relays.
func (w *work) population(out *ir.Quantized) {
	thresholds, inits := make([]int32, len(w.list)), make([]int32, len(w.list))
	for k, r := range w.list {
		thresholds[k], inits[k] = int32(r.threshold), int32(r.init)
	}
	w.add(out, "relays", []int{len(w.list)}, thresholds, inits)
}

// add adds a population of neurons that sum, fire at a threshold, and keep the rest.
func (w *work) add(out *ir.Quantized, what string, shape []int, thresholds, inits []int32) {
	of := &out.Net.Populations[w.pop]
	model, _ := ir.RelayModel(w.arch)
	np := network.Population{
		Name: freeName(out.Net, of.Name+" "+what), Pos: of.Pos, Shape: shape,
		Model: model, Reset: network.ResetSubtract, Params: map[network.Param]network.Value{},
	}
	p := ir.QuantizedPopulation{
		Model: model, Reset: network.ResetSubtract, Exact: true, Scale: []float64{1},
		Params: map[string][]int32{}, Init: map[string][]int32{"v": shortest(inits)},
	}
	if registers := model.Registers(); registers == nil {
		p.FactorBits = models.FactorBits(out.StateBits)
		p.Params["bias"] = []int32{0}
	} else {
		for _, r := range registers {
			p.Params[string(r.Name)] = []int32{int32(r.Default)}
		}
		delete(p.Params, "v_init") // a state word
		p.Choices = map[string]string{}
		for _, c := range model.Choices() {
			p.Choices[c.Name] = c.Words[0]
		}
		np.Choices = p.Choices
	}
	p.Params["threshold"] = shortest(thresholds)
	first := out.Neurons()
	out.Net.Populations = append(out.Net.Populations, np)
	out.Pops = append(out.Pops, p)
	out.Populations = append(out.Populations, ir.Group{Name: np.Name, Shape: np.Shape, First: first, N: network.Size(shape)})
}

// shortest returns one element of a list whose elements are all the same, or the list.
func shortest(list []int32) []int32 {
	for _, x := range list {
		if x != list[0] {
			return list
		}
	}
	return list[:1]
}

// freeName returns a name that no population has.
func freeName(net *network.Network, name string) string {
	free := name
	for n := 2; slices.ContainsFunc(net.Populations, func(p network.Population) bool { return p.Name == free }); n++ {
		free = fmt.Sprintf("%s %d", name, n)
	}
	return free
}

// edge is a synapse of a new projection: its weight is units, each of which stands for
// unit of what was weight.
type edge struct {
	source, post int32
	delay        uint16
	units, unit  int
	weight       int16
}

// between adds the projections to the relays, one a group of sources, and from them.
func (w *work) between(out *ir.Quantized) {
	relays := len(out.Populations) - 1
	bySource := make([][]edge, w.q.InputCount()+w.q.Neurons())
	shift := w.told.Latency - w.last()
	last := make([]edge, len(w.list))
	for k, r := range w.list {
		n := &w.neurons[r.neuron]
		p := &n.parts[r.part]
		mine := w.in.of(n.index)
		for _, i := range p.inputs {
			x := &mine[i]
			units := w.coded.of(n.index, magnitude(x.weight))
			bySource[x.source] = append(bySource[x.source], edge{post: int32(k), delay: uint16(int(x.delay) + shift), units: units, unit: n.unit, weight: x.weight})
		}
		theta := p.sign * n.theta * n.unit
		last[k] = edge{source: int32(k), post: int32(n.index), delay: uint16(w.last()), units: theta, unit: 1, weight: int16(theta)}
	}
	w.losses()
	for _, input := range []bool{true, false} {
		groups, first := w.q.Inputs, 0
		if !input {
			groups, first = w.q.Populations, w.q.InputCount()
		}
		for k, g := range groups {
			var list []edge
			for i := range g.N {
				for _, e := range bySource[first+g.First+i] {
					e.source = int32(i)
					list = append(list, e)
				}
			}
			if len(list) > 0 {
				w.project(out, network.Ref{Input: input, Index: k}, g, relays, list)
			}
		}
	}
	w.project(out, network.Ref{Index: relays}, out.Populations[relays], w.pop, last)
}

// losses counts what became of the weights, those that became nothing included.
func (w *work) losses() {
	for n, has := range w.relayed {
		if !has {
			continue
		}
		for _, x := range w.in.of(n) {
			m := magnitude(x.weight)
			w.told.Weights.add(m, w.coded.of(n, m)*w.coded.units[n])
		}
	}
}

// project adds a projection of edges in order of source.
func (w *work) project(out *ir.Quantized, from network.Ref, g ir.Group, to int, list []edge) {
	p := ir.Projection{Index: len(out.Net.Projections), From: from, To: to, Off: make([]int32, g.N+1)}
	name := fmt.Sprintf("%s→%s", g.Name, out.Populations[to].Name)
	st := ir.QuantStats{Projection: name, Bits: w.arch.WeightBits, Step: 1, Synapses: len(list), ScaleMin: 1, ScaleMax: 1}
	weights := make([]int16, len(list))
	var units []float64
	var lost WeightError
	for k, e := range list {
		p.Off[e.source+1] = int32(k + 1)
		p.Post = append(p.Post, e.post)
		units = append(units, float64(e.units))
		p.Delay = append(p.Delay, e.delay)
		weights[k] = int16(e.units)
		st.Largest = max(st.Largest, max(e.units, -e.units))
		is := e.units * e.unit
		lost.add(magnitude(e.weight), max(is, -is))
	}
	for i := range g.N {
		p.Off[i+1] = max(p.Off[i+1], p.Off[i])
	}
	if !slices.ContainsFunc(p.Delay, func(d uint16) bool { return d != p.Delay[0] }) {
		p.Delay = p.Delay[:1]
	}
	st.Clip = float64(st.Largest)
	if st.Exact = lost.Changed == 0; !st.Exact {
		st.SQNR = lost.SQNR()
	}
	p.Weight = numbers.Of(units...)
	pos := out.Net.Populations[w.pop].Pos
	out.Net.Projections = append(out.Net.Projections, network.Projection{
		Pos: pos, Name: name, From: from, To: to, Connect: network.Connect{Kind: network.Edges},
		Weights: network.Numbers{Pos: pos}, Delays: network.Numbers{Pos: pos},
	})
	out.Projections = append(out.Projections, p)
	out.Weights = append(out.Weights, weights)
	out.Stats = append(out.Stats, st)
	out.ClassOf = append(out.ClassOf, 0) // that of plain synapses
}

// profile adds what the relays fire where no part has too much in a tick.
func (w *work) profile() {
	if w.out.Profile == nil {
		return
	}
	out := slices.Clone(w.out.Profile)
	for _, r := range w.list {
		n := &w.neurons[r.neuron]
		mine := w.in.of(n.index)
		sum := int64(0)
		for _, i := range n.parts[r.part].inputs {
			sum += int64(w.coded.of(n.index, magnitude(mine[i].weight))) * w.out.Profile[mine[i].source]
		}
		out = append(out, sum/int64(r.threshold))
	}
	w.out.Profile = out
}
