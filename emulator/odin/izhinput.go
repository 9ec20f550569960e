package odin

// crossing is the movement that an event brings about: a toggle of the fan-in
// bit, and by what.
type crossing struct{ excited, inhibited, leaked bool }

// accumulate adds an event to the accumulator.
func (n *izhikevich) accumulate(timeRef bool, weight int) crossing {
	before := n.accumulator
	switch {
	case !timeRef:
		n.accumulator += weight
	case n.leaks:
		n.accumulator -= n.leak
	}
	n.accumulator &= 1<<accumulatorLen - 1
	if (before^n.accumulator)>>n.fanInBit&1 == 0 {
		return crossing{}
	}
	return crossing{leaked: timeRef, excited: !timeRef && weight > 0, inhibited: !timeRef && weight < 0}
}

// stimulation is what the behaviours ask about the recent past.
type stimulation struct {
	// lastStrong and nowStrong: the movement of the last and of the present
	// interval reaches the bound upwards; nowWeak: the present one downwards.
	lastStrong, nowStrong, nowWeak bool
	// lonePulse and loneDip: an interval of such a movement stood between quiet
	// ones. quiet: the interval that ends here had none.
	lonePulse, loneDip, quiet bool
}

func (n *izhikevich) stimulation(timeRef bool) stimulation {
	quiet := timeRef && n.moving == 0
	lone := quiet && n.active&2 == 0
	return stimulation{
		lastStrong: n.strength >= 0 && n.strength >= n.stimThreshold,
		nowStrong:  n.moving >= 0 && n.moving >= n.stimThreshold,
		nowWeak:    n.moving < 0 && -n.moving >= n.stimThreshold,
		lonePulse:  lone && n.polarity&1 != 0,
		loneDip:    lone && n.polarity&2 != 0,
		quiet:      quiet,
	}
}

// remember notes the movement, and at a time reference begins a new interval.
func (n *izhikevich) remember(timeRef bool, c crossing, stim stimulation) {
	switch {
	case timeRef:
		n.strength = n.moving
		n.active = (n.active<<1 | bit(n.moving != 0)) & 3
		n.polarity = bit(stim.nowWeak)<<1 | bit(stim.nowStrong)
		n.moving = 0
	case c.excited && n.moving != potentialMax:
		n.moving = signed4(n.moving + 1)
	case c.inhibited && n.moving != -potentialMax:
		n.moving = signed4(n.moving - 1)
	}
}
