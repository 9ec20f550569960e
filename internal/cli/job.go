package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/eval"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/targets"
)

// job is an experiment on its way to a target.
type job struct {
	opt  evalOptions
	way  emulator.Way
	exp  *experiment.Experiment
	net  *network.Network
	data *dataset.Set
}

// loads holds what jobs have loaded, for those that need the same.
type loads struct {
	networks memo[*network.Network]
	data     memo[*dataset.Set]
	defects  memo[*targets.Defects]
	profiles memo[[]int64]
}

// memo holds what was made for a key, or why it could not be.
type memo[T any] map[string]made[T]

type made[T any] struct {
	value T
	err   error
}

// get returns what belongs to a key, and makes it the first time.
func (m *memo[T]) get(key string, create func() (T, error)) (T, error) {
	got, ok := (*m)[key]
	if !ok {
		got.value, got.err = create()
		if *m == nil {
			*m = memo[T]{}
		}
		(*m)[key] = got
	}
	return got.value, got.err
}

// newJob reads the experiment file, with fields laid over it, or nil. Where that has
// mistakes, the job has what they leave.
func newJob(o evalOptions, fields *yamldoc.Node) (*job, error) {
	exp, err := experiment.LoadWith(o.file, fields)
	return &job{opt: o, exp: exp}, mistaken(err, o.file, experimentFile)
}

// loadJob loads all that an experiment names, and its target.
func loadJob(ctx context.Context, o evalOptions) (j *job, t *targets.Target, err error) {
	from := &loads{}
	err = told(
		func() error { j, err = newJob(o, nil); return err },
		func() error { t, err = j.target(nil); return err },
		func() error {
			if o.target == "" {
				return nil
			}
			_, err := j.ownTarget(nil) // of the file, which may be wrong all the same
			return err
		},
		func() error { return j.load(ctx, from, there(t)...) },
		func() error { return j.checkDefects(from, there(t)...) },
		func() error { return j.checkProfile(from) },
	)
	return j, t, err
}

// there lists the target, or nothing where it could not be loaded.
func there(t *targets.Target) []*targets.Target {
	if t == nil {
		return nil
	}
	return []*targets.Target{t}
}

// told does each of some parts, whatever is wrong with those before it, and returns all
// their mistakes in one *diag.Error. An error of another kind ends it.
func told(parts ...func() error) error {
	var diags diag.List
	for _, part := range parts {
		if err := collect(&diags, part()); err != nil {
			return err
		}
	}
	return diags.Err()
}

// target loads the target that the command line names, or else the experiment,
// with fields laid over it, or nil; one that the experiment names and that is not
// there is told at its place.
func (j *job) target(fields *yamldoc.Node) (*targets.Target, error) {
	if j.opt.target != "" {
		return targets.LoadWith(j.opt.target, fields)
	}
	if name := j.exp.Target; name.Text == "" && name.Pos.File == "" {
		return targets.LoadWith(defaultTarget, fields)
	}
	return j.ownTarget(fields)
}

// ownTarget loads the target that the experiment names; nil where it names none, or
// what it names was told.
func (j *job) ownTarget(fields *yamldoc.Node) (*targets.Target, error) {
	name := j.exp.Target
	if name.Text == "" {
		return nil, nil
	}
	t, err := targets.LoadWith(name.Text, fields)
	return t, placed(err, name.Pos, "")
}

// placed gives mistakes that have no line the place where their file is named.
func placed(err error, pos diag.Pos, what string) error {
	found, ok := errors.AsType[*diag.Error](err)
	if !ok {
		return err
	}
	out := &diag.Error{Diagnostics: slices.Clone(found.Diagnostics), Dropped: found.Dropped}
	for i := range out.Diagnostics {
		if d := &out.Diagnostics[i]; d.Pos.Line == 0 {
			d.Pos, d.Message = pos, what+d.Message
		}
	}
	return out
}

// load reads the network and the data, and checks that they go together. Of several
// targets it takes what fits the roomiest; without any, what fits some target. What is
// about a part that is wrong is left out.
func (j *job) load(ctx context.Context, from *loads, chips ...*targets.Target) error {
	err := told(
		func() error { return j.loadNetwork(ctx, from, chips...) },
		func() error { return j.loadData(from) },
		j.check,
	)
	if n := j.opt.samples; j.data != nil && n > 0 && n < j.data.N {
		j.data = j.data.Slice(0, n)
	}
	return err
}

func (j *job) loadNetwork(ctx context.Context, from *loads, chips ...*targets.Target) (err error) {
	file := j.exp.Network
	if file.Path == "" {
		return nil
	}
	switch info, err := os.Stat(file.Path); {
	case err != nil:
		return diag.One(file.Pos, diag.MissingFile, "network file %s cannot be read; paths are relative to the experiment file", file.Path)
	case info.IsDir():
		return diag.One(file.Pos, diag.MissingFile, "network: %s is a directory, want a file", file.Path)
	}
	room := network.Room{}
	for _, t := range chips {
		if r := roomOf(t); r.Synapses > room.Synapses {
			room = r
		}
	}
	j.net, err = from.networks.get(fmt.Sprintln(file.Path, room), func() (*network.Network, error) {
		return network.LoadFor(ctx, file.Path, room)
	})
	return err
}

func (j *job) loadData(from *loads) (err error) {
	j.data, err = from.data.get(fmt.Sprint(j.exp.Dataset), j.exp.LoadData)
	return err
}

// checkDefects reads the file of defects, for each of the targets.
func (j *job) checkDefects(from *loads, chips ...*targets.Target) error {
	path := j.opt.defects
	if path == "" {
		return nil
	}
	if len(chips) == 0 {
		return readable(path)
	}
	for _, t := range chips {
		_, err := from.defects.get(fmt.Sprintf("%s %p", path, t), func() (*targets.Defects, error) { return loadDefects(path, &t.Arch) })
		if err != nil {
			return err
		}
	}
	return nil
}

// checkProfile reads the file of a profile, for the network.
func (j *job) checkProfile(from *loads) error {
	path := j.opt.profile
	if path == "" {
		return nil
	}
	_, err := from.profiles.get(fmt.Sprintf("%s %p", path, j.net), func() ([]int64, error) {
		if err := readable(path); err != nil || j.net == nil {
			return nil, err
		}
		return loadProfile(path, j.net)
	})
	return err
}

// check checks that the experiment goes with its network, and with its data.
func (j *job) check() error {
	if j.net == nil {
		return nil
	}
	return j.exp.Check(j.net, j.data)
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
	m := mode(j.opt.timing)
	chip, err := emulator.NewBrokenChip(l.image, l.target, l.defects, m)
	if err != nil {
		return nil, err
	}
	res, err := eval.Run(ctx, eval.Config{
		Experiment: j.exp, Network: j.net, Data: j.data, Target: l.target,
		Chip: chip.In(j.way), Functional: m == emulator.Functional,
		Workers: j.opt.workers, Progress: progress,
	})
	if err == nil {
		res.SetDefects(l.defects, chip.DeadUse())
	}
	return res, err
}

// readable tells a file that cannot be read, whatever it holds.
func readable(path string) error {
	if _, bad := diag.ReadFile(path, math.MaxInt32); bad != nil {
		return bad.Err()
	}
	return nil
}
