package hdf5

import (
	"errors"
	"testing"

	"github.com/weft-toolchain/weft/internal/golden"
)

// walkAll reads everything that a file holds, in every way, and returns how
// many objects there were. Whatever the file holds, each error is an *Error.
func walkAll(t testing.TB, f *File) int {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if e, ok := errors.AsType[*Error](err); err != nil && (!ok || e.File == "" || e.Reason == "") {
			t.Fatalf("error of type %T: %v", err, err)
		}
	}
	array := func(a *Array) {
		n := 1
		for _, d := range a.Shape() {
			n *= d
		}
		if n != a.Len() {
			t.Fatalf("shape %v with %d elements", a.Shape(), a.Len())
		}
		want := func(got int, err error) {
			t.Helper()
			if check(err); err == nil && got != n {
				t.Fatalf("%d elements, want %d", got, n)
			}
		}
		floats, err := a.Floats()
		want(len(floats), err)
		ints, err := a.Ints()
		want(len(ints), err)
		texts, err := a.Strings()
		want(len(texts), err)
		seqs, err := a.VLenFloats()
		want(len(seqs), err)
		intSeqs, err := a.VLenInts()
		want(len(intSeqs), err)
		_ = a.Type().String()
	}
	objects := 0
	err := f.Walk(func(_ string, o Object, err error) error {
		objects++
		check(err)
		var in *object
		switch o := o.(type) {
		case *Group:
			in = &o.object
			_, err := o.Names()
			check(err)
		case *Dataset:
			in = &o.object
			array(&o.Array)
		default:
			return nil
		}
		names, err := in.Attrs()
		check(err)
		for _, n := range names {
			a, err := in.Attr(n)
			if check(err); err == nil {
				array(a)
			}
		}
		return nil
	})
	check(err)
	return objects
}

// FuzzOpen reads any bytes, with checksums left out so that what is behind
// them is reached.
func FuzzOpen(f *testing.F) {
	for _, data := range golden.Files(f, "testdata/*.h5") {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &File{name: "fuzz.h5", data: data, noSums: true}
		if err := file.open(); err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("error of type %T: %v", err, err)
			}
			return
		}
		walkAll(t, file)
	})
}
