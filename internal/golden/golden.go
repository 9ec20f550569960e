// Package golden compares what a test made with a file that somebody has read
// and accepted, and rewrites the file when asked to: UPDATE=1 go test ./...
//
// An environment variable and not a flag, since a flag is an error in every
// package whose tests do not define it, and the test cache tracks it.
package golden

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Updating reports whether goldens are to be rewritten rather than compared.
func Updating() bool { return os.Getenv("UPDATE") == "1" }

// Check reports an error when got is not what the file at path holds. When
// Updating, it writes got there instead, with the folders it needs.
//
// A golden file is text short enough to review, in testdata/, with no clocks,
// paths or noisy digits in it.
func Check(t testing.TB, path string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(path)
	if Updating() {
		if err == nil && bytes.Equal(want, got) {
			return
		}
		if err := write(path, got); err != nil {
			t.Fatalf("update golden: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("golden file: %v; UPDATE=1 go test writes it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got); UPDATE=1 go test accepts it:\n%s", path, diff)
	}
}

// Files returns what the files hold whose paths match a pattern of the list, at least
// one of each: seeds of fuzz targets.
func Files(t testing.TB, patterns ...string) [][]byte {
	t.Helper()
	var out [][]byte
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no file is called %s: %v", pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, content)
		}
	}
	return out
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
