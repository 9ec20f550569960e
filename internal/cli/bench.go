package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/benchnet"
)

type benchOptions struct {
	wayFlag
	name, target   string
	size           benchnet.Size
	seed           uint64
	ticks, count   int
	workers        int
	timing         string
	json, goFormat bool
}

func newBenchCmd() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench NAME",
		Short: "Build and run a network whose spikes are known, and say what it took",
		Long: `Generate a network whose spikes are known, compile it, run it on the emulated chip, and say what
each of these took. NAME is

` + benchnet.Describe() + `
The spike hash is that of 'weft run --json': FNV-1a-64 over the tick and the number of each spike.`,
		Example: "  weft bench tnr64 --ticks 1000 --timing functional\n  weft bench truenorth --cores 4096 --timing functional --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = args[0]
			return runBench(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	addWhole(cmd, &o.size.Cores, "cores", 1, noEnd, "how many cores the network is of")
	addWhole(cmd, &o.size.Neurons, "neurons", 1, noEnd, "how many neurons it has, of rand")
	addWhole(cmd, &o.size.Leak, "leak", 1, noEnd, "what drives the neurons, of truenorth, 1 to 255 (default 16)")
	o.seed = 1
	addSeed(cmd, &o.seed, "what the network is drawn from")
	o.ticks = 1000
	addWhole(cmd, &o.ticks, "ticks", 1, benchnet.MaxTicks, "how many ticks to run")
	o.count = 1
	addWhole(cmd, &o.count, "count", 1, benchnet.MaxCount, "how many times to run them, from the initial state; of the times, the median is told")
	o.workers = 1
	addWhole(cmd, &o.workers, "workers", 1, benchnet.MaxWorkers, "how many processors to use")
	addTiming(cmd, &o.timing)
	o.addWay(cmd)
	cmd.Flags().StringVarP(&o.target, "target", "t", "", "target: a built-in name or a file (default: the one that the network is made for)")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as JSON")
	cmd.Flags().BoolVar(&o.goFormat, "go", false, "print the result as Go's benchmarks do, a line a run, for benchstat")
	return cmd
}

func runBench(ctx context.Context, w, errs io.Writer, o benchOptions) error {
	if o.json && o.goFormat {
		return usagef("--json and --go are two formats: choose one")
	}
	load, err := benchnet.NewWorkload(o.name, o.size)
	if err != nil {
		return err
	}
	bars := &phaseBars{errs: errs}
	res, err := load.Run(ctx, benchnet.Options{
		Seed: o.seed, Ticks: o.ticks, Count: o.count, Mode: mode(o.timing), Way: o.parse(), Workers: o.workers, Target: o.target, Progress: bars.set,
	})
	bars.bar.done()
	switch {
	case err != nil:
		return err
	case o.json:
		return printJSON(w, res)
	case o.goFormat:
		return res.WriteGo(w)
	}
	return res.WriteText(w)
}

// phaseBars shows one bar after the other.
type phaseBars struct {
	errs  io.Writer
	phase string
	bar   bar
}

// set shows how far a phase is; one that begins again gets a new bar.
func (b *phaseBars) set(phase string, done, total int) {
	if phase != b.phase {
		b.bar.done()
		b.bar, b.phase = newBar(b.errs, total, phase), phase
	}
	b.bar.set(done)
}
