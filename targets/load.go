package targets

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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

// Source returns the text of a target file as written, comments and sources
// included. name is a built-in name or a path.
func Source(name string) (string, error) {
	_, src, err := open(name, "", diag.Pos{File: name})
	return string(src), err
}

// isPath tells a file from a built-in name.
func isPath(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// open finds a target's text. A path is relative to dir; at is where the name
// stands.
func open(name, dir string, at diag.Pos) (file string, src []byte, err error) {
	if !isPath(name) {
		src, err := builtin.ReadFile(name + ".yaml")
		if err != nil {
			return "", nil, diag.One(at, diag.UnknownName, "unknown target %q%s", name, builtinHint(name))
		}
		return name + ".yaml", src, nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > yamldoc.MaxBytes {
		return "", nil, diag.One(at, diag.TooLarge, "target file %s has %d bytes, at most %d are read", path, info.Size(), yamldoc.MaxBytes)
	}
	if src, err = os.ReadFile(path); err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return "", nil, diag.One(at, diag.MissingFile, "target file %s cannot be read: %v; built-in targets are %s", path, err, strings.Join(Names(), ", "))
	}
	return path, src, nil
}

func builtinHint(name string) string {
	if h := spell.Hint(name, Names()); h != "" {
		return h
	}
	return "; built-in targets are " + strings.Join(Names(), ", ") + ", and a path to a .yaml file is a target too"
}

// Load returns a target by its built-in name or by the path of its file. All
// mistakes are in one *diag.Error.
func Load(name string) (*Target, error) {
	var diags diag.List
	root, err := tree(name, "", diag.Pos{File: "target"}, nil, &diags)
	if err != nil {
		return nil, err
	}
	if root == nil || diags.Len() > 0 {
		return nil, diags.Err()
	}
	t := decode(root, &diags)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	return t, nil
}

// link is one file of a chain of `inherits`.
type link struct {
	file string
	at   diag.Pos
}

// tree loads a file and merges it over the one it inherits from. Trees are
// merged before they are decoded, so that a child can set a zero.
func tree(name, dir string, at diag.Pos, chain []link, diags *diag.List) (*yamldoc.Node, error) {
	file, src, err := open(name, dir, at)
	if err != nil {
		return nil, err
	}
	for _, l := range chain {
		if l.file == file {
			d := diag.Diagnostic{Pos: at, Code: diag.Cycle, Message: "target " + file + " inherits from itself"}
			for _, via := range chain[1:] {
				d.Notes = append(d.Notes, diag.Note{Pos: via.at, Message: "by way of " + via.file})
			}
			diags.Append(d)
			return nil, nil
		}
	}
	if len(chain) >= maxInherits {
		return nil, diag.One(at, diag.TooLarge, "more than %d targets inherit from each other", maxInherits)
	}
	root := yamldoc.Parse(file, src, diags)
	if root == nil {
		return nil, nil
	}
	in := root.Get("inherits")
	if in == nil {
		return root, nil
	}
	r := yamldoc.Reader{Diags: diags}
	base := r.String(in, "inherits")
	if base == "" {
		return nil, nil
	}
	parent, err := tree(base, filepath.Dir(file), in.Pos, append(chain, link{file, at}), diags)
	if err != nil || parent == nil {
		return nil, err
	}
	return merge(parent, root), nil
}

// merge returns base with the fields of over laid on it, mapping by mapping.
func merge(base, over *yamldoc.Node) *yamldoc.Node {
	if base.Kind != yamldoc.Mapping || over.Kind != yamldoc.Mapping {
		return over
	}
	out := *over
	out.Fields = nil
	seen := map[string]bool{}
	for _, f := range over.Fields {
		seen[f.Key] = true
	}
	for _, f := range base.Fields {
		if !seen[f.Key] {
			out.Fields = append(out.Fields, f)
		}
	}
	for _, f := range over.Fields {
		if b := base.Get(f.Key); b != nil {
			f.Value = merge(b, f.Value)
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}
