package cli

import (
	"testing"

	"github.com/spf13/cobra"
)

// Whatever the tables of completions name is there.
func TestCompletionsAreOfFlagsAndCommandsThatAreThere(t *testing.T) {
	flags, paths := map[string]bool{}, map[string]bool{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		paths[cmd.CommandPath()] = true
		for name := range flagCompletions {
			flags[name] = flags[name] || cmd.LocalFlags().Lookup(name) != nil
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(Command())
	for name := range flagCompletions {
		if !flags[name] {
			t.Errorf("there is no flag --%s", name)
		}
	}
	for name := range nirWords {
		if flagCompletions[name] == nil {
			t.Errorf("a shell offers no words for --%s", name)
		}
	}
	for path := range argCompletions {
		if !paths[path] {
			t.Errorf("there is no command %s", path)
		}
	}
}
