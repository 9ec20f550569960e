package stimulus

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Writer writes spikes as text, tick,population,index, as they come.
type Writer struct {
	w      *bufio.Writer
	groups []Group
	names  []string // as written, with what stands around them
	last   int      // the group of the spike before
	line   []byte
	err    error
}

// NewWriter returns a Writer of spikes of the groups and writes the header.
// Nothing is sure to be written before Flush.
func NewWriter(w io.Writer, groups []Group) *Writer {
	out := newWriter(w, groups)
	_, out.err = out.w.WriteString(header + "\n")
	return out
}

// newWriter returns a Writer behind the header.
func newWriter(w io.Writer, groups []Group) *Writer {
	out := &Writer{w: bufio.NewWriterSize(w, 1<<16), groups: groups}
	for _, g := range groups {
		out.names = append(out.names, ","+quote(g.Name)+",")
	}
	return out
}

// Write writes one spike. Its error, if any, is also that of Flush.
func (w *Writer) Write(s Spike) error {
	if w.err != nil {
		return w.err
	}
	if w.last >= len(w.groups) || !w.groups[w.last].has(s.Neuron) {
		if w.last = groupOf(w.groups, s.Neuron); w.last < 0 {
			w.last = 0
			w.err = fmt.Errorf("stimulus: neuron %d is in no population", s.Neuron)
			return w.err
		}
	}
	w.line = strconv.AppendInt(w.line[:0], int64(s.Tick), 10)
	w.line = append(w.line, w.names[w.last]...)
	w.line = strconv.AppendInt(w.line, int64(s.Neuron-w.groups[w.last].First), 10)
	_, w.err = w.w.Write(append(w.line, '\n'))
	return w.err
}

// Flush writes what is buffered and returns the first error of all writing.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	w.err = w.w.Flush()
	return w.err
}

// WriteCSV writes spikes as text that ReadCSV reads.
func WriteCSV(w io.Writer, spikes []Spike, groups []Group) error {
	return NewWriter(w, groups).all(spikes)
}

// AppendCSV writes spikes behind others that WriteCSV wrote.
func AppendCSV(w io.Writer, spikes []Spike, groups []Group) error {
	return newWriter(w, groups).all(spikes)
}

// all writes spikes and flushes.
func (w *Writer) all(spikes []Spike) error {
	for _, s := range spikes {
		if err := w.Write(s); err != nil {
			return err
		}
	}
	return w.Flush()
}

// groupOf returns the index of the group that a neuron is in, or −1.
func groupOf(groups []Group, neuron int32) int {
	return slices.IndexFunc(groups, func(g Group) bool { return g.has(neuron) })
}

func (g Group) has(neuron int32) bool {
	return neuron >= g.First && int(neuron-g.First) < g.N
}

// quote puts a name that holds a comma, a quote or a blank into quotes.
func quote(name string) string {
	if !strings.ContainsAny(name, "\", \t") {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
