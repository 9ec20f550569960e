package ranc

import "math/bits"

// core is one core at work.
//
// The crossbar is a bit set for each neuron. Its columns, and those of the
// scheduler, do not stand in the order of the axons but by axon type, and each
// type begins a word: thus all bits of a word have the same weight, and a
// neuron's input is a population count and a multiplication for each word that
// has active axons.
//
//	axons  0:A 1:B 2:A 3:B …     words │A A … 0 0│B B … 0 0│
type core struct {
	place     int
	columns   []uint32 // of an axon: its bit in rows
	types     []int    // of a word: the axon type of its bits
	axonTypes []uint8

	neurons   []neuron
	weights   []int64  // neurons × types
	synapses  []uint64 // neurons × words
	potential []int64
	nTypes    int

	sched  scheduler
	active []activeWord // of this tick

	clocked clocked // the HDL's token controller
}

// activeWord is a word of the scheduler's row that has spikes.
type activeWord struct {
	index int // of the word
	kind  int // the axon type
	bits  uint64
}

func newCore(cfg *Config, c *Core) *core {
	k := &core{place: cfg.place(c.X, c.Y), nTypes: cfg.Weights}
	k.axonTypes = make([]uint8, cfg.Axons)
	for a, t := range c.AxonTypes {
		k.axonTypes[a] = uint8(t)
	}
	k.layout(cfg.Weights)
	words := len(k.types)

	symmetric := cfg.SymmetricReset && cfg.Options.Variant == Simulator
	k.neurons = make([]neuron, len(c.Neurons))
	k.potential = make([]int64, len(c.Neurons))
	k.weights = make([]int64, len(c.Neurons)*k.nTypes)
	k.synapses = make([]uint64, len(c.Neurons)*words)
	for i := range c.Neurons {
		n := newNeuron(&c.Neurons[i], symmetric)
		n.toX, n.toY = c.X+c.Neurons[i].DX, c.Y+c.Neurons[i].DY
		k.neurons[i] = n
		k.potential[i] = n.potential0
		for t, w := range c.Neurons[i].Weights {
			k.weights[i*k.nTypes+t] = int64(w)
		}
		if i >= len(c.Synapses) {
			continue
		}
		for word, set := range c.Synapses[i] {
			for ; set != 0; set &= set - 1 {
				bit := k.columns[64*word+bits.TrailingZeros64(set)]
				k.synapses[i*words+int(bit/64)] |= 1 << (bit % 64)
			}
		}
	}
	k.sched = newScheduler(cfg.Slots, words)
	k.active = make([]activeWord, 0, words)
	return k
}

// layout gives every axon its column.
func (k *core) layout(nTypes int) {
	k.columns = make([]uint32, len(k.axonTypes))
	for t := range nTypes {
		next := uint32(64 * len(k.types))
		end := next
		for a, kind := range k.axonTypes {
			if int(kind) != t {
				continue
			}
			k.columns[a] = end
			end++
		}
		for ; next < end; next += 64 {
			k.types = append(k.types, t)
		}
	}
}

// begin turns to the next tick and gathers its active axons.
func (k *core) begin() {
	k.sched.advance()
	k.active = k.active[:0]
	for i, set := range k.sched.row() {
		if set != 0 {
			k.active = append(k.active, activeWord{index: i, kind: k.types[i], bits: set})
		}
	}
}

// integrate returns the potential of neuron i with its input added, and how
// many synapses had a spike.
func (k *core) integrate(i int) (v, events int64) {
	v = k.potential[i]
	if len(k.active) == 0 {
		return v, 0
	}
	row := k.synapses[i*len(k.types):][:len(k.types)]
	weights := k.weights[i*k.nTypes:][:k.nTypes]
	for _, w := range k.active {
		n := int64(bits.OnesCount64(row[w.index] & w.bits))
		v += n * weights[w.kind]
		events += n
	}
	return v, events
}
