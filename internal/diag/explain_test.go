package diag

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// declared returns the codes that codes.go declares.
func declared(t *testing.T) []Code {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []Code
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Code" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, Code(text))
		}
		return true
	})
	return out
}

func TestEveryCodeIsExplained(t *testing.T) {
	want := declared(t)
	slices.Sort(want)
	var got []Code
	for _, e := range Codes() {
		got = append(got, e.Code)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("codes (-declared +explained):\n%s", diff)
	}
}

func TestExplanationsAreSentences(t *testing.T) {
	for _, e := range Codes() {
		for what, text := range map[string]string{"meaning": e.Meaning, "remedy": e.Remedy} {
			if !strings.HasSuffix(text, ".") || strings.Contains(text, "\n") || text[0] < 'A' || text[0] > 'Z' {
				t.Errorf("%s: %s %q is not one line of sentences", e.Code, what, text)
			}
		}
		if strings.TrimSpace(e.Example) != e.Example || e.Example == "" {
			t.Errorf("%s: example %q is empty, or has blanks around it", e.Code, e.Example)
		}
		if strings.Trim(string(e.Code), "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%s: want lower-case letters and dashes", e.Code)
		}
	}
}
