package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"golang.org/x/term"

	"github.com/weft-toolchain/weft/internal/debug"
	"github.com/weft-toolchain/weft/internal/diag"
)

// lineReader is where somebody types: io.EOF is the end.
type lineReader interface {
	ReadLine() (string, error)
}

// typed is a terminal that is read line by line, with history and completion. It is in
// raw mode only while a line is typed: what commands write, and Ctrl-C while they run, is
// as ever.
type typed struct {
	f *os.File
	t *term.Terminal
}

// keyboard is a terminal at which Ctrl-C, which x/term takes for the end, empties the line.
type keyboard struct {
	io.Reader
	io.Writer
}

func (k keyboard) Read(p []byte) (int, error) {
	n, err := k.Reader.Read(p[:(len(p)+1)/2])
	return copy(p, bytes.ReplaceAll(p[:n], []byte{'C' & 31}, []byte{'E' & 31, 'U' & 31})), err // to its end, and all before
}

func newTyped(f *os.File, w io.Writer, s *debug.Session) *typed {
	t := term.NewTerminal(keyboard{f, w}, debug.Prompt)
	t.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		done := s.Complete(line[:pos])
		return done + line[pos:], len(done), true
	}
	return &typed{f, t}
}

// ReadLine reads a line.
func (t *typed) ReadLine() (string, error) {
	before, err := term.MakeRaw(int(t.f.Fd()))
	if err != nil {
		return "", fmt.Errorf("prompt: %w", err)
	}
	defer func() { _ = term.Restore(int(t.f.Fd()), before) }() // nothing is left to be done about it
	if width, height, err := term.GetSize(int(t.f.Fd())); err == nil && width > 0 {
		_ = t.t.SetSize(width, height) // which fails where the prompt cannot be drawn: ReadLine tells
	}
	return t.t.ReadLine()
}

// debugTyped does what somebody types, until the end or quit. An empty line repeats the
// command before, if that goes on; Ctrl-C stops a command, and not the debugger.
func debugTyped(ctx context.Context, s *debug.Session, lines lineReader, w io.Writer) error {
	var last *debug.Command
	for {
		line, err := lines.ReadLine()
		switch {
		case errors.Is(err, io.EOF):
			fmt.Fprintln(w)
			return nil
		case err != nil:
			return err
		}
		c, err := s.Parse(line)
		switch {
		case err == nil && c == nil && last != nil && last.Again:
			c = last
		case err == nil && c != nil:
			last = c
		}
		if err == nil && c != nil {
			err = untilInterrupted(ctx, s, c)
		}
		var wrong *diag.Error
		switch {
		case err == nil:
		case errors.Is(err, debug.ErrQuit):
			return nil
		case errors.Is(err, context.Canceled):
			fmt.Fprintln(w, "interrupted")
		case errors.As(err, &wrong):
			for _, d := range wrong.Diagnostics {
				fmt.Fprintln(w, d.Message)
			}
		default:
			return err
		}
	}
}

// untilInterrupted does a command, which Ctrl-C ends, the first time and each later one.
func untilInterrupted(ctx context.Context, s *debug.Session, c *debug.Command) error {
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt)
	defer stop()
	return s.Do(ctx, c)
}

// terminalOf returns the terminal that a stream is.
func terminalOf(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}
