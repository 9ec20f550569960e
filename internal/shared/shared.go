// Package shared finds, for tests, the data that stand beside the project and not in it.
package shared

import (
	"os"
	"path/filepath"
	"testing"
)

// File returns the path of a file of that data, in the folder that WEFT_SHARED names or
// else in the folder shared beside the project's, or skips the test.
func File(t testing.TB, name string) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("WEFT_SHARED"), beside(t)} {
		if path := filepath.Join(dir, name); dir != "" {
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
	}
	t.Skipf("no shared data here (set WEFT_SHARED): %s", name)
	return ""
}

// beside is the folder shared beside the one of the module that the test is in.
func beside(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(at), "shared")
		}
		if at == filepath.Dir(at) {
			return ""
		}
	}
}
