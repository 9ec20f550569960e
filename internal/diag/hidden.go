package diag

import (
	"path/filepath"
	"strings"
	"unicode"
)

// Hidden reports whether a terminal, or who looks at a page, takes a letter for something
// else than a sign: a control character, an end of a line, or a change of the direction.
// Names have none of these.
func Hidden(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

// Title returns a name made of a file's: its base without the ending, with U+FFFD in the
// place of what is hidden and of what is no UTF-8.
func Title(file string) string {
	base := filepath.Base(file)
	return Printable(strings.TrimSuffix(base, filepath.Ext(base)))
}
