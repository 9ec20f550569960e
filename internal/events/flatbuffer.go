package events

import (
	"encoding/binary"
	"fmt"
)

// table is a table of a flatbuffer. The reader is our own, for Google's of Go checks
// no offset and panics on a file that is damaged; of the format it knows what AEDAT4
// uses. All offsets are of 32 bits and signed where they go back, and so sums of them
// do not run over.
//
//	buffer   offset of the root, 4 letters that say what it is
//	table    offset back to its field table, values of fields
//	fields   u16 bytes of this, u16 bytes of the table, u16 offset of each field, 0: not there
//	vector   u32 count, elements
type table struct {
	b []byte
	// at is where the table begins, fields where its field table does, which has
	// size bytes.
	at, fields, size int64
}

// rootTable opens a buffer that has these letters.
func rootTable(b []byte, letters string) (table, error) {
	t := table{b: b}
	if err := t.has(0, 8); err != nil {
		return t, err
	}
	if got := string(b[4:8]); got != letters {
		return t, fmt.Errorf("is of kind %q, want %q", got, letters)
	}
	t.at = t.u32(0)
	if err := t.has(t.at, 4); err != nil {
		return t, err
	}
	t.fields = t.at - int64(int32(t.u32(t.at)))
	if err := t.has(t.fields, 4); err != nil {
		return t, err
	}
	t.size = int64(binary.LittleEndian.Uint16(b[t.fields:]))
	return t, t.has(t.fields, t.size)
}

// has checks that n bytes are there.
func (t table) has(at, n int64) error {
	if at < 0 || at+n > int64(len(t.b)) {
		return fmt.Errorf("breaks at byte %d of its %d, where %d bytes are wanted", at, len(t.b), n)
	}
	return nil
}

func (t table) u32(at int64) int64 { return int64(binary.LittleEndian.Uint32(t.b[at:])) }

// field returns where field i stands, which has n bytes; 0 where it is left out.
func (t table) field(i, n int64) (int64, error) {
	entry := 4 + 2*i
	if entry+2 > t.size {
		return 0, nil
	}
	offset := int64(binary.LittleEndian.Uint16(t.b[t.fields+entry:]))
	if offset == 0 {
		return 0, nil
	}
	return t.at + offset, t.has(t.at+offset, n)
}

// scalar returns field i, a number of 4 or 8 bytes, or what it is where left out.
func (t table) scalar(i, size, missing int64) (int64, error) {
	at, err := t.field(i, size)
	switch {
	case err != nil || at == 0:
		return missing, err
	case size == 4:
		return int64(int32(t.u32(at))), nil
	}
	return int64(binary.LittleEndian.Uint64(t.b[at:])), nil
}

// vector returns the bytes of field i, a vector of elements of a size; none where it
// is left out.
func (t table) vector(i, size int64) ([]byte, error) {
	at, err := t.field(i, 4)
	if err != nil || at == 0 {
		return nil, err
	}
	at += t.u32(at)
	if err := t.has(at, 4); err != nil {
		return nil, err
	}
	n := t.u32(at) * size
	if err := t.has(at+4, n); err != nil {
		return nil, err
	}
	return t.b[at+4 : at+4+n], nil
}
