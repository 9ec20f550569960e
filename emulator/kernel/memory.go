package kernel

import (
	"math/bits"
	"slices"
	"unsafe"

	"github.com/weft-toolchain/weft/internal/pages"
)

// Join moves a slice of each of n things into one stretch of memory.
func Join[T any](n int, of func(thing int) *[]T) {
	all := 0
	for k := range n {
		all += len(*of(k))
	}
	out := pages.Make[T](all)[:0]
	for k := range n {
		part, at := of(k), len(out)
		if len(*part) > 0 { // nil stays nil
			out = append(out, *part...)
			*part = out[at:len(out):len(out)]
		}
	}
}

// Apart is by how many bytes the writes of two processors do not wait for each other: a
// line of a cache, and the line that is fetched beside it.
const Apart = 128

// Alone returns a slice of n zeroes whose memory nobody else writes near.
func Alone[T any](n int) []T {
	var of T
	room := int(Apart / unsafe.Sizeof(of))
	return make([]T, n+2*room)[room:][:n:n]
}

// Prefetch asks for the memory of some elements of a slice.
func Prefetch[T any](of []T, elements []int32) {
	if !simd || len(elements) == 0 {
		return
	}
	var one T
	prefetchAt((*byte)(unsafe.Pointer(unsafe.SliceData(of))), int(unsafe.Sizeof(one)), &elements[0], len(elements))
}

// List appends the numbers of the bits that are set, of which that of words[0]'s lowest is
// first.
func List(list []int32, words []uint64, first int32) []int32 {
	if lists && len(words) > 0 {
		n := len(list)
		if room := 64 * (len(words) + 1); cap(list)-n < room {
			list = slices.Grow(list, room)
		}
		return list[:n+listBits(&list[:n+1][n], &words[0], len(words), first)]
	}
	return listWords(list, words, first)
}

// listWords is List in Go. Few bits of a word are set, and how many is hard to
// foresee: the first four are listed whether or not they are there.
func listWords(list []int32, words []uint64, first int32) []int32 {
	const ahead = 4
	for _, set := range words {
		at, n := len(list), bits.OnesCount64(set)
		if cap(list)-at < n+ahead {
			list = slices.Grow(list, 64+ahead)
		}
		list = list[:at+n+ahead]
		for i := range ahead {
			list[at+i] = first + int32(bits.TrailingZeros64(set))
			set &= set - 1
		}
		for i := at + ahead; set != 0; i++ {
			list[i] = first + int32(bits.TrailingZeros64(set))
			set &= set - 1
		}
		list = list[:at+n]
		first += 64
	}
	return list
}
