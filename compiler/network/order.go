package network

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/numbers"
)

// order is how an array of a projection is indexed where it is stored.
type order struct {
	// layout is its name in the file, names its axes for messages: (pre, post).
	layout, names string
	// axes are the stored axes. One that is a whole population is a list of
	// that population's dimensions.
	axes [][]int
	// perm turns it: axis i of the result is stored axis perm[i].
	perm []int
	// other is the other layout that the array may be meant in.
	other *order
	// kernel says that the axes are a kernel's and not populations, loose that
	// the number of elements is all that counts.
	kernel, loose bool
}

// inOrder is the order of numbers that are stored as they are wanted.
func inOrder(shape ...int) order {
	return order{axes: [][]int{shape}, loose: true}
}

// String writes the shape that is wanted: "[784, 128]".
func (o order) String() string { return bracketed(o.sizes()) }

// sizes are the sizes of the stored axes.
func (o order) sizes() []int {
	sizes := make([]int, len(o.axes))
	for i, axis := range o.axes {
		sizes[i] = 1
		for _, d := range axis {
			sizes[i] = mulSat(sizes[i], d)
		}
	}
	return sizes
}

// fits says whether an array of this shape can be read in this order. Adjacent
// axes may be merged, as (25, 8) for (5, 5, 1, 8), and a population's axis be
// split, as (28, 28) for 784; but where two populations meet the array must
// have a boundary too, unless it is flat: so (128, 784) is not read as
// (784, 128).
func (o order) fits(shape []int) bool {
	sizes := o.sizes()
	total := 1
	for _, n := range sizes {
		total = mulSat(total, n)
	}
	have := cuts(shape)
	size := 1
	for _, d := range shape {
		size = mulSat(size, d)
	}
	switch {
	case size != total:
		return false
	case o.loose || len(have) == 0:
		return true
	}
	if o.kernel {
		return subset(have, cuts(sizes))
	}
	// Walk over the axes: each takes the cuts up to its end.
	before := 1
	for i, axis := range o.axes {
		end := before * sizes[i]
		if end < total && end > 1 && !slices.Contains(have, end) {
			return false
		}
		var inside []int
		for _, c := range have {
			if c > before && c < end {
				inside = append(inside, c/before)
			}
		}
		if want := cuts(axis); !subset(inside, want) && !subset(want, inside) {
			return false
		}
		before = end
	}
	return true
}

// cuts returns the products of the first 1, 2, … dimensions that lie inside
// the array: where, counted in elements, its axes end.
func cuts(shape []int) []int {
	total := 1
	for _, d := range shape {
		total = mulSat(total, d)
	}
	var at []int
	n := 1
	for _, d := range shape {
		n = mulSat(n, d)
		if n > 1 && n < total && !slices.Contains(at, n) {
			at = append(at, n)
		}
	}
	return at
}

func subset(a, b []int) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

// arrange copies stored numbers into the order of the result. Numbers that
// stand so already are returned as they are.
func (o order) arrange(stored numbers.List) numbers.List {
	if o.perm == nil {
		return stored
	}
	sizes := o.sizes()
	// stride[i] is how far apart neighbours along axis i of the result stand.
	stride := make([]int, len(sizes))
	dims := make([]int, len(sizes))
	for i, from := range o.perm {
		dims[i] = sizes[from]
		stride[i] = 1
		for _, d := range sizes[from+1:] {
			stride[i] *= d
		}
	}
	from := make([]int32, stored.Len())
	index := make([]int, len(dims))
	at := 0
	for k := range from {
		from[k] = int32(at)
		for axis := len(dims) - 1; axis >= 0; axis-- {
			if index[axis]++; index[axis] < dims[axis] {
				at += stride[axis]
				break
			}
			at -= stride[axis] * (dims[axis] - 1)
			index[axis] = 0
		}
	}
	return stored.Pick(from)
}
