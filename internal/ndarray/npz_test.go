package ndarray

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
)

// deflated builds an .npz with compressed members.
func deflated(t testing.TB, members map[string][]byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, content := range members {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestLoadNPZByName(t *testing.T) {
	path := write(t, "mlp.npz", deflated(t, map[string][]byte{
		"w1.npy":     npy(dict("|u1", false, "(2,)"), 1, 2),
		"bias.npy":   npy(dict("|u1", false, "(1,)"), 3),
		"layout.npy": npy(dict("<U1", false, "(1,)"), 'x', 0, 0, 0),
		"notes.txt":  []byte("not an array"),
	}))
	names, err := Names(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"bias", "layout", "w1"}, names); diff != "" {
		t.Errorf("names (-want +got)\n%s", diff)
	}
	for _, name := range []string{"w1", "w1.npy"} {
		got, err := Load(path, name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&Array{Shape: []int{2}, Data: []float64{1, 2}}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	_, err = Load(path, "w2")
	wantError(t, err, path, diag.UnknownName, `has no array "w2"; did you mean "w1"? it holds bias, layout, w1`)
	_, err = Load(path, "")
	wantError(t, err, path, diag.UnknownName, "holds 3 arrays, so the one wanted must be named")
	_, err = Load(path, "layout")
	wantError(t, err, path, diag.Unsupported, `array "layout": holds text`)
}

func TestLoadNPZOfOneArrayNeedsNoName(t *testing.T) {
	got, err := Load(write(t, "a.npz", deflated(t, map[string][]byte{"x.npy": npy(dict("|u1", false, "()"), 9)})), "")
	if err != nil || got.Data[0] != 9 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestLoadNPZRefuses(t *testing.T) {
	whole := deflated(t, map[string][]byte{"x.npy": npy(dict("|u1", false, "(4000,)"), bytes.Repeat([]byte("weft"), 1000)...)})
	damaged := slices.Clone(whole)
	damaged[60] ^= 0x55

	var stored bytes.Buffer
	z := zip.NewWriter(&stored)
	w, _ := z.CreateHeader(&zip.FileHeader{Name: "x.npy", Method: zip.Store})
	_, _ = w.Write(npy(dict("|u1", false, "(4,)"), 1, 2, 3, 4))
	_ = z.Close()
	flipped := bytes.Replace(stored.Bytes(), []byte{1, 2, 3, 4}, []byte{1, 2, 3, 5}, 1)

	// A directory entry that claims more than the member unpacks to, or less.
	claim := func(n uint32) []byte {
		b := slices.Clone(whole)
		at := bytes.Index(b, []byte("PK\x01\x02"))
		binary.LittleEndian.PutUint32(b[at+24:], n)
		return b
	}
	head := uint32(len(npy(dict("|u1", false, "(4000,)"))))
	tests := []struct {
		name    string
		content []byte
		text    string
	}{
		{"no zip", []byte("hello, this is no archive"), "is not a whole .npz (zip) file"},
		{"cut short", whole[:len(whole)-30], "is not a whole .npz (zip) file: its directory"},
		{"damaged member", damaged, `array "x": is damaged: its compressed data are broken at or before byte 66; write the file again; its data begin at byte 35`},
		{"flipped bit", flipped, `array "x": is damaged: its checksum does not match; write the file again; its data begin at byte 35`},
		{"claims more", claim(head + 4001), "is damaged: it unpacks to less than its directory entry says"},
		{"claims less", claim(head + 3999), "is damaged: it unpacks to more than its directory entry says"},
		{"no arrays", deflated(t, map[string][]byte{"a.txt": nil}), "holds no arrays"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := write(t, "a.npz", test.content)
			_, err := Load(path, "")
			wantError(t, err, path, diag.BadFile, test.text)
		})
	}
}

func TestLoadNPZRefusesABombUnread(t *testing.T) {
	// One member whose header and directory entry both claim 2 GiB of float64,
	// and which unpacks to a few thousand bytes: what it claims is refused.
	b := deflated(t, map[string][]byte{"x.npy": npy(dict("<f8", false, "(268435456,)"), make([]byte, 4000)...)})
	at := bytes.Index(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[at+24:], uint32(len(npy(dict("<f8", false, "(268435456,)"))))+1<<31)
	path := write(t, "a.npz", b)
	allocated := testing.AllocsPerRun(1, func() {
		_, err := Load(path, "x")
		wantError(t, err, path, diag.TooLarge, "array \"x\": unpacks")
	})
	if allocated > 1000 {
		t.Errorf("%v allocations", allocated)
	}
	// An entry beyond the limit is refused by its size alone.
	binary.LittleEndian.PutUint32(b[at+24:], 1<<32-2)
	path = write(t, "b.npz", b)
	_, err := Load(path, "x")
	wantError(t, err, path, diag.TooLarge, "more than 268435456 elements")
}

func TestWriteNPZReadsBackAndIsDeterministic(t *testing.T) {
	arrays := map[string]*Array{
		"w":    {Shape: []int{2, 3}, Data: []float64{1, 2, 3, 4, 5, 6.5}},
		"half": {Shape: []int{2}, Data: []float64{0.5, -0.25}, Type: Float32},
		"pre":  {Shape: []int{3}, Data: []float64{0, 7, -1}, Type: Int32},
		"one":  {Shape: []int{}, Data: []float64{42}},
	}
	path := filepath.Join(t.TempDir(), "out.npz")
	var files [2][]byte
	for i := range files {
		if err := WriteNPZ(path, arrays); err != nil {
			t.Fatal(err)
		}
		files[i], _ = os.ReadFile(path)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two writes differ")
	}
	for name, want := range arrays {
		got, err := Load(path, name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&Array{Shape: want.Shape, Data: want.Data}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestWriteNPZLeavesNothingWhenItFails(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		array *Array
		text  string
	}{
		{&Array{Shape: []int{3}, Data: []float64{1}}, "shape [3] does not hold 1 elements"},
		{&Array{Shape: []int{1}, Data: []float64{0.5}, Type: Int32}, "0.5 is not a 32-bit integer"},
		{&Array{Shape: []int{1}, Data: []float64{1 << 40}, Type: Int32}, "is not a 32-bit integer"},
	}
	for _, test := range tests {
		err := WriteNPZ(filepath.Join(dir, "out.npz"), map[string]*Array{"a": test.array})
		if err == nil || !strings.Contains(err.Error(), test.text) {
			t.Errorf("got error %v, want %q", err, test.text)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWriteNPYIsAligned(t *testing.T) {
	var buf bytes.Buffer
	if err := WriteNPY(&buf, &Array{Shape: []int{2}, Data: []float64{1, 2}}); err != nil {
		t.Fatal(err)
	}
	if buf.Len() != 128+16 && buf.Len() != 64+16 {
		t.Errorf("%d bytes, want the elements at a multiple of 64", buf.Len())
	}
}

// NumPy 1.26 reads this as array(['a', 'größe'], dtype='<U5').
func TestWriteTexts(t *testing.T) {
	var out bytes.Buffer
	if err := WriteNPY(&out, &Array{Shape: []int{2}, Texts: []string{"a", "größe"}}); err != nil {
		t.Fatal(err)
	}
	b := out.Bytes()
	if !bytes.Contains(b, []byte("{'descr': '<U5', 'fortran_order': False, 'shape': (2,), }")) {
		t.Errorf("header %q", b[:80])
	}
	if got, want := string(b[len(b)-40:]), "a\x00\x00\x00"+strings.Repeat("\x00", 16)+"g\x00\x00\x00r\x00\x00\x00\xf6\x00\x00\x00\xdf\x00\x00\x00e\x00\x00\x00"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if err := WriteNPY(&out, &Array{Shape: []int{3}, Texts: []string{"a"}}); err == nil {
		t.Error("a shape of 3 was written with 1 text")
	}
}
