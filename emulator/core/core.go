// Package core is one core at work: its scheduler, crossbar and neurons. Its
// phases of a tick are methods, called in order by the machine: Integrate reads
// the rows of the axons that are due, Update runs the neurons' program, Learn
// those that change synapses, and between ticks Receive writes arriving spikes
// into the scheduler.
package core

import (
	"math"
	"math/bits"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/targets"
)

// Core is a core's state. It has one owner.
type Core struct {
	spec *Spec
	// pending[t mod its length] has a bit for each axon that is due in tick t.
	pending [][]uint64
	// payloads[t mod its length] are what the spikes due in tick t carry, by axon,
	// where spikes carry something.
	payloads [][]int64
	// parts[t mod the longest delay] are the partial sums due in tick t; nil before
	// the first.
	parts [][]int64
	// sums[t mod ring] are the accumulators of tick t: in the plain way, or as
	// planned, where ring is nil if a tick's are made in it.
	sums [][]int64
	ring [][]int32
	// shared are those to which others add; nil where nobody does.
	shared []int32
	// until is the last tick for which ring has something.
	until int64
	// wide are the accumulators of a tick that the plan does not take.
	wide []int64
	// state holds a column for each state word: those of columns, whose lanes are the
	// slots.
	state   []int32
	columns [][]int32
	// lanes are all neurons of a core whose program looks across them.
	lanes []isa.Lane
	env   isa.Env
	synapses
	// current is added to each accumulator in every tick; nil is zero.
	current []int32
	// settled has, for each slot, the input with which the last update changed
	// nothing, or unsettled. A program's result depends on state and input alone,
	// so the same input will change nothing again and need not be tried.
	settled []int64
	lane    isa.Lane
	// Fired lists the slots that fired in the last Update, ascending, and Payloads
	// what their spikes carry. PartSlots and Parts are the partial sums sent.
	Fired, Payloads  []int32
	PartSlots, Parts []int32
	// Counts and Saturations are the core's books, Saturations by the populations of
	// its Spec; LostAtAxons are the packets to dead axons.
	Counts      activity.Counts
	Saturations []int64
	LostAtAxons int64
	// room is what a plan works in. quiet says that nothing came in this tick, rests
	// that the last one was so and changed nothing.
	room         *Room
	quiet, rests bool
	// run tells this run's read noise from that of others, column is what the
	// columns of an array of devices sum up to.
	run    uint64
	column []int64
	// watch, where not nil, is told of each instruction.
	watch func(*Moment)
}

// unsettled is no input: wider than any word.
const unsettled = math.MinInt64

// New returns a core in its initial state.
func New(s *Spec) *Core {
	pending := make([][]uint64, s.slots())
	for k := range pending {
		pending[k] = make([]uint64, s.Words())
	}
	c := NewIn(s, pending, 0, make([]int32, s.State()))
	c.Share(&Room{})
	return c
}

// NewIn is New for a core that works in memory of somebody else's. The spikes that are
// due in tick t are from a word of pending[t mod its length] on, a bit an axon, and state
// has as many words as State says. Pending is for as many ticks as any spike's delay, and
// one more, since spikes may come while the tick's own are read. Before the core is run
// it has to Share a room.
func NewIn(s *Spec, pending [][]uint64, word int, state []int32) *Core {
	n, lanes := len(s.image.Neurons), s.lanes()
	c := &Core{spec: s, pending: make([][]uint64, len(pending)), state: state, columns: make([][]int32, s.stateWords)}
	for k := range c.pending {
		c.pending[k] = pending[k][word:][:s.Words()]
	}
	for k := range c.columns {
		c.columns[k] = c.state[k*lanes:][:n]
	}
	if s.graded {
		c.payloads = make([][]int64, len(pending))
		for k := range c.payloads {
			c.payloads[k] = make([]int64, s.axons)
		}
	}
	c.env = isa.Env{Seed: s.seed, Table: s.table}
	c.lane.Core = &c.env
	if s.together {
		c.lanes = make([]isa.Lane, n)
		for k := range c.lanes {
			c.lanes[k] = isa.Lane{Core: &c.env, Bits: s.stateBits}
			copy(c.lanes[k].Reg[isa.C0:], s.image.Consts[:])
		}
	}
	c.synapses = newSynapses(s)
	c.lane.Bits = s.stateBits
	copy(c.lane.Reg[isa.C0:], s.image.Consts[:])
	c.Saturations = make([]int64, len(s.Populations))
	if s.devices != nil {
		c.column = make([]int64, n)
	}
	if s.plan == nil {
		c.sums = make([][]int64, s.ring)
		for k := range c.sums {
			c.sums[k] = make([]int64, n)
		}
		c.settled = make([]int64, n)
	} else {
		c.planned()
	}
	c.Reset()
	return c
}

// Reset puts the core into its initial state and empties its books.
func (c *Core) Reset() {
	for _, p := range c.pending {
		clear(p)
	}
	for _, list := range [][][]int64{c.sums, c.payloads, c.parts} {
		for _, s := range list {
			clear(s)
		}
	}
	for _, s := range c.ring {
		clear(s)
	}
	c.reset(c.spec)
	for k, column := range c.columns {
		for slot := range column {
			column[slot] = c.spec.image.State[slot*c.spec.stateWords+k]
		}
	}
	c.until, c.quiet, c.rests = 0, false, false
	for slot := range c.settled {
		c.settled[slot] = unsettled
	}
	c.current = nil
	c.clearSent()
	c.Counts = activity.Counts{}
	clear(c.Saturations)
	c.LostAtAxons = 0
}

// SetCurrent sets what is added to each accumulator in every tick, in weight
// units; nil is nothing. The caller keeps the slice unchanged.
func (c *Core) SetCurrent(current []int32) { c.current, c.rests = current, false }

func (c *Core) clearSent() {
	c.Fired, c.Payloads = c.Fired[:0], c.Payloads[:0]
	c.PartSlots, c.Parts = c.PartSlots[:0], c.Parts[:0]
}

// Receive writes a spike that was sent in some tick and is due at axon in tick
// due: at most the longest delay later. It carries a payload, 1 for a plain
// spike.
func (c *Core) Receive(axon int32, due int64, payload int32) {
	if dead := c.spec.broken.axons; dead != nil && dead[axon] {
		c.Counts[targets.PacketReceived]++
		c.LostAtAxons++
		return
	}
	slot := due % int64(len(c.pending))
	c.pending[slot][axon>>6] |= 1 << (axon & 63)
	if c.payloads != nil {
		c.payloads[slot][axon] += int64(payload)
	}
	c.Counts[targets.PacketReceived]++
}

// ReceivePart writes a partial sum that is due in a slot in tick due: one that is
// due in the tick at work comes before its Update.
func (c *Core) ReceivePart(slot int32, due int64, value int32) {
	c.makeParts()
	c.parts[due%int64(c.spec.partSlots)][slot] += int64(value)
	c.Counts[targets.PacketReceived]++
}

// makeParts makes room for partial sums, where there is none.
func (c *Core) makeParts() {
	if c.parts != nil {
		return
	}
	c.parts = make([][]int64, c.spec.partSlots)
	for k := range c.parts {
		c.parts[k] = make([]int64, len(c.spec.image.Neurons))
	}
}

// StartTick tells the core the tick and what its broadcast register holds in it.
func (c *Core) StartTick(t, broadcast int64) {
	c.env.Tick, c.env.Broadcast = t, broadcast
}

// Integrate reads the rows of the axons that are due in tick t, adds their
// weights, and returns the cycles that took.
func (c *Core) Integrate(t int64) (cycles int64) {
	s := c.spec
	switch {
	case s.plan != nil:
		return c.integrateFast(t)
	case s.devices != nil:
		return c.integrateDevices(t)
	}
	due := c.pending[t%int64(len(c.pending))]
	now := c.sums[t%int64(s.ring)]
	var rows, words, learnt int64
	for k, set := range due {
		for set != 0 {
			axon := k<<6 + bits.TrailingZeros64(set)
			r := &s.rows[axon]
			set &= set - 1
			rows++
			words += r.words
			payload := int64(1)
			if c.payloads != nil {
				p := &c.payloads[t%int64(len(c.payloads))][axon]
				payload, *p = *p, 0
			}
			switch {
			case r.plain != nil:
				learnt += c.visit(axon, payload, t)
			case payload != 1:
				c.addTimes(r, payload, t)
			default:
				c.add(r, now, t)
			}
		}
		due[k] = 0
	}
	c.Counts[targets.AxonRow] += rows
	c.Counts[targets.SynapseWord] += words
	return s.timing.Tick + rows*s.timing.Row + words*s.timing.Word + learnt
}

func (c *Core) add(r *row, now []int64, t int64) {
	c.Counts[targets.SynapticOp] += r.synapses
	switch {
	case r.targets == nil:
		now = now[:len(r.weights)]
		for k, w := range r.weights {
			now[k] += int64(w)
		}
	case r.delays == nil:
		for k, w := range r.weights {
			now[r.targets[k]] += int64(w)
		}
	default:
		// A row is read one tick after its spike, so a delay of 1 is now. A delay is
		// at most the ring's length: one subtraction is the remainder.
		ring := c.spec.ring
		last := int((t - 1) % int64(ring))
		for k, w := range r.weights {
			at := last + int(r.delays[k])
			if at >= ring {
				at -= ring
			}
			c.sums[at][r.targets[k]] += int64(w)
		}
	}
}

// addTimes is add for a spike with a payload.
func (c *Core) addTimes(r *row, payload, t int64) {
	c.Counts[targets.SynapticOp] += r.synapses
	for k, w := range r.weights {
		slot, delay := k, 1
		if r.targets != nil {
			slot = int(r.targets[k])
		}
		if r.delays != nil {
			delay = int(r.delays[k])
		}
		c.sums[(t-1+int64(delay))%int64(c.spec.ring)][slot] += int64(w) * payload
	}
}

// Update runs the program of every neuron for tick t, fills Fired and returns
// the cycles that took.
func (c *Core) Update(t int64) (cycles int64) {
	c.clearSent()
	if c.spec.plan != nil {
		return c.updateFast(t)
	}
	sums := c.sums[t%int64(c.spec.ring)]
	c.addExtras(t, sums)
	return c.update(sums)
}

// addExtras adds to the sums of a tick what comes besides synapses: partial sums
// and currents.
func (c *Core) addExtras(t int64, sums []int64) {
	if c.parts != nil {
		parts := c.parts[t%int64(c.spec.partSlots)]
		for slot, v := range parts {
			sums[slot] += v
		}
		clear(parts)
	}
	for slot, v := range c.current {
		sums[slot] += int64(v)
	}
}

// update is Update in the plain way, for the sums of a tick, which it clears.
func (c *Core) update(sums []int64) (cycles int64) {
	s := c.spec
	if s.together {
		for slot, in := range sums {
			c.load(&c.lanes[slot], slot, in)
		}
		c.runTogether()
		for slot, in := range sums {
			c.store(&c.lanes[slot], slot, in)
		}
	} else {
		for slot, in := range sums {
			if in != c.settled[slot] || c.watch != nil {
				c.load(&c.lane, slot, in)
				c.runLane(&c.lane, isa.Tick, slot, synapse{})
				c.store(&c.lane, slot, in)
			}
		}
	}
	clear(sums)
	return c.updated()
}

// updated puts an update onto the books.
func (c *Core) updated() (cycles int64) {
	n := len(c.spec.image.Neurons)
	c.Counts[targets.NeuronUpdate] += int64(n)
	c.Counts[targets.SpikeOut] += int64(len(c.Fired))
	c.Counts[targets.CoreTick]++
	return c.spec.UpdateCycles(n)
}

// load puts a neuron and its input into a lane. Registers that only the machine
// writes keep their values from slot to slot: zero, and the C registers.
func (c *Core) load(l *isa.Lane, slot int, in int64) {
	s := c.spec
	l.Sum = in
	l.Reg[isa.In], _ = fixed.Sat(in, s.stateBits)
	l.Key = s.keys[slot]
	if s.compartments > 1 {
		l.Segment = int32(slot % s.compartments)
	}
	clear(l.Reg[isa.T0:isa.S0])
	for k, column := range c.columns {
		l.Reg[isa.S0+isa.Reg(k)] = column[slot]
	}
	for k, v := range s.image.Params[slot*s.paramWords:][:s.paramWords] {
		l.Reg[isa.P0+isa.Reg(k)] = v
	}
}

// store takes what a lane's run of the program left behind.
func (c *Core) store(l *isa.Lane, slot int, in int64) {
	s := c.spec
	if s.clips(in) {
		l.Saturations++
	}
	changed := l.Spike || l.HasPart
	for k, column := range c.columns {
		if v := l.Reg[isa.S0+isa.Reg(k)]; v != column[slot] {
			column[slot] = v
			changed = true
		}
	}
	c.settled[slot] = unsettled
	if changed {
		c.Counts[targets.NeuronActive]++
	} else if l.Saturations == 0 && s.pure {
		c.settled[slot] = in
	}
	if l.Spike {
		c.Fired = append(c.Fired, int32(slot))
		c.Payloads = append(c.Payloads, l.Payload)
	}
	if l.HasPart {
		c.PartSlots = append(c.PartSlots, int32(slot))
		c.Parts = append(c.Parts, l.Part)
	}
	if l.Saturations > 0 {
		c.saturated(slot, l.Saturations)
	}
}

// saturated counts saturations of the neuron in a slot.
func (c *Core) saturated(slot, n int) {
	if g := c.spec.group[slot]; g >= 0 {
		c.Saturations[g] += int64(n)
	}
}

// State returns state word k of a slot.
func (c *Core) State(slot, k int) int32 { return c.columns[k][slot] }
