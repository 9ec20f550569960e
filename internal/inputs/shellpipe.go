package inputs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
)

// maxPipe is how many bytes are kept of what a shell's pipe gives.
const maxPipe = 64 << 20

var errLongPipe = fmt.Errorf("gives more than %d bytes, the most that is read of a pipe; want a file", maxPipe)

// given has what the pipes of the shell, as in weft run <(cat net.yaml), gave: a pipe is
// read once, and a command reads its files as often as it likes.
var given struct {
	sync.Mutex
	texts map[string][]byte
}

// isShellPipe reports whether path is a pipe that a shell made for this process.
func isShellPipe(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&os.ModeNamedPipe != 0 && (strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/"))
}

// readPipe returns what a pipe of the shell gives, or gave.
func readPipe(path string) ([]byte, error) {
	given.Lock()
	defer given.Unlock()
	if text, ok := given.texts[path]; ok {
		return slices.Clone(text), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPipe+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxPipe {
		return nil, &os.PathError{Op: "read", Path: path, Err: errLongPipe}
	}
	if given.texts == nil {
		given.texts = map[string][]byte{}
	}
	given.texts[path] = text
	return slices.Clone(text), nil
}

// openPipe returns a file of what a pipe of the shell gives, or gave; it is gone when it is
// closed.
func openPipe(path string) (*os.File, error) {
	text, err := readPipe(path)
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "weft-*")
	if err != nil {
		return nil, err
	}
	_, wrong := f.Write(text)
	_, back := f.Seek(0, io.SeekStart)
	if err := errors.Join(wrong, back, os.Remove(f.Name())); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
