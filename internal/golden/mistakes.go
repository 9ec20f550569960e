package golden

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
)

// An expectation is a comment at the end of the line that is wrong, in the
// comment style of the file:
//
//	delay: 0  # ERROR "want 1 to 4096" "a second mistake of the line"
//	add s0    ; ERROR "add takes 3 operands"
//
// Each pattern is a regular expression for one diagnostic's message and code;
// inside it only the quote is escaped.
var (
	errorComment = regexp.MustCompile(`[#;] ERROR((?: +"(?:[^"\\]|\\.)*")+)\s*$`)
	errorPattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// place is a line of a file.
type place struct {
	file string
	line int
}

// Mistakes compares err, which must be a *diag.Error, with the expectations in
// src, the content of file, and in the other files that it names: every
// diagnostic has to be expected, and every expectation met. It returns the
// diagnostics.
func Mistakes(t testing.TB, err error, file string, src []byte) []diag.Diagnostic {
	t.Helper()
	e, ok := errors.AsType[*diag.Error](err)
	if !ok {
		t.Fatalf("got error %v, want a *diag.Error", err)
	}
	if e.Dropped > 0 {
		t.Errorf("%d diagnostics were dropped; split the file", e.Dropped)
	}
	want := map[place][]string{}
	expect(t, file, src, want)
	read := map[string]bool{file: true}
	for _, d := range e.Diagnostics {
		if f := d.Pos.File; !read[f] {
			read[f] = true
			other, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, f, other, want)
		}
		if !take(want, place{d.Pos.File, d.Pos.Line}, d.Message+" ["+string(d.Code)+"]") {
			t.Errorf("unexpected: %s", d)
		}
	}
	for at, patterns := range want {
		for _, p := range patterns {
			t.Errorf("%s:%d: nothing matches %s", at.file, at.line, p)
		}
	}
	return e.Diagnostics
}

// Told checks that err, of reading file with the content src, is a *diag.Error whose
// diagnostics all have a file, a code and a message, and are about places that there
// are.
func Told(t testing.TB, err error, file string, src []byte) {
	t.Helper()
	e, ok := errors.AsType[*diag.Error](err)
	if !ok || len(e.Diagnostics) == 0 {
		t.Fatalf("got error %v of type %T, want a *diag.Error", err, err)
	}
	lines := 1 + len(lineBreak.FindAll(src, -1))
	for _, d := range e.Diagnostics {
		at := d.Pos
		if at.File == "" || d.Code == "" || d.Message == "" || at.File == file && (at.Line < 0 || at.Line > lines || at.Col < 0 || at.Col > len(src)+1) {
			t.Errorf("%+v, of a file of %d lines and %d bytes", d, lines, len(src))
		}
	}
}

// lineBreak is what any of the formats takes for the end of a line.
var lineBreak = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")

// expect adds the expectations of a file.
func expect(t testing.TB, file string, src []byte, want map[place][]string) {
	t.Helper()
	for i, line := range strings.Split(string(src), "\n") {
		m := errorComment.FindStringSubmatch(line)
		if m == nil {
			if strings.Contains(line, " ERROR ") {
				t.Fatalf("%s:%d: want ERROR \"regexp\" at the end of the line", file, i+1)
			}
			continue
		}
		at := place{file, i + 1}
		for _, q := range errorPattern.FindAllString(m[1], -1) {
			want[at] = append(want[at], strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`))
		}
	}
}

// take removes the first pattern of a place that matches text.
func take(want map[place][]string, at place, text string) bool {
	for i, p := range want[at] {
		if regexp.MustCompile(p).MatchString(text) {
			want[at] = append(want[at][:i:i], want[at][i+1:]...)
			return true
		}
	}
	return false
}
