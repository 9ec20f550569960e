package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/outcome"
	"github.com/weft-toolchain/weft/internal/pareto"
	"github.com/weft-toolchain/weft/internal/sweep/store"
)

type sweepShowOptions struct {
	file, pareto string
	csv, json    bool
	svg, html    string
}

func newSweepShowCmd() *cobra.Command {
	var o sweepShowOptions
	cmd := &cobra.Command{
		Use:   "show RESULTS",
		Short: "Print the results of a sweep: a table, csv, JSON, or a Pareto plot",
		Long: `Print the points of a sweep in the order of its file, with their results as far as
there are any: also while the sweep runs. Rows with a * are the Pareto front over
accuracy, latency and energy, or over the two figures of --pareto, which are
then plotted: columns of --csv, or parameters that are numbers or quantities. Of
accuracy more is better, and of samples and correct answers; of all else less is.`,
		Example: "  weft sweep show examples/digits/sweep.sqlite --pareto bits,accuracy --svg bits.svg",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runSweepShow(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringVar(&o.pareto, "pareto", "", "`X,Y`: plot Y over X, and mark the front over these two")
	cmd.Flags().BoolVar(&o.csv, "csv", false, "print csv")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	cmd.Flags().StringVar(&o.svg, "svg", "", "write the plot of --pareto here as a drawing")
	cmd.Flags().StringVar(&o.html, "html", "", "write the table here as a page, with plots, that needs no network")
	return cmd
}

// shownSweep is the results as JSON.
type shownSweep struct {
	Sweep      string       `json:"sweep"`
	Parameters []string     `json:"parameters"`
	Points     []shownPoint `json:"points"`
}

// shownPoint is a point: Outcome is null where it failed, and Error says why, or
// where it is not done yet.
type shownPoint struct {
	Settings map[string]string `json:"settings"`
	Done     bool              `json:"done"`
	Outcome  *outcome.Outcome  `json:"outcome"`
	Error    string            `json:"error,omitempty"`
	Front    bool              `json:"front"`
}

// notDone stands in the place of a result.
const notDone = "not done yet"

func runSweepShow(ctx context.Context, w, errs io.Writer, o sweepShowOptions) error {
	switch {
	case o.csv && o.json:
		return usagef("--json and --csv exclude each other")
	case o.svg == "-" || o.html == "-":
		return usagef("the table goes to stdout: give --svg and --html a file")
	case o.svg != "" && o.pareto == "":
		return usagef("--svg wants --pareto X,Y, such as --pareto energy_joules,accuracy")
	}
	if err := checkOut([]string{o.file}, o.svg, o.html); err != nil {
		return err
	}
	s, unused, err := readSweep(ctx, o.file)
	if err != nil {
		return err
	}
	if unused > 0 {
		fmt.Fprintf(errs, "note: %s of earlier points are in the file too, and not shown\n", diag.Plural(unused, "result"))
	}
	labels := s.varied()
	if o.csv || o.json {
		// A parameter that is a figure too, such as samples, is there as that.
		labels = slices.DeleteFunc(slices.Clone(s.Parameters), func(name string) bool { _, figure := outcome.ColumnNamed(name); return figure })
	}
	t := s.table(labels)
	over := t.Objectives()
	var plots []pareto.Plot
	if o.pareto != "" {
		if over, err = figures(o.pareto, t); err != nil {
			return err
		}
	}
	t.Mark(over...)
	for k := range s.Points {
		s.Points[k].Front = t.Rows[k].Front
	}
	if o.pareto != "" {
		plots = append(plots, t.Plot(over[0], over[1]))
		plots[0].Stairs = true
	} else {
		plots = t.Plots(over)
	}
	lead, front := s.lead(t), outcome.FrontOf("no other row", over)
	page := outcome.Page{Title: s.Sweep, Lead: append(slices.Clone(lead), front), Table: t, Plots: plots}
	if o.svg != "" {
		if err := writeWhole(o.svg, w, func(w io.Writer) error { _, err := io.WriteString(w, plots[0].SVG()); return err }); err != nil {
			return err
		}
	}
	if o.html != "" {
		if err := writeWhole(o.html, w, page.WriteHTML); err != nil {
			return err
		}
	}
	switch {
	case o.json:
		return printJSON(w, s)
	case o.csv:
		return t.WriteCSV(w)
	}
	fmt.Fprintf(w, "%s: %s\n\n", s.Sweep, strings.Join(lead, "\n"))
	if err := t.WriteText(w); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", front)
	differ := 0
	for _, r := range t.Rows {
		if r.Outcome != nil && len(r.Outcome.Approximated) > 0 {
			differ++
		}
	}
	if differ > 0 {
		fmt.Fprintf(w, "approximated in %d of %s: --json and --html say what\n", differ, diag.Plural(len(t.Rows), "point"))
	}
	if o.pareto == "" {
		return nil
	}
	fmt.Fprintln(w)
	return plots[0].WriteText(w)
}

// readSweep reads a file of results, and how many it has that are not of the
// sweep as it is now.
func readSweep(ctx context.Context, path string) (*shownSweep, int, error) {
	f, err := store.OpenToRead(ctx, path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	plan, rows, unused, err := f.Rows()
	if err != nil {
		return nil, 0, err
	}
	if len(rows) == 0 {
		return nil, 0, diag.One(diag.Pos{File: path}, diag.BadFile, "has no plan of a sweep: it is a share; 'weft sweep --merge' puts shares into the file of results")
	}
	s := &shownSweep{Sweep: plan.Name, Parameters: plan.Parameters}
	for _, r := range rows {
		p := shownPoint{Settings: r.Settings, Done: r.Result != nil}
		if r.Result != nil {
			p.Error = r.Result.Error
			if len(r.Result.Outcome) > 0 {
				if err := json.Unmarshal(r.Result.Outcome, &p.Outcome); err != nil {
					return nil, 0, diag.One(diag.Pos{File: path}, diag.BadFile, "the result of point %d cannot be read: %v", len(s.Points)+1, err)
				}
			}
		}
		s.Points = append(s.Points, p)
	}
	return s, unused, nil
}

// varied lists the parameters in which points differ; all where none does.
func (s *shownSweep) varied() []string {
	out := slices.DeleteFunc(slices.Clone(s.Parameters), func(name string) bool { return !s.varies(name) })
	if len(out) == 0 {
		return s.Parameters
	}
	return out
}

func (s *shownSweep) varies(name string) bool {
	return slices.ContainsFunc(s.Points, func(p shownPoint) bool { return p.Settings[name] != s.Points[0].Settings[name] })
}

// table returns the points as rows, with these parameters as labels.
func (s *shownSweep) table(parameters []string) *outcome.Table {
	t := &outcome.Table{Labels: parameters, Brief: true}
	for _, p := range s.Points {
		r := outcome.Row{Outcome: p.Outcome, Error: p.Error}
		if !p.Done {
			r.Error = notDone
		}
		for _, name := range parameters {
			text, set := p.Settings[name]
			if !set {
				text = "-"
			}
			r.Labels = append(r.Labels, text)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// lead says what the table is of.
func (s *shownSweep) lead(t *outcome.Table) []string {
	done, failed := 0, 0
	for _, p := range s.Points {
		if p.Done {
			done++
		}
		if p.Error != "" {
			failed++
		}
	}
	out := []string{fmt.Sprintf("%s, %d done, %d of them with a diagnostic", diag.Plural(len(s.Points), "point"), done, failed)}
	var same []string
	for _, name := range s.Parameters {
		if !s.varies(name) {
			same = append(same, name+" "+s.Points[0].Settings[name])
		}
	}
	if len(same) > 0 {
		out = append(out, "of all points: "+strings.Join(same, ", "))
	}
	if all := t.Outcomes(); len(all) > 0 {
		out = append(out, "per "+outcome.Per(all))
	}
	return out
}

// figures returns the two figures of --pareto.
func figures(text string, t *outcome.Table) ([]outcome.Column, error) {
	names := strings.Split(text, ",")
	if len(names) != 2 || names[0] == names[1] {
		return nil, usagef("--pareto %s: want two figures, X,Y, such as energy_joules,accuracy", text)
	}
	var out []outcome.Column
	for _, name := range names {
		c, ok := outcome.ColumnNamed(name)
		if k := slices.Index(t.Labels, name); !ok && k >= 0 {
			c, ok = t.Label(k), true
		}
		if !ok {
			known := slices.Clone(t.Labels)
			for _, c := range outcome.Columns() {
				known = append(known, c.Name)
			}
			return nil, usagef("--pareto %s: there is no figure %q; want two of %s", text, name, strings.Join(known, ", "))
		}
		if !t.Has(c) && len(t.Outcomes()) > 0 {
			return nil, usagef("--pareto %s: %q is no number at any point that has a result", text, name)
		}
		out = append(out, c)
	}
	return out, nil
}
