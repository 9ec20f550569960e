// Package splitmix is SplitMix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014): numbers that are the same in every
// language, of which a few lines suffice.
package splitmix

// Increment is 2⁶⁴ divided by the golden ratio, by which a state goes on.
const Increment = 0x9e3779b97f4a7c15

// Mix makes a number of a state: a permutation of all numbers, in which each bit
// depends on all others.
func Mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Hash returns the first number of the stream that begins at a state.
func Hash(z uint64) uint64 { return Mix(z + Increment) }

// Stream is a generator, whose value is its state.
type Stream uint64

// Next returns the next number.
func (s *Stream) Next() uint64 {
	*s += Increment
	return Mix(uint64(*s))
}
