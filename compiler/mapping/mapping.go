// Package mapping puts neurons into cores under the target's limits, places the
// cores on the mesh, and lists where each spike goes.
//
// Partitioning fills one core after another with the neurons of a population,
// in index order and, for populations fed by convolutions or pools, also tile
// by tile; the order that needs fewer cores is kept. Placement starts along a
// space-filling walk from the I/O port and swaps cores while that shortens the
// spikes' way.
package mapping

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// maxRounds bounds how often Map splits populations anew for their fan-out.
const maxRounds = 64

// Map returns q in the cores of arch. A seed other than zero starts placement
// from a random one. The error is a *diag.Error that names what does not fit,
// and by how much.
//
// A core's table of destinations can overflow only once it is known where
// everything is. Then all is partitioned anew, with the destinations of each
// neuron counted in. That makes more cores and so more destinations, until the
// neurons' fan-out is spread as far as it goes, which may take many rounds.
func Map(q *ir.Quantized, arch *targets.Arch, seed uint64) (*ir.Mapped, error) {
	var diags diag.List
	in := make([]*fanIn, len(q.Populations))
	for k := range in {
		in[k] = gather(q, arch, k)
		in[k].fits(&diags)
	}
	if err := diags.Err(); err != nil {
		return nil, err
	}
	var crowded error // of the first round
	for range maxRounds {
		m := assign(q, arch, in)
		if have := arch.Cores(); len(m.Cores) > have {
			return nil, cmp.Or(crowded, tooManyCores(q, m, have))
		}
		fillRows(m, in)
		destinations(m)
		err := checkFanOut(m)
		if err == nil {
			if err := checkRows(m); err != nil {
				return nil, err
			}
			place(m, seed)
			return m, nil
		}
		crowded = cmp.Or(crowded, err)
		countFanOut(m, in)
	}
	return nil, crowded
}

// assign gives every neuron a core and a slot.
func assign(q *ir.Quantized, arch *targets.Arch, in []*fanIn) *ir.Mapped {
	m := &ir.Mapped{Quantized: q, Arch: arch, Place: make([]ir.Place, q.Neurons())}
	for k, f := range in {
		for _, neurons := range f.partition() {
			for slot, n := range neurons {
				m.Place[n] = ir.Place{Core: int32(len(m.Cores)), Slot: int32(slot)}
			}
			m.Cores = append(m.Cores, ir.MappedCore{Population: k, Neurons: neurons})
		}
	}
	return m
}

// tooManyCores tells what does not fit, with each population's share.
func tooManyCores(q *ir.Quantized, m *ir.Mapped, have int) error {
	count := make([]int, len(q.Populations))
	for k := range m.Cores {
		count[m.Cores[k].Population]++
	}
	largest := 0
	for k := range count {
		if count[k] > count[largest] {
			largest = k
		}
	}
	d := diag.Diagnostic{Pos: q.Net.Populations[largest].Pos, Code: diag.DoesNotFit}
	advice := "; population " + quoted(q.Populations[largest].Name) + " takes most: choose a target with more cores, or more axons a core"
	if count[largest] == 1 {
		advice = ": a population takes a core at least; choose a target with more cores, or make populations of one model into one, whose parameters may be lists"
	}
	d.Message = "the network needs " + plural(len(m.Cores), "core") + ", " + plural(len(m.Cores)-have, "more core") + " than the target's " + plural(have, "core") + advice
	for k, n := range count {
		if n > 0 && len(d.Notes) < 8 {
			d.Notes = append(d.Notes, diag.Note{Pos: q.Net.Populations[k].Pos, Message: "population " + quoted(q.Populations[k].Name) + " needs " + plural(n, "core")})
		}
	}
	var l diag.List
	l.Append(d)
	return l.Err()
}

// fillRows makes the axons of every core and the synapses in them. Axons are in
// order of (input first, source, delay, copy).
func fillRows(m *ir.Mapped, incoming []*fanIn) {
	for k := range m.Cores {
		c := &m.Cores[k]
		in := incoming[c.Population]
		first := in.group.First
		var keys []axonKey
		for _, n := range c.Neurons {
			for _, s := range in.of(int(n) - first) {
				keys = append(keys, s.key)
			}
		}
		slices.Sort(keys)
		keys = slices.Compact(keys)
		index := make(map[axonKey]int32, len(keys))
		c.Axons = make([]ir.Axon, len(keys))
		for a, key := range keys {
			index[key] = int32(a)
			c.Axons[a] = key.axon(in.inputs, in.classes)
		}
		for slot, n := range c.Neurons {
			for _, s := range in.of(int(n) - first) {
				a := &c.Axons[index[s.key]]
				a.Synapses = append(a.Synapses, ir.Synapse{Slot: uint16(slot), Weight: s.weight, Delay: s.delay})
			}
		}
	}
}

// destinations lists where each spike goes, from the axons of the cores.
func destinations(m *ir.Mapped) {
	m.Dests = make([][]ir.Dest, len(m.Place))
	m.InputDests = make([][]ir.Dest, m.InputCount())
	for k := range m.Cores {
		for a := range m.Cores[k].Axons {
			ax := &m.Cores[k].Axons[a]
			list := &m.Dests
			if ax.Input {
				list = &m.InputDests
			}
			(*list)[ax.Source] = append((*list)[ax.Source], ir.Dest{Core: int32(k), Axon: int32(a), Delay: int32(ax.Delay)})
		}
	}
	for _, o := range m.Net.Outputs {
		g := m.Populations[o]
		for n := g.First; n < g.First+g.N; n++ {
			m.Dests[n] = append(m.Dests[n], ir.Dest{Core: ir.Host})
		}
	}
}

// checkFanOut holds the destination tables of the cores to their size.
func checkFanOut(m *ir.Mapped) error {
	var diags diag.List
	told := make([]bool, len(m.Populations))
	for k := range m.Cores {
		c := &m.Cores[k]
		entries := 0
		for _, n := range c.Neurons {
			entries += len(m.Dests[n])
		}
		if most, n := mostDests(m, c); m.Arch.NeuronFanOut > 0 && most > m.Arch.NeuronFanOut && !told[c.Population] {
			told[c.Population] = true
			np := &m.Net.Populations[c.Population]
			diags.Add(np.Pos, diag.DoesNotFit, "population %q: neuron %d has %s, %d more than the %d that a neuron of the target can have: let copies of it, with the same inputs, reach the others",
				np.Name, int(n)-m.Populations[c.Population].First, plural(most, "destination"), most-m.Arch.NeuronFanOut, m.Arch.NeuronFanOut)
		}
		if entries > m.Arch.FanOut && !told[c.Population] {
			told[c.Population] = true
			np := &m.Net.Populations[c.Population]
			diags.Add(np.Pos, diag.DoesNotFit, "population %q: %s of a core %s %s, %d more than the core's %d, and smaller cores do not mend it: its fan-out reaches too many cores",
				np.Name, plural(len(c.Neurons), "neuron"), has(len(c.Neurons)), plural(entries, "destination"), entries-m.Arch.FanOut, m.Arch.FanOut)
		}
	}
	return diags.Err()
}

// checkRows holds the sources of an event-driven chip to the one row that each
// has: its own.
func checkRows(m *ir.Mapped) error {
	if !m.Arch.Controller.EventDriven() {
		return nil
	}
	var diags diag.List
	told := map[diag.Pos]bool{}
	check := func(dests []ir.Dest, name string, pos diag.Pos) {
		rows := 0
		for _, d := range dests {
			if d.Core != ir.Host {
				rows++
			}
		}
		if rows > 1 && !told[pos] {
			told[pos] = true
			diags.Add(pos, diag.DoesNotFit, "%s needs %d rows of the crossbar, and a source of the target has one: give its synapses one sign, one projection to a neuron, and do not mix those that learn with others", name, rows)
		}
	}
	for k, g := range m.Populations {
		for n := g.First; n < g.First+g.N; n++ {
			check(m.Dests[n], fmt.Sprintf("population %q: neuron %d", g.Name, n-g.First), m.Net.Populations[k].Pos)
		}
	}
	for k, g := range m.Inputs {
		for n := g.First; n < g.First+g.N; n++ {
			check(m.InputDests[n], fmt.Sprintf("input %q: element %d", g.Name, n-g.First), m.Net.Inputs[k].Pos)
		}
	}
	return diags.Err()
}

// mostDests returns the most destinations that a neuron of a core has, and which
// neuron.
func mostDests(m *ir.Mapped, c *ir.MappedCore) (most int, neuron int32) {
	for _, n := range c.Neurons {
		if d := len(m.Dests[n]); d > most {
			most, neuron = d, n
		}
	}
	return most, neuron
}

// has is the verb for n things.
func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// countFanOut notes how many destinations each neuron has.
func countFanOut(m *ir.Mapped, in []*fanIn) {
	for _, f := range in {
		if f.fanOut == nil {
			f.fanOut = make([]int, f.group.N)
		}
		for i := range f.fanOut {
			f.fanOut[i] = max(f.fanOut[i], len(m.Dests[f.group.First+i]))
		}
	}
}
