// Package ndarray reads and writes arrays of numbers in files: .npy, .npz and
// .csv (plain or gzipped). It is the only one to know those formats. What a
// header claims is checked against the bytes that are there before anything is
// allocated, so that a damaged or hostile file is refused and never trusted.
package ndarray

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/inputs"
	"github.com/weft-toolchain/weft/internal/numbers"
)

// MaxElements is the largest number of elements of an array that is read, and
// so of each of its dimensions.
const MaxElements = 1 << 28

// maxDims is how many dimensions an array has at most, as in NumPy 2.
const maxDims = 64

// Array is an array of numbers in C order: the last index runs fastest. An
// array of no dimensions has an empty Shape and one element.
type Array struct {
	Shape []int
	Data  []float64
	// Texts, where not nil, are written instead of Data. Load reads none.
	Texts []string
	// Type is what WriteNPY and WriteNPZ store; the zero value is Float64.
	// Load leaves it zero whatever the file holds.
	Type Type
}

// Error says what is wrong with a file. Message begins with the file's name
// and is fit to stand in a diagnostic behind the place that names the file.
type Error struct {
	Code    diag.Code
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// errorf makes an *Error about path.
func errorf(code diag.Code, path, format string, args ...any) error {
	return &Error{Code: code, Message: path + ": " + fmt.Sprintf(format, args...)}
}

// FileError tells an error about the file at path as a whole as a *diag.Error
// there: an *Error with its code, any other as a file that cannot be read.
func FileError(path string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return diag.One(diag.Pos{File: path}, e.Code, "%s", strings.TrimPrefix(e.Message, path+": "))
	}
	return diag.One(diag.Pos{File: path}, diag.BadFile, "cannot be read: %v", err)
}

// Load reads an array from a file.
//
//   - .npy holds one array; name must be empty.
//   - .npz holds arrays by name; name may be empty when there is only one.
//   - .csv and .csv.gz: name is the header of a column, which gives shape
//     (rows); with an empty name all columns are read, shape (rows, columns).
//
// Numbers of every dtype are widened to float64, which is exact but for 64-bit
// integers beyond 2^53. NaN and infinities are kept. Every error is an *Error.
func Load(path, name string) (*Array, error) {
	shape, data, err := loadFloats[float64](path, name)
	if err != nil {
		return nil, err
	}
	return &Array{Shape: shape, Data: data}, nil
}

// LoadFloat32 is Load in half the memory, rounding each number to float32.
func LoadFloat32(path, name string) (shape []int, data []float32, err error) {
	return loadFloats[float32](path, name)
}

// LoadList is Load in as little memory as the numbers take. When the context ends it
// ends with that error.
func LoadList(ctx context.Context, path, name string) (shape []int, list numbers.List, err error) {
	b := builder{ctx: ctx}
	h, err := load(path, name, &b)
	if err := ctx.Err(); err != nil {
		return nil, list, err
	}
	if err != nil {
		return nil, list, err
	}
	list = b.List()
	if h.fortran {
		list = list.Pick(fortranOrder(h.shape))
	}
	return h.shape, list, nil
}

func loadFloats[T float](path, name string) ([]int, []T, error) {
	f := floats[T]{data: []T{}}
	h, err := load(path, name, &f)
	if err != nil {
		return nil, nil, err
	}
	if !h.fortran {
		return h.shape, f.data, nil
	}
	data := make([]T, len(f.data))
	for i, from := range fortranOrder(h.shape) {
		data[i] = f.data[from]
	}
	return h.shape, data, nil
}

// Names lists, sorted, what Load takes as name: the arrays of an .npz file,
// the column headers of a .csv file (in their order), and nothing for .npy.
func Names(path string) ([]string, error) {
	kind, err := kindOf(path)
	if err != nil {
		return nil, err
	}
	switch kind {
	case npyFile:
		return nil, nil
	case npzFile:
		z, err := openNPZ(path)
		if err != nil {
			return nil, err
		}
		defer z.close()
		return z.names, nil
	case csvFile:
		return csvNames(path)
	}
	panic("ndarray: unknown kind of file")
}

// sink takes the elements of an array, in the order of the file.
type sink interface {
	// Reserve says how many elements come at most, where there are enough bytes in the
	// file for them.
	Reserve(n int)
	Append(piece []float64)
	AppendInts(piece []int32)
	// stopped returns why nothing more is wanted, or nil.
	stopped() error
}

// builder is a sink that makes a list.
type builder struct {
	numbers.Builder
	ctx context.Context
}

func (b *builder) stopped() error { return b.ctx.Err() }

type float interface{ float32 | float64 }

// floats are a sink of one type.
type floats[T float] struct{ data []T }

func (f *floats[T]) stopped() error { return nil }

func (f *floats[T]) Reserve(n int) { f.data = make([]T, 0, n) }

func (f *floats[T]) Append(piece []float64) {
	for _, v := range piece {
		f.data = append(f.data, T(v))
	}
}

func (f *floats[T]) AppendInts(piece []int32) {
	for _, v := range piece {
		f.data = append(f.data, T(v))
	}
}

// layout is the shape of an array, and how its elements stand in the file.
type layout struct {
	shape   []int
	fortran bool
}

func load(path, name string, to sink) (layout, error) {
	kind, err := kindOf(path)
	if err != nil {
		return layout{}, err
	}
	switch kind {
	case npyFile:
		if name != "" {
			return layout{}, errorf(diag.UnknownName, path, "an .npy file holds one array without a name, but array %q is asked for; leave the name out", name)
		}
		return loadNPY(path, to)
	case npzFile:
		return loadNPZ(path, name, to)
	case csvFile:
		shape, err := loadCSV(path, name, to)
		return layout{shape: shape}, err
	}
	panic("ndarray: unknown kind of file")
}

type fileKind int

const (
	npyFile fileKind = iota
	npzFile
	csvFile
)

// kindOf checks that path can be read and tells its kind by its name, or, of
// an unknown name, by its first bytes.
func kindOf(path string) (fileKind, error) {
	if err := checkFile(path); err != nil {
		return 0, err
	}
	lower := strings.ToLower(path)
	switch {
	case strings.HasSuffix(lower, ".npy"):
		return npyFile, nil
	case strings.HasSuffix(lower, ".npz"):
		return npzFile, nil
	case strings.HasSuffix(lower, ".csv"), strings.HasSuffix(lower, ".csv.gz"):
		return csvFile, nil
	}
	f, err := inputs.Open(path)
	if err != nil {
		return 0, errorf(diag.MissingFile, path, "cannot be opened: %v", cause(err))
	}
	defer f.Close()
	var head [6]byte
	n, _ := io.ReadFull(f, head[:])
	switch {
	case string(head[:n]) == npyMagic:
		return npyFile, nil
	case n >= 4 && (string(head[:4]) == "PK\x03\x04" || string(head[:4]) == "PK\x05\x06"):
		return npzFile, nil
	}
	return 0, errorf(diag.Unsupported, path, "is no kind of array file; want a name that ends in .npy, .npz, .csv or .csv.gz, have %q", filepath.Base(path))
}

// checkFile reports a path that is not a readable, regular file.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errorf(diag.MissingFile, path, "no such file")
	case err != nil:
		return errorf(diag.MissingFile, path, "cannot be opened: %v", cause(err))
	case info.IsDir():
		return errorf(diag.MissingFile, path, "is a directory, want a file")
	case !info.Mode().IsRegular():
		return errorf(diag.BadFile, path, "is a pipe or a device, want a regular file")
	}
	return nil
}

// cause takes the path off an error of package os, since messages name it.
func cause(err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err
	}
	return err
}

// elements multiplies the dimensions of a shape. It fails beyond MaxElements,
// which also bounds each dimension of an array that is empty.
func elements(shape []int) (int, bool) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > MaxElements {
			return 0, false
		}
		if n *= int64(d); n > MaxElements {
			return 0, false
		}
	}
	return int(n), true
}

// formatShape writes a shape as a user does: [784, 128].
func formatShape(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}
