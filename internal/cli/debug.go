package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/debug"
	"github.com/weft-toolchain/weft/internal/diag"
)

type debugOptions struct {
	compileFlags
	defectsFlag
	inputFlags
	file, target string
	timing       string
	ticks        int
	script       string
	commands     []string
	echo         bool
}

func newDebugCmd() *cobra.Command {
	var o debugOptions
	cmd := &cobra.Command{
		Use:   "debug IMAGE.weft|NET.yaml",
		Short: "Run an image tick by tick, phase by phase or instruction by instruction",
		Long: `Run a chip image, or a network that is compiled first, as 'weft run' does, and stop
where something happens: go on by tick, phase, neuron or instruction, break on a spike,
a saturation or a value of a neuron, print what the chip holds by the names of the
network, and go back. The command 'help' lists the commands.

Commands come from --script and then each -e, or else from stdin. Before the first of
them runs all are read, and what is wrong with them is told. On a terminal there is a
prompt, with history and Tab, and an empty line goes on as the one before did.`,
		Example: `  weft debug examples/hello/network.yaml -i examples/hello/spikes.csv
  weft debug examples/hello/network.yaml -i examples/hello/spikes.csv -e 'break spike bell[0]' -e run -e registers`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runDebug(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringVarP(&o.target, "target", "t", "", "target: a built-in name or a file (default: the image's, or "+defaultTarget+")")
	o.addInput(cmd, "spikes of the inputs, - on stdin where the commands do not come from there")
	addWhole(cmd, &o.ticks, "ticks", 1, stimulus.MaxTicks, fmt.Sprintf("how many ticks the run has (default: as long as the input needs, %d without input)", defaultTicks))
	addTiming(cmd, &o.timing)
	cmd.Flags().StringVar(&o.script, "script", "", "file of commands, one a line; # begins a comment, - is stdin")
	cmd.Flags().StringArrayVarP(&o.commands, "execute", "e", nil, "a command, behind those of --script; may be repeated")
	cmd.Flags().BoolVar(&o.echo, "echo", false, "print each command of a script before what it tells")
	o.add(cmd)
	o.addDefects(cmd, "a network is compiled around it, and the chip is emulated with it")
	return cmd
}

// check refuses flags that do not go together.
func (o *debugOptions) check(typed bool) error {
	fromStdin := o.script == "-" || o.script == "" && len(o.commands) == 0
	switch {
	case o.in == "-" && fromStdin:
		return usagef("-i - and the commands both come from stdin; name a file with -i or --script, or give commands with -e")
	case o.echo && typed:
		return usagef("--echo is for commands of a script; at a prompt they are seen anyway")
	}
	return o.checkInput()
}

func runDebug(ctx context.Context, in io.Reader, w, errs io.Writer, o debugOptions) error {
	term, typed := terminalOf(in)
	typed = typed && o.script == "" && len(o.commands) == 0
	opt, err := o.options()
	if err != nil {
		return err
	}
	m := mode(o.timing)
	if err := o.check(typed); err != nil {
		return err
	}
	l, err := load(ctx, o.file, o.target, o.defects, opt)
	if err != nil {
		return err
	}
	chip, train, _, err := l.prepare(in, errs, &o.inputFlags, m)
	if err != nil {
		return err
	}
	s := debug.New(w, debug.Options{Chip: chip, Target: l.target, Defects: l.defects, Mode: m, Train: train, Ticks: cmp.Or(o.ticks, ticksFor(l.image, train))})
	defer s.Close()
	if typed {
		fmt.Fprintf(w, "%s; help lists the commands\n", s.Summary())
		return debugTyped(ctx, s, newTyped(term, w, s), w)
	}
	return o.debugScript(ctx, in, s)
}

// maxScript bounds a script.
const maxScript = 1 << 20

// debugScript runs commands that are all there, once all are sound, up to the first that
// cannot be done.
func (o *debugOptions) debugScript(ctx context.Context, in io.Reader, s *debug.Session) error {
	var diags diag.List
	var commands []*debug.Command
	if o.script != "" || len(o.commands) == 0 {
		name, text, err := readScript(in, o.script)
		if err != nil {
			return err
		}
		commands = s.ParseScript(ctx, name, text, &diags)
	}
	commands = append(commands, s.ParseScript(ctx, "-e", strings.Join(o.commands, "\n"), &diags)...)
	if err := diags.Err(); err != nil {
		return err
	}
	for _, c := range commands {
		if err := ctx.Err(); err != nil { // most commands do not look
			return fmt.Errorf("go on with the script: %w", err)
		}
		if o.echo {
			s.Echo(c)
		}
		switch err := s.Do(ctx, c); {
		case errors.Is(err, debug.ErrQuit):
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

// readScript reads a script of a file, or of stdin.
func readScript(in io.Reader, path string) (name, text string, err error) {
	if path != "" && path != "-" {
		data, bad := diag.ReadFile(path, maxScript)
		if bad != nil {
			return "", "", bad.Err()
		}
		return path, string(data), nil
	}
	data, err := io.ReadAll(io.LimitReader(in, maxScript+1))
	switch {
	case err != nil:
		return "", "", fmt.Errorf("read commands: %w", err)
	case len(data) > maxScript:
		return "", "", diag.One(diag.Pos{File: "stdin"}, diag.TooLarge, "is longer than the %d bytes of commands that are read at most", maxScript)
	}
	return "stdin", string(data), nil
}
