package stimulus

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/ndarray/table"
	"github.com/weft-toolchain/weft/internal/spell"
)

// maxFile bounds a spike file, after unpacking.
const maxFile = 2 << 30

// header is the first line of a spike file.
const header = "tick,population,index"

// Options say what becomes of a recording of events. Files of spikes do without.
type Options struct {
	// Tick is how long a tick is, in seconds.
	Tick float64
	// Sample is the number of the sample of a file that has several, from 0.
	Sample int
	// Polarity says which comes first in an input of shape [2, height, width].
	Polarity events.Polarity
	// Fit says what becomes of a sensor that is larger than the input.
	Fit events.Fit
}

// Told counts the events of a recording; it is zero for a file of spikes.
type Told struct {
	// Events is how many the recording has.
	Events int
	// Cropped is how many stood where the input has no place.
	Cropped int
	// Merged is how many met another one of their place in their tick, where both are
	// one spike.
	Merged int
}

// reader reads a kind of file.
type reader struct {
	read func(path string, groups []Group, o Options) (*Train, Told, error)
	// recording says that the file has events, which Options are for.
	recording bool
}

// readers are the kinds of files by the endings of their names, which a .gz may
// follow; any other file is csv.
var readers = map[string]reader{
	".npz":    {loadNPZ, false},
	".bin":    {camera(events.BIN), true},
	".aedat4": {camera(events.AEDAT4), true},
	".aedat":  {camera(events.AEDAT4), true},
	".dat":    {camera(events.DAT), true},
	".h5":     {loadSHD, true},
	".hdf5":   {loadSHD, true},
}

func readerOf(path string) (reader, bool) {
	r, ok := readers[filepath.Ext(strings.TrimSuffix(strings.ToLower(path), ".gz"))]
	return r, ok
}

// IsRecording reports whether Load takes a file of this name for a recording of
// events.
func IsRecording(path string) bool {
	r, _ := readerOf(path)
	return r.recording
}

// Load reads the spikes of a run, as the ending of the file's name says:
//
//   - .npz: the arrays `tick` and `index`, for a network of one input;
//   - .bin, .aedat4, .dat: the recording of a camera, for a network of one input, of
//     shape [2, height, width], or [height, width], where polarities are merged;
//   - .h5, .hdf5: a sample in the manner of the spiking Heidelberg data, for a network
//     of one input;
//   - any other: csv, as ReadCSV has it.
//
// Its error is a *diag.Error.
func Load(path string, groups []Group, o Options) (*Train, Told, error) {
	if r, ok := readerOf(path); ok {
		return r.read(path, groups, o)
	}
	src, err := ndarray.Open(path, maxFile)
	if err != nil {
		return nil, Told{}, ndarray.FileError(path, err)
	}
	defer src.Close()
	t, err := ReadCSV(path, src, groups)
	return t, Told{}, err
}

// ReadCSV reads spikes from text whose header is tick,population,index (in any
// order; a network of one input may leave population out). Ticks count from 1,
// and 0 is before the run; indices from 0 within the population, which is an input. The order of lines
// does not matter, a spike that stands twice counts once. Mistakes name file
// and are told all in one *diag.Error.
func ReadCSV(file string, r io.Reader, groups []Group) (*Train, error) {
	c := csvReader{Scanner: table.NewScanner(r), file: file, groups: groups, byName: map[string]int{}}
	for i, g := range groups {
		c.byName[g.Name] = i
		c.names = append(c.names, g.Name)
	}
	if !c.Scan() {
		if err := c.scanError(); err != nil {
			return nil, err
		}
		return nil, diag.One(diag.Pos{File: file}, diag.BadStimulus, "is empty, want at least the header %s", header)
	}
	if err := c.header(); err != nil {
		return nil, err
	}
	for c.Scan() {
		if len(c.keys) == MaxSpikes {
			return nil, diag.One(c.pos(0), diag.TooLarge, "has more than %d spikes, the most that is read", MaxSpikes)
		}
		c.spike()
	}
	if err := c.scanError(); err != nil {
		return nil, err
	}
	if err := c.diags.Err(); err != nil {
		return nil, err
	}
	return newTrain(c.keys), nil
}

// csvReader reads the lines of a spike file.
type csvReader struct {
	*table.Scanner
	file   string
	groups []Group
	byName map[string]int
	names  []string
	// The columns of the three fields; population is -1 where left out.
	tick, population, index int
	columns                 int
	keys                    []uint64
	diags                   diag.List
}

// header finds the columns.
func (c *csvReader) header() error {
	c.tick, c.population, c.index = -1, -1, -1
	c.columns = len(c.Fields())
	known := true
	columns := map[string]*int{"tick": &c.tick, "population": &c.population, "index": &c.index}
	for i, f := range c.Fields() {
		column := columns[string(f)]
		if column == nil || *column >= 0 {
			known = false
			break
		}
		*column = i
	}
	if known && c.tick >= 0 && c.index >= 0 && (c.population >= 0 || len(c.groups) == 1) {
		return nil
	}
	var have []string
	for _, f := range c.Fields() {
		have = append(have, string(f))
	}
	return diag.One(c.pos(0), diag.BadStimulus, "want the header %s, have %q", header, shorten(strings.Join(have, ",")))
}

// spike reads the current line.
func (c *csvReader) spike() {
	fields := c.Fields()
	if len(fields) != c.columns {
		c.diags.Add(c.pos(0), diag.BadStimulus, "has %d columns, want %d as in the header", len(fields), c.columns)
		return
	}
	tick, ok := c.number(c.tick, "tick", "", 0, MaxTicks)
	g := 0
	if c.population >= 0 {
		name := fields[c.population]
		var known bool
		if g, known = c.byName[string(name)]; !known {
			c.diags.Add(c.pos(c.population), diag.BadStimulus, "the network has no input %q%s", name, c.hint(string(name)))
			return
		}
	}
	in := c.groups[g]
	index, ok2 := c.number(c.index, "index", in.Name, 0, in.N-1)
	if ok && ok2 {
		c.keys = append(c.keys, key(tick, in.First+int32(index)))
	}
}

func (c *csvReader) hint(name string) string {
	switch h := spell.Hint(name, c.names); {
	case h != "":
		return h
	case len(c.names) == 0:
		return "; it has no inputs"
	default:
		return "; its inputs are " + strings.Join(c.names, ", ")
	}
}

// number reads a field as a whole number from lo to hi; group names the one that it
// counts in, if any.
func (c *csvReader) number(column int, what, group string, lo, hi int) (int, bool) {
	f := c.Fields()[column]
	v, err := strconv.Atoi(string(f))
	if err == nil && v >= lo && v <= hi {
		return v, true
	}
	if group != "" {
		what = fmt.Sprintf("%s of %q", what, group)
	}
	if errors.Is(err, strconv.ErrSyntax) {
		c.diags.Add(c.pos(column), diag.BadStimulus, "%s: want a whole number, have %q", what, shorten(string(f)))
	} else {
		c.diags.Add(c.pos(column), diag.BadStimulus, "%s is %s, want %d to %d", what, shorten(string(f)), lo, hi)
	}
	return 0, false
}

func (c *csvReader) pos(column int) diag.Pos {
	return diag.Pos{File: c.file, Line: c.Line(), Col: c.Col(column)}
}

// scanError returns what ended the scan as a diagnostic, or nil.
func (c *csvReader) scanError() error {
	err := c.Err()
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*table.Error](err); ok {
		return diag.One(diag.Pos{File: c.file, Line: e.Line, Col: e.Col}, diag.BadStimulus, "%s", e.Message)
	}
	return ndarray.FileError(c.file, err)
}

// key orders spikes by tick, then neuron.
func key(tick int, neuron int32) uint64 { return uint64(tick)<<32 | uint64(uint32(neuron)) }

// NewTrain makes a train of spikes in any order, of ticks from 0 on, duplicates
// merged. It ends with the last spike.
func NewTrain(spikes []Spike) *Train {
	keys := make([]uint64, len(spikes))
	for i, s := range spikes {
		keys[i] = key(int(s.Tick), s.Neuron)
	}
	return newTrain(keys)
}

// newTrain makes a train of the keys of spikes.
func newTrain(keys []uint64) *Train {
	if !slices.IsSorted(keys) {
		slices.Sort(keys)
	}
	keys = slices.Compact(keys)
	t := &Train{}
	if len(keys) == 0 {
		return t
	}
	t.Ticks = int(keys[len(keys)-1] >> 32)
	t.Spikes = make([][]int32, t.Ticks)
	ids := make([]int32, len(keys))
	start := 0
	for i, k := range keys {
		ids[i] = int32(uint32(k))
		if i+1 == len(keys) || keys[i+1]>>32 != k>>32 {
			// The capacity ends with the tick, so that appending cannot run over
			// the next one.
			if list := ids[start : i+1 : i+1]; k>>32 == 0 {
				t.Before = list
			} else {
				t.Spikes[k>>32-1] = list
			}
			start = i + 1
		}
	}
	return t
}

func shorten(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
