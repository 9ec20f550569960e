package ir

import (
	"fmt"
	"iter"
	"slices"
)

// Sender is a place that spikes start from.
type Sender struct {
	// Core is where that is; Host for an input itself.
	Core int32
	// Source is whose spikes they are, inputs first: a part's are its neuron's, a
	// relay's those of what it relays.
	Source int
	// Spikes are those of the profile, or 1.
	Spikes int64
	Dests  []Dest
}

// Senders lists all places that spikes start from: slots core by core, then inputs.
// profile holds the spikes of every source; nil is one each.
func (m *Mapped) Senders(profile []int64) iter.Seq[Sender] {
	inputs := len(m.InputDests)
	spikes := func(source int) int64 {
		if profile == nil {
			return 1
		}
		return profile[source]
	}
	return func(yield func(Sender) bool) {
		for k := range m.Cores {
			c := &m.Cores[k]
			for slot, dests := range c.Dests {
				source := c.sourceOf(slot, inputs)
				if !yield(Sender{int32(k), source, spikes(source), dests}) {
					return
				}
			}
		}
		for i, dests := range m.InputDests {
			if len(dests) > 0 && !yield(Sender{Host, i, spikes(i), dests}) {
				return
			}
		}
	}
}

// Flow is what goes from one core, or the host, to another: so many packets for one
// spike of each source, and for those of a profile.
type Flow struct {
	From, To        int32
	Packets, Spikes int64
}

// Flows lists the packets between each pair of cores, and between cores and the
// host: those of one core behind each other, the host's last; what stays within
// a core is left out. profile is that of Senders.
func (m *Mapped) Flows(profile []int64) []Flow {
	var out []Flow
	at := make([]int, len(m.Cores)+1) // by core, the host first: one more than its place in out
	from, first := int32(Host), 0
	for s := range m.Senders(profile) {
		if s.Core != from {
			from, first = s.Core, len(out)
		}
		for _, d := range s.Dests {
			if d.Core == s.Core {
				continue
			}
			k := &at[d.Core+1]
			if *k <= first {
				out = append(out, Flow{From: s.Core, To: d.Core})
				*k = len(out)
			}
			out[*k-1].Packets++
			out[*k-1].Spikes += s.Spikes
		}
	}
	return out
}

// sourceOf returns the source that a slot fires for, inputs counted first: its
// neuron, or what it relays.
func (c *MappedCore) sourceOf(slot, inputs int) int {
	if c.Role != Relays {
		return inputs + int(c.Neurons[slot])
	}
	r := c.Relayed[slot]
	if r.Input {
		return int(r.Source)
	}
	return inputs + int(r.Source)
}

// PopulationsOn lists the populations that have slots in a core, in order.
func (m *Mapped) PopulationsOn(c *MappedCore) []int {
	var out []int
	for _, n := range c.Neurons {
		if n < 0 || len(out) > 0 && m.Populations[out[len(out)-1]].Has(n) {
			continue
		}
		if p := m.PopulationOf(int(n)); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// Label names a core by its populations, the first and how many more there are,
// and by its role where that is not to hold neurons.
func (m *Mapped) Label(c *MappedCore) string {
	if c.Role == Relays {
		return c.Role.String()
	}
	on := m.PopulationsOn(c)
	label := m.Populations[on[0]].Name
	if len(on) > 1 {
		label += fmt.Sprintf(" +%d", len(on)-1)
	}
	if c.Role == Parts {
		label += " " + c.Role.String()
	}
	return label
}
