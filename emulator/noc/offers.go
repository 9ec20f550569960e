package noc

import "math/bits"

// offerHorizon is how many cycles ahead offers are in order without effort.
const offerHorizon = 4096

// offers says which nodes' sources offer a packet in which cycle, of those that are not in the
// plan. A node has one offer at a time.
type offers struct {
	// first is the first node of each of the next cycles, modulo offerHorizon, or
	// none, and then the one after each node.
	first [offerHorizon]int32
	then  []int32
	// cycles are the cycles with an offer, 64 each; words those of cycles that are
	// not zero.
	cycles   [offerHorizon / 64]uint64
	words    uint64
	sleepers sleepers
}

func newOffers(nodes int) offers {
	o := offers{then: make([]int32, nodes)}
	for i := range o.first {
		o.first[i] = none
	}
	return o
}

// add has a node offer at a cycle that is not before now.
func (o *offers) add(node int32, now, at Cycles) {
	if at-now >= offerHorizon {
		o.sleepers.push(sleeper{at, node})
		return
	}
	slot := uint(at) % offerHorizon
	o.then[node] = o.first[slot]
	o.first[slot] = node
	o.cycles[slot/64] |= 1 << (slot % 64)
	o.words |= 1 << (slot / 64)
}

// none reports whether no node has an offer.
func (o *offers) none() bool { return o.words == 0 && len(o.sleepers) == 0 }

// next returns the first cycle from now on with an offer; there is one.
func (o *offers) next(now Cycles) Cycles {
	if o.words == 0 {
		return o.sleepers[0].at
	}
	slot := uint(now) % offerHorizon
	word, from := slot/64, slot%64
	if rest := o.cycles[word] >> from; rest != 0 {
		return now + Cycles(bits.TrailingZeros64(rest))
	}
	// The words behind come first, and what is left of this one last.
	ahead := uint(bits.TrailingZeros64(bits.RotateLeft64(o.words, -int(word+1)))) + 1
	bit := uint(bits.TrailingZeros64(o.cycles[(word+ahead)%64]))
	return now + Cycles(ahead*64+bit-from)
}

// take empties the list of a cycle, which now has become, and returns the first
// of its nodes, or none; then has those after.
func (o *offers) take(now Cycles) int32 {
	for len(o.sleepers) > 0 && o.sleepers[0].at-now < offerHorizon {
		s := o.sleepers.pop()
		o.add(s.node, now, s.at)
	}
	slot := uint(now) % offerHorizon
	node := o.first[slot]
	if node != none {
		o.first[slot] = none
		if o.cycles[slot/64] &^= 1 << (slot % 64); o.cycles[slot/64] == 0 {
			o.words &^= 1 << (slot / 64)
		}
	}
	return node
}

// sleeper is a node whose source has nothing to offer before a cycle that is
// beyond the horizon of offers.
type sleeper struct {
	at   Cycles
	node int32
}

// sleepers is a binary heap, the earliest first.
type sleepers []sleeper

func (s *sleepers) push(v sleeper) {
	h := append(*s, v)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if h[parent].at <= v.at {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = v
	*s = h
}

// pop removes the earliest sleeper.
func (s *sleepers) pop() sleeper {
	h := *s
	first, v := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].at < h[child].at {
			child++
		}
		if h[child].at >= v.at {
			break
		}
		h[i] = h[child]
		i = child
	}
	if len(h) > 0 {
		h[i] = v
	}
	*s = h
	return first
}
