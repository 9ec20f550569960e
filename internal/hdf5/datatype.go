package hdf5

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
)

// Kind is what the elements of a dataset are.
type Kind int

// The kinds.
const (
	Int    Kind = iota // of 1, 2, 4 or 8 bytes, signed or not
	Float              // IEEE 754 of 2, 4 or 8 bytes
	Bool               // an enumeration of FALSE and TRUE, as h5py stores them
	Enum               // any other enumeration, read as its numbers
	String             // of fixed or of variable length
	VLen               // sequences of variable length, of ints or floats
)

// Type is what the elements of a dataset are and how they are stored.
type Type struct {
	Kind Kind
	// Size is the bytes of an element in the file. Those of strings and
	// sequences of variable length are references.
	Size int
	// Signed is of Int, Bool and Enum.
	Signed bool
	// Variable is of String.
	Variable bool
	// Elem is of VLen: what the sequences consist of.
	Elem *Type

	order binary.ByteOrder
	pad   int // of strings: what fills them up
}

// How strings are filled up.
const (
	padNul   = 0 // they end at the first zero byte
	padZeros = 1
	padSpace = 2
)

// String describes the type in words, such as "32-bit float".
func (t Type) String() string {
	switch t.Kind {
	case Int, Enum:
		s := fmt.Sprintf("%d-bit integer", 8*t.Size)
		if !t.Signed {
			s = "unsigned " + s
		}
		if t.Kind == Enum {
			s += " enumeration"
		}
		return s
	case Float:
		return fmt.Sprintf("%d-bit float", 8*t.Size)
	case Bool:
		return "boolean"
	case String:
		if t.Variable {
			return "string"
		}
		return fmt.Sprintf("string of %d bytes", t.Size)
	case VLen:
		return "sequence of " + t.Elem.String()
	}
	panic(fmt.Sprintf("hdf5: unknown kind %d", int(t.Kind)))
}

// numeric reports whether elements are numbers.
func (t Type) numeric() bool {
	switch t.Kind {
	case Int, Float, Bool, Enum:
		return true
	case String, VLen:
		return false
	}
	panic(fmt.Sprintf("hdf5: unknown kind %d", int(t.Kind)))
}

// otherClasses are the classes of datatypes that are not read.
var otherClasses = map[int]string{
	2: "times", 4: "bit fields", 5: "opaque bytes", 6: "compounds (records or complex numbers)",
	7: "references", 10: "arrays as elements",
}

// datatype reads a datatype message:
//
//	class and version, 24 bits that depend on the class, size, properties of the class
//
// nested says that the type is that of an enumeration's or a sequence's elements.
func (c *cursor) datatype(nested bool) Type {
	head := c.u8()
	class, version := head&15, head>>4
	bits := int(c.uint(3))
	t := Type{Size: int(c.u32()), order: binary.LittleEndian}
	switch {
	case c.err != nil:
		return t
	case t.Size <= 0 || t.Size > MaxFile:
		c.fail("an element has %d bytes", t.Size)
		return t
	case nested && class != 0 && class != 1:
		return c.refuseType("elements of class %d inside others", class)
	}
	if class <= 1 && bits&1 != 0 {
		t.order = binary.BigEndian
	}
	switch class {
	case 0:
		t.Kind, t.Signed = Int, bits&8 != 0
		offset, precision := c.u16(), c.u16()
		if c.err == nil && (!slices.Contains([]int{1, 2, 4, 8}, t.Size) || offset != 0 || precision != 8*t.Size) {
			return c.refuseType("integers of %d bits in %d bytes", precision, t.Size)
		}
	case 1:
		t.Kind = Float
		c.float(t, bits)
	case 3:
		t.Kind, t.pad = String, bits&15
	case 8:
		return c.enum(version, bits&0xffff, t.Size)
	case 9:
		if bits&15 == 1 {
			t.Kind, t.Variable = String, true
		} else {
			t.Kind = VLen
			elem := c.datatype(true)
			t.Elem = &elem
		}
		if want := 4 + c.f.offsetSize + 4; c.err == nil && t.Size != want {
			c.fail("a reference to a sequence has %d bytes, want %d", t.Size, want)
		}
	default:
		name := otherClasses[class]
		if name == "" {
			name = fmt.Sprintf("elements of class %d", class)
		}
		return c.refuseType("%s", name)
	}
	return t
}

// float checks that a float is one of IEEE 754. The properties are: bit offset,
// precision, where the exponent is and its size, the same of the mantissa, bias.
func (c *cursor) float(t Type, bits int) {
	offset, precision := c.u16(), c.u16()
	got := [5]int{c.u8(), c.u8(), c.u8(), c.u8(), int(c.u32())}
	want, ok := map[int][5]int{
		2: {10, 5, 0, 10, 15},
		4: {23, 8, 0, 23, 127},
		8: {52, 11, 0, 52, 1023},
	}[t.Size]
	if c.err == nil && (!ok || got != want || offset != 0 || precision != 8*t.Size || bits&0x40 != 0) {
		c.refuseType("floats of %d bits that are not IEEE 754 of 16, 32 or 64", 8*t.Size)
	}
}

// enum reads an enumeration: the integers that it is stored as, names, values.
func (c *cursor) enum(version, members, size int) Type {
	t := c.datatype(true)
	if c.err == nil && (t.Kind != Int || t.Size != size) {
		c.fail("an enumeration of %d bytes is stored as %s", size, t)
	}
	t.Kind = Enum
	names := make([]string, 0, min(members, c.left()))
	for i := 0; i < members && c.err == nil; i++ {
		start := c.pos
		names = append(names, c.cstring())
		if version < 3 {
			c.skip(uint64((8 - (c.pos-start)%8) % 8))
		}
	}
	if len(names) == 2 && t.Size == 1 && names[0] == "FALSE" && names[1] == "TRUE" {
		t.Kind = Bool
	}
	return t
}

func (c *cursor) refuseType(format string, args ...any) Type {
	if c.err == nil {
		c.err = c.f.refuse(diag.Unsupported, c.object, "holds %s, which are not read; want integers, floats, booleans, strings, or sequences of numbers", fmt.Sprintf(format, args...))
	}
	return Type{order: binary.LittleEndian}
}
