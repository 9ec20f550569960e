package image

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/isa"
)

// The text of an image has a directive a line; `;` starts a comment. In order:
//
//	.image weft-image/2              or 3, with the lines .same and .removed
//	.network .tick .target .arch .outputs JSON     the manifest,
//	.seed JSON       where it is not 0
//	.defects JSON    where the image was compiled around some
//	.input JSON      a symbol each
//	.population JSON
//	.same 4..7 0..3                  neurons 4 to 7 have no slots, 0 to 3 stand for them;
//	                                 with one number, that neuron stands for all
//	.removed 8..9                    neurons that have none, and none that stands for them
//	.program NAME    a program, as isa.Assemble reads it,
//	.endprogram      up to here
//	.core X Y PROGRAM POPULATION     by index; then pre=PROGRAM and such for the
//	                                 other kinds of program, and the memories:
//	.neurons 0..127 130              number of the neuron in each slot; copy=5..8
//	                                 for copies and parts, relay for a relay
//	.const 5 0*7                     the C registers; 0*7 is seven zeros
//	.state s0 0*128 3                state word s0 of each slot; then s1 …
//	.params p0 7*129                 P register p0 of each slot; then p1 …
//	.row 0 0:5,-3@2,7 12..20:1       the synapses of axon 0; then 1 …
//	.dest 0..127 1:0..127@1 host     destinations of slots 0 to 127; then 128 …
//	.inputs                          then .dest, of the inputs
//
// In a row, exp=E, type=T, key=K, plastic and silent stand first where they are
// not 0. SLOT:W,W,W is a synapse to each of the slots from SLOT on, and
// SLOT..SLOT:W the same one to each; @DELAY stands behind a weight on targets
// whose synapses have delays. A destination is CORE:AXON@DELAY, without @DELAY
// where it is 0; CORE:AXON..AXON goes to the next axon with each slot, and axon
// −1 − SLOT is the partial sum of that slot. Every slot
// and input has its place in a .dest line, if need be without destinations.
//
// Runs keep the text short, and could make a short text large. A reader takes
// on maxRepeats elements that runs repeat; a writer that has used them up
// writes the rest element by element.
const maxRepeats = 1 << 23

// header lists the directives of the manifest, all JSON, each once.
func header(m *Manifest) []field {
	return []field{
		{".network", &m.Network},
		{".tick", &m.TickSeconds},
		{".target", &m.Target},
		{".arch", &m.Arch},
		{".outputs", &m.Outputs},
		{".seed", &m.Seed},
		{".defects", &m.Defects},
	}
}

type field struct {
	directive string
	value     any
}

// WriteAssembly writes the image as a text that ParseAssembly turns back into
// the same image. An image that Verify refuses has no text.
func (im *Image) WriteAssembly(w io.Writer) error {
	if err := im.Verify(); err != nil {
		return fmt.Errorf("image has no text: %w", err)
	}
	return im.writeText(&textWriter{w: w, repeats: maxRepeats})
}

func (im *Image) writeText(t *textWriter) error {
	t.line(".image", magic(im.version()))
	for _, f := range header(&im.Manifest) {
		if seed, ok := f.value.(*uint64); ok && *seed == 0 {
			continue
		}
		if d, ok := f.value.(**Defects); ok && *d == nil {
			continue
		}
		t.json(f.directive, f.value)
	}
	for k := range im.Manifest.Inputs {
		t.json(".input", &im.Manifest.Inputs[k])
	}
	for k := range im.Manifest.Populations {
		t.json(".population", &im.Manifest.Populations[k])
	}
	t.sameAs(im)
	for k := range im.Programs {
		t.program(k, &im.Programs[k])
	}
	for k := range im.Cores {
		t.core(im, k)
	}
	t.line("\n.inputs")
	t.dests(im.InputDests)
	t.flush()
	return t.err
}

// textWriter writes through a buffer; after an error it writes nothing more.
type textWriter struct {
	w   io.Writer
	buf []byte
	err error
	// repeats is how many elements runs may still stand for.
	repeats int
}

func (t *textWriter) text(s string) {
	const enough = 1 << 16
	if len(t.buf) > enough {
		t.flush()
	}
	t.buf = append(t.buf, s...)
}

func (t *textWriter) flush() {
	if t.err == nil {
		_, t.err = t.w.Write(t.buf)
	}
	t.buf = t.buf[:0]
}

// line writes words parted by blanks.
func (t *textWriter) line(words ...string) { t.text(strings.Join(words, " ") + "\n") }

func (t *textWriter) json(directive string, value any) {
	data, err := json.Marshal(value)
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("image text: %s: %w", directive, err)
	}
	t.line(directive, string(data))
}

func (t *textWriter) number(n int64) {
	t.buf = strconv.AppendInt(t.buf, n, 10)
}

// run returns how many elements from one on make a run, by asking same of the
// second, third and so on: at most limit, and no more than there are repeats
// left at this cost each. A run of fewer than least is none. What it returns is
// off the repeats.
func (t *textWriter) run(least, limit, cost int, same func(n int) bool) int {
	limit = min(limit, t.repeats/cost)
	n := 1
	for n < limit && same(n) {
		n++
	}
	if n < least {
		return 1
	}
	t.repeats -= n * cost
	return n
}

func (t *textWriter) program(k int, p *isa.Program) {
	text, err := p.Disassemble()
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("image text: program %d: %w", k, err)
	}
	t.text(fmt.Sprintf("\n; program %d\n", k))
	if p.Name == "" {
		t.line(".program")
	}
	t.text(text)
	t.line(".endprogram")
}

func (t *textWriter) core(im *Image, k int) {
	c := &im.Cores[k]
	t.text(fmt.Sprintf("\n; core %d: %q\n.core %d %d %d %d", k, im.Label(c), c.X, c.Y, c.Program, c.Population))
	for kind := isa.Tick + 1; kind < isa.NumKinds; kind++ {
		if k, ok := c.LearnProgram(kind); ok {
			t.text(fmt.Sprintf(" %s=%d", kind, k))
		}
	}
	t.text("\n.neurons")
	t.neurons(c)
	t.text("\n.const")
	t.values(c.Consts[:])
	t.text("\n")
	t.columns(".state", isa.S0, c.State, im.StateWords(c), len(c.Neurons))
	t.columns(".params", isa.P0, c.Params, int(c.ParamWords), len(c.Neurons))
	for axon, row := range c.Rows.All() {
		t.text(".row ")
		t.number(int64(axon))
		t.marks(&row.Marks)
		t.row(row)
		t.text("\n")
	}
	t.dests(c.Dests)
}

// The shortest runs that are written as such.
const (
	minRun      = 2
	minValueRun = 3
	minRowRun   = 4
)

// neurons writes the neurons of a core's slots, those that follow each other as
// FIRST..LAST.
func (t *textWriter) neurons(c *Core) {
	v := c.Neurons
	isCopy := func(slot int) bool { return len(c.Copies) > 0 && c.Copies[slot] }
	for k := 0; k < len(v); {
		if v[k] == NoNeuron {
			t.text(" relay")
			k++
			continue
		}
		n := t.run(minValueRun, len(v)-k, 1, func(n int) bool {
			return int64(v[k+n]) == int64(v[k])+int64(n) && isCopy(k+n) == isCopy(k)
		})
		t.text(" ")
		if isCopy(k) {
			t.text("copy=")
		}
		t.span(int64(v[k]), n)
		k += n
	}
}

// values writes numbers, equal ones as VALUE*TIMES.
func (t *textWriter) values(v []int32) {
	for k := 0; k < len(v); {
		n := t.run(minValueRun, len(v)-k, 1, func(n int) bool { return v[k+n] == v[k] })
		t.text(" ")
		t.number(int64(v[k]))
		if n > 1 {
			t.text("*")
			t.number(int64(n))
		}
		k += n
	}
}

// columns writes words of all slots, a line for each register.
func (t *textWriter) columns(directive string, first isa.Reg, words []int32, perSlot, slots int) {
	column := make([]int32, slots)
	for r := range perSlot {
		for slot := range column {
			column[slot] = words[slot*perSlot+r]
		}
		t.text(directive + " " + (first + isa.Reg(r)).String())
		t.values(column)
		t.text("\n")
	}
}

func (t *textWriter) marks(m *Marks) {
	for _, f := range []struct {
		name  string
		value int64
	}{{"exp", int64(m.Exp)}, {"type", int64(m.Type)}, {"key", int64(m.Key)}} {
		if f.value != 0 {
			t.text(" " + f.name + "=")
			t.number(f.value)
		}
	}
	if m.Plastic {
		t.text(" plastic")
	}
	if m.Silent {
		t.text(" silent")
	}
}

func (t *textWriter) row(r *Row) {
	next := -1 // the slot that a comma leads to
	for k := 0; k < len(r.Slots); {
		slot := int(r.Slots[k])
		n := t.run(minRowRun, len(r.Slots)-k, 1, func(n int) bool { return r.repeats(k, n) })
		if n == 1 && k > 0 && slot == next {
			t.text(",")
		} else {
			t.text(" ")
			t.span(int64(slot), n)
			t.text(":")
		}
		t.synapse(r, k)
		k += n
		next = slot + 1
		if n > 1 {
			next = -1 // no list goes on behind a run
		}
	}
}

// repeats reports whether synapse k+n is that of k, n slots on.
func (r *Row) repeats(k, n int) bool {
	return int(r.Slots[k+n]) == int(r.Slots[k])+n && r.Weights[k+n] == r.Weights[k] && (len(r.Delays) == 0 || r.Delays[k+n] == r.Delays[k])
}

func (t *textWriter) synapse(r *Row, k int) {
	t.number(int64(r.Weights[k]))
	if len(r.Delays) > 0 {
		t.text("@")
		t.number(int64(r.Delays[k]))
	}
}

// dests writes the destinations of slots or inputs.
func (t *textWriter) dests(all [][]Dest) {
	for k := 0; k < len(all); {
		n := t.run(minRun, len(all)-k, 1+len(all[k]), func(n int) bool { return continues(all, k, n) })
		t.text(".dest ")
		t.span(int64(k), n)
		for j, d := range all[k] {
			t.text(" ")
			if n > 1 && all[k+1][j] != d {
				t.dest(d, n)
			} else {
				t.dest(d, 1)
			}
		}
		t.text("\n")
		k += n
	}
}

// continues reports whether the destinations of k+n follow those of k to k+n−1:
// each the same, or each at the next axon.
func continues(all [][]Dest, k, n int) bool {
	if len(all[k+n]) != len(all[k]) {
		return false
	}
	for j, d := range all[k] {
		next := d
		next.Axon += int32(n)
		steps := d.Core != Host && all[k+1][j] != d
		if !steps {
			next = d
		}
		if all[k+n][j] != next {
			return false
		}
	}
	return true
}

func (t *textWriter) span(first int64, n int) {
	t.number(first)
	if n > 1 {
		t.text("..")
		t.number(first + int64(n) - 1)
	}
}

// dest writes a destination, or n at axons that follow each other.
func (t *textWriter) dest(d Dest, n int) {
	if d.Core == Host {
		t.text("host")
	} else {
		t.number(int64(d.Core))
	}
	if d.Core != Host || d.Axon != 0 {
		t.text(":")
		t.span(int64(d.Axon), n)
	}
	if d.Delay != 0 {
		t.text("@")
		t.number(int64(d.Delay))
	}
}

// IsAssembly reports whether text begins like the text of an image.
func IsAssembly(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, ";") {
			return strings.HasPrefix(line, ".image")
		}
	}
	return false
}
