package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/targets"
)

// ParseAssembly reads a text that WriteAssembly wrote, or somebody by hand; its
// format stands at maxRepeats. All mistakes are returned in one *diag.Error, at
// their lines of file.
func ParseAssembly(file, text string) (*Image, error) {
	if !IsAssembly(text) {
		return nil, diag.One(diag.Pos{File: file}, diag.BadAssembly, "not the text of an image: want .image %s first", magic(versions[0]))
	}
	p := textParser{file: file, im: &Image{}, at: map[part]int{}, seen: map[string]bool{}, repeats: maxRepeats}
	p.parse(text)
	if p.diags.Len() == 0 {
		where, err := part{}, p.closeSameAs()
		if err == nil {
			where, err = p.im.verify()
		}
		if err != nil {
			p.line = p.at[where]
			p.fail(err)
		}
	}
	if err := p.diags.Err(); err != nil {
		return nil, err
	}
	return p.im, nil
}

type textParser struct {
	file  string
	line  int
	diags diag.List
	im    *Image
	// at is the line where each part begins.
	at map[part]int
	// seen are the directives that stand once and did.
	seen map[string]bool
	// repeats is how many elements runs may still stand for.
	repeats int
	// core is the one whose lines are read, and inputs says that .inputs was
	// reached; both nil and false: the manifest and the programs are.
	core   *Core
	inputs bool
	// state and params are the core's words so far, by register.
	state, params [][]int32
	// rows are those of the core so far.
	rows Packer
	// version is that of the first line; runs are the neurons without slots of their
	// own.
	version int
	runs    []sameRun
	// delays says whether synapses have delays.
	delays bool
}

func (p *textParser) fail(err error) {
	p.diags.Add(diag.Pos{File: p.file, Line: p.line}, diag.BadAssembly, "%v", err)
}

func (p *textParser) parse(text string) {
	line := 0
	program, first := -1, 0 // where the open program's text begins
	for offset := 0; offset < len(text); {
		line++
		p.line = line
		end := len(text)
		if n := strings.IndexByte(text[offset:], '\n'); n >= 0 {
			end = offset + n + 1
		}
		word, rest := cutWord(text[offset:end])
		switch {
		case program >= 0 && word == ".endprogram":
			p.program(text[program:offset], first)
			program = -1
		case program >= 0 || word == "" || word[0] == ';':
		case word == ".program" && p.core == nil && !p.inputs:
			program, first = offset, line
		default:
			if err := p.directive(word, rest); err != nil {
				p.fail(err)
			}
		}
		offset = end
	}
	if program >= 0 {
		p.line = first
		p.fail(errors.New(".program without .endprogram"))
		p.line = line
	}
	p.closeCore()
	if !p.inputs {
		p.fail(errors.New("the text ends without .inputs"))
	}
}

// cutWord returns the first word of a line and what follows it.
func cutWord(line string) (word, rest string) {
	line = strings.TrimSpace(line)
	if k := strings.IndexAny(line, " \t"); k >= 0 {
		return line[:k], strings.TrimSpace(line[k:])
	}
	return line, ""
}

func (p *textParser) program(text string, first int) {
	prog, err := isa.Assemble(p.file, text, isa.AsmOptions{FirstLine: first})
	if e, ok := errors.AsType[*diag.Error](err); ok {
		for _, d := range e.Diagnostics {
			p.diags.Append(d)
		}
		return
	}
	p.at[part{programPart, len(p.im.Programs)}] = first
	p.im.Programs = append(p.im.Programs, *prog)
}

// coreDirectives are the lines of a core.
var coreDirectives = map[string]func(*textParser, string) error{
	".neurons": (*textParser).neurons,
	".const":   (*textParser).consts,
	".state":   (*textParser).stateWords,
	".params":  (*textParser).paramWords,
	".row":     (*textParser).row,
}

// directive reads one line.
func (p *textParser) directive(word, line string) error {
	rest, _, _ := strings.Cut(line, ";")
	rest = strings.TrimSpace(rest)
	if read, ok := coreDirectives[word]; ok {
		if p.core == nil {
			return fmt.Errorf("%s stands outside a .core", word)
		}
		return read(p, rest)
	}
	m := &p.im.Manifest
	switch word {
	case ".image":
		if err := p.once(word); err != nil {
			return err
		}
		p.at[part{}] = p.line
		if p.version = versionOf(rest); p.version == 0 {
			return fmt.Errorf(".image: is %s, this weft reads %s and %s", short(rest), magic(versions[0]), magic(versions[1]))
		}
		return nil
	case ".same":
		return p.same(rest)
	case ".removed":
		return p.removed(rest)
	case ".input":
		m.Inputs = append(m.Inputs, Symbol{})
		return p.json(word, line, &m.Inputs[len(m.Inputs)-1])
	case ".population":
		m.Populations = append(m.Populations, Symbol{})
		return p.json(word, line, &m.Populations[len(m.Populations)-1])
	case ".core":
		return p.openCore(rest)
	case ".inputs":
		p.closeCore()
		p.inputs = true
		p.at[part{kind: inputPart}] = p.line
		return p.once(word)
	case ".dest":
		return p.dest(rest)
	case ".program":
		return errors.New(".program stands behind the first .core")
	case ".endprogram":
		return errors.New(".endprogram without .program")
	}
	for _, f := range header(m) {
		if f.directive == word {
			if err := p.once(word); err != nil {
				return err
			}
			return p.json(word, line, f.value)
		}
	}
	return fmt.Errorf("unknown directive %s", short(word))
}

// once refuses a directive that stands twice.
func (p *textParser) once(word string) error {
	if p.seen[word] {
		return fmt.Errorf("%s stands twice", word)
	}
	p.seen[word] = true
	return nil
}

// json reads a value of the manifest.
func (p *textParser) json(word, text string, value any) error {
	if p.core != nil || p.inputs {
		return fmt.Errorf("%s stands behind the first .core", word)
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(value); err != nil {
		return fmt.Errorf("%s: want JSON: %w", word, err)
	}
	if behind := strings.TrimSpace(text[d.InputOffset():]); behind != "" && behind[0] != ';' {
		return fmt.Errorf("%s: want one JSON value, have %s behind it", word, short(behind))
	}
	p.delays = p.im.Manifest.Arch.DelayPlace == targets.DelaySynapse
	return nil
}

func (p *textParser) openCore(rest string) error {
	p.closeCore()
	if p.inputs {
		return errors.New(".core stands behind .inputs")
	}
	if len(p.im.Cores) >= maxCores {
		return fmt.Errorf(".core: more than %d cores", maxCores)
	}
	p.at[part{corePart, len(p.im.Cores)}] = p.line
	p.im.Cores = append(p.im.Cores, Core{})
	p.core = &p.im.Cores[len(p.im.Cores)-1]
	p.state, p.params = nil, nil
	p.seen[".neurons"], p.seen[".const"] = false, false
	first, kinds := rest, ""
	if k := strings.IndexByte(rest, '='); k >= 0 {
		k = max(strings.LastIndexByte(rest[:k], ' '), 0)
		first, kinds = rest[:k], rest[k:]
	}
	if err := p.learn(kinds); err != nil {
		return err
	}
	values, err := p.values(first, 4)
	if err == nil && len(values) != 4 {
		err = fmt.Errorf("have %d numbers", len(values))
	}
	if err != nil {
		return fmt.Errorf(".core: want X Y PROGRAM POPULATION: %w", err)
	}
	p.core.X, p.core.Y, p.core.Program, p.core.Population = values[0], values[1], values[2], values[3]
	return nil
}

// learn reads words KIND=PROGRAM.
func (p *textParser) learn(words string) error {
	for word := range strings.FieldsSeq(words) {
		name, value, _ := strings.Cut(word, "=")
		k := isa.Tick + 1
		for k < isa.NumKinds && k.String() != name {
			k++
		}
		if k == isa.NumKinds {
			return fmt.Errorf(".core: %s is no kind of program", short(name))
		}
		v, err := number(value, 0, math.MaxInt32-1)
		if err != nil {
			return fmt.Errorf(".core: %s: %w", name, err)
		}
		p.core.Learn[k] = int32(v) + 1
	}
	return nil
}

// closeCore puts the words of the open core slot by slot. After a mistake there
// is no image, and columns may be missing.
func (p *textParser) closeCore() {
	if c := p.core; c != nil && p.diags.Len() == 0 {
		c.State, c.Params = interleave(p.state, len(c.Neurons)), interleave(p.params, len(c.Neurons))
		c.ParamWords = int32(len(p.params))
		c.Rows = p.rows.Rows()
	}
	p.core = nil
}

// interleave turns columns into rows.
func interleave(columns [][]int32, n int) []int32 {
	out := make([]int32, 0, n*len(columns))
	for slot := range n {
		for _, c := range columns {
			out = append(out, c[slot])
		}
	}
	return out
}

// spend takes n elements of a run off the repeats.
func (p *textParser) spend(n int) error {
	if n > p.repeats {
		return fmt.Errorf("runs stand for more than %d elements in all; write the elements one by one", maxRepeats)
	}
	p.repeats -= n
	return nil
}

// number reads an integer from lo to hi.
func number(s string, lo, hi int64) (int64, error) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < lo || v > hi {
		return 0, fmt.Errorf("want a number from %d to %d, have %s", lo, hi, short(s))
	}
	return v, nil
}

// span reads FIRST or FIRST..LAST.
func span(s string, lo, hi int64) (first int64, n int, err error) {
	from, to, isSpan := strings.Cut(s, "..")
	if first, err = number(from, lo, hi); err != nil || !isSpan {
		return first, 1, err
	}
	last, err := number(to, first, min(hi, first+math.MaxInt32))
	return first, int(last-first) + 1, err
}

// values reads numbers and VALUE*TIMES, at most limit in all.
func (p *textParser) values(s string, limit int) ([]int32, error) {
	var out []int32
	for word := range strings.FieldsSeq(s) {
		value, times, isRun := strings.Cut(word, "*")
		v, err := number(value, math.MinInt32, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		n := int64(1)
		if isRun {
			if n, err = number(times, 0, math.MaxInt32); err != nil {
				return nil, err
			}
		}
		if n > int64(limit-len(out)) {
			return nil, fmt.Errorf("more than %d values", limit)
		}
		if isRun {
			if err := p.spend(int(n)); err != nil {
				return nil, err
			}
		}
		for range n {
			out = append(out, int32(v))
		}
	}
	return out, nil
}

// short puts text in quotes, cut where it is too long for a message.
func short(text string) string {
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}
