// Package paths is the only one to know what a path means that stands in one
// of weft's files: which directory it starts from and what `${NAME}` is.
package paths

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Shared is the environment variable of the directory with shared data; unset,
// it stands for `../shared` beside the working directory.
const Shared = "WEFT_SHARED"

var reference = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// Resolve returns the file that path means in a file of directory base: each
// `${NAME}` is replaced by the environment variable, and what is then not
// absolute starts from base. A variable that is not set stays as written, so
// that a message about the path shows it.
func Resolve(base, path string) string {
	path = reference.ReplaceAllStringFunc(path, func(ref string) string {
		name := ref[2 : len(ref)-1]
		if v, ok := lookup(name); ok {
			return v
		}
		return ref
	})
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(base, path)
}

// Target is Resolve of what names a target: a path, which has a slash or ends in
// .yaml or .yml, or else a built-in name, which stays as it is.
func Target(base, name string) string {
	if !strings.ContainsAny(name, `/\`) && !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml") {
		return name
	}
	path := Resolve(base, name)
	if filepath.Base(path) == path {
		// Without a slash it could be taken for a built-in name.
		path = "." + string(filepath.Separator) + path
	}
	return path
}

// Unset returns the variables of path that the environment does not have, in
// the order written.
func Unset(path string) []string {
	var unset []string
	for _, m := range reference.FindAllStringSubmatch(path, -1) {
		if _, ok := lookup(m[1]); !ok {
			unset = append(unset, m[1])
		}
	}
	return unset
}

// Explain says, for a file that was not found, what the variables in its path
// have to do with it: nothing, or a clause that begins with a semicolon.
func Explain(path string) string {
	if unset := Unset(path); len(unset) > 0 {
		return "; the environment variable " + strings.Join(unset, ", ") + " is not set"
	}
	for _, m := range reference.FindAllStringSubmatch(path, -1) {
		if m[1] == Shared {
			return "; set the environment variable " + Shared + " to the folder that has it"
		}
	}
	return ""
}

func lookup(name string) (string, bool) {
	v, ok := os.LookupEnv(name)
	if name != Shared {
		return v, ok
	}
	if v == "" {
		v = filepath.Join("..", "shared")
	}
	// Both are meant from where the command runs, not from the file.
	if abs, err := filepath.Abs(v); err == nil {
		return abs, true
	}
	return v, true
}
