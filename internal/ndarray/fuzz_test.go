package ndarray

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// fuzz checks that Load takes any bytes without a panic, that what it accepts is
// whole, and that this reads back as it is written.
func fuzz(f *testing.F, file string) {
	dir := f.TempDir()
	path, written := filepath.Join(dir, file), filepath.Join(dir, "written.npz")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		names, err := Names(path)
		if err != nil {
			return
		}
		arrays := map[string]*Array{}
		for _, name := range append([]string{""}, names...) {
			a, err := Load(path, name)
			if err != nil {
				if _, ok := errors.AsType[*Error](err); !ok {
					t.Fatalf("error of type %T: %v", err, err)
				}
				continue
			}
			if n, ok := elements(a.Shape); !ok || n != len(a.Data) {
				t.Fatalf("shape %v with %d elements", a.Shape, len(a.Data))
			}
			arrays[fmt.Sprint("a", len(arrays))] = a
		}
		if err := WriteNPZ(written, arrays); err != nil {
			t.Fatal(err)
		}
		for name, want := range arrays {
			got, err := Load(written, name)
			if err != nil {
				t.Fatal(err)
			}
			same := func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
			if !slices.Equal(want.Shape, got.Shape) || !slices.EqualFunc(want.Data, got.Data, same) {
				t.Errorf("%v was written, and %v is read", want, got)
			}
		}
	})
}

func FuzzNPY(f *testing.F) {
	f.Add(npy(dict("<f8", false, "(1,)"), make([]byte, 8)...))
	f.Add(npy(dict("|u1", true, "(2, 3)"), 1, 2, 3, 4, 5, 6))
	f.Add(npy(dict(">f2", false, "()"), 1, 2))
	f.Add(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"))
	fuzz(f, "a.npy")
}

func FuzzNPZ(f *testing.F) {
	f.Add(deflated(f, map[string][]byte{"x.npy": npy(dict("|u1", false, "(4,)"), 1, 2, 3, 4)}))
	f.Add(deflated(f, map[string][]byte{
		"a.npy": npy(dict("<i4", false, "()"), 1, 2, 3, 4),
		"b.npy": npy(dict("<U1", false, "(1,)"), 1, 0, 0, 0),
	}))
	fuzz(f, "a.npz")
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n3,4\n"))
	f.Add([]byte("# x\r\n\"1\",2\r\n"))
	fuzz(f, "a.csv")
}
