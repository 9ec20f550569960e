package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/internal/profile"
	"github.com/weft-toolchain/weft/internal/runpage"
	"github.com/weft-toolchain/weft/isa/image"
)

type runOptions struct {
	compileFlags
	defectsFlag
	wayFlag
	checkpointFlags
	inputFlags
	recordFlags
	file, target string
	out          string
	workers      int
	ticks        int
	timing       string
	timeline     bool
	json         bool
	probes       []string
	probeOut     string
	profileOut   string
	trace        string
}

func newRunCmd() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run IMAGE.weft|NET.yaml",
		Short: "Run an image on the emulated chip: spikes, latency, energy",
		Long: `Run a chip image, or a network that is compiled first, on the emulated chip.

SPIKES is a csv file with the columns tick, population, index (ticks count from
1; 0 is before the run), or an .npz, or - for csv on stdin. Or it is a recording of
events for a network of one input, whose events of a tick are its spikes: of a camera,
where that input has the shape [2, height, width] or [height, width], or of units.
Without --ticks the run ends when the last input spike has had time to reach every
population.

A long run can be stopped at any moment, killed too, if it has a --checkpoint: the
same command with --resume goes on from there.`,
		Example: "  weft run examples/hello/network.yaml -i examples/hello/spikes.csv --timeline",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runRun(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringVarP(&o.target, "target", "t", "", "target: a built-in name or a file (default: the image's, or "+defaultTarget+")")
	o.addInput(cmd, "spikes of the inputs")
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "write all spikes of the populations here: .npz, .h5 or .nird (NIRData), or else csv; - is csv on stdout")
	cmd.Flags().StringArrayVar(&o.probes, "probe", nil, "write down the state of POPULATION, POPULATION[3] or POPULATION[3..7], or of .STATE of it, after every tick; may be repeated")
	cmd.Flags().StringVar(&o.probeOut, "probe-out", "", "csv file for --probe (tick, population, index, state, word); - is stdout")
	cmd.Flags().StringVar(&o.profileOut, "profile-out", "", "write how often each input and neuron spiked (population, index, spikes; who never did is left out), for 'weft compile --profile'; - is stdout")
	addWhole(cmd, &o.ticks, "ticks", 1, stimulus.MaxTicks, fmt.Sprintf("how many ticks to run (default: as long as the input needs, %d without input)", defaultTicks))
	addTiming(cmd, &o.timing)
	cmd.Flags().BoolVar(&o.timeline, "timeline", false, "print what each core did in each cycle")
	cmd.Flags().Var(traceFlag{&o.trace}, "trace", "write what each core and router did in each cycle here, as the run goes: .json for Perfetto or chrome://tracing, .vcd for GTKWave, which also has what --probe names")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the report as JSON")
	addWhole(cmd, &o.workers, "workers", 1, noEnd, "goroutines that the chip's cores are shared out over (default: one a processor)")
	o.addRecord(cmd)
	o.addCheckpoint(cmd)
	o.addWay(cmd)
	o.add(cmd)
	o.addDefects(cmd, "a network is compiled around it, and the chip is emulated with it")
	return cmd
}

// defaultTicks is the length of a run without input.
const defaultTicks = 100

func runRun(ctx context.Context, in io.Reader, w, errs io.Writer, o runOptions) error {
	m := mode(o.timing)
	if err := o.check(m); err != nil {
		return err
	}
	opt, err := o.options()
	if err != nil {
		return err
	}
	opt.probes = o.probes
	l, err := load(ctx, o.file, o.target, o.defects, opt)
	if err != nil {
		return err
	}
	chip, train, told, err := l.prepare(in, errs, &o.inputFlags, m)
	if err != nil {
		return err
	}
	r := &runner{chip: chip.In(o.parse()), workers: cmp.Or(o.workers, runtime.GOMAXPROCS(0)), train: train, ticks: o.ticks, keep: o.out != ""}
	if r.ticks == 0 {
		r.ticks = ticksFor(l.image, train)
	}
	if last := len(train.Spikes); last > r.ticks {
		fmt.Fprintf(errs, "note: the input goes on to tick %d, the run ends after %d\n", last, r.ticks)
	}
	probed, err := probes(l.image, o.probes)
	if err != nil {
		return err
	}
	if o.probeOut != "" || o.recorded() {
		r.log.probes = probed
	}
	if o.recorded() {
		r.recorder = runpage.NewRecorder(l.image, train.Before)
	}
	kept := r.ticks
	if o.checkpoint != "" {
		kept = min(kept, o.every)
	}
	if err := r.log.room(kept, o.recorded()); err != nil {
		return err
	}
	if o.profileOut != "" {
		r.counts = make([]int64, sourceTotal(l.image))
	}
	if o.inUse() {
		facts, err := o.facts(l, m, r)
		if err != nil {
			return err
		}
		r.saver = newSaver(&o, facts)
	}
	if o.timeline {
		r.timeline = trace.NewTimeline(w, l.image)
	} else {
		r.bar = newBar(errs, r.ticks, "ticks")
	}
	if o.trace != "" {
		if r.trace, err = newTracer(o.trace, l, probed); err != nil {
			return err
		}
	}
	act, err := r.run(ctx)
	r.bar.done()
	if err = r.trace.close(err); err != nil {
		return err
	}
	rep := report.New(l.image, l.target, m == emulator.Functional, act, r.hash.String())
	rep.InputEvents = inputEvents(told, train, r.ticks)
	rep.SetDefects(l.defects, chip.DeadUse())
	if o.recorded() {
		if err := o.writeRecord(w, l, r, act, rep); err != nil {
			return err
		}
	}
	if printed, err := r.write(w, &o); printed || err != nil {
		return err
	}
	if o.json {
		return printJSON(w, rep)
	}
	return rep.WriteText(w)
}

// prepare returns the chip that an image runs on, its input and what became of the
// events of that, and tells what is to be known of them.
func (l *loaded) prepare(in io.Reader, errs io.Writer, input *inputFlags, m emulator.Mode) (*emulator.Chip, *stimulus.Train, stimulus.Told, error) {
	l.noteDifferences(errs)
	train, told, err := input.spikes(in, l.image)
	if err != nil {
		return nil, nil, stimulus.Told{}, err
	}
	input.noteEvents(errs, told)
	chip, err := emulator.NewBrokenChip(l.image, l.target, l.defects, m)
	if err != nil {
		return nil, nil, stimulus.Told{}, err
	}
	noteDefects(errs, chip, l.defects)
	return chip, train, told, nil
}

// check refuses flags that do not go together, and files that cannot be written.
func (o *runOptions) check(m emulator.Mode) error {
	switch {
	case o.timeline && m == emulator.Functional:
		return usagef("--timeline needs --timing cycle")
	case o.timeline && (o.json || o.out == "-"):
		return usagef("--timeline, --json and -o - all print to stdout: choose one")
	case o.out == "-" && o.json:
		return usagef("-o - and --json both print to stdout; give -o a file")
	}
	switch {
	case len(o.probes) > 0 && o.probeOut == "" && !isVCD(o.trace) && !o.recorded(), len(o.probes) == 0 && o.probeOut != "":
		return usagef("--probe and --probe-out go together, or --probe and --trace FILE.vcd, --record or --html")
	case o.record == "-" || o.html == "-":
		return usagef("--record and --html want files: the report goes to stdout")
	case o.recorded() && o.inUse():
		return usagef("--record and --html are of a whole run, and do not go with --checkpoint or --resume")
	case o.trace != "" && o.inUse():
		return usagef("--trace is of a whole run, and does not go with --checkpoint or --resume")
	case o.probeOut == "-" && (o.json || o.timeline || o.out == "-"):
		return usagef("--probe-out -, --json, --timeline and -o - all print to stdout: choose one")
	case o.profileOut == "-" && (o.json || o.timeline || o.out == "-" || o.probeOut == "-"):
		return usagef("--profile-out -, --probe-out -, --json, --timeline and -o - all print to stdout: choose one")
	}
	if err := o.checkInput(); err != nil {
		return err
	}
	if err := checkTrace(o.trace, m); err != nil {
		return err
	}
	outs := []string{o.out, o.probeOut, o.profileOut, o.trace, o.record, o.html}
	if err := o.willWrite([]string{o.file, o.in, o.target, o.profile, o.defects}, append(outs, o.checkpoint)...); err != nil {
		return err
	}
	// A run that goes on may write its checkpoint where it reads it.
	if err := checkOut([]string{o.resume}, outs...); err != nil {
		return err
	}
	return o.checkCheckpoint()
}

// write writes what came out to the files that are wanted, those that grew with the run
// left out; printed says that one of them was stdout, which nothing else is printed to.
func (r *runner) write(w io.Writer, o *runOptions) (printed bool, err error) {
	type file struct {
		path  string
		write func(w io.Writer) error
	}
	var files []file
	if r.saver == nil {
		files = append(
			files,
			file{o.out, func(w io.Writer) error { return r.record().Write(o.out, w) }},
			file{o.probeOut, func(w io.Writer) error { return r.log.write(w, true) }},
		)
	}
	files = append(files, file{o.profileOut, func(w io.Writer) error {
		return profile.Write(w, profileGroups(r.chip.Image()), r.counts)
	}})
	for _, f := range files {
		if f.path == "" {
			continue
		}
		if err := writeWhole(f.path, w, f.write); err != nil {
			return false, err
		}
		printed = printed || f.path == "-"
	}
	return printed, nil
}

// profileGroups lists who can spike: the inputs, then the populations.
func profileGroups(im *image.Image) []profile.Group {
	var out []profile.Group
	for _, s := range slices.Concat(im.Manifest.Inputs, im.Manifest.Populations) {
		out = append(out, profile.Group{Name: s.Name, N: s.N})
	}
	return out
}

// sourceTotal returns how many can spike.
func sourceTotal(im *image.Image) int {
	n := 0
	for _, g := range profileGroups(im) {
		n += g.N
	}
	return n
}

func groupsOf(symbols []image.Symbol) []stimulus.Group {
	out := make([]stimulus.Group, len(symbols))
	for k, s := range symbols {
		out[k] = stimulus.Group{Name: s.Name, Shape: s.Shape, First: int32(s.First), N: s.N}
	}
	return out
}

// ticksFor returns how long a run has to be for its last input spike to reach
// every population.
func ticksFor(im *image.Image, train *stimulus.Train) int {
	if train.Count() == 0 {
		return defaultTicks
	}
	longest := 0
	for k := range im.Manifest.Inputs {
		depth, _ := emulator.Depth(im, k, -1)
		longest = max(longest, depth)
	}
	return len(train.Spikes) + longest
}

// runner is one run of a machine.
type runner struct {
	chip     *emulator.Chip
	workers  int
	train    *stimulus.Train
	ticks    int
	timeline *trace.Timeline
	trace    *tracer
	// recorder is nil where nobody asked.
	recorder *runpage.Recorder
	bar      bar
	// spikes and log are what came out, as far as saver, if there is one, has not
	// written it down; spikes only where these are to be kept.
	keep   bool
	spikes []stimulus.Spike
	log    probeLog
	saver  *saver
	hash   report.Hash
	// counts, where wanted, are the spikes of each input and then each neuron.
	counts []int64
}

// run runs the ticks, from the first or from where a checkpoint was, and returns the
// books of all of them.
func (r *runner) run(ctx context.Context) (act *activity.Activity, err error) {
	im := r.chip.Image()
	m := emulator.New(r.chip)
	m.SetWorkers(r.workers)
	r.hash = report.NewHash()
	var seen emulator.Tick
	if r.timeline != nil || r.trace != nil {
		m.Watch(&seen)
	}
	if r.trace != nil {
		if err := r.trace.begin(m); err != nil {
			return nil, err
		}
	}
	m.Preload(r.train.Before)
	r.count(0, r.train.Before)
	if r.saver != nil {
		defer func() { err = cmp.Or(err, r.saver.close()) }()
		if err := r.saver.begin(r, m); err != nil {
			return nil, err
		}
	}
	inputs := im.Inputs()
	r.log.begin(int(m.Ticks()))
	for t := int(m.Ticks()) + 1; t <= r.ticks; t++ {
		if err := ctx.Err(); err != nil {
			return nil, r.stopped(m, err)
		}
		in := r.train.At(t)
		fired := m.Tick(in)
		r.bar.set(t)
		r.log.tick(m)
		if r.recorder != nil {
			r.recorder.Tick(m, in, fired)
		}
		r.hash.Spikes(int64(t), fired)
		r.count(0, in)
		r.count(inputs, fired)
		if r.keep {
			for _, n := range fired {
				r.spikes = append(r.spikes, stimulus.Spike{Tick: int32(t), Neuron: n})
			}
		}
		if r.timeline != nil {
			if err := r.timeline.Tick(&seen); err != nil {
				return nil, err
			}
		}
		if err := r.trace.tick(&seen); err != nil {
			return nil, err
		}
		if r.saver != nil {
			if err := r.saver.tick(r, m); err != nil {
				return nil, err
			}
		}
	}
	if r.saver != nil {
		if err := r.saver.flush(r); err != nil {
			return nil, err
		}
	}
	if r.recorder != nil {
		r.recorder.End(m)
	}
	act = activity.New(len(im.Cores), len(im.Manifest.Populations))
	m.Activity(act)
	return act, nil
}

// count counts spikes of inputs or neurons, those of a kind from first on.
func (r *runner) count(first int, fired []int32) {
	if r.counts != nil {
		for _, n := range fired {
			r.counts[first+int(n)]++
		}
	}
}

// stopped ends a run before its last tick, in good order.
func (r *runner) stopped(m *emulator.Machine, why error) error {
	if r.saver == nil || r.saver.checkpoint == "" {
		return fmt.Errorf("run: %w", why)
	}
	if err := r.saver.all(r, m); err != nil {
		return err
	}
	return fmt.Errorf("interrupted after tick %d; go on with --resume %s", m.Ticks(), r.saver.checkpoint)
}

// record is the spikes that are kept.
func (r *runner) record() *stimulus.Record {
	m := &r.chip.Image().Manifest
	return &stimulus.Record{Groups: groupsOf(m.Populations), Spikes: r.spikes, Ticks: r.ticks, Tick: m.TickSeconds}
}

// writeSpikes writes the spikes that are kept as csv, or as more of it.
func (r *runner) writeSpikes(w io.Writer, header bool) error {
	rec := r.record()
	if header {
		return stimulus.WriteCSV(w, rec.Spikes, rec.Groups)
	}
	return stimulus.AppendCSV(w, rec.Spikes, rec.Groups)
}
