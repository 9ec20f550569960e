package ndarray

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
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

// A gzip stream is read until it turns out to unpack to more than anything that is meant,
// far below the limit of its kind of file.
func TestGzipBombIsRefused(t *testing.T) {
	for _, test := range []struct {
		name string
		line string
		size int
		want bool
	}{
		{"zeros", "\x00", 4 * unpackedFreely, true},
		{"lines", "0,0,0,1\n", 4 * unpackedFreely, true},
		{"zeros of a small file", "\x00", unpackedFreely, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := write(t, "bomb.gz", gz(bytes.Repeat([]byte(test.line), test.size/len(test.line))))
			s, err := Open(path, 2<<30)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			n, err := io.Copy(io.Discard, s)
			if !test.want && err != nil {
				t.Fatalf("%d bytes: %v, want them read", test.size, err)
			}
			if test.want {
				wantError(t, err, path, diag.TooLarge, "more than 100 to 1; if it is meant, unpack it with gunzip and give that file")
			}
			if n > unpackedFreely+1<<16 {
				t.Errorf("%d bytes read, want no more than %d", n, unpackedFreely)
			}
		})
	}
}
