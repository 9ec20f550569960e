package ndarray

import (
	"errors"
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray/table"
)

// maxCSV bounds a .csv file, after unpacking.
const maxCSV = 2 << 30

// csvTable is an open .csv file with its header read.
type csvTable struct {
	*table.Scanner
	path   string
	src    *Source
	header []string
	// pending says that the current line is data that nobody has read yet.
	pending bool
}

func openCSV(path string) (*csvTable, error) {
	src, err := Open(path, maxCSV)
	if err != nil {
		return nil, err
	}
	t := &csvTable{Scanner: table.NewScanner(src), path: path, src: src}
	if !t.Scan() {
		err := t.scanError()
		if err == nil {
			err = errorf(diag.BadFile, path, "is empty, want lines of numbers")
		}
		t.close()
		return nil, err
	}
	if !t.IsHeader() {
		t.pending = true
		return t, nil
	}
	if sep := t.Separator(); sep != "" {
		t.close()
		return nil, errorf(diag.BadFile, path, "parts its columns by %s, want commas", sep)
	}
	for _, f := range t.Fields() {
		t.header = append(t.header, string(f))
	}
	return t, nil
}

func (t *csvTable) close() { _ = t.src.Close() }

// next goes to the next line of numbers.
func (t *csvTable) next() bool {
	if t.pending {
		t.pending = false
		return true
	}
	return t.Scan()
}

// scanError returns what ended the scan as an *Error, or nil.
func (t *csvTable) scanError() error {
	err := t.Err()
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*table.Error](err); ok {
		return errorf(diag.BadFile, t.at(e.Line, e.Col), "%s", e.Message)
	}
	return readError(t.path, err)
}

func (t *csvTable) at(line, col int) string {
	return fmt.Sprintf("%s:%d:%d", t.path, line, col)
}

func csvNames(path string) ([]string, error) {
	t, err := openCSV(path)
	if err != nil {
		return nil, err
	}
	defer t.close()
	return t.header, nil
}

func loadCSV(path, name string, to sink) ([]int, error) {
	t, err := openCSV(path)
	if err != nil {
		return nil, err
	}
	defer t.close()
	column := -1
	if name != "" {
		if column, err = t.column(name); err != nil {
			return nil, err
		}
	}
	count, rows, cols := 0, 0, len(t.header)
	var row []float64
	for t.next() {
		if err := to.stopped(); err != nil {
			return nil, err
		}
		fields := t.Fields()
		if rows == 0 && cols == 0 {
			cols = len(fields)
		}
		if len(fields) != cols {
			return nil, errorf(diag.BadFile, t.at(t.Line(), 1), "has %d columns, want %d as in the first line", len(fields), cols)
		}
		rows++
		row = row[:0]
		for i, f := range fields {
			if column >= 0 && i != column {
				continue
			}
			v, ok := table.Number(f)
			if !ok {
				return nil, errorf(diag.BadFile, t.at(t.Line(), t.Col(i)), "want a number, have %q", shorten(string(f), 40))
			}
			if count++; count > MaxElements {
				return nil, errorf(diag.TooLarge, path, "has more than %d numbers, the most that is read", MaxElements)
			}
			row = append(row, v)
		}
		to.Append(row)
	}
	if err := t.scanError(); err != nil {
		return nil, err
	}
	if rows == 0 {
		return nil, errorf(diag.BadFile, path, "has a header but no line of numbers")
	}
	if column >= 0 {
		return []int{rows}, nil
	}
	return []int{rows, cols}, nil
}

// column returns the number of the column whose header is name.
func (t *csvTable) column(name string) (int, error) {
	if t.header == nil {
		return 0, errorf(diag.UnknownName, t.path, "column %q is asked for, but the first line is numbers and not a header; leave the name out to read the whole table", name)
	}
	found := -1
	for i, h := range t.header {
		if h != name {
			continue
		}
		if found >= 0 {
			return 0, errorf(diag.BadFile, t.path, "has two columns with header %q", name)
		}
		found = i
	}
	if found < 0 {
		return 0, errorf(diag.UnknownName, t.path, "has no column %q%s its columns are %s", name, hint(name, t.header), listNames(t.header))
	}
	return found, nil
}
