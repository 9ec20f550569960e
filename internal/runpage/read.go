package runpage

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/diag"
)

const (
	// MaxBytes is how large a document may be.
	MaxBytes = 1 << 28
	// maxMesh is how wide and high a mesh may be, maxBins how many bins a histogram
	// may have.
	maxMesh = 256
	maxBins = 1024
)

// Parse reads a document: one of Write, or what `weft run --json` or `weft eval
// --json` prints. All mistakes are in one *diag.Error, with the place of each.
func Parse(file string, data []byte) (*Document, error) {
	d, c := &Document{}, checker{file: file, data: data}
	err := json.Unmarshal(data, d)
	if err != nil && json.Valid(data) {
		d = &Document{}
		err = json.Unmarshal(c.packed(), d)
	}
	if err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return nil, diag.One(position(file, data, syntax.Offset-1), diag.Syntax, "no JSON: %s", syntax)
		}
		if isCompilation(data) {
			return nil, missing(file, data)
		}
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			c.diags.Add(position(file, data, wrong.Offset-1), diag.WrongType, "%s: has %s, want %s", cmp.Or(embedded.ReplaceAllString(wrong.Field, ""), "the document"), wrong.Value, kindOf(wrong.Type))
		}
		if err := c.diags.Err(); err != nil {
			return nil, err
		}
		return nil, diag.One(diag.Pos{File: file, Line: 1, Col: 1}, diag.Syntax, "no record of a run: %v", err)
	}
	if d.Report == nil || d.Target == "" || d.Counts == nil {
		return nil, missing(file, data)
	}
	c.check(d)
	if err := c.diags.Err(); err != nil {
		return nil, err
	}
	return d, nil
}

// isCompilation reports whether a document is the report of a compilation.
func isCompilation(data []byte) bool {
	var keys struct {
		Image string `json:"image_sha256"`
	}
	return json.Unmarshal(data, &keys) == nil && keys.Image != ""
}

// missing tells a document that is none of a run.
func missing(file string, data []byte) error {
	what := "no record of a run, which has `target` and `counts`: weft run --record FILE and weft run --json write one"
	if isCompilation(data) {
		what = "the report of a compilation, want the record of a run; weft compile --html draws it"
	}
	return diag.One(diag.Pos{File: file, Line: 1, Col: 1}, diag.Unsupported, "this is %s", what)
}

// embedded are Go's names of what has no key of its own.
var embedded = regexp.MustCompile(`^([A-Z]\w*\.)+`)

// kindOf names what JSON has for a type.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "an object"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// position returns the place of a byte.
func position(file string, data []byte, offset int64) diag.Pos {
	offset = max(0, min(offset, int64(len(data))))
	before := data[:offset]
	line := bytes.LastIndexByte(before, '\n')
	return diag.Pos{File: file, Line: bytes.Count(before, []byte{'\n'}) + 1, Col: int(offset) - line}
}

// checker looks at what is drawn: nothing there may be out of range.
type checker struct {
	file  string
	data  []byte
	diags diag.List
	// unpacked are the texts that are told already, being no base64.
	unpacked map[string]bool
}

// packed tells every text that should be base64 and is not, and returns the data with
// an empty text in the place of each, so that the rest is where it was and can be read.
func (c *checker) packed() []byte {
	type packed struct{ Data json.RawMessage }
	var texts struct {
		Raster packed
		Probes []packed
	}
	_ = json.Unmarshal(c.data, &texts) // what is wrong besides is told by who reads all
	out := bytes.Clone(c.data)
	c.unpacked = map[string]bool{}
	look := func(raw json.RawMessage, path ...string) {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return
		}
		if _, err := base64.StdEncoding.DecodeString(text); err != nil {
			c.bad(path, "is no base64: %v", err)
			c.unpacked[join(path)] = true
			if len(c.unpacked) > diag.MaxDiagnostics {
				return
			}
			if at := c.offset(path); bytes.HasPrefix(c.data[at:], raw) {
				copy(out[at:], `""`+strings.Repeat(" ", len(raw)-2))
			}
		}
	}
	look(texts.Raster.Data, "raster", "data")
	for k, p := range texts.Probes {
		look(p.Data, "probes", strconv.Itoa(k), "data")
	}
	return out
}

// bad tells a mistake in the value that the keys, and numbers of elements, lead to.
func (c *checker) bad(path []string, format string, args ...any) {
	pos := diag.Pos{File: c.file}
	if c.diags.Len() < diag.MaxDiagnostics { // later ones are counted alone
		pos = c.at(path)
	}
	c.diags.Add(pos, diag.OutOfRange, "%s: %s", join(path), fmt.Sprintf(format, args...))
}

func join(path []string) string {
	var b bytes.Buffer
	for k, p := range path {
		if _, err := strconv.Atoi(p); err == nil {
			fmt.Fprintf(&b, "[%s]", p)
			continue
		}
		if k > 0 {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}

// at returns where the value stands, or how far the way to it leads.
func (c *checker) at(path []string) diag.Pos { return position(c.file, c.data, c.offset(path)) }

// offset is at in bytes.
func (c *checker) offset(path []string) int64 {
	d := json.NewDecoder(bytes.NewReader(c.data))
	at := int64(0)
	value := func() bool { // of which nothing is wanted
		var skipped json.RawMessage
		return d.Decode(&skipped) == nil
	}
	for _, want := range path {
		open, err := d.Token()
		if err != nil {
			break
		}
		found := false
		for k := 0; d.More() && !found; k++ {
			name := strconv.Itoa(k)
			if open == json.Delim('{') {
				key, err := d.Token()
				if err != nil {
					return at
				}
				name, _ = key.(string)
			}
			if found = name == want; !found && !value() {
				return at
			}
		}
		if !found {
			break
		}
		at = d.InputOffset()
		at += int64(len(c.data[at:]) - len(bytes.TrimLeft(c.data[at:], " \t\r\n:,")))
	}
	return at
}

func (c *checker) check(d *Document) {
	switch {
	case d.Record < 0 || d.Record > Version:
		c.bad([]string{"record"}, "version %d, this weft knows up to %d", d.Record, Version)
		return
	case d.Ticks < 0 || d.Ticks > math.MaxInt32:
		c.bad([]string{"ticks"}, "%d, want 0 to %d", d.Ticks, math.MaxInt32)
		return
	}
	if e := d.InputEvents; e != nil && (min(e.Cropped, e.Merged, e.Late) < 0 || max(e.Cropped, e.Merged, e.Late) > e.Read) {
		c.bad([]string{"input_events"}, "%d cropped, %d merged and %d late of %d that were read", e.Cropped, e.Merged, e.Late, e.Read)
	}
	if d.Raster != nil {
		c.raster(d.Raster, d.Ticks)
	}
	for k := range d.Probes {
		path := []string{"probes", strconv.Itoa(k), "data"}
		if c.unpacked[join(path)] {
			continue
		}
		if words, err := d.Probes[k].words(); err != nil {
			c.bad(path, "%v", err)
		} else if int64(len(words)) != d.Ticks {
			c.bad(path, "has %d words, want one for each of %d ticks", len(words), d.Ticks)
		}
	}
	for _, h := range []struct {
		path []string
		*report.Histogram
	}{
		{[]string{"tick_cycles"}, d.TickCycles},
		{[]string{"latency", "ticks", "histogram"}, d.Latency.Ticks.Histogram},
		{[]string{"latency", "cycles", "histogram"}, d.Latency.Cycles.Histogram},
	} {
		if h.Histogram != nil && (h.Width < 1 || len(h.Counts) < 1 || len(h.Counts) > maxBins) {
			c.bad(h.path, "%d bins of width %d, want 1 to %d bins of 1 or more", len(h.Counts), h.Width, maxBins)
		}
	}
	c.chip(d)
}

func (c *checker) raster(r *Raster, ticks int64) {
	n := 0
	for k, g := range r.Groups {
		if g.N < 0 || g.N > maxNeurons-n {
			c.bad([]string{"raster", "groups", strconv.Itoa(k), "n"}, "%d, want 0 or more, and %d in all at most", g.N, maxNeurons)
			return
		}
		n += g.N
	}
	switch {
	case r.Until < 0 || int64(r.Until) > ticks:
		c.bad([]string{"raster", "until"}, "%d, want 0 to %d, the last tick", r.Until, ticks)
	case r.Spikes < 0 || r.Spikes > maxSpikes:
		c.bad([]string{"raster", "spikes"}, "%d, want 0 to %d", r.Spikes, maxSpikes)
	case !c.unpacked["raster.data"]:
		if err := r.each(func(int, int) {}); err != nil {
			c.bad([]string{"raster", "data"}, "%v", err)
		}
	}
}

// chip looks at the maps.
func (c *checker) chip(d *Document) {
	var links []compiler.Link
	if d.Compilation != nil {
		links = d.Compilation.Links.List
	}
	if len(d.CoreList)+len(d.Links)+len(links) == 0 {
		return
	}
	if min(d.Mesh[0], d.Mesh[1]) < 1 || max(d.Mesh[0], d.Mesh[1]) > maxMesh {
		c.bad([]string{"mesh"}, "%d × %d, want 1 to %d each way", d.Mesh[0], d.Mesh[1], maxMesh)
		return
	}
	on := func(at [2]int) bool {
		return min(at[0], at[1]) >= 0 && at[0] < d.Mesh[0] && at[1] < d.Mesh[1]
	}
	for k := range d.CoreList {
		if x := &d.CoreList[k]; !on([2]int{x.X, x.Y}) {
			c.bad([]string{"core_list", strconv.Itoa(k)}, "a core at (%d, %d), of a mesh of %d × %d", x.X, x.Y, d.Mesh[0], d.Mesh[1])
		}
	}
	link := func(path []string, from, to [2]int) {
		if dx, dy := to[0]-from[0], to[1]-from[1]; !on(from) || !on(to) || dx*dx+dy*dy != 1 {
			c.bad(path, "a link from (%d, %d) to (%d, %d), of a mesh of %d × %d", from[0], from[1], to[0], to[1], d.Mesh[0], d.Mesh[1])
		}
	}
	for k, l := range d.Links {
		link([]string{"links", strconv.Itoa(k)}, l.From, l.To)
	}
	for k, l := range links {
		link([]string{"compilation", "links", "list", strconv.Itoa(k)}, l.From, l.To)
	}
}
