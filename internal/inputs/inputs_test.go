package inputs

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
)

func TestFilesAreThoseThatWereOpened(t *testing.T) {
	dir := t.TempDir()
	name := func(k int) string { return filepath.Join(dir, strconv.Itoa(k)) }
	for k := range 3 {
		if err := os.WriteFile(name(k), []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	Forget()
	if text, err := ReadFile(name(2)); err != nil || string(text) != "text" {
		t.Fatalf("got %q and %v, want the file's text", text, err)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if f, err := Open(name(0)); err == nil {
				_ = f.Close()
			}
		})
	}
	all.Wait()
	if _, err := Open(name(3)); !os.IsNotExist(err) {
		t.Errorf("got %v of a file that is not there", err)
	}
	if got, want := Files(), []string{name(0), name(2)}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if Forget(); len(Files()) > 0 {
		t.Errorf("still has %q", Files())
	}
}
