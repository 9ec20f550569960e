package hdf5

import "github.com/weft-toolchain/weft/internal/diag"

// dataspace reads a dataspace message: the shape. A scalar has an empty one.
//
//	version 1   version, rank, flags, 5 bytes, dimensions, …
//	version 2   version, rank, flags, kind, dimensions, …
func (c *cursor) dataspace() (shape []int, elements int) {
	version, rank, kind := c.u8(), c.u8(), 1
	c.skip(1)
	switch version {
	case 1:
		c.skip(5)
	case 2:
		kind = c.u8()
	default:
		c.fail("version %d of the dataspace is not read, want 1 or 2", version)
	}
	if c.err == nil && kind == 2 {
		c.err = c.f.refuse(diag.Unsupported, c.object, "holds nothing (h5py.Empty), want a number, a string or an array")
	}
	if c.err == nil && rank > 32 {
		c.fail("%d dimensions, more than 32", rank)
	}
	if c.err != nil {
		return nil, 0
	}
	shape, n := make([]int, rank), uint64(1)
	for i := range shape {
		d := c.length()
		if n *= d; d > MaxElements || n > MaxElements {
			c.err = firstError(c.err, c.f.refuse(diag.TooLarge, c.object, "has more than %d elements, the most that is read", MaxElements))
			return nil, 0
		}
		shape[i] = int(d)
	}
	return shape, int(n)
}
