package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/outcome"
	"github.com/weft-toolchain/weft/targets"
)

type compareOptions struct {
	evalOptions
	inputFlags
	files, targets []string
	// experiments says what all files are; check finds out.
	experiments bool
	ticks       int
	csv         bool
	html        string
}

func newCompareCmd() *cobra.Command {
	var o compareOptions
	cmd := &cobra.Command{
		Use:   "compare NET.yaml|EXPERIMENT.yaml... -t A,B,C",
		Short: "Run networks or experiments on several targets, in one table",
		Args:  cobra.MinimumNArgs(1),
		Long: `Compile and run each network or experiment on each target, and print one table:
accuracy, cores, latency, energy by component, which adds up to the total, the
area of the chip where its target says it, and what is only approximately what
the network says. Energy is per inference for an experiment, per run for a
network. Rows with a * are the Pareto front: no other row is at least as good in
accuracy, latency and energy, and better in one; of networks, no other row of the
same network. A target that a network does not fit is told on stderr, and in its
row; the others still run, and the exit status is 1. Where none fits, the table,
the JSON and the page are written all the same, with the reasons.`,
		Example: `  weft compare examples/digits/experiment.yaml -t xbar256,xbar1k,loihi
  weft compare small.yaml large.yaml -t xbar256,loihi --html comparison.html`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
			return runCompare(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringSliceVarP(&o.targets, "targets", "t", nil, "targets, with commas between: built-in names or files")
	addWhole(cmd, &o.samples, "samples", 1, noEnd, "how many samples to run (default: the experiment's)")
	addWhole(cmd, &o.workers, "workers", 1, noEnd, "chips emulated at once (default: one a processor)")
	addTiming(cmd, &o.timing)
	o.addInput(cmd, "spikes of the inputs, for networks")
	addWhole(cmd, &o.ticks, "ticks", 1, stimulus.MaxTicks, "how many ticks to run, for networks")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&o.csv, "csv", false, "print csv")
	cmd.Flags().StringVar(&o.html, "html", "", "write the table here as a page, with plots, that needs no network")
	o.add(cmd)
	return cmd
}

// comparison is a row in JSON: the Outcome, or the Error that there is instead.
type comparison struct {
	File   string `json:"file"`
	Target string `json:"target"` // in the place of the Outcome's
	*outcome.Outcome
	Error string `json:"error,omitempty"`
	Front bool   `json:"front"`
}

func runCompare(ctx context.Context, w, errs io.Writer, o compareOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	var chips []*targets.Target
	var on []runOn
	err := told(
		func() (err error) { chips, err = loadTargets(o.targets); return err },
		func() (err error) { on, err = comparers(ctx, errs, o, chips); return err },
	)
	if err != nil {
		return err
	}
	var diags diag.List
	rows, err := compareAll(o, chips, on, &diags)
	if err != nil {
		return err
	}
	ran := slices.ContainsFunc(rows, func(c comparison) bool { return c.Outcome != nil })
	if ran || o.sound(ctx) {
		if err := printComparison(w, rows, o); err != nil {
			return err
		}
	}
	return diags.Err()
}

// sound reports whether the files themselves are without mistakes, and so what is wrong is
// that they do not fit. Of those with mistakes there is no table: stderr says all. Those of
// experiments end the command before anything runs.
func (o *compareOptions) sound(ctx context.Context) bool {
	if o.experiments {
		return true
	}
	opt, err := o.options()
	for _, file := range o.files {
		if err == nil {
			_, err = loadNetwork(ctx, file, nil, opt)
		}
	}
	return err == nil
}

// loadTargets loads those that can be, and tells all that is wrong with the others.
func loadTargets(names []string) ([]*targets.Target, error) {
	var chips []*targets.Target
	var diags diag.List
	for _, name := range names {
		t, err := targets.Load(name)
		if err := collect(&diags, err); err != nil {
			return nil, err
		}
		chips = append(chips, there(t)...)
	}
	return chips, diags.Err()
}

// check refuses what the command line cannot mean.
func (o *compareOptions) check() error {
	switch {
	case len(o.targets) == 0:
		return usagef("name the targets with -t, such as -t %s", strings.Join(targets.Names(), ","))
	case slices.Contains(o.targets, ""):
		return usagef("-t %s: a target is missing between commas", strings.Join(o.targets, ","))
	case o.json && o.csv:
		return usagef("--json and --csv exclude each other")
	case o.html == "-":
		return usagef("--html -: the table goes to stdout; give --html a file")
	case o.in == "-":
		return usagef("-i -: several targets cannot share stdin; name a file")
	}
	if err := o.checkInput(); err != nil {
		return err
	}
	if _, err := o.options(); err != nil {
		return err
	}
	if err := present(o.files...); err != nil {
		return err
	}
	var kinds []fileKind
	for _, file := range o.files {
		kind, _ := kindOfFile(file)
		kinds = append(kinds, kind)
	}
	o.experiments = slices.Contains(kinds, experimentFile)
	for k, file := range o.files {
		switch {
		case o.experiments && kinds[k] != experimentFile && kinds[k] != "":
			return usagef("networks are compared by run and experiments by inference: compare %s by itself", file)
		case o.experiments && (o.inputGiven() || o.ticks != 0):
			return usagef("-i and --ticks are for networks; %s is an experiment", file)
		case !o.experiments && (o.samples != 0 || o.workers != 0):
			return usagef("--samples and --workers are for experiments; %s is a network", file)
		}
	}
	return checkOut(append(slices.Concat(o.files, o.targets), o.in, o.profile), o.html)
}

// runOn runs a file on a target: an experiment's samples, or a network once.
type runOn func(t *targets.Target) (outcome.Outcome, error)

// comparers returns what runs each of the files. What is wrong with any of them, or with
// the network for the chips, is in one error.
func comparers(ctx context.Context, errs io.Writer, o compareOptions, chips []*targets.Target) ([]runOn, error) {
	var all []runOn
	var diags diag.List
	from := &loads{}
	for _, file := range o.files {
		o.file = file
		on, err := comparer(ctx, errs, o, from, chips)
		if err := collect(&diags, err); err != nil {
			return nil, err
		}
		all = append(all, on)
	}
	return all, diags.Err()
}

// compareAll runs every file on every chip. What does not fit is told in diags.
func compareAll(o compareOptions, chips []*targets.Target, on []runOn, diags *diag.List) ([]comparison, error) {
	named := map[string]int{} // targets by the name that they give themselves
	for _, t := range chips {
		named[t.Name]++
	}
	var rows []comparison
	for i, file := range o.files {
		for k, t := range chips {
			ran, err := on[i](t)
			if err := checkOut(nil, o.html); err != nil { // now that the file's arrays are read
				return nil, err
			}
			if len(rows) == 0 && o.in != "" && isOf(o.in, err) {
				return nil, err // no target reads it otherwise
			}
			row := comparison{File: file, Target: t.Name}
			if named[t.Name] > 1 {
				row.Target = o.targets[k]
			}
			if e, ok := errors.AsType[*diag.Error](err); ok {
				row.Error = e.Error()
				e = &diag.Error{Diagnostics: slices.Clone(e.Diagnostics), Dropped: e.Dropped} // others may have it too
				err = e
				for i := range e.Diagnostics {
					e.Diagnostics[i].Message = "on " + o.targets[k] + ": " + e.Diagnostics[i].Message
				}
			}
			if err := collect(diags, err); err != nil {
				return nil, err
			}
			if err == nil {
				row.Outcome = &ran
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// collect puts the diagnostics of err into list; any other error comes back.
func collect(list *diag.List, err error) error {
	if err == nil {
		return nil
	}
	d, ok := errors.AsType[*diag.Error](err)
	if !ok {
		return err
	}
	list.Join(d)
	return nil
}

// isOf reports whether all that is wrong is wrong with a file, isUnfit whether it is that
// something does not fit.
func isOf(file string, err error) bool {
	return onlyOf(err, func(d diag.Diagnostic) bool { return d.Pos.File == file })
}

func isUnfit(err error) bool {
	return onlyOf(err, func(d diag.Diagnostic) bool { return d.Code == diag.DoesNotFit })
}

// onlyOf reports whether err is diagnostics, and all of some kind.
func onlyOf(err error, kind func(d diag.Diagnostic) bool) bool {
	e, ok := errors.AsType[*diag.Error](err)
	return ok && !slices.ContainsFunc(e.Diagnostics, func(d diag.Diagnostic) bool { return !kind(d) })
}

// comparer returns what runs the file of the options. It reads an experiment, and
// leaves a network to each run: how much of it fits, the target says.
func comparer(ctx context.Context, errs io.Writer, o compareOptions, from *loads, chips []*targets.Target) (runOn, error) {
	if o.experiments {
		var j *job
		err := told(
			func() (err error) { j, err = newJob(o.evalOptions, nil); return err },
			func() error { _, err := j.ownTarget(nil); return err },
			func() error { return j.load(ctx, from, chips...) },
			func() error { return checkOut(nil, o.html) },
		)
		if isUnfit(err) && len(chips) == len(o.targets) { // not even the largest, and so each says it
			return func(t *targets.Target) (outcome.Outcome, error) {
				return outcome.Outcome{}, cmp.Or(j.loadNetwork(ctx, from, t), err)
			}, nil
		}
		if err != nil {
			return nil, err
		}
		return func(t *targets.Target) (outcome.Outcome, error) {
			res, l, err := j.on(ctx, t, errs)
			if err != nil {
				return outcome.Outcome{}, err
			}
			rep, err := l.report()
			if err != nil {
				return outcome.Outcome{}, err
			}
			return outcome.OfEval(res, rep, t), nil
		}, nil
	}
	m := mode(o.timing)
	opt, err := o.options()
	if err != nil {
		return nil, err
	}
	if len(chips) < len(o.targets) { // nothing runs, and what is wrong with the network is told all the same
		_, err := loadNetwork(ctx, o.file, nil, opt)
		return nil, err
	}
	return func(t *targets.Target) (outcome.Outcome, error) {
		l, err := compileFileFor(ctx, o.file, t, opt)
		if err != nil {
			return outcome.Outcome{}, err
		}
		act, err := l.runOnce(ctx, m, &o.inputFlags, o.ticks)
		if err != nil {
			return outcome.Outcome{}, err
		}
		rep, err := l.report()
		if err != nil {
			return outcome.Outcome{}, err
		}
		return outcome.OfRun(act, rep, t), nil
	}, nil
}

// runOnce runs an image for so many ticks with the spikes of a file, or none; 0
// ticks are as many as these need.
func (l *loaded) runOnce(ctx context.Context, m emulator.Mode, in *inputFlags, ticks int) (*report.Report, error) {
	train, told, err := in.spikes(nil, l.image)
	if err != nil {
		return nil, err
	}
	chip, err := emulator.NewChipOn(l.image, l.target, m)
	if err != nil {
		return nil, err
	}
	r := &runner{chip: chip, train: train, ticks: ticks}
	if r.ticks == 0 {
		r.ticks = ticksFor(l.image, train)
	}
	act, err := r.run(ctx)
	if err != nil {
		return nil, err
	}
	rep := report.New(l.image, l.target, m == emulator.Functional, act, r.hash.String())
	rep.InputEvents = inputEvents(told, train, r.ticks)
	return rep, nil
}

func printComparison(w io.Writer, rows []comparison, o compareOptions) error {
	t := &outcome.Table{Labels: []string{"target"}}
	title := o.files[0]
	if len(o.files) > 1 {
		t.Labels = []string{"network", "target"}
		title = fmt.Sprintf("%s on %s", diag.Plural(len(o.files), "network"), diag.Plural(len(o.targets), "target"))
	}
	failed := 0
	for _, r := range rows {
		labels := []string{r.File, r.Target}
		t.Rows = append(t.Rows, outcome.Row{Labels: labels[2-len(t.Labels):], Outcome: r.Outcome, Error: r.Error})
		if r.Error != "" {
			failed++
		}
	}
	objectives := t.Objectives()
	others := "no other row"
	if len(o.files) > 1 && !o.experiments {
		others = "no other row of the same network"
		markEach(t, rows, objectives)
	} else {
		t.Mark(objectives...)
	}
	for k := range rows {
		rows[k].Front = t.Rows[k].Front
	}
	var about []string
	if all := t.Outcomes(); len(all) > 0 {
		about = append(about, "per "+outcome.Per(all))
	}
	if failed > 0 {
		about = append(about, fmt.Sprintf("%d of %s with a diagnostic", failed, diag.Plural(len(rows), "row")))
	}
	per := strings.Join(about, "; ")
	front := outcome.FrontOf(others, objectives)
	if o.html != "" {
		page := outcome.Page{Title: title, Lead: []string{per, front}, Table: t, Plots: t.Plots(objectives)}
		if err := writeWhole(o.html, w, page.WriteHTML); err != nil {
			return err
		}
	}
	switch {
	case o.json:
		return printJSON(w, rows)
	case o.csv:
		return t.WriteCSV(w)
	}
	fmt.Fprintf(w, "%s, %s\n\n", title, per)
	if err := t.WriteText(w); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", front)
	for _, s := range t.Approximated() {
		fmt.Fprintln(w, "approximated, "+s)
	}
	return nil
}

// markEach marks the front of each file's rows by themselves: without an accuracy,
// nothing says that two networks do the same work.
func markEach(t *outcome.Table, rows []comparison, objectives []outcome.Column) {
	for first := 0; first < len(rows); {
		end := first + 1
		for end < len(rows) && rows[end].File == rows[first].File {
			end++
		}
		of := outcome.Table{Rows: t.Rows[first:end]}
		of.Mark(objectives...)
		first = end
	}
}
