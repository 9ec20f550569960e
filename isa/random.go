package isa

// Random bits are not a sequence that neurons take turns at: each draw is a
// function of the chip's seed, the tick, who draws, and how many draws it made
// before in this run of the program. So they do not depend on the order of
// neurons, on where these are placed, or on how many workers there are.
//
// The function is SplitMix64's finaliser (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", OOPSLA 2014) over the four,
// one after the other.

// increment is 2⁶⁴ divided by the golden ratio, the increment of SplitMix64.
const increment = 0x9e3779b97f4a7c15

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Stream returns the Key of a lane: of a neuron's run of the tick program with
// source 0, of a synapse's run with one more than the number of its source
// (inputs first, then neurons) and the kind of the program.
func Stream(neuron int, kind Kind, source int) uint64 {
	return mix(mix(uint64(neuron)+increment)+uint64(kind)) + uint64(source)*increment
}

// Draw returns the bits, 1 to 31, that a lane of that Key draws in a tick of a chip
// with that seed; draw counts those of one run of its program, from 1.
func Draw(seed uint64, tick int64, key, draw uint64, bits int) int64 {
	x := mix(seed + increment)
	x = mix(x + uint64(tick)*increment)
	x = mix(x + key)
	x = mix(x + draw*increment)
	return int64(x >> (64 - bits))
}

// random returns n fresh random bits, n from 1 to 31.
func (l *Lane) random(n int) int64 {
	l.draws++
	return Draw(l.Core.Seed, l.Core.Tick, l.Key, l.draws, n)
}
