package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/targets"
)

type evalOptions struct {
	compileFlags
	defectsFlag
	wayFlag
	file, target string
	samples      int
	workers      int
	timing       string
	predictions  string
	json         bool
}

func newEvalCmd() *cobra.Command {
	var o evalOptions
	cmd := &cobra.Command{
		Use:   "eval EXPERIMENT.yaml",
		Short: "Run a data set on the emulated chip: accuracy, latency and energy per inference",
		Long: `Run the samples of an experiment on emulated chips, each on a chip in its initial
state, and print accuracy, latency and energy per inference. The result does not
depend on the number of workers.`,
		Example: "  weft eval examples/digits/experiment.yaml -t xbar1k --samples 100",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runEval(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringVarP(&o.target, "target", "t", "", "target: a built-in name or a file (default: the experiment's)")
	addWhole(cmd, &o.workers, "workers", 1, noEnd, "chips emulated at once (default: one a processor)")
	cmd.Flags().StringVar(&o.predictions, "predictions", "", "write sample, label and prediction here, as csv; - is stdout")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	o.addWay(cmd)
	o.addChoices(cmd)
	return cmd
}

// addChoices adds what changes the result: a sweep may vary all of it.
func (o *evalOptions) addChoices(cmd *cobra.Command) {
	addWhole(cmd, &o.samples, "samples", 1, noEnd, "how many samples to run (default: the experiment's)")
	cmd.Flags().StringVar(&o.timing, "timing", "cycle", "cycle (mesh and clock) or functional (spikes and counts only)")
	o.add(cmd)
	o.addDefects(cmd, "the network is compiled around it, and the chip is emulated with it")
}

func runEval(ctx context.Context, w, errs io.Writer, o evalOptions) error {
	if o.predictions == "-" && o.json {
		return usagef("--predictions - and --json both print to stdout; give --predictions a file")
	}
	if err := checkOut([]string{o.file, o.target, o.profile, o.defects}, o.predictions); err != nil {
		return err
	}
	way, err := o.parse()
	if err != nil {
		return err
	}
	j, err := newJob(o, nil)
	if err != nil {
		return err
	}
	j.way = way
	t, err := j.target(nil)
	if err != nil {
		return err
	}
	if err := j.load(ctx, t); err != nil {
		return err
	}
	if o.samples > j.data.N {
		fmt.Fprintf(errs, "note: --samples %d: the experiment has %d\n", o.samples, j.data.N)
	}
	res, l, err := j.on(ctx, t, errs)
	if err != nil {
		return err
	}
	l.noteDifferences(errs)
	if o.predictions != "" {
		if err := writeWhole(o.predictions, w, func(w io.Writer) error { return writePredictions(w, j, res) }); err != nil {
			return err
		}
		if o.predictions == "-" {
			return nil
		}
	}
	if o.json {
		return printJSON(w, res)
	}
	return res.WriteText(w)
}

// job is an experiment on its way to a target.
type job struct {
	opt  evalOptions
	mode emulator.Mode
	way  emulator.Way
	exp  *experiment.Experiment
	net  *network.Network
	data *dataset.Set
}

// checkChoices refuses options that cannot be.
func (o *evalOptions) checkChoices() (emulator.Mode, error) {
	m, err := mode(o.timing)
	if err != nil {
		return m, err
	}
	_, err = o.options()
	return m, err
}

// newJob reads the experiment file, with fields laid over it, or nil.
func newJob(o evalOptions, fields *yamldoc.Node) (*job, error) {
	m, err := o.checkChoices()
	if err != nil {
		return nil, err
	}
	j := &job{opt: o, mode: m}
	if j.exp, err = experiment.LoadWith(o.file, fields); err != nil {
		return nil, mistaken(err, o.file, experimentFile)
	}
	if _, err := os.Stat(j.exp.Network.Path); err != nil {
		return nil, diag.One(j.exp.Network.Pos, diag.MissingFile, "network file %s cannot be read; paths are relative to the experiment file", j.exp.Network.Path)
	}
	return j, nil
}

// target loads the target that the command line names, or else the experiment,
// with fields laid over it, or nil; one that the experiment names and that is not
// there is told at its place.
func (j *job) target(fields *yamldoc.Node) (*targets.Target, error) {
	if j.opt.target != "" {
		return targets.LoadWith(j.opt.target, fields)
	}
	name := j.exp.Target
	if name.Text == "" {
		return targets.LoadWith(defaultTarget, fields)
	}
	t, err := targets.LoadWith(name.Text, fields)
	return t, placed(err, name.Pos, "")
}

// placed gives a mistake that has no line the place where its file is named.
func placed(err error, pos diag.Pos, what string) error {
	if d, ok := errors.AsType[*diag.Error](err); ok && len(d.Diagnostics) == 1 && d.Diagnostics[0].Pos.Line == 0 {
		return diag.One(pos, d.Diagnostics[0].Code, "%s%s", what, d.Diagnostics[0].Message)
	}
	return err
}

// load reads the network and the data, and checks that they go together. Of
// several targets it takes what fits the roomiest.
func (j *job) load(ctx context.Context, chips ...*targets.Target) error {
	room := network.Room{}
	for _, t := range chips {
		if r := roomOf(t); r.Synapses > room.Synapses {
			room = r
		}
	}
	var err error
	if j.net, err = network.LoadFor(ctx, j.exp.Network.Path, room); err != nil {
		return err
	}
	if err := j.exp.Check(j.net, nil); err != nil {
		return err
	}
	data, err := j.exp.LoadData()
	if err != nil {
		return err
	}
	return j.take(data)
}

// take takes the samples that are wanted of a data set that goes with the network.
func (j *job) take(data *dataset.Set) error {
	if err := j.exp.Check(j.net, data); err != nil {
		return err
	}
	j.data = data
	if n := j.opt.samples; n > 0 && n < data.N {
		j.data = data.Slice(0, n)
	}
	return nil
}

// on compiles the network for a target and runs the samples.
func (j *job) on(ctx context.Context, t *targets.Target, errs io.Writer) (*eval.Result, *loaded, error) {
	l, err := j.compile(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	bar := newBar(errs, j.data.N, t.Name)
	res, err := j.run(ctx, l, bar.set)
	bar.done()
	return res, l, err
}

// compile compiles the network for a target.
func (j *job) compile(ctx context.Context, t *targets.Target) (*loaded, error) {
	if t.Arch.Controller.EventDriven() && j.exp.Encode.Kind == experiment.Direct {
		return nil, diag.One(j.exp.Encode.Input.Pos, diag.DoesNotFit, "encode: kind direct adds to the neurons every tick, and %s has no ticks: it works off spikes; choose rate, poisson or latency, or another target", t.Name)
	}
	opt, err := j.opt.options()
	if err != nil {
		return nil, err
	}
	opt.Quantise = over(j.exp.Quantise, opt.Quantise)
	if opt.Seed == 0 && j.exp.Seed != nil {
		opt.Seed = *j.exp.Seed
	}
	if opt.Defects, err = loadDefects(j.opt.defects, &t.Arch); err != nil {
		return nil, err
	}
	if j.exp.Encode.Kind == experiment.Direct && (opt.Optimise.Dead || j.net.Optimise.Dead) {
		return nil, diag.One(j.exp.Encode.Input.Pos, diag.Unsupported, "encode: kind direct adds to the neurons what no spike brings, and so the pass dead proves nothing: leave it out, or choose rate, poisson or latency")
	}
	opt.Watched = []int{j.exp.Population(j.net)}
	return compileNetwork(ctx, j.net, t, opt)
}

// run runs the samples on what was compiled. progress may be nil.
func (j *job) run(ctx context.Context, l *loaded, progress func(done int)) (*eval.Result, error) {
	chip, err := emulator.NewBrokenChip(l.image, l.target, l.defects, j.mode)
	if err != nil {
		return nil, err
	}
	res, err := eval.Run(ctx, eval.Config{
		Experiment: j.exp, Network: j.net, Data: j.data, Target: l.target,
		Chip: chip.In(j.way), Functional: j.mode == emulator.Functional,
		Workers: j.opt.workers, Progress: progress,
	})
	if err == nil {
		res.SetDefects(l.defects, chip.DeadUse())
	}
	return res, err
}

func writePredictions(w io.Writer, j *job, res *eval.Result) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"sample", "label", "prediction"}}
	for i, p := range res.Predictions {
		rows = append(rows, []string{strconv.Itoa(j.exp.Dataset.First + i), strconv.Itoa(j.data.Labels[i]), strconv.Itoa(p)})
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write predictions: %w", err)
	}
	return nil
}
