package hdf5

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
)

// Array is the values of a dataset or an attribute, in C order: the last index
// runs fastest. They are read from the file at each call.
type Array struct {
	file  *File
	name  string // its path, for errors
	shape []int
	n     int
	typ   Type
	// raw returns the bytes of the elements: n of typ.Size.
	raw func() ([]byte, error)
}

// Shape returns the dimensions; a scalar has none.
func (a *Array) Shape() []int { return slices.Clone(a.shape) }

// Len returns how many elements there are, of a scalar 1.
func (a *Array) Len() int { return a.n }

// Type returns what the elements are.
func (a *Array) Type() Type { return a.typ }

// Floats returns numbers of any kind as floats, which is exact but for 64-bit
// integers beyond 2^53. NaN and infinities are kept.
func (a *Array) Floats() ([]float64, error) {
	if !a.typ.numeric() {
		return nil, a.wrong("numbers")
	}
	raw, err := a.raw()
	if err != nil {
		return nil, err
	}
	return floats(a.typ, raw), nil
}

// Ints returns integers, enumerations and booleans (0 and 1). Floats are an
// error, and so are unsigned integers beyond 2^63 − 1.
func (a *Array) Ints() ([]int64, error) {
	if !a.typ.numeric() || a.typ.Kind == Float {
		return nil, a.wrong("integers")
	}
	raw, err := a.raw()
	if err != nil {
		return nil, err
	}
	return a.ints(a.typ, raw)
}

// Strings returns strings of either length, without what fills them up. They
// are not checked to be UTF-8.
func (a *Array) Strings() ([]string, error) {
	if a.typ.Kind != String {
		return nil, a.wrong("strings")
	}
	raw, err := a.raw()
	if err != nil {
		return nil, err
	}
	out := make([]string, a.n)
	if a.typ.Variable {
		seqs, err := a.sequences(raw, 1)
		if err != nil {
			return nil, err
		}
		for i, s := range seqs {
			out[i] = string(bytes.TrimRight(s, "\x00"))
		}
		return out, nil
	}
	for i := range out {
		s := string(raw[i*a.typ.Size : (i+1)*a.typ.Size])
		switch a.typ.pad {
		case padNul:
			s, _, _ = strings.Cut(s, "\x00")
		case padZeros:
			s = strings.TrimRight(s, "\x00")
		case padSpace:
			s = strings.TrimRight(s, " ")
		}
		out[i] = s
	}
	return out, nil
}

// VLenFloats returns sequences of variable length, of numbers of any kind.
func (a *Array) VLenFloats() ([][]float64, error) {
	s, err := a.Sequences()
	if err != nil {
		return nil, err
	}
	out := make([][]float64, s.Len())
	for i := range out {
		out[i] = s.Floats(i)
	}
	return out, nil
}

// VLenInts returns sequences of variable length, of integers.
func (a *Array) VLenInts() ([][]int64, error) {
	s, err := a.Sequences()
	if err != nil {
		return nil, err
	}
	out := make([][]int64, s.Len())
	for i := range out {
		if out[i], err = s.Ints(i); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Sequences are those of variable length of an array, which stay as the file has
// them until they are asked for.
type Sequences struct {
	a     *Array
	bytes [][]byte
}

// Sequences returns sequences of variable length, of numbers of any kind.
func (a *Array) Sequences() (*Sequences, error) {
	if a.typ.Kind != VLen {
		return nil, a.wrong("sequences of numbers")
	}
	raw, err := a.raw()
	if err != nil {
		return nil, err
	}
	bytes, err := a.sequences(raw, a.typ.Elem.Size)
	if err != nil {
		return nil, err
	}
	return &Sequences{a, bytes}, nil
}

// Len returns how many sequences there are.
func (s *Sequences) Len() int { return len(s.bytes) }

// Floats returns sequence i as Array.Floats does.
func (s *Sequences) Floats(i int) []float64 { return floats(*s.a.typ.Elem, s.bytes[i]) }

// Ints returns sequence i as Array.Ints does.
func (s *Sequences) Ints(i int) ([]int64, error) {
	if s.a.typ.Elem.Kind != Int {
		return nil, s.a.wrong("sequences of integers")
	}
	return s.a.ints(*s.a.typ.Elem, s.bytes[i])
}

// wrong is the error of values of another kind than was asked for.
func (a *Array) wrong(want string) error {
	return a.file.refuse(diag.WrongType, a.name, "holds elements of type %q, want %s", a.typ, want)
}

// bits returns element i of numbers as it is stored.
func (t Type) bits(raw []byte, i int) uint64 {
	switch b := raw[i*t.Size:]; t.Size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(t.order.Uint16(b))
	case 4:
		return uint64(t.order.Uint32(b))
	default:
		return t.order.Uint64(b)
	}
}

// extend returns stored bits as a number that may be negative.
func (t Type) extend(bits uint64) int64 {
	shift := 64 - 8*t.Size
	return int64(bits<<shift) >> shift
}

func (a *Array) ints(t Type, raw []byte) ([]int64, error) {
	out := make([]int64, len(raw)/t.Size)
	for i := range out {
		bits := t.bits(raw, i)
		switch {
		case t.Signed:
			out[i] = t.extend(bits)
		case bits > math.MaxInt64:
			return nil, a.file.refuse(diag.OutOfRange, a.name, "element %d is %d, beyond 2^63-1, the most that is read", i, bits)
		default:
			out[i] = int64(bits)
		}
	}
	return out, nil
}

func floats(t Type, raw []byte) []float64 {
	out := make([]float64, len(raw)/t.Size)
	for i := range out {
		bits := t.bits(raw, i)
		switch {
		case t.Kind == Float && t.Size == 2:
			out[i] = half(uint16(bits))
		case t.Kind == Float && t.Size == 4:
			out[i] = float64(math.Float32frombits(uint32(bits)))
		case t.Kind == Float:
			out[i] = math.Float64frombits(bits)
		case t.Signed:
			out[i] = float64(t.extend(bits))
		default:
			out[i] = float64(bits)
		}
	}
	return out
}

// half widens an IEEE 754 number of 16 bits: sign, 5 of exponent, 10 of fraction.
func half(h uint16) float64 {
	exponent, fraction := int(h>>10&31), float64(h&1023)
	v := math.Ldexp(1024+fraction, exponent-25)
	switch {
	case exponent == 0:
		v = math.Ldexp(fraction, -24)
	case exponent == 31 && fraction == 0:
		v = math.Inf(1)
	case exponent == 31:
		v = math.NaN()
	}
	if h>>15 != 0 {
		v = -v
	}
	return v
}
