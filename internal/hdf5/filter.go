package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/weft-toolchain/weft/internal/diag"
)

// The filters that are undone.
const (
	deflate    = 1
	shuffle    = 2
	fletcher32 = 3
)

// otherFilters are names of filters that are not undone.
var otherFilters = map[int]string{
	4: "szip", 5: "nbit", 6: "scaleoffset", 307: "bzip2", 32000: "lzf", 32001: "blosc", 32004: "lz4",
	32008: "bitshuffle", 32013: "zfp", 32015: "zstd", 32026: "blosc2",
}

// filter is one step that chunks went through when they were written.
type filter struct {
	id int
	// size of an element, of shuffle.
	size int
}

// pipeline are the steps in the order of writing.
type pipeline []filter

// filters reads the filter message:
//
//	version 1   version, count, 6 bytes, filters: id, length of the name, flags, count of values, name, values, filled up to 8 bytes
//	version 2   version, count, filters: id, [length of the name, of foreign ones], flags, count of values, [name], values
func (d *Dataset) filters() (pipeline, error) {
	m, ok := d.header.find(msgFilters)
	if !ok {
		return nil, nil
	}
	f, path := d.f, d.path
	c := f.openMessage(path, "filter pipeline", m)
	version, count := c.u8(), c.u8()
	switch version {
	case 1:
		c.skip(6)
	case 2:
	default:
		c.fail("version %d of the filter pipeline is not read, want 1 or 2", version)
	}
	if c.err == nil && count > 32 {
		c.fail("%d filters, more than 32", count)
	}
	var p pipeline
	for i := 0; i < count && c.err == nil; i++ {
		id, nameSize := c.u16(), 0
		if version == 1 || id >= 256 {
			nameSize = c.u16()
		}
		c.skip(2)
		values := c.u16()
		c.skip(uint64(nameSize))
		if version == 1 {
			c.align()
		}
		step := filter{id: id, size: d.typ.Size}
		for j := range values {
			if v := c.u32(); j == 0 && id == shuffle {
				step.size = int(v)
			}
		}
		if version == 1 && values%2 == 1 {
			c.skip(4)
		}
		if c.err != nil {
			break
		}
		if id != deflate && id != shuffle && id != fletcher32 {
			return nil, f.refuse(diag.Unsupported, path, "is packed with the filter %s, which is not read; write it with compression=\"gzip\" or without", filterName(id))
		}
		p = append(p, step)
	}
	return p, c.err
}

func filterName(id int) string {
	if name := otherFilters[id]; name != "" {
		return name
	}
	return fmt.Sprintf("number %d", id)
}

// undo returns the size bytes of a chunk. Bits of skipped name steps that the
// chunk did not go through.
func (p pipeline) undo(b []byte, size int, skipped uint32) ([]byte, error) {
	// What checksums and a deflate that could not shrink may add on the way.
	most := size + size/64 + 64 + 16*len(p)
	var err error
	for i := len(p) - 1; i >= 0 && err == nil; i-- {
		if skipped>>i&1 != 0 {
			continue
		}
		switch p[i].id {
		case deflate:
			b, err = inflate(b, most)
		case shuffle:
			b = unshuffle(b, p[i].size)
		case fletcher32:
			b, err = checked(b)
		}
	}
	if err == nil && len(b) < size {
		err = fmt.Errorf("it has %d bytes, want %d", len(b), size)
	}
	if err != nil {
		return nil, err
	}
	return b[:size], nil
}

// inflate undoes deflate, to at most that many bytes.
func inflate(b []byte, most int) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, errors.New("it is no zlib stream")
	}
	var out bytes.Buffer
	n, err := out.ReadFrom(io.LimitReader(r, int64(most)+1))
	switch {
	case n > int64(most):
		return nil, fmt.Errorf("it unpacks to more than %d bytes", most)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("its zlib stream ends too early")
	case err != nil:
		return nil, fmt.Errorf("its zlib stream is broken (%w)", err)
	}
	return out.Bytes(), nil
}

// unshuffle undoes shuffle, which stores the first bytes of all elements, then
// their second bytes, and so on. Bytes that make no whole element stay.
func unshuffle(b []byte, size int) []byte {
	if size <= 1 || len(b) < size {
		return b
	}
	n := len(b) / size
	out := make([]byte, len(b))
	for i := range size {
		for j, v := range b[i*n : (i+1)*n] {
			out[j*size+i] = v
		}
	}
	copy(out[n*size:], b[n*size:])
	return out
}

// checked takes the Fletcher-32 checksum off the end and compares it. It sums
// words of two bytes, the high one first, modulo 65535.
func checked(b []byte) ([]byte, error) {
	n := len(b) - 4
	if n < 0 {
		return nil, errors.New("it is too short for its checksum")
	}
	var s1, s2 uint32
	for i := 0; i < n; i += 2 {
		word := uint32(b[i]) << 8
		if i+1 < n {
			word |= uint32(b[i+1])
		}
		s1 = (s1 + word) % 65535
		s2 = (s2 + s1) % 65535
	}
	got, want := binary.LittleEndian.Uint32(b[n:]), s2<<16|s1
	if got != want {
		return nil, errors.New("its checksum does not match")
	}
	return b[:n], nil
}
