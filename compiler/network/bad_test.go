package network_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
)

func TestEveryMistakeIsReportedOnItsLine(t *testing.T) {
	dir := arrayDir(t)
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d files (%v), want at least 20", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			inDir := filepath.Join(dir, filepath.Base(file))
			net, err := network.Parse(inDir, src)
			if net != nil {
				t.Error("a network was returned beside the error")
			}
			for _, d := range golden.Mistakes(t, err, inDir, src) {
				if d.Pos.Col == 0 {
					t.Errorf("no column: %s", d)
				}
			}
		})
	}
}

func TestEmptyFileIsRefused(t *testing.T) {
	for _, src := range []string{"", "# nothing\n", "---\n", "null", "[]", "42"} {
		_, err := network.Parse("x.yaml", []byte(src))
		if err == nil || !strings.Contains(err.Error(), "network file: want a mapping") {
			t.Errorf("Parse(%q) = %v, want that it says what a network file is", src, err)
		}
	}
}

func TestLoadNamesTheFileThatIsMissing(t *testing.T) {
	_, err := network.Load(filepath.Join(t.TempDir(), "nothing.yaml"))
	if err == nil || !strings.Contains(err.Error(), "nothing.yaml") || !strings.Contains(err.Error(), "[missing-file]") {
		t.Errorf("got %v, want a missing-file diagnostic", err)
	}
}

func TestMistakesBeyondTheLimitAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("populations: {a: {shape: 1, neuron: if}}\nprojections:\n")
	for i := range 1000 {
		b.WriteString("  - {from: a, to: b" + strconv.Itoa(i) + ", connect: dense}\n")
	}
	_, err := network.Parse("x.yaml", []byte(b.String()))
	e, ok := errors.AsType[*diag.Error](err)
	if !ok || len(e.Diagnostics) != diag.MaxDiagnostics || e.Dropped != 1000-diag.MaxDiagnostics {
		t.Errorf("got %v, want %d diagnostics and the others counted", err, diag.MaxDiagnostics)
	}
}
