package image

import "slices"

// RelaySlot is the place of a relay.
type RelaySlot struct{ Core, Slot int32 }

// Relays returns the relays of an image whose cores are verified, each before
// those that it sends to. ok is false where there is no such order, since relays
// go round a loop: those are left out.
func (im *Image) Relays() (order []RelaySlot, ok bool) {
	g := newRelayGraph(im)
	before := make([]int32, len(g.nodes)) // how many lead to a node and were not visited
	for _, n := range g.nodes {
		g.follow(n, func(to int) { before[to]++ })
	}
	var next []int
	relays := 0
	for k, n := range g.nodes {
		if before[k] == 0 {
			next = append(next, k)
		}
		if _, ok := g.relay(n); ok {
			relays++
		}
	}
	for len(next) > 0 {
		n := g.nodes[next[0]]
		next = next[1:]
		if slot, ok := g.relay(n); ok {
			order = append(order, RelaySlot{n.core, slot})
		}
		g.follow(n, func(to int) {
			if before[to]--; before[to] == 0 {
				next = append(next, to)
			}
		})
	}
	return order, len(order) == relays
}

// relayGraph says which relays send to which. Its nodes are the axons and slots
// of the cores with relays: an axon leads to the relays of its row, and a relay
// to the axons that it sends to.
type relayGraph struct {
	im    *Image
	nodes []relayNode
	// first is the node of axon 0 of each core, or −1 for a core without relays.
	first []int
}

// relayNode is an axon of a core or, behind the axons, a slot.
type relayNode struct{ core, at int32 }

func newRelayGraph(im *Image) relayGraph {
	g := relayGraph{im: im, first: make([]int, len(im.Cores))}
	for k := range im.Cores {
		c := &im.Cores[k]
		g.first[k] = -1
		if !slices.Contains(c.Neurons, NoNeuron) {
			continue
		}
		g.first[k] = len(g.nodes)
		for at := range c.Rows.Len() + len(c.Neurons) {
			g.nodes = append(g.nodes, relayNode{int32(k), int32(at)})
		}
	}
	return g
}

// relay returns the slot of a node, and whether it is a relay's.
func (g *relayGraph) relay(n relayNode) (slot int32, ok bool) {
	c := &g.im.Cores[n.core]
	slot = n.at - int32(c.Rows.Len())
	return slot, slot >= 0 && c.Neurons[slot] == NoNeuron
}

// follow calls visit for each node that n leads to.
func (g *relayGraph) follow(n relayNode, visit func(to int)) {
	c := &g.im.Cores[n.core]
	if int(n.at) < c.Rows.Len() {
		for _, slot := range c.Rows.Row(int(n.at)).Slots {
			if c.Neurons[slot] == NoNeuron {
				visit(g.first[n.core] + c.Rows.Len() + int(slot))
			}
		}
	} else if slot, ok := g.relay(n); ok {
		for _, d := range c.Dests[slot] {
			if d.Core != Host && d.Axon >= 0 && g.first[d.Core] >= 0 {
				visit(g.first[d.Core] + int(d.Axon))
			}
		}
	}
}
