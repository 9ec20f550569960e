package cli

import (
	"slices"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

// fileKind is what a YAML file describes.
type fileKind string

// The kinds that are more than settings of a command.
const (
	networkFile    fileKind = "a network"
	experimentFile fileKind = "an experiment"
	sweepFile      fileKind = "a sweep"
)

// fileKinds are those, each told from the ones below by its keys, with what to do
// with one where another is wanted.
var fileKinds = []struct {
	kind   fileKind
	keys   []string
	remedy string
}{
	{sweepFile, []string{"sweep", "grid", "points"}, "run it with `weft sweep`"},
	{experimentFile, []string{"dataset", "experiment", "readout"}, "run it with `weft eval`, or name the file behind its key `network`"},
	{networkFile, []string{"populations"}, "run it with `weft run`, or write an experiment file that names it"},
}

// kindOfFile returns the kind of a YAML file, and what to do with one. What cannot
// be read is of no kind: its parser will tell.
func kindOfFile(path string) (kind fileKind, remedy string) {
	var ignored diag.List
	root := yamldoc.Load(path, &ignored)
	for _, f := range fileKinds {
		if slices.ContainsFunc(f.keys, func(key string) bool { return root.Get(key) != nil }) {
			return f.kind, f.remedy
		}
	}
	return "", ""
}

// mistaken returns what the parser of one kind of file said, or else that the file
// is of another kind.
func mistaken(err error, path string, want fileKind) error {
	kind, remedy := kindOfFile(path)
	if kind == "" || kind == want {
		return err
	}
	return diag.One(diag.Pos{File: path, Line: 1, Col: 1}, diag.Unsupported, "this is %s, want %s: %s", kind, want, remedy)
}
