package core

import "math/bits"

// short is how many synapses the rows of a core have at most, on average, if it is worth
// that senders add them up: of longer ones, the way to them is not what takes long.
const short = 16

// Scatters reports whether whoever sends a spike to the core may as well add the weights
// of its row: these are short lists, of synapses without a delay of their own.
func (s *Spec) Scatters() bool {
	l := s.lists()
	return l != nil && l.delays == nil && l.used()*short >= len(l.synapses)
}

// lists are the rows of a plan, where they are that.
func (s *Spec) lists() *lists {
	if s.plan == nil {
		return nil
	}
	l, _ := s.plan.layout.(*lists)
	return l
}

// List returns the synapses of an axon of a core that Scatters, but for those of weight 0.
func (s *Spec) List(axon int32) []Listed { return s.lists().of(axon) }

// WeightBits is how many bits their weights take, the sign with them.
func (s *Spec) WeightBits() int { return bits.Len(uint(s.lists().largest)) + 1 }

// Lanes is how many sums such a core has.
func (s *Spec) Lanes() int { return s.plan.lanes }

// RowCounts returns how many words and synapses the row of such an axon counts as.
func (s *Spec) RowCounts(axon int32) (words, synapses int64) {
	if p := s.plan; p.synapses != nil {
		one := []int32{axon}
		return total(p.words, one), total(p.synapses, one)
	}
	n := int32(len(s.List(axon)))
	return int64(s.lists().wordsOf(n)), int64(n)
}

// AddIn makes a core that Scatters add up in sums, one a lane, to which others may add
// between its Update and the next tick: 0 after Update. Reset leaves them. It comes after Share.
func (c *Core) AddIn(sums []int32) { c.shared = sums }

// IntegrateShared is Integrate of such a core, with what others added on nobody's books.
// AsBits says that there may be spikes due besides, added that there may be such sums.
func (c *Core) IntegrateShared(t int64, asBits, added bool) {
	c.quiet = true
	if asBits {
		c.integrateFast(t)
	}
	c.quiet = c.quiet && !added
}
