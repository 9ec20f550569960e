package netfile

import (
	"strings"
	"testing"
)

// What an imported file and its parts are called cannot end a comment, nor a note.
func TestTextHasNothingHidden(t *testing.T) {
	f := New("a\x1b[31m\u202e.nir", "", "")
	f.Comments = []string{"from a\nnetwork: other"}
	f.Note("node %s", "b\x9b\r")
	if got, want := f.text(), "# from a\uFFFDnetwork: other\nnetwork: a--31m-\n"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want it to begin with %q", got, want)
	}
	if got, want := f.Notes[0], "node b\uFFFD\uFFFD"; got != want {
		t.Errorf("note: got %q, want %q", got, want)
	}
}
