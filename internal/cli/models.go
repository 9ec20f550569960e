package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler/network"
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
		Short: "List and show the neuron models and the rules of learning",
		Long: `List the neuron models and the rules by which synapses learn, or show one: its
assembly, its options, how long each variant is and which chips run it.`,
		Args: cobra.NoArgs,
		RunE: list,
	}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print as JSON")
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the neuron models and the rules of learning", Args: cobra.NoArgs, RunE: list},
		&cobra.Command{
			Use: "show MODEL", Short: "Print a model's or a rule's assembly, options and lengths",
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
	State  []string `json:"state"`
	Params []string `json:"params"`
	Text   string   `json:"text,omitempty"`
	// Pre is the program of its stochastic synapses.
	Pre string `json:"pre,omitempty"`
	// Registers are the parameters of a chip's model.
	Registers []registerView `json:"registers,omitempty"`
	Options   []optionView   `json:"options,omitempty"`
	Variants  []variantView  `json:"variants,omitempty"`
	Targets   []runsView     `json:"targets,omitempty"`
}

type registerView struct {
	Name    string `json:"name"`
	Lo      int64  `json:"lo"`
	Hi      int64  `json:"hi"`
	Default int64  `json:"default"`
	Doc     string `json:"doc"`
}

type optionView struct {
	Name   string `json:"name"`
	Values string `json:"values"`
	Doc    string `json:"doc"`
}

type variantView struct {
	Reset string `json:"reset,omitempty"`
	// Choice is what is not as by default, of a chip's model.
	Choice       string `json:"choice,omitempty"`
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
	err := table(w, func(t io.Writer) {
		fmt.Fprintln(t, "model\tstate\tparameters\tfires\tdoc")
		for _, m := range all {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", m.Name, orNone(m.State), orNone(m.Params), yesNo(m.Fires), m.Doc)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	return table(w, func(t io.Writer) {
		fmt.Fprintln(t, "rule\tprograms\tdoc")
		for _, r := range models.Rules() {
			var kinds []string
			for kind := range isa.NumKinds {
				if _, ok := r.Text(kind); ok {
					kinds = append(kinds, kind.String())
				}
			}
			fmt.Fprintf(t, "%s\t%s\t%s\n", r.Name, orNone(kinds), r.Doc)
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
	v := modelView{Name: m.Name, Doc: m.Doc, Fires: m.Fires || m.Integer, Params: []string{}}
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
		if r, isRule := models.LookupRule(name); isRule {
			return showRule(w, r, asJSON)
		}
		names := models.Names()
		for _, r := range models.Rules() {
			names = append(names, r.Name)
		}
		hint := spell.Hint(name, names)
		if hint == "" {
			hint = "; want one of " + strings.Join(names, ", ")
		}
		return diag.One(diag.Pos{File: "model"}, diag.UnknownName, "unknown neuron model %q%s", name, hint)
	}
	v, err := newModelView(m)
	if err != nil {
		return err
	}
	v.Text, v.Pre, v.Options = m.Text, m.Pre, modelOptions(m)
	for _, r := range network.Model(m.Name).Registers() {
		v.Registers = append(v.Registers, registerView{string(r.Name), r.Lo, r.Hi, r.Default, r.Doc})
	}
	if err := v.addVariants(m); err != nil {
		return err
	}
	if asJSON {
		return printJSON(w, v)
	}
	return printModel(w, v)
}

// ruleView is a rule of learning as models prints it.
type ruleView struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
	// Texts are by kind of program.
	Texts map[string]string `json:"texts"`
}

func showRule(w io.Writer, r models.Rule, asJSON bool) error {
	v := ruleView{Name: r.Name, Doc: r.Doc, Texts: map[string]string{}}
	fmt.Fprintf(ifText(w, asJSON), "%s: %s\n", r.Name, r.Doc)
	for kind := range isa.NumKinds {
		text, ok := r.Text(kind)
		if !ok {
			continue
		}
		v.Texts[kind.String()] = text
		what := "for each synapse of a row that a spike arrives at"
		switch kind {
		case isa.Tick:
			what = "appended to the neuron's program"
		case isa.Axon:
			what = "for each row in every tick"
		case isa.Post:
			what = "for each synapse of a neuron that fired in the tick before"
		case isa.Arrive, isa.Pre, isa.NumKinds:
		}
		fmt.Fprintf(ifText(w, asJSON), "\n.kind %s, %s:\n\n%s", kind, what, text)
	}
	if asJSON {
		return printJSON(w, v)
	}
	return nil
}

// ifText returns w, or nowhere where JSON is printed.
func ifText(w io.Writer, asJSON bool) io.Writer {
	if asJSON {
		return io.Discard
	}
	return w
}

func modelOptions(m models.Model) []optionView {
	var out []optionView
	if m.Resets != nil {
		out = append(out, optionView{"reset", strings.Join(m.Resets, ", "), "what becomes of the potential after a spike"})
	}
	if m.Integer {
		for _, c := range network.Model(m.Name).Choices() {
			out = append(out, optionView{c.Name, strings.Join(c.Words, ", "), c.Doc})
		}
		return out
	}
	if m.Resets != nil {
		out = append(out, optionView{"refractory", "0 or 1", "count ticks after a spike in which the neuron is held"})
	}
	out = append(out, optionView{"frac", fmt.Sprintf("0 to %d", m.MaxFrac()), "fractional bits of the potential below the weights"})
	if strings.Contains(m.Text, "fbits") {
		out = append(out, optionView{"fbits", "0 to 62", "fractional bits of the factors"})
	}
	if strings.Contains(m.Text, "sbits") {
		out = append(out, optionView{"sbits", "0 to 62", "fractional bits of the factor of the square"})
	}
	if strings.Contains(m.Text, "nbits") {
		out = append(out, optionView{"nbits", "fbits + 1", "random bits of a draw"})
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
	add := func(row variantView, opt models.Options) error {
		p, err := m.Assemble(opt)
		if err != nil {
			return err
		}
		row.Instructions, row.CyclesPerNeuron = len(p.Words), map[string]float64{}
		for k, t := range chips {
			if why := cannotRun(m.Name, p, &t.Arch); why != "" {
				v.Targets[k].Runs, v.Targets[k].Because = false, why
				continue
			}
			if t.Arch.Controller.EventDriven() {
				continue // it has no ticks
			}
			row.CyclesPerNeuron[t.Name] = float64(int64(len(p.Words))*t.Timing.Instruction+t.Timing.Neuron) / float64(t.Timing.Lanes)
		}
		v.Variants = append(v.Variants, row)
		return nil
	}
	if m.Integer {
		return addChoices(m, add)
	}
	resets := m.Resets
	if resets == nil {
		resets = []string{""}
	}
	for _, refractory := range []bool{false, true} {
		if refractory && (m.Resets == nil || m.Integer) {
			break
		}
		for _, reset := range resets {
			if err := add(variantView{Reset: reset, Refractory: refractory}, models.Options{Reset: reset, Refractory: refractory}); err != nil {
				return err
			}
		}
	}
	return nil
}

// addChoices adds the variants of a chip's model: that of the defaults, and those
// in which one thing is otherwise.
func addChoices(m models.Model, add func(variantView, models.Options) error) error {
	plain := models.Options{}
	resets := m.Resets
	if resets != nil {
		plain.Reset = resets[0]
	}
	if err := add(variantView{Choice: "defaults"}, plain); err != nil {
		return err
	}
	for k, reset := range resets {
		if k == 0 {
			continue
		}
		if err := add(variantView{Choice: "reset: " + reset}, models.Options{Reset: reset}); err != nil {
			return err
		}
	}
	for _, c := range m.Choices {
		for _, word := range c.Words[1:] {
			opt := plain
			opt.Choices = map[string]string{c.Key: word}
			if err := add(variantView{Choice: c.Key + ": " + word}, opt); err != nil {
				return err
			}
		}
	}
	return nil
}

// cannotRun says why a core cannot run a model's program, or nothing if it can.
func cannotRun(model string, p *isa.Program, a *targets.Arch) string {
	problems := p.Verify(features(a))
	bits := network.Model(model).WordBits()
	switch {
	case a.Models != "" && !slices.Contains(strings.Fields(a.Models), model):
		return "its neurons are circuits, of " + strings.Join(strings.Fields(a.Models), ", ")
	case a.StateBits < bits:
		return fmt.Sprintf("its words have %d bits, of %d that are needed", a.StateBits, bits)
	case len(problems) == 0:
		return ""
	case problems[0].Extension != 0:
		return fmt.Sprintf("it lacks extension %c", problems[0].Extension)
	}
	return problems[0].Message
}

func printModel(w io.Writer, v modelView) error {
	fmt.Fprintf(w, "%s: %s\n\n%s\n", v.Name, v.Doc, v.Text)
	if v.Pre != "" {
		fmt.Fprintf(w, ".kind pre, for each stochastic synapse of a row that a spike arrives at:\n\n%s\n", v.Pre)
	}
	if err := printSettings(w, v); err != nil {
		return err
	}
	fmt.Fprintln(w, "Instructions, and cycles per neuron and tick on the built-in targets:")
	fmt.Fprintln(w)
	err := table(w, func(t io.Writer) {
		fmt.Fprint(t, variantHead(v), "\tinstructions")
		for _, r := range v.Targets {
			fmt.Fprintf(t, "\t%s", r.Target)
		}
		fmt.Fprintln(t)
		for _, x := range v.Variants {
			if x.Choice != "" {
				fmt.Fprintf(t, "%s\t%d", x.Choice, x.Instructions)
			} else {
				fmt.Fprintf(t, "%s\t%s\t%d", orNone(strings.Fields(x.Reset)), yesNo(x.Refractory), x.Instructions)
			}
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
		_, timed := v.Variants[0].CyclesPerNeuron[r.Target]
		switch {
		case !r.Runs && timed:
			fmt.Fprintf(w, "%s does not run all of it: %s\n", r.Target, r.Because)
		case !r.Runs:
			fmt.Fprintf(w, "%s does not run it: %s\n", r.Target, r.Because)
		case !timed:
			fmt.Fprintf(w, "%s runs it event by event, and has no ticks\n", r.Target)
		}
	}
	return err
}

// variantHead are the columns that tell variants apart.
func variantHead(v modelView) string {
	if len(v.Registers) > 0 {
		return "choice"
	}
	return "reset\trefractory"
}

// printSettings writes the tables of registers and of options, those that have
// rows.
func printSettings(w io.Writer, v modelView) error {
	if len(v.Registers) > 0 {
		err := table(w, func(t io.Writer) {
			fmt.Fprintln(t, "parameter\tvalues\tdefault\tmeaning")
			for _, r := range v.Registers {
				fmt.Fprintf(t, "%s\t%d to %d\t%d\t%s\n", r.Name, r.Lo, r.Hi, r.Default, r.Doc)
			}
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	if len(v.Options) == 0 {
		return nil
	}
	err := table(w, func(t io.Writer) {
		fmt.Fprintln(t, "option\tvalues\tmeaning")
		for _, o := range v.Options {
			fmt.Fprintf(t, "%s\t%s\t%s\n", o.Name, o.Values, o.Doc)
		}
	})
	fmt.Fprintln(w)
	return err
}
