// Package netfile writes network files and the arrays beside them: what
// importers have in common, however different the files that they read.
package netfile

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
)

// File is a network file that is being written. Inputs, populations and
// projections are lines as FORMAT.md has them, without what indents them.
type File struct {
	// Comments stand at the head, a line each.
	Comments []string
	// Notes are what was assumed, left out or repaired, a line each. They are not part
	// of the text, unless they stand in Comments, too.
	Notes []string
	Name  string
	// Tick is the duration of a tick, as it is to stand in the file.
	Tick                             string
	Inputs, Populations, Projections []string
	Outputs                          []string
	// ArrayFile is the .npz as the network file names it, Arrays what it holds.
	ArrayFile string
	Arrays    map[string]*ndarray.Array
}

// Result is a network ready to be written to files.
type Result struct {
	// YAML is the text of the network file.
	YAML string
	// Arrays are those of the .npz file.
	Arrays map[string]*ndarray.Array
	// Notes are what was assumed, left out or repaired, a line each.
	Notes []string
}

// New returns a File for what is imported from a file. An empty name is that file's
// without its ending, an empty arrays is the name with .npz.
func New(from, name, arrays string) File {
	if name == "" {
		name = nameOf(from)
	}
	return File{Name: name, ArrayFile: cmp.Or(arrays, name+".npz")}
}

// Result puts the file together.
func (f *File) Result() *Result { return &Result{YAML: f.text(), Arrays: f.Arrays, Notes: f.Notes} }

// Note keeps a line of what was assumed, left out or repaired.
func (f *File) Note(format string, args ...any) {
	f.Notes = append(f.Notes, diag.Printable(fmt.Sprintf(format, args...)))
}

// Array keeps an array for the .npz and returns how the network file names it;
// more is what stands behind its name, such as ", axis: 0".
func (f *File) Array(name string, a *ndarray.Array, more string) string {
	if f.Arrays == nil {
		f.Arrays = map[string]*ndarray.Array{}
	}
	f.Arrays[name] = a
	return fmt.Sprintf("{file: %s, array: %s%s}", Quoted(f.ArrayFile), name, more)
}

// text is that of the network file.
func (f *File) text() string {
	var b strings.Builder
	for _, c := range f.Comments {
		fmt.Fprintf(&b, "# %s\n", diag.Printable(c))
	}
	fmt.Fprintf(&b, "network: %s\n", Quoted(f.Name))
	fmt.Fprintf(&b, "tick: %s\n", f.Tick)
	for _, part := range []struct {
		key   string
		lines []string
	}{{"inputs", f.Inputs}, {"populations", f.Populations}, {"projections", f.Projections}} {
		if len(part.lines) > 0 {
			fmt.Fprintf(&b, "%s:\n  %s\n", part.key, strings.Join(part.lines, "\n  "))
		}
	}
	fmt.Fprintf(&b, "outputs: [%s]\n", strings.Join(f.Outputs, ", "))
	return b.String()
}

// Quoted writes a string as YAML reads it in any place. Only what looks like a
// file name stays as it is.
func Quoted(s string) string {
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
	other := func(r rune) bool { return !letter(r) && (r < '0' || r > '9') && !strings.ContainsRune("_-./", r) }
	words := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	if s != "" && letter(rune(s[0])) && !strings.ContainsFunc(s, other) && !slices.Contains(words, strings.ToLower(s)) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// List writes whole numbers as YAML has them: [1, 2, 3].
func List(v []int) string { return strings.ReplaceAll(fmt.Sprint(v), " ", ", ") }

// Size is how many elements a shape has; it stops growing beyond any limit.
func Size(shape []int) int {
	n := 1
	for _, d := range shape {
		if n *= d; n > 1<<32 {
			return 1 << 32
		}
	}
	return n
}

// nameOf makes a network's name of a file's: its base without the ending, on
// one line.
func nameOf(file string) string {
	base := filepath.Base(file)
	name := strings.TrimSuffix(base, filepath.Ext(base))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`"\:#{}[],&*?|<>=!%@`+"`'", r) || diag.Hidden(r) {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(name, "-"))
	return cmp.Or(strings.ToValidUTF8(name[:min(len(name), 100)], ""), "network")
}
