package ndarray

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"os"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/inputs"
)

// Limits of what a gzip stream may unpack to: zeros shrink a thousandfold, and what is made
// of them would fill the memory from a file of a few megabytes.
const (
	// unpackedFreely is how many bytes any stream may have.
	unpackedFreely = 16 << 20
	// unpackedMost is how many it may have beyond these for each byte of the file by then.
	// Images have 5, tables of spikes 20.
	unpackedMost = 100
)

// Source is an open file that is unpacked as it is read if it is gzipped,
// whatever its name. Errors of Read are *Error or io.EOF.
type Source struct {
	path   string
	file   *os.File
	packed counter
	r      io.Reader
	gz     bool
	read   int64
	limit  int64
}

// counter counts the bytes that are read.
type counter struct {
	r io.Reader
	n int64
}

// Read is that of the reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err //nolint:wrapcheck // Source says what it means
}

// Open opens a file for reading at most limit bytes, counted after unpacking;
// beyond them Read fails with diag.TooLarge, and so it does where a small file unpacks
// into a large one.
func Open(path string, limit int64) (*Source, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	f, err := inputs.Open(path)
	if err != nil {
		return nil, errorf(diag.MissingFile, path, "cannot be opened: %v", cause(err))
	}
	s := &Source{path: path, file: f, packed: counter{r: f}, limit: limit}
	br := bufio.NewReaderSize(&s.packed, 1<<16)
	s.r = br
	if head, _ := br.Peek(2); string(head) == "\x1f\x8b" {
		s.gz = true
		if s.r, err = gzip.NewReader(br); err != nil {
			_ = f.Close()
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, s.readError(err)
		}
	}
	return s, nil
}

// Close closes the file.
func (s *Source) Close() error { return s.file.Close() }

// MaxSize returns the most bytes that Read can give: the size of the file, or
// what a gzip stream of that size unpacks to at the very most.
func (s *Source) MaxSize() int64 {
	info, err := s.file.Stat()
	if err != nil {
		return s.limit
	}
	size := info.Size()
	if s.gz {
		// Deflate's best: 258 bytes in 2 bits, that is 1032 to 1.
		size *= 1032
	}
	return min(size, s.limit)
}

// Read reads unpacked bytes.
func (s *Source) Read(p []byte) (int, error) {
	if s.read >= s.limit {
		var one [1]byte
		if n, err := s.r.Read(one[:]); n == 0 {
			return 0, s.readError(err)
		}
		return 0, errorf(diag.TooLarge, s.path, "has more than %d bytes%s, the most that is read", s.limit, s.unpacked())
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.limit-s.read)])
	s.read += int64(n)
	if s.gz && s.read > unpackedFreely && s.read > unpackedMost*s.packed.n {
		return 0, errorf(diag.TooLarge, s.path, "unpacks to %d bytes by its byte %d, more than %d to 1; if it is meant, unpack it with gunzip and give that file", s.read, s.packed.n, unpackedMost)
	}
	return n, s.readError(err)
}

func (s *Source) unpacked() string {
	if s.gz {
		return " when unpacked"
	}
	return ""
}

// readError says what is wrong in words of its own. The end of the file, or of
// a gzip stream with its checksum, stays io.EOF.
func (s *Source) readError(err error) error {
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errorf(diag.BadFile, s.path, "is cut short: the gzip stream ends after %d bytes unpacked, before its end mark; copy or write the file again", s.read)
	case errors.Is(err, gzip.ErrChecksum):
		return errorf(diag.BadFile, s.path, "is damaged: the gzip checksum does not match; copy or write the file again")
	case errors.Is(err, gzip.ErrHeader):
		return errorf(diag.BadFile, s.path, "is damaged: what follows after %d bytes unpacked is not gzip", s.read)
	}
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return errorf(diag.BadFile, s.path, "is damaged: the gzip data are broken after %d bytes unpacked; copy or write the file again", s.read)
	}
	return errorf(diag.BadFile, s.path, "cannot be read: %v", cause(err))
}
