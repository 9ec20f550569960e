package odin

import (
	"fmt"
	"strconv"
)

// Word is a word of the neuron memory, of up to 128 bits.
type Word struct{ Hi, Lo uint64 }

// ParseWord reads a word of the given width, written as hexadecimal digits.
func ParseWord(s string, bits int) (Word, error) {
	var w Word
	var err error
	low := s
	if len(s) > 16 {
		low = s[len(s)-16:]
		if w.Hi, err = strconv.ParseUint(s[:len(s)-16], 16, 64); err != nil {
			return Word{}, fmt.Errorf("word %q: want up to %d hexadecimal digits", s, bits/4)
		}
	}
	if w.Lo, err = strconv.ParseUint(low, 16, 64); err != nil || len(s) > bits/4 {
		return Word{}, fmt.Errorf("word %q: want up to %d hexadecimal digits", s, bits/4)
	}
	return w, nil
}

// Hex writes the word as all the hexadecimal digits of its width.
func (w Word) Hex(bits int) string {
	if bits <= 64 {
		return fmt.Sprintf("%0*x", bits/4, w.Lo)
	}
	return fmt.Sprintf("%0*x%016x", bits/4-16, w.Hi, w.Lo)
}

// field is where in a word something stands: width bits from bit low on.
type field struct{ low, width uint }

// of returns the field of a word.
func (f field) of(w Word) int {
	v := w.Lo >> f.low
	if f.low >= 64 {
		v = w.Hi >> (f.low - 64)
	} else if f.low+f.width > 64 {
		v |= w.Hi << (64 - f.low)
	}
	return int(v & (1<<f.width - 1))
}

// signed returns the field read as a number in two's complement.
func (f field) signed(w Word) int { return wrap(f.of(w), f.width) }

// is reports whether a field of one bit is set.
func (f field) is(w Word) bool { return f.of(w) != 0 }

// put returns the word with the field set to the low bits of v.
func (f field) put(w Word, v int) Word {
	mask := uint64(1)<<f.width - 1
	bits := uint64(v) & mask
	if f.low >= 64 {
		w.Hi = w.Hi&^(mask<<(f.low-64)) | bits<<(f.low-64)
		return w
	}
	w.Lo = w.Lo&^(mask<<f.low) | bits<<f.low
	if f.low+f.width > 64 {
		w.Hi = w.Hi&^(mask>>(64-f.low)) | bits>>(64-f.low)
	}
	return w
}

// wrap returns the low bits of v, read as a number in two's complement.
func wrap(v int, bits uint) int {
	half := 1 << (bits - 1)
	return (v+half)&(1<<bits-1) - half
}

// bit is 1 for true.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
