package events

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// source reads a file from its beginning to its end, and knows where it is.
type source struct {
	*ndarray.Source
	path string
	r    *bufio.Reader
	at   int64 // of the byte that is read next, counted when unpacked
}

func openSource(path string) (*source, error) {
	src, err := ndarray.Open(path, MaxBytes)
	if err != nil {
		return nil, ndarray.FileError(path, err)
	}
	return &source{Source: src, path: path, r: bufio.NewReaderSize(src, 1<<16)}, nil
}

// fail is a mistake of the file.
func (s *source) fail(code diag.Code, format string, args ...any) error {
	return diag.One(diag.Pos{File: s.path}, code, format, args...)
}

// full fills b; what names the thing that it is of. An end of the file in front of
// all of it is io.EOF.
func (s *source) full(b []byte, what string) error {
	n, err := io.ReadFull(s.r, b)
	s.at += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return s.cut(what)
	}
	return endOr(s.path, err)
}

// must is full of what has to be there.
func (s *source) must(b []byte, what string) error {
	err := s.full(b, what)
	if errors.Is(err, io.EOF) {
		return s.cut(what)
	}
	return err
}

// cut is the error of a file that ends inside something.
func (s *source) cut(what string) error {
	return s.fail(diag.BadFile, "is cut short: it ends at byte %d, inside %s; copy the file again", s.at, what)
}

// take reads n bytes, growing with those that are there.
func (s *source) take(n int64, what string) ([]byte, error) {
	var b bytes.Buffer
	got, err := b.ReadFrom(io.LimitReader(s.r, n))
	s.at += got
	switch {
	case err != nil:
		return nil, ndarray.FileError(s.path, err)
	case got < n:
		return nil, s.cut(what)
	}
	return b.Bytes(), nil
}

// rest reads to the end of the file, at most a number of bytes.
func (s *source) rest(most int64, what string) ([]byte, error) {
	var b bytes.Buffer
	got, err := b.ReadFrom(io.LimitReader(s.r, most+1))
	s.at += got
	switch {
	case err != nil:
		return nil, ndarray.FileError(s.path, err)
	case got > most:
		return nil, s.fail(diag.TooLarge, "%s, has more than %d bytes, the most that is read", what, most)
	}
	return b.Bytes(), nil
}

// skip passes over n bytes.
func (s *source) skip(n int64, what string) error {
	got, err := io.CopyN(io.Discard, s.r, n)
	s.at += got
	if errors.Is(err, io.EOF) {
		return s.cut(what)
	}
	return endOr(s.path, err)
}

// comments reads the lines at the beginning of a file that begin with a mark, without
// the mark and the line's end.
func (s *source) comments(mark byte) ([]string, error) {
	var lines []string
	for {
		head, err := s.r.Peek(1)
		if err != nil || head[0] != mark {
			if errors.Is(err, io.EOF) {
				return lines, nil
			}
			return lines, endOr(s.path, err)
		}
		start := s.at
		line, err := s.r.ReadSlice('\n')
		s.at += int64(len(line))
		switch {
		case errors.Is(err, io.EOF):
			return nil, s.cut("its header")
		case errors.Is(err, bufio.ErrBufferFull), len(line) > maxLine, s.at > maxHeader:
			return nil, s.fail(diag.BadFile, "at byte %d its header goes on: want lines of at most %d bytes, and at most %d together", start, maxLine, maxHeader)
		case err != nil:
			return nil, ndarray.FileError(s.path, err)
		}
		lines = append(lines, string(bytes.TrimRight(line[1:], "\r\n")))
	}
}
