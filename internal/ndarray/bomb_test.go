package ndarray

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
)

// A small file that unpacks to much is refused before it is unpacked.
func TestZipBombIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bomb.npz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create("zeros.npy")
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteNPY(w, &Array{Shape: []int{6 << 20}, Data: make([]float64, 6<<20)}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Load(path, "zeros")
	if e, ok := errors.AsType[*Error](err); !ok || e.Code != diag.TooLarge {
		t.Errorf("Load of a zip bomb: got %v, want [%s]", err, diag.TooLarge)
	}
}
