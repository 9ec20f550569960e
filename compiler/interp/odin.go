package interp

import (
	"github.com/weft-toolchain/weft/isa/fixed"
)

// The phases of an oscillation.
const (
	positive = iota
	falling
	negative
	rising
	phases
)

// odinNeuron is an odin_izh neuron in one event or time reference.
type odinNeuron struct {
	*cell
	timeRef bool
	// movement is that of the tick's event: −1, 0 or 1. crossed says that this event,
	// or time reference, toggled the bit; answered that the tick's event fired.
	movement          int64
	crossed, answered bool
}

// odinIzh is ODIN's Izhikevich neuron after an event and a time reference.
func odinIzh(c *cell) bool {
	n := &odinNeuron{cell: c}
	if n.accumulate(c.in); n.crossed {
		n.movement = sign(c.in)
	}
	fires := n.step()
	n.timeRef, n.answered = true, fires
	n.accumulate(-c.param("leak"))
	if n.step() {
		fires = true
	}
	*n.word("before"), *n.word("strength") = *n.word("strength"), int32(n.movement)
	return fires
}

func (n *odinNeuron) has(choice string) bool { return n.chosen(choice, "true") }

func (n *odinNeuron) state(name string) int64 { return int64(*n.word(name)) }

func (n *odinNeuron) set(name string, x int64) { *n.word(name) = int32(x) }

// accumulate adds to the accumulator.
func (n *odinNeuron) accumulate(x int64) {
	old := n.state("acc")
	acc := (old + x) & 2047
	n.set("acc", acc)
	n.crossed = (old^acc)&n.param("fan_in") != 0
}

func (n *odinNeuron) bound() int64 { return n.param("threshold") + n.state("shift") }

// strong reports whether a movement reaches the bound of a stimulus.
func (n *odinNeuron) strong(movement int64) bool { return movement >= n.param("stim_threshold") }

// lone reports whether a movement reached the bound of a stimulus in the tick
// before, between two ticks without any.
func (n *odinNeuron) lone(movement int64) bool {
	return n.timeRef && n.movement == 0 && n.state("before") == 0 && n.strong(movement)
}

// step moves the potential, fires, and brings the rest of the state after it.
func (n *odinNeuron) step() bool {
	v, bound := n.state("v"), n.bound()
	moved := n.moved()
	if n.timeRef && n.has("resonate") {
		phase := (n.state("phase") + 1) % phases
		if v == 0 || n.state("phase") == falling && moved == 0 {
			phase = positive
		}
		n.set("phase", phase)
	}
	fires := n.fires(moved, bound)
	if n.has("bistable") && n.lone(n.state("strength")) {
		n.set("on", 1-n.state("on"))
	}
	resting := v == 0 || n.state("ref") > 0
	n.hold(v, bound)
	n.time(fires, moved == bound && v != bound)
	n.lock(fires, resting)
	n.adapt(fires)
	if !n.has("after_depolarise") && !n.has("resonate") {
		if fires || n.state("held") > 0 {
			n.set("ref", n.param("reset"))
		} else if moved == 0 {
			n.set("ref", 0)
		}
	}
	n.set("v", moved)
	if fires {
		n.set("v", -n.param("reset"))
		if n.has("after_depolarise") || n.has("resonate") {
			n.set("v", n.param("reset"))
		}
		if n.has("resonate") {
			n.set("phase", negative)
		}
	}
	return fires
}

// moved is the potential after the movement.
func (n *odinNeuron) moved() int64 {
	v := n.state("v")
	step := int64(0)
	switch {
	case n.has("latency") && n.state("timer") > 0, n.has("phasic") && n.state("once") > 0 && v == 0:
	case n.timeRef:
		step = n.relaxation(v)
	default:
		step = n.excitation(v)
	}
	return int64(fixed.Wrap(v+step, 4))
}

// excitation is by how much an event moves the potential.
func (n *odinNeuron) excitation(v int64) int64 {
	step, floor := n.movement, int64(0)
	if n.has("resonate") {
		if p := n.state("phase"); p == falling || p == negative {
			step = -step
		}
	} else {
		if n.state("ref") > 0 || step > 0 && n.has("class_2") && !n.strong(n.state("strength")) {
			return 0
		}
		if n.has("below_zero") {
			floor = -8
		}
	}
	if step < 0 && v == floor || step > 0 && v == 7 {
		return 0
	}
	return step
}

// relaxation is by how much a time reference moves the potential.
func (n *odinNeuron) relaxation(v int64) int64 {
	switch {
	case n.has("resonate"):
		if n.state("phase") == falling {
			return -1
		}
		return 0
	case n.state("ref") > 0:
		return 1
	case n.has("accommodate"):
		if n.answered {
			return 0
		}
		return -n.movement
	case n.has("after_depolarise") && n.state("timer") == 1:
		return -v
	case n.crossed:
		return -sign(v)
	}
	return 0
}

// fires reports whether the neuron does, by the first of its choices that says.
func (n *odinNeuron) fires(moved, bound int64) bool {
	reached := moved == bound
	switch {
	case n.has("sharp"):
		return !n.timeRef && n.movement > 0 && n.state("timer") == n.param("sharp_delay")
	case n.has("latency"):
		return n.timeRef && n.state("timer") == 1
	case n.has("rebound"):
		return reached || n.lone(-n.state("strength"))
	case n.has("bistable"):
		if n.state("on") > 0 {
			return reached || moved == 0
		}
		return reached || n.lone(n.state("strength"))
	case n.has("inhibition_induced") && n.state("held") > 0:
		return moved == 0
	case n.has("resonate"):
		return reached && n.state("phase") == positive
	}
	return reached
}

// hold notes that the potential is as far below zero as the threshold is above.
func (n *odinNeuron) hold(v, bound int64) {
	switch {
	case !n.has("inhibition_induced"):
	case n.state("ref") == 0 && v == -bound:
		n.set("held", 1)
	case n.timeRef && n.movement == 0:
		n.set("held", 0)
	}
}

// time advances the timer.
func (n *odinNeuron) time(fires, reached bool) {
	switch {
	case n.has("sharp"):
		if n.timeRef {
			n.set("timer", min(n.state("timer")+1, 7))
		} else if n.movement > 0 {
			n.set("timer", 0)
		}
	case n.has("after_depolarise") && fires, n.has("latency") && reached:
		n.set("timer", n.param("delay"))
	case n.timeRef:
		n.set("timer", max(n.state("timer")-1, 0))
	}
}

// lock lets a phasic neuron fire once for a strong stimulus.
func (n *odinNeuron) lock(fires, resting bool) {
	now := n.timeRef && n.strong(n.movement)
	last := n.strong(n.state("strength"))
	switch {
	case !n.has("phasic"):
	case fires && (now || last), now && n.answered && resting:
		n.set("once", 1)
	case !last:
		n.set("once", 0)
	}
}

// adapt moves the threshold.
func (n *odinNeuron) adapt(fires bool) {
	leaks := false
	if n.has("variable_threshold") && n.timeRef && n.param("threshold_leak") > 0 {
		n.set("count", n.state("count")+1)
		if leaks = n.state("count") >= n.param("threshold_leak"); leaks {
			n.set("count", 0)
		}
	}
	threshold, shift := n.param("threshold"), n.state("shift")
	own := n.has("by_own_spikes")
	raise, lower := fires, false
	if !own {
		raise, lower = !n.timeRef && n.movement > 0, !n.timeRef && n.movement < 0
	}
	switch {
	case n.has("accommodate"):
		if n.timeRef {
			shift = min(n.movement, 7-threshold)
		}
	case !n.has("variable_threshold"):
	case raise:
		shift = min(shift+1, 7-threshold)
	case lower:
		shift = max(shift-1, 1-threshold)
	case leaks:
		shift -= sign(shift)
	}
	n.set("shift", shift)
}
