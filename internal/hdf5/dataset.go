package hdf5

import (
	"bytes"
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
)

// Dataset is an array in a file, with attributes.
type Dataset struct {
	object
	Array
}

// dataset reads what a header says of a dataset, but not yet its data.
func (f *File) dataset(path string, address uint64, h *header) (*Dataset, error) {
	d := &Dataset{object: object{f: f, path: path, address: address, header: h}}
	space, ok1 := h.find(msgDataspace)
	datatype, ok2 := h.find(msgDatatype)
	layout, _ := h.find(msgLayout)
	if !ok1 || !ok2 {
		return nil, f.broken(path, layout.at, "the dataset has no dataspace or no datatype")
	}
	a := Array{file: f, name: path}
	c := f.openMessage(path, "datatype", datatype)
	a.typ = c.datatype(false)
	s := f.openMessage(path, "dataspace", space)
	a.shape, a.n = s.dataspace()
	if err := firstError(c.err, s.err); err != nil {
		return nil, err
	}
	if size := int64(a.n) * int64(a.typ.Size); size > f.dataLimit() {
		return nil, f.refuse(diag.TooLarge, path, "has %d bytes of data, more than %d-fold the file, the most that is read", size, MaxRatio)
	}
	a.raw = d.read
	d.Array = a
	return d, nil
}

// read returns the bytes of all elements, in C order. They may be the file's.
//
//	layout 3, 4   version, class, and then
//	              compact     size 2, data
//	              contiguous  address, size
//	              chunked     (of 3) rank+1, address of the B-tree, the chunk's dimensions and the element's size
func (d *Dataset) read() ([]byte, error) {
	f, path := d.f, d.path
	if _, ok := d.header.find(msgExternal); ok {
		return nil, f.refuse(diag.Unsupported, path, "keeps its data in another file, which is not read; write it into the file itself")
	}
	size := uint64(d.n * d.typ.Size)
	m, _ := d.header.find(msgLayout)
	c := f.openMessage(path, "data layout", m)
	version, class := c.u8(), c.u8()
	if c.err != nil {
		return nil, c.err
	}
	if version != 3 && (version != 4 || class >= 2) {
		return nil, d.otherLayout(version, class)
	}
	var data []byte
	switch class {
	case 0:
		data = c.bytes(uint64(c.u16()))
	case 1:
		at := c.address()
		if c.err == nil && f.undefined(at) {
			return d.filled()
		}
		// The size is not told apart from the shape's: old files round it up.
		in := f.cursor(path, "data", at, size)
		c.err = firstError(c.err, in.err)
		data = in.b
	case 2:
		return d.readChunks(c)
	default:
		return nil, d.otherLayout(version, class)
	}
	if c.err == nil && uint64(len(data)) < size {
		c.fail("the data has %d bytes, its shape wants %d", len(data), size)
	}
	if c.err != nil {
		return nil, c.err
	}
	return data[:size], nil
}

// otherLayout is the error of a layout that is not read.
func (d *Dataset) otherLayout(version, class int) error {
	f, path := d.f, d.path
	switch {
	case class == 3:
		return f.refuse(diag.Unsupported, path, "is a virtual dataset, made of others, which is not read; store the data itself")
	case version >= 4:
		return f.refuse(diag.Unsupported, path, "is stored in chunks with layout version %d, as written with libver=\"latest\", which is not read; write the file with h5py's defaults", version)
	}
	return f.refuse(diag.Unsupported, path, "is stored with layout version %d, class %d, which is not read (HDF5 before 1.6.3); write the file anew with h5repack or h5py", version, class)
}

// filled returns the data of a dataset that nobody has written to.
func (d *Dataset) filled() ([]byte, error) {
	fill, err := d.fill()
	if err != nil {
		return nil, err
	}
	if fill == nil {
		return make([]byte, d.n*d.typ.Size), nil
	}
	return bytes.Repeat(fill, d.n), nil
}

// fill returns the element that stands for those never written, nil for zeros.
//
//	version 1, 2  version, two times, defined?, [size, value]   (of 1 always)
//	version 3     version, flags, [size, value]
func (d *Dataset) fill() ([]byte, error) {
	m, ok := d.header.find(msgFill)
	if !ok {
		return nil, nil
	}
	c := d.f.openMessage(d.path, "fill value", m)
	version, defined := c.u8(), false
	switch version {
	case 1:
		c.skip(3)
		defined = true
	case 2:
		c.skip(2)
		defined = c.u8() != 0
	case 3:
		defined = c.u8()&0x20 != 0
	default:
		c.fail("version %d of the fill value is not read, want 1 to 3", version)
	}
	if !defined || c.err != nil {
		return nil, c.err
	}
	size := c.u32()
	value := c.bytes(uint64(size))
	if c.err == nil && size != 0 && int(size) != d.typ.Size {
		c.fail("the fill value has %d bytes, want %d", size, d.typ.Size)
	}
	if c.err != nil || size == 0 {
		return nil, c.err
	}
	return value, nil
}

// Attr returns an attribute.
func (o *object) Attr(name string) (*Array, error) {
	names, err := o.attributes(name)
	if err != nil {
		return nil, err
	}
	if names.found != nil {
		return names.found, nil
	}
	if err := o.denseAttributes(); err != nil {
		return nil, err
	}
	slices.Sort(names.all)
	return nil, o.f.refuse(diag.UnknownName, o.path, "has no attribute %q%s", name, spell.Hint(name, names.all))
}

// Attrs lists the names of the attributes, sorted.
func (o *object) Attrs() ([]string, error) {
	names, err := o.attributes("")
	if err == nil {
		err = o.denseAttributes()
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(names.all)
	return names.all, nil
}

// denseAttributes is the error of an object whose attributes are not in its
// header.
func (o *object) denseAttributes() error {
	m, ok := o.header.find(msgAttrInfo)
	if !ok {
		return nil
	}
	c := o.f.openMessage(o.path, "attribute information", m)
	c.skip(1)
	if c.u8()&1 != 0 {
		c.skip(2)
	}
	if heap := c.address(); c.err == nil && !o.f.undefined(heap) {
		return o.f.refuse(diag.Unsupported, o.path, "has dense attributes, as written with libver=\"latest\" and more than 8 of them, which are not read; write the file with h5py's defaults")
	}
	return c.err
}

// attributeNames are those of an object, and the attribute that was asked for.
type attributeNames struct {
	all   []string
	found *Array
}

// attributes reads the attribute messages, of wanted the value, too:
//
//	version, flags, sizes of name, datatype and dataspace, [character set], name, datatype, dataspace, value
//
// In version 1 each of the three is filled up to a multiple of 8 bytes.
func (o *object) attributes(wanted string) (names attributeNames, err error) {
	for _, m := range o.header.messages {
		if m.kind != msgAttribute {
			continue
		}
		c := o.f.openMessage(o.path, "attribute", m)
		version, flags := c.u8(), c.u8()
		nameSize, typeSize, spaceSize := c.u16(), c.u16(), c.u16()
		align := 1
		switch version {
		case 1:
			flags, align = 0, 8
		case 2:
		case 3:
			c.skip(1)
		default:
			c.fail("version %d of an attribute is not read, want 1 to 3", version)
		}
		part := func(size int) *cursor {
			p := &cursor{f: c.f, object: c.object, what: c.what, at: c.at + int64(c.pos), b: c.bytes(uint64(size))}
			if rest := size % align; rest != 0 {
				c.skip(uint64(align - rest))
			}
			p.err = c.err
			return p
		}
		name, typ, space := part(nameSize), part(typeSize), part(spaceSize)
		text := name.cstring()
		c.err = firstError(c.err, name.err)
		if c.err != nil {
			return names, c.err
		}
		names.all = append(names.all, text)
		if text != wanted || names.found != nil {
			continue
		}
		a := &Array{file: o.f, name: o.path + "@" + text}
		typ.object, space.object = a.name, a.name
		if flags != 0 {
			return names, o.f.refuse(diag.Unsupported, a.name, "shares its datatype with other objects, which is not read; write the file with h5py's defaults")
		}
		a.typ = typ.datatype(false)
		a.shape, a.n = space.dataspace()
		c.err = firstError(typ.err, space.err)
		value := c.bytes(uint64(a.n * a.typ.Size))
		if c.err != nil {
			return names, c.err
		}
		a.raw = func() ([]byte, error) { return value, nil }
		names.found = a
	}
	return names, nil
}
