package hdf5

import (
	"github.com/weft-toolchain/weft/internal/diag"
)

// chunk is a block of a dataset, as it stands in the file.
type chunk struct {
	origin  []int // of its first element, in the dataset
	address uint64
	size    uint32 // bytes in the file
	skipped uint32 // a bit for each filter that was not applied
}

// readChunks puts the data together. Each chunk is a block of the same shape,
// also where it juts out over the edge of the dataset.
func (d *Dataset) readChunks(c *cursor) ([]byte, error) {
	f, path := d.f, d.path
	rank := c.u8() - 1
	tree := c.address()
	if c.err == nil && rank != len(d.shape) {
		c.fail("chunks of %d dimensions in a dataset of %d", rank, len(d.shape))
	}
	if c.err != nil {
		return nil, c.err
	}
	limit := f.dataLimit()
	dims, bytes, padded := make([]int, rank), int64(d.typ.Size), int64(d.typ.Size)
	for i := range dims {
		n := int64(c.u32())
		if c.err == nil && n == 0 {
			c.fail("a chunk has no elements")
		}
		if c.err != nil {
			return nil, c.err
		}
		along := (int64(d.shape[i]) + n - 1) / n * n // with what juts out
		if bytes > limit/n || along > 0 && padded > 2*limit/along {
			return nil, f.refuse(diag.TooLarge, path, "is stored in chunks that are far larger than the file; store it in smaller ones")
		}
		dims[i], bytes, padded = int(n), bytes*n, padded*along
	}
	if size := c.u32(); c.err == nil && int(size) != d.typ.Size {
		c.fail("the elements of chunks have %d bytes, want %d", size, d.typ.Size)
	}
	filters, err := d.filters()
	if err := firstError(c.err, err); err != nil {
		return nil, err
	}
	data, err := d.filled()
	if err != nil || f.undefined(tree) || d.n == 0 {
		return data, err
	}
	chunks, err := d.chunks(tree, dims)
	if err != nil {
		return nil, err
	}
	for _, k := range chunks {
		in := f.cursor(path, "chunk", k.address, uint64(k.size))
		if in.err != nil {
			return nil, in.err
		}
		block, err := filters.undo(in.b, int(bytes), k.skipped)
		if err != nil {
			return nil, f.broken(path, int64(k.address), "a chunk cannot be unpacked: %v; the file is damaged, write it again", err)
		}
		place(data, d.shape, block, dims, k.origin, d.typ.Size)
	}
	return data, nil
}

// chunks returns the chunks of the dataset, no two of them at the same place.
// A key of their tree is: size, skipped filters, origin, and a zero.
func (d *Dataset) chunks(tree uint64, dims []int) ([]chunk, error) {
	if d.header.chunks != nil {
		return d.header.chunks, nil
	}
	f, path := d.f, d.path
	chunks, seen := []chunk{}, map[uint64]bool{}
	t := btree{f: f, object: path, kind: treeOfChunks, keySize: 4 + 4 + 8*(len(dims)+1)}
	err := t.walk(tree, func(key []byte, address uint64) error {
		c := &cursor{f: f, object: path, what: "key of a chunk", b: key}
		k := chunk{size: c.u32(), skipped: c.u32(), address: address, origin: make([]int, len(dims))}
		place := uint64(0)
		for i := range dims {
			at := c.uint(8)
			if at >= uint64(d.shape[i]) {
				// What a dataset held before it was made smaller.
				return nil
			}
			if at%uint64(dims[i]) != 0 {
				return f.broken(path, int64(address), "a chunk begins at element %d of axis %d, want a multiple of %d", at, i, dims[i])
			}
			k.origin[i] = int(at)
			place = place*uint64(d.shape[i]) + at
		}
		if seen[place] {
			return f.broken(path, int64(address), "two chunks are at the same place of the dataset")
		}
		seen[place] = true
		chunks = append(chunks, k)
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.header.chunks = chunks
	return chunks, nil
}

// place copies what a chunk shares with the dataset, row by row of the last axis.
func place(data []byte, shape []int, block []byte, dims, origin []int, size int) {
	rank := len(shape)
	if rank == 0 {
		copy(data, block)
		return
	}
	last := rank - 1
	row := min(dims[last], shape[last]-origin[last]) * size
	index := make([]int, rank) // of a row in the chunk
	for {
		from, to := 0, 0
		for i := range rank {
			from = from*dims[i] + index[i]
			to = to*shape[i] + origin[i] + index[i]
		}
		copy(data[to*size:], block[from*size:from*size+row])
		axis := last - 1
		for ; axis >= 0; axis-- {
			if index[axis]++; index[axis] < dims[axis] && origin[axis]+index[axis] < shape[axis] {
				break
			}
			index[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}
