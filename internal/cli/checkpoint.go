package cli

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/checkpoint"
	"github.com/weft-toolchain/weft/emulator/stimulus"
	"github.com/weft-toolchain/weft/internal/diag"
)

// checkpointFlags are --checkpoint, --every and --resume.
type checkpointFlags struct {
	checkpoint, resume string
	every              int
}

// defaultEvery is how many ticks there are from one checkpoint to the next.
const defaultEvery = 1000

func (f *checkpointFlags) addCheckpoint(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.checkpoint, "checkpoint", "", "write down the state of the run here, to go on with by --resume; -o and --probe-out then grow with it")
	f.every = defaultEvery
	addWhole(cmd, &f.every, "every", 1, noEnd, "with --checkpoint: write it each time so many ticks are done")
	cmd.Flags().StringVar(&f.resume, "resume", "", "go on with the run of this checkpoint, which the same command began: what comes out is as if it had never stopped; --way, --workers and names of output files may be others")
}

// inUse reports whether a run is written down or resumed.
func (f *checkpointFlags) inUse() bool { return f.checkpoint != "" || f.resume != "" }

// check refuses what does not go together.
func (o *runOptions) checkCheckpoint() error {
	switch {
	case o.every != defaultEvery && o.checkpoint == "":
		return usagef("--every goes with --checkpoint")
	case !o.inUse():
		return nil
	case o.timeline || o.out == "-" || o.probeOut == "-":
		return usagef("a run with --checkpoint or --resume cannot take back what it prints: give -o and --probe-out files, and leave --timeline out")
	case o.out != "" && !stimulus.IsCSV(o.out):
		return usagef("-o %s: with --checkpoint or --resume spikes are written as they come, and so as csv", o.out)
	case o.checkpoint == "-" || o.resume == "-":
		return usagef("--checkpoint and --resume want files")
	}
	if info, err := os.Stat(o.checkpoint); err == nil && info.Size() > 0 && !checkpoint.Is(o.checkpoint) {
		return diag.One(diag.Pos{File: o.checkpoint}, diag.BadFile, "would be replaced by a checkpoint, but is none; remove it first, or give another name")
	}
	return nil
}

// facts says what makes a run the same run.
func (o *runOptions) facts(l *loaded, mode emulator.Mode, r *runner) ([]checkpoint.Fact, error) {
	im, err := l.image.Bytes()
	if err != nil {
		return nil, err
	}
	target, err := json.Marshal(l.target)
	if err != nil {
		return nil, fmt.Errorf("target %s: %w", l.target.Name, err)
	}
	defects := "none"
	if o.defects != "" {
		data, bad := diag.ReadFile(o.defects, math.MaxInt32)
		if bad != nil {
			return nil, bad.Err()
		}
		defects = digest(data)
	}
	return []checkpoint.Fact{
		{Name: "weft", Value: version()},
		{Name: "image", Value: digest(im)},
		{Name: "target", Value: l.target.Name + " " + digest(target)},
		{Name: "defects", Value: defects},
		{Name: "input", Value: digestOf(r.train)},
		{Name: "ticks", Value: fmt.Sprint(r.ticks)},
		{Name: "timing", Value: mode.String()},
		{Name: "-o", Value: given(o.out != "")},
		{Name: "--probe", Value: fmt.Sprintf("%q", o.probes)},
		{Name: "--profile-out", Value: given(r.counts != nil)},
	}, nil
}

// given says whether an option is.
func given(is bool) string {
	if is {
		return "given"
	}
	return "not given"
}

func digest(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// digestOf returns the digest of the spikes of inputs, by tick.
func digestOf(train *stimulus.Train) string {
	h := sha256.New()
	var b []byte
	for _, list := range append([][]int32{train.Before}, train.Spikes...) {
		b = binary.AppendUvarint(b[:0], uint64(len(list)))
		for _, n := range list {
			b = binary.AppendUvarint(b, uint64(n))
		}
		h.Write(b)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// saver writes down the state of a run from time to time, and what came out of it
// since: first that, so that no checkpoint knows of more than there is.
type saver struct {
	checkpointFlags
	facts []checkpoint.Fact
	// files are what comes out, nil where nobody asked.
	spikes, probes *grown
}

// newSaver returns the saver of a run that begins, or is resumed.
func newSaver(o *runOptions, facts []checkpoint.Fact) *saver {
	s := &saver{checkpointFlags: o.checkpointFlags, facts: facts}
	if o.out != "" {
		s.spikes = &grown{path: o.out, sum: sha256.New()}
	}
	if o.probeOut != "" {
		s.probes = &grown{path: o.probeOut, sum: sha256.New()}
	}
	return s
}

// files lists those that there are.
func (s *saver) files() (list []*grown) {
	for _, g := range []*grown{s.spikes, s.probes} {
		if g != nil {
			list = append(list, g)
		}
	}
	return list
}

// begin puts a machine and its runner where the run begins or is resumed. From then on
// close has to be called.
func (s *saver) begin(r *runner, m *emulator.Machine) error {
	if s.resume == "" {
		if err := s.save(r, m); err != nil { // first, so that none of another run is left
			return err
		}
	} else {
		c, err := checkpoint.Open(s.resume, s.facts)
		if err != nil {
			return err
		}
		r.code(c, m, s)
		if err := c.End(); err != nil {
			return err
		}
		if m.Ticks() > int64(r.ticks) {
			return diag.One(diag.Pos{File: s.resume}, diag.BadCheckpoint, "is of tick %d, and the run has %d", m.Ticks(), r.ticks)
		}
	}
	for _, g := range s.files() {
		if err := g.check(s.resume); err != nil {
			return err
		}
	}
	for _, g := range s.files() {
		if err := g.open(); err != nil {
			return err
		}
	}
	return nil
}

// tick is told of every tick that was run.
func (s *saver) tick(r *runner, m *emulator.Machine) error {
	if s.checkpoint == "" || m.Ticks()%int64(s.every) != 0 {
		return nil
	}
	return s.all(r, m)
}

// all writes down everything.
func (s *saver) all(r *runner, m *emulator.Machine) error {
	if err := s.flush(r); err != nil {
		return err
	}
	return s.save(r, m)
}

// flush appends what came out to the files.
func (s *saver) flush(r *runner) error {
	if s.spikes != nil {
		if err := s.spikes.add(r.writeSpikes); err != nil {
			return err
		}
		r.spikes = r.spikes[:0]
	}
	if s.probes != nil {
		if err := s.probes.add(r.log.write); err != nil {
			return err
		}
		r.log.begin(r.log.ticks)
	}
	return nil
}

// save writes a checkpoint, if one is wanted.
func (s *saver) save(r *runner, m *emulator.Machine) error {
	if s.checkpoint == "" {
		return nil
	}
	c := checkpoint.Writer()
	r.code(c, m, s)
	return checkpoint.Write(s.checkpoint, s.facts, c)
}

// close closes the files.
func (s *saver) close() (err error) {
	for _, g := range s.files() {
		if g.f != nil {
			err = errors.Join(err, g.f.Close())
		}
	}
	return err
}

// code writes or reads the state of a run between two ticks.
func (r *runner) code(c *checkpoint.Coder, m *emulator.Machine, s *saver) {
	m.Checkpoint(c)
	checkpoint.Number(c, &r.hash, math.MinInt64, math.MaxInt64)
	checkpoint.Numbers(c, r.counts, 0, checkpoint.Any)
	for _, g := range s.files() {
		g.code(c)
	}
}

// grown is a file that grows as a run goes on: what a checkpoint knows of it is how
// long it was, and the sum of that.
type grown struct {
	path   string
	f      *os.File
	length int64
	sum    hash.Hash
	want   [sha256.Size]byte
}

// code writes or reads what a checkpoint knows.
func (g *grown) code(c *checkpoint.Coder) {
	g.sum.Sum(g.want[:0])
	checkpoint.Number(c, &g.length, 0, checkpoint.Any)
	checkpoint.Numbers(c, g.want[:], 0, math.MaxUint8)
}

// check reads the file as far as the checkpoint knows it.
func (g *grown) check(resume string) error {
	if g.length == 0 {
		return nil
	}
	bad := func(format string, args ...any) error {
		return diag.One(diag.Pos{File: g.path}, diag.BadCheckpoint, "%s; the run of %s cannot go on with it: begin it anew", fmt.Sprintf(format, args...), resume)
	}
	f, err := os.Open(g.path)
	if err != nil {
		return bad("cannot be read: %v", errors.Unwrap(err))
	}
	defer f.Close()
	n, err := io.CopyN(g.sum, f, g.length)
	if errors.Is(err, io.EOF) {
		return bad("has %d bytes, the run had written %d", n, g.length)
	} else if err != nil {
		return fmt.Errorf("read %s: %w", g.path, err)
	}
	if [sha256.Size]byte(g.sum.Sum(nil)) != g.want {
		return bad("is not what the run had written")
	}
	return nil
}

// open opens the file for appending, and cuts off what no checkpoint knows.
func (g *grown) open() (err error) {
	if g.f, err = os.OpenFile(g.path, os.O_WRONLY|os.O_CREATE, 0o644); err == nil {
		err = g.f.Truncate(g.length)
	}
	if err == nil {
		_, err = g.f.Seek(g.length, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", g.path, err)
	}
	return nil
}

// add appends what write writes, first a header if it is the first, and waits until it
// is on the disk.
func (g *grown) add(write func(w io.Writer, header bool) error) error {
	if err := write(io.MultiWriter(g, g.sum), g.length == 0); err != nil {
		return err
	}
	if err := g.f.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", g.path, err)
	}
	return nil
}

// Write is that of the file.
func (g *grown) Write(p []byte) (int, error) {
	n, err := g.f.Write(p)
	g.length += int64(n)
	return n, err
}
