package cli

import (
	"slices"
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
	for path := range argCompletions {
		if !paths[path] {
			t.Errorf("there is no command %s", path)
		}
	}
}

// A shell offers the words of flags that take one of some.
func TestWordsAreOffered(t *testing.T) {
	offered := func(path, flag string) []string {
		cmd, _, err := Command().Find([]string{path})
		if err != nil {
			t.Fatal(err)
		}
		complete, ok := cmd.GetFlagCompletionFunc(flag)
		if !ok {
			t.Errorf("a shell offers no words for weft %s --%s", path, flag)
			return nil
		}
		all, _ := complete(cmd, nil, "")
		return all
	}
	for flag, want := range nirWords {
		if got := offered("import", flag); !slices.Equal(got, want) {
			t.Errorf("weft import --%s: %q are offered, want %q", flag, got, want)
		}
	}
	for _, flag := range []string{"clip", "per", "format", "scale", "split", "objective"} {
		if len(offered("compile", flag)) < 2 {
			t.Errorf("weft compile --%s: no choice is offered", flag)
		}
	}
}
