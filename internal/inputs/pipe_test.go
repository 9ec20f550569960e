//go:build unix

package inputs

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe that nobody writes to is refused, and not waited for.
func TestPipesAreRefused(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := Open(pipe); !errors.Is(err, errPipe) {
		t.Errorf("Open: %v", err)
	}
	if _, err := ReadFile(pipe); !errors.Is(err, errPipe) {
		t.Errorf("ReadFile: %v", err)
	}
}
