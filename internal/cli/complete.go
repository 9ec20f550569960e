package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/isa/models"
	"github.com/weft-toolchain/weft/targets"
)

// flagCompletions are what a shell may offer for a flag's value, by the flag's
// name, in any command. Those that are made with their words offer these.
var flagCompletions = map[string]cobra.CompletionFunc{
	"target":         wordsOf(targets.Names, cobra.ShellCompDirectiveDefault),
	"targets":        commas(targets.Names),
	"explain":        populations,
	"input-fit":      words(events.Fits...),
	"input-polarity": words(events.OffOn, events.OnOff),
	"probe":          populations,
	"defects":        files("yaml", "yml"),
	"profile":        files("csv"),
}

// argCompletions are the same for the argument of a command, by the command's path.
var argCompletions = map[string]cobra.CompletionFunc{
	"weft targets show":  wordsOf(targets.Names, cobra.ShellCompDirectiveDefault),
	"weft targets check": files("yaml", "yml"),
	"weft models show":   wordsOf(modelNames, cobra.ShellCompDirectiveNoFileComp),
	"weft explain":       wordsOf(codeNames, cobra.ShellCompDirectiveNoFileComp),
	"weft compile":       files("yaml", "yml"),
	"weft run":           files(strings.TrimPrefix(imageSuffix, "."), "yaml", "yml"),
	"weft debug":         files(strings.TrimPrefix(imageSuffix, "."), "yaml", "yml"),
	"weft eval":          files("yaml", "yml"),
	"weft compare":       files("yaml", "yml"),
	"weft sweep":         orCommand(files("yaml", "yml")),
	"weft sweep show":    files("sqlite"),
	"weft inspect":       files(strings.TrimPrefix(imageSuffix, ".")),
}

// addCompletions gives a command and all below it what the tables say.
func addCompletions(cmd *cobra.Command) {
	for name, complete := range flagCompletions {
		if cmd.LocalFlags().Lookup(name) != nil {
			offer(cmd, name, complete)
		}
	}
	if complete, ok := argCompletions[cmd.CommandPath()]; ok {
		cmd.ValidArgsFunction = func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if c.ValidateArgs(append(args, word)) != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp // there is an argument already
			}
			return complete(c, args, word)
		}
	}
	for _, sub := range cmd.Commands() {
		addCompletions(sub)
	}
}

// offer says what a shell may offer for the value of a command's flag.
func offer(cmd *cobra.Command, name string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic("cli: " + err.Error())
	}
}

// words offers these, and no files.
func words[T ~string](all ...T) cobra.CompletionFunc {
	return wordsOf(func() []string { return texts(all) }, cobra.ShellCompDirectiveNoFileComp)
}

// wordsOf offers what there is at the time; shells take those that go on as the
// word begins.
func wordsOf(all func() []string, directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return all(), directive }
}

// commas offers words for a list with commas between, each once, or a file.
func commas(all func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		before := word[:strings.LastIndexByte(word, ',')+1]
		given := strings.Split(before, ",")
		var out []string
		for _, x := range all() {
			if !slices.Contains(given, x) {
				out = append(out, before+x)
			}
		}
		return out, cobra.ShellCompDirectiveNoSpace
	}
}

// files offers files with these endings.
func files(endings ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

// orCommand leaves a word that begins the name of a subcommand to it: a shell takes
// endings of files or words, not both.
func orCommand(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		begins := func(sub *cobra.Command) bool { return strings.HasPrefix(sub.Name(), word) }
		if word != "" && slices.ContainsFunc(cmd.Commands(), begins) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, word)
	}
}

// populations offers the populations of the network file that was named before.
// Only the file's keys are read: no arrays, and no image.
func populations(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if len(args) > 0 && filepath.Ext(args[0]) != imageSuffix {
		var diags diag.List
		if all := yamldoc.Load(args[0], &diags).Get("populations"); all != nil {
			for _, f := range all.Fields {
				out = append(out, f.Key)
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func modelNames() []string {
	var out []string
	for _, m := range models.All() {
		out = append(out, m.Name)
	}
	for _, r := range models.Rules() {
		out = append(out, r.Name)
	}
	return out
}

func codeNames() []string {
	var out []string
	for _, e := range diag.Codes() {
		out = append(out, string(e.Code))
	}
	return out
}
