package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
)

// A file is text that says which run it is of, then numbers, then the SHA-256 of both:
//
//	weft checkpoint 2
//	image "sha256 5e88…"
//	…                        one fact a line
//	                         an empty line
//	numbers                  as Coder writes them
//	32 bytes
const (
	format = "weft checkpoint "
	magic  = format + "2\n"
)

// maxBytes is the largest file that is read.
const maxBytes = 16 << 30

// Fact is one of the things that make a run the same run: its name, a word, and what
// it is.
type Fact struct{ Name, Value string }

// Writer returns a Coder that writes.
func Writer() *Coder { return &Coder{} }

// Write makes a file of a run's facts and the numbers that c has written. A crash at
// any moment leaves the file as it was, or the new one, and at most one file beside it,
// which the next Write takes away.
func Write(path string, facts []Fact, c *Coder) error {
	if err := replace(path, Bytes(facts, c)); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

// Bytes returns the bytes of such a file.
func Bytes(facts []Fact, c *Coder) []byte {
	data := append([]byte(head(facts)), c.data...)
	sum := sha256.Sum256(data)
	return append(data, sum[:]...)
}

// replace puts a file in the place of another: it is on the disk before it has the
// name.
func replace(path string, data []byte) error {
	beside := path + ".new"
	f, err := os.Create(beside)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(beside, path)
	}
	if err != nil {
		_ = os.Remove(beside) // the first error is the one to tell
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync() // not every system can: then the name is on the disk when it is
		_ = dir.Close()
	}
	return nil
}

func head(facts []Fact) string {
	var b strings.Builder
	b.WriteString(magic)
	for _, f := range facts {
		fmt.Fprintf(&b, "%s %q\n", f.Name, f.Value)
	}
	b.WriteString("\n")
	return b.String()
}

// Is reports whether a file begins as checkpoints do.
func Is(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	have := make([]byte, len(format))
	n, _ := f.Read(have)
	return string(have[:n]) == format
}

// Open returns a Coder that reads the numbers of a file, which has to be of a run of
// these facts. What is wrong with it is a *diag.Error.
func Open(path string, facts []Fact) (*Coder, error) {
	data, bad := diag.ReadFile(path, maxBytes)
	if bad != nil {
		return nil, bad.Err()
	}
	return Read(path, data, facts)
}

// Read is Open of a file's bytes; file names it in messages.
func Read(file string, data []byte, facts []Fact) (*Coder, error) {
	bad := func(format string, args ...any) error {
		return diag.One(diag.Pos{File: file}, diag.BadCheckpoint, format, args...)
	}
	if !bytes.HasPrefix(data, []byte(magic)) {
		if line, _, ok := bytes.Cut(data, []byte("\n")); ok && bytes.HasPrefix(data, []byte(format)) {
			return nil, bad("is a checkpoint of version %s, and this weft reads version %s", strconv.Quote(string(line[len(format):])), magic[len(format):len(magic)-1])
		}
		return nil, bad("is no checkpoint of a run")
	}
	end := len(data) - sha256.Size
	if end < len(magic) || sha256.Sum256(data[:end]) != [sha256.Size]byte(data[end:]) {
		return nil, bad("is damaged: its checksum does not match its content; begin the run anew")
	}
	first := bytes.Index(data[:end], []byte("\n\n")) + len("\n\n")
	if first < len(magic) {
		return nil, bad("does not say which run it is of")
	}
	if err := same(file, string(data[len(magic):first-1]), facts); err != nil {
		return nil, err
	}
	return &Coder{reading: true, data: data[first:end], file: file, first: first}, nil
}

// same says what of a file's facts, a line each, differs from those of a run.
func same(file, lines string, facts []Fact) error {
	var diags diag.List
	seen := 0
	for line := range strings.Lines(lines) {
		pos := diag.Pos{File: file, Line: seen + 2}
		name, quoted, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		value, err := strconv.Unquote(quoted)
		switch {
		case seen >= len(facts) || facts[seen].Name != name || err != nil:
			diags.Add(pos, diag.BadCheckpoint, "no fact of a run as this weft writes it: %s", strconv.Quote(line))
			return diags.Err()
		case facts[seen].Value != value:
			diags.Add(pos, diag.BadCheckpoint, "is of another run: %s is %s, and in this run %s", name, value, facts[seen].Value)
		}
		seen++
	}
	if seen < len(facts) {
		diags.Add(diag.Pos{File: file}, diag.BadCheckpoint, "does not say of its run: %s", facts[seen].Name)
	}
	return diags.Err()
}
