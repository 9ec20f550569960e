package kernel

import (
	"math/bits"
	"unsafe"
)

// The update of neurons that are alike, in Go, for sums of 8 bits: two lanes of 32 bits
// in a word. With v + 2³¹ in each, which is positive, a word is the number v₀ + 2³²·v₁
// plus a constant, and adding numbers of that kind adds the lanes, as long as none
// leaves its range; which none does, since v is far from the limits of 32 bits.

// ones is two lanes of 1, upperBits those of two lanes, twoBytes their lowest bytes.
const (
	ones      = 1<<32 | 1
	upperBits = ones << 31
	twoBytes  = ones * 0xff
)

// pairs are a Fire whose lanes are the same: what is added to a word, and what makes its
// upper bits say that lanes fire, and that they are not below the floor; and what lanes
// that fire become.
type pairs struct {
	shift                     int
	bias, above, floor, reset uint64
	// still is, in all bytes, a sum that changes nothing, if there is one.
	still    uint64
	hasStill bool
	hasFloor bool // a v may be below the floor, and within its limits
	of       *Fire
}

// inOrder says that the first of two lanes is the lower half of their word.
var inOrder = func() bool {
	two := [2]int32{1, 0}
	return *(*uint64)(unsafe.Pointer(&two)) == 1
}()

func (f *Fire) newPairs() pairs {
	const middle = 128 // of a sum in a byte
	bias := int64(f.Bias[0]) - middle<<f.Shift
	p := pairs{shift: f.Shift, bias: uint64(bias) * ones, above: uint64(-1-int64(f.Above[0])) * ones, floor: uint64(-int64(f.Floor[0])) * ones, hasFloor: f.Floor[0] > f.Low, of: f}
	p.reset = (uint64(uint32(f.Reset[0])) * ones) ^ upperBits
	if sum := -int64(f.Bias[0]) >> f.Shift; sum<<f.Shift == -int64(f.Bias[0]) && sum >= -middle && sum < middle {
		p.still, p.hasStill = uint64(sum+middle)*0x0101_0101_0101_0101, true
	}
	return p
}

// runBytes is run where all lanes are the same, for sums of 8 bits, eight to a word as
// byteOf says, with their upper bits flipped, none of which takes a v beyond its limits.
func (f *Fire) runBytes(v []int32, sums, fired []uint64) (active int) {
	for k := range fired {
		set, still := f.pairs.run((*[Block]int32)(v[k*Block:]), (*[Block / 8]uint64)(sums[k*Block/8:]))
		fired[k] = set
		active += Block - still
	}
	return active
}

// run updates a block, and returns the lanes that fired and how many changed nothing. It
// does not branch for each lane that fires, since nothing can predict them, but for eight:
// mostly none of them does.
func (p *pairs) run(v *[Block]int32, sums *[Block / 8]uint64) (set uint64, still int) {
	two := (*[Block / 2]uint64)(unsafe.Pointer(v))
	shift, bias, above := p.shift&31, p.bias, p.above
	alike := uint64(0) // a bit for each lane that changed nothing
	for k, eight := range sums {
		w := (*[4]uint64)(two[4*k:])
		x0 := w[0] ^ upperBits + eight&twoBytes<<shift + bias
		x1 := w[1] ^ upperBits + eight>>8&twoBytes<<shift + bias
		x2 := w[2] ^ upperBits + eight>>16&twoBytes<<shift + bias
		x3 := w[3] ^ upperBits + eight>>24&twoBytes<<shift + bias
		w[0], w[1], w[2], w[3] = x0^upperBits, x1^upperBits, x2^upperBits, x3^upperBits
		same := zeroBytes(eight ^ p.still)
		if ((x0+above)|(x1+above)|(x2+above)|(x3+above))&upperBits != 0 {
			fired := p.fire(w)
			set |= fired * inLanes >> 56 << (8 * k & 63)
			same &^= fired
		}
		alike |= same << (k & 63)
		if p.hasFloor && x0&x1&x2&x3&upperBits != upperBits { // none but those below 0 is below the floor
			if floor := p.floor; (x0+floor)&(x1+floor)&(x2+floor)&(x3+floor)&upperBits != upperBits {
				still += p.fall((*[8]int32)(v[8*k:]), eight, set>>(8*k&63))
			}
		}
	}
	if p.hasStill {
		still += bits.OnesCount64(alike)
	}
	return set, still
}

// fire resets those of eight lanes that fire, and returns them, in the lowest bits of
// bytes, as byteOf says.
//
//go:noinline
func (p *pairs) fire(w *[4]uint64) (fired uint64) {
	for k := range w {
		x := w[k] ^ upperBits
		f := (x + p.above) >> 31 & ones
		w[k] = x ^ (x^p.reset)&(f<<32-f) ^ upperBits
		fired |= f << (8 * k & 63)
	}
	return fired
}

// inLanes brings the lowest bits of the eight bytes of a word, when multiplied, into the
// uppermost byte, in the order of their lanes, which byteOf says.
const inLanes = 1<<56 | 1<<50 | 1<<44 | 1<<38 | 1<<25 | 1<<19 | 1<<13 | 1<<7

// fall puts those of eight lanes to the floor that are below it and did not fire. It
// returns by how much more, or less, lanes changed nothing than their sums say.
func (p *pairs) fall(v *[8]int32, eight, fired uint64) (more int) {
	floor := p.of.Floor[0]
	for i, x := range v {
		if x >= floor || fired>>i&1 != 0 {
			continue
		}
		v[i] = floor
		change := (int32(eight>>(8*byteOf(i))&0xff)-128)<<(p.shift&31) + p.of.Bias[0]
		switch isStill := x-change == floor; {
		case isStill && change != 0:
			more++
		case !isStill && change == 0:
			more--
		}
	}
	return more
}

// zeroBytes returns the lowest bit of each byte that is 0.
func zeroBytes(x uint64) uint64 {
	const low = 0x7f7f_7f7f_7f7f_7f7f
	return ^((x&low + low) | x | low) >> 7
}
