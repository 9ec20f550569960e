package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/internal/diag"
)

// triggers says which command meets each example: with the example in a file,
// or, where it is a description, with what it describes.
var triggers = []struct {
	code diag.Code
	file string
	args []string
	// make writes the files of an example that is a description.
	make func(t *testing.T)
}{
	{code: diag.Syntax, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.DuplicateField, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.UnknownField, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.MissingField, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.WrongType, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.OutOfRange, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.UnknownName, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.ShapeMismatch, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.MissingFile, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.BadFile, args: []string{"verify", "x.bin"}, make: func(t *testing.T) { write(t, "x.bin", "WEFTPROG") }},
	{code: diag.NotFinite, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.TooLarge, file: "net.yaml", args: []string{"verify", "net.yaml"}},
	{code: diag.Cycle, file: "a.yaml", args: []string{"targets", "check", "a.yaml"}},
	{code: diag.DoesNotFit, file: "net.yaml", args: []string{"compile", "net.yaml"}},
	{code: diag.NoExtension, file: "net.yaml", args: []string{"compile", "net.yaml", "-t", "plain.yaml"}, make: func(t *testing.T) {
		write(t, "plain.yaml", "target: plain\ninherits: xbar256\narch: {extensions: []}\n")
	}},
	{code: diag.BadImage, args: []string{"verify", "x.weft"}, make: flippedImage},
	{code: diag.BadCheckpoint, args: []string{"run", "other.yaml", "--resume", "run.ckpt"}, make: func(t *testing.T) {
		button(t)
		write(t, "other.yaml", "populations: {bell: {shape: 1, neuron: if}}\n")
		var out, errs bytes.Buffer
		if status := Run(t.Context(), []string{"run", "button.yaml", "--checkpoint", "run.ckpt"}, strings.NewReader(""), &out, &errs); status != exitOK {
			t.Fatalf("run: exit status %d\n%s", status, errs.String())
		}
	}},
	{code: diag.BadAssembly, file: "x.s", args: []string{"asm", "x.s"}},
	{code: diag.BadStimulus, file: "in.csv", args: []string{"run", "button.yaml", "-i", "in.csv"}, make: button},
	{code: diag.BadCommand, file: "steps.txt", args: []string{"debug", "button.yaml", "--script", "steps.txt"}, make: button},
	{code: diag.BadDataset, file: "data.csv", args: []string{"eval", "x.yaml"}, make: func(t *testing.T) {
		button(t)
		write(t, "x.yaml", `experiment: x
network: button.yaml
dataset: {format: csv, file: data.csv, label: label}
encode: {input: button, kind: rate, ticks: 4}
readout: {population: bell, kind: count}
`)
	}},
	{code: diag.Unsupported, file: "net.yaml", args: []string{"verify", "net.yaml"}, make: func(t *testing.T) { write(t, "weights.mat", "MATLAB 5.0") }},
}

// Each example causes what it is the example of.
func TestExamplesOfCodesCauseThem(t *testing.T) {
	examples := map[diag.Code]string{}
	for _, e := range diag.Codes() {
		examples[e.Code] = e.Example
	}
	for _, c := range triggers {
		t.Run(string(c.code), func(t *testing.T) {
			t.Chdir(t.TempDir())
			if c.make != nil {
				c.make(t)
			}
			if c.file != "" {
				write(t, c.file, examples[c.code]+"\n")
			}
			delete(examples, c.code)
			var out, errs bytes.Buffer
			status := Run(t.Context(), c.args, strings.NewReader(""), &out, &errs)
			if status != exitInput || !strings.Contains(errs.String(), "["+string(c.code)+"]") {
				t.Errorf("weft %s: exit status %d, want %d and a message of code %s:\n%s", strings.Join(c.args, " "), status, exitInput, c.code, errs.String())
			}
		})
	}
	for code := range examples {
		t.Errorf("nothing tries the example of %s", code)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func button(t *testing.T) {
	t.Helper()
	write(t, "button.yaml", `inputs: {button: {shape: 1}}
populations: {bell: {shape: 1, neuron: if, params: {threshold: 1, reset: zero}}}
projections: [{from: button, to: bell, connect: dense, weights: 2}]
outputs: [bell]
`)
}

func flippedImage(t *testing.T) {
	t.Helper()
	button(t)
	var out, errs bytes.Buffer
	if status := Run(t.Context(), []string{"compile", "button.yaml", "-o", "x.weft"}, strings.NewReader(""), &out, &errs); status != exitOK {
		t.Fatalf("compile: exit status %d\n%s", status, errs.String())
	}
	data, err := os.ReadFile("x.weft")
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	write(t, "x.weft", string(data))
}
