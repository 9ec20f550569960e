package events_test

import (
	"os"
	"path/filepath"
	"testing"
)

// shared finds a file of the shared data or skips the test.
func shared(t testing.TB, name string) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("WEFT_SHARED"), "../../../shared"} {
		if path := filepath.Join(dir, name); dir != "" {
			if _, err := os.Stat(path); err == nil {
				return path
			}
		}
	}
	t.Skipf("no shared data here (set WEFT_SHARED): %s", name)
	return ""
}
