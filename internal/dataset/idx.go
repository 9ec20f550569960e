package dataset

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// An IDX file, gzipped or not, as http://yann.lecun.com/exdb/mnist describes
// it; every number is big-endian:
//
//	0 | 0 | type | number of dimensions D
//	D × u32 sizes
//	elements
type idxType struct {
	size int
	name string
	// decode reads an element other than u8.
	decode func([]byte) float64
}

// idxTypes by the third byte of the magic number.
var idxTypes = map[byte]idxType{
	0x08: {1, "u8", func(b []byte) float64 { return float64(b[0]) }},
	0x09: {1, "i8", func(b []byte) float64 { return float64(int8(b[0])) }},
	0x0b: {2, "i16", func(b []byte) float64 { return float64(int16(binary.BigEndian.Uint16(b))) }},
	0x0c: {4, "i32", func(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) }},
	0x0d: {4, "f32", func(b []byte) float64 { return float64(math.Float32frombits(binary.BigEndian.Uint32(b))) }},
	0x0e: {8, "f64", func(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) }},
}

// maxIDXDims is how many dimensions a file has at most.
const maxIDXDims = 8

func loadIDX(images, labels string) (*Set, error) {
	shape, bytes, floats, err := readIDX[float32](images)
	if err != nil {
		return nil, err
	}
	labelShape, labelBytes, numbers, err := readIDX[float64](labels)
	if err != nil {
		return nil, err
	}
	imagesAt, labelsAt := place{file: images}, place{file: labels}
	if err := checkSamples(imagesAt, shape, labelsAt, labelShape); err != nil {
		return nil, err
	}
	if err := checkFinite(imagesAt, shape, floats); err != nil {
		return nil, err
	}
	for _, b := range labelBytes {
		numbers = append(numbers, float64(b))
	}
	list, err := toLabels(labelsAt, numbers)
	if err != nil {
		return nil, err
	}
	return build(shape[1:], list, bytes, floats), nil
}

// readIDX reads a file of type u8 into bytes and of any other into floats.
func readIDX[T float32 | float64](path string) (shape []int, bytes []uint8, floats []T, err error) {
	src, err := ndarray.Open(path, MaxBytes+4+4*maxIDXDims)
	if err != nil {
		return nil, nil, nil, arrayError(path, err)
	}
	defer src.Close()
	r := bufio.NewReaderSize(src, 1<<16)
	shape, typ, head, err := readIDXHeader(path, r, src.MaxSize())
	if err != nil {
		return nil, nil, nil, err
	}
	n := 1
	for _, d := range shape {
		n *= d
	}
	f := idxFile{path: path, shape: shape, typ: typ, end: head + int64(n)*int64(typ.size)}
	// Pieces that double bound memory by the bytes that are really there.
	buf := make([]byte, 1<<16)
	for done := 0; done < n; {
		piece := buf[:min(len(buf)/typ.size, n-done)*typ.size]
		if got, err := io.ReadFull(r, piece); err != nil {
			return nil, nil, nil, f.readError(head+int64(done*typ.size+got), err)
		}
		if typ.name == "u8" {
			bytes = append(bytes, piece...)
		} else {
			for at := 0; at < len(piece); at += typ.size {
				floats = append(floats, T(typ.decode(piece[at:])))
			}
		}
		done += len(piece) / typ.size
	}
	// Reading on makes gzip check its sum.
	switch _, err := r.ReadByte(); {
	case err == nil:
		return nil, nil, nil, fail(path, "goes on after byte %d, where its header, shape %s of %s, says it ends", f.end, formatShape(shape), typ.name)
	case !errors.Is(err, io.EOF):
		return nil, nil, nil, arrayError(path, err)
	}
	return shape, bytes, floats, nil
}

// idxFile is what messages say of a file.
type idxFile struct {
	path  string
	shape []int
	typ   idxType
	end   int64
}

func (f idxFile) readError(at int64, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fail(f.path, "is cut short: it ends at byte %d, but its header, shape %s of %s, wants %d; copy the file again", at, formatShape(f.shape), f.typ.name, f.end)
	}
	return arrayError(f.path, err)
}

// readIDXHeader reads up to the first element, at most bytes of which can
// follow, and returns at which byte that is.
func readIDXHeader(path string, r io.Reader, most int64) ([]int, idxType, int64, error) {
	wrong := func(format string, args ...any) ([]int, idxType, int64, error) {
		return nil, idxType{}, 0, fail(path, format, args...)
	}
	read := func(b []byte, at int) error {
		n, err := io.ReadFull(r, b)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fail(path, "is no IDX file: it ends at byte %d, inside the header", at+n)
		}
		if err != nil {
			return arrayError(path, err)
		}
		return nil
	}
	var magic [4]byte
	if err := read(magic[:], 0); err != nil {
		return nil, idxType{}, 0, err
	}
	typ, ok := idxTypes[magic[2]]
	if magic[0] != 0 || magic[1] != 0 || !ok {
		return wrong("is no IDX file: it starts with bytes % x, want 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and the number of dimensions", magic)
	}
	dims := int(magic[3])
	if dims == 0 || dims > maxIDXDims {
		return wrong("has %d dimensions, want 1 to %d", dims, maxIDXDims)
	}
	sizes := make([]byte, 4*dims)
	if err := read(sizes, 4); err != nil {
		return nil, idxType{}, 0, err
	}
	shape := make([]int, dims)
	head := int64(4 + 4*dims)
	limit := MaxBytes // of u8, which stay bytes in memory
	if typ.name != "u8" {
		limit = ndarray.MaxElements
	}
	elements := int64(1)
	for i := range shape {
		d := int64(binary.BigEndian.Uint32(sizes[4*i:]))
		if i == 0 && d > MaxSamples {
			return nil, idxType{}, 0, diag.One(diag.Pos{File: path}, diag.TooLarge, "its header claims %s samples, at most %s are read", count(int(d)), count(MaxSamples))
		}
		if d > limit || elements*d > limit {
			return nil, idxType{}, 0, diag.One(diag.Pos{File: path}, diag.TooLarge, "its header claims more than %d elements of type %s, the most that is read", limit, typ.name)
		}
		shape[i] = int(d)
		elements *= d
	}
	bytes := elements * int64(typ.size)
	if head+bytes > most {
		return wrong("is cut short: its header, shape %s of %s, wants %d bytes, but the file cannot hold more than %d; copy the file again", formatShape(shape), typ.name, head+bytes, most)
	}
	return shape, typ, head, nil
}
