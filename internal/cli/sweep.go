package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/sweep"
	"github.com/weft-toolchain/weft/internal/sweep/store"
)

type sweepOptions struct {
	file, results string
	workers       int
	// share is K/N: a task's part of the points.
	share string
	merge bool
	// tasks is how many tasks a Slurm job array gets; 0 is none.
	tasks int
	json  bool
}

func newSweepCmd() *cobra.Command {
	var o sweepOptions
	cmd := &cobra.Command{
		Use:   "sweep SWEEP.yaml",
		Short: "Evaluate an experiment at many points, and go on where it stopped",
		Long: `Compile and evaluate every point of a sweep file: an experiment with each value of
each parameter, such as bits, ticks, seeds, passes, targets and fields of targets.
Points run in parallel; each result is kept in a file of SQLite as soon as it is
there. Ctrl-C or worse, and the same command again: it goes on, and does nothing
twice. A point whose files or settings have changed is a new point. A point that
does not fit is a result too, with its diagnostic.

'weft sweep show' prints the results. --slurm submits the same sweep as a job
array of Slurm. internal/sweep/SWEEP.md has the grammar, and more of all this.`,
		Example: "  weft sweep examples/digits/sweep.yaml\n  weft sweep show examples/digits/sweep.sqlite --pareto energy_joules,accuracy",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runSweep(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringVarP(&o.results, "out", "o", "", "file of the results (default: beside the sweep file, with the ending .sqlite)")
	addWhole(cmd, &o.workers, "workers", 1, noEnd, "points evaluated at once (default: one a processor)")
	cmd.Flags().StringVar(&o.share, "share", "", "`K/N`: evaluate one of N shares of the points, into a file of its own")
	cmd.Flags().BoolVar(&o.merge, "merge", false, "evaluate nothing: put the results of shares into the file of results")
	addWhole(cmd, &o.tasks, "slurm", 1, noEnd, "evaluate nothing here: submit a Slurm job array of so many `tasks`, each a share")
	cmd.Flags().Lookup("slurm").NoOptDefVal = fmt.Sprint(defaultTasks)
	cmd.Flags().BoolVar(&o.json, "json", false, "print the summary as JSON")
	cmd.AddCommand(newSweepShowCmd())
	return cmd
}

// campaign is a sweep with its points, and where their results are.
type campaign struct {
	sweepOptions
	sweep  *sweep.Sweep
	points []sweepPoint
	errs   io.Writer
}

// sweepSummary is what a sweep says when it ends.
type sweepSummary struct {
	Sweep   string `json:"sweep"`
	Results string `json:"results"`
	// Points are those of the sweep, or of the share; Done have a result, Failed of
	// them a diagnostic, New of them came now.
	Points int `json:"points"`
	Done   int `json:"done"`
	Failed int `json:"failed"`
	New    int `json:"new"`
}

func runSweep(ctx context.Context, w, errs io.Writer, o sweepOptions) error {
	if o.results == "" {
		o.results = strings.TrimSuffix(o.file, filepath.Ext(o.file)) + ".sqlite"
	}
	chosen := 0
	for _, is := range []bool{o.share != "", o.merge, o.tasks != 0} {
		if is {
			chosen++
		}
	}
	k, n, err := parseShareOf(o.share)
	switch {
	case err != nil:
		return err
	case chosen > 1:
		return usagef("--share, --merge and --slurm exclude each other")
	}
	if err := checkOut([]string{o.file}, o.results); err != nil {
		return err
	}
	c := &campaign{sweepOptions: o, errs: errs}
	var inputs map[string]string
	if c.sweep, c.points, inputs, err = loadSweep(ctx, o.file); err != nil {
		return err
	}
	if err := checkOut(nil, o.results); err != nil { // now that all files are read
		return err
	}
	if o.share != "" {
		return c.runShare(ctx, w, k, n)
	}
	main, err := store.Open(ctx, o.results)
	if err != nil {
		return err
	}
	defer main.Close()
	if err := c.plan(main, inputs); err != nil {
		return err
	}
	switch all := c.share(1, 1); {
	case o.tasks > 0:
		return c.submit(ctx, w, main, all)
	case o.merge:
		return c.summarise(w, all, 0, main)
	default:
		return c.run(ctx, w, all, main)
	}
}

// plan writes down what the sweep is now, says what has changed, and takes the
// results of shares.
func (c *campaign) plan(main *store.Store, inputs map[string]string) error {
	before, err := main.Inputs()
	if err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(inputs)) {
		if had, ok := before[path]; ok && had != inputs[path] {
			fmt.Fprintf(c.errs, "note: %s has changed: the points that depend on what changed are new\n", path)
		}
	}
	p := &store.Plan{Name: c.sweep.Name, Parameters: c.sweep.Parameters, Inputs: inputs}
	for i, point := range c.sweep.Points {
		settings := map[string]string{}
		for _, s := range point.Settings {
			settings[s.Name] = s.Text
		}
		p.Points = append(p.Points, store.Planned{Key: c.points[i].key, Settings: settings})
	}
	if err := main.SetPlan(p); err != nil {
		return err
	}
	parts, err := filepath.Glob(filepath.Join(globbed(c.partsDir()), "*.sqlite"))
	if err != nil {
		return fmt.Errorf("list the shares: %w", err)
	}
	for _, path := range parts {
		n, err := main.Merge(path)
		if err != nil {
			return err
		}
		if n > 0 {
			fmt.Fprintf(c.errs, "note: %s from %s\n", diag.Plural(n, "result"), path)
		}
	}
	return nil
}

// globbed writes a folder so that Glob takes it as it is.
func globbed(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// share lists every n-th point from the k-th on.
func (c *campaign) share(k, n int) []int {
	var out []int
	for i := k - 1; i < len(c.points); i += n {
		out = append(out, i)
	}
	return out
}

// keptIn returns the keys of the results in files, and of each whether it is a
// failure.
func keptIn(files []*store.Store) (map[string]bool, error) {
	all := map[string]bool{}
	for _, f := range files {
		keys, err := f.Done()
		if err != nil {
			return nil, err
		}
		maps.Copy(all, keys)
	}
	return all, nil
}

// left lists those of the points that have no result in any of the files.
func (c *campaign) left(points []int, files ...*store.Store) ([]int, error) {
	kept, err := keptIn(files)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(points), func(i int) bool { _, done := kept[c.points[i].key]; return done }), nil
}

// run evaluates those of the points that have no result in any of the files, into
// the first of these.
func (c *campaign) run(ctx context.Context, w io.Writer, points []int, files ...*store.Store) error {
	todo, err := c.left(points, files...)
	if err != nil {
		return err
	}
	before := len(points) - len(todo)
	if before > 0 && len(todo) > 0 {
		fmt.Fprintf(c.errs, "note: %d of %s are done already, %s left\n", before, diag.Plural(len(points), "point"), diag.Counted(len(todo), "is", "are"))
	}
	bar := newBar(c.errs, len(todo), c.sweep.Name)
	done, err := c.evaluate(ctx, todo, files[0], bar.set)
	bar.done()
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: %d of %s are done and kept in %s; the same command goes on", before+done, diag.Plural(len(points), "point"), c.results)
	}
	if err != nil {
		return err
	}
	return c.summarise(w, points, done, files...)
}

// summarise says what there is of the points.
func (c *campaign) summarise(w io.Writer, points []int, added int, files ...*store.Store) error {
	kept, err := keptIn(files)
	if err != nil {
		return err
	}
	s := sweepSummary{Sweep: c.sweep.Name, Results: c.results, Points: len(points), New: added}
	for _, i := range points {
		if failed, done := kept[c.points[i].key]; done {
			s.Done++
			if failed {
				s.Failed++
			}
		}
	}
	if c.json {
		return printJSON(w, s)
	}
	fmt.Fprintf(w, "%s: %s, %d done, %d of them with a diagnostic, in %s\n", s.Sweep, diag.Plural(s.Points, "point"), s.Done, s.Failed, s.Results)
	return nil
}

// evaluate evaluates points, several at once, and keeps each result when it is
// there. It returns how many are kept.
func (c *campaign) evaluate(ctx context.Context, todo []int, into *store.Store, progress func(done int)) (int, error) {
	workers := c.workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	at := min(workers, len(todo))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var (
		mu   sync.Mutex // of next, done and into
		next int
		done int
		wg   sync.WaitGroup
	)
	for range at {
		wg.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				k := next
				next++
				mu.Unlock()
				if k >= len(todo) {
					return
				}
				point := &c.points[todo[k]]
				if point.job != nil {
					point.job.opt.workers = (workers + at - 1) / at
				}
				res, err := point.result(ctx)
				mu.Lock()
				if err == nil {
					err = into.Put(res)
				}
				if err != nil {
					stop(err)
				} else {
					done++
					progress(done)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return done, context.Cause(ctx)
}

// result evaluates a point. What is wrong with it is a result; an error is what
// has nothing to do with it, and may be another time.
func (p *sweepPoint) result(ctx context.Context) (store.Result, error) {
	out := store.Result{Key: p.key}
	o, err := p.evaluate(ctx)
	var input *diag.Error
	var bug *compiler.InternalError
	switch {
	case err == nil:
		out.Outcome, err = json.Marshal(o)
		if err != nil {
			return out, fmt.Errorf("write the result: %w", err)
		}
	case errors.As(err, &input), errors.As(err, &bug):
		out.Error = err.Error()
	default:
		return out, err
	}
	return out, nil
}

// partsDir is where the results of shares are.
func (c *campaign) partsDir() string { return c.results + ".parts" }

// parseShareOf reads K/N, 0/0 where it is not given.
func parseShareOf(text string) (k, n int, err error) {
	if text == "" {
		return 0, 0, nil
	}
	if _, err := fmt.Sscanf(text, "%d/%d", &k, &n); err != nil || k < 1 || k > n || fmt.Sprintf("%d/%d", k, n) != text {
		return 0, 0, usagef("--share %s: want K/N, with K from 1 to N", text)
	}
	return k, n, nil
}

// runShare evaluates every n-th point from the k-th on, those without a result,
// into a file of the share's own.
func (c *campaign) runShare(ctx context.Context, w io.Writer, k, n int) error {
	if err := os.MkdirAll(c.partsDir(), 0o777); err != nil {
		return fmt.Errorf("make the folder of shares: %w", err)
	}
	main := c.results
	c.results = filepath.Join(c.partsDir(), fmt.Sprintf("%d-of-%d.sqlite", k, n))
	part, err := store.Open(ctx, c.results)
	if err != nil {
		return err
	}
	defer part.Close()
	files := []*store.Store{part}
	if _, err := os.Stat(main); err == nil {
		all, err := store.OpenToRead(ctx, main)
		if err != nil {
			return err
		}
		defer all.Close()
		files = append(files, all)
	}
	return c.run(ctx, w, c.share(k, n), files...)
}
