package ndarray

import (
	"bytes"
	"compress/gzip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
)

func gz(content []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(content)
	_ = w.Close()
	return buf.Bytes()
}

func TestLoadCSV(t *testing.T) {
	tests := []struct {
		name, text, column string
		want               *Array
	}{
		{"table", "1,2\n3,4\n5,6\n", "", &Array{Shape: []int{3, 2}, Data: []float64{1, 2, 3, 4, 5, 6}}},
		{"table under a header", "a,b\n1,2\n3,4\n", "", &Array{Shape: []int{2, 2}, Data: []float64{1, 2, 3, 4}}},
		{"column", "pre,post\n1,2\n3,4\n", "post", &Array{Shape: []int{2}, Data: []float64{2, 4}}},
		{"column beside words", "id,name,w\n1,ann,0.5\n2,\"bob, jr\",-1e-3\n", "w", &Array{Shape: []int{2}, Data: []float64{0.5, -1e-3}}},
		{"quoted header", "\"a b\", \"say \"\"c\"\"\"\r\n1 , 2\r\n", `say "c"`, &Array{Shape: []int{1}, Data: []float64{2}}},
		{"byte order mark, comments, empty lines", "\xef\xbb\xbf# made by hand\n\n1,2\n\n# more\n3,4", "", &Array{Shape: []int{2, 2}, Data: []float64{1, 2, 3, 4}}},
		{"one column", "7\n8\n", "", &Array{Shape: []int{2, 1}, Data: []float64{7, 8}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for file, content := range map[string][]byte{"a.csv": []byte(test.text), "a.csv.gz": gz([]byte(test.text))} {
				got, err := Load(write(t, file, content), test.column)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s (-want +got)\n%s", file, diff)
				}
			}
		})
	}
}

func TestLoadCSVRefuses(t *testing.T) {
	tests := []struct {
		name, text, column string
		code               diag.Code
		message            string
	}{
		{"empty", "", "", diag.BadFile, "is empty"},
		{"header only", "a,b\n", "", diag.BadFile, "has a header but no line of numbers"},
		{"ragged", "1,2\n3\n", "", diag.BadFile, "a.csv:2:1: has 1 columns, want 2"},
		{"word", "1,2\n3, x4\n", "", diag.BadFile, `a.csv:2:4: want a number, have "x4"`},
		{"empty field", "1,2\n3,\n", "", diag.BadFile, `a.csv:2:3: want a number, have ""`},
		{"unknown column", "pre,post\n1,2\n", "pst", diag.UnknownName, `has no column "pst"; did you mean "post"? its columns are pre, post`},
		{"no header", "1,2\n", "pre", diag.UnknownName, "the first line is numbers and not a header"},
		{"column twice", "a,a\n1,2\n", "a", diag.BadFile, `two columns with header "a"`},
		{"open quote", "a,\"b\n1,2\n", "", diag.BadFile, "a.csv:1:3: the quote is not closed"},
		{"after quote", "a,\"b\"c\n1,2\n", "", diag.BadFile, "a.csv:1:6: want a comma after the closing quote"},
		{"binary", "1,2\n3,\x004\n", "", diag.BadFile, "a.csv:2:3: is not comma-separated text"},
		{"semicolons", "1;2\n3;4\n", "", diag.BadFile, "parts its columns by semicolons, want commas"},
		{"UTF-16", "\xff\xfe1\x00", "", diag.BadFile, "is UTF-16 text; save it as UTF-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := write(t, "a.csv", []byte(test.text))
			_, err := Load(path, test.column)
			wantError(t, err, path, test.code, test.message)
		})
	}
}

func TestLoadRefusesBrokenGzip(t *testing.T) {
	whole := gz(bytes.Repeat([]byte("1,2,3\n4,5,6\n"), 1000))
	sum := bytes.Clone(whole)
	sum[len(sum)-8] ^= 1
	tests := []struct {
		name    string
		content []byte
		message string
	}{
		{"cut in the data", whole[:len(whole)/2], "is cut short: the gzip stream ends"},
		{"cut in the checksum", whole[:len(whole)-4], "is cut short: the gzip stream ends"},
		{"cut in the header", whole[:5], "is cut short: the gzip stream ends"},
		{"checksum", sum, "the gzip checksum does not match"},
		{"trailing bytes", append(bytes.Clone(whole), "and more text"...), "is not gzip"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := write(t, "a.csv.gz", test.content)
			_, err := Load(path, "")
			wantError(t, err, path, diag.BadFile, test.message)
		})
	}
}

func TestOpenStopsAtItsLimit(t *testing.T) {
	path := write(t, "zeros.gz", gz(make([]byte, 1<<20)))
	s, err := Open(path, 1000)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, err := bytes.NewBuffer(nil).ReadFrom(s)
	if n != 1000 {
		t.Errorf("%d bytes read, want 1000", n)
	}
	wantError(t, err, path, diag.TooLarge, "has more than 1000 bytes when unpacked")
}
