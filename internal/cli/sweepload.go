package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/experiment"
	"github.com/weft-toolchain/weft/internal/inputs"
	"github.com/weft-toolchain/weft/internal/outcome"
	"github.com/weft-toolchain/weft/internal/paths"
	"github.com/weft-toolchain/weft/internal/sweep"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/targets"
)

// sweepPoint is a point of a sweep that is ready to be compiled and run, or why it
// is not.
type sweepPoint struct {
	// key is a hash of all that the result depends on: settings, the files' content,
	// the target with what is laid over it, and the version of this program.
	key    string
	failed *diag.Error
	// job and target are nil where the point failed.
	job    *job
	target *targets.Target
}

// evaluate compiles the point's network and runs the samples.
func (p *sweepPoint) evaluate(ctx context.Context) (*outcome.Outcome, error) {
	if p.failed != nil {
		return nil, p.failed
	}
	l, err := p.job.compile(ctx, p.target)
	if err != nil {
		return nil, err
	}
	res, err := p.job.run(ctx, l, nil)
	if err != nil {
		return nil, err
	}
	rep, err := l.report()
	if err != nil {
		return nil, err
	}
	out := outcome.OfEval(res, rep, p.target)
	return &out, nil
}

// sweepLoader gets points ready. What several of them need is loaded once.
type sweepLoader struct {
	loads
	ctx     context.Context
	sweep   *sweep.Sweep
	targets memo[*targets.Target]
	// options are single values of options, and what is wrong with them.
	options memo[struct{}]
	// meanings are what single values come to.
	meanings memo[string]
	// files are those that a network file names; digests the hashes of files, by path;
	// folders those of data sets in folders, by format and path.
	files            memo[[]string]
	digests, folders memo[string]
}

// loadSweep reads a sweep file and gets its points ready. It returns the hashes of
// all files that they depend on, too. Mistakes of the file are a *diag.Error; what
// is wrong with some points only is for these points to say.
func loadSweep(ctx context.Context, file string) (s *sweep.Sweep, points []sweepPoint, inputs map[string]string, err error) {
	l := sweepLoader{ctx: ctx}
	var failed []*diag.Error
	err = told(
		func() error { s, err = sweep.Load(file); return err },
		func() error {
			l.sweep = s
			for i := range s.Points {
				p, err := l.ready(&s.Points[i])
				if err != nil {
					return err
				}
				points, failed = append(points, p), append(failed, p.failed)
			}
			return s.Mistakes(failed)
		},
		func() error { return s.Twice(l.meaning) },
	)
	if err != nil {
		return nil, nil, nil, err
	}
	inputs = map[string]string{}
	for path, digest := range l.digests {
		inputs[path] = digest.value
	}
	for of, digest := range l.folders {
		_, path, _ := strings.Cut(of, " ")
		inputs[path] = digest.value
	}
	inputs[file], err = l.digest(file)
	return s, points, inputs, err
}

// ready gets a point ready.
func (l *sweepLoader) ready(p *sweep.Point) (sweepPoint, error) {
	out := sweepPoint{}
	var err error
	if out.job, out.target, err = l.load(p); err != nil {
		var ok bool
		if out.failed, ok = errors.AsType[*diag.Error](err); !ok {
			return out, err
		}
	}
	out.key, err = l.key(p, &out)
	return out, err
}

// load loads all that a point names, whatever is wrong with some of it. The job has
// what could be loaded.
func (l *sweepLoader) load(p *sweep.Point) (j *job, t *targets.Target, err error) {
	var o evalOptions
	at := func(name string, err error) error { // where the file is named
		s := p.Get(name)
		if s.Text == "" {
			return err
		}
		return placed(err, s.Value.Pos, fmt.Sprintf("%s %s: ", name, l.path(s)))
	}
	err = told(
		func() (err error) { o, err = l.pointOptions(p); return err },
		func() (err error) {
			j, err = l.job(p, o)
			return at(sweep.ExperimentName, err)
		},
		func() (err error) { t, err = l.target(p, j); return err },
		func() error { return j.load(l.ctx, &l.loads, there(t)...) },
		func() error { return at("defects", j.checkDefects(&l.loads, there(t)...)) },
		func() error { return at("profile", j.checkProfile(&l.loads)) },
	)
	return j, t, err
}

// job returns the job of a point with its experiment; where the point has none, with an
// empty one.
func (l *sweepLoader) job(p *sweep.Point, o evalOptions) (*job, error) {
	e := p.Get(sweep.ExperimentName)
	if e.Text == "" {
		return &job{opt: o, exp: &experiment.Experiment{Target: experiment.Name{Pos: p.Pos}}}, nil
	}
	o.file = l.path(e)
	return newJob(o, p.Fields(sweep.ExperimentBlocks...).Node())
}

// meaning returns what a setting of a point comes to: for values that mean the same,
// such as 200MHz and 2e8, the same. What is wrong comes to its text.
func (l *sweepLoader) meaning(p *sweep.Point, s sweep.Setting) string {
	e, t := p.Get(sweep.ExperimentName), p.Get(sweep.TargetName)
	switch {
	case s.Name == sweep.TargetName:
		return l.targetPath(s)
	case sweep.IsFile(s.Name):
		return l.path(s)
	}
	meaning, _ := l.meanings.get(strings.Join([]string{e.Text, t.Text, s.Name, s.Text}, "\n"), func() (string, error) {
		value := *s.Value
		value.Pos, s.Value, s.NamePos = diag.Pos{}, &value, diag.Pos{} // the same wherever it stands
		one := &sweep.Point{Settings: []sweep.Setting{e, s}}
		if t.Text != "" {
			one.Settings = append(one.Settings, t)
		}
		all, err := l.comesTo(one)
		if err != nil {
			return s.Text, nil
		}
		return digest([]byte(all)), nil
	})
	return meaning
}

// comesTo writes down what a point is with a setting that is no file: its options, its
// experiment or its target.
func (l *sweepLoader) comesTo(p *sweep.Point) (string, error) {
	if options := p.Options(); len(options) > 0 {
		o, err := l.evalOptions(options...)
		if err != nil {
			return "", err
		}
		c, err := o.options()
		return fmt.Sprintf("%d %s %+v", o.samples, o.timing, c), err
	}
	j, err := l.job(p, evalOptions{})
	if err != nil {
		return "", err
	}
	if len(p.Fields(sweep.ExperimentBlocks...)) > 0 {
		return fmt.Sprintf("%+v %+v %+v", j.exp.Dataset, j.exp.Encode, j.exp.Readout), nil
	}
	t, err := l.target(p, j)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(t)
	return string(text), err
}

// path returns the file that a setting names.
func (l *sweepLoader) path(s sweep.Setting) string {
	return paths.Resolve(filepath.Dir(l.sweep.File), s.Text)
}

// targetPath returns the target that a setting names.
func (l *sweepLoader) targetPath(s sweep.Setting) string {
	return paths.Target(filepath.Dir(l.sweep.File), s.Text)
}

// pointOptions returns a point's options, which are those of weft eval.
func (l *sweepLoader) pointOptions(p *sweep.Point) (evalOptions, error) {
	settings := p.Options()
	var diags diag.List
	for _, s := range settings {
		_, err := l.options.get(fmt.Sprintln(s.Name, s.Value.Pos, s.Text), func() (struct{}, error) {
			_, err := l.evalOptions(s)
			return struct{}{}, err
		})
		if err := collect(&diags, err); err != nil {
			return evalOptions{}, err
		}
	}
	o, err := l.evalOptions(settings...)
	if diags.Len() > 0 { // and nothing is said of what goes together
		err = diags.Err()
	}
	return o, err
}

// evalOptions returns the options that settings are.
func (l *sweepLoader) evalOptions(settings ...sweep.Setting) (evalOptions, error) {
	var o evalOptions
	cmd := &cobra.Command{}
	o.addChoices(cmd)
	var diags diag.List
	for _, s := range settings {
		text := s.Text
		if sweep.IsFile(s.Name) {
			text = l.path(s)
		}
		err := SetFlag(cmd, s.Name, text)
		if e, ok := errors.AsType[*rangeError](err); ok && e.kind == "" {
			for text := range strings.SplitSeq(e.message, "\n") {
				diags.Add(s.Value.Pos, diag.OutOfRange, "%s", strings.TrimPrefix(text, "--"))
			}
		} else if ok {
			diags.Add(s.Value.Pos, diag.WrongType, "%s: have %s, %s", s.Name, s.Value.Describe(), e.kind)
		} else if err != nil {
			return o, err
		}
	}
	if err := diags.Err(); err != nil {
		return o, err
	}
	_, err := o.options()
	var usage usageError
	if !errors.As(err, &usage) {
		return o, err
	}
	for text := range strings.SplitSeq(strings.ReplaceAll(usage.Error(), "--", ""), "\n") {
		// The message begins with the option that it is about.
		at := slices.IndexFunc(settings, func(s sweep.Setting) bool { return strings.HasPrefix(text, s.Name) })
		diags.Add(settings[max(at, 0)].Value.Pos, diag.OutOfRange, "%s", text)
	}
	return o, diags.Err()
}

// target loads the target of a point, or of its experiment, with the point's
// fields laid over it.
func (l *sweepLoader) target(p *sweep.Point, j *job) (*targets.Target, error) {
	set := p.Get(sweep.TargetName)
	if set.Text != "" {
		j.opt.target = l.targetPath(set)
	}
	fields := p.Fields(sweep.TargetBlocks...)
	t, err := l.targets.get(strings.Join([]string{j.opt.target, j.exp.Target.Text, fields.Text()}, "\n"), func() (*targets.Target, error) {
		return j.target(fields.Node())
	})
	if set.Text != "" {
		err = placed(err, set.Value.Pos, "")
	}
	return t, err
}

// key returns the hash of what a point's result depends on.
func (l *sweepLoader) key(p *sweep.Point, at *sweepPoint) (string, error) {
	h := sha256.New()
	part := func(what, text string) { fmt.Fprintf(h, "%s %d %s\n", what, len(text), text) }
	part("weft", version())
	files := []string{l.path(p.Get(sweep.ExperimentName))}
	settings := slices.Clone(p.Settings)
	slices.SortFunc(settings, func(a, b sweep.Setting) int { return strings.Compare(a.Name, b.Name) })
	for _, s := range settings {
		switch {
		case s.Name == sweep.ExperimentName || s.Name == sweep.TargetName:
		case sweep.IsFile(s.Name):
			files = append(files, l.path(s))
			part(s.Name, "")
		default:
			part(s.Name, s.Text)
		}
	}
	// What could not be loaded is not read again: its mistakes are the result.
	if at.job.net != nil {
		net := at.job.exp.Network.Path
		named, err := l.files.get(net, func() ([]string, error) { return filesOf(net), nil })
		if err != nil {
			return "", err
		}
		files = append(append(files, net), named...)
	}
	if at.job.data != nil {
		for _, f := range []experiment.Path{at.job.exp.Dataset.Images, at.job.exp.Dataset.Labels} {
			if f.Path != "" {
				files = append(files, f.Path)
			}
		}
	}
	for _, f := range files {
		digest, err := l.digest(f)
		if err != nil {
			return "", err
		}
		part("file", digest)
	}
	if at.job.data != nil && at.job.exp.Dataset.File.Path != "" {
		digest, err := l.dataDigest(&at.job.exp.Dataset)
		if err != nil {
			return "", err
		}
		part("file", digest)
	}
	if at.failed != nil {
		part("failed", at.failed.Error())
	}
	if at.target != nil {
		text, err := json.Marshal(at.target)
		if err != nil {
			return "", fmt.Errorf("hash the target: %w", err)
		}
		part("target", string(text))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// filesOf lists the files that a network file names. One that cannot be read
// names none.
func filesOf(path string) []string {
	var ignored diag.List
	var files []string
	var walk func(n *yamldoc.Node)
	walk = func(n *yamldoc.Node) {
		for _, f := range n.Fields {
			if f.Key == "file" && f.Value.Kind == yamldoc.Scalar {
				files = append(files, paths.Resolve(filepath.Dir(path), f.Value.Text))
			}
			walk(f.Value)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	if root := yamldoc.Load(path, &ignored); root != nil {
		walk(root)
	}
	return slices.Compact(files)
}

// missing is the digest of what is no file, or cannot be read.
const missing = "missing"

// digest returns the hash of what a file holds.
func (l *sweepLoader) digest(path string) (string, error) {
	return l.digests.get(path, func() (string, error) { return contents(path, path) })
}

// dataDigest returns the hash of a data set in a file, or in a folder: there, of the names
// of the files that it is read from, and what they hold.
func (l *sweepLoader) dataDigest(d *experiment.Dataset) (string, error) {
	folder := d.File.Path
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return l.digest(folder)
	}
	return l.folders.get(string(d.Format)+" "+folder, func() (string, error) {
		files, err := dataset.FolderFiles(d.Format, folder)
		if err != nil {
			return "", err //nolint:wrapcheck // it names the file
		}
		return contents(folder, files...)
	})
}

// contents returns the hash of some files: their names below root, and what they hold.
func contents(root string, files ...string) (string, error) {
	h := sha256.New()
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			return missing, nil
		}
		err = hashFile(h, strings.TrimPrefix(path, root), path, info.Size())
		if errors.Is(err, fs.ErrPermission) {
			return missing, nil
		}
		if err != nil {
			return "", fmt.Errorf("hash %s: %w", path, err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashFile adds a file's name and what it holds.
func hashFile(h io.Writer, name, path string, size int64) error {
	f, err := inputs.Open(path)
	if err != nil {
		return err //nolint:wrapcheck // contents does
	}
	defer f.Close()
	fmt.Fprintf(h, "%q %d\n", name, size)
	_, err = io.Copy(h, f)
	return err //nolint:wrapcheck // likewise
}
