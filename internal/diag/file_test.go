package diag

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "four")
	if err := os.WriteFile(path, []byte("four"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, bad := ReadFile(path, 4); bad != nil || string(data) != "four" {
		t.Errorf("got %q, %v", data, bad)
	}
	for _, test := range []struct {
		path string
		want string
	}{
		{path, "has 4 bytes, at most 3 are read [too-large]"},
		{dir, "is a directory, want a file [missing-file]"},
		{filepath.Join(dir, "none"), "cannot be read: "},
	} {
		data, bad := ReadFile(test.path, 3)
		if bad == nil || data != nil || !strings.HasPrefix(bad.Err().Error(), test.path+": "+test.want) {
			t.Errorf("%s: got %q, %v, want %s", test.path, data, bad, test.want)
		}
	}
}

// A pipe is read to its end, and may be as long as a file.
func TestReadFileOfAPipe(t *testing.T) {
	const pipe = "/dev/fd"
	if _, err := os.Stat(pipe); err != nil {
		t.Skip("this system has no ", pipe)
	}
	for _, test := range []struct{ text, want string }{{"four", ""}, {"a fifth", "has 7 bytes, at most 4 are read"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := w.WriteString(test.text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		data, bad := ReadFile(filepath.Join(pipe, strconv.Itoa(int(r.Fd()))), 4)
		if test.want == "" && (bad != nil || string(data) != test.text) || test.want != "" && (bad == nil || bad.Message != test.want) {
			t.Errorf("%q: got %q, %v, want %q", test.text, data, bad, test.want)
		}
	}
}
