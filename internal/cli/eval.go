package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/eval"
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
	addTiming(cmd, &o.timing)
	o.add(cmd)
	o.addDefects(cmd, "the network is compiled around it, and the chip is emulated with it")
}

func runEval(ctx context.Context, w, errs io.Writer, o evalOptions) error {
	if o.predictions == "-" && o.json {
		return usagef("--predictions - and --json both print to stdout; give --predictions a file")
	}
	if err := o.willWrite([]string{o.file, o.target, o.profile, o.defects}, o.predictions); err != nil {
		return err
	}
	if _, err := o.options(); err != nil {
		return err
	}
	j, t, err := loadJob(ctx, o)
	if err != nil {
		return err
	}
	j.way = o.parse()
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
