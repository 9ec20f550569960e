package dataset_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// idx builds an IDX file.
func idx(typ byte, shape []uint32, elements ...byte) []byte {
	b := []byte{0, 0, typ, byte(len(shape))}
	for _, d := range shape {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return append(b, elements...)
}

func gz(content []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(content)
	_ = w.Close()
	return buf.Bytes()
}

// dir writes files into a fresh directory and returns it.
func dir(t testing.TB, files map[string][]byte) string {
	t.Helper()
	d := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(d, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// samples lists every value of a set.
func samples(s *dataset.Set) [][]float64 {
	var all [][]float64
	for i := range s.N {
		row := make([]float64, s.Size())
		s.Sample(i, row)
		all = append(all, row)
	}
	return all
}

// wantError checks one diagnostic of err, without the directory's name.
func wantError(t *testing.T, err error, dir, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	got := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
	if !strings.Contains(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func loadIDX(d, images, labels string) (*dataset.Set, error) {
	return dataset.Load(dataset.Options{Format: dataset.IDX, Images: filepath.Join(d, images), Labels: filepath.Join(d, labels), Scale: 2})
}

func TestIDXOfEveryType(t *testing.T) {
	be := binary.BigEndian
	tests := []struct {
		name   string
		images []byte
		want   [][]float64
	}{
		{"u8", idx(0x08, []uint32{2, 1, 2}, 0, 1, 2, 255), [][]float64{{0, 0.5}, {1, 127.5}}},
		{"i8", idx(0x09, []uint32{2, 1, 2}, 0, 1, 2, 255), [][]float64{{0, 0.5}, {1, -0.5}}},
		{"i16", idx(0x0b, []uint32{2, 1, 1}, 1, 0, 0xff, 0xfe), [][]float64{{128}, {-1}}},
		{"i32", idx(0x0c, []uint32{2, 1}, 0, 0, 1, 0, 0xff, 0xff, 0xff, 0xfe), [][]float64{{128}, {-1}}},
		{"f32", idx(0x0d, []uint32{2, 1}, be.AppendUint32(be.AppendUint32(nil, math.Float32bits(0.5)), math.Float32bits(3))...), [][]float64{{0.25}, {1.5}}},
		{"f64", idx(0x0e, []uint32{2, 1}, be.AppendUint64(be.AppendUint64(nil, math.Float64bits(0.5)), math.Float64bits(3))...), [][]float64{{0.25}, {1.5}}},
	}
	for _, test := range tests {
		for _, pack := range []func([]byte) []byte{bytes.Clone, gz} {
			d := dir(t, map[string][]byte{"images": pack(test.images), "labels": pack(idx(0x08, []uint32{2}, 3, 1))})
			s, err := loadIDX(d, "images", "labels")
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			if diff := cmp.Diff(test.want, samples(s)); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", test.name, diff)
			}
			if diff := cmp.Diff([]int{3, 1}, s.Labels); diff != "" || s.Classes != 4 || s.N != 2 {
				t.Errorf("%s: %d samples, %d classes, labels (-want +got)\n%s", test.name, s.N, s.Classes, diff)
			}
		}
	}
}

func TestIDXRefuses(t *testing.T) {
	images := idx(0x08, []uint32{3, 2, 2}, make([]byte, 12)...)
	labels := idx(0x08, []uint32{3}, 0, 1, 2)
	nan := binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(math.NaN())))
	bigGz := gz(make([]byte, 1<<20))
	tests := []struct {
		name           string
		images, labels []byte
		want           string
	}{
		{"wrong magic", []byte("\x89PNG\r\n\x1a\n"), labels, "images: is no IDX file: it starts with bytes 89 50 4e 47, want 00 00"},
		{"unknown type", idx(0x07, []uint32{1, 1}, 0), labels, "images: is no IDX file: it starts with bytes 00 00 07 02"},
		{"no dimensions", idx(0x08, nil), labels, "images: has 0 dimensions, want 1 to 8"},
		{"ends in the header", images[:10], labels, "images: is no IDX file: it ends at byte 10, inside the header"},
		{"empty", nil, labels, "images: is no IDX file: it ends at byte 0"},
		{"cut short", images[:20], labels, "images: is cut short: its header, shape [3, 2, 2] of u8, wants 28 bytes, but the file cannot hold more than 20"},
		{"cut short before it was gzipped", gz(images[:20]), labels, "images: is cut short: it ends at byte 20, but its header, shape [3, 2, 2] of u8, wants 28; copy the file again [bad-dataset]"},
		{"gzip cut short", gz(images)[:25], labels, "images: is cut short: the gzip stream ends"},
		{"too long", append(bytes.Clone(images), 0), labels, "images: goes on after byte 28, where its header, shape [3, 2, 2] of u8, says it ends"},
		{"one label less", images, idx(0x08, []uint32{2}, 0, 1), "labels: holds 2 labels for 3 samples in images [bad-dataset]"},
		{"swapped", labels, images, "labels: holds an array of shape [3, 2, 2], want one label for each sample, shape [N]; `images` and `labels` look swapped"},
		{"labels twice", labels, labels, "images: holds an array of shape [3], want samples"},
		{"no samples", idx(0x08, []uint32{0, 28, 28}), idx(0x08, []uint32{0}), "images: holds no samples: its shape is [0, 28, 28]"},
		{"negative label", images, idx(0x09, []uint32{3}, 0, 255, 2), "labels: the label of sample 1 (from 0) is -1, want 0 to 65535"},
		{"NaN", idx(0x0d, []uint32{3, 1}, append(make([]byte, 8), nan...)...), labels, "images: value 0 of sample 2 (both from 0) is NaN, want finite numbers [not-finite]"},
		{"claims 2^31 samples", idx(0x0e, []uint32{1 << 31}), labels, "images: its header claims 2,147,483,648 samples, at most 16,777,216 are read [too-large]"},
		{"claims 2^31 items", idx(0x08, []uint32{1 << 24, 1 << 8}), labels, "images: its header claims more than 2147483648 elements of type u8"},
		{"claims 2^64 items", idx(0x08, []uint32{1 << 24, 1 << 31, 1 << 9}), labels, "images: its header claims more than 2147483648 elements"},
		{"claims 2^30 floats", idx(0x0d, []uint32{1 << 24, 1 << 6}), labels, "images: its header claims more than 268435456 elements of type f32"},
		{"claims more than gzip could hold", gz(idx(0x08, []uint32{1 << 24, 1 << 6})), labels, "images: is cut short: its header, shape [16777216, 64] of u8"},
		{"gzip bomb", bigGz, labels, "images: is no IDX file: it starts with bytes 00 00 00 00"},
		{"no images", nil, nil, "images: is no IDX file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := dir(t, map[string][]byte{"images": test.images, "labels": test.labels})
			_, err := loadIDX(d, "images", "labels")
			wantError(t, err, d, test.want)
		})
	}
	d := dir(t, nil)
	_, err := loadIDX(d, "images.gz", "labels")
	wantError(t, err, d, "images.gz: no such file [missing-file]")
}

const irisText = `150,4,setosa,versicolor,virginica
5.1,3.5,1.4,0.2,0
4.9,3.0,1.4,0.2,2
`

func TestCSV(t *testing.T) {
	tests := []struct {
		name, text, label string
		want              [][]float64
		labels            []int
	}{
		{"last column", "1,2,0\n3,4,1\n", "-1", [][]float64{{1, 2}, {3, 4}}, []int{0, 1}},
		{"first column", "0,1,2\n1,3,4\n", "0", [][]float64{{1, 2}, {3, 4}}, []int{0, 1}},
		{"by name", "a,class,b\n1,0,2\n3,1,4\n", "class", [][]float64{{1, 2}, {3, 4}}, []int{0, 1}},
		{"by number under a header", "a,class,b\n1,0,2\n3,1,4\n", "1", [][]float64{{1, 2}, {3, 4}}, []int{0, 1}},
		{"quoted names and CRLF", "\"a\",\"b\"\r\n1,0\r\n3,1\r\n", "b", [][]float64{{1}, {3}}, []int{0, 1}},
		{"counts and class names, as many as columns", irisText, "4", [][]float64{{float64(float32(5.1)), 3.5, float64(float32(1.4)), float64(float32(0.2))}, {float64(float32(4.9)), 3, float64(float32(1.4)), float64(float32(0.2))}}, []int{0, 2}},
		{"counts and class names, fewer than columns", "2,3,no,yes\n1,2,3,0\n4,5,6,1\n", "-1", [][]float64{{1, 2, 3}, {4, 5, 6}}, []int{0, 1}},
		{"counts alone", "2,3\n1,2,3,0\n4,5,6,1\n", "-1", [][]float64{{1, 2, 3}, {4, 5, 6}}, []int{0, 1}},
		{"a header that looks like counts", "1,2,label\n5,6,0\n7,8,1\n", "label", [][]float64{{5, 6}, {7, 8}}, []int{0, 1}},
		{"a first sample that looks like counts", "2,2,0\n3,4,1\n", "-1", [][]float64{{2, 2}, {3, 4}}, []int{0, 1}},
		{"one sample", "2,2,0\n", "-1", [][]float64{{2, 2}}, []int{0}},
		{"label as a float", "1.5,2,0.0\n", "-1", [][]float64{{1.5, 2}}, []int{0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := dir(t, map[string][]byte{"a.csv": []byte(test.text), "a.csv.gz": gz([]byte(test.text))})
			for _, file := range []string{"a.csv", "a.csv.gz"} {
				s, err := dataset.Load(dataset.Options{Format: dataset.CSV, File: filepath.Join(d, file), Label: test.label})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, samples(s)); diff != "" {
					t.Errorf("values (-want +got)\n%s", diff)
				}
				if diff := cmp.Diff(test.labels, s.Labels); diff != "" {
					t.Errorf("labels (-want +got)\n%s", diff)
				}
			}
		})
	}
}

func TestCSVRefuses(t *testing.T) {
	tests := []struct{ name, text, label, want string }{
		{"empty", "", "-1", "a.csv: is empty"},
		{"header only", "a,b\n", "b", "a.csv: holds no samples: no line of numbers follows the header"},
		{"unknown name", "width,class\n1,0\n", "clas", `a.csv: has no column "clas" for ` + "`label`" + `; did you mean "class"? [unknown-name]`},
		{"name without header", "1,0\n2,1\n", "class", "has no header with the names of columns, so `label: class` names none; give its number, from 0, or -1 for the last [unknown-name]"},
		{"name under counts", irisText, "species", "has no header with the names of columns, so `label: species` names none; give its number"},
		{"name of a class", irisText, "virginica", "has no header with the names of columns, so `label: virginica` names none; give its number"},
		{"number too large", "1,0\n2,1\n", "2", "has no column 2 for `label`; its columns are 0 to 1, and -1 is the last"},
		{"name twice", "a,a,b\n1,2,3\n", "a", `two columns with header "a"`},
		{"one column", "1\n2\n", "0", "has one column"},
		{"uneven header", "a,b\n1,2,3\n", "-1", "a.csv:1:1: the header has 2 columns, but line 2 has 3"},
		{"uneven line", "1,2,0\n3,1\n", "-1", "a.csv:2:1: has 2 columns, want 3"},
		{"word", "1,2,0\n3,x,1\n", "-1", `a.csv:2:3: want a number, have "x" [bad-dataset]`},
		{"missing value", "1,2,0\n3,,1\n", "-1", `a.csv:2:3: want a number, have ""`},
		{"NaN", "1,2,0\n3,nan,1\n", "-1", "a.csv:2:3: the value is nan, want a finite number (up to 3.4e38) [not-finite]"},
		{"fractional label", "1,2,0\n3,4,0.5\n", "-1", "a.csv:2:5: the label is 0.5, want a whole number"},
		{"negative label", "1,2,0\n3,4,-1\n", "-1", "a.csv:2:5: the label is -1, want 0 to 65535"},
		{"large label", "1,2,0\n3,4,65536\n", "-1", "a.csv:2:5: the label is 65536, want 0 to 65535"},
		{"NaN label", "1,2,0\n3,4,nan\n", "-1", "a.csv:2:5: the label is nan, want a whole number"},
		{"semicolons", "1;2\n", "-1", "a.csv:1:1: columns are parted by semicolons, want commas"},
		{"binary", "1,0\n\x00\x00,1\n", "-1", "a.csv:2:1: is not comma-separated text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := dir(t, map[string][]byte{"a.csv": []byte(test.text)})
			_, err := dataset.Load(dataset.Options{Format: dataset.CSV, File: filepath.Join(d, "a.csv"), Label: test.label})
			wantError(t, err, d, test.want)
		})
	}
}

func TestCSVReportsAllMistakesOfARun(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "1,x%d,0\n", i)
	}
	d := dir(t, map[string][]byte{"a.csv": []byte("a,b,c\n" + b.String())})
	_, err := dataset.Load(dataset.Options{Format: dataset.CSV, File: filepath.Join(d, "a.csv"), Label: "c"})
	wantError(t, err, d, `a.csv:2:3: want a number, have "x0"`)
	wantError(t, err, d, `a.csv:51:3: want a number, have "x49"`)
	wantError(t, err, d, "and 10 more")
}

func TestNPZ(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.npz")
	whole := &ndarray.Array{Shape: []int{2, 2}, Data: []float64{0, 51, 255, 102}}
	err := ndarray.WriteNPZ(path, map[string]*ndarray.Array{
		"x":     whole,
		"real":  {Shape: []int{2, 1, 2}, Data: []float64{0, -0.5, 0.25, 1e6}},
		"y":     {Shape: []int{2}, Data: []float64{7, 3}},
		"short": {Shape: []int{1}, Data: []float64{7}},
		"half":  {Shape: []int{2}, Data: []float64{7, 0.5}},
		"nan":   {Shape: []int{2, 2}, Data: []float64{0, 1, 2, math.Inf(1)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	load := func(images, labels string) (*dataset.Set, error) {
		return dataset.Load(dataset.Options{Format: dataset.NPZ, File: path, Images: images, Labels: labels, Scale: 255})
	}
	s, err := load("x", "y")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]float64{{0, 0.2}, {1, 0.4}}, samples(s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if s, err = load("real", "y"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]float64{{0, -0.5 / 255}, {0.25 / 255, 1e6 / 255}}, samples(s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]int{1, 2}, s.Shape); diff != "" {
		t.Errorf("shape (-want +got)\n%s", diff)
	}
	for _, test := range []struct{ images, labels, want string }{
		{"xx", "y", `has no array "xx"; did you mean "x"?`},
		{"x", "short", `array "short": holds 1 labels for 2 samples in array "x"`},
		{"x", "half", `array "half": the label of sample 1 (from 0) is 0.5, want a whole number`},
		{"nan", "y", `array "nan": value 1 of sample 1 (both from 0) is +Inf`},
		{"y", "x", "look swapped"},
	} {
		_, err := load(test.images, test.labels)
		wantError(t, err, filepath.Dir(path), test.want)
	}
}

func TestSliceSharesValuesAndKeepsClasses(t *testing.T) {
	d := dir(t, map[string][]byte{"a.csv": []byte("1,0\n2,1\n3,2\n4,9\n")})
	s, err := dataset.Load(dataset.Options{Format: dataset.CSV, File: filepath.Join(d, "a.csv"), Label: "-1"})
	if err != nil {
		t.Fatal(err)
	}
	part := s.Slice(1, 2)
	if diff := cmp.Diff([][]float64{{2}, {3}}, samples(part)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]int{1, 2}, part.Labels); diff != "" || part.N != 2 || part.Classes != 10 {
		t.Errorf("%d samples, %d classes, labels (-want +got)\n%s", part.N, part.Classes, diff)
	}
}
