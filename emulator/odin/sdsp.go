package odin

// Flags are the two bits per neuron that steer the learning of its synapses:
// whether a presynaptic spike strengthens or weakens them. They stand in a
// register beside the neuron memory, and change whenever the neuron is written.
type Flags struct{ Up, Down bool }

// calcium is the trace of a neuron's recent firing, by which the learning rule
// (spike-dependent synaptic plasticity: Brader, Senn and Fusi, 2007) decides
// whether and how its synapses change.
type calcium struct {
	enabled                bool
	thetaMem               int
	theta1, theta2, theta3 int
	// leak is how many time references it takes to lose one. Zero never does.
	leak         int
	level, count int
}

// calciumLayout is where in a neuron's word its calcium stands.
type calciumLayout struct {
	enable, thetaMem, theta1, theta2, theta3, leak, level, count field
}

func newCalcium(l *calciumLayout, w Word) calcium {
	return calcium{
		enabled: l.enable.is(w), thetaMem: l.thetaMem.of(w), theta1: l.theta1.of(w), theta2: l.theta2.of(w),
		theta3: l.theta3.of(w), leak: l.leak.of(w), level: l.level.of(w), count: l.count.of(w),
	}
}

// put returns the word with the calcium's state written into it.
func (c *calcium) put(l *calciumLayout, w Word) Word {
	return l.count.put(l.level.put(w, c.level), c.count)
}

const (
	calciumMax = 7
	// countMask is the width of the counter of time references. A leak set below
	// the counter's value is met only after the counter has wrapped.
	countMask = 31
)

// step takes one event, with how much the neuron's firing adds. To fire and to
// leak in one event cancel out.
func (c *calcium) step(timeRef bool, added int) {
	if !c.enabled {
		return
	}
	leaks := false
	if timeRef && c.leak != 0 {
		leaks = c.count == c.leak-1
		c.count = (c.count + 1) & countMask
		if leaks {
			c.count = 0
		}
	}
	switch {
	case leaks && added == 0:
		c.level = max(0, c.level-1)
	case !leaks:
		c.level = min(calciumMax, c.level+added)
	}
}

// flags compares the potential and the calcium as an event leaves them. Below
// zero, where only Izhikevich neurons go, nothing is learnt.
func (c *calcium) flags(v int) Flags {
	if !c.enabled || v < 0 || c.level < c.theta1 {
		return Flags{}
	}
	return Flags{
		Up:   v >= c.thetaMem && c.level < c.theta3,
		Down: v < c.thetaMem && c.level < c.theta2,
	}
}

// monitor is the part of the monitored state that is about learning.
func (c *calcium) monitor(v int) uint16 {
	f := c.flags(v)
	return uint16(bit(f.Up)<<14 | bit(f.Down)<<13 | c.level<<10)
}

// A synapse of ODIN is a mapping bit above a weight of three bits.
const (
	mapped    = 8
	weightMax = 7
)

// learn returns the synapse after a presynaptic spike. Where both flags are set,
// which no neuron's thresholds can bring about, up wins; at either end the
// weight stays.
func learn(synapse uint8, f Flags) uint8 {
	w := synapse & weightMax
	switch {
	case f.Up && w == weightMax, f.Down && w == 0:
		return synapse
	case f.Up:
		return synapse + 1
	case f.Down:
		return synapse - 1
	default:
		return synapse
	}
}

// settle returns the synapse after a bistability event, which moves it away from
// the middle.
func settle(synapse uint8) uint8 {
	up := synapse&weightMax > weightMax/2
	return learn(synapse, Flags{Up: up, Down: !up})
}
