package hdf5

// globalHeap is a collection of the bytes of strings and sequences of variable
// length, by number.
type globalHeap map[int][]byte

// globalHeap reads the collection at an address:
//
//	GCOL, version, 3 bytes, size of everything, objects: number, references, 4 bytes, size, data
//
// The head, that of an object and its data are each filled up to a multiple of
// 8 bytes. An object of number 0 is the room that is left.
func (f *File) globalHeap(object string, address uint64) (globalHeap, error) {
	if h := f.heaps[address]; h != nil {
		return h, nil
	}
	c := f.rest(object, "global heap", address)
	c.want("GCOL")
	if version := c.u8(); c.err == nil && version != 1 {
		c.fail("version %d of the global heap is not read, want 1", version)
	}
	c.skip(3)
	size := c.length()
	if c.err == nil && size > uint64(len(c.b)) {
		c.fail("the file ends inside the global heap, which is said to have %d bytes", size)
	}
	if c.err != nil {
		return nil, c.err
	}
	c.b = c.b[:max(size, uint64(c.pos))]
	c.align()
	h := globalHeap{}
	for c.err == nil && c.left() >= 8+f.lengthSize {
		number := c.u16()
		c.skip(2 + 4)
		size := c.length()
		if number == 0 {
			break
		}
		c.align()
		data := c.bytes(size)
		if c.left() >= (8-c.pos%8)%8 {
			c.align()
		}
		h[number] = data
	}
	c.spend()
	if c.err != nil {
		return nil, c.err
	}
	f.heaps[address] = h
	return h, nil
}

// sequences returns what the references of raw data lead to: each is a count
// of elements, an address of a heap and a number in it. All zero is an empty
// sequence. The bytes are the file's, and together not more than the limit of
// a dataset, however often references name the same.
func (a *Array) sequences(raw []byte, elem int) ([][]byte, error) {
	c := &cursor{f: a.file, object: a.name, what: "reference to a sequence", b: raw}
	out, left := make([][]byte, a.n), a.file.dataLimit()
	for i := range out {
		count, address, number := c.u32(), c.address(), int(c.u32())
		if c.err != nil {
			return nil, c.err
		}
		if count == 0 || address == 0 || a.file.undefined(address) {
			continue
		}
		h, err := a.file.globalHeap(a.name, address)
		if err != nil {
			return nil, err
		}
		data, ok := h[number]
		size := int64(count) * int64(elem)
		switch {
		case !ok:
			return nil, a.file.broken(a.name, int64(address), "element %d refers to object %d of the global heap, which is not there", i, number)
		case size > int64(len(data)):
			return nil, a.file.broken(a.name, int64(address), "element %d has %d bytes, but object %d of the global heap only %d", i, size, number, len(data))
		}
		if left -= size; left < 0 {
			return nil, a.file.broken(a.name, int64(address), "the elements refer to the same bytes again and again")
		}
		out[i] = data[:size]
	}
	return out, nil
}
