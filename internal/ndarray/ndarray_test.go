package ndarray

import (
	"encoding/binary"
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
	"github.com/weft-toolchain/weft/internal/shared"
)

// write puts a file into a fresh directory and returns its path.
func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// npy builds an .npy file from its header's dictionary and its elements.
func npy(dict string, elements ...byte) []byte {
	b := append([]byte(npyMagic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(dict)))
	return append(append(b, dict...), elements...)
}

func dict(descr string, fortran bool, shape string) string {
	f := "False"
	if fortran {
		f = "True"
	}
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n", descr, f, shape)
}

// wantError checks code and text of an *Error about path.
func wantError(t *testing.T, err error, path string, code diag.Code, text string) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got error %v, want an *Error with %q", err, text)
	}
	if e.Code != code || !strings.Contains(e.Message, text) || !strings.HasPrefix(e.Message, path) {
		t.Errorf("got  %s [%s]\nwant %s… %s [%s]", e.Message, e.Code, path, text, code)
	}
}

func TestLoadEveryDtype(t *testing.T) {
	tests := []struct {
		descr string
		bytes []byte
		want  []float64
	}{
		{"|b1", []byte{0, 1, 7}, []float64{0, 1, 1}},
		{"|u1", []byte{0, 127, 255}, []float64{0, 127, 255}},
		{"|i1", []byte{0, 127, 255}, []float64{0, 127, -1}},
		{"<u2", []byte{1, 2}, []float64{0x201}},
		{">u2", []byte{1, 2}, []float64{0x102}},
		{"<i2", []byte{0xff, 0xff}, []float64{-1}},
		{"<i4", []byte{0xfe, 0xff, 0xff, 0xff}, []float64{-2}},
		{">i4", []byte{0xff, 0xff, 0xff, 0xfe}, []float64{-2}},
		{"<u4", []byte{0xff, 0xff, 0xff, 0xff}, []float64{math.MaxUint32}},
		{"<i8", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, []float64{-1}},
		{"<u8", []byte{0, 0, 0, 0, 0, 0, 0, 0x80}, []float64{1 << 63}},
		{">f4", []byte{0x3f, 0x80, 0, 0}, []float64{1}},
		{"=f4", []byte{0, 0, 0x80, 0x3f}, []float64{1}},
		{"<f8", []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f}, []float64{1}},
		{">f8", []byte{0x3f, 0xf0, 0, 0, 0, 0, 0, 0}, []float64{1}},
		{"<f2", []byte{0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b, 0x00, 0x7c}, []float64{1, -2, math.Pow(2, -24), 65504, math.Inf(1)}},
		{">f2", []byte{0x3c, 0x00}, []float64{1}},
	}
	for _, test := range tests {
		t.Run(test.descr, func(t *testing.T) {
			path := write(t, "a.npy", npy(dict(test.descr, false, fmt.Sprintf("(%d,)", len(test.want))), test.bytes...))
			got, err := Load(path, "")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&Array{Shape: []int{len(test.want)}, Data: test.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			shape, list, err := LoadList(t.Context(), path, "")
			if diff := cmp.Diff(&Array{Shape: shape, Data: list.Floats()}, got); err != nil || diff != "" {
				t.Errorf("LoadList: %v (-list +got)\n%s", err, diff)
			}
			_, narrow, err := LoadFloat32(path, "")
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range narrow {
				if v != float32(test.want[i]) {
					t.Errorf("LoadFloat32: element %d is %v, want %v", i, v, float32(test.want[i]))
				}
			}
		})
	}
}

func TestLoadShapes(t *testing.T) {
	six := []byte{0, 1, 2, 3, 4, 5}
	tests := []struct {
		name    string
		fortran bool
		shape   string
		bytes   []byte
		want    *Array
	}{
		{"no dimension", false, "()", []byte{7}, &Array{Shape: []int{}, Data: []float64{7}}},
		{"empty", false, "(3, 0)", nil, &Array{Shape: []int{3, 0}, Data: []float64{}}},
		{"matrix", false, "(2, 3)", six, &Array{Shape: []int{2, 3}, Data: []float64{0, 1, 2, 3, 4, 5}}},
		{"matrix in Fortran order", true, "(2, 3)", six, &Array{Shape: []int{2, 3}, Data: []float64{0, 2, 4, 1, 3, 5}}},
		{"cube in Fortran order", true, "(3, 1, 2)", six, &Array{Shape: []int{3, 1, 2}, Data: []float64{0, 3, 1, 4, 2, 5}}},
		{"vector in Fortran order", true, "(6,)", six, &Array{Shape: []int{6}, Data: []float64{0, 1, 2, 3, 4, 5}}},
		{"long integers of Python 2", false, "(6L,)", six, &Array{Shape: []int{6}, Data: []float64{0, 1, 2, 3, 4, 5}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Load(write(t, "a.npy", npy(dict("|u1", test.fortran, test.shape), test.bytes...)), "")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLoadNPYRefuses(t *testing.T) {
	good := npy(dict("<f8", false, "(2,)"), make([]byte, 16)...)
	tests := []struct {
		name    string
		content []byte
		array   string
		code    diag.Code
		text    string
	}{
		{"name given", good, "w", diag.UnknownName, `holds one array without a name, but array "w"`},
		{"empty file", nil, "", diag.BadFile, "ends inside the header, after 0 bytes"},
		{"other file", []byte("PK\x03\x04 and more"), "", diag.BadFile, "is not an .npy array: it starts with"},
		{"version", append([]byte(npyMagic), 9, 0, 1, 0, ' '), "", diag.Unsupported, "version 9.0, want 1, 2 or 3"},
		{"ends inside header", good[:40], "", diag.BadFile, "ends inside the header, after 40 bytes"},
		{"huge header", append([]byte(npyMagic), 2, 0, 0xff, 0xff, 0xff, 0x7f), "", diag.BadFile, "has a header of 2147483647 bytes"},
		{"cut short", good[:len(good)-3], "", diag.BadFile, "shape [2] of dtype <f8 takes 16 bytes, 13 are there"},
		{"too long", append(slices.Clone(good), 0), "", diag.BadFile, "takes 16 bytes, but 17 are there"},
		{"text", npy(dict("<U3", false, "(1,)"), make([]byte, 12)...), "", diag.Unsupported, "holds text (dtype <U3)"},
		{"objects", npy(dict("|O", false, "(1,)")), "", diag.Unsupported, "holds Python objects"},
		{"complex", npy(dict("<c16", false, "(1,)")), "", diag.Unsupported, "holds complex numbers"},
		{"long double", npy(dict("<f16", false, "(1,)")), "", diag.Unsupported, "holds numbers of 16 bytes"},
		{"no dtype", npy(dict("<q8", false, "(1,)")), "", diag.BadFile, "unknown dtype '<q8'"},
		{"records", npy("{'descr': [('a', '<f4'), ('b', '<i4', (2,))], 'fortran_order': False, 'shape': (1,), }"), "", diag.Unsupported, "holds records"},
		{"no shape", npy("{'descr': '<f8', 'fortran_order': False}"), "", diag.BadFile, "no 'shape'"},
		{"negative", npy(dict("<f8", false, "(-1,)")), "", diag.BadFile, "the value of 'shape' cannot be read"},
		{"key twice", npy("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': ()}"), "", diag.BadFile, "'descr' stands twice"},
		{"no dictionary", npy("[1, 2, 3]"), "", diag.BadFile, "want a dictionary"},
		{"large", npy(dict("|u1", false, "(268435457,)")), "", diag.TooLarge, "more than 268435456 elements"},
		{"overflowing product", npy(dict("<f8", false, "(4294967296, 4294967296)")), "", diag.TooLarge, "more than 268435456 elements"},
		{"overflowing dimension", npy(dict("<f8", false, "(99999999999999999999999,)")), "", diag.TooLarge, "more than 268435456 elements"},
		{"empty but endless", npy(dict("<f8", false, "(0, 99999999999999)")), "", diag.TooLarge, "more than 268435456 elements"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := write(t, "a.npy", test.content)
			_, err := Load(path, test.array)
			wantError(t, err, path, test.code, test.text)
		})
	}
}

func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "none.npz"), "w")
	wantError(t, err, dir, diag.MissingFile, "none.npz: no such file")
	_, err = Load(dir, "w")
	wantError(t, err, dir, diag.MissingFile, "is a directory")
	path := write(t, "weights.h5", []byte("\x89HDF"))
	_, err = Load(path, "w")
	wantError(t, err, path, diag.Unsupported, `want a name that ends in .npy, .npz, .csv or .csv.gz, have "weights.h5"`)
}

func TestLoadKnowsFilesByTheirFirstBytes(t *testing.T) {
	got, err := Load(write(t, "weights", npy(dict("|u1", false, "(1,)"), 5)), "")
	if err != nil || got.Data[0] != 5 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestLoadSharedModel(t *testing.T) {
	path := shared.File(t, "models/mnist_mlp128.npz")
	names, err := Names(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		a, err := Load(path, name)
		if name == "layout" {
			wantError(t, err, path, diag.Unsupported, "holds text")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if name == "W0" && !slices.Equal(a.Shape, []int{784, 128}) && !slices.Equal(a.Shape, []int{128, 784}) {
			t.Errorf("W0 has shape %v", a.Shape)
		}
	}
}
