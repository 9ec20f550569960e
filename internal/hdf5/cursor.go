package hdf5

import (
	"bytes"
	"encoding/binary"
)

// cursor reads the fields of a structure one after another. Its first error
// stays: fields read after it are zero, so that a parser may read on and ask
// once, at the end.
type cursor struct {
	f      *File
	object string // the path of what is read, for errors
	what   string // the structure, for errors
	b      []byte
	at     int64 // where b begins, from the superblock
	pos    int   // what is read of b
	err    error
}

// cursor returns a cursor over n bytes at an address.
func (f *File) cursor(object, what string, address uint64, n uint64) *cursor {
	c := &cursor{f: f, object: object, what: what}
	size := uint64(len(f.data))
	switch {
	case f.undefined(address):
		c.err = f.broken(object, 0, "the address of the %s is undefined", what)
	case address > size:
		c.err = f.broken(object, int64(size), "the %s is said to stand at byte %d, beyond the end of the file", what, address+uint64(f.base))
	case n > size-address:
		c.err = f.broken(object, int64(size), "the file ends inside the %s that begins at byte %d", what, address+uint64(f.base))
	default:
		c.at, c.b = int64(address), f.data[address:address+n]
	}
	return c
}

// rest is cursor to the end of the file, for structures that say their length
// themselves.
func (f *File) rest(object, what string, address uint64) *cursor {
	n := uint64(0)
	if size := uint64(len(f.data)); address < size {
		n = size - address
	}
	return f.cursor(object, what, address, n)
}

// fail sets the error, if it is the first, at the place that is read next.
func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = c.f.broken(c.object, c.at+int64(c.pos), format, args...)
	}
}

// left is how many bytes are not read yet.
func (c *cursor) left() int { return len(c.b) - c.pos }

// bytes reads n bytes; they are those of the file.
func (c *cursor) bytes(n uint64) []byte {
	if c.err == nil && n > uint64(c.left()) {
		c.fail("the %s ends too early", c.what)
	}
	if c.err != nil {
		return nil
	}
	b := c.b[c.pos : c.pos+int(n)]
	c.pos += int(n)
	return b
}

func (c *cursor) skip(n uint64) { c.bytes(n) }

// align skips to the next multiple of 8 from the beginning.
func (c *cursor) align() { c.skip(uint64((8 - c.pos%8) % 8)) }

// uint reads an unsigned number of 1 to 8 bytes, the lowest first.
func (c *cursor) uint(size int) uint64 {
	var v uint64
	for i, b := range c.bytes(uint64(size)) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

func (c *cursor) u8() int  { return int(c.uint(1)) }
func (c *cursor) u16() int { return int(c.uint(2)) }

func (c *cursor) u32() uint32 { return uint32(c.uint(4)) }

func (c *cursor) address() uint64 { return c.uint(c.f.offsetSize) }
func (c *cursor) length() uint64  { return c.uint(c.f.lengthSize) }

// cstring reads up to a zero byte, which it skips.
func (c *cursor) cstring() string {
	if c.err != nil {
		return ""
	}
	n := bytes.IndexByte(c.b[c.pos:], 0)
	if n < 0 {
		c.fail("a name in the %s does not end", c.what)
		return ""
	}
	s := string(c.bytes(uint64(n)))
	c.skip(1)
	return s
}

// want reads the bytes that a structure begins with.
func (c *cursor) want(signature string) {
	if got := c.bytes(uint64(len(signature))); c.err == nil && string(got) != signature {
		c.pos -= len(signature)
		c.fail("want the %s, which begins with %q, found %q", c.what, signature, got)
	}
}

// sum reads the checksum of everything from an earlier position to here.
func (c *cursor) sum(from int) {
	if c.err != nil {
		return
	}
	want := lookup3(c.b[from:c.pos])
	at := c.pos
	if got := c.u32(); c.err == nil && got != want && !c.f.noSums {
		c.pos = at
		c.fail("the checksum of the %s does not match: the file is damaged; write it again", c.what)
	}
}

// spend accounts for what is read so far.
func (c *cursor) spend() {
	if c.err == nil {
		c.err = c.f.spend(c.object, c.at, int64(c.pos))
	}
}

// undefined reports whether an address is the one that means nowhere: all
// bits set.
func (f *File) undefined(address uint64) bool {
	return address == 1<<(8*f.offsetSize)-1
}

// lookup3 is Bob Jenkins' hash of that name (hashlittle, from 0), which HDF5
// keeps of the structures that are newer than version 1.6.
func lookup3(b []byte) uint32 {
	rot := func(x uint32, k int) uint32 { return x<<k | x>>(32-k) }
	x := 0xdeadbeef + uint32(len(b))
	y, z := x, x
	for len(b) > 12 {
		x += binary.LittleEndian.Uint32(b)
		y += binary.LittleEndian.Uint32(b[4:])
		z += binary.LittleEndian.Uint32(b[8:])
		x, z = (x-z)^rot(z, 4), z+y
		y, x = (y-x)^rot(x, 6), x+z
		z, y = (z-y)^rot(y, 8), y+x
		x, z = (x-z)^rot(z, 16), z+y
		y, x = (y-x)^rot(x, 19), x+z
		z, y = (z-y)^rot(y, 4), y+x
		b = b[12:]
	}
	if len(b) == 0 {
		return z
	}
	var last [12]byte
	copy(last[:], b)
	x += binary.LittleEndian.Uint32(last[:])
	y += binary.LittleEndian.Uint32(last[4:])
	z += binary.LittleEndian.Uint32(last[8:])
	z = (z ^ y) - rot(y, 14)
	x = (x ^ z) - rot(z, 11)
	y = (y ^ x) - rot(x, 25)
	z = (z ^ y) - rot(y, 16)
	x = (x ^ z) - rot(z, 4)
	y = (y ^ x) - rot(x, 14)
	return (z ^ y) - rot(y, 24)
}
