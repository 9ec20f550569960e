package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// file is a file of the tree: its path below the root, with slashes, and what
// it holds. Tests read files through os, so that the test cache sees edits.
type file struct {
	path string
	data []byte
}

// tree reads every text file that belongs to the project.
func tree(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	// What .gitignore keeps out at the top.
	ignored := []string{".git", "bin", "dist"}
	var files []file
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case entry.IsDir() && slices.Contains(ignored, rel):
			return fs.SkipDir
		case !entry.Type().IsRegular(), path.Ext(rel) == ".weft" && !strings.Contains(rel, "/"):
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if !bytes.Contains(data, []byte{0}) {
			files = append(files, file{rel, data})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// source is a parsed Go file.
type source struct {
	file
	pkg    string // the folder
	inTest bool
	syntax *ast.File
	lines  *token.FileSet
}

// sources parses the Go files of the tree, those in testdata apart.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, f := range tree(t) {
		if path.Ext(f.path) != ".go" || strings.Contains("/"+f.path, "/testdata/") {
			continue
		}
		lines := token.NewFileSet()
		syntax, err := parser.ParseFile(lines, f.path, f.data, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			t.Error(err)
			continue
		}
		all = append(all, source{f, path.Dir(f.path), strings.HasSuffix(f.path, "_test.go"), syntax, lines})
	}
	return all
}

func TestImportsFollowPolicy(t *testing.T) {
	unruled := map[string]bool{}
	for _, s := range sources(t) {
		if _, ok := ruleFor(s.pkg); !ok && !unruled[s.pkg] {
			unruled[s.pkg] = true
			t.Errorf("package %s has no row in the policy (policy.go)", s.pkg)
		}
		for _, spec := range s.syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Errorf("%s: %v", s.lines.Position(spec.Pos()), err)
				continue
			}
			if !unruled[s.pkg] && !mayImport(s.pkg, imported, s.inTest) {
				t.Errorf("%s: %s may not import %s", s.lines.Position(spec.Pos()), s.pkg, imported)
			}
		}
	}
}

func TestPolicyKeepsCompilerAndEmulatorApart(t *testing.T) {
	for _, c := range []struct{ from, never string }{
		{"compiler/...", "emulator/..."},
		{"emulator/...", "compiler/..."},
	} {
		for _, r := range policy {
			if !overlap(r.pkg, c.from) {
				continue
			}
			for _, reached := range reachable(r) {
				if overlap(reached, c.never) {
					t.Errorf("%s reaches %s", r.pkg, reached)
				}
			}
		}
	}
}

// reachable lists the patterns that a row's package may import, directly or
// through others.
func reachable(from row) []string {
	found := slices.Concat(from.may, from.tests)
	for i := 0; i < len(found); i++ {
		for _, r := range policy {
			if !overlap(found[i], r.pkg) {
				continue
			}
			for _, p := range r.may {
				if !slices.Contains(found, p) {
					found = append(found, p)
				}
			}
		}
	}
	return found
}

// overlap reports whether two patterns name a package in common.
func overlap(a, b string) bool {
	name := func(p string) string { return strings.TrimSuffix(strings.TrimSuffix(p, "..."), "/") }
	return matches(a, name(b)) || matches(b, name(a))
}

func TestMayImport(t *testing.T) {
	for _, c := range []struct {
		pkg, path string
		inTest    bool
		want      bool
	}{
		{"compiler/quant", module + "isa/fixed", false, true},
		{"compiler/quant", module + "isa", false, true},
		{"compiler/quant", module + "compiler/lower", false, false},
		{"compiler/quant", module + "compiler/lower", true, true},
		{"compiler", module + "emulator", true, false},
		{"emulator/core", module + "compiler/ir", true, false},
		{"emulator/core", module + "emulator/noc", false, true},
		{"emulator/noc", module + "isa", false, false}, // its own row, not the subtree's
		{"examples/digits/train", module + "internal/ndarray", false, true},
		{"examples/digits/train", module + "internal/cli", false, false},
		{"cmd/weft", module + "internal/eval", false, false},
		{"isa", module + "internal/golden", false, false},
		{"isa", module + "internal/golden", true, true},
		{"isa", module + "isa", true, true}, // an external test
		{"isa", "go/token", false, true},
		{"internal/yamldoc", "gopkg.in/yaml.v3", false, true},
		{"targets", "gopkg.in/yaml.v3", true, false},
		{"internal/eval", "github.com/spf13/cobra", false, false},
		{"isa", "github.com/google/go-cmp/cmp", false, false},
		{"isa", "github.com/google/go-cmp/cmp", true, true},
		{"internal/cli", "example.com/unlisted", false, false},
		{"nowhere", module + "isa", false, false},
	} {
		if got := mayImport(c.pkg, c.path, c.inTest); got != c.want {
			t.Errorf("mayImport(%q, %q, %t): got %t, want %t", c.pkg, c.path, c.inTest, got, c.want)
		}
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	// A folder with only tests may have its comment in one of them.
	commented, hasCode := map[string]bool{}, map[string]bool{}
	inTests := map[string]bool{}
	for _, s := range sources(t) {
		hasDoc := s.syntax.Doc.Text() != ""
		if s.inTest {
			inTests[s.pkg] = inTests[s.pkg] || hasDoc
			continue
		}
		hasCode[s.pkg] = true
		commented[s.pkg] = commented[s.pkg] || hasDoc
	}
	for pkg := range hasCode {
		if !commented[pkg] {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
	for pkg, ok := range inTests {
		if !hasCode[pkg] && !ok {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}

func TestFilesAreOpenedByInputs(t *testing.T) {
	opens := regexp.MustCompile(`\b(os\.(Open|ReadFile)|zip\.OpenReader)\b`)
	left := maps.Clone(opensItself)
	for _, s := range sources(t) {
		found := opens.Find(s.data)
		if s.inTest || found == nil {
			continue
		}
		if opensItself[s.path] == "" {
			t.Errorf("%s has %s: files that are read are opened by internal/inputs, so that no output replaces them", s.path, found)
		}
		delete(left, s.path)
	}
	for name := range left {
		t.Errorf("%s opens no files: leave it out of opensItself", name)
	}
}

func TestNoFileIsTooLong(t *testing.T) {
	for _, s := range sources(t) {
		if n := bytes.Count(s.data, []byte("\n")); n > lengthLimit && longFiles[s.path] == "" {
			t.Errorf("%s has %d lines; past %d ask whether two ideas have met", s.path, n, lengthLimit)
		}
	}
}

func TestNoFileNamesADevelopersMachine(t *testing.T) {
	// In pieces, so that this file does not find itself.
	forbidden := []string{"/" + "work/", "/" + "tmp/", "/" + "home/", "/" + "root/"}
	for _, f := range tree(t) {
		for i, line := range strings.Split(string(f.data), "\n") {
			for _, dir := range forbidden {
				if namesFolder(line, dir) {
					t.Errorf("%s names %s", fmt.Sprintf("%s:%d", f.path, i+1), dir)
				}
			}
		}
	}
}

// namesFolder reports whether dir stands in line as an absolute path: after a
// letter or a dot it is the middle of a longer one.
func namesFolder(line, dir string) bool {
	for rest := line; ; {
		before, after, found := strings.Cut(rest, dir)
		if !found {
			return false
		}
		if before == "" || !isPathByte(before[len(before)-1]) {
			return true
		}
		rest = after
	}
}

func isPathByte(b byte) bool {
	return b == '.' || b == '-' || b == '_' || b == '}' || b == ')' ||
		'0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
