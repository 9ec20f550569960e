//go:build unix

package inputs

import (
	"errors"
	"fmt"
	"io"
	"os"
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

// What a shell's pipe gives can be read as often as a file.
func TestPipesOfTheShellAreReadOnce(t *testing.T) {
	if _, err := os.Stat("/dev/fd"); err != nil {
		t.Skip(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("text"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	defer Forget()
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	for range 2 {
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil || string(text) != "text" {
			t.Errorf("Open: got %q and %v, want the text", text, err)
		}
		if text, err := ReadFile(path); err != nil || string(text) != "text" {
			t.Errorf("ReadFile: got %q and %v, want the text", text, err)
		}
	}
}
