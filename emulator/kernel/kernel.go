// Package kernel is the inner loops of the emulator: adding rows of a crossbar to
// the sums of its neurons, and the update of neurons that integrate and fire. Each
// is written twice, in Go and for AVX-512, and both give the same numbers.
//
// A crossbar has rows of lanes, one lane a neuron, padded to a multiple of Block.
// Whoever calls sees to it that nothing overflows: sums stay within 32 bits, as
// those of 2²³ rows of 8 bits or 2¹⁵ rows of 16 bits do.
package kernel

// Block is what the number of lanes is a multiple of.
const Block = 64

// Pad returns the lanes for n neurons.
func Pad(n int) int { return (n + Block - 1) / Block * Block }

// SIMD says whether the processor has the instructions that this program's
// assembly uses.
func SIMD() bool { return simd }

// Options choose between ways that give the same numbers.
type Options struct {
	// Portable leaves the assembly out.
	Portable bool
}
