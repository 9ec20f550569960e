package hdf5

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
)

// entry is what testdata/want.json says of an object: what h5py read.
type entry struct {
	Shape  []int
	Values []any
	Attrs  map[string]any
}

func readWant(t testing.TB) map[string]map[string]entry {
	t.Helper()
	text, err := os.ReadFile("testdata/want.json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber() // 64-bit integers
	var want map[string]map[string]entry
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	return want
}

func TestReadsWhatH5pyReads(t *testing.T) {
	for name, objects := range readWant(t) {
		f, err := OpenFile(filepath.Join("testdata", name))
		if err != nil {
			t.Error(err)
			continue
		}
		found := map[string]bool{}
		err = f.Walk(func(path string, o Object, err error) error {
			if err != nil {
				return err
			}
			found[path] = true
			want, ok := objects[path]
			if !ok {
				t.Errorf("%s: %s is not in want.json", name, path)
				return nil
			}
			var attrs interface {
				Attrs() ([]string, error)
				Attr(string) (*Array, error)
			}
			switch o := o.(type) {
			case *Group:
				attrs = o
			case *Dataset:
				attrs = o
				if !slices.Equal(o.Shape(), want.Shape) {
					t.Errorf("%s: %s has shape %v, want %v", name, path, o.Shape(), want.Shape)
				}
				compare(t, name+": "+path, want.Values, &o.Array)
			}
			names, err := attrs.Attrs()
			if err != nil || len(names) != len(want.Attrs) {
				t.Errorf("%s: %s has attributes %v, want %v (%v)", name, path, names, want.Attrs, err)
			}
			for _, n := range names {
				a, err := attrs.Attr(n)
				if err != nil {
					return err
				}
				compare(t, name+": "+path+"@"+n, flat(want.Attrs[n]), a)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		for path := range objects {
			if !found[path] {
				t.Errorf("%s: %s was not found", name, path)
			}
		}
	}
}

// flat lists the values of nested lists.
func flat(v any) []any {
	list, ok := v.([]any)
	if !ok {
		return []any{v}
	}
	out := []any{}
	for _, e := range list {
		out = append(out, flat(e)...)
	}
	return out
}

// compare compares an array with values of JSON, in every way that it can be
// read.
func compare(t *testing.T, what string, want []any, a *Array) {
	t.Helper()
	if a.Len() != len(want) {
		t.Errorf("%s has %d elements, want %d", what, a.Len(), len(want))
		return
	}
	check := func(i int, got any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if g, w := fmt.Sprint(got), text(want[i], got); g != w {
			t.Errorf("%s: element %d (%v) is %s, want %s", what, i, a.Type(), g, w)
		}
	}
	switch a.Type().Kind {
	case String:
		got, err := a.Strings()
		for i := range want {
			check(i, slices.Concat(got, make([]string, len(want)))[i], err)
		}
	case VLen:
		got, err := a.VLenFloats()
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			var w []float64
			for _, e := range want[i].([]any) {
				v, _ := e.(json.Number).Float64()
				w = append(w, v)
			}
			if !slices.Equal(got[i], w) {
				t.Errorf("%s: element %d is %v, want %v", what, i, got[i], w)
			}
		}
		if ints, err := a.VLenInts(); a.Type().Elem.Kind == Int {
			if err != nil {
				t.Fatal(err)
			}
			for i := range ints {
				for j, v := range ints[i] {
					if float64(v) != got[i][j] {
						t.Errorf("%s: element %d is %v as integers, %v as floats", what, i, ints[i], got[i])
					}
				}
			}
		}
	case Int, Bool, Enum:
		ints, err := a.Ints()
		for i := range want {
			check(i, ints[i], err)
		}
		fallthrough
	case Float:
		floats, err := a.Floats()
		for i := range want {
			check(i, floats[i], err)
		}
	}
}

// text is how fmt prints a value of JSON when it has the type of got.
func text(v, got any) string {
	n, number := v.(json.Number)
	switch got.(type) {
	case float64:
		switch {
		case v == true:
			return "1"
		case v == false:
			return "0"
		case v == "nan":
			return fmt.Sprint(math.NaN())
		case v == "inf":
			return fmt.Sprint(math.Inf(1))
		case v == "-inf":
			return fmt.Sprint(math.Inf(-1))
		case number:
			x, _ := n.Float64()
			return fmt.Sprint(x)
		}
	case int64:
		switch v {
		case true:
			return "1"
		case false:
			return "0"
		}
	}
	return fmt.Sprint(v)
}

func TestTypes(t *testing.T) {
	for _, test := range []struct{ file, path, want string }{
		{"numbers.h5", "lei1", "8-bit integer"},
		{"numbers.h5", "beu8", "unsigned 64-bit integer"},
		{"numbers.h5", "bef2", "16-bit float"},
		{"numbers.h5", "bool", "boolean"},
		{"numbers.h5", "enum", "16-bit integer enumeration"},
		{"strings.h5", "fixed", "string of 10 bytes"},
		{"strings.h5", "type", "string"},
		{"sequences.h5", "units", "sequence of unsigned 16-bit integer"},
	} {
		d, err := openTest(t, test.file).Root().Dataset(test.path)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := d.Type().String(); got != test.want {
			t.Errorf("%s: %s is %q, want %q", test.file, test.path, got, test.want)
		}
	}
}

func openTest(t testing.TB, name string) *File {
	t.Helper()
	f, err := OpenFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRefuses(t *testing.T) {
	for _, test := range []struct {
		file, path string
		code       diag.Code
		want       string
	}{
		{"unsupported.h5", "soft", diag.Unsupported, "/soft: is a soft link, which is not read"},
		{"unsupported.h5", "out/external", diag.Unsupported, "/out/external: is a link into another file"},
		{"unsupported.h5", "compound", diag.Unsupported, "/compound: holds compounds (records or complex numbers)"},
		{"unsupported.h5", "complex", diag.Unsupported, "/complex: holds compounds"},
		{"unsupported.h5", "array", diag.Unsupported, "/array: holds arrays as elements"},
		{"unsupported.h5", "opaque", diag.Unsupported, "/opaque: holds opaque bytes"},
		{"unsupported.h5", "datatype", diag.Unsupported, "/datatype: is a committed datatype"},
		{"unsupported.h5", "shared", diag.Unsupported, "/shared: its datatype is shared with other objects"},
		{"unsupported.h5", "null", diag.Unsupported, "/null: holds nothing (h5py.Empty)"},
		{"unsupported.h5", "lzf", diag.Unsupported, "/lzf: is packed with the filter lzf, which is not read; write it with compression=\"gzip\" or without"},
		{"unsupported.h5", "scaled", diag.Unsupported, "/scaled: is packed with the filter scaleoffset"},
		{"unsupported.h5", "reference", diag.Unsupported, "/reference: holds references"},
		{"unsupported.h5", "group/self", diag.Unsupported, "/group/self: is a link to the group / that it stands in"},
		{"unsupported.h5", "virtual", diag.Unsupported, "/virtual: is a virtual dataset"},
		{"unsupported.h5", "longdouble", diag.Unsupported, "/longdouble: holds floats of 128 bits that are not IEEE 754"},
		{"dense.h5", "links/3", diag.Unsupported, "/links: the group has dense links, as written with libver=\"latest\""},
		{"dense.h5", "attrs", diag.Unsupported, "/attrs: has dense attributes"},
		{"dense.h5", "chunked", diag.Unsupported, "/chunked: is stored in chunks with layout version 4, as written with libver=\"latest\""},
		{"latest.h5", "g/i", diag.UnknownName, "/g: has no \"i\""},
		{"latest.h5", "g/h", diag.WrongType, "/g/h: is a group, want a dataset"},
		{"latest.h5", "x/y", diag.WrongType, "/x: is a dataset, but \"y\" is looked for in it"},
		{"latest.h5", "s", diag.WrongType, "/s: holds elements of type \"string\", want numbers"},
	} {
		d, err := openTest(t, test.file).Root().Dataset(test.path)
		if err == nil {
			_, err = d.Floats()
		}
		if err == nil {
			_, err = d.Attrs()
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Code != test.code || !strings.HasPrefix(e.Message(), test.want) {
			t.Errorf("%s: %s: error %v, want [%s] %s", test.file, test.path, err, test.code, test.want)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	whole, err := os.ReadFile("testdata/compact.h5")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, data, want string }{
		{"empty", "", "x.h5: is empty, want an HDF5 file (at byte 0)"},
		{"text", "weights: [1, 2, 3]", "x.h5: is no HDF5 file: it does not begin with the signature (at byte 0)"},
		{"pointer", "version https://git-lfs.github.com/spec/v1\noid", "x.h5: is no HDF5 file but 46 bytes of text, perhaps a pointer of Git LFS; fetch the file itself (at byte 0)"},
		{"cut", string(whole[:1000]), "x.h5: the file is cut short: its superblock says that it has 1416 bytes, but it ends after 1000 (at byte 1000)"},
		{"superblock only", signature, "x.h5: the superblock ends too early (at byte 8)"},
	} {
		_, err := Open("x.h5", []byte(test.data))
		if diff := cmp.Diff(test.want, fmt.Sprint(err)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestOpenFileMissing(t *testing.T) {
	_, err := OpenFile(filepath.Join(t.TempDir(), "a.h5"))
	if e, ok := errors.AsType[*Error](err); !ok || e.Code != diag.MissingFile {
		t.Errorf("error %v, want [%s]", err, diag.MissingFile)
	}
}

// TestChecksum flips a bit in a header that has a checksum.
func TestChecksum(t *testing.T) {
	data, err := os.ReadFile("testdata/latest.h5")
	if err != nil {
		t.Fatal(err)
	}
	data[20] ^= 1
	if _, err := Open("x.h5", data); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("error %v, want one about the checksum", err)
	}
}
