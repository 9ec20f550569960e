package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/weft-toolchain/weft/internal/cli"
	"github.com/weft-toolchain/weft/internal/golden"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"weft": func() { os.Exit(cli.Main()) }})
}

// The command does what the scripts of testdata/script say. Each runs in a
// folder of its own with a copy of the small examples, of NIR graphs and of recordings
// of events in it.
func TestScript(t *testing.T) {
	p := testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       golden.Updating(),
		RequireExplicitExec: true,
		ContinueOnError:     true,
		Setup: func(env *testscript.Env) error {
			for _, name := range []string{"hello", "digits", "recurrent", "truenorth", "ca3", "snntorch"} {
				to := filepath.Join(env.WorkDir, "examples", name)
				if err := os.CopyFS(to, os.DirFS(filepath.Join("..", "..", "examples", name))); err != nil {
					return fmt.Errorf("copy the examples: %w", err)
				}
			}
			for to, from := range map[string]string{"nir": "compiler/nir", "events": "internal/events"} {
				files := filepath.Join("..", "..", filepath.FromSlash(from), "testdata")
				if err := os.CopyFS(filepath.Join(env.WorkDir, to), os.DirFS(files)); err != nil {
					return fmt.Errorf("copy the files of %s: %w", from, err)
				}
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"fails":    fails,
			"hex":      writeHex,
			"npz":      writeNPZ,
			"truncate": truncate,
			"flip":     flip,
			"fill":     fill,
			"keys":     keys,
		},
	}
	// In little time, what does several things at a time.
	if testing.Short() {
		for _, name := range []string{"compare", "eval", "sweep"} {
			p.Files = append(p.Files, filepath.Join(p.Dir, name+".txtar"))
		}
		p.Dir = ""
	}
	testscript.Run(t, p)
}

// diagnostic is how a mistake in somebody's input is told.
var diagnostic = regexp.MustCompile(`^[^\s:]\S*: \S.* \[[a-z-]+\]$`)

// fails runs a command that must exit with a status, print nothing to stdout,
// leave every file as it is, and, for a status of 1, begin with a diagnostic:
//
//	fails STATUS weft ARG...
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails STATUS COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	before := listing(ts)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	stderr := ts.ReadFile("stderr")
	if got != want {
		ts.Fatalf("%s: exit status %d, want %d\n%s", strings.Join(args[1:], " "), got, want, stderr)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("%s: wants to print nothing to stdout, has %q", strings.Join(args[1:], " "), out)
	}
	if first, _, _ := strings.Cut(stderr, "\n"); want == 1 && !diagnostic.MatchString(first) {
		ts.Fatalf("%s: no `file:line:col: message [code]`:\n%s", strings.Join(args[1:], " "), stderr)
	}
	if after := listing(ts); !slices.Equal(before, after) {
		ts.Fatalf("%s: the files were\n%s\nand are\n%s", strings.Join(args[1:], " "), strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

// listing returns the files of the script's folder, with their sizes.
func listing(ts *testscript.TestScript) []string {
	var all []string
	ts.Check(filepath.WalkDir(ts.MkAbs("."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			all = append(all, fmt.Sprintf("%s %d", path, info.Size()))
		}
		return err
	}))
	return all
}

// writeHex writes the bytes that are given in hexadecimal:
//
//	hex FILE BYTES...
func writeHex(ts *testscript.TestScript, _ bool, args []string) {
	data, err := hex.DecodeString(strings.Join(args[1:], ""))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// writeNPZ writes float64 arrays of one dimension:
//
//	npz FILE NAME=1,2,nan...
func writeNPZ(ts *testscript.TestScript, _ bool, args []string) {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, arg := range args[1:] {
		name, list, _ := strings.Cut(arg, "=")
		w, err := z.Create(name + ".npy")
		ts.Check(err)
		values := strings.Split(list, ",")
		header := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': (%d,), }", len(values))
		header += strings.Repeat(" ", 64-(10+len(header)+1)%64) + "\n"
		npy := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
		npy = append(npy, header...)
		for _, v := range values {
			x, err := strconv.ParseFloat(v, 64)
			ts.Check(err)
			npy = binary.LittleEndian.AppendUint64(npy, math.Float64bits(x))
		}
		_, err = w.Write(npy)
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), file.Bytes(), 0o600))
}

// truncate copies a file without its last bytes:
//
//	truncate FROM TO BYTES
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	data, n := ts.ReadFile(args[0]), number(ts, args[2])
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(data[:len(data)-n]), 0o600))
}

// flip copies a file with one bit of a byte turned over, counted from the end
// where negative:
//
//	flip FROM TO BYTE
func flip(ts *testscript.TestScript, _ bool, args []string) {
	data, n := []byte(ts.ReadFile(args[0])), number(ts, args[2])
	if n < 0 {
		n += len(data)
	}
	data[n] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
}

// fill writes a text n times over, between another text and a third:
//
//	fill FILE N HEAD TEXT TAIL
func fill(ts *testscript.TestScript, _ bool, args []string) {
	text := args[2] + strings.Repeat(args[3], number(ts, args[1])) + args[4]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// keys requires that the JSON of a file has these keys, at any depth:
//
//	keys FILE KEY...
func keys(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	for _, key := range args[1:] {
		if !strings.Contains(text, `"`+key+`":`) {
			ts.Fatalf("%s has no key %q:\n%s", args[0], key, text)
		}
	}
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

// What the documentation shows is in a script, which runs it: every line of a sh
// block that begins with weft or bin/weft, and every text, yaml and csv block, which is
// one of its files, whole, but for where a line of … says that something is left out.
func TestReadmes(t *testing.T) {
	read := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return trailing.ReplaceAllString(string(data), "\n")
	}
	root := filepath.Join("..", "..")
	examples, err := filepath.Glob(filepath.Join(root, "examples", "*", "README.md"))
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	scripts := map[string]string{
		filepath.Join(root, "README.md"):                             "readme.txtar",
		filepath.Join(root, "TUTORIAL.md"):                           "tutorial.txtar",
		filepath.Join(root, "internal", "cli", "first", "README.md"): "init.txtar",
	}
	for _, path := range examples {
		scripts[path] = "readme.txtar"
	}
	for path, name := range scripts {
		script := read(filepath.Join("testdata", "script", name))
		files := marker.Split(script, -1)[1:]
		for _, block := range fenced.FindAllStringSubmatch(read(path), -1) {
			language, text := block[1], block[2]
			if language != "sh" {
				whole := pattern(text)
				if !slices.ContainsFunc(files, whole.MatchString) {
					t.Errorf("%s: this %s block is no file of %s, whole or with … for what is left out:\n%s", path, language, name, text)
				}
				continue
			}
			for line := range strings.Lines(text) {
				if command, ours := strings.CutPrefix(strings.TrimPrefix(line, "bin/"), "weft "); ours && !strings.Contains(script, "\nexec weft "+command) {
					t.Errorf("%s: %s does not run %s", path, name, line)
				}
			}
		}
	}
}

// pattern matches a text in which a line of … stands for any lines.
func pattern(text string) *regexp.Regexp {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line == "…\n" {
			b.WriteString(`(?:.*\n)*`)
			continue
		}
		b.WriteString(regexp.QuoteMeta(line))
	}
	return regexp.MustCompile(`^` + b.String() + `\n*$`)
}

var (
	trailing = regexp.MustCompile(` +\n`)
	marker   = regexp.MustCompile(`(?m)^-- .+ --\n`)
	fenced   = regexp.MustCompile("(?s)\n```([a-z]+)\n(.*?\n)```\n")
)
