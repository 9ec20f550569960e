package hdf5

import (
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
)

const signature = "\x89HDF\r\n\x1a\n"

// open finds the superblock and reads it:
//
//	version 0, 1   signature, versions, sizes, K's, flags, four addresses, the root's symbol table entry
//	version 2, 3   signature, version, sizes, flags, four addresses (the last one the root's header), checksum
func (f *File) open() error {
	start, err := f.findSuperblock()
	if err != nil {
		return err
	}
	f.base, f.data = start, f.data[start:]
	f.budget = int64(len(f.data))
	f.headers, f.heaps = map[uint64]*header{}, map[uint64]globalHeap{}
	f.offsetSize, f.lengthSize = 8, 8

	c := f.rest("", "superblock", 0)
	c.want(signature)
	version := c.u8()
	var base, eof, root uint64
	switch version {
	case 0, 1:
		c.skip(4) // versions of parts, all of them 0
		f.sizes(c)
		c.skip(1 + 2 + 2 + 4)
		if version == 1 {
			c.skip(4)
		}
		base, _, eof, _ = c.address(), c.address(), c.address(), c.address()
		c.skip(uint64(f.offsetSize)) // the name of the root's link
		root = c.address()
		c.skip(4 + 4 + 16)
	case 2, 3:
		f.sizes(c)
		c.skip(1)
		base, _, eof, root = c.address(), c.address(), c.address(), c.address()
		c.sum(0)
	default:
		c.fail("version %d of the superblock is not read, want 0 to 3; write the file with h5py's defaults", version)
	}
	c.spend()
	if c.err != nil {
		return c.err
	}
	// Both count from where the file was when it was written.
	if size := uint64(len(f.data)); eof < base || eof-base > size {
		return f.broken("", int64(size), "the file is cut short: its superblock says that it has %d bytes, but it ends after %d", eof, size+uint64(f.base))
	}
	f.root, err = f.group(nil, "/", root)
	return err
}

// sizes reads the sizes of addresses and lengths.
func (f *File) sizes(c *cursor) {
	offset, length := c.u8(), c.u8()
	for _, n := range []int{offset, length} {
		if c.err == nil && n != 4 && n != 8 {
			c.fail("addresses and lengths of %d and %d bytes, want 4 or 8", offset, length)
		}
	}
	if c.err == nil {
		f.offsetSize, f.lengthSize = offset, length
	}
}

// findSuperblock returns where the signature stands: at 0, 512, 1024, 2048, …
func (f *File) findSuperblock() (int64, error) {
	size := int64(len(f.data))
	for at := int64(0); at+int64(len(signature)) <= size; at = max(512, 2*at) {
		if string(f.data[at:at+int64(len(signature))]) == signature {
			return at, nil
		}
	}
	reason := "is no HDF5 file: it does not begin with the signature"
	switch {
	case size == 0:
		reason = "is empty, want an HDF5 file"
	case size >= 7 && string(f.data[:7]) == "version": // of Git LFS
		reason = fmt.Sprintf("is no HDF5 file but %d bytes of text, perhaps a pointer of Git LFS; fetch the file itself", size)
	}
	return 0, &Error{Code: diag.BadFile, File: f.name, Offset: 0, Reason: reason}
}
