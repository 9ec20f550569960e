package targets

import (
	"embed"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/internal/yamldoc"
)

//go:embed *.yaml
var builtin embed.FS

// maxInherits bounds a chain of `inherits`.
const maxInherits = 32

// Names returns the built-in targets, sorted.
func Names() []string {
	entries, err := builtin.ReadDir(".")
	if err != nil {
		panic("targets: embedded files: " + err.Error())
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	sort.Strings(out)
	return out
}

// isPath tells a file from a built-in name.
func isPath(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// source is one file of a chain of `inherits`.
type source struct {
	file    string
	builtin bool
	text    []byte
	root    *yamldoc.Node
	// at is where the file is named.
	at diag.Pos
}

// open finds a target's text, or says in diags why not. A path is relative to
// dir; at is where the name stands.
func open(name, dir string, at diag.Pos, diags *diag.List) (f source, ok bool) {
	if !isPath(name) {
		text, err := builtin.ReadFile(name + ".yaml")
		if info, statErr := os.Stat(filepath.Join(dir, name)); err != nil && statErr == nil && info.IsDir() {
			diags.Add(at, diag.MissingFile, "target %q is a directory, want a .yaml file or one of %s", name, strings.Join(Names(), ", "))
			return source{}, false
		}
		if err != nil {
			diags.Add(at, diag.UnknownName, "unknown target %q%s", name, builtinHint(name))
			return source{}, false
		}
		return source{file: name + ".yaml", builtin: true, text: text, at: at}, true
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	text, bad := diag.ReadFile(path, yamldoc.MaxBytes)
	if bad != nil {
		hint := ""
		if bad.Code == diag.MissingFile {
			hint = "; built-in targets are " + strings.Join(Names(), ", ")
		}
		diags.Add(at, bad.Code, "target file %s %s%s", path, bad.Message, hint)
		return source{}, false
	}
	return source{file: path, text: text, at: at}, true
}

func builtinHint(name string) string {
	if h := spell.Hint(name, Names()); h != "" {
		return h
	}
	return "; built-in targets are " + strings.Join(Names(), ", ") + ", and a path to a .yaml file is a target too"
}

// Load returns a target by its built-in name or by the path of its file. All
// mistakes are in one *diag.Error.
func Load(name string) (*Target, error) { return LoadWith(name, nil) }

// LoadWith is Load with fields laid over the target, as a file that inherits from
// it would: over is a mapping of blocks, or nil.
func LoadWith(name string, over *yamldoc.Node) (*Target, error) {
	var diags diag.List
	files, ok := chain(name, &diags)
	if !ok {
		return nil, diags.Err()
	}
	root := files[len(files)-1].root
	for _, f := range slices.Backward(files[:len(files)-1]) {
		root = yamldoc.Overlay(handedDown(root), f.root)
	}
	if over != nil {
		if over.Get(archBlock) != nil {
			root = without(root, areaBlock) // another chip has another
		}
		root = yamldoc.Overlay(root, over)
	}
	t := decode(root, &diags)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

// Text is a target file as written, comments and sources included.
type Text struct {
	// File is the file's path, or its name where it is built in.
	File, Text string
	Builtin    bool
}

// String names the file as people do: its path, or `built-in xbar256`.
func (t Text) String() string {
	if t.Builtin {
		return "built-in " + strings.TrimSuffix(t.File, ".yaml")
	}
	return t.File
}

// Texts returns the file of a target and those that it inherits from, nearest
// first.
func Texts(name string) ([]Text, error) {
	var diags diag.List
	files, ok := chain(name, &diags)
	if !ok {
		return nil, diags.Err()
	}
	out := make([]Text, len(files))
	for k, f := range files {
		out[k] = Text{f.file, string(f.text), f.builtin}
	}
	return out, nil
}

// chain reads a file and, one after the other, those it inherits from. It is
// not ok where one of them could not be read.
func chain(name string, diags *diag.List) (files []source, ok bool) {
	dir, at := "", diag.Pos{File: "target"}
	for {
		f, ok := open(name, dir, at, diags)
		if !ok {
			return nil, false
		}
		if k := slices.IndexFunc(files, func(o source) bool { return o.file == f.file && o.builtin == f.builtin }); k >= 0 {
			d := diag.Diagnostic{Pos: at, Code: diag.Cycle, Message: "target " + f.file + " inherits from itself"}
			for _, via := range files[k+1:] {
				d.Notes = append(d.Notes, diag.Note{Pos: via.at, Message: "by way of " + via.file})
			}
			diags.Append(d)
			return nil, false
		}
		if len(files) == maxInherits {
			diags.Add(at, diag.TooLarge, "more than %d targets inherit from each other", maxInherits)
			return nil, false
		}
		if f.root = yamldoc.Parse(f.file, f.text, diags); f.root == nil {
			return nil, false
		}
		files = append(files, f)
		in := f.root.Get("inherits")
		if in == nil {
			return files, true
		}
		if name = (yamldoc.Reader{Diags: diags}).String(in, "inherits"); name == "" {
			return nil, false
		}
		dir, at = filepath.Dir(f.file), in.Pos
	}
}

// handedDown returns a file without what it does not hand down: each target has
// its own name, and an area of its own.
func handedDown(root *yamldoc.Node) *yamldoc.Node {
	return without(root, "target", "doc", areaBlock)
}

// without returns a mapping without some of its fields.
func without(root *yamldoc.Node, keys ...string) *yamldoc.Node {
	out := *root
	out.Fields = slices.DeleteFunc(slices.Clone(root.Fields), func(f yamldoc.Field) bool { return slices.Contains(keys, f.Key) })
	return &out
}
