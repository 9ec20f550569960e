package mapping

import (
	"fmt"
	"strconv"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// fits reports what no partition can mend: delays, a single neuron's fan-in or
// synapse memory. It returns the largest fan-in of each population.
func (p *mapper) fits(w *wiring) ([]fanIn, error) {
	var diags diag.List
	widest := make([]fanIn, len(p.q.Populations))
	relays := w.relays()
	for pop := range p.q.Populations {
		np := &p.q.Net.Populations[pop]
		p.fitDelays(relays, pop, &diags)
		if w.alike[pop] {
			diags.Add(np.Pos, diag.DoesNotFit, "population %q: a pair of neurons has more than %d synapses of the same delay; sum their weights in one", np.Name, maxCopies)
			continue
		}
		p.fitTypes(w, pop, &diags)
		p.fitSigns(pop, &diags)
		widest[pop] = w.widest(pop)
		p.fitFanIn(w, pop, &widest[pop], &diags)
	}
	return widest, diags.Err()
}

// relays returns how many relays the long delays of all sources take.
func (w *wiring) relays() int {
	relays, steps, last := 0, 0, int32(-1)
	for _, n := range w.nets {
		if n.copy > 0 { // behind the others, which are in order of source
			break
		}
		if n.source != last {
			relays += steps
			last, steps = n.source, 0
		}
		steps = max(steps, int(n.steps))
	}
	return relays + steps
}

// fitDelays reports a delay that is too long, where it cannot be relayed, or where
// relays are more than the target's neurons.
func (p *mapper) fitDelays(relays, pop int, diags *diag.List) {
	longest, at := 0, 0
	for k := range p.q.Projections {
		pr := &p.q.Projections[k]
		if pr.To != pop || len(pr.Post) == 0 {
			continue
		}
		for _, d := range pr.Delay {
			if int(d) > longest {
				longest, at = int(d), k
			}
		}
	}
	if longest <= p.arch.MaxDelay {
		return
	}
	pr := &p.q.Net.Projections[p.q.Projections[at].Index]
	if _, ok := ir.RelayModel(p.arch); !ok {
		diags.Add(pr.Pos, diag.DoesNotFit, "projection %q: a delay of %s is %d longer than the target's longest, %d: shorten it, or choose a target with longer delays", pr.Name, diag.Plural(longest, "tick"), longest-p.arch.MaxDelay, p.arch.MaxDelay)
		return
	}
	if relays > p.arch.Cores()*p.arch.Neurons {
		diags.Add(pr.Pos, diag.DoesNotFit, "projection %q: delays of up to %s, where the target's longest is %d, want relay neurons; those of all projections together are %d, and the target has %d neurons: shorten the delays, or choose a target with longer ones",
			pr.Name, diag.Plural(longest, "tick"), p.arch.MaxDelay, relays, p.arch.Cores()*p.arch.Neurons)
	}
}

// fitTypes reports a neuron with more kinds of weight than there are types.
func (p *mapper) fitTypes(w *wiring, pop int, diags *diag.List) {
	if w.types == nil || w.types[pop].most <= targets.AxonTypes {
		return
	}
	np, t := &p.q.Net.Populations[pop], &w.types[pop]
	diags.Add(np.Pos, diag.DoesNotFit, "population %q: the synapses of neuron %d have %d different weights, %d more than the %d types of axon, each of which has one weight of the neuron, and drawn weights are no sums: give it fewer, or choose a target whose synapses have weights of their own; --approximate rounds them to %d",
		np.Name, t.mostAt, t.most, t.most-targets.AxonTypes, targets.AxonTypes, targets.AxonTypes)
}

// fitSigns reports synapses that learn and begin below 0, where an axon has the
// sign: they may rise above it.
func (p *mapper) fitSigns(pop int, diags *diag.List) {
	if p.arch.WeightFormat != targets.AxonSign {
		return
	}
	for k := range p.q.Projections {
		if p.q.Projections[k].To != pop || !p.q.Plastic(k) {
			continue
		}
		if w := least(p.q.Weights[k]); w < 0 {
			np := &p.q.Net.Projections[p.q.Projections[k].Index]
			diags.Add(np.Weights.Pos, diag.DoesNotFit, "projection %q: learns, and a weight begins at %d; the synapses of an axon of the target share a sign, which learning does not change: want weights of 0 or more", np.Name, w)
		}
	}
}

// least returns the smallest of some weights and 0.
func least(weights []int16) int16 {
	w := int16(0)
	for _, x := range weights {
		w = min(w, x)
	}
	return w
}

// fanIn is what the neuron of a population that needs most needs of a core by
// itself.
type fanIn struct {
	axons, axonsAt int
	words          int
}

// widest finds the largest fan-in of a population.
func (w *wiring) widest(pop int) fanIn {
	g := &w.q.Populations[pop]
	parts := make([]fanIn, max(w.workers, 1))
	w.parallel(g.N, func(part, from, to int) {
		most := &parts[part]
		for i := from; i < to; i++ {
			axons, words := w.fanInOf(g.First + i)
			if axons > most.axons {
				most.axons, most.axonsAt = axons, i
			}
			most.words = max(most.words, words)
		}
	})
	out := parts[0]
	for _, p := range parts[1:] {
		if p.axons > out.axons {
			out.axons, out.axonsAt = p.axons, p.axonsAt
		}
		out.words = max(out.words, p.words)
	}
	return out
}

// fanInOf returns the axons that a neuron needs by itself, and the words of its
// synapses.
func (w *wiring) fanInOf(n int) (axons, words int) {
	run := 0
	p := w.of(n)
	for i, x := range p.net {
		if run++; i+1 < len(p.net) && p.net[i+1] == x {
			continue
		}
		axons++
		words += ir.SynapseWords(w.arch, run)
		run = 0
	}
	return axons, words
}

// sourcesOf returns how many sources a neuron has.
func (w *wiring) sourcesOf(n int) int {
	// Nets are in order of source but for copies, which are behind the others.
	sources := map[int32]bool{}
	for _, x := range w.of(n).net {
		sources[w.nets[x].source] = true
	}
	return len(sources)
}

func (p *mapper) fitFanIn(w *wiring, pop int, most *fanIn, diags *diag.List) {
	np := &p.q.Net.Populations[pop]
	if over := most.axons - p.arch.Axons; over > 0 && (p.opt.Split == SplitNever || !splittable(w, pop)) {
		sums, advice := "", ""
		if w.types != nil && w.types[pop].sums {
			c := w.types[pop].of(most.axonsAt)
			sums = fmt.Sprintf(" of %s, whose weights are sums of up to %d for the types %d", diag.Plural(w.sourcesOf(p.q.Populations[pop].First+most.axonsAt), "source"), longestSum(c.sums), c.kinds)
			advice = ", or weights of fewer values"
		}
		switch {
		case !p.arch.PartialSums:
			advice += ", or one that adds partial sums, such as xbar256"
		case p.opt.Split == SplitNever && splittable(w, pop):
			advice += ", or leave out --split never, and it is split"
		}
		if !p.arch.PartialSums && p.q.TakesRelays(p.arch, pop) {
			advice += "; --approximate brings the inputs through relays, with an error that it bounds"
		}
		diags.Add(np.Pos, diag.DoesNotFit, "population %q: neuron %d needs %d axons for its fan-in%s, %d more than the %d of a core: choose a target with more axons, or fewer sources and delays%s",
			np.Name, most.axonsAt, most.axons, sums, over, p.arch.Axons, advice)
	}
	if over := most.words - p.arch.SynapseWords; p.arch.SynapseFormat == targets.Sparse && over > 0 {
		diags.Add(np.Pos, diag.DoesNotFit, "population %q: one neuron's synapses take %d words, %d more than the %d of a core", np.Name, most.words, over, p.arch.SynapseWords)
	}
}

func longestSum(sums [][]typed) int {
	most := 1
	for _, s := range sums {
		most = max(most, len(s))
	}
	return most
}

// tooLarge tells of a neuron that does not fit a core by itself.
func (c *cells) tooLarge(e *partition.TooLargeError) error {
	x := &c.list[e.Vertex]
	if x.role == ir.Relays {
		return diag.One(diag.Pos{File: c.q.Net.File}, diag.DoesNotFit, "a relay of a delay needs %d %s, %d more than the %d of a core", e.Has, e.What, e.Has-e.Want, e.Want)
	}
	np := &c.q.Net.Populations[c.q.PopulationOf(int(x.neuron))]
	if e.What == "fan-out" {
		return diag.One(np.Pos, diag.DoesNotFit, "population %q: 1 neuron of a core has %d destinations, %d more than the core's %d, and smaller cores do not mend it: its fan-out reaches too many cores",
			np.Name, e.Has, e.Has-e.Want, e.Want)
	}
	return diag.One(np.Pos, diag.DoesNotFit, "population %q: a neuron needs %d %s, %d more than the %d of a core", np.Name, e.Has, e.What, e.Has-e.Want, e.Want)
}

// tooManyCores tells what does not fit, with each population's share.
func (c *cells) tooManyCores(r *partition.Result, have int, opt Options) error {
	q := c.q
	count := make([]int, len(q.Populations))
	told := make([]int32, r.Cores)
	relays := 0
	for k, x := range c.list {
		if told[r.Core[k]] != 0 {
			continue
		}
		told[r.Core[k]] = 1
		if x.role == ir.Relays {
			relays++
			continue
		}
		count[q.PopulationOf(int(x.neuron))]++
	}
	largest := 0
	for k := range count {
		if count[k] > count[largest] {
			largest = k
		}
	}
	d := diag.Diagnostic{Pos: q.Net.Populations[largest].Pos, Code: diag.DoesNotFit}
	advice := "; population " + strconv.Quote(q.Populations[largest].Name) + " takes most: choose a target with more cores, or more axons a core"
	if count[largest] == 1 {
		advice = ": populations of different models or constants take a core each at least; choose a target with more cores, or make populations of one model into one, whose parameters may be lists"
	}
	switch {
	case c.arch.PartialSums && opt.Cores == nil && (opt.Split == SplitNever || opt.Split == SplitNeeded):
		advice += "; without --split " + string(opt.Split) + " it may take fewer"
	case opt.Effort == 1 && opt.Cores == nil:
		advice += "; with more --effort it may take fewer"
	}
	d.Message = "the network needs " + diag.Plural(r.Cores, "core") + ", " + diag.Plural(r.Cores-have, "more core") + " than the target's " + diag.Plural(have, "core") + advice
	for k, n := range count {
		if n > 0 && len(d.Notes) < 8 {
			d.Notes = append(d.Notes, diag.Note{Pos: q.Net.Populations[k].Pos, Message: "population " + strconv.Quote(q.Populations[k].Name) + " needs " + diag.Plural(n, "core")})
		}
	}
	if relays > 0 {
		d.Notes = append(d.Notes, diag.Note{Pos: diag.Pos{File: q.Net.File}, Message: "relays of long delays need " + diag.Plural(relays, "core")})
	}
	var l diag.List
	l.Append(d)
	return l.Err()
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
			at := m.Place[n]
			if at == ir.Nowhere {
				continue
			}
			check(m.Cores[at.Core].Dests[at.Slot], fmt.Sprintf("population %q: neuron %d", g.Name, n-g.First), m.Net.Populations[k].Pos)
		}
	}
	for k, g := range m.Inputs {
		for n := g.First; n < g.First+g.N; n++ {
			check(m.InputDests[n], fmt.Sprintf("input %q: element %d", g.Name, n-g.First), m.Net.Inputs[k].Pos)
		}
	}
	return diags.Err()
}
