package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/spf13/cobra"
)

// whole is a flag of a whole number in a range. What it holds before it is set may lie
// outside: it stands for that none is given.
type whole struct {
	to          *int
	name        string
	least, most int
	bad         error
}

// noEnd is the largest number of a flag that has none.
const noEnd = math.MaxInt

// addWhole adds a flag that takes least to most, and starts as to is.
func addWhole(cmd *cobra.Command, to *int, name string, least, most int, usage string) {
	cmd.Flags().Var(&whole{to: to, name: name, least: least, most: most}, name, usage)
}

// String, Type and Set are those of a pflag.Value.
func (f *whole) String() string { return strconv.Itoa(*f.to) }

// Type names what help says the flag takes.
func (f *whole) Type() string { return "int" }

// Set keeps what is out of range as a refusal.
func (f *whole) Set(text string) error {
	f.bad = nil
	n, err := strconv.ParseInt(text, 0, 0)
	if errors.Is(err, strconv.ErrSyntax) {
		return err
	}
	if err != nil || int(n) < f.least || int(n) > f.most {
		want := fmt.Sprintf("%d to %d", f.least, f.most)
		if f.most == noEnd {
			want = fmt.Sprintf("%d or more", f.least)
		}
		f.bad = &rangeError{fmt.Sprintf("--%s %s: want %s", f.name, text, want)}
		return nil
	}
	*f.to = int(n)
	return nil
}

func (f *whole) refusal() error { return f.bad }

// rangeError tells a value that a flag does not take, with the flag.
type rangeError struct{ message string }

// Error returns the message.
func (e *rangeError) Error() string { return e.message }
