package network_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
)

var (
	errorComment = regexp.MustCompile(`# ERROR((?: +"(?:[^"\\]|\\.)*")+)\s*$`)
	errorPattern = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// wanted returns the patterns of the `# ERROR "regexp"` comments by line.
func wanted(t *testing.T, file string, src []byte) map[int][]string {
	t.Helper()
	want := map[int][]string{}
	for i, line := range strings.Split(string(src), "\n") {
		if !strings.Contains(line, "# ERROR") {
			continue
		}
		m := errorComment.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("%s:%d: want # ERROR \"regexp\"", file, i+1)
		}
		for _, q := range errorPattern.FindAllString(m[1], -1) {
			// Only the quotes are escaped: \[ is the regexp's.
			want[i+1] = append(want[i+1], strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`))
		}
	}
	return want
}

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
			want := wanted(t, file, src)
			if len(want) == 0 {
				t.Fatal("the file says of no line that it is wrong")
			}
			net, err := network.Parse(filepath.Join(dir, filepath.Base(file)), src)
			if net != nil {
				t.Error("a network was returned beside the error")
			}
			e, ok := errors.AsType[*diag.Error](err)
			if !ok {
				t.Fatalf("got error %v, want a *diag.Error", err)
			}
			if e.Dropped > 0 {
				t.Errorf("%d diagnostics were dropped; split the file", e.Dropped)
			}
			for _, d := range e.Diagnostics {
				text := d.Message + " [" + string(d.Code) + "]"
				if !take(want, d.Pos.Line, text) {
					t.Errorf("unexpected: %s", d)
				}
				if d.Pos.Col == 0 && d.Code != diag.Syntax {
					t.Errorf("no column: %s", d)
				}
			}
			for line, patterns := range want {
				for _, p := range patterns {
					t.Errorf("%s:%d: nothing matches %s", file, line, p)
				}
			}
		})
	}
}

// take removes the first pattern of a line that matches text.
func take(want map[int][]string, line int, text string) bool {
	for i, p := range want[line] {
		if regexp.MustCompile(p).MatchString(text) {
			want[line] = append(want[line][:i:i], want[line][i+1:]...)
			return true
		}
	}
	return false
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
