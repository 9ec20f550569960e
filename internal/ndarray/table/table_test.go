package table_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/ndarray/table"
)

// line is what a scan gives.
type line struct {
	Number int
	Fields []string
	Cols   []int
}

func scan(text string) ([]line, error) {
	s := table.NewScanner(strings.NewReader(text))
	var lines []line
	for s.Scan() {
		l := line{Number: s.Line(), Cols: append([]int(nil), s.Cols()...)}
		for _, f := range s.Fields() {
			l.Fields = append(l.Fields, string(f))
		}
		lines = append(lines, l)
	}
	return lines, s.Err()
}

func TestScan(t *testing.T) {
	tests := []struct {
		name, text string
		want       []line
	}{
		{"nothing", "", nil},
		{"only comments", "# a\n\n  # b", nil},
		{"without a last newline", "a,b", []line{{1, []string{"a", "b"}, []int{1, 3}}}},
		{"blanks around fields", " a ,\tb b \r\n", []line{{1, []string{"a", "b b"}, []int{2, 6}}}},
		{"empty fields", "a,,\n,\n", []line{{1, []string{"a", "", ""}, []int{1, 3, 4}}, {2, []string{"", ""}, []int{1, 2}}}},
		{"quotes", `"a,b" , "say ""c""",""` + "\n", []line{{1, []string{"a,b", `say "c"`, ""}, []int{1, 9, 21}}}},
		{"line numbers count what is passed over", "\n# x\nb\n\nc\n", []line{{3, []string{"b"}, []int{1}}, {5, []string{"c"}, []int{1}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := scan(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestScanReadsLinesLongerThanItsBuffer(t *testing.T) {
	long := strings.Repeat("12345,", 100_000) + "6"
	got, err := scan(long + "\n7,8\n" + long)
	if err != nil {
		t.Fatal(err)
	}
	var counts []int
	for _, l := range got {
		counts = append(counts, len(l.Fields))
	}
	if diff := cmp.Diff([]int{100_001, 2, 100_001}, counts); diff != "" {
		t.Errorf("fields (-want +got)\n%s", diff)
	}
	_, err = scan("1\n" + strings.Repeat("0", table.MaxLine+1))
	e, ok := errors.AsType[*table.Error](err)
	if !ok || e.Line != 2 || !strings.Contains(e.Message, "longer than 16777216 bytes") {
		t.Errorf("endless line: got %v", err)
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "007": 7, "999999999": 999999999, "1234567890": 1234567890, "-3": -3, "+2.5": 2.5,
		"1e-3": 0.001, ".5": 0.5, "inf": math.Inf(1), "1e999": math.Inf(1),
	} {
		if got, ok := table.Number([]byte(text)); !ok || got != want {
			t.Errorf("Number(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "1,5", "1 2", "12a", "--1"} {
		if got, ok := table.Number([]byte(text)); ok {
			t.Errorf("Number(%q) = %v, want none", text, got)
		}
	}
}
