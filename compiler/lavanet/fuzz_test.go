package lavanet

import (
	"testing"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/golden"
	"github.com/weft-toolchain/weft/internal/hdf5"
)

// FuzzImport reads any bytes. What is accepted has arrays of the shapes that
// they claim.
func FuzzImport(f *testing.F) {
	for _, data := range golden.Files(f, "testdata/*.net") {
		f.Add(data, true)
		f.Add(data, false)
	}
	f.Fuzz(func(t *testing.T, data []byte, align bool) {
		file, err := hdf5.Open("fuzz.net", data)
		r, err := build("fuzz.net", file, err, Options{Name: "fuzz", Arrays: "fuzz.npz", InputShape: []int{1, 4, 4}, Align: align})
		if err != nil {
			golden.Told(t, err, "fuzz.net", nil)
			return
		}
		for name, a := range r.Arrays {
			if netfile.Size(a.Shape) != len(a.Data) {
				t.Fatalf("array %s of shape %v has %d numbers", name, a.Shape, len(a.Data))
			}
		}
	})
}
