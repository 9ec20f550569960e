package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// word is a flag of some words. What it holds before it is set may be empty: it stands
// for that none is given.
type word struct {
	to    *string
	name  string
	words []string
	bad   error
}

// addWord adds a flag that takes one of some words, which a shell offers, and starts as
// to is.
func addWord[T ~string](cmd *cobra.Command, to *string, name string, all []T, usage string) {
	cmd.Flags().Var(&word{to: to, name: name, words: texts(all)}, name, usage)
	offer(cmd, name, words(all...))
}

// String, Type and Set are those of a pflag.Value.
func (f *word) String() string { return *f.to }

// Type names what help says the flag takes.
func (f *word) Type() string { return "string" }

// Set keeps what is no such word as a refusal.
func (f *word) Set(text string) error {
	f.bad = nil
	if !slices.Contains(f.words, text) {
		last := len(f.words) - 1
		f.bad = &rangeError{message: fmt.Sprintf("--%s %s: want %s or %s", f.name, cmp.Or(text, `""`), strings.Join(f.words[:last], ", "), f.words[last])}
		return nil
	}
	*f.to = text
	return nil
}

func (f *word) refusal() error { return f.bad }

// refuser is a flag that keeps what is wrong with its value. pflag stops at the first
// error; these are told together.
type refuser interface{ refusal() error }

// refusals returns what is wrong with the values of flags that were set. None may be
// empty, such as --resume "$NAME" with a variable that is not set: to be taken as not given
// is what nobody wants.
func refusals(flags *pflag.FlagSet) (all []error) {
	flags.Visit(func(f *pflag.Flag) {
		if r, ok := f.Value.(refuser); ok && r.refusal() != nil {
			all = append(all, r.refusal())
		} else if isEmpty(f.Value) {
			all = append(all, fmt.Errorf("--%s is empty: give it a value, or leave it out", f.Name))
		}
	})
	if flags.Changed("format") && flags.Changed("bits") {
		all = append(all, errFormatAndBits)
	}
	return all
}

func isEmpty(v pflag.Value) bool {
	if list, ok := v.(pflag.SliceValue); ok {
		return len(list.GetSlice()) == 0 || slices.Equal(list.GetSlice(), []string{""})
	}
	return v.String() == ""
}

// SetFlag sets a flag, and returns what is wrong with that.
func SetFlag(cmd *cobra.Command, name, text string) error {
	if err := cmd.Flags().Set(name, text); err != nil {
		return err
	}
	if r, ok := cmd.Flags().Lookup(name).Value.(refuser); ok {
		return r.refusal()
	}
	return nil
}

// usage joins mistakes of the command line into one error, and returns nil where there
// are none.
func usage(mistakes ...error) error {
	if err := errors.Join(mistakes...); err != nil {
		return usageError{err}
	}
	return nil
}
