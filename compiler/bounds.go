package compiler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// Bounds says what was found beside what no mapping can go below. Cores and Cut
// hold for any partition, into parts of neurons where the one found has some; Hops
// and MaxLink for any placement of the cores that were found.
type Bounds struct {
	Cores Bound `json:"cores"`
	// Cut and Hops are Weighted, and MaxLink the spikes of the fullest link, of
	// the profile where there is one.
	Cut     Bound `json:"cut"`
	Hops    Bound `json:"hops"`
	MaxLink Bound `json:"max_link"`
}

// Bound is a lower bound and the argument that proves it.
type Bound struct {
	Found    int64  `json:"found"`
	Bound    int64  `json:"bound"`
	Argument string `json:"argument"`
}

// NamedBound is a bound with the name that people know it by.
type NamedBound struct {
	Name string
	Bound
}

// Rows lists the bounds with their names.
func (b *Bounds) Rows() []NamedBound {
	return []NamedBound{{"cores", b.Cores}, {"deliveries between cores", b.Cut}, {"hops", b.Hops}, {"fullest link", b.MaxLink}}
}

// bounds puts lower bounds beside what a report found; all are its flows.
func bounds(m *ir.Mapped, profile []int64, r *Report, all []ir.Flow) Bounds {
	d := demandOf(m)
	b := Bounds{Cores: boundCores(d, m.Quantized, m.Arch), Cut: boundCut(d, m, profile), Hops: boundHops(m, all)}
	b.MaxLink = boundMaxLink(m, all, b.Hops.Bound)
	b.Cores.Found, b.Cut.Found, b.Hops.Found = int64(r.Cores), r.Cut.Weighted, r.Hops.Weighted
	if l := r.Links.Fullest; l != nil {
		b.MaxLink.Found = l.Load.Weighted
	}
	return b
}

// demand is what a network asks of the cores, whatever the partition. A core
// runs one program, so populations of one model may share cores, and those of
// two may not: what is asked is counted by model.
type demand struct {
	models []string
	// of gives each population's model, as an index of models.
	of []int
	// entries[m] is what sources have in the populations of model m.
	entries [][]reached
	// neurons, and hosted, those whose spikes go to the host, are by model.
	neurons, hosted []int64
}

// demandOf is what a network asks that has cores.
func demandOf(m *ir.Mapped) *demand {
	return newDemand(m.Quantized, m.Arch, slices.ContainsFunc(m.Cores, func(c ir.MappedCore) bool { return c.Role == ir.Parts }))
}

// newDemand is what q asks of arch; split says that neurons may be split, and so
// that parts of all models share cores.
func newDemand(q *ir.Quantized, arch *targets.Arch, split bool) *demand {
	d := &demand{of: make([]int, len(q.Populations))}
	for k := range q.Pops {
		model := string(q.Pops[k].Model)
		if split {
			model = "the network"
		}
		i := slices.Index(d.models, model)
		if i < 0 {
			i = len(d.models)
			d.models = append(d.models, model)
		}
		d.of[k] = i
	}
	d.entries = make([][]reached, len(d.models))
	d.neurons, d.hosted = make([]int64, len(d.models)), make([]int64, len(d.models))
	for k := range q.Populations {
		d.neurons[d.of[k]] += int64(q.Slots(k))
		d.entries[d.of[k]] = append(d.entries[d.of[k]], reach(q, arch, k)...)
	}
	for i := range d.entries {
		d.entries[i] = merge(d.entries[i], func(a, b int32) int32 { return a + b })
	}
	for _, o := range q.Net.Outputs {
		d.hosted[d.of[o]] += int64(q.Slots(o))
	}
	return d
}

// reached is what a source, counted over inputs and then neurons, has somewhere
// with one delay, where delays are at axons: synapses, and neurons at least.
type reached struct{ source, delay, neurons, synapses int32 }

// reach lists what sources have in population k, in order of source, then delay.
// Where several projections join a source to the population, the neurons of the
// largest are counted: the others may be the same ones.
func reach(q *ir.Quantized, arch *targets.Arch, k int) []reached {
	var out []reached
	for i := range q.Projections {
		p := &q.Projections[i]
		first := int32(q.FirstSource(p))
		switch {
		case p.To != k || len(p.Post) == 0:
		case arch.DelayPlace == targets.DelayAxon && len(p.Delay) > 1:
			out = reachDelayed(out, p, first)
		default:
			delay := int32(0)
			if arch.DelayPlace == targets.DelayAxon {
				delay = int32(p.DelayOf(0))
			}
			for s := range len(p.Off) - 1 {
				post := p.Post[p.Off[s]:p.Off[s+1]]
				if len(post) == 0 {
					continue
				}
				r := reached{first + int32(s), delay, 1, int32(len(post))}
				for j := 1; j < len(post); j++ {
					if post[j] != post[j-1] {
						r.neurons++
					}
				}
				out = append(out, r)
			}
		}
	}
	return merge(out, func(a, b int32) int32 { return max(a, b) })
}

// reachDelayed appends what the sources of a projection with several delays
// have; its first source has the number first.
func reachDelayed(out []reached, p *ir.Projection, first int32) []reached {
	longest := int(slices.Max(p.Delay))
	counts := make([]reached, longest+1) // by delay
	last := make([]int32, longest+1)     // the neuron that was counted last
	var delays []int
	for s := range len(p.Off) - 1 {
		delays = delays[:0]
		for j := p.Off[s]; j < p.Off[s+1]; j++ {
			delay := p.DelayOf(int(j))
			c := &counts[delay]
			if c.synapses == 0 {
				*c = reached{source: first + int32(s), delay: int32(delay)}
				delays = append(delays, delay)
			}
			if c.synapses == 0 || last[delay] != p.Post[j] {
				c.neurons++
			}
			last[delay] = p.Post[j]
			c.synapses++
		}
		for _, delay := range delays {
			out = append(out, counts[delay])
			counts[delay].synapses = 0
		}
	}
	return out
}

// merge puts what has the same source and delay together: synapses are added,
// and neurons as join says.
func merge(list []reached, join func(a, b int32) int32) []reached {
	order := func(a, b reached) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.delay, b.delay))
	}
	if !slices.IsSortedFunc(list, order) {
		slices.SortStableFunc(list, order)
	}
	merged := list[:0]
	for _, r := range list {
		if n := len(merged); n > 0 && merged[n-1].source == r.source && merged[n-1].delay == r.delay {
			merged[n-1].neurons = join(merged[n-1].neurons, r.neurons)
			merged[n-1].synapses += r.synapses
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// axonsOf returns how many axons entries take at least, and how many synapses
// they have. An axon serves the neurons of one core: a source that reaches d of
// them takes ⌈d/slots⌉ axons.
func axonsOf(list []reached, slots int64) (axons, synapses int64) {
	for _, r := range list {
		axons += ceil(int64(r.neurons), slots)
		synapses += int64(r.synapses)
	}
	return axons, synapses
}

// destsFrom returns how many destinations the sources from first to before end
// take at least in their cores: one for each axon that they drive.
func (d *demand) destsFrom(first, end int, slots int64) int64 {
	dests := int64(0)
	for _, list := range d.entries {
		from, _ := slices.BinarySearchFunc(list, first, func(r reached, s int) int { return cmp.Compare(int(r.source), s) })
		for _, r := range list[from:] {
			if int(r.source) >= end {
				break
			}
			dests += ceil(int64(r.neurons), slots)
		}
	}
	return dests
}

// Need is what populations need at least of one of a core's memories.
type Need struct {
	// Limit names the memory.
	Limit string `json:"limit"`
	// Needed is how much is needed at least, Core how much a core has.
	Needed int64 `json:"needed"`
	Core   int64 `json:"core"`
	// Cores is the bound that follows.
	Cores int64 `json:"cores"`
}

// needs returns the bounds that follow from how much is needed of each memory.
func needs(a *targets.Arch, neurons, axons, synapses, dests int64) []Need {
	out := []Need{
		{Limit: "neurons", Needed: neurons, Core: int64(a.Neurons)},
		{Limit: "axons", Needed: axons, Core: int64(a.Axons)},
		{Limit: "fan-out", Needed: dests, Core: int64(a.FanOut)},
	}
	if a.SynapseFormat == targets.Sparse {
		out = append(out, Need{Limit: "synapses", Needed: ceil(synapses, int64(a.WordSynapses)), Core: int64(a.SynapseWords)})
	}
	for k := range out {
		out[k].Cores = ceil(out[k].Needed, out[k].Core)
	}
	return out
}

// most returns the need that asks for most cores, the first of several.
func most(list []Need) Need {
	return slices.MaxFunc(list, func(a, b Need) int { return cmp.Compare(a.Cores, b.Cores) })
}

func ceil(a, b int64) int64 { return (a + b - 1) / b }

// boundCores adds up, model by model, the cores that the scarcest memory asks
// for.
func boundCores(d *demand, q *ir.Quantized, arch *targets.Arch) Bound {
	b := Bound{}
	slots := int64(arch.Neurons)
	for i, model := range d.models {
		axons, synapses := axonsOf(d.entries[i], slots)
		dests := d.hosted[i]
		for k, g := range q.Populations {
			if first := q.InputCount() + g.First; d.of[k] == i {
				dests += d.destsFrom(first, first+g.N, slots)
			}
		}
		w := most(needs(arch, d.neurons[i], axons, synapses, dests))
		if b.Bound += w.Cores; w.Cores == 0 {
			continue // all of its neurons are left out
		}
		if b.Argument != "" {
			b.Argument += "; "
		}
		b.Argument += fmt.Sprintf("%s takes %s at least, a core has %d", model, diag.Plural(int(w.Needed), limitNames[w.Limit]), w.Core)
	}
	return b
}

// limitNames are the limits as they are told in a sentence.
var limitNames = map[string]string{"neurons": "slot", "axons": "axon", "fan-out": "destination", "synapses": "synapse word"}

// boundCut counts the cores that each source cannot do without, beside its own
// or, for an input, the first.
func boundCut(d *demand, m *ir.Mapped, profile []int64) Bound {
	b := Bound{Argument: fmt.Sprintf("n neurons of a model take ⌈n/%d⌉ cores, of which one is free", m.Arch.Neurons)}
	slots, inputs := int64(m.Arch.Neurons), m.InputCount()
	own := make([]int, inputs+m.Neurons()) // the model of each source
	for k, g := range m.Populations {
		for n := g.First; n < g.First+g.N; n++ {
			own[inputs+n] = d.of[k]
		}
	}
	wanted, free := make([]int64, len(own)), make([]int64, len(own))
	for i, list := range d.entries {
		for k := 0; k < len(list); {
			s, neurons := int(list[k].source), int32(0)
			// What is reached with several delays may be the same neurons.
			for ; k < len(list) && int(list[k].source) == s; k++ {
				neurons = max(neurons, list[k].neurons)
			}
			wanted[s] += ceil(int64(neurons), slots)
			if s < inputs || own[s] == i {
				free[s] = 1
			}
		}
	}
	for s := range wanted {
		w := int64(1)
		if profile != nil {
			w = profile[s]
		}
		b.Bound += (wanted[s] - free[s]) * w
	}
	return b
}

// boundHops lets every core have its best neighbours: of the others four are
// one link away at most, eight two links, and so on; and of all cores one is at
// the host's corner, two are one link away from it, and so on.
func boundHops(m *ir.Mapped, all []ir.Flow) Bound {
	b := Bound{Argument: "4 cores are one hop from a core, 8 two, …; the host has 1 at none, 2 at one, …"}
	port := make([]int64, len(m.Cores))
	var loads []int64
	for k, f := range all {
		switch {
		case f.From == ir.Host:
			port[f.To] += f.Spikes
		case f.To == ir.Host:
			port[f.From] += f.Spikes
		default:
			loads = append(loads, f.Spikes)
		}
		if k+1 == len(all) || all[k+1].From != f.From {
			b.Bound += rings(loads, 1, func(ring int64) int64 { return 4 * ring })
			loads = loads[:0]
		}
	}
	b.Bound += rings(port, 0, func(ring int64) int64 { return ring + 1 })
	return b
}

// rings charges loads with the distances of rings, from the first on, the
// largest load with the shortest; size says how many places a ring has.
func rings(loads []int64, first int64, size func(ring int64) int64) int64 {
	slices.SortFunc(loads, func(a, b int64) int { return cmp.Compare(b, a) })
	sum, ring := int64(0), first
	room := size(ring)
	for _, l := range loads {
		if room == 0 {
			ring++
			room = size(ring)
		}
		sum += l * ring
		room--
	}
	return sum
}

// boundMaxLink is the largest of what must cross some link: the hops, spread
// evenly over all links; the largest flow between two cores, which takes one
// way; what a core sends to others, or receives, over the four links beside it;
// and what the host exchanges with other cores than one at its corner, over the
// links there.
func boundMaxLink(m *ir.Mapped, all []ir.Flow, hops int64) Bound {
	count := linkCount(m.Arch)
	if count == 0 {
		return Bound{Argument: "the mesh has no links"}
	}
	largest, busiest := int64(0), int64(0)
	sent, received := make([]int64, len(m.Cores)), make([]int64, len(m.Cores))
	var fromHost, toHost []int64
	for _, f := range all {
		switch w := f.Spikes; {
		case f.From == ir.Host:
			fromHost = append(fromHost, w)
		case f.To == ir.Host:
			toHost = append(toHost, w)
		default:
			largest = max(largest, w)
			sent[f.From] += w
			received[f.To] += w
			busiest = max(busiest, sent[f.From], received[f.To])
		}
	}
	best := Bound{}
	for _, b := range []Bound{
		{Bound: ceil(hops, int64(count)), Argument: fmt.Sprintf("the hops, spread over the mesh's %d links", count)},
		{Bound: largest, Argument: "the largest flow between two cores takes one way"},
		{Bound: ceil(busiest, sides(m.Arch, 2)), Argument: "what a core sends or receives crosses the links beside it"},
		{Bound: ceil(max(butLargest(fromHost), butLargest(toHost)), sides(m.Arch, 1)), Argument: "what the host sends or receives crosses the links beside it"},
	} {
		if b.Bound > best.Bound || best.Argument == "" {
			best = b
		}
	}
	return best
}

// sides returns how many links leave a router that has at most so many
// neighbours along each side of the mesh.
func sides(a *targets.Arch, most int) int64 {
	return int64(min(a.MeshWidth-1, most) + min(a.MeshHeight-1, most))
}

// butLargest returns the sum of a list without its largest.
func butLargest(list []int64) int64 {
	sum, largest := int64(0), int64(0)
	for _, n := range list {
		sum += n
		largest = max(largest, n)
	}
	return sum - largest
}
