package cli

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// A disk that is full is no file that is missing.
func TestErrorsOfWritingNameNoMissingFile(t *testing.T) {
	for op, want := range map[string]string{
		"open":  "f: cannot be used: no reason [missing-file]\n",
		"write": "weft: write f: no reason\n",
	} {
		var said strings.Builder
		if status := tell(&fs.PathError{Op: op, Path: "f", Err: errors.New("no reason")}, &said); status != exitInput || said.String() != want {
			t.Errorf("%s: status %d, %q, want %q", op, status, said.String(), want)
		}
	}
}
