package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/models"
	"github.com/weft-toolchain/weft/targets"
)

func newModelsCmd() *cobra.Command {
	var asJSON bool
	list := func(cmd *cobra.Command, _ []string) error { return listModels(cmd.OutOrStdout(), asJSON) }
	cmd := &cobra.Command{
		Use:   "models",
		Short: "List and show the neuron models",
		Long: `List the neuron models, or show one: its assembly, its options, how long each
variant is and which chips run it.`,
		Args: cobra.NoArgs,
		RunE: list,
	}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print as JSON")
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the neuron models", Args: cobra.NoArgs, RunE: list},
		&cobra.Command{
			Use: "show MODEL", Short: "Print a model's assembly, options and lengths",
			Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return showModel(cmd.OutOrStdout(), args[0], asJSON)
			},
		},
	)
	return cmd
}

// modelView is a model as models prints it.
type modelView struct {
	Name  string `json:"name"`
	Doc   string `json:"doc"`
	Fires bool   `json:"fires"`
	// State and Params are those of the plainest variant.
	State    []string      `json:"state"`
	Params   []string      `json:"params"`
	Text     string        `json:"text,omitempty"`
	Options  []optionView  `json:"options,omitempty"`
	Variants []variantView `json:"variants,omitempty"`
	Targets  []runsView    `json:"targets,omitempty"`
}

type optionView struct {
	Name   string `json:"name"`
	Values string `json:"values"`
	Doc    string `json:"doc"`
}

type variantView struct {
	Reset        string `json:"reset,omitempty"`
	Refractory   bool   `json:"refractory"`
	Instructions int    `json:"instructions"`
	// CyclesPerNeuron is by built-in target, for those that run it.
	CyclesPerNeuron map[string]float64 `json:"cycles_per_neuron"`
}

// runsView says whether a built-in target runs every variant, or why not.
type runsView struct {
	Target  string `json:"target"`
	Runs    bool   `json:"runs"`
	Because string `json:"because,omitempty"`
}

func listModels(w io.Writer, asJSON bool) error {
	all := []modelView{}
	for _, m := range models.All() {
		v, err := newModelView(m)
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	if asJSON {
		return printJSON(w, all)
	}
	return table(w, func(t io.Writer) {
		fmt.Fprintln(t, "model\tstate\tparameters\tfires\tdoc")
		for _, m := range all {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", m.Name, orNone(m.State), orNone(m.Params), yesNo(m.Fires), m.Doc)
		}
	})
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func newModelView(m models.Model) (modelView, error) {
	v := modelView{Name: m.Name, Doc: m.Doc, Fires: m.Fires, Params: []string{}}
	p, err := m.Assemble(models.Options{Reset: models.Resets[0]})
	if err != nil {
		return v, err
	}
	v.State = append([]string{}, p.State...)
	for _, b := range p.Params {
		v.Params = append(v.Params, b.Name)
	}
	return v, nil
}

func showModel(w io.Writer, name string, asJSON bool) error {
	m, ok := models.Lookup(name)
	if !ok {
		hint := spell.Hint(name, models.Names())
		if hint == "" {
			hint = "; want one of " + strings.Join(models.Names(), ", ")
		}
		return diag.One(diag.Pos{File: "model"}, diag.UnknownName, "unknown neuron model %q%s", name, hint)
	}
	v, err := newModelView(m)
	if err != nil {
		return err
	}
	v.Text, v.Options = m.Text, modelOptions(m)
	if err := v.addVariants(m); err != nil {
		return err
	}
	if asJSON {
		return printJSON(w, v)
	}
	return printModel(w, v)
}

func modelOptions(m models.Model) []optionView {
	var out []optionView
	if m.Fires {
		out = append(out,
			optionView{"reset", strings.Join(models.Resets, ", "), "what becomes of the potential after a spike"},
			optionView{"refractory", "0 or 1", "count ticks after a spike in which the neuron is held"},
		)
	}
	out = append(out, optionView{"frac", fmt.Sprintf("0 to %d", models.MaxFrac), "fractional bits of the potential below the weights"})
	if strings.Contains(m.Text, "fbits") {
		out = append(out, optionView{"fbits", "0 to 62", "fractional bits of the factors"})
	}
	return out
}

// addVariants assembles every variant and asks every built-in target about it.
func (v *modelView) addVariants(m models.Model) error {
	var chips []*targets.Target
	for _, name := range targets.Names() {
		t, err := targets.Load(name)
		if err != nil {
			return err
		}
		chips = append(chips, t)
		v.Targets = append(v.Targets, runsView{Target: name, Runs: true})
	}
	resets := models.Resets
	if !m.Fires {
		resets = []string{""}
	}
	for _, refractory := range []bool{false, true} {
		if refractory && !m.Fires {
			break
		}
		for _, reset := range resets {
			p, err := m.Assemble(models.Options{Reset: reset, Refractory: refractory})
			if err != nil {
				return err
			}
			row := variantView{Reset: reset, Refractory: refractory, Instructions: len(p.Words), CyclesPerNeuron: map[string]float64{}}
			for k, t := range chips {
				if why := cannotRun(p, &t.Arch); why != "" {
					v.Targets[k].Runs, v.Targets[k].Because = false, why
					continue
				}
				row.CyclesPerNeuron[t.Name] = float64(int64(len(p.Words))*t.Timing.Instruction) / float64(t.Timing.Lanes)
			}
			v.Variants = append(v.Variants, row)
		}
	}
	return nil
}

// cannotRun says why a core cannot run a program, or nothing if it can.
func cannotRun(p *isa.Program, a *targets.Arch) string {
	problems := p.Verify(features(a))
	switch {
	case len(problems) == 0:
		return ""
	case problems[0].Extension != 0:
		return fmt.Sprintf("it lacks extension %c", problems[0].Extension)
	}
	return problems[0].Message
}

func printModel(w io.Writer, v modelView) error {
	fmt.Fprintf(w, "%s: %s\n\n%s\n", v.Name, v.Doc, v.Text)
	err := table(w, func(t io.Writer) {
		fmt.Fprintln(t, "option\tvalues\tmeaning")
		for _, o := range v.Options {
			fmt.Fprintf(t, "%s\t%s\t%s\n", o.Name, o.Values, o.Doc)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\nInstructions, and cycles per neuron and tick on the built-in targets:")
	fmt.Fprintln(w)
	err = table(w, func(t io.Writer) {
		fmt.Fprint(t, "reset\trefractory\tinstructions")
		for _, r := range v.Targets {
			fmt.Fprintf(t, "\t%s", r.Target)
		}
		fmt.Fprintln(t)
		for _, x := range v.Variants {
			fmt.Fprintf(t, "%s\t%s\t%d", orNone(strings.Fields(x.Reset)), yesNo(x.Refractory), x.Instructions)
			for _, r := range v.Targets {
				cycles, ok := x.CyclesPerNeuron[r.Target]
				if !ok {
					fmt.Fprint(t, "\t–")
					continue
				}
				fmt.Fprintf(t, "\t%.4g", cycles)
			}
			fmt.Fprintln(t)
		}
	})
	for _, r := range v.Targets {
		if !r.Runs {
			fmt.Fprintf(w, "%s does not run it: %s\n", r.Target, r.Because)
		}
	}
	return err
}
