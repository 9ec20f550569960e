package dataset

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/ndarray/table"
	"github.com/weft-toolchain/weft/internal/spell"
)

// csvReader reads a table of numbers, one column of which is the label.
type csvReader struct {
	*table.Scanner
	path   string
	label  string // as asked for
	column int    // of the label
	cols   int
	diags  diag.List
	values []float32
	labels []int
}

func loadCSV(path, label string) (*Set, error) {
	src, err := ndarray.Open(path, MaxBytes)
	if err != nil {
		return nil, arrayError(path, err)
	}
	defer src.Close()
	r := &csvReader{Scanner: table.NewScanner(src), path: path, label: label}
	if err := r.read(); err != nil {
		return nil, err
	}
	return build([]int{r.cols - 1}, r.labels, nil, r.values), nil
}

func (r *csvReader) read() error {
	more, err := r.start()
	if err != nil {
		return err
	}
	for ; more; more = r.Scan() {
		if len(r.values) > ndarray.MaxElements || len(r.labels) == MaxSamples {
			return diag.One(diag.Pos{File: r.path}, diag.TooLarge, "has more than %s samples or %s numbers, the most that is read", count(MaxSamples), count(ndarray.MaxElements))
		}
		r.row(r.line())
	}
	if err := r.scanError(); err != nil {
		return err
	}
	if err := r.diags.Err(); err != nil {
		return err
	}
	if len(r.labels) == 0 {
		return fail(r.path, "holds no samples: no line of numbers follows the header")
	}
	return nil
}

// start looks at the first line, finds the label's column and goes to the line
// from which on all are numbers, which it reports whether there is.
func (r *csvReader) start() (bool, error) {
	if !r.Scan() {
		if err := r.scanError(); err != nil {
			return false, err
		}
		return false, fail(r.path, "is empty, want lines of numbers")
	}
	if sep := r.Separator(); sep != "" {
		return false, diag.One(r.pos(r.Line(), 1), diag.BadDataset, "columns are parted by %s, want commas", sep)
	}
	words, first := r.IsHeader(), r.line().clone()
	more := r.Scan()
	if err := r.scanError(); err != nil {
		return false, err
	}
	if r.cols = len(first.fields); more {
		r.cols = len(r.Fields())
	}
	uneven := len(first.fields) != r.cols
	switch {
	case first.isCounts(r.cols) && (words || uneven):
		return more, r.findLabel(nil)
	case words && uneven:
		return false, diag.One(r.pos(first.number, 1), diag.BadDataset, "the header has %d columns, but line %d has %d", len(first.fields), r.Line(), r.cols)
	case words:
		return more, r.findLabel(first.words())
	}
	r.cols = len(first.fields)
	if err := r.findLabel(nil); err != nil {
		return false, err
	}
	r.row(first)
	return more, nil
}

// findLabel sets the column of the labels; header is nil when there is none,
// which a line of counts is not, either.
func (r *csvReader) findLabel(header []string) error {
	if r.cols < 2 {
		return fail(r.path, "has one column, want the values of a sample and its label")
	}
	found := -1
	for i, h := range header {
		if h != r.label {
			continue
		}
		if found >= 0 {
			return fail(r.path, "has two columns with header %q; give the label's column by its number, from 0", h)
		}
		found = i
	}
	if r.column = found; found >= 0 {
		return nil
	}
	n, err := strconv.Atoi(r.label)
	switch {
	case err == nil && n == -1:
		r.column = r.cols - 1
	case err == nil && n >= 0 && n < r.cols:
		r.column = n
	case err == nil:
		return fail(r.path, "has no column %d for `label`; its columns are 0 to %d, and -1 is the last", n, r.cols-1)
	case header == nil:
		return diag.One(diag.Pos{File: r.path}, diag.UnknownName, "has no header with the names of columns, so `label: %s` names none; give its number, from 0, or -1 for the last", r.label)
	default:
		hint := spell.Hint(r.label, header)
		if hint == "" {
			hint = "; its columns are " + strings.Join(header[:min(len(header), 20)], ", ")
		}
		return diag.One(diag.Pos{File: r.path}, diag.UnknownName, "has no column %q for `label`%s", r.label, hint)
	}
	return nil
}

// row takes the values and the label of a line, or reports what is wrong.
func (r *csvReader) row(l csvLine) {
	if len(l.fields) != r.cols {
		r.diags.Add(r.pos(l.number, 1), diag.BadDataset, "has %d columns, want %d", len(l.fields), r.cols)
		return
	}
	for i, f := range l.fields {
		v, ok := table.Number(f)
		switch {
		case !ok:
			r.diags.Add(r.pos(l.number, l.cols[i]), diag.BadDataset, "want a number, have %q", shorten(f))
		case i == r.column:
			label, wrong := labelOf(v)
			if wrong != "" {
				r.diags.Add(r.pos(l.number, l.cols[i]), diag.BadDataset, "the label is %s, %s", f, wrong)
			}
			r.labels = append(r.labels, label)
		case float32(v)-float32(v) != 0:
			r.diags.Add(r.pos(l.number, l.cols[i]), diag.NotFinite, "the value is %s, want a finite number (up to 3.4e38)", f)
		default:
			r.values = append(r.values, float32(v))
		}
	}
}

func (r *csvReader) pos(line, col int) diag.Pos {
	return diag.Pos{File: r.path, Line: line, Col: col}
}

// scanError returns what ended the scan as a diagnostic, or nil.
func (r *csvReader) scanError() error {
	err := r.Err()
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*table.Error](err); ok {
		return diag.One(r.pos(e.Line, e.Col), diag.BadDataset, "%s", e.Message)
	}
	return arrayError(r.path, err)
}

// csvLine is a line of the table.
type csvLine struct {
	number int
	fields [][]byte
	cols   []int // where each field begins
}

// line returns the current line, which is good until the next Scan.
func (r *csvReader) line() csvLine {
	return csvLine{number: r.Line(), fields: r.Fields(), cols: r.Cols()}
}

func (l csvLine) clone() csvLine {
	c := csvLine{number: l.number, cols: append([]int(nil), l.cols...)}
	for _, f := range l.fields {
		c.fields = append(c.fields, bytes.Clone(f))
	}
	return c
}

func (l csvLine) words() []string {
	words := make([]string, len(l.fields))
	for i, f := range l.fields {
		words[i] = string(f)
	}
	return words
}

// isCounts reports whether a first line over lines of cols columns is as
// scikit-learn's data files have it: the number of samples, the number of
// values of each, and the names of the classes (150,4,setosa,versicolor,…). Over
// three columns 1,2,label is a header: one class would be nothing to learn.
func (l csvLine) isCounts(cols int) bool {
	if len(l.fields) < 2 {
		return false
	}
	samples, ok := table.Number(l.fields[0])
	values, ok2 := table.Number(l.fields[1])
	header := len(l.fields) == cols && cols == 3
	return ok && ok2 && samples >= 1 && values == float64(cols-1) && !header
}

func shorten(f []byte) string {
	if len(f) > 40 {
		return string(f[:40]) + "…"
	}
	return string(f)
}
