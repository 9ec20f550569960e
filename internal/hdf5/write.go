package hdf5

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// Tree is a group to be written, with what stands in it by name.
type Tree struct {
	// Attrs are single values: string, float64 or int64.
	Attrs  map[string]any
	Groups map[string]*Tree
	Data   map[string]*Values
}

// Values are a dataset to be written, in C order. One of the lists is not nil.
type Values struct {
	// Shape is nil for a single value.
	Shape   []int
	Floats  []float64
	Ints    []int64
	Strings []string
	// Narrow stores Floats in 4 bytes.
	Narrow bool
}

// Write writes a file as h5py writes one by default: superblock 0, groups of
// symbol tables, contiguous data, strings of variable length in UTF-8. The same
// tree gives the same bytes. Names with a slash, and lists that their shape does
// not hold, are errors.
func Write(w io.Writer, root *Tree) error {
	// Where data begins is known once all structures are laid out: they are twice.
	first := &layer{}
	first.file(root, 0)
	b := &layer{}
	b.file(root, uint64(len(first.b)))
	if b.err != nil {
		return b.err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if _, err := out.Write(b.b); err != nil {
		return err
	}
	for _, v := range b.data {
		if err := v.write(out); err != nil {
			return err
		}
	}
	return out.Flush()
}

// Sizes of structures.
const (
	leafK     = 4  // a symbol table node has 2·leafK entries
	treeK     = 16 // a B-tree node has 2·treeK children
	entrySize = 40
	superSize = 56 + entrySize
	undefined = math.MaxUint64
)

// layer lays out the structures of a file; addresses are offsets into b.
type layer struct {
	b   []byte
	err error
	// heap is the address of the global heap, which has each string once, texts its
	// number there.
	heap  uint64
	texts map[string]uint32
	// data are the datasets, the next of which begins at end.
	data []*Values
	end  uint64
}

func (l *layer) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf("hdf5: "+format, args...)
	}
}

// file lays out a whole file whose data begins at an address.
//
//	superblock 0   signature, versions, sizes of addresses and lengths, leafK, treeK, flags,
//	               base, free space, end of file, driver, entry of the root
func (l *layer) file(root *Tree, data uint64) {
	l.end = data
	l.b = make([]byte, superSize)
	l.texts = map[string]uint32{}
	l.global(texts(nil, root))
	header, tree, heap := l.group(root, "/")
	b := append([]byte("\x89HDF\r\n\x1a\n"), 0, 0, 0, 0, 0, 8, 8, 0)
	b = le16(b, leafK, treeK)
	b = le32(b, 0)
	b = le64(b, 0, undefined, l.end, undefined)
	b = le64(b, 0, header)
	b = le32(b, 1, 0)
	b = le64(b, tree, heap)
	copy(l.b, b)
}

// texts lists all strings of a tree, in an order that is always the same.
func texts(list []string, t *Tree) []string {
	for _, name := range slices.Sorted(maps.Keys(t.Attrs)) {
		if s, ok := t.Attrs[name].(string); ok {
			list = append(list, s)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Data)) {
		list = append(list, t.Data[name].Strings...)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Groups)) {
		list = texts(list, t.Groups[name])
	}
	return list
}

// put appends a structure, filled up to 8 bytes, and returns its address.
func (l *layer) put(b []byte) uint64 {
	at := uint64(len(l.b))
	l.b = append(l.b, padded(b)...)
	return at
}

// maxCollection is how many strings a collection of the global heap has, whose
// indices are of 16 bits.
const maxCollection = 1<<16 - 1

// global lays out the global heap: each of the strings once, numbered from 1.
//
//	collection   GCOL, version 1, size, objects, free space as object 0
//	object       index, references, 0, size, bytes
func (l *layer) global(list []string) {
	if len(list) == 0 {
		return
	}
	var objects []byte
	for _, s := range list {
		if _, ok := l.texts[s]; ok {
			continue
		}
		k := len(l.texts) + 1
		if k > maxCollection {
			l.fail("more than %d different strings, the most that are written", maxCollection)
			return
		}
		l.texts[s] = uint32(k)
		objects = le16(objects, uint16(k), 1)
		objects = le32(objects, 0)
		objects = le64(objects, uint64(len(s)))
		objects = padded(append(objects, s...))
	}
	const least = 4096
	total := max(least, 16+len(objects)+16)
	b := append([]byte("GCOL"), 1, 0, 0, 0)
	b = le64(b, uint64(total))
	b = append(b, objects...)
	free := uint64(total - len(b))
	b = le16(b, 0, 0)
	b = le32(b, 0)
	b = le64(b, free)
	l.heap = l.put(append(b, make([]byte, total-len(b))...))
}

// ref appends what stands for a string: its length, and where it is.
func (l *layer) ref(b []byte, s string) []byte {
	return le32(le64(le32(b, uint32(len(s))), l.heap), l.texts[s])
}

// group lays out a group, what is in it first, and returns the addresses of its
// header, of its B-tree and of its heap of names.
func (l *layer) group(t *Tree, path string) (header, tree, heap uint64) {
	attrs := l.attrs(t.Attrs)
	at := map[string]uint64{}
	for _, name := range slices.Sorted(maps.Keys(t.Data)) {
		at[name] = l.dataset(t.Data[name], path+name)
	}
	for _, name := range slices.Sorted(maps.Keys(t.Groups)) {
		if _, both := at[name]; both {
			l.fail("%s%s is a group and a dataset", path, name)
		}
		at[name], _, _ = l.group(t.Groups[name], path+name+"/")
	}
	tree, heap = l.symbols(at, path)
	messages := append([]newMessage{{kind: msgSymbolTable, b: le64(nil, tree, heap)}}, attrs...)
	return l.header(messages), tree, heap
}

// symbols lays out the names of a group: a heap that has them, nodes of entries in
// their order, and a B-tree over these.
//
//	heap    HEAP, version 0, size, free list (1: none), address of the names
//	node    SNOD, version 1, count, entries: name, header, cache, 0, scratch
//	B-tree  TREE, kind 0, level, count, siblings, key, child, key, …, key
func (l *layer) symbols(at map[string]uint64, path string) (tree, heap uint64) {
	names := slices.Sorted(maps.Keys(at))
	text, offset := make([]byte, 8), map[string]uint64{} // the empty name comes first
	for _, name := range names {
		if name == "" || name == "." || slices.ContainsFunc([]byte(name), func(c byte) bool { return c == '/' || c == 0 }) {
			l.fail("%q is no name of an object in %s", name, path)
		}
		offset[name] = uint64(len(text))
		text = padded(append(append(text, name...), 0))
	}
	b := append([]byte("HEAP"), 0, 0, 0, 0)
	b = le64(b, uint64(len(text)), 1, uint64(len(l.b)+32))
	heap = l.put(append(b, text...))
	// child is a node of the level below, with the last name under it.
	type child struct{ address, last uint64 }
	var below []child
	for part := range slices.Chunk(names, 2*leafK) {
		b := append([]byte("SNOD"), 1, 0)
		b = le16(b, uint16(len(part)))
		for _, name := range part {
			b = le64(b, offset[name], at[name], 0, 0, 0)
		}
		b = append(b, make([]byte, 8+2*leafK*entrySize-len(b))...)
		below = append(below, child{l.put(b), offset[part[len(part)-1]]})
	}
	for level := byte(0); ; level++ {
		var above []child
		size := 24 + (4*treeK+1)*8
		first, count := uint64(len(l.b)), (len(below)+2*treeK-1)/(2*treeK)
		before := uint64(0) // the last name in front
		for k := range max(count, 1) {
			part := below[k*2*treeK : min(len(below), (k+1)*2*treeK)]
			b := append([]byte("TREE"), 0, level)
			b = le16(b, uint16(len(part)))
			left, right := uint64(undefined), uint64(undefined)
			if k > 0 {
				left = first + uint64((k-1)*size)
			}
			if k+1 < count {
				right = first + uint64((k+1)*size)
			}
			b = le64(b, left, right, before)
			for _, c := range part {
				b = le64(b, c.address, c.last)
				before = c.last
			}
			above = append(above, child{l.put(append(b, make([]byte, size-len(b))...)), before})
		}
		if len(above) == 1 {
			return above[0].address, heap
		}
		below = above
	}
}

// newMessage is one of an object header.
type newMessage struct {
	kind uint16
	b    []byte
}

// header lays out an object header of version 1.
func (l *layer) header(messages []newMessage) uint64 {
	var body []byte
	for _, m := range messages {
		data := padded(m.b)
		if len(data) > math.MaxUint16 {
			l.fail("an attribute has %d bytes, at most %d are written", len(data), math.MaxUint16)
		}
		body = le16(body, m.kind, uint16(len(data)))
		body = append(append(body, 0, 0, 0, 0), data...)
	}
	b := le16([]byte{1, 0}, uint16(len(messages)))
	b = le32(b, 1, uint32(len(body)), 0)
	return l.put(append(b, body...))
}

// attrs are the messages of attributes, of version 1.
func (l *layer) attrs(values map[string]any) []newMessage {
	var out []newMessage
	for _, name := range slices.Sorted(maps.Keys(values)) {
		var typ, data []byte
		switch v := values[name].(type) {
		case string:
			typ, data = textType(), l.ref(nil, v)
		case float64:
			typ, data = floatType(8), le64(nil, math.Float64bits(v))
		case int64:
			typ, data = intType(), le64(nil, uint64(v))
		default:
			l.fail("attribute %q is of type %T, want string, float64 or int64", name, v)
		}
		space := dataspace(nil)
		b := []byte{1, 0}
		b = le16(b, uint16(len(name)+1), uint16(len(typ)), uint16(len(space)))
		b = padded(append(append(b, name...), 0))
		b = padded(append(b, typ...))
		b = padded(append(b, space...))
		out = append(out, newMessage{msgAttribute, append(b, data...)})
	}
	return out
}

// dataset lays out a dataset and returns the address of its header; numbers come
// behind all structures.
//
//	fill value 2   version, late allocation, written if set, defined, of size 0
//	layout 3       version, contiguous, address, size
func (l *layer) dataset(v *Values, path string) uint64 {
	n, typ, size := len(v.Ints), intType(), 8
	switch {
	case v.Strings != nil:
		n, typ, size = len(v.Strings), textType(), 16
	case v.Floats != nil && v.Narrow:
		n, typ, size = len(v.Floats), floatType(4), 4
	case v.Floats != nil:
		n, typ = len(v.Floats), floatType(8)
	}
	want := 1
	for _, d := range v.Shape {
		want *= d
	}
	if n != want {
		l.fail("%s: shape %v does not hold %d elements", path, v.Shape, n)
	}
	bytes := uint64(n * size)
	at := l.end
	switch {
	case n == 0:
		at = undefined
	case v.Strings != nil:
		var refs []byte
		for _, s := range v.Strings {
			refs = l.ref(refs, s)
		}
		at = l.put(refs)
	default:
		l.data = append(l.data, v)
		l.end += (bytes + 7) &^ 7
	}
	return l.header([]newMessage{
		{kind: msgDataspace, b: dataspace(v.Shape)},
		{kind: msgDatatype, b: typ},
		{kind: msgFill, b: []byte{2, 2, 2, 1, 0, 0, 0, 0}},
		{kind: msgLayout, b: le64([]byte{3, 1}, at, bytes)},
	})
}

// write writes the numbers, filled up to 8 bytes.
func (v *Values) write(w io.Writer) error {
	n, narrow := max(len(v.Floats), len(v.Ints)), v.Floats != nil && v.Narrow
	buf := make([]byte, 0, 1<<12)
	for i := range n {
		switch {
		case narrow:
			buf = le32(buf, math.Float32bits(float32(v.Floats[i])))
		case v.Floats != nil:
			buf = le64(buf, math.Float64bits(v.Floats[i]))
		default:
			buf = le64(buf, uint64(v.Ints[i]))
		}
		if len(buf)+8 > cap(buf) || i == n-1 {
			if i == n-1 {
				buf = padded(buf)
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	return nil
}

// dataspace is that of a shape: version 1, dimensions, no flags, sizes.
func dataspace(shape []int) []byte {
	b := []byte{1, byte(len(shape)), 0, 0, 0, 0, 0, 0}
	for _, d := range shape {
		b = le64(b, uint64(d))
	}
	return b
}

// The datatypes: class and version, bits of the class, size, and what the class
// has besides.

// intType is of signed integers of 8 bytes, little-endian: offset and precision.
func intType() []byte {
	return le16(le32([]byte{0x10, 0x08, 0, 0}, 8), 0, 64)
}

// floatType is of IEEE floats, little-endian: offset, precision, the places and
// sizes of exponent and mantissa, and the exponent's bias.
func floatType(size uint32) []byte {
	if size == 4 {
		b := le16(le32([]byte{0x11, 0x20, 31, 0}, 4), 0, 32)
		return le32(append(b, 23, 8, 0, 23), 127)
	}
	b := le16(le32([]byte{0x11, 0x20, 63, 0}, 8), 0, 64)
	return le32(append(b, 52, 11, 0, 52), 1023)
}

// textType is of strings of variable length, in UTF-8: sequences of bytes.
func textType() []byte {
	b := le32([]byte{0x19, 0x01, 0x01, 0}, 16)
	return le16(le32(append(b, 0x10, 0, 0, 0), 1), 0, 8)
}

// padded fills b up to a multiple of 8 bytes.
func padded(b []byte) []byte { return append(b, make([]byte, -len(b)&7)...) }

func le16(b []byte, v ...uint16) []byte {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	return b
}

func le32(b []byte, v ...uint32) []byte {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return b
}

func le64(b []byte, v ...uint64) []byte {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return b
}
