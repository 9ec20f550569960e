// Package cli is the command line: a file a subcommand, each a newXCmd that
// reads flags into an options struct and a runX that does the work.
//
// Results go to stdout; diagnostics, tables of progress and questions to
// stderr. Exit status: 0 done, 1 the input is wrong, 2 usage, 3 a bug of ours. 1 is
// also what diff ends with where two runs differ.
package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/inputs"
)

// Exit statuses.
const (
	exitOK    = 0
	exitInput = 1
	exitUsage = 2
	exitBug   = 3
)

// Main runs the command of os.Args and returns its exit status.
func Main() (status int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	// The first Ctrl-C ends the work in good order, a second one at once.
	context.AfterFunc(ctx, stop)
	return Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// Run runs the command with these arguments and returns its exit status.
func Run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) (status int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(errs, "weft: bug: %v\n%s\nPlease report this, with the command and its input files.\n", r, debug.Stack())
			status = exitBug
		}
	}()
	inputs.Forget()
	told := &remembering{to: out}
	root := newRootCmd(told)
	root.SetArgs(emptied(args))
	root.SetIn(in)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	return tell(cmp.Or(err, told.err), errs)
}

// emptied parts an option of one letter from an empty value, -o= as -o "": pflag takes "="
// for the value.
func emptied(args []string) []string {
	var out []string
	for k, arg := range args {
		if arg == "--" {
			return append(out, args[k:]...)
		}
		if len(arg) == 3 && arg[0] == '-' && arg[1] != '-' && arg[2] == '=' {
			out = append(out, arg[:2], "")
			continue
		}
		out = append(out, arg)
	}
	return out
}

// remembering is a writer that keeps its first error, for tables and help are printed
// without a look at it.
type remembering struct {
	to  io.Writer
	err error
}

// Write is that of the writer.
func (r *remembering) Write(p []byte) (int, error) {
	n, err := r.to.Write(p)
	r.err = cmp.Or(r.err, err)
	return n, err //nolint:wrapcheck // it says where it was
}

// usageError is a mistake in the command line itself.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// tell prints an error the way its kind wants, and returns the exit status.
func tell(err error, w io.Writer) int {
	var (
		input *diag.Error
		bug   *compiler.InternalError
		usage usageError
		path  *fs.PathError
		part  *partError
	)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errDiffer):
		return exitInput
	case errors.As(err, &input):
		fmt.Fprintln(w, input)
		return exitInput
	case errors.As(err, &bug):
		fmt.Fprintf(w, "weft: %v\nPlease report this, with the command and its input files.\n", bug)
		return exitBug
	case errors.As(err, &usage):
		fmt.Fprintf(w, "weft: %s\nRun 'weft help' for what there is.\n", strings.ReplaceAll(usage.Error(), "\n", "\nweft: "))
		return exitUsage
	case errors.As(err, &part) && errors.Is(err, context.Canceled):
		fmt.Fprintf(w, "weft: interrupted; %s\n", part.left)
		return exitInput
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "weft: interrupted; nothing was written")
		return exitInput
	case errors.As(err, &path) && path.Op != "write": // which is about a full disk, and no file that is named
		fmt.Fprintf(w, "%s: cannot be used: %v [%s]\n", path.Path, path.Err, diag.MissingFile)
		return exitInput
	}
	fmt.Fprintf(w, "weft: %v\n", err)
	return exitInput
}

// Command returns the whole command, for those who write its manual.
func Command() *cobra.Command { return newRootCmd(os.Stdout) }

// newRootCmd makes the command, which prints to out.
func newRootCmd(out io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "weft",
		Short:         "Compile spiking networks to crossbar neuromorphic chips, and emulate the chips.",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unknown command %q", args[0])
			}
			return nil
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return usage(refusals(cmd.Flags())...) },
		RunE:              printHelp,
	}
	root.AddCommand(
		newCompileCmd(), newRunCmd(), newEvalCmd(), newCompareCmd(), newSweepCmd(),
		newAsmCmd(), newDisasmCmd(), newVerifyCmd(), newInspectCmd(),
		newTargetsCmd(), newModelsCmd(), newExplainCmd(), newImportCmd(), newBenchCmd(), newDiffCmd(), newDebugCmd(), newReportCmd(),
		newSchemaCmd(), newInitCmd(),
	)
	root.SetOut(out)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, sub := range root.Commands() {
		switch sub.Name() {
		case "help":
			sub.Args, sub.Run, sub.RunE = checkTopic, nil, printTopic
			sub.PersistentPreRun, sub.PersistentPostRun = nil, nil
		case "completion":
			sub.RunE = printHelp // without which it takes any argument
		}
	}
	markUsage(root)
	addCompletions(root)
	return root
}

// printHelp prints the help of a command.
func printHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// printTopic prints the help of the command that words name.
func printTopic(cmd *cobra.Command, words []string) error {
	topic, _, err := cmd.Root().Find(words)
	if err != nil {
		return err
	}
	topic.InitDefaultHelpFlag()
	topic.InitDefaultVersionFlag()
	return topic.Help()
}

// checkTopic refuses words that name no command.
func checkTopic(cmd *cobra.Command, words []string) error {
	if _, rest, err := cmd.Root().Find(words); err != nil || len(rest) > 0 {
		return fmt.Errorf("there is no command %q", strings.Join(words, " "))
	}
	return nil
}

// markUsage makes mistakes in flags and arguments usage errors, in every
// command.
func markUsage(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(append(refusals(cmd.Flags()), plainFlagError(err))...)
	})
	if check := cmd.Args; check != nil {
		cmd.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{fmt.Errorf("%w; usage: %s", err, c.UseLine())}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		markUsage(sub)
	}
}

// plainFlagError leaves Go's words out of a flag's error.
func plainFlagError(err error) error {
	msg, rest, found := strings.Cut(err.Error(), ": strconv.")
	if !found {
		return err
	}
	if strings.Contains(rest, "out of range") {
		return fmt.Errorf("%s: out of range", msg)
	}
	if strings.HasPrefix(rest, "ParseBool") {
		return fmt.Errorf("%s: want true or false", msg)
	}
	if strings.HasPrefix(rest, "ParseUint") {
		return fmt.Errorf("%s: want a whole number from 0", msg)
	}
	return fmt.Errorf("%s: want a whole number", msg)
}

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// printJSON writes v indented, with a newline.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// version returns the module's version as built, or "devel".
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && !strings.HasPrefix(info.Main.Version, "(") {
		return info.Main.Version
	}
	return "devel"
}
