// Package checkpoint is a run's state as a file: which run it is of, and the
// numbers that it goes on with.
//
// What a file has is checked: its checksum, that it is of the run at hand, and the
// range of every number. One that is forged may make a run wrong, but does no more.
package checkpoint

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/weft-toolchain/weft/internal/diag"
)

// Coder writes numbers, or reads them back in the same order. What has a state goes
// through its numbers in one function, which serves for both, so that the two cannot
// come apart. After the first error it reads nothing any more, and says so in Err.
//
// Reading takes no memory but for lists, which are no longer than the file.
type Coder struct {
	reading bool
	// data are the bytes of the state, at is where the next number is read. Of a file,
	// first is where they begin.
	data  []byte
	at    int
	file  string
	first int
	err   error
}

// Any is the range of all numbers: Number(c, &v, -Any, Any), but that of a uint64 has
// math.MinInt64 too, since its 64 bits are written as those of an int64.
const Any = math.MaxInt64

// number is what a Coder can write.
type number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~int | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Reading reports whether numbers are read.
func (c *Coder) Reading() bool { return c.reading }

// Err returns the first error of reading, a *diag.Error; nil where there was none.
func (c *Coder) Err() error { return c.err }

// Fail says what is wrong with what was read last.
func (c *Coder) Fail(format string, args ...any) {
	if c.err == nil {
		c.err = diag.One(diag.Pos{File: c.file}, diag.BadCheckpoint, "byte %d: %s", c.first+c.at, fmt.Sprintf(format, args...))
	}
}

// End fails if not all was read, and returns Err.
func (c *Coder) End() error {
	if c.err == nil && c.at < len(c.data) {
		c.Fail("%d bytes more than the state of this run has", len(c.data)-c.at)
	}
	return c.err
}

// Number writes or reads a number from low to high, which T can hold.
func Number[T number](c *Coder, v *T, low, high int64) {
	if !c.reading {
		c.data = binary.AppendVarint(c.data, int64(*v))
		return
	}
	if x, ok := c.read(low, high); ok {
		*v = T(x)
	}
}

// Numbers writes or reads numbers whose count both sides know. Zeros in a row, of which
// states have many, take three bytes or so.
func Numbers[T number](c *Coder, list []T, low, high int64) {
	for k := 0; k < len(list); k++ {
		Number(c, &list[k], min(low, 0), max(high, 0))
		if c.err != nil {
			return
		}
		if list[k] != 0 {
			continue
		}
		zeros := 0
		if !c.reading {
			for zeros < len(list)-k-1 && list[k+1+zeros] == 0 {
				zeros++
			}
		}
		Number(c, &zeros, 0, int64(len(list)-k-1))
		clear(list[k+1 : k+1+zeros])
		k += zeros
	}
}

// List writes or reads up to most numbers and their count.
func List[T number](c *Coder, list *[]T, most int, low, high int64) {
	n := len(*list)
	Number(c, &n, 0, int64(most))
	if c.reading {
		if n > len(c.data)-c.at { // a byte each, at least
			c.Fail("has not as many bytes as the list of %d that begins here", n)
		}
		if c.err != nil {
			return
		}
		*list = append((*list)[:0], make([]T, n)...)
	}
	for k := range *list {
		Number(c, &(*list)[k], low, high)
	}
}

// Bool writes or reads a yes or no.
func Bool(c *Coder, v *bool) {
	n := 0
	if *v {
		n = 1
	}
	Number(c, &n, 0, 1)
	*v = n == 1
}

// read reads a number from low to high.
func (c *Coder) read(low, high int64) (v int64, ok bool) {
	if c.err != nil {
		return 0, false
	}
	v, n := binary.Varint(c.data[c.at:])
	switch {
	case n <= 0:
		c.Fail("no number, or one of more than 64 bits")
	case v < low || v > high:
		c.Fail("%d, want %d to %d", v, low, high)
	default:
		c.at += n
		return v, true
	}
	return 0, false
}
