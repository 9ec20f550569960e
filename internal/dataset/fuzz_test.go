package dataset_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

func FuzzIDX(f *testing.F) {
	f.Add(idx(0x08, []uint32{2, 1, 2}, 0, 1, 2, 255), idx(0x08, []uint32{2}, 3, 1))
	f.Add(idx(0x0b, []uint32{1, 1}, 0, 1), idx(0x0c, []uint32{1}, 0, 0, 0, 1))
	f.Add(gz(idx(0x0e, []uint32{1, 1}, make([]byte, 8)...)), gz(idx(0x08, []uint32{1}, 0)))
	d := f.TempDir()
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		for name, content := range map[string][]byte{"images": images, "labels": labels} {
			if err := os.WriteFile(filepath.Join(d, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := loadIDX(d, "images", "labels")
		if err != nil {
			golden.Told(t, err, "", nil)
			return
		}
		samples(s)
	})
}

func FuzzNPZ(f *testing.F) {
	path := filepath.Join(f.TempDir(), "a.npz")
	for _, arrays := range []map[string]*ndarray.Array{
		{"x": {Shape: []int{2, 3}, Data: []float64{0, 1, 2, 3, 4, 255}}, "y": {Shape: []int{2}, Data: []float64{1, 0}, Type: ndarray.Int32}},
		{"x": {Shape: []int{1, 1, 2}, Data: []float64{-0.5, 1e9}}, "y": {Shape: []int{1, 1}, Data: []float64{65535}}},
	} {
		if err := ndarray.WriteNPZ(path, arrays); err != nil {
			f.Fatal(err)
		}
		f.Add(golden.Files(f, path)[0])
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := dataset.Load(dataset.Options{Format: dataset.NPZ, File: path, Images: "x", Labels: "y"})
		if err != nil {
			golden.Told(t, err, path, nil)
			return
		}
		samples(s)
	})
}

// FuzzTimed reads a file of events, alone or in a folder, and of any sensor or one of
// some size: every event is of its sample's shape, every label of a class.
func FuzzTimed(f *testing.F) {
	for kind, contents := range [][][]byte{
		{packed(), gz(packed()), {5, 6, 0x80, 0, 7, 0, 240, 0, 0, 0}},
		golden.Files(f, "../events/testdata/*.aedat4"),
		{dat(tenByEight, 7, 9, 7, true), gz(dat("", 3, 5, 4, false))},
		golden.Files(f, "../events/testdata/shd*.h5"),
	} {
		for _, content := range contents {
			f.Add(content, byte(kind), false)
			f.Add(content, byte(kind), true)
		}
	}
	kinds := []struct {
		name string
		o    dataset.Options
	}{
		{"a.bin", dataset.Options{Format: dataset.NMNIST}},
		{"a.aedat4", dataset.Options{Format: dataset.AEDAT4}},
		{"a.dat", dataset.Options{Format: dataset.DAT}},
		{"a.h5", dataset.Options{Format: dataset.SHD}},
	}
	d := folder(f, map[string][]byte{"4/none": nil})
	f.Fuzz(func(t *testing.T, content []byte, kind byte, sized bool) {
		k := kinds[int(kind)%len(kinds)]
		path := filepath.Join(d, "4", k.name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if sized {
			k.o.Size, k.o.Fit, k.o.Part = []int{2, 3}, events.Scale, "train"
		}
		for _, k.o.File = range []string{path, d} {
			s, err := dataset.Load(k.o)
			if err != nil {
				golden.Told(t, err, "", nil)
				continue
			}
			for i := range s.N {
				if s.Labels[i] < 0 || s.Labels[i] >= s.Classes {
					t.Fatalf("sample %d has label %d of %d", i, s.Labels[i], s.Classes)
				}
				for _, m := range moments(s, i) {
					if m.Place < 0 || int(m.Place) >= s.Size() {
						t.Fatalf("sample %d has an event at %d of %d", i, m.Place, s.Size())
					}
				}
			}
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(irisText), "-1")
	f.Add([]byte("a,b\n1,2\n"), "b")
	f.Add([]byte("2,3\n1,2,3,0\n"), "0")
	path := filepath.Join(f.TempDir(), "a.csv")
	f.Fuzz(func(t *testing.T, content []byte, label string) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := dataset.Load(dataset.Options{Format: dataset.CSV, File: path, Label: label})
		if err != nil {
			golden.Told(t, err, path, content)
			return
		}
		samples(s)
	})
}
