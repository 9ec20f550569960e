package golden_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
)

// recorder is a test that keeps what it is told instead of failing.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.said += fmt.Sprintf(format, args...) }

// Fatalf does not return, as in a real test.
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

// told returns what a check tells the test.
func told(check func(t testing.TB)) string {
	r := &recorder{}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		check(r)
	}()
	return r.said
}

func check(path, got string) string {
	return told(func(t testing.TB) { golden.Check(t, path, []byte(got)) })
}

func TestCheckComparesWithTheFile(t *testing.T) {
	t.Setenv("UPDATE", "")
	path := filepath.Join(t.TempDir(), "x.golden")
	if err := os.WriteFile(path, []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path, got string
		want            []string // all of these are said; none: nothing is said
	}{
		{"equal", path, "one\ntwo\n", nil},
		{"differs", path, "one\n2\n", []string{"x.golden (-want +got)", "two", "2", "UPDATE=1"}},
		{"absent", path + ".none", "one\n", []string{"x.golden.none", "UPDATE=1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := check(c.path, c.got)
			if len(c.want) == 0 && said != "" {
				t.Errorf("said %q, want nothing", said)
			}
			for _, part := range c.want {
				if !strings.Contains(said, part) {
					t.Errorf("said %q, want %q in it", said, part)
				}
			}
		})
	}
}

func TestCheckWritesWhenUpdating(t *testing.T) {
	t.Setenv("UPDATE", "1")
	path := filepath.Join(t.TempDir(), "testdata", "x.golden")
	for _, text := range []string{"new\n", "changed\n"} {
		if said := check(path, text); said != "" {
			t.Fatalf("said %q, want nothing", said)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != text {
			t.Errorf("file holds %q, want %q", got, text)
		}
	}
}

func TestFilesAreThoseOfThePatterns(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.x", "a.x", "c.y", "d"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := fmt.Sprintf("%s", golden.Files(t, filepath.Join(dir, "*.y"), filepath.Join(dir, "*.x")))
	if want := "[c.y a.x b.x]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if said := told(func(t testing.TB) { golden.Files(t, filepath.Join(dir, "*.z")) }); !strings.Contains(said, "*.z") {
		t.Errorf("of no file: said %q", said)
	}
}

func TestToldWantsDiagnosticsWithPlaces(t *testing.T) {
	const src = "one\r\ntwo"
	at := func(line, col int) error {
		return diag.One(diag.Pos{File: "a", Line: line, Col: col}, diag.Syntax, "is wrong")
	}
	for _, c := range []struct {
		name string
		err  error
		bad  bool
	}{
		{"of the whole file", at(0, 0), false},
		{"in the last line", at(2, 3), false},
		{"behind it", at(3, 1), true},
		{"behind all columns", at(1, 10), true},
		{"before the first", at(1, -1), true},
		{"of another file", diag.One(diag.Pos{File: "b", Line: 9, Col: 9}, diag.Syntax, "is wrong"), false},
		{"of no file", diag.One(diag.Pos{}, diag.Syntax, "is wrong"), true},
		{"without a word", diag.One(diag.Pos{File: "a"}, diag.Syntax, ""), true},
		{"any error", os.ErrInvalid, true},
		{"none", nil, true},
	} {
		if said := told(func(t testing.TB) { golden.Told(t, c.err, "a", []byte(src)) }); (said != "") != c.bad {
			t.Errorf("%s: said %q", c.name, said)
		}
	}
}
