// Package table splits comma-separated text into lines and fields. It is the
// only one to know how such text is written: commas, optional blanks and double
// quotes around a field, LF or CRLF, empty lines and lines that start with #
// passed over. It holds one line at a time, so files may be long.
package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// MaxLine is the longest line that is read, in bytes.
const MaxLine = 16 << 20

// Error is a mistake in the text itself. Line and Col count from 1.
type Error struct {
	Line, Col int
	Message   string
}

// Error returns line:col: message.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Message) }

// Scanner reads lines of fields.
type Scanner struct {
	r      *bufio.Reader
	line   int
	long   []byte // a line that does not fit into r's buffer
	fields [][]byte
	cols   []int
	err    error
}

// NewScanner returns a Scanner on the text of r.
func NewScanner(r io.Reader) *Scanner {
	return &Scanner{r: bufio.NewReaderSize(r, 1<<16)}
}

// Scan goes to the next line that has fields and reports whether there is one.
func (s *Scanner) Scan() bool {
	for s.err == nil {
		text, err := s.readLine()
		if err != nil {
			s.err = err
			return false
		}
		trimmed := bytes.TrimSpace(text)
		if len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		if i := bytes.IndexByte(text, 0); i >= 0 {
			s.err = &Error{s.line, i + 1, "is not comma-separated text: it holds a zero byte"}
			return false
		}
		s.err = s.split(text)
		return s.err == nil
	}
	return false
}

// Err returns what ended the scan, nil at the end of the text: an *Error, or
// an error of the reader below.
func (s *Scanner) Err() error {
	if errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}

// Line returns the number of the current line, from 1.
func (s *Scanner) Line() int { return s.line }

// Fields returns the fields of the current line, without the blanks and quotes
// around them. They are good until the next Scan.
func (s *Scanner) Fields() [][]byte { return s.fields }

// Col returns the column, from 1, at which field i begins.
func (s *Scanner) Col(i int) int { return s.cols[i] }

// Cols returns the columns of all fields, good until the next Scan.
func (s *Scanner) Cols() []int { return s.cols }

// readLine returns the next line without its end.
func (s *Scanner) readLine() ([]byte, error) {
	s.line++
	text, err := s.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		s.long = append(s.long[:0], text...)
		for errors.Is(err, bufio.ErrBufferFull) {
			text, err = s.r.ReadSlice('\n')
			s.long = append(s.long, text...)
			if len(s.long) > MaxLine {
				return nil, &Error{s.line, 1, fmt.Sprintf("the line is longer than %d bytes", MaxLine)}
			}
		}
		text = s.long
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(text) == 0) {
		return nil, err
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	if s.line == 1 {
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
			return nil, &Error{1, 1, "is UTF-16 text; save it as UTF-8"}
		}
	}
	return text, nil
}

// split cuts a line at its commas.
func (s *Scanner) split(text []byte) error {
	s.fields, s.cols = s.fields[:0], s.cols[:0]
	for at := 0; ; {
		for at < len(text) && blank(text[at]) {
			at++
		}
		s.cols = append(s.cols, at+1)
		if at < len(text) && text[at] == '"' {
			field, end, err := s.quoted(text, at)
			if err != nil {
				return err
			}
			s.fields = append(s.fields, field)
			at = end
		} else {
			end := bytes.IndexByte(text[at:], ',')
			if end < 0 {
				end = len(text) - at
			}
			field := text[at : at+end]
			for len(field) > 0 && blank(field[len(field)-1]) {
				field = field[:len(field)-1]
			}
			s.fields = append(s.fields, field)
			at += end
		}
		if at == len(text) {
			return nil
		}
		at++ // the comma
	}
}

// quoted reads the field whose opening quote is at text[at] and returns where
// the comma behind it, or the end of the line, is.
func (s *Scanner) quoted(text []byte, at int) ([]byte, int, error) {
	start := at
	field := []byte{}
	for at++; at < len(text); at++ {
		if text[at] != '"' {
			field = append(field, text[at])
			continue
		}
		if at+1 < len(text) && text[at+1] == '"' {
			field = append(field, '"')
			at++
			continue
		}
		for at++; at < len(text) && blank(text[at]); at++ {
		}
		if at < len(text) && text[at] != ',' {
			return nil, 0, &Error{s.line, at + 1, "want a comma after the closing quote"}
		}
		return field, at, nil
	}
	return nil, 0, &Error{s.line, start + 1, "the quote is not closed on its line"}
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// Number reads a field as a number; NaN and infinities are numbers.
func Number(field []byte) (float64, bool) {
	if n := len(field); n > 0 && n < 10 {
		v := 0
		for i, c := range field {
			if c < '0' || c > '9' {
				break
			}
			if v = v*10 + int(c-'0'); i == n-1 {
				return float64(v), true
			}
		}
	}
	v, err := strconv.ParseFloat(string(field), 64)
	if errors.Is(err, strconv.ErrRange) {
		return v, true
	}
	return v, err == nil
}

// IsHeader reports whether the current line has a field that is no number.
func (s *Scanner) IsHeader() bool {
	for _, f := range s.fields {
		if _, ok := Number(f); !ok && len(f) > 0 {
			return true
		}
	}
	return false
}

// Separator tells which other sign than a comma seems to part the fields of
// the current line, empty when none.
func (s *Scanner) Separator() string {
	if len(s.fields) != 1 {
		return ""
	}
	switch f := s.fields[0]; {
	case bytes.IndexByte(f, ';') >= 0:
		return "semicolons"
	case bytes.IndexByte(f, '\t') >= 0:
		return "tabs"
	case bytes.IndexByte(f, ' ') >= 0:
		return "blanks"
	}
	return ""
}
