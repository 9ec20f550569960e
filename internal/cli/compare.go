package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/targets"
)

type compareOptions struct {
	evalOptions
	targets []string
	in      string
	ticks   int
	csv     bool
}

func newCompareCmd() *cobra.Command {
	var o compareOptions
	cmd := &cobra.Command{
		Use:   "compare NET.yaml|EXPERIMENT.yaml -t A,B,C",
		Short: "Run a network or an experiment on several targets, in one table",
		Args:  cobra.ExactArgs(1),
		Long: `Compile and run the same network or experiment on several targets, and print one
table: accuracy, cores, latency, and energy by component, which adds up to the
total. Energy is per inference for an experiment, per run for a network. A
target that the network does not fit is told on stderr; the others still run,
and the exit status is 1.`,
		Example: "  weft compare examples/digits/experiment.yaml -t xbar256,xbar1k,loihi",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runCompare(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringSliceVarP(&o.targets, "targets", "t", nil, "targets, with commas between: built-in names or files")
	cmd.Flags().IntVar(&o.samples, "samples", 0, "how many samples to run (default: the experiment's)")
	cmd.Flags().IntVar(&o.workers, "workers", 0, "chips emulated at once (default: one a processor)")
	cmd.Flags().StringVar(&o.timing, "timing", "cycle", "cycle (mesh and clock) or functional (spikes and counts only)")
	cmd.Flags().StringVarP(&o.in, "input", "i", "", "spikes of the inputs, for a network")
	cmd.Flags().IntVar(&o.ticks, "ticks", 0, "how many ticks to run, for a network")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&o.csv, "csv", false, "print csv")
	o.add(cmd)
	return cmd
}

// comparison is one target's row.
type comparison struct {
	Target string `json:"target"`
	Cores  int    `json:"cores"`
	// Samples, Correct and Accuracy are of an experiment.
	Samples  int      `json:"samples,omitempty"`
	Correct  int      `json:"correct,omitempty"`
	Accuracy *float64 `json:"accuracy,omitempty"`
	Ticks    float64  `json:"ticks"`
	Cycles   float64  `json:"cycles"`
	Seconds  float64  `json:"seconds"`
	// EnergyJoules is the sum of Energy: per inference for an experiment, per run
	// for a network.
	EnergyJoules float64                       `json:"energy_joules"`
	Energy       map[targets.Component]float64 `json:"energy"`
	SpikeHash    string                        `json:"spike_hash"`
}

func runCompare(ctx context.Context, w, errs io.Writer, o compareOptions) error {
	if len(o.targets) == 0 {
		return usagef("name the targets with -t, such as -t %s", strings.Join(targets.Names(), ","))
	}
	if o.json && o.csv {
		return usagef("--json and --csv exclude each other")
	}
	if o.in == "-" {
		return usagef("-i -: several targets cannot share stdin; name a file")
	}
	if _, err := o.options(); err != nil {
		return err
	}
	if slices.Contains(o.targets, "") {
		return usagef("-t %s: a target is missing between commas", strings.Join(o.targets, ","))
	}
	var chips []*targets.Target
	var diags diag.List
	for _, name := range o.targets {
		t, err := targets.Load(name)
		if err := collect(&diags, err); err != nil {
			return err
		}
		chips = append(chips, t)
	}
	if err := diags.Err(); err != nil {
		return err
	}
	on, err := comparer(ctx, errs, o, chips)
	if err != nil {
		return err
	}
	var rows []comparison
	named := map[string]int{} // targets by the name that they give themselves
	for _, t := range chips {
		named[t.Name]++
	}
	for k, t := range chips {
		row, err := on(t)
		if e, ok := errors.AsType[*diag.Error](err); ok {
			for i := range e.Diagnostics {
				e.Diagnostics[i].Message = "on " + o.targets[k] + ": " + e.Diagnostics[i].Message
			}
		}
		if err := collect(&diags, err); err != nil {
			return err
		}
		if err == nil {
			if named[t.Name] > 1 {
				row.Target = o.targets[k]
			}
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 {
		if err := printComparison(w, rows, o); err != nil {
			return err
		}
	}
	return diags.Err()
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
	for _, x := range d.Diagnostics {
		list.Append(x)
	}
	return nil
}

// comparer returns what runs the file on a target: an experiment's samples, or
// a network once.
func comparer(ctx context.Context, errs io.Writer, o compareOptions, chips []*targets.Target) (func(t *targets.Target) (comparison, error), error) {
	if isExperiment(o.file) {
		if o.in != "" || o.ticks != 0 {
			return nil, usagef("-i and --ticks are for networks; %s is an experiment", o.file)
		}
		j, err := newJob(o.evalOptions)
		if err != nil {
			return nil, err
		}
		if err := j.load(ctx, chips...); err != nil {
			return nil, err
		}
		return func(t *targets.Target) (comparison, error) {
			res, err := j.on(ctx, t, errs)
			if err != nil {
				return comparison{}, err
			}
			return evalRow(res), nil
		}, nil
	}
	if o.samples != 0 || o.workers != 0 {
		return nil, usagef("--samples and --workers are for experiments; %s is a network", o.file)
	}
	m, err := mode(o.timing)
	if err != nil {
		return nil, err
	}
	opt, err := o.options()
	if err != nil {
		return nil, err
	}
	return func(t *targets.Target) (comparison, error) {
		l, err := compileFileFor(ctx, o.file, t, opt)
		if err != nil {
			return comparison{}, err
		}
		train, err := readSpikes(o.in, nil, l.image)
		if err != nil {
			return comparison{}, err
		}
		chip, err := emulator.NewChipOn(l.image, t, m)
		if err != nil {
			return comparison{}, err
		}
		r := &runner{chip: chip, train: train, ticks: o.ticks}
		if r.ticks == 0 {
			r.ticks = ticksFor(l.image, train)
		}
		act, hash, err := r.run(ctx, false)
		if err != nil {
			return comparison{}, err
		}
		return runRow(report.New(l.image, t, m == emulator.Functional, act, hash.String())), nil
	}, nil
}

// isExperiment tells an experiment file from a network file by its keys.
func isExperiment(path string) bool { return hasKey(path, "dataset", "experiment", "readout") }

// hasKey reports whether a YAML file has one of these keys at the top. What
// cannot be read has none: its parser will tell.
func hasKey(path string, keys ...string) bool {
	var ignored diag.List
	root := yamldoc.Load(path, &ignored)
	return slices.ContainsFunc(keys, func(k string) bool { return root.Get(k) != nil })
}

func runRow(r *report.Report) comparison {
	return comparison{
		Target: r.Target, Cores: len(r.EnergyByCore), Ticks: float64(r.Ticks), Cycles: float64(r.Cycles), Seconds: r.Seconds,
		EnergyJoules: r.EnergyJoules, Energy: r.Energy, SpikeHash: r.SpikeHash,
	}
}

func evalRow(r *eval.Result) comparison {
	c := runRow(r.Report)
	n := float64(max(r.Samples, 1))
	c.Samples, c.Correct, c.Accuracy = r.Samples, r.Correct, &r.Accuracy
	c.Ticks, c.Cycles, c.Seconds = r.Latency.Ticks.Mean, r.Latency.Cycles.Mean, r.Latency.Seconds.Mean
	c.EnergyJoules = r.EnergyPerInference
	c.Energy = map[targets.Component]float64{}
	for k, e := range r.Energy {
		c.Energy[k] = e / n
	}
	return c
}

func printComparison(w io.Writer, rows []comparison, o compareOptions) error {
	if o.json {
		return printJSON(w, rows)
	}
	withAccuracy := rows[0].Accuracy != nil
	if o.csv {
		return writeComparisonCSV(w, rows, withAccuracy)
	}
	per := "run"
	if withAccuracy {
		per = fmt.Sprintf("inference, mean of %d", rows[0].Samples)
	}
	if o.timing == report.Functional {
		per += "; functional: no time is kept, and no leakage"
	}
	fmt.Fprintf(w, "%s, per %s\n\n", o.file, per)
	return table(w, func(t io.Writer) {
		fmt.Fprint(t, "target\tcores\t")
		if withAccuracy {
			fmt.Fprint(t, "accuracy\t")
		}
		fmt.Fprint(t, "ticks\tcycles\tlatency\tenergy =")
		components := spent(rows)
		for k, c := range components {
			sign := "+ "
			if k == 0 {
				sign = ""
			}
			fmt.Fprintf(t, "\t%s%s", sign, c)
		}
		fmt.Fprintln(t)
		for _, r := range rows {
			fmt.Fprintf(t, "%s\t%d\t", r.Target, r.Cores)
			if withAccuracy {
				fmt.Fprintf(t, "%.2f %%\t", 100**r.Accuracy)
			}
			fmt.Fprintf(t, "%.4g\t%.6g\t%s\t%s", r.Ticks, r.Cycles, report.SI(r.Seconds, "s"), report.SI(r.EnergyJoules, "J"))
			for _, c := range components {
				fmt.Fprintf(t, "\t%s", report.SI(r.Energy[c], "J"))
			}
			fmt.Fprintln(t)
		}
	})
}

// spent returns the components, without learning where nothing learns.
func spent(rows []comparison) []targets.Component {
	return slices.DeleteFunc(slices.Clone(targets.Components), func(c targets.Component) bool {
		return c == targets.Learning && !slices.ContainsFunc(rows, func(r comparison) bool { return r.Energy[c] > 0 })
	})
}

func writeComparisonCSV(w io.Writer, rows []comparison, withAccuracy bool) error {
	c := csv.NewWriter(w)
	head := []string{"target", "cores"}
	if withAccuracy {
		head = append(head, "samples", "correct", "accuracy")
	}
	head = append(head, "ticks", "cycles", "seconds", "energy_joules")
	for _, k := range targets.Components {
		head = append(head, "energy_"+string(k))
	}
	records := [][]string{append(head, "spike_hash")}
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	for _, r := range rows {
		rec := []string{r.Target, strconv.Itoa(r.Cores)}
		if withAccuracy {
			rec = append(rec, strconv.Itoa(r.Samples), strconv.Itoa(r.Correct), number(*r.Accuracy))
		}
		rec = append(rec, number(r.Ticks), number(r.Cycles), number(r.Seconds), number(r.EnergyJoules))
		for _, k := range targets.Components {
			rec = append(rec, number(r.Energy[k]))
		}
		records = append(records, append(rec, r.SpikeHash))
	}
	if err := c.WriteAll(records); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}
