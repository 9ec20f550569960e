package golden_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// check returns what golden.Check tells the test.
func check(path, got string) string {
	r := &recorder{}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		golden.Check(r, path, []byte(got))
	}()
	return r.said
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
