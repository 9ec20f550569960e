// Package numbers holds long lists of numbers in few bytes: each list in the
// narrowest of some types that has all its numbers exactly.
package numbers

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/internal/pages"
)

// List is a list of numbers that all are of one type: int8, int16, int32, float32
// or float64. It is not written to once it is made, and so shared freely. The zero
// value is empty.
type List struct {
	// data is a slice of one of the types, or repeated, or nil.
	data any
}

// repeated is one number many times.
type repeated struct {
	x float64
	n int
}

// number is what lists are made of.
type number interface {
	int8 | int16 | int32 | float32 | float64
}

// Of returns a list of these numbers.
func Of(x ...float64) List {
	var b Builder
	b.Append(x)
	return b.List()
}

// Repeat returns a list of n times x.
func Repeat(x float64, n int) List { return List{repeated{x, n}} }

// Shared returns a list of x itself, which is not to be written to any more.
func Shared(x []float64) List { return List{x} }

// Len returns how many numbers there are.
func (l List) Len() int {
	switch d := l.data.(type) {
	case []int8:
		return len(d)
	case []int16:
		return len(d)
	case []int32:
		return len(d)
	case []float32:
		return len(d)
	case []float64:
		return len(d)
	case repeated:
		return d.n
	}
	return 0
}

// At returns the i-th number; of a list of one, that one for any i.
func (l List) At(i int) float64 {
	switch d := l.data.(type) {
	case []int8:
		return float64(at(d, i))
	case []int16:
		return float64(at(d, i))
	case []int32:
		return float64(at(d, i))
	case []float32:
		return float64(at(d, i))
	case []float64:
		return at(d, i)
	case repeated:
		return d.x
	}
	panic("numbers: an empty list has no numbers")
}

func at[T number](d []T, i int) T {
	if len(d) == 1 {
		return d[0]
	}
	return d[i]
}

// blockSize is how many numbers Blocks has at a time: few enough for a cache.
const blockSize = 1 << 10

// Blocks yields all numbers in order, some at a time, with the place of the first
// of them. The block is good until the next.
func (l List) Blocks(yield func(first int, block []float64) bool) {
	if d, ok := l.data.([]float64); ok {
		if len(d) > 0 {
			yield(0, d)
		}
		return
	}
	n := l.Len()
	buf := make([]float64, min(n, blockSize))
	for first := 0; first < n; first += blockSize {
		block := buf[:min(blockSize, n-first)]
		l.copyTo(block, first)
		if !yield(first, block) {
			return
		}
	}
}

// copyTo copies numbers from place first on.
func (l List) copyTo(dst []float64, first int) {
	switch d := l.data.(type) {
	case []int8:
		widen(dst, d[first:])
	case []int16:
		widen(dst, d[first:])
	case []int32:
		widen(dst, d[first:])
	case []float32:
		widen(dst, d[first:])
	case []float64:
		copy(dst, d[first:])
	case repeated:
		for i := range dst {
			dst[i] = d.x
		}
	}
}

func widen[S, D number](dst []D, src []S) {
	for i := range dst {
		dst[i] = D(src[i])
	}
}

// Floats returns a copy of the numbers.
func (l List) Floats() []float64 {
	out := make([]float64, l.Len())
	l.copyTo(out, 0)
	return out
}

// Bytes returns the numbers themselves, where they are of type int8.
func (l List) Bytes() (x []int8, ok bool) {
	x, ok = l.data.([]int8)
	return x, ok
}

// Distinct returns the different numbers of a list that are few by its type, ascending;
// of others it returns false.
func (l List) Distinct() ([]float64, bool) {
	switch d := l.data.(type) {
	case []int8:
		var has [1 << 8]bool
		for _, v := range d {
			has[int(v)+1<<7] = true
		}
		var out []float64
		for k, ok := range has {
			if ok {
				out = append(out, float64(k-1<<7))
			}
		}
		return out, true
	case repeated:
		return []float64{d.x}[:min(d.n, 1)], true
	}
	return nil, false
}

// Integers reports whether the numbers are stored as integers.
func (l List) Integers() bool {
	switch l.data.(type) {
	case []float32, []float64, repeated:
		return false
	}
	return true
}

// Int32s returns the numbers as integers of 32 bits, shared where they are that, and
// whether they are integers at all.
func (l List) Int32s() ([]int32, bool) {
	switch d := l.data.(type) {
	case nil:
		return []int32{}, true
	case []int8:
		return widened(d), true
	case []int16:
		return widened(d), true
	case []int32:
		return d, true
	}
	return nil, false
}

// Shared32 returns the numbers themselves, where they are of type int32, and else nil.
func (l List) Shared32() []int32 {
	x, _ := l.data.([]int32)
	return x
}

func widened[S number](src []S) []int32 {
	out := pages.Make[int32](len(src))
	widen(out, src)
	return out
}

// Pick returns the numbers at some places.
func (l List) Pick(at []int32) List {
	switch d := l.data.(type) {
	case []int8:
		return List{Pick(d, at)}
	case []int16:
		return List{Pick(d, at)}
	case []int32:
		return List{Pick(d, at)}
	case []float32:
		return List{Pick(d, at)}
	case []float64:
		return List{Pick(d, at)}
	case repeated:
		return Repeat(d.x, len(at))
	}
	return l
}

// Pick returns the elements of a list at some places.
func Pick[T any](list []T, at []int32) []T {
	out := pages.Make[T](len(at))
	for k, i := range at {
		out[k] = list[i]
	}
	return out
}

// Equal reports whether two lists have the same numbers.
func (l List) Equal(m List) bool {
	if l.Len() != m.Len() {
		return false
	}
	for first, block := range l.Blocks {
		for i, x := range block {
			if m.At(first+i) != x {
				return false
			}
		}
	}
	return true
}

// Builder makes a list piece by piece. The zero value is ready.
type Builder struct {
	list List
	room int
}

// Reserve makes room for n numbers in all, of whatever type they turn out to be.
func (b *Builder) Reserve(n int) { b.room = n }

// Append adds numbers. If they do not fit the type of those before, all get a wider
// one.
func (b *Builder) Append(x []float64) {
	for len(x) > 0 {
		n := 0
		switch d := b.list.data.(type) {
		case nil:
			b.list.data = pages.Make[int8](b.room)[:0]
			continue
		case []int8:
			b.list.data, n = fill(d, x)
		case []int16:
			b.list.data, n = fill(d, x)
		case []int32:
			b.list.data, n = fill(d, x)
		case []float32:
			b.list.data, n = fill(d, x)
		case []float64:
			b.list.data, n = append(d, x...), len(x)
		}
		if x = x[n:]; len(x) > 0 {
			b.widen(x[0])
		}
	}
}

// AppendInts adds integers.
func (b *Builder) AppendInts(x []int32) {
	for len(x) > 0 {
		var n int
		switch d := b.list.data.(type) {
		case nil:
			b.list.data = pages.Make[int8](b.room)[:0]
			continue
		case []int8:
			b.list.data, n = fillInts(d, x)
		case []int16:
			b.list.data, n = fillInts(d, x)
		case []int32:
			b.list.data, n = append(d, x...), len(x)
		default:
			b.Append(wide(List{x}, len(x)))
			return
		}
		if x = x[n:]; len(x) > 0 {
			b.widen(float64(x[0]))
		}
	}
}

// fillInts appends the integers that fit the list's type, up to the first that does
// not, and returns how many.
func fillInts[T int8 | int16](d []T, x []int32) ([]T, int) {
	from := len(d)
	d = slices.Grow(d, len(x))[:from+len(x)]
	for i, v := range x {
		t := T(v)
		if int32(t) != v {
			return d[:from+i], i
		}
		d[from+i] = t
	}
	return d, len(x)
}

// fill appends the numbers that are exact in the list's type, up to the first that
// is not, and returns how many.
func fill[T number](d []T, x []float64) ([]T, int) {
	from := len(d)
	d = slices.Grow(d, len(x))[:from+len(x)]
	for i, v := range x {
		// What is beyond the type converts to something, and that not back to v; 0 is
		// told from −0, which integers do not have.
		t := T(v)
		if float64(t) != v || v == 0 && math.Signbit(float64(t)) != math.Signbit(v) {
			return d[:from+i], i
		}
		d[from+i] = t
	}
	return d, len(x)
}

// widen gives the list a type that has v and the numbers it has already.
func (b *Builder) widen(v float64) {
	room := max(b.room, b.list.Len())
	switch d := b.list.data.(type) {
	case []int8:
		switch {
		case whole[int16](v):
			b.list.data = converted[int16](d, room)
		case whole[int32](v):
			b.list.data = converted[int32](d, room)
		default:
			b.fraction(v, room)
		}
	case []int16:
		if whole[int32](v) {
			b.list.data = converted[int32](d, room)
		} else {
			b.fraction(v, room)
		}
	case []int32, []float32: // a float32 has not every int32
		b.list.data = wide(b.list, room)
	}
}

// fraction gives a list of short integers a type that has v, which is none.
func (b *Builder) fraction(v float64, room int) {
	if float64(float32(v)) != v {
		b.list.data = wide(b.list, room)
		return
	}
	switch d := b.list.data.(type) {
	case []int8:
		b.list.data = converted[float32](d, room)
	case []int16:
		b.list.data = converted[float32](d, room)
	}
}

// whole reports whether v is an integer of type T; −0 is none.
func whole[T int16 | int32](v float64) bool {
	return float64(T(v)) == v && !(v == 0 && math.Signbit(v))
}

func converted[D, S number](src []S, room int) []D {
	out := pages.Make[D](room)[:len(src)]
	widen(out, src)
	return out
}

func wide(l List, room int) []float64 {
	out := pages.Make[float64](room)[:l.Len()]
	l.copyTo(out, 0)
	return out
}

// List returns what was appended. The builder is not to be used after that.
func (b *Builder) List() List { return b.list }
