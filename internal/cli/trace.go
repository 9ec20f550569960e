package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/trace"
	"github.com/weft-toolchain/weft/internal/diag"
)

// tracer writes the trace of a run as it goes; nil is none.
type tracer struct {
	path   string
	file   *os.File
	l      *loaded
	probes []probe
	writer traceWriter
	ticks  int64
}

// traceWriter is a format of traces.
type traceWriter interface {
	Tick(t *emulator.Tick) error
	Close() error
}

// checkTrace looks at --trace.
func checkTrace(path string, m emulator.Mode) error {
	switch {
	case path == "":
		return nil
	case filepath.Ext(path) != ".json" && !isVCD(path):
		return usagef("--trace %s: want the name of a file that ends in .json or .vcd", path)
	case m == emulator.Functional:
		return usagef("--trace needs --timing cycle")
	}
	return nil
}

// traceFlag is the flag --trace, which a run has once.
type traceFlag struct{ to *string }

// String, Type and Set are those of a pflag.Value.
func (f traceFlag) String() string { return *f.to }

// Type is that of any text.
func (f traceFlag) Type() string { return "string" }

// Set refuses a second file.
func (f traceFlag) Set(path string) error {
	if *f.to != "" {
		return fmt.Errorf("a run has one trace, and that goes to %s", *f.to)
	}
	*f.to = path
	return nil
}

// isVCD reports whether a trace is to be a value change dump.
func isVCD(path string) bool { return filepath.Ext(path) == ".vcd" }

// newTracer makes the file. A dump has the words of the probes.
func newTracer(path string, l *loaded, probes []probe) (*tracer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &tracer{path: path, file: f, l: l, probes: probes}, nil
}

// begin writes the head, before the first tick of a machine.
func (t *tracer) begin(m *emulator.Machine) (err error) {
	timing := &t.l.target.Timing
	if !isVCD(t.path) {
		t.writer, err = trace.NewChrome(t.file, t.l.image, timing)
		return err
	}
	var words []trace.Probe
	for _, p := range t.probes {
		for i := range p.n {
			words = append(words, trace.Probe{Population: p.population, Index: p.index + i, State: p.state, Neuron: p.first + i, Word: p.word})
		}
	}
	t.writer, err = trace.NewVCD(t.file, t.l.image, timing, words, m.State)
	return err
}

func (t *tracer) tick(seen *emulator.Tick) error {
	if t == nil {
		return nil
	}
	t.ticks++
	return t.writer.Tick(seen)
}

// close ends the file, however the run ended, and returns the run's error or its
// own.
func (t *tracer) close(err error) error {
	if t == nil {
		return err
	}
	var own error
	if t.writer != nil {
		own = t.writer.Close()
	}
	if e := t.file.Close(); own == nil {
		own = e
	}
	if err != nil {
		return &partError{err: err, left: fmt.Sprintf("%s has the first %s", t.path, diag.Plural(int(t.ticks), "tick"))}
	}
	return own
}

// partError is an error that came when part of the results was written already.
type partError struct {
	err error
	// left says which part.
	left string
}

func (e *partError) Error() string { return fmt.Sprintf("%v; %s", e.err, e.left) }
func (e *partError) Unwrap() error { return e.err }
