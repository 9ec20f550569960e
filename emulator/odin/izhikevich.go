package odin

// izhikevich is ODIN's second neuron model: a small automaton that shows the
// twenty behaviours which Izhikevich lists ("Which model to use for cortical
// spiking neurons?", 2004), each of them switched on by a bit of its word.
//
// Synapses fill an accumulator. Whenever one of its bits toggles, which of them
// is the neuron's fan-in, the potential of four bits moves by one: weights set
// how often it moves, not how far. Time references delimit intervals, and most
// behaviours compare the net movement of one interval with a bound.
type izhikevich struct {
	izhParams
	izhState
	calcium calcium
	program Word
}

// izhParams is the constant part of the word.
type izhParams struct {
	leak                                        int
	leaks                                       bool
	fanInBit                                    uint
	burstSpikes, burstStep                      int
	threshold, reset, delay                     int
	stimThreshold                               int
	sharp                                       bool
	sharpDelay                                  int
	latency, afterDepolarise                    bool
	phasic, mixed, class2, negative, rebound    bool
	inhibitionInduced, bistable, resonate       bool
	variable, byOwnSpikes, accommodate, byBurst bool
	thresholdLeak                               int
	disabled                                    bool
}

// izhState is the part of the word that events change. Potential, strengths and
// shift are four bits in two's complement.
type izhState struct {
	accumulator int
	potential   int
	refractory  bool
	// timer counts down a latency or an after-depolarisation; where the
	// resonance is sharp it counts up from the last stimulus.
	timer int
	// strength is the net movement of the last interval, moving that of the
	// present one; active and polarity are bits about the two intervals before.
	strength, moving int
	active, polarity int

	phasicLock, mixedLock, bistableLock, inhibitionLock, burstLock bool
	// sent says that the neuron has fired in this interval.
	sent  bool
	phase int
	// shift is added to the threshold.
	shift, shiftCount int
}

// The phases of a resonance: the sign of the oscillation, and the way there.
const (
	positive = iota
	negative
	toPositive
	toNegative
)

// potentialBits is the width of the potential and of what is compared with it,
// shiftCountMask that of the counter of the threshold's leak.
const (
	potentialBits  = 4
	potentialMax   = 7
	potentialMin   = -8
	accumulatorLen = 11
	timerMax       = 7
	shiftCountMask = 15
)

func signed4(v int) int { return wrap(v, potentialBits) }

// step is one event. Everything is decided on the state before it, except what
// the moved potential decides.
func (n *izhikevich) step(timeRef bool, weight int) uint8 {
	old := n.izhState
	c := n.accumulate(timeRef, weight)
	stim := n.stimulation(timeRef)
	bound := signed4(n.threshold + n.shift)

	moved := n.move(timeRef, c, stim)
	phase := n.turn(timeRef, moved)
	fire := n.fires(timeRef, c, stim, moved, phase, bound)
	if n.inhibitionInduced && !old.refractory && signed4(-old.potential) == bound {
		n.inhibitionLock = true
	} else if stim.quiet {
		n.inhibitionLock = false
	}
	switch {
	case fire || n.inhibitionLock:
		n.refractory = n.reset != 0 && !n.afterDepolarise && !n.resonate
	case moved == 0:
		n.refractory = false
	}
	n.potential, n.phase = moved, phase
	if fire {
		n.potential = signed4(-n.reset)
		if n.afterDepolarise || n.resonate {
			n.potential = n.reset
		}
		if n.resonate {
			n.phase = negative
		}
	}

	n.tick(timeRef, c, fire, moved == bound && old.potential != bound)
	n.lock(timeRef, &old, stim, fire)
	spikes, code := n.burst(&old, fire)
	n.adapt(timeRef, c, &old, fire, spikes, bound)
	n.remember(timeRef, c, stim)
	added := bit(fire)
	if n.byBurst {
		added *= spikes
	}
	n.calcium.step(timeRef, added)
	if !fire || n.disabled {
		return 0
	}
	return code
}

// move returns the potential after the event, before a spike resets it.
func (n *izhikevich) move(timeRef bool, c crossing, stim stimulation) int {
	v := n.potential
	switch {
	case n.latency && n.timer != 0, n.phasicLock && v == 0:
		return v
	case timeRef:
		return n.relax(c)
	case n.resonate && (c.excited || c.inhibited):
		// Excitation pushes away from zero in the positive half of the
		// oscillation and towards it in the other, inhibition the opposite.
		out := c.excited == (n.phase == positive || n.phase == toPositive)
		switch {
		case out && v != potentialMax:
			return signed4(v + 1)
		case !out && v != 0:
			return signed4(v - 1)
		}
		return v
	case n.refractory:
		return v
	case c.inhibited:
		floor := 0
		if n.negative {
			floor = potentialMin
		}
		if v == floor {
			return v
		}
		return signed4(v - 1)
	case c.excited:
		if v == potentialMax || n.class2 && !stim.lastStrong && !stim.nowStrong {
			return v
		}
		return signed4(v + 1)
	default:
		return v
	}
}

// relax returns the potential after a time reference.
func (n *izhikevich) relax(c crossing) int {
	v := n.potential
	switch {
	case n.resonate:
		if n.phase == toNegative {
			return signed4(v - 1)
		}
		return v
	case n.refractory:
		if n.burstLock {
			return v
		}
		return signed4(v + 1)
	case n.accommodate:
		if n.sent {
			return v
		}
		return signed4(v - n.moving)
	case n.afterDepolarise && n.timer == 1 && v != 0:
		return 0
	case c.leaked:
		return towardZero(v)
	default:
		return v
	}
}

func towardZero(v int) int {
	switch {
	case v > 0:
		return v - 1
	case v < 0:
		return v + 1
	default:
		return 0
	}
}

// turn returns the phase of the resonance after the event. One that has died
// out begins anew with the positive half.
func (n *izhikevich) turn(timeRef bool, moved int) int {
	switch {
	case !n.resonate:
		return positive
	case !timeRef:
		return n.phase
	case n.potential == 0:
		return positive
	case n.phase == positive:
		return toNegative
	case n.phase == toNegative && moved != 0:
		return negative
	case n.phase == negative:
		return toPositive
	default:
		return positive
	}
}

// fires reports whether the neuron does. The first behaviour that is switched on
// says what takes the place of reaching the threshold.
func (n *izhikevich) fires(timeRef bool, c crossing, stim stimulation, moved, phase, bound int) bool {
	switch {
	case n.sharp:
		return c.excited && n.timer == n.sharpDelay
	case n.latency:
		return timeRef && n.timer == 1
	case n.rebound:
		return stim.loneDip || moved == bound
	case n.bistable:
		return !n.bistableLock && stim.lonePulse || n.bistableLock && moved == 0 || moved == bound
	case n.inhibitionLock:
		return moved == 0
	case n.resonate:
		return phase == positive && moved == bound
	default:
		return moved == bound
	}
}

// tick advances the timer.
func (n *izhikevich) tick(timeRef bool, c crossing, fire, reached bool) {
	switch {
	case n.sharp && timeRef:
		n.timer = min(timerMax, n.timer+1)
	case n.sharp:
		if c.excited {
			n.timer = 0
		}
	case n.afterDepolarise && fire, n.latency && reached:
		n.timer = n.delay
	case timeRef:
		n.timer = max(0, n.timer-1)
	}
}

// lock sets and clears the locks that make a behaviour happen once for each
// stimulus.
func (n *izhikevich) lock(timeRef bool, old *izhState, stim stimulation, fire bool) {
	resting := old.potential == 0 || old.refractory
	switch {
	case fire && (stim.nowStrong || stim.lastStrong), timeRef && old.sent && resting && stim.nowStrong:
		n.phasicLock, n.mixedLock = n.phasic, n.mixed
	case !stim.lastStrong:
		n.phasicLock, n.mixedLock = false, false
	}
	n.sent = !timeRef && (old.sent || fire)
	if n.bistable && stim.lonePulse {
		n.bistableLock = !n.bistableLock
	}
}

// burst returns how many spikes the neuron's event stands for, and its code. The
// mixed mode sends its burst only once. There is room for seven, not for eight.
func (n *izhikevich) burst(old *izhState, fire bool) (spikes int, code uint8) {
	code = fired
	more := 0
	if !old.mixedLock {
		more = n.burstSpikes
		code |= uint8(n.burstSpikes<<3 | n.burstStep)
	}
	if fire && more != 0 {
		n.burstLock = true
	}
	return min(7, more+1), code
}

// adapt moves the threshold.
func (n *izhikevich) adapt(timeRef bool, c crossing, old *izhState, fire bool, spikes, bound int) {
	leaks := false
	if n.variable && n.thresholdLeak != 0 && timeRef {
		leaks = n.shiftCount == n.thresholdLeak-1
		n.shiftCount = (n.shiftCount + 1) & shiftCountMask
		if leaks {
			n.shiftCount = 0
		}
	}
	trigger := c.excited
	if n.byOwnSpikes {
		trigger = fire
	}
	switch {
	case n.accommodate:
		if timeRef {
			n.shift = n.accommodated(old.moving)
		}
	case !n.variable:
	case trigger && n.byBurst:
		if room := (potentialMax - bound) & (1<<potentialBits - 1); room < spikes {
			n.shift = potentialMax
		} else {
			n.shift = signed4(n.shift + spikes)
		}
	case trigger:
		if bound != potentialMax {
			n.shift = signed4(n.shift + 1)
		}
	case !n.byOwnSpikes && c.inhibited:
		if bound != 1 {
			n.shift = signed4(n.shift - 1)
		}
	case leaks:
		n.shift = towardZero(n.shift)
	}
}

// accommodated is the shift of a threshold that follows the stimulus: by its
// movement, but to no more than the highest potential and no less than one.
func (n *izhikevich) accommodated(moving int) int {
	switch over := signed4(moving+n.threshold) < 0; {
	case over && moving >= 0:
		return potentialMax - n.threshold
	case over:
		return signed4(1 - n.threshold)
	default:
		return moving
	}
}

func (n *izhikevich) flags() Flags { return n.calcium.flags(n.potential) }

func (n *izhikevich) monitor() uint16 {
	return n.calcium.monitor(n.potential) | uint16(n.phase)<<8 | uint16(n.potential&15)
}
