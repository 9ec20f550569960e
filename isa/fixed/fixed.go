// Package fixed is the arithmetic of the chips: two's-complement words of a
// stated width that saturate, and products that are scaled down with a stated
// rounding. Potentials are never shifted or clipped by bare Go operators
// elsewhere.
package fixed

// MaxBits is the widest word. Products of two words then fit 64 bits.
const MaxBits = 32

// Limits returns the smallest and largest word of bits bits, 2 to MaxBits.
func Limits(bits int) (lo, hi int64) {
	return -1 << (bits - 1), 1<<(bits-1) - 1
}

// Sat returns x clipped to a word of bits bits, and whether it was clipped.
func Sat(x int64, bits int) (int32, bool) {
	lo, hi := Limits(bits)
	switch {
	case x > hi:
		return int32(hi), true
	case x < lo:
		return int32(lo), true
	}
	return int32(x), false
}

// Fits reports whether x is a word of bits bits.
func Fits(x int64, bits int) bool {
	lo, hi := Limits(bits)
	return x >= lo && x <= hi
}

// Shl returns x·2^n before saturation, for n from 0 to 31.
func Shl(x int32, n int) int64 { return int64(x) << n }

// Shr returns ⌊x / 2^n⌋, the arithmetic shift, for n from 0 to 31.
func Shr(x int32, n int) int32 { return x >> n }

// Rounding says what becomes of the bits that a scaled product loses.
type Rounding int

// The roundings.
const (
	TowardZero Rounding = iota // the magnitude is floored: Loihi's decay
	Floor                      // toward minus infinity: the arithmetic shift
	Nearest                    // to the nearest, ties away from zero
)

// MulShift returns a·b / 2^n, rounded as said, for n from 0 to 62. The result
// is not yet saturated.
func MulShift(a, b int32, n int, r Rounding) int64 {
	p := int64(a) * int64(b)
	switch r {
	case Floor:
		return p >> n
	case TowardZero:
		if p < 0 {
			return -(-p >> n)
		}
		return p >> n
	case Nearest:
		half := int64(1) << n >> 1
		if p < 0 {
			return -((-p + half) >> n)
		}
		return (p + half) >> n
	}
	panic("fixed: unknown rounding")
}

// Wrap returns the low bits bits of x as a word, which a carry out of the top
// bit leaves behind: the arithmetic of adders that do not saturate.
func Wrap(x int64, bits int) int32 { return int32(x << (64 - bits) >> (64 - bits)) }

// Decay returns a·(2^n − share) / 2^n rounded toward zero, for n from 0 to 62:
// what is left of a. The result is not yet saturated. It is a − a·share / 2^n,
// since a·2^n may not fit 64 bits.
func Decay(a, share int32, n int) int64 {
	p := -int64(a) * int64(share)
	left := int64(a) + p>>n
	if left < 0 && p&(1<<n-1) != 0 {
		left++ // was rounded down
	}
	return left
}
