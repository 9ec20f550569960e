// Package profile reads and writes how often each input and neuron of a network
// spiked in a run: the weights that a compiler can lay the network out by. The
// file is csv with the columns population, index, spikes; inputs are in it too,
// by their names. Who did not spike may be left out, and is, where we write it.
package profile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/ndarray"
	"github.com/weft-toolchain/weft/internal/ndarray/table"
	"github.com/weft-toolchain/weft/internal/spell"
)

// Limits of what is read. With them no sum of spikes × hops leaves 64 bits.
const (
	// MaxSpikes is the most that one input or neuron may have spiked.
	MaxSpikes = 1 << 32
	// MaxTotal is the most spikes of all together.
	MaxTotal = 1 << 40
	// maxFile bounds a file, in bytes after unpacking.
	maxFile = 2 << 30
)

// header is the first line of a profile.
const header = "population,index,spikes"

// Group is a named run of inputs or neurons: an input, or a population.
type Group struct {
	Name string
	// N is how many it has.
	N int
}

// Load reads the profile at path, .csv or .csv.gz, as Read has it.
func Load(path string, groups []Group) ([]int64, error) {
	src, err := ndarray.Open(path, maxFile)
	if err != nil {
		return nil, ndarray.FileError(path, err)
	}
	defer src.Close()
	return Read(path, src, groups)
}

// Read reads a profile of a network whose inputs and populations are groups, in
// the order of their numbers, and returns the spikes of each: 0 for those that
// are left out. The header may have its three columns in any order. Mistakes
// name file and are told all in one *diag.Error.
func Read(file string, r io.Reader, groups []Group) ([]int64, error) {
	p := reader{Scanner: table.NewScanner(r), file: file, groups: groups, byName: map[string]int{}}
	n := 0
	for k, g := range groups {
		p.byName[g.Name] = k
		p.names = append(p.names, g.Name)
		p.first = append(p.first, n)
		n += g.N
	}
	p.spikes, p.lines = make([]int64, n), make([]int32, n)
	if !p.Scan() {
		if err := p.scanError(); err != nil {
			return nil, err
		}
		return nil, diag.One(diag.Pos{File: file, Line: 1}, diag.BadStimulus, "is empty, want the header %s and a line for each input or neuron that spiked", header)
	}
	if err := p.header(); err != nil {
		return nil, err
	}
	top := p.pos(0)
	for p.Scan() {
		p.row()
	}
	if err := p.scanError(); err != nil {
		return nil, err
	}
	if err := p.diags.Err(); err != nil {
		return nil, err
	}
	if p.rows == 0 {
		return nil, diag.One(top, diag.BadStimulus, "has a header and no line below it, want one for each input or neuron that spiked; a run in which none did writes such a file")
	}
	return p.spikes, nil
}

// The columns.
const (
	population = iota
	index
	spikes
	numColumns
)

// reader reads the lines of a profile.
type reader struct {
	*table.Scanner
	file   string
	groups []Group
	byName map[string]int
	names  []string
	first  []int // the number of each group's first
	// column is where each column stands.
	column [numColumns]int
	spikes []int64
	lines  []int32 // the line that gave each, or 0
	rows   int
	total  int64
	diags  diag.List
}

// header finds the columns.
func (p *reader) header() error {
	fields := p.Fields()
	known := len(fields) == numColumns
	for c, name := range strings.Split(header, ",") {
		p.column[c] = -1
		for i, f := range fields {
			if string(f) == name {
				p.column[c] = i
			}
		}
		known = known && p.column[c] >= 0
	}
	if known {
		return nil
	}
	var have []string
	for _, f := range fields {
		have = append(have, string(f))
	}
	return diag.One(p.pos(0), diag.BadStimulus, "want the header %s, have %q", header, shorten(strings.Join(have, ",")))
}

// row reads the current line.
func (p *reader) row() {
	p.rows++
	fields := p.Fields()
	if len(fields) != numColumns {
		p.diags.Add(p.pos(0), diag.BadStimulus, "has %d columns, want %d as in the header", len(fields), numColumns)
		return
	}
	count, ok := p.number(spikes, "spikes", MaxSpikes)
	name := fields[p.column[population]]
	g, known := p.byName[string(name)]
	if !known {
		hint := spell.Hint(string(name), p.names)
		if hint == "" {
			hint = "; a profile belongs to the network that was run"
		}
		p.diags.Add(p.pos(p.column[population]), diag.UnknownName, "the network has no population or input %q%s", shorten(string(name)), hint)
		return
	}
	i, in := p.number(index, fmt.Sprintf("index of %q", p.groups[g].Name), int64(p.groups[g].N)-1)
	if !ok || !in {
		return
	}
	n := p.first[g] + int(i)
	if p.lines[n] > 0 {
		p.diags.Append(diag.Diagnostic{
			Pos: p.pos(p.column[index]), Code: diag.BadStimulus,
			Message: fmt.Sprintf("the spikes of %q, index %d, are given twice", p.groups[g].Name, i),
			Notes:   []diag.Note{{Pos: diag.Pos{File: p.file, Line: int(p.lines[n])}, Message: "first given here"}},
		})
		return
	}
	p.lines[n], p.spikes[n] = int32(p.Line()), count
	if before := p.total; before <= MaxTotal {
		if p.total += count; p.total > MaxTotal {
			p.diags.Add(p.pos(p.column[spikes]), diag.TooLarge, "with this line the spikes are more than %d in all, the most that is read: divide all of them by one number", int64(MaxTotal))
		}
	}
}

// number reads a column as a whole number from 0 to most.
func (p *reader) number(column int, what string, most int64) (int64, bool) {
	f := p.Fields()[p.column[column]]
	v, err := strconv.ParseInt(string(f), 10, 64)
	switch {
	case err == nil && v >= 0 && v <= most:
		return v, true
	case errors.Is(err, strconv.ErrSyntax):
		p.diags.Add(p.pos(p.column[column]), diag.BadStimulus, "%s: want a whole number, have %q", what, shorten(string(f)))
	default:
		p.diags.Add(p.pos(p.column[column]), diag.OutOfRange, "%s is %s, want 0 to %d", what, shorten(string(f)), most)
	}
	return 0, false
}

func (p *reader) pos(column int) diag.Pos {
	return diag.Pos{File: p.file, Line: p.Line(), Col: p.Col(column)}
}

// scanError returns what ended the scan as a diagnostic, or nil.
func (p *reader) scanError() error {
	err := p.Err()
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*table.Error](err); ok {
		p.diags.Add(diag.Pos{File: p.file, Line: e.Line, Col: e.Col}, diag.BadStimulus, "%s", e.Message)
		return p.diags.Err()
	}
	return ndarray.FileError(p.file, err)
}

func shorten(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// Write writes a profile that Read reads: spikes are those of the members of
// groups, in order. Who did not spike is left out.
func Write(w io.Writer, groups []Group, spikes []int64) error {
	out := bufio.NewWriterSize(w, 1<<16)
	line := append([]byte(header), '\n')
	_, err := out.Write(line)
	n := 0
	for _, g := range groups {
		name := quote(g.Name)
		for i, count := range spikes[n : n+g.N] {
			if count == 0 || err != nil {
				continue
			}
			line = append(append(line[:0], name...), ',')
			line = append(strconv.AppendInt(line, int64(i), 10), ',')
			line = append(strconv.AppendInt(line, count, 10), '\n')
			_, err = out.Write(line)
		}
		n += g.N
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	return nil
}

// quote puts a name that the columns would be mistaken about into quotes.
func quote(name string) string {
	if !strings.ContainsAny(name, "\", \t") && !strings.HasPrefix(name, "#") {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}
