package hdf5

import (
	"errors"
	"fmt"

	"github.com/weft-toolchain/weft/internal/diag"
)

// Fields reads the datasets of one group that stands for one thing, such as a
// layer, and collects the mistakes, so that all of a file are told in one run.
type Fields struct {
	Group *Group
	// What names the thing in messages.
	What  string
	Diags *diag.List
}

// Add reports a mistake of the thing.
func (r *Fields) Add(code diag.Code, format string, args ...any) {
	r.Diags.Add(diag.Pos{File: r.Group.f.name}, code, "%s: %s", r.What, fmt.Sprintf(format, args...))
}

// Dataset opens a dataset of the group; nil if it cannot.
func (r *Fields) Dataset(name string) *Dataset {
	if !r.Group.Has(name) {
		r.Add(diag.MissingField, "has no %s", name)
		return nil
	}
	d, err := r.Group.Dataset(name)
	if err != nil {
		Report(r.Diags, err)
		return nil
	}
	return d
}

// Floats reads the numbers of a dataset with its shape; nil if it cannot.
func (r *Fields) Floats(name string) (values []float64, shape []int) {
	d := r.Dataset(name)
	if d == nil {
		return nil, nil
	}
	values, err := d.Floats()
	if err != nil {
		Report(r.Diags, err)
		return nil, nil
	}
	return values, d.Shape()
}

// Text reads one string, which is empty only if there was a mistake.
func (r *Fields) Text(name string) string {
	d := r.Dataset(name)
	if d == nil {
		return ""
	}
	s, err := d.Strings()
	if err != nil {
		Report(r.Diags, err)
		return ""
	}
	switch {
	case len(s) != 1:
		r.Add(diag.ShapeMismatch, "%s has %d strings, want one", name, len(s))
		return ""
	case s[0] == "":
		r.Add(diag.MissingField, "%s is an empty string", name)
	}
	return s[0]
}

// Report adds an error of this package to diagnostics, at the file as a whole.
func Report(diags *diag.List, err error) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		panic("hdf5: an error of another package: " + err.Error())
	}
	diags.Add(diag.Pos{File: e.File}, e.Code, "%s", e.Message())
}
