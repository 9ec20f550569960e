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
// upper bits say that lanes fire, and that they are not below the floor.
type pairs struct {
	shift              int
	bias, above, floor uint64
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

// run updates a block, and returns the lanes that fired and how many changed nothing.
func (p *pairs) run(v *[Block]int32, sums *[Block / 8]uint64) (set uint64, still int) {
	two := (*[Block / 2]uint64)(unsafe.Pointer(v))
	shift, bias, above, floor := p.shift&31, p.bias, p.above, p.floor
	for k, eight := range sums {
		w := (*[4]uint64)(two[4*k:])
		x0 := (w[0] ^ upperBits) + (eight&0xff|eight>>8&0xff<<32)<<shift + bias
		x1 := (w[1] ^ upperBits) + (eight>>16&0xff|eight>>24&0xff<<32)<<shift + bias
		x2 := (w[2] ^ upperBits) + (eight>>32&0xff|eight>>40&0xff<<32)<<shift + bias
		x3 := (w[3] ^ upperBits) + (eight>>48&0xff|eight>>56<<32)<<shift + bias
		w[0], w[1], w[2], w[3] = x0^upperBits, x1^upperBits, x2^upperBits, x3^upperBits
		if p.hasStill {
			still += zeroBytes(eight ^ p.still)
		}
		fires, falls := (x0+above)|(x1+above)|(x2+above)|(x3+above), ^((x0 + floor) & (x1 + floor) & (x2 + floor) & (x3 + floor))
		if (fires|falls)&upperBits != 0 {
			fired, more := p.end((*[8]int32)(v[8*k:]), eight)
			set |= fired << (8 * k & 63)
			still += more
		}
	}
	return set, still
}

// end looks at eight lanes one by one: who fires, and who is below the floor. It returns
// those that fired, and by how much more, or less, lanes changed nothing than their sums
// say.
func (p *pairs) end(v *[8]int32, eight uint64) (set uint64, more int) {
	f := p.of
	above, floor, reset := f.Above[0], f.Floor[0], f.Reset[0]
	for i, x := range v {
		change := (int32(eight>>(8*i)&0xff)-128)<<(p.shift&31) + f.Bias[0]
		switch {
		case x > above:
			v[i] = x&f.Keep + reset
			set |= 1 << (i & 63)
			if change == 0 {
				more--
			}
		case x < floor:
			v[i] = floor
			switch isStill := x-change == floor; {
			case isStill && change != 0:
				more++
			case !isStill && change == 0:
				more--
			}
		}
	}
	return set, more
}

// zeroBytes counts the bytes that are 0.
func zeroBytes(x uint64) int {
	const low = 0x7f7f_7f7f_7f7f_7f7f
	return bits.OnesCount64(^((x&low + low) | x | low))
}
