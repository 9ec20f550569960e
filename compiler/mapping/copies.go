package mapping

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/internal/diag"
)

// needs is how many destinations each source has; the zero value is before any is known.
type needs struct {
	neurons []int32
	relays  map[ir.Relay]int32
}

// dests returns how many destinations the source has that a cell is of.
func (n *needs) dests(x cell) int32 {
	switch x.role {
	case ir.Relays:
		return n.relays[x.relay]
	case ir.Somas:
		if n.neurons == nil {
			return 0
		}
		return n.neurons[x.neuron]
	case ir.Parts:
	}
	return 1
}

// total returns how many there are in all.
func (n *needs) total() (all int64) {
	for _, x := range n.neurons {
		all += int64(x)
	}
	for _, x := range n.relays {
		all += int64(x)
	}
	return all
}

// raise makes n the most of n and others.
func (n *needs) raise(others *needs) {
	for k, x := range others.neurons {
		n.neurons[k] = max(n.neurons[k], x)
	}
	for k, x := range others.relays {
		n.relays[k] = max(n.relays[k], x)
	}
}

// equal reports whether others are the same.
func (n *needs) equal(others *needs) bool {
	return slices.Equal(n.neurons, others.neurons) && maps.Equal(n.relays, others.relays)
}

// of returns what a cell takes of a core's table; per is how many destinations a
// slot can have, or 0.
func (n *needs) of(x cell, per int) int32 {
	switch {
	case x.role == ir.Parts:
		return 1
	case per > 0: // copies share the destinations
		return min(n.dests(x), x.slots*int32(per))
	}
	return n.dests(x)
}

// copies returns how many slots the source of a cell takes, of per destinations each.
func (n *needs) copies(x cell, per int) int32 {
	return max((n.dests(x)+int32(per)-1)/int32(per), 1)
}

// newNeeds counts the destinations of outputs: the host.
func newNeeds(q *ir.Quantized) *needs {
	n := &needs{neurons: make([]int32, q.Neurons()), relays: map[ir.Relay]int32{}}
	for _, o := range q.Net.Outputs {
		g := q.Populations[o]
		for x := g.First; x < g.First+g.N; x++ {
			if q.HasSlot(x) {
				n.neurons[x]++
			}
		}
	}
	return n
}

// add counts a destination of a source; inputs need no slots.
func (n *needs) add(from ir.Relay) {
	switch {
	case from.Steps > 0:
		n.relays[from]++
	case !from.Input:
		n.neurons[from.Source]++
	}
}

// least is what destinations there are at least: each net has one, as have outputs.
func (c *cells) least() *needs {
	n := newNeeds(c.q)
	for _, net := range c.nets {
		n.add(c.relayOf(net.source, net.steps))
	}
	return n
}

// needsOf counts the destinations of m.
func needsOf(m *ir.Mapped) *needs {
	n := newNeeds(m.Quantized)
	for k := range m.Cores {
		for i := range m.Cores[k].Axons {
			n.add(m.Cores[k].Axons[i].From())
		}
	}
	return n
}

// copy gives each cell that drives nets slots for as many copies as its destinations
// need, each at most per of them; one with more copies than the slots that it may have
// in a core becomes several cells, as equal as can be: those that fill no core share
// one with others.
func (c *cells) copy(need *needs, per int, most int32) {
	list := make([]cell, 0, len(c.list))
	for _, x := range c.list {
		if x.copies > 0 {
			continue
		}
		copies := need.copies(x, per)
		for n := (copies + most - 1) / most; n > 0; n-- {
			x.slots = (copies + n - 1) / n
			copies -= x.slots
			list = append(list, x)
			x.copies++
		}
	}
	c.list = list
}

// settle gives the cells of each source the slots that its destinations take as the
// cells are in cores, and reports whether these are others than before. Copies in a core
// of their neuron read what it does, so no destination comes in.
func (c *cells) settle(core []int32, need *needs) (changed bool) {
	if c.arch.NeuronFanOut == 0 || len(core) == 0 {
		return false
	}
	used := make([]int32, slices.Max(core)+1)
	for k, x := range c.list {
		used[core[k]] += x.slots
	}
	for from := 0; from < len(c.list); {
		to := from + 1
		for to < len(c.list) && c.list[to].copies > 0 {
			to++
		}
		want := need.copies(c.list[from], c.arch.NeuronFanOut)
		for k := from; k < to; k++ {
			want -= c.list[k].slots
		}
		for change := int32(cmp.Compare(want, 0)); want != 0; want -= change {
			at := c.roomiest(core, used, from, to, change)
			if at < 0 {
				break // each cell has its last slot
			}
			c.list[at].slots += change
			used[core[at]] += change
			changed = true
		}
		from = to
	}
	return changed
}

// roomiest returns which of some cells takes a slot more, or fewer: one in the core with
// the most room, or the least. It returns −1 if there is none.
func (c *cells) roomiest(core, used []int32, from, to int, change int32) int {
	best := -1
	for k := from; k < to; k++ {
		if c.list[k].slots+change >= 1 && (best < 0 || change*used[core[k]] < change*used[core[best]]) {
			best = k
		}
	}
	return best
}

// A load is how many cells a core has, what they take, and which of them has the most
// destinations.
type load struct {
	cells, slots, dests int
	most                int32
}

// loads counts what cores take, where sources have the destinations that need says.
func (c *cells) loads(r *partition.Result, need *needs) []load {
	out := make([]load, r.Cores)
	left := int32(0) // destinations of a source that the copies before do not have
	for k, x := range c.list {
		if x.copies == 0 {
			left = need.dests(x)
		}
		takes := left
		if per := c.arch.NeuronFanOut; per > 0 {
			takes = min(left, x.slots*int32(per))
		}
		left -= takes
		l := &out[r.Core[k]]
		if l.cells == 0 || need.dests(x) > need.dests(c.list[l.most]) {
			l.most = int32(k)
		}
		l.cells++
		l.slots += int(x.slots)
		l.dests += int(takes)
	}
	return out
}

// crowded returns by how much the fullest core is too full, in slots and destinations,
// or numbers below 1.
func (c *cells) crowded(loads []load) (slots, dests int) {
	for _, l := range loads {
		slots, dests = max(slots, l.slots-c.arch.Neurons), max(dests, l.dests-c.arch.FanOut)
	}
	return slots, dests
}

// tooCrowded is the error that tells, once for each population, of cores that are.
func (c *cells) tooCrowded(loads []load, need *needs) error {
	var diags diag.List
	told := map[string]bool{}
	for _, l := range loads {
		x := &c.list[l.most]
		pos, whose, one, what := diag.Pos{File: c.q.Net.File}, "relays of long delays", "one", "relay"
		if x.role != ir.Relays {
			pop := c.q.PopulationOf(int(x.neuron))
			np := &c.q.Net.Populations[pop]
			pos, whose = np.Pos, "population "+strconv.Quote(np.Name)
			one, what = "neuron "+strconv.Itoa(int(x.neuron)-c.q.Populations[pop].First), "neuron"
		}
		overSlots, overDests := l.slots-c.arch.Neurons, l.dests-c.arch.FanOut
		dests := int(need.dests(*x))
		switch {
		case overSlots <= 0 && overDests <= 0 || told[whose]:
			continue
		case overDests > 0:
			diags.Add(pos, diag.DoesNotFit, "%s: %s of a core %s %s, %d more than the core's %d, and smaller cores did not mend it: its fan-out reaches too many cores%s",
				whose, diag.Plural(l.cells, what), has(l.cells), diag.Plural(l.dests, "destination"), overDests, c.arch.FanOut, perhaps)
		default:
			diags.Add(pos, diag.DoesNotFit, "%s: %s has %s, which take %s of it, and the more copies there are, the more cores, and so destinations%s",
				whose, one, diag.Plural(dests, "destination"), diag.Counted(int(need.copies(*x, c.arch.NeuronFanOut)), "copy", "copies"), perhaps)
		}
		told[whose] = true
	}
	return diags.Err()
}

// perhaps says of what was not found that it may be there.
const perhaps = "; with another --seed or more --effort it may fit"

// has is the verb for n things.
func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}
