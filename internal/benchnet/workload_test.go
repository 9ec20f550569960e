package benchnet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/targets"
)

// The chips of rand are what PERFORMANCE.md says: files would do as well.
func TestSparseTargetsAreThoseOfTheDocument(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "PERFORMANCE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(doc), "\n```yaml\n")
	text, _, ok := strings.Cut(text, "```\n")
	if !ok {
		t.Fatal("no target in PERFORMANCE.md")
	}
	large := strings.NewReplacer("sparse16k", "sparse128k", "[4, 4]", "[16, 8]", "16384", "131072").Replace(text)
	for _, tt := range []struct {
		neurons int
		text    string
	}{{101, text}, {16384, text}, {16385, large}, {131072, large}} {
		path := filepath.Join(t.TempDir(), "sparse.yaml")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		want, err := targets.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := sparseTarget(tt.neurons)
		if err != nil {
			t.Fatal(err)
		}
		want.Doc = got.Doc
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d neurons, want −, got +\n%s", tt.neurons, diff)
		}
	}
}
