package compiler

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// Explanation says how a population was mapped, and why it took as many cores.
type Explanation struct {
	Population string `json:"population"`
	Model      string `json:"model"`
	Target     string `json:"target"`
	Neurons    int    `json:"neurons"`
	// Shared lists the neurons that stand for others, Removed those that are gone, both
	// by their numbers in the population.
	Shared  []SharedNeuron `json:"shared"`
	Removed []int          `json:"removed"`
	// Found is how many cores hold neurons of it, Bound how many it takes at least:
	// the most of what Needs asks for.
	Found int    `json:"found"`
	Bound int64  `json:"bound"`
	Needs []Need `json:"needs"`
	// FanIn counts the synapses that end at a neuron, FanOut those that start
	// there. Sources is how many distinct inputs and neurons reach the population.
	FanIn   Spread `json:"fan_in"`
	FanOut  Spread `json:"fan_out"`
	Sources int    `json:"sources"`
	// Axons is how many rows its cores have for them.
	Axons int             `json:"axons"`
	Cores []ExplainedCore `json:"cores"`
	// From and To are whom it hears and whom it talks to, the host included.
	From []Partner `json:"from"`
	To   []Partner `json:"to"`
	// Reasons say why it takes as many cores as it does, and what would help.
	Reasons []string `json:"reasons"`
}

// SharedNeuron is a neuron that stands for doubles.
type SharedNeuron struct {
	Neuron  int   `json:"neuron"`
	Doubles []int `json:"doubles"`
}

// Spread is the range of a number over the neurons of a population.
type Spread struct {
	Min    int `json:"min"`
	Median int `json:"median"`
	Max    int `json:"max"`
}

// ExplainedCore is a core with neurons of the population.
type ExplainedCore struct {
	CoreReport
	// Shared counts the axons that several neurons read, Own those that one does.
	Shared int       `json:"shared_axons"`
	Own    int       `json:"own_axons"`
	Uses   []CoreUse `json:"uses"`
}

// Partner is an input or a population on the other end of synapses; the host
// has none.
type Partner struct {
	Name     string `json:"name"`
	Synapses int    `json:"synapses"`
	// Deliveries counts the cores that its spikes are delivered to besides the
	// source's own, an input's first included.
	Deliveries Weighted `json:"deliveries"`
}

// Explain says how population k was mapped.
func (r *Result) Explain(k int) *Explanation {
	m := r.Mapped
	g := &m.Populations[k]
	e := &Explanation{Population: g.Name, Model: string(m.Pops[k].Model), Target: r.Image.Manifest.Target, Neurons: g.N, From: []Partner{}, To: []Partner{}}
	e.leftOut(m, g)
	e.synapses(m, k)
	e.cores(m, k)
	e.deliveries(m, k, r.Profile)
	d, in := demandOf(m), reach(m.Quantized, m.Arch, k)
	for i := range in {
		if i == 0 || in[i].source != in[i-1].source {
			e.Sources++
		}
	}
	e.Needs = populationNeeds(m, m.Arch, k, d, in)
	e.Bound = most(e.Needs).Cores
	e.Reasons = e.reasons(func(a *targets.Arch) []Need { return populationNeeds(m, a, k, d, in) }, m.Arch)
	return e
}

// leftOut lists the neurons without slots.
func (e *Explanation) leftOut(m *ir.Mapped, g *ir.Group) {
	e.Shared, e.Removed = []SharedNeuron{}, []int{}
	at := map[int]int{} // the place in Shared of each that stands for others
	for i := range g.N {
		s := m.Stands(g.First+i) - g.First
		switch {
		case m.Gone(g.First + i):
			e.Removed = append(e.Removed, i)
		case s == i:
		default:
			k, ok := at[s]
			if !ok {
				k = len(e.Shared)
				at[s] = k
				e.Shared = append(e.Shared, SharedNeuron{Neuron: s})
			}
			e.Shared[k].Doubles = append(e.Shared[k].Doubles, i)
		}
	}
	slices.SortFunc(e.Shared, func(a, b SharedNeuron) int { return cmp.Compare(a.Neuron, b.Neuron) })
}

// synapses counts what ends and starts at each neuron, and with whom.
func (e *Explanation) synapses(m *ir.Mapped, k int) {
	in, out := make([]int, e.Neurons), make([]int, e.Neurons)
	for i := range m.Projections {
		p := &m.Projections[i]
		if p.To == k {
			for _, n := range p.Post {
				in[n]++
			}
			name := m.Populations[p.From.Index].Name
			if p.From.Input {
				name = m.Inputs[p.From.Index].Name
			}
			partner(&e.From, name).Synapses += len(p.Post)
		}
		if !p.From.Input && p.From.Index == k {
			for n := range out {
				out[n] += int(p.Off[n+1] - p.Off[n])
			}
			partner(&e.To, m.Populations[p.To].Name).Synapses += len(p.Post)
		}
	}
	e.FanIn, e.FanOut = spread(in), spread(out)
}

// partner returns the partner of a name, which it adds where it is new.
func partner(list *[]Partner, name string) *Partner {
	for i := range *list {
		if (*list)[i].Name == name {
			return &(*list)[i]
		}
	}
	*list = append(*list, Partner{Name: name})
	return &(*list)[len(*list)-1]
}

func spread(list []int) Spread {
	slices.Sort(list)
	return Spread{list[0], list[len(list)/2], list[len(list)-1]}
}

// cores lists the cores that hold neurons of the population.
func (e *Explanation) cores(m *ir.Mapped, k int) {
	limits := coreLimits(m.Arch)
	for c := range m.Cores {
		if !slices.ContainsFunc(m.Cores[c].Neurons, m.Populations[k].Has) {
			continue
		}
		x := ExplainedCore{CoreReport: coreReport(m, c, &limits)}
		for a := range m.Cores[c].Axons {
			if row := m.Cores[c].Axons[a].Slots; len(row) > 0 && row[0] != row[len(row)-1] {
				x.Shared++
			} else {
				x.Own++
			}
		}
		x.Uses = limits.Uses(&x.CoreReport)
		e.Axons += x.Axons
		e.Cores = append(e.Cores, x)
	}
	e.Found = len(e.Cores)
}

// deliveries counts the cores that spikes are delivered to, by partner.
func (e *Explanation) deliveries(m *ir.Mapped, k int, profile []int64) {
	holds := make([][]int, len(m.Cores)) // the populations of each core
	for c := range m.Cores {
		holds[c] = m.PopulationsOn(&m.Cores[c])
	}
	inputs := m.InputCount()
	reached := make([]int, len(m.Cores)) // the last sender that reached each core, from 1
	number := 0
	for s := range m.Senders(profile) {
		number++
		if s.Core != ir.Host {
			reached[s.Core] = number
		}
		for _, d := range s.Dests {
			switch ours := m.Populations[k].Has(int32(s.Source - inputs)); {
			case d.Core == ir.Host:
				if ours {
					partner(&e.To, "host").Deliveries.add(1, s.Spikes)
				}
			case reached[d.Core] == number:
			default:
				reached[d.Core] = number
				if ours {
					for _, p := range holds[d.Core] {
						e.delivered(&e.To, m.Populations[p].Name, s.Spikes)
					}
				}
				if slices.Contains(holds[d.Core], k) {
					e.delivered(&e.From, sourceName(m, s.Source), s.Spikes)
				}
			}
		}
	}
}

// delivered counts a delivery for a partner that there are synapses with: a core
// may hold neurons of other populations too.
func (e *Explanation) delivered(list *[]Partner, name string, spikes int64) {
	for i := range *list {
		if (*list)[i].Name == name {
			(*list)[i].Deliveries.add(1, spikes)
		}
	}
}

// sourceName returns the input or population of a source, inputs counted first.
func sourceName(m *ir.Mapped, source int) string {
	if inputs := m.InputCount(); source >= inputs {
		return m.Populations[m.PopulationOf(source-inputs)].Name
	}
	k := slices.IndexFunc(m.Inputs, func(g ir.Group) bool { return g.Has(int32(source)) })
	return m.Inputs[k].Name
}

// populationNeeds returns what population k needs at least of the memories of
// such cores; in are its sources.
func populationNeeds(m *ir.Mapped, a *targets.Arch, k int, d *demand, in []reached) []Need {
	slots := int64(a.Neurons)
	axons, synapses := axonsOf(in, slots)
	g := &m.Populations[k]
	first := m.InputCount() + g.First
	dests := d.destsFrom(first, first+g.N, slots)
	if slices.Contains(m.Net.Outputs, k) {
		dests += int64(m.Slots(k))
	}
	return needs(a, int64(m.Slots(k)), axons, synapses, dests)
}

// reasons says what binds, and what would help.
func (e *Explanation) reasons(on func(a *targets.Arch) []Need, arch *targets.Arch) []string {
	binds := map[string]int{}
	for _, c := range e.Cores {
		binds[c.Limit]++
	}
	worst := most(e.Needs)
	if e.Found == 0 {
		return []string{"it takes no core: all of its neurons are left out"}
	}
	limit := slices.MaxFunc(e.Needs, func(a, b Need) int { return cmp.Compare(binds[a.Limit], binds[b.Limit]) })
	out := []string{fmt.Sprintf("it takes %s at least: %s, and a core has %d", diag.Plural(int(worst.Cores), "core"), diag.Plural(int(worst.Needed), limitNames[worst.Limit]), worst.Core)}
	if int64(e.Found) <= e.Bound {
		return append(out, "it has no more than that")
	}
	out = append(out, fmt.Sprintf("%d of its %s fullest of %s", binds[limit.Limit], diag.Counted(e.Found, "core is", "cores are"), limit.Limit))
	if e.Sources > 0 && limit.Limit == "axons" {
		out = append(out, fmt.Sprintf("its %s take %d axons in these cores, %.1f each: neurons with more sources in common would take fewer", diag.Plural(e.Sources, "source"), e.Axons, float64(e.Axons)/float64(e.Sources)))
	}
	return append(out, wider(on, *arch, limit.Limit))
}

// wider says what twice as much of a limit would allow.
func wider(on func(a *targets.Arch) []Need, a targets.Arch, limit string) string {
	field := map[string]*int{"neurons": &a.Neurons, "axons": &a.Axons, "fan-out": &a.FanOut, "synapses": &a.SynapseWords}[limit]
	*field *= 2
	return fmt.Sprintf("with %s a core it would take %s at least", diag.Plural(*field, limitNames[limit]), diag.Plural(int(most(on(&a)).Cores), "core"))
}
