// Package pages makes long slices in large pages, where the system has them for those
// who ask: what is read here and there then needs fewer entries in the processor's
// tables, and what is filled once is given by the system in fewer pieces.
package pages

import "unsafe"

// Make returns a slice of n zeroes.
func Make[T any](n int) []T {
	out := make([]T, n)
	if n > 0 {
		var of T
		advise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(out))), uintptr(n)*unsafe.Sizeof(of)))
	}
	return out
}
