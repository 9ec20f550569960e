package odin

// izhCalcium is where an Izhikevich neuron's word holds its calcium.
var izhCalcium = calciumLayout{
	enable: field{48, 1}, thetaMem: field{49, 3}, theta1: field{52, 3}, theta2: field{55, 3}, theta3: field{58, 3},
	leak: field{61, 5}, level: field{116, 3}, count: field{119, 5},
}

// newIzhikevich reads a neuron from its word. Bits 0 to 69 are what it is made
// of, bits 70 to 124 its state, and bit 127 disables it.
func newIzhikevich(w Word) *izhikevich {
	num := func(low, width uint) int { return field{low, width}.of(w) }
	bit4 := func(low uint) int { return field{low, potentialBits}.signed(w) }
	is := func(low uint) bool { return field{low, 1}.is(w) }
	return &izhikevich{
		program: w,
		calcium: newCalcium(&izhCalcium, w),
		izhParams: izhParams{
			leak: num(1, 7), leaks: is(8), fanInBit: uint(3 + num(9, 3)),
			burstSpikes: izhBurst.of(w), burstStep: num(15, 3),
			sharp: is(18), threshold: num(19, 3), reset: num(22, 3), delay: num(25, 3),
			latency: is(28), afterDepolarise: is(29), stimThreshold: num(30, 3),
			phasic: is(33), mixed: is(34), class2: is(35), negative: is(36), rebound: is(37),
			inhibitionInduced: is(38), bistable: is(39), resonate: is(40),
			variable: is(41), byOwnSpikes: is(42), thresholdLeak: num(43, 4), accommodate: is(47),
			byBurst: is(66), sharpDelay: num(67, 3), disabled: odinDisable.is(w),
		},
		izhState: izhState{
			accumulator: num(70, accumulatorLen), refractory: is(81), potential: bit4(82), timer: num(86, 3),
			strength: bit4(89), moving: bit4(93), phasicLock: is(97), mixedLock: is(98), sent: is(99),
			active: num(100, 2), polarity: num(102, 2), bistableLock: is(104), inhibitionLock: is(105),
			phase: num(106, 2), shift: bit4(108), shiftCount: num(112, 4), burstLock: is(124),
		},
	}
}

// izhBurst is how many further spikes a burst has.
var izhBurst = field{12, 3}

// bursts reports whether a word is of a neuron that fires bursts.
func bursts(w Word) bool { return !lifSelect.is(w) && izhBurst.of(w) != 0 }

// word writes the state back to where newIzhikevich reads it.
func (n *izhikevich) word() Word {
	w := n.calcium.put(&izhCalcium, n.program)
	for _, f := range []struct {
		field
		v int
	}{
		{field{70, accumulatorLen}, n.accumulator},
		{field{81, 1}, bit(n.refractory)},
		{field{82, potentialBits}, n.potential},
		{field{86, 3}, n.timer},
		{field{89, potentialBits}, n.strength},
		{field{93, potentialBits}, n.moving},
		{field{97, 1}, bit(n.phasicLock)},
		{field{98, 1}, bit(n.mixedLock)},
		{field{99, 1}, bit(n.sent)},
		{field{100, 2}, n.active},
		{field{102, 2}, n.polarity},
		{field{104, 1}, bit(n.bistableLock)},
		{field{105, 1}, bit(n.inhibitionLock)},
		{field{106, 2}, n.phase},
		{field{108, potentialBits}, n.shift},
		{field{112, 4}, n.shiftCount},
		{field{124, 1}, bit(n.burstLock)},
	} {
		w = f.put(w, f.v)
	}
	return w
}
