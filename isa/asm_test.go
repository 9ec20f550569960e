package isa

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
)

var (
	wordComment   = regexp.MustCompile(`; ([0-9a-f]{8})\s*$`)
	defineComment = regexp.MustCompile(`-D (\w+)=(\w+)`)
)

// expectation is what the comments of a file of testdata say.
type expectation struct {
	options AsmOptions
	words   []uint32
	// fails says that some lines are to be refused.
	fails bool
}

// expect reads the comments: `; -D SYM=VALUE` on the first line, `; WORD` and
// `; ERROR "regexp"` behind the others.
func expect(t *testing.T, text string) expectation {
	t.Helper()
	e := expectation{options: AsmOptions{Define: map[string]string{}}}
	for k, line := range strings.Split(text, "\n") {
		if k == 0 {
			for _, m := range defineComment.FindAllStringSubmatch(line, -1) {
				e.options.Define[m[1]] = m[2]
			}
			continue
		}
		if m := wordComment.FindStringSubmatch(line); m != nil {
			w, err := strconv.ParseUint(m[1], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			e.words = append(e.words, uint32(w))
		}
		e.fails = e.fails || strings.Contains(line, "; ERROR ")
	}
	return e
}

func TestEachLineAssemblesToItsWordOrError(t *testing.T) {
	files, err := filepath.Glob("testdata/*.s")
	if err != nil || len(files) < 6 {
		t.Fatalf("found %d files (%v), want at least 6", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := expect(t, string(src))
			p, err := Assemble(file, string(src), want.options)
			if want.fails {
				for _, d := range golden.Mistakes(t, err, file, src) {
					if d.Code != diag.BadAssembly || d.Pos.Col == 0 {
						t.Errorf("%s: want code %s and a column", d, diag.BadAssembly)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(hexWords(want.words), hexWords(p.Words)); diff != "" {
				t.Errorf("words (-want +got):\n%s", diff)
			}
			checkDisassembly(t, p)
		})
	}
}

// checkDisassembly checks that the program's text is the program again.
func checkDisassembly(t *testing.T, p *Program) {
	t.Helper()
	text, err := p.Disassemble()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Assemble("again.s", text, AsmOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Errorf("disassembled and assembled (-want +got):\n%s\n%s", diff, text)
	}
}

func hexWords(words []uint32) []string {
	out := make([]string, len(words))
	for k, w := range words {
		out[k] = fmt.Sprintf("%08x", w)
	}
	return out
}

func TestSharedParametersGoIntoCoreRegisters(t *testing.T) {
	p, err := Assemble("x.s", ".param a\n.param b\n.param c\n.param d c0\n", AsmOptions{Shared: map[string]bool{"b": true}})
	if err == nil {
		t.Fatalf("got %+v, want that c0 is taken by b", p)
	}
	p, err = Assemble("x.s", ".param a\n.param b\n.param c\n.param d c1\n", AsmOptions{Shared: map[string]bool{"b": true}})
	if err != nil {
		t.Fatal(err)
	}
	want := []ParamBinding{{"a", P0}, {"b", C0}, {"c", P0 + 1}, {"d", C0 + 1}}
	if diff := cmp.Diff(want, p.Params); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
}

func TestDiagnosticsCountLinesFromTheFirstLine(t *testing.T) {
	_, err := Assemble("whole.s", "spk\nspkk\n", AsmOptions{FirstLine: 40})
	if err == nil || !strings.HasPrefix(err.Error(), "whole.s:41:1: ") {
		t.Errorf("got %v, want a mistake at whole.s:41:1", err)
	}
}

func TestLongTableIsRefused(t *testing.T) {
	full := strings.Repeat(".table 1, 2\n", MaxTable/2)
	if p, err := Assemble("x.s", full, AsmOptions{}); err != nil || len(p.Table) != MaxTable {
		t.Errorf("a table of %d entries: %v", MaxTable, err)
	}
	_, err := Assemble("x.s", full+".table 3\n", AsmOptions{})
	if want := "x.s:513:1: .table: has more than 1024 entries"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLargeTextIsRefused(t *testing.T) {
	_, err := Assemble("x.s", strings.Repeat("\n", maxSource+1), AsmOptions{})
	if e, ok := errors.AsType[*diag.Error](err); !ok || e.Diagnostics[0].Code != diag.TooLarge {
		t.Errorf("got %v, want %s", err, diag.TooLarge)
	}
}

// What assembles disassembles to a text that assembles to the same program.
func FuzzAssemble(f *testing.F) {
	for _, src := range golden.Files(f, "testdata/*.s") {
		f.Add(string(src))
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Assemble("x.s", text, AsmOptions{Define: map[string]string{"frac": "3"}, Shared: map[string]bool{"shared": true}})
		if err != nil {
			golden.Told(t, err, "x.s", []byte(text))
			return
		}
		checkDisassembly(t, p)
		p.Verify(Features{Extensions: "MRLGXTC", ProgramWords: 64, StateWords: 4, ParamWords: 8})
		again, err := ReadObject("x.bin", p.Object())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Errorf("through an object (-want +got):\n%s", diff)
		}
	})
}
