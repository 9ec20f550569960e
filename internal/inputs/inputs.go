// Package inputs opens the files that a command reads, and knows afterwards which
// these were, however they came to be named: on the command line, or in a file that was
// itself read. Nothing that a command writes may replace one of them. It is the only one
// to open files for reading, but for those that are looked at because they are to be
// replaced; internal/archtest has the list of these.
package inputs

import (
	"errors"
	"maps"
	"os"
	"slices"
	"sync"
)

// opened has the paths that were opened since the last Forget. It is one of the process, for
// readers are deep below the commands that have to know.
var opened struct {
	sync.Mutex
	paths map[string]struct{}
}

var errPipe = errors.New("is a pipe, want a file")

// check refuses a pipe in the file system: nobody may ever write to it. One that a shell
// made for this process is none of these.
func check(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 || isShellPipe(path) {
		return nil //nolint:nilerr // to open it says what is wrong
	}
	return &os.PathError{Op: "open", Path: path, Err: errPipe}
}

// Open is os.Open of a file that is read, and is no pipe. It may be called from several
// goroutines at once.
func Open(path string) (*os.File, error) { return read(path, os.Open, openPipe) }

// ReadFile is os.ReadFile of a file that is read, and is no pipe.
func ReadFile(path string) ([]byte, error) { return read(path, os.ReadFile, readPipe) }

// read opens or reads a file, or what a pipe of the shell gives, and notes that.
func read[T any](path string, how, piped func(path string) (T, error)) (out T, err error) {
	if err := check(path); err != nil {
		return out, err
	}
	if isShellPipe(path) {
		how = piped
	}
	if out, err = how(path); err == nil {
		note(path)
	}
	return out, err
}

func note(path string) {
	opened.Lock()
	defer opened.Unlock()
	if opened.paths == nil {
		opened.paths = map[string]struct{}{}
	}
	opened.paths[path] = struct{}{}
}

// Files lists the paths that were opened, as they were given, each once and in order.
func Files() []string {
	opened.Lock()
	defer opened.Unlock()
	return slices.Sorted(maps.Keys(opened.paths))
}

// Forget begins anew: what was opened by now was read by another command.
func Forget() {
	opened.Lock()
	defer opened.Unlock()
	opened.paths = nil
	given.Lock()
	defer given.Unlock()
	given.texts = nil
}
