package dataset_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/golden"
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
