package yamldoc_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

func TestSyntaxErrorsNameTheirPlace(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"a: [1\nb: 2\n", "2:1: not well-formed YAML: did not find expected ','"},
		{"\n\na: {b\nc: d\n", "3:1: "},
		{"a: b: c", "1:1: not well-formed YAML: mapping values"},
		{"a:\n  - b\n c\n", "3:2: "},
		{"x\ny: z", "2:1: "},
		{"? a\n? b\n: c\n- d", "4:1: "},
		{"a: b\n---\nc: d\n", "3:1: not well-formed YAML: a second document"},
		{"a: b\nc: [{d:", "2:1: "},
		{"a: b\nc: [{d:\n\n", "2:1: "},
		{"a: b\r\nc:\r\n  \td: e\r\n", "3:3: not well-formed YAML: found character that cannot start any token"},
		{"# a\u2028a: b\u0085\r\n  c: d: e\n", "4:3: "},
		{"a: b\nä: \x01\n", "2:4: not well-formed YAML: control characters"},
		{"a: b\nc: \"\x7f\"\n", "2:5: not well-formed YAML: control characters"},
		{"a: ü\r\nä: b\xffc\n", "2:5: not well-formed YAML: invalid leading UTF-8"},
		{"a: b\rc: \xe2\x28\xa1\n", "2:4: not well-formed YAML: invalid trailing UTF-8"},
		{"a: b\nc: \xe2\x82", "2:4: not well-formed YAML: incomplete UTF-8"},
		{"\ufeffa: \x02", "1:4: "},
		{"\ufeff[", "1:1: "},
		{"\xff\xfea\x00\x01\x00", "1:1: not well-formed YAML: control characters"},
		{"a: b # *x\nc: [d, *xy]\ne: {f: *x, g: *x}\n", "2:8: not well-formed YAML: unknown anchor 'xy'"},
		{"a: b # *x\nc: [d, y*x]\ne: {f: *x, g: *x}\n", "3:8: not well-formed YAML: unknown anchor 'x'"},
	} {
		var diags diag.List
		if n := yamldoc.Parse("f.yaml", []byte(tt.src), &diags); n != nil || diags.Len() != 1 {
			t.Errorf("Parse(%q) = %v, %v; want one syntax error", tt.src, n, diags.Err())
			continue
		}
		if got := diags.Err().Error(); !strings.HasPrefix(got, "f.yaml:"+tt.want) {
			t.Errorf("Parse(%q): got %q, want %q", tt.src, got, tt.want)
		}
	}
}

func TestNothingAtTheEndIsAtTheLastLine(t *testing.T) {
	for _, src := range []string{"---", "---\n\n", "# x\n---\n"} {
		var diags diag.List
		n := yamldoc.Parse("f.yaml", []byte(src), &diags)
		if want := strings.Count(strings.TrimSpace(src), "\n") + 1; n == nil || !n.Null || n.Pos.Line != want {
			t.Errorf("Parse(%q) = %+v, %v; want nothing at line %d", src, n, diags.Err(), want)
		}
	}
}

func TestEmptyDocumentsMayFollow(t *testing.T) {
	for _, src := range []string{"a: b\n---\n", "a: b\n...\n", "---\na: b\n", "a: b\n--- # end\n"} {
		var diags diag.List
		if n := yamldoc.Parse("f.yaml", []byte(src), &diags); n.Get("a") == nil || diags.Len() > 0 {
			t.Errorf("Parse(%q) = %v, %v; want the document", src, n, diags.Err())
		}
	}
}

func TestTooManyValuesAreRefusedQuickly(t *testing.T) {
	const size = 8 << 20
	bomb := "a0: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	for name, src := range map[string]string{
		"aliases of aliases": bomb,
		"flow list":          "a: [" + strings.Repeat("0,", size/2) + "0]",
		"block list":         strings.Repeat("-\n", size/2),
		"empty lists":        "[" + strings.Repeat("[],", size/3) + "]",
		"deep lists":         strings.Repeat("[", size),
		"mappings":           strings.Repeat("{a: {}},", size/8),
		"keys":               strings.Repeat("key:\n", size/5),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var diags diag.List
			n := yamldoc.Parse("f.yaml", []byte(src), &diags)
			runtime.ReadMemStats(&after)
			if n != nil || !strings.Contains(diags.Err().Error(), "[too-large]") {
				t.Errorf("got %v, %v; want a too-large diagnostic", n, diags.Err())
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 200<<20 {
				t.Errorf("took %d MB, want less than 200 MB", used>>20)
			}
		})
	}
}

func TestLongWordsAreCutInMessages(t *testing.T) {
	var diags diag.List
	key, long := strings.Repeat("k", 1000), strings.Repeat("x", 1<<20)
	n := yamldoc.Parse("f.yaml", []byte(key+": "+long+"\n"+key+": 2\n"), &diags)
	r := yamldoc.Reader{Diags: &diags}
	r.Mapping(n, "file", "a")
	r.Enum(n.Get(key), "value", "a")
	r.Float(n.Get(key), "number")
	if err := diags.Err(); diags.Len() != 4 || len(err.Error()) > 1000 {
		t.Errorf("%d diagnostics have %d bytes, want 4 short ones", diags.Len(), len(err.Error()))
	}
}

func TestUnknownFieldsBeyondTheLimitCostLittle(t *testing.T) {
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, "field%d: 1\n", i)
	}
	var diags diag.List
	n := yamldoc.Parse("f.yaml", []byte(b.String()), &diags)
	// With a comparison of each name with each other this would not end.
	yamldoc.Reader{Diags: &diags}.Mapping(n, "file", "fields", "feld")
	if diags.Len() != 100_000 {
		t.Errorf("%d diagnostics, want 100000", diags.Len())
	}
}

func TestIntegersAreThoseOfYAML(t *testing.T) {
	for text, want := range map[string]int64{"10": 10, "010": 10, "-010": -10, "0x10": 16, "0o10": 8, "1_000": 1000, "1e3": 1000, "0": 0} {
		var diags diag.List
		n := yamldoc.Parse("f.yaml", []byte("a: "+text+"\n"), &diags)
		got := yamldoc.Reader{Diags: &diags}.Int(n.Get("a"), "a", -1000, 1000)
		if f, _ := n.Get("a").Number(); got != want || f != float64(want) || diags.Len() > 0 {
			t.Errorf("%s is read as %d and %v, want %d; %v", text, got, f, want, diags.Err())
		}
	}
}
