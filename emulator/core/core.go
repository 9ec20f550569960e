// Package core is one core at work: its scheduler, crossbar and neurons. Its
// phases of a tick are methods, called in order by the machine: Integrate reads
// the rows of the axons that are due, Update runs the neurons' program, and
// between ticks Receive writes arriving spikes into the scheduler.
package core

import (
	"math"
	"math/bits"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Spec is what a core is made from: shared by all machines that run the image,
// and immutable.
type Spec struct {
	image   *image.Core
	program []isa.Inst
	// stateWords and paramWords are per neuron.
	stateWords, paramWords int
	stateBits              int
	rows                   []row
	// slots is the depth of the scheduler, ring of the accumulators: one of the
	// two is the longest delay, the other 1.
	slots, ring int
	timing      targets.Timing
}

// row is an axon's synapses as Integrate walks them.
type row struct {
	weights []int16
	// targets is nil where the row reaches every slot in order.
	targets []uint16
	// delays is nil where the scheduler keeps the delays.
	delays []uint16
	// synapses and words are what the row counts, zero weights included.
	synapses, words int64
}

// NewSpec prepares a core of an image that is verified.
func NewSpec(im *image.Image, k int, timing targets.Timing) *Spec {
	c := &im.Cores[k]
	a := &im.Manifest.Arch
	program, err := isa.DecodeAll(im.Programs[c.Program].Words)
	if err != nil {
		panic("core: program of a verified image: " + err.Error())
	}
	s := &Spec{
		image: c, program: program, timing: timing, stateBits: a.StateBits,
		stateWords: im.StateWords(c), paramWords: int(c.ParamWords), slots: 1, ring: 1,
	}
	if a.DelayPlace == targets.DelayAxon {
		s.slots = a.MaxDelay
	} else {
		s.ring = a.MaxDelay
	}
	s.rows = make([]row, len(c.Rows))
	for r := range c.Rows {
		s.rows[r] = newRow(&c.Rows[r], a, len(c.Neurons))
	}
	return s
}

// newRow leaves out the zero weights of a row, unless it reaches every slot.
func newRow(r *image.Row, a *targets.Arch, neurons int) row {
	out := row{synapses: int64(len(r.Slots))}
	if a.SynapseFormat == targets.Dense {
		out.words = int64((a.Neurons + a.WordSynapses - 1) / a.WordSynapses)
	} else {
		out.words = int64((len(r.Slots) + a.WordSynapses - 1) / a.WordSynapses)
	}
	zeros := 0
	for _, w := range r.Weights {
		if w == 0 {
			zeros++
		}
	}
	full := len(r.Slots) == neurons && (neurons == 0 || int(r.Slots[neurons-1]) == neurons-1) && distinct(r.Slots)
	if full && r.Delays == nil && zeros*2 < neurons {
		out.weights = r.Weights
		return out
	}
	if zeros == 0 {
		out.weights, out.targets, out.delays = r.Weights, r.Slots, r.Delays
		return out
	}
	for k, w := range r.Weights {
		if w == 0 {
			continue
		}
		out.weights = append(out.weights, w)
		out.targets = append(out.targets, r.Slots[k])
		if r.Delays != nil {
			out.delays = append(out.delays, r.Delays[k])
		}
	}
	if out.targets == nil {
		out.targets = []uint16{}
	}
	return out
}

func distinct(slots []uint16) bool {
	for k := 1; k < len(slots); k++ {
		if slots[k] == slots[k-1] {
			return false
		}
	}
	return true
}

// Core is a core's state. It has one owner.
type Core struct {
	spec *Spec
	// pending[t mod slots] has a bit for each axon that is due in tick t.
	pending [][]uint64
	// sums[t mod ring] are the accumulators of tick t.
	sums  [][]int32
	state []int32
	// current is added to each accumulator in every tick; nil is zero.
	current []int32
	// settled has, for each slot, the input with which the last update changed
	// nothing, or unsettled. A program's result depends on state and input alone,
	// so the same input will change nothing again and need not be tried.
	settled []int64
	lane    isa.Lane
	// Fired lists the slots that fired in the last Update, ascending.
	Fired []int32
	// Counts and Saturations are the core's books.
	Counts      activity.Counts
	Saturations int64
}

// unsettled is no input: wider than any word.
const unsettled = math.MinInt64

// New returns a core in its initial state.
func New(s *Spec) *Core {
	c := &Core{spec: s, pending: make([][]uint64, s.slots), sums: make([][]int32, s.ring), state: make([]int32, len(s.image.State))}
	for k := range c.pending {
		c.pending[k] = make([]uint64, (len(s.rows)+63)/64)
	}
	for k := range c.sums {
		c.sums[k] = make([]int32, len(s.image.Neurons))
	}
	c.settled = make([]int64, len(s.image.Neurons))
	c.lane.Bits = s.stateBits
	copy(c.lane.Reg[isa.C0:], s.image.Consts[:])
	c.Reset()
	return c
}

// Reset puts the core into its initial state and empties its books.
func (c *Core) Reset() {
	for _, p := range c.pending {
		clear(p)
	}
	for _, s := range c.sums {
		clear(s)
	}
	copy(c.state, c.spec.image.State)
	for slot := range c.settled {
		c.settled[slot] = unsettled
	}
	c.current = nil
	c.Fired = c.Fired[:0]
	c.Counts = activity.Counts{}
	c.Saturations = 0
}

// SetCurrent sets what is added to each accumulator in every tick, in weight
// units; nil is nothing. The caller keeps the slice unchanged.
func (c *Core) SetCurrent(current []int32) { c.current = current }

// Receive writes a spike that was sent in some tick and is due at axon in tick
// due: at most the longest delay later.
func (c *Core) Receive(axon int32, due int64) {
	c.pending[due%int64(c.spec.slots)][axon>>6] |= 1 << (axon & 63)
	c.Counts[targets.PacketReceived]++
}

// Integrate reads the rows of the axons that are due in tick t, adds their
// weights, and returns the cycles that took.
func (c *Core) Integrate(t int64) (cycles int64) {
	s := c.spec
	due := c.pending[t%int64(s.slots)]
	now := c.sums[t%int64(s.ring)]
	var rows, words int64
	for k, set := range due {
		for set != 0 {
			r := &s.rows[k<<6+bits.TrailingZeros64(set)]
			set &= set - 1
			rows++
			words += r.words
			c.add(r, now, t)
		}
		due[k] = 0
	}
	c.Counts[targets.AxonRow] += rows
	c.Counts[targets.SynapseWord] += words
	return s.timing.Tick + rows*s.timing.Row + words*s.timing.Word
}

func (c *Core) add(r *row, now []int32, t int64) {
	c.Counts[targets.SynapticOp] += r.synapses
	switch {
	case r.targets == nil:
		now = now[:len(r.weights)]
		for k, w := range r.weights {
			now[k] += int32(w)
		}
	case r.delays == nil:
		for k, w := range r.weights {
			now[r.targets[k]] += int32(w)
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
			c.sums[at][r.targets[k]] += int32(w)
		}
	}
}

// Update runs the program of every neuron for tick t, fills Fired and returns
// the cycles that took.
func (c *Core) Update(t int64) (cycles int64) {
	s := c.spec
	sums := c.sums[t%int64(s.ring)]
	c.Fired = c.Fired[:0]
	n := len(sums)
	for slot, sum := range sums {
		in := int64(sum)
		if c.current != nil {
			in += int64(c.current[slot])
		}
		if in != c.settled[slot] {
			c.update(slot, in)
		}
	}
	clear(sums)
	c.Counts[targets.NeuronUpdate] += int64(n)
	c.Counts[targets.SpikeOut] += int64(len(c.Fired))
	c.Counts[targets.CoreTick]++
	return s.UpdateCycles(n)
}

// update runs the program of the neuron in a slot with an input. Registers that
// only the machine writes keep their values from slot to slot: zero, and the C
// registers.
func (c *Core) update(slot int, in int64) {
	s, l := c.spec, &c.lane
	state := c.state[slot*s.stateWords:][:s.stateWords]
	input, clipped := fixed.Sat(in, s.stateBits)
	l.Reg[isa.In] = input
	clear(l.Reg[isa.T0:isa.S0])
	for k, v := range state {
		l.Reg[isa.S0+isa.Reg(k)] = v
	}
	for k, v := range s.image.Params[slot*s.paramWords:][:s.paramWords] {
		l.Reg[isa.P0+isa.Reg(k)] = v
	}
	l.Run(s.program)
	if clipped {
		l.Saturations++
	}
	changed := l.Spike
	for k, old := range state {
		if v := l.Reg[isa.S0+isa.Reg(k)]; v != old {
			state[k] = v
			changed = true
		}
	}
	c.settled[slot] = unsettled
	if changed {
		c.Counts[targets.NeuronActive]++
	} else if l.Saturations == 0 {
		c.settled[slot] = in
	}
	if l.Spike {
		c.Fired = append(c.Fired, int32(slot))
	}
	c.Saturations += int64(l.Saturations)
}

// UpdateCycles returns the cycles from the start of an update until the first n
// neurons are done: groups of Lanes neurons, one after another.
func (s *Spec) UpdateCycles(n int) int64 {
	groups := (int64(n) + s.timing.Lanes - 1) / s.timing.Lanes
	return groups * int64(len(s.program)) * s.timing.Instruction
}

// State returns state word k of a slot.
func (c *Core) State(slot, k int) int32 { return c.state[slot*c.spec.stateWords+k] }
