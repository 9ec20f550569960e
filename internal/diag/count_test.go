package diag

import "testing"

func TestThingsAreCountedInOneAndInMany(t *testing.T) {
	for n, want := range []string{"0 cores, 0 copies", "1 core, 1 copy", "2 cores, 2 copies"} {
		if got := Plural(n, "core") + ", " + Counted(n, "copy", "copies"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
