package isa

import "github.com/weft-toolchain/weft/internal/splitmix"

// Random bits are not a sequence that neurons take turns at: each draw is a
// function of the chip's seed, the tick, who draws, and how many draws it made
// before in this run of the program. So they do not depend on the order of
// neurons, on where these are placed, or on how many workers there are.
//
// The function is SplitMix64's finaliser (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", OOPSLA 2014) over the four,
// one after the other.

// Stream returns the Key of a lane: of a neuron's run of the tick program with
// source 0, of a synapse's run with one more than the number of its source
// (inputs first, then neurons) and the kind of the program.
func Stream(neuron int, kind Kind, source int) uint64 {
	return splitmix.Mix(splitmix.Mix(uint64(neuron)+splitmix.Increment)+uint64(kind)) + uint64(source)*splitmix.Increment
}

// Draw returns the bits, 1 to 31, that a lane of that Key draws in a tick of a chip
// with that seed; draw counts those of one run of its program, from 1.
func Draw(seed uint64, tick int64, key, draw uint64, bits int) int64 {
	x := splitmix.Mix(seed + splitmix.Increment)
	x = splitmix.Mix(x + uint64(tick)*splitmix.Increment)
	x = splitmix.Mix(x + key)
	x = splitmix.Mix(x + draw*splitmix.Increment)
	return int64(x >> (64 - bits))
}

// random returns n fresh random bits, n from 1 to 31.
func (l *Lane) random(n int) int64 {
	l.draws++
	return Draw(l.Core.Seed, l.Core.Tick, l.Key, l.draws, n)
}
