// Package hdf5 reads HDF5 files: those that nir.write and lava-dl write and
// h5py writes by default; and writes the plainest of them (see Write). It is of the
// standard library only, and knows of the format (version 3.0 of its
// specification) what such files use:
//
//   - superblocks 0 to 3, with a user block before them;
//   - groups of symbol tables and of compact links; hard links;
//   - object headers 1 and 2, attributes kept in the header;
//   - contiguous, compact and chunked (B-tree 1) data, with the filters
//     deflate, shuffle and fletcher32;
//   - integers of 1 to 8 bytes, IEEE floats of 2, 4 and 8, enumerations and
//     booleans, strings and sequences of fixed and of variable length.
//
// Everything else is an error that names the object, the feature and what to do.
//
// A file is never trusted. Every structure of a sound file stands in bytes of
// its own, so all of them together are not longer than the file: the reader
// keeps that account (see File.spend), and so cycles and structures that share
// their bytes end in an error, and no work exceeds the file's size but by the
// factor that MaxRatio allows the data.
package hdf5

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/inputs"
)

const (
	// MaxFile is how many bytes a file has at most.
	MaxFile = 1 << 30
	// MaxElements is how many elements a dataset has at most, and so each of
	// its dimensions.
	MaxElements = 1 << 28
	// MaxRatio is how many bytes of data one byte of the file may stand for.
	// Deflate shrinks 1032-fold at most, and only what is all alike.
	MaxRatio = 1032
	// smallData is what any dataset may take, whatever MaxRatio says: chunks
	// that were never written are not in the file.
	smallData = 1 << 16
	// maxDepth is how deep groups, and the nodes of a B-tree, are nested.
	maxDepth = 64
)

// File is an open file. It caches what it has read of the file's structures,
// and so must not be used by several goroutines at once.
type File struct {
	name string
	data []byte // from the superblock on: addresses count from here
	base int64  // where data begins in the file
	// offsetSize and lengthSize are the bytes of an address and of a length.
	offsetSize, lengthSize int
	root                   *Group

	budget  int64 // bytes of structures that may still be read
	headers map[uint64]*header
	heaps   map[uint64]globalHeap

	// noSums leaves checksums out, for fuzzing.
	noSums bool
}

// Error says what is wrong with a file, or with what was asked of it.
type Error struct {
	Code diag.Code
	// File is the name that Open was given.
	File string
	// Object is the path of the group, dataset or attribute; may be empty.
	Object string
	// Offset is the byte of the file where it breaks, or -1.
	Offset int64
	// Reason is what is wrong, and what to do.
	Reason string
}

// Error returns `FILE: OBJECT: REASON (at byte N)`.
func (e *Error) Error() string { return e.File + ": " + e.Message() }

// Message is Error without the file's name, fit to stand in a diagnostic whose
// position names the file.
func (e *Error) Message() string {
	s := e.Reason
	if e.Object != "" {
		s = e.Object + ": " + s
	}
	if e.Offset >= 0 {
		s += fmt.Sprintf(" (at byte %d)", e.Offset)
	}
	return s
}

// Open reads the file that data holds; name is what errors call it. The data
// must not change as long as the File is used. Every error is an *Error.
func Open(name string, data []byte) (*File, error) {
	f := &File{name: name, data: data}
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

// OpenFile is Open of the file at a path.
func OpenFile(path string) (*File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, missing(path, err)
	case !info.Mode().IsRegular():
		return nil, &Error{Code: diag.MissingFile, File: path, Offset: -1, Reason: "is a directory, a pipe or a device, want a regular file"}
	case info.Size() > MaxFile:
		return nil, &Error{Code: diag.TooLarge, File: path, Offset: -1, Reason: fmt.Sprintf("has %d bytes, more than %d, the most that is read", info.Size(), MaxFile)}
	}
	data, err := inputs.ReadFile(path)
	if err != nil {
		return nil, missing(path, err)
	}
	return Open(path, data)
}

func missing(path string, err error) error {
	reason := "no such file"
	if !errors.Is(err, fs.ErrNotExist) {
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			err = pe.Err
		}
		reason = fmt.Sprintf("cannot be opened: %v", err)
	}
	return &Error{Code: diag.MissingFile, File: path, Offset: -1, Reason: reason}
}

// Root returns the group that holds everything, "/".
func (f *File) Root() *Group { return f.root }

// broken makes the error of a file that is damaged at a place: an offset from
// the superblock.
func (f *File) broken(object string, at int64, format string, args ...any) error {
	return &Error{Code: diag.BadFile, File: f.name, Object: object, Offset: f.base + at, Reason: fmt.Sprintf(format, args...)}
}

// refuse makes an error about an object that is sound, but not what was
// asked for or not read.
func (f *File) refuse(code diag.Code, object, format string, args ...any) error {
	return &Error{Code: code, File: f.name, Object: object, Offset: -1, Reason: fmt.Sprintf(format, args...)}
}

// spend accounts for n bytes of structures, read at an offset for the first
// time. What is read again comes from the caches and is not accounted for.
func (f *File) spend(object string, at, n int64) error {
	if f.budget -= n; f.budget < 0 {
		return f.broken(object, at, "the structures of the file overlap or run in a circle: together they are longer than the file")
	}
	return nil
}

// dataLimit is how many bytes the data of one dataset may take.
func (f *File) dataLimit() int64 { return smallData + MaxRatio*int64(len(f.data)) }
