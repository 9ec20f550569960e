package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/term"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/debug"
	"github.com/weft-toolchain/weft/internal/golden"
)

// The fences of a session in DEBUGGER.md; its first line may be a command of a shell,
// else it goes on with the session before.
const (
	fence = "```text\n"
	end   = "```\n"
	shell = "$ weft "
)

// DEBUGGER.md shows what its sessions print.
func TestTheSessionsOfTheDebuggersDocument(t *testing.T) {
	path, err := filepath.Abs("../debug/DEBUGGER.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	parts := strings.Split(string(text), fence)
	var sessions [][]string // the fenced parts of each
	for k := 1; k < len(parts); k++ {
		body, _, _ := strings.Cut(parts[k], end)
		if strings.HasPrefix(body, shell) {
			sessions = append(sessions, nil)
		}
		last := len(sessions) - 1
		sessions[last] = append(sessions[last], body)
	}
	k := 1
	for _, bodies := range sessions {
		for _, body := range sessionAgain(t, bodies) {
			_, rest, _ := strings.Cut(parts[k], end)
			parts[k] = body + end + rest
			k++
		}
	}
	golden.Check(t, path, []byte(strings.Join(parts, fence)))
}

// sessionAgain runs a session, and returns its parts as they should be.
func sessionAgain(t *testing.T, bodies []string) []string {
	t.Helper()
	command, _, _ := strings.Cut(bodies[0], "\n")
	var script strings.Builder
	var commands []int // of each part
	for _, body := range bodies {
		n := 0
		for line := range strings.Lines(body) {
			if typed, ok := strings.CutPrefix(line, debug.Prompt); ok {
				script.WriteString(typed)
				n++
			}
		}
		commands = append(commands, n)
	}
	args := append(strings.Fields(strings.TrimPrefix(command, shell)), "--echo")
	var out, errs bytes.Buffer
	if status := Run(t.Context(), args, strings.NewReader(script.String()), &out, &errs); status != exitOK || errs.Len() > 0 {
		t.Fatalf("%s: exit status %d\n%s", command, status, errs.String())
	}
	told := strings.SplitAfter(out.String(), "\n"+debug.Prompt)
	for k := range told[1:] { // the prompt belongs to what comes
		told[k] = strings.TrimSuffix(told[k], debug.Prompt)
		told[k+1] = debug.Prompt + told[k+1]
	}
	again := make([]string, len(bodies))
	again[0] = command + "\n"
	for k, n := range commands {
		again[k] += strings.Join(told[:n], "")
		told = told[n:]
	}
	return again
}

// keys is a terminal at which somebody types.
type keys struct {
	*strings.Reader
	bytes.Buffer
}

func (k *keys) Read(p []byte) (int, error) { return k.Reader.Read(p) }

// hello is a session of examples/hello, of 4 ticks.
func hello(t *testing.T, w io.Writer) *debug.Session {
	t.Helper()
	l, err := load(t.Context(), "../../examples/hello/network.yaml", "", "", choices{})
	if err != nil {
		t.Fatal(err)
	}
	chip, train, _, err := l.prepare(nil, io.Discard, &inputFlags{}, emulator.Cycle)
	if err != nil {
		t.Fatal(err)
	}
	s := debug.New(w, debug.Options{Chip: chip, Target: l.target, Train: train, Ticks: 4})
	t.Cleanup(s.Close)
	return s
}

// interruption is Ctrl-C once something is written.
type interruption struct {
	bytes.Buffer
	stop func()
}

func (w *interruption) Write(p []byte) (int, error) {
	w.stop()
	return w.Buffer.Write(p)
}

// Ctrl-C ends a script of commands none of which goes on.
func TestDebugScriptIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	w := &interruption{stop: stop}
	err := (&debugOptions{script: "-"}).debugScript(ctx, strings.NewReader(strings.Repeat("where\n", 1000)), hello(t, w))
	if want := "before tick 1 of 4\n"; !errors.Is(err, context.Canceled) || w.String() != want {
		t.Errorf("tells %q, %v; want %q, and to be canceled", w, err, want)
	}
}

// What is typed is done line by line: a mistake is told and forgotten, and an empty line
// goes on as the one before did. Ctrl-C takes a line back, and Ctrl-D ends.
func TestAnEmptyLineGoesOnAsTheOneBefore(t *testing.T) {
	for typed, want := range map[string]string{
		"tick\r\r\r":                      "after tick 1 of 4: nobody fires\nafter tick 2 of 4: nobody fires\nafter tick 3 of 4: nobody fires\n\n",
		"where\r\r":                       "before tick 1 of 4\n\n",
		"tikc\rtick\rquit":                "there is no command \"tikc\"; did you mean \"tick\"?\nafter tick 1 of 4: nobody fires\n\n",
		"quit\rtick\r":                    "",
		"\x03tick\r":                      "after tick 1 of 4: nobody fires\n\n", // Ctrl-C
		"quit\x1b[D\x03where\r\x04tick\r": "before tick 1 of 4\n\n",
		"registers\rtick\r":               "no program is at work; step goes to the next instruction\nafter tick 1 of 4: nobody fires\n\n",
	} {
		var out bytes.Buffer
		s := hello(t, &out)
		terminal := &keys{Reader: strings.NewReader(typed)}
		lines := term.NewTerminal(keyboard{terminal, terminal}, debug.Prompt)
		if err := debugTyped(t.Context(), s, lines, &out); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
		if out.String() != want {
			t.Errorf("%q: tells %q, want %q", typed, out.String(), want)
		}
	}
}
