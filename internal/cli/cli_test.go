package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// No flag of any command takes an empty value.
func TestEmptyFlagsAreRefused(t *testing.T) {
	said := func(args ...string) string {
		var errs strings.Builder
		if status := Run(t.Context(), args, strings.NewReader(""), io.Discard, &errs); status != exitUsage {
			t.Errorf("weft %q: exit status %d, want %d", args, status, exitUsage)
		}
		return errs.String()
	}
	flags := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
		path := strings.Fields(cmd.CommandPath())[1:]
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			flags++
			for _, words := range [][]string{nil, {"a"}, {"a", "b"}, {"network"}} { // what the command takes
				errs := said(append(append(path, "--"+f.Name+"="), words...)...)
				if strings.Contains(errs, "--"+f.Name+" is empty") || strings.Contains(errs, "--"+f.Name+` "": want `) || strings.Contains(errs, `invalid argument "" for "`) {
					return
				}
			}
			t.Errorf("weft %s --%s= is not told to be empty", strings.Join(path, " "), f.Name)
		})
	}
	visit(Command())
	if flags < 100 {
		t.Errorf("only %d flags were tried", flags)
	}
	for _, args := range [][]string{{"run", "a", "--probe", ""}, {"compare", "a", "-t", ""}, {"run", "a", "-i", ""}} {
		if errs := said(args...); !strings.Contains(errs, "is empty: give it a value, or leave it out") {
			t.Errorf("weft %q said %q", args, errs)
		}
	}
}

// A disk that is full ends every command with exit status 1, those too that print without a
// look at it.
func TestAFullDiskIsTold(t *testing.T) {
	for _, args := range []string{"targets", "targets show xbar256", "help", "run --help", "models show lif", "completion bash", "--version", "explain", "schema network"} {
		var errs strings.Builder
		if status := Run(context.Background(), strings.Fields(args), nil, full{}, &errs); status != exitInput || !strings.Contains(errs.String(), "no space") {
			t.Errorf("weft %s: status %d, %q", args, status, errs.String())
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

// A disk that is full is no file that is missing.
func TestErrorsOfWritingNameNoMissingFile(t *testing.T) {
	for op, want := range map[string]string{
		"open":  "f: cannot be used: no reason [missing-file]\n",
		"write": "weft: write f: no reason\n",
	} {
		var said strings.Builder
		if status := tell(&fs.PathError{Op: op, Path: "f", Err: errors.New("no reason")}, &said); status != exitInput || said.String() != want {
			t.Errorf("%s: status %d, %q, want %q", op, status, said.String(), want)
		}
	}
}
