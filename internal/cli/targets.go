package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

func newTargetsCmd() *cobra.Command {
	var asJSON bool
	list := func(cmd *cobra.Command, _ []string) error { return listTargets(cmd.OutOrStdout(), asJSON) }
	cmd := &cobra.Command{
		Use:   "targets",
		Short: "List, show and check the chips",
		Long: `List the built-in targets, show one with its sources, or check target files.
Wherever a command takes a target, it takes a built-in name or the path of a
file; targets/README.md says how to write one.`,
		Args: cobra.NoArgs,
		RunE: list,
	}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print as JSON")
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the built-in targets", Args: cobra.NoArgs, RunE: list},
		&cobra.Command{
			Use: "show TARGET", Short: "Print a target's file and those it inherits from; with --json, what comes of them",
			Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return showTarget(cmd.OutOrStdout(), args[0], asJSON)
			},
		},
		&cobra.Command{
			Use: "check FILE...", Short: "Check target files, and warn of figures without a source",
			Args: cobra.MinimumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return checkTargets(cmd.OutOrStdout(), cmd.ErrOrStderr(), args, asJSON)
			},
		},
	)
	return cmd
}

func listTargets(w io.Writer, asJSON bool) error {
	all := []*targets.Target{}
	for _, name := range targets.Names() {
		t, err := targets.Load(name)
		if err != nil {
			return err
		}
		all = append(all, t)
	}
	if asJSON {
		return printJSON(w, all)
	}
	return table(w, func(tw io.Writer) {
		fmt.Fprintln(tw, "target\tmesh\tcores\tneurons\taxons\tsynapses\tweights\tdelays\textensions\tdoc")
		for _, t := range all {
			a := &t.Arch
			fmt.Fprintf(tw, "%s\t%d × %d\t%d\t%d\t%d\t%s\t%d bits\t%d at the %s\t%s\t%s\n", t.Name, a.MeshWidth, a.MeshHeight, a.Cores(), a.Neurons, a.Axons,
				synapseMemory(a), a.WeightBits, a.MaxDelay, a.DelayPlace, letters(a.Extensions), t.Doc)
		}
	})
}

// synapseMemory says how many synapses a core holds, and how.
func synapseMemory(a *targets.Arch) string {
	return fmt.Sprintf("%d %s", a.MaxSynapses()/a.Cores(), a.SynapseFormat)
}

func letters(extensions string) string {
	if extensions == "" {
		return "–"
	}
	return extensions
}

func showTarget(w io.Writer, name string, asJSON bool) error {
	t, err := targets.Load(name)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(w, t)
	}
	texts, err := targets.Texts(name)
	if err != nil {
		return err
	}
	for k, text := range texts {
		if k > 0 {
			fmt.Fprintf(w, "\n# %s inherits from %s:\n", texts[k-1], text)
		}
		fmt.Fprint(w, text.Text)
	}
	return nil
}

// checked is a target file that is well-formed.
type checked struct {
	File   string `json:"file"`
	Target string `json:"target"`
	Doc    string `json:"doc"`
	// Unsourced are the times and prices without a comment.
	Unsourced []string `json:"unsourced"`
}

func checkTargets(w, errs io.Writer, files []string, asJSON bool) error {
	var diags diag.List
	out := []checked{}
	for _, file := range files {
		c, err := checkTarget(errs, file)
		if err := collect(&diags, err); err != nil {
			return err
		}
		if err == nil {
			out = append(out, c)
		}
	}
	if asJSON {
		if err := printJSON(w, out); err != nil {
			return err
		}
		return diags.Err()
	}
	for _, c := range out {
		fmt.Fprintf(w, "%s: ok: %s", c.File, c.Target)
		if c.Doc != "" {
			fmt.Fprintf(w, ": %s", c.Doc)
		}
		fmt.Fprintln(w)
	}
	return diags.Err()
}

// checkTarget loads a target file, and warns of what its comments leave out.
func checkTarget(errs io.Writer, file string) (checked, error) {
	t, err := targets.Load(file)
	if err != nil {
		return checked{}, err
	}
	texts, err := targets.Texts(file)
	if err != nil {
		return checked{}, err
	}
	figures, err := targets.Figures(texts[0])
	if err != nil {
		return checked{}, err
	}
	c := checked{File: file, Target: t.Name, Doc: t.Doc, Unsourced: []string{}}
	for _, f := range figures {
		if f.NeedsSource() && f.Source == "" {
			c.Unsourced = append(c.Unsourced, f.Block+"."+f.Field)
			fmt.Fprintf(errs, "%s: warning: %s.%s has no comment that gives its source, or says assumed\n", f.Pos, f.Block, f.Field)
		}
	}
	return c, nil
}
