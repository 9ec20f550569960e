package ndarray

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// Type is a dtype that is written. The zero value is Float64.
type Type string

// The types.
const (
	Float64 Type = ""
	Float32 Type = "<f4"
	Int32   Type = "<i4"
)

// descr returns the dtype as an .npy header has it.
func (t Type) descr() string {
	if t == Float64 {
		return "<f8"
	}
	return string(t)
}

// dtype is the layout of an element in a file.
type dtype struct {
	kind  byte // 'f', 'i', 'u' or 'b'
	size  int  // bytes
	order binary.ByteOrder
	descr string
}

// kindNames tells what the dtypes that are not read hold.
var kindNames = map[byte]string{
	'U': "text", 'S': "text", 'a': "text", 'O': "Python objects", 'c': "complex numbers",
	'M': "dates", 'm': "time spans", 'V': "records",
}

// parseDtype reads a dtype such as "<f4". The reason is what the array holds
// instead of numbers, empty when descr is no dtype at all.
func parseDtype(descr string) (d dtype, reason string, ok bool) {
	if len(descr) < 2 {
		return d, "", false
	}
	d = dtype{kind: descr[1], order: binary.LittleEndian, descr: descr}
	switch descr[0] {
	case '<', '=', '|':
	case '>':
		d.order = binary.BigEndian
	default:
		return d, "", false
	}
	size, err := strconv.Atoi(descr[2:])
	if name := kindNames[d.kind]; name != "" {
		return d, name, false
	}
	if err != nil {
		return d, "", false
	}
	d.size = size
	switch {
	case d.kind == 'f' && (size == 2 || size == 4 || size == 8):
	case (d.kind == 'i' || d.kind == 'u') && (size == 1 || size == 2 || size == 4 || size == 8):
	case d.kind == 'b' && size == 1:
	case d.kind == 'f' || d.kind == 'i' || d.kind == 'u':
		return d, fmt.Sprintf("numbers of %d bytes", size), false
	default:
		return d, "", false
	}
	if descr[0] == '|' && size > 1 {
		return d, "", false
	}
	return d, "", true
}

// short reports whether elements are integers of at most 32 bits in the order of most
// machines, which most files have and need no detour.
func (d dtype) short() bool {
	return d.kind == 'i' && d.size <= 4 && d.order == binary.ByteOrder(binary.LittleEndian)
}

// decodeInts turns len(dst) short elements of src into integers.
func decodeInts(d dtype, dst []int32, src []byte) {
	switch d.size {
	case 1:
		for i := range dst {
			dst[i] = int32(int8(src[i]))
		}
	case 2:
		for i := range dst {
			dst[i] = int32(int16(binary.LittleEndian.Uint16(src[2*i:])))
		}
	default:
		for i := range dst {
			dst[i] = int32(binary.LittleEndian.Uint32(src[4*i:]))
		}
	}
}

// decode turns len(dst) elements of src into numbers.
func decode(d dtype, dst []float64, src []byte) {
	switch {
	case d.kind == 'b':
		for i := range dst {
			dst[i] = 0
			if src[i] != 0 {
				dst[i] = 1
			}
		}
	case d.size == 1 && d.kind == 'u':
		for i := range dst {
			dst[i] = float64(src[i])
		}
	case d.size == 1:
		for i := range dst {
			dst[i] = float64(int8(src[i]))
		}
	case d.size == 2:
		for i := range dst {
			v := d.order.Uint16(src[2*i:])
			switch d.kind {
			case 'f':
				dst[i] = float64(halfToFloat(v))
			case 'i':
				dst[i] = float64(int16(v))
			default:
				dst[i] = float64(v)
			}
		}
	case d.size == 4:
		for i := range dst {
			v := d.order.Uint32(src[4*i:])
			switch d.kind {
			case 'f':
				dst[i] = float64(math.Float32frombits(v))
			case 'i':
				dst[i] = float64(int32(v))
			default:
				dst[i] = float64(v)
			}
		}
	default:
		for i := range dst {
			v := d.order.Uint64(src[8*i:])
			switch d.kind {
			case 'f':
				dst[i] = math.Float64frombits(v)
			case 'i':
				dst[i] = float64(int64(v))
			default:
				dst[i] = float64(v)
			}
		}
	}
}

// halfToFloat widens an IEEE 754 half-precision number.
func halfToFloat(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exp, frac := uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exp {
	case 0:
		v := float32(frac) / (1 << 24)
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}
