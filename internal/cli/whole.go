package cli

import (
	"cmp"
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

// Set keeps what is no number, or out of range, as a refusal.
func (f *whole) Set(text string) error {
	f.bad = nil
	n, err := strconv.ParseInt(text, 0, 0)
	if err != nil || int(n) < f.least || int(n) > f.most {
		want := fmt.Sprintf("%d to %d", f.least, f.most)
		if f.most == noEnd {
			want = fmt.Sprintf("%d or more", f.least)
		}
		kind := ""
		if errors.Is(err, strconv.ErrSyntax) {
			kind, want = "want a whole number", "a whole number, "+want
		}
		f.bad = &rangeError{fmt.Sprintf("--%s %s: want %s", f.name, cmp.Or(text, `""`), want), kind}
		return nil
	}
	*f.to = int(n)
	return nil
}

func (f *whole) refusal() error { return f.bad }

// rangeError tells a value that a flag does not take, with the flag; a line for each
// mistake. kind is what is wanted of one that is not even of the flag's kind.
type rangeError struct{ message, kind string }

// Error returns the message.
func (e *rangeError) Error() string { return e.message }

// read is a flag whose text a function takes or refuses.
type read struct {
	text, kind string
	take       func(text string) error
	bad        error
}

// addRead adds a flag of a text that check may refuse with an error that names it.
func addRead(cmd *cobra.Command, to *string, name string, check func(text string) error, usage string) {
	cmd.Flags().Var(&read{text: *to, kind: "string", take: func(text string) error {
		if err := check(text); err != nil {
			return &rangeError{message: err.Error()}
		}
		*to = text
		return nil
	}}, name, usage)
}

// addSeed adds --seed, which starts as to is.
func addSeed(cmd *cobra.Command, to *uint64, usage string) {
	cmd.Flags().Var(&read{text: strconv.FormatUint(*to, 10), kind: "uint64", take: func(text string) (err error) {
		if *to, err = strconv.ParseUint(text, 0, 64); err != nil {
			want := "want a whole number from 0"
			if errors.Is(err, strconv.ErrRange) {
				want = fmt.Sprintf("want at most %d", uint64(math.MaxUint64))
			}
			return &rangeError{fmt.Sprintf("--seed %s: %s", cmp.Or(text, `""`), want), want}
		}
		return nil
	}}, "seed", usage)
}

// String, Type and Set are those of a pflag.Value.
func (f *read) String() string { return f.text }

// Type names what help says the flag takes.
func (f *read) Type() string { return f.kind }

// Set keeps what is refused as a refusal.
func (f *read) Set(text string) error {
	f.text, f.bad = text, f.take(text)
	return nil
}

func (f *read) refusal() error { return f.bad }
