package kernel

import (
	"math/bits"
	"unsafe"
)

// The update of neurons that are alike, in Go, for sums of 8 bits: two lanes of 32 bits
// in a word. With v + 2³¹ in each, which is positive, a word is the number v₀ + 2³²·v₁
// plus a constant, and adding numbers of that kind adds the lanes, as long as none
// leaves its range; which none does, since v is far from the limits of 32 bits.

// ones is two lanes of 1, upperBits those of two lanes.
const (
	ones      = 1<<32 | 1
	upperBits = ones << 31
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
	p := pairs{shift: f.Shift, bias: uint64(bias) * ones, above: uint64(-1-int64(f.Above[0])) * ones, floor: uint64(-int64(f.Floor[0])) * ones, of: f}
	p.reset = (uint64(uint32(f.Reset[0])) * ones) ^ upperBits
	if sum := -int64(f.Bias[0]) >> f.Shift; sum<<f.Shift == -int64(f.Bias[0]) && sum >= -middle && sum < middle {
		p.still, p.hasStill = uint64(sum+middle)*0x0101_0101_0101_0101, true
	}
	return p
}

// runBytes is run where all lanes are the same, for sums of 8 bits, eight to a word, with
// their upper bits flipped, none of which takes a v beyond its limits.
func (f *Fire) runBytes(v []int32, sums, fired []uint64) (active int) {
	for k := range fired {
		set, still := f.pairs.run((*[Block]int32)(v[k*Block:]), (*[Block / 8]uint64)(sums[k*Block/8:]))
		fired[k] = set
		active += Block - still
	}
	return active
}

// run updates a block, and returns the lanes that fired and how many changed nothing. It
// does not branch for those that fire, since nothing can predict them.
func (p *pairs) run(v *[Block]int32, sums *[Block / 8]uint64) (set uint64, still int) {
	two := (*[Block / 2]uint64)(unsafe.Pointer(v))
	shift, bias, above, floor, reset := p.shift&31, p.bias, p.above, p.floor, p.reset
	alike := uint64(0) // a bit for each lane that changed nothing
	for k, eight := range sums {
		w := (*[4]uint64)(two[4*k:])
		x0 := (w[0] ^ upperBits) + (eight&0xff|eight>>8&0xff<<32)<<shift + bias
		x1 := (w[1] ^ upperBits) + (eight>>16&0xff|eight>>24&0xff<<32)<<shift + bias
		x2 := (w[2] ^ upperBits) + (eight>>32&0xff|eight>>40&0xff<<32)<<shift + bias
		x3 := (w[3] ^ upperBits) + (eight>>48&0xff|eight>>56<<32)<<shift + bias
		f0, f1, f2, f3 := (x0+above)&upperBits, (x1+above)&upperBits, (x2+above)&upperBits, (x3+above)&upperBits
		w[0] = x0 ^ (x0^reset)&whole(f0) ^ upperBits
		w[1] = x1 ^ (x1^reset)&whole(f1) ^ upperBits
		w[2] = x2 ^ (x2^reset)&whole(f2) ^ upperBits
		w[3] = x3 ^ (x3^reset)&whole(f3) ^ upperBits
		fired := f0>>31 | f1>>29 | f2>>27 | f3>>25 // of lanes 0, 2, 4 and 6, and of the others 32 bits further
		fired = (fired | fired>>31) & 0xff
		set |= fired << (8 * k & 63)
		alike |= (zeroBytes(eight^p.still) &^ fired) << (8 * k & 63)
		if below := ^(x0 & x1 & x2 & x3) & upperBits; below != 0 { // lanes below 0; none else is below the floor
			if ^((x0+floor)&(x1+floor)&(x2+floor)&(x3+floor))&upperBits != 0 {
				still += p.fall((*[8]int32)(v[8*k:]), eight, fired)
			}
		}
	}
	if p.hasStill {
		still += bits.OnesCount64(alike)
	}
	return set, still
}

// whole makes lanes of ones of those with their upper bit.
func whole(upper uint64) uint64 { return upper<<1 - upper>>31 }

// fall puts those of eight lanes to the floor that are below it and did not fire. It
// returns by how much more, or less, lanes changed nothing than their sums say.
func (p *pairs) fall(v *[8]int32, eight, fired uint64) (more int) {
	floor := p.of.Floor[0]
	for i, x := range v {
		if x >= floor || fired>>i&1 != 0 {
			continue
		}
		v[i] = floor
		change := (int32(eight>>(8*i)&0xff)-128)<<(p.shift&31) + p.of.Bias[0]
		switch isStill := x-change == floor; {
		case isStill && change != 0:
			more++
		case !isStill && change == 0:
			more--
		}
	}
	return more
}

// zeroBytes returns a bit for each of eight bytes that is 0.
func zeroBytes(x uint64) uint64 {
	const low, gather = 0x7f7f_7f7f_7f7f_7f7f, 0x0102_0408_1020_4080
	zero := ^((x&low + low) | x | low) // the upper bits of those
	return zero >> 7 * gather >> 56
}
