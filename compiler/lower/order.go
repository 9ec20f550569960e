package lower

import (
	"math/bits"
	"slices"
)

// orderer orders the synapses of one source after the other. The zero value is ready.
type orderer struct {
	row, next []uint64
}

// Rows of up to shortRow synapses are compared, longer ones are ordered by digits of
// their targets, each of up to digitBits bits.
const (
	shortRow  = 64
	digitBits = 8
)

// order puts synapses, which end at post and have their weights at index, in order of
// target; those of one target, whose indices ascend, stay as they are.
func (o *orderer) order(post, index []int32) {
	if slices.IsSorted(post) {
		return
	}
	o.row = o.row[:0]
	for k, j := range post {
		o.row = append(o.row, uint64(j)<<32|uint64(index[k]))
	}
	if len(post) <= shortRow {
		slices.Sort(o.row)
	} else {
		o.byDigits(bits.Len32(uint32(slices.Max(post))))
	}
	for k, x := range o.row {
		post[k], index[k] = int32(x>>32), int32(x)
	}
}

// byDigits orders a row by its targets, which are numbers of so many bits: by the last
// digits first, and then by those before.
func (o *orderer) byDigits(targetBits int) {
	o.next = slices.Grow(o.next[:0], len(o.row))[:len(o.row)]
	digits := (targetBits + digitBits - 1) / digitBits
	width := (targetBits + digits - 1) / digits
	for shift := 32; shift < 32+targetBits; shift += width {
		var at [1 << digitBits]int32
		mask := uint64(1)<<width - 1
		for _, x := range o.row {
			at[uint8(x>>shift&mask)]++
		}
		first := int32(0)
		for d := range at[:mask+1] {
			at[d], first = first, first+at[d]
		}
		for _, x := range o.row {
			d := uint8(x >> shift & mask)
			o.next[at[d]] = x
			at[d]++
		}
		o.row, o.next = o.next, o.row
	}
}
