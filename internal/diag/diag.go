// Package diag is the only place that knows how a mistake in somebody's input
// is told: where it stands, which kind of mistake it is, what was found and
// what was wanted. A parser collects diagnostics in a List and goes on; the
// command prints all of them and exits with status 1.
package diag

import (
	"fmt"
	"slices"
	"strings"
)

// MaxDiagnostics is how many diagnostics a List keeps; later ones are counted
// and said in one closing line, so that a broken file of a million lines does
// not print a million lines.
const MaxDiagnostics = 50

// Pos is a place in a file. Line and Col count from 1; zero means the whole
// file, and then only the file is printed.
type Pos struct {
	File string
	Line int
	Col  int
}

// String returns file:line:col, leaving out what is not known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Diagnostic is one mistake: one lower-case sentence that names the thing,
// what was found and what was wanted.
type Diagnostic struct {
	Pos     Pos
	Code    Code
	Message string
	// Notes point at other places that matter, such as a first definition.
	Notes []Note
}

// Note is a second place that explains a Diagnostic.
type Note struct {
	Pos     Pos
	Message string
}

// String returns `file:line:col: message [code]` and one indented line a note.
func (d Diagnostic) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s [%s]", Printable(d.Pos.String()), Printable(d.Message), d.Code)
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "\n\t%s: %s", Printable(n.Pos.String()), Printable(n.Message))
	}
	return b.String()
}

// Printable returns s on one line, in UTF-8 and without control characters:
// what a broken file holds must not reach a terminal as it is.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if Hidden(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// List collects diagnostics. Its zero value is empty and ready.
type List struct {
	all     []Diagnostic
	dropped int
}

// Add appends a diagnostic whose message is formatted from format and args.
func (l *List) Add(pos Pos, code Code, format string, args ...any) {
	l.Append(Diagnostic{Pos: pos, Code: code, Message: fmt.Sprintf(format, args...)})
}

// Append appends a diagnostic that is already made.
func (l *List) Append(d Diagnostic) {
	if len(l.all) >= MaxDiagnostics {
		l.dropped++
		return
	}
	l.all = append(l.all, d)
}

// Join appends the diagnostics of an error, and counts those that it did not keep.
func (l *List) Join(e *Error) {
	for _, d := range e.Diagnostics {
		l.Append(d)
	}
	l.dropped += e.Dropped
}

// Len returns how many diagnostics were added, those not kept included.
func (l *List) Len() int { return len(l.all) + l.dropped }

// Err returns the list as an *Error, or nil when it is empty.
func (l *List) Err() error {
	if l.Len() == 0 {
		return nil
	}
	sorted := slices.Clone(l.all)
	slices.SortStableFunc(sorted, func(a, b Diagnostic) int {
		if c := strings.Compare(a.Pos.File, b.Pos.File); c != 0 {
			return c
		}
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Col - b.Pos.Col
	})
	return &Error{Diagnostics: sorted, Dropped: l.dropped}
}

// Error is a list of diagnostics as an error, sorted by position.
type Error struct {
	Diagnostics []Diagnostic
	// Dropped counts diagnostics beyond MaxDiagnostics.
	Dropped int
}

// Error returns one diagnostic a line.
func (e *Error) Error() string {
	lines := make([]string, 0, len(e.Diagnostics)+1)
	for _, d := range e.Diagnostics {
		lines = append(lines, d.String())
	}
	if e.Dropped > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", e.Dropped))
	}
	return strings.Join(lines, "\n")
}

// One returns a single diagnostic as an error.
func One(pos Pos, code Code, format string, args ...any) error {
	return Diagnostic{Pos: pos, Code: code, Message: fmt.Sprintf(format, args...)}.Err()
}

// Err returns the diagnostic as an *Error.
func (d Diagnostic) Err() error { return &Error{Diagnostics: []Diagnostic{d}} }
