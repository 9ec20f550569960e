package debug

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/names"
	"github.com/weft-toolchain/weft/internal/spell"
	"github.com/weft-toolchain/weft/isa/image"
)

// maxCount bounds what is counted.
const maxCount = 1<<31 - 1

// ParseScript reads the lines of a script, which file names, behind those of the one
// before; # begins a comment. All its mistakes are in diags. It ends early where ctx does.
func (s *Session) ParseScript(ctx context.Context, file, text string, diags *diag.List) []*Command {
	var out []*Command
	line := 0
	for text := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		if ctx.Err() != nil {
			break
		}
		line++
		if c := s.parse(diag.Pos{File: file, Line: line}, strings.TrimRight(text, "\r\n"), diags); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// Parse reads one line that somebody types: nil is an empty one.
func (s *Session) Parse(line string) (*Command, error) {
	var diags diag.List
	s.planned = len(s.breaks.list)
	c := s.parse(diag.Pos{Line: 1}, line, &diags)
	return c, diags.Err()
}

// parser reads the words behind a command's name.
type parser struct {
	s     *Session
	pos   diag.Pos // of the line
	words []word
	end   int // the column behind the line
	diags *diag.List
	verb  *verb
}

// word is a word, and the column where it begins.
type word struct {
	text string
	col  int
}

// wordsOf splits a line at its blanks; columns count letters from 1.
func wordsOf(line string) (words []word, end int) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimRight(line, " \t")
	col := 1
	for line != "" {
		n := strings.IndexAny(line, " \t")
		if n < 0 {
			n = len(line)
		}
		letters := utf8.RuneCountInString(line[:n])
		if n > 0 {
			words = append(words, word{line[:n], col})
		}
		col += letters
		if line = line[n:]; line != "" {
			line = line[1:]
			col++
		}
	}
	return words, col
}

// parse reads a line; nil is an empty one, or one that is wrong.
func (s *Session) parse(pos diag.Pos, line string, diags *diag.List) *Command {
	words, end := wordsOf(line)
	if len(words) == 0 {
		return nil
	}
	p := &parser{s: s, pos: pos, words: words[1:], end: end, diags: diags}
	all := verbs()
	k := slices.IndexFunc(all, func(v verb) bool { return slices.Contains(v.names, words[0].text) })
	if k < 0 {
		var known []string
		for _, v := range all {
			known = append(known, v.names[0])
		}
		p.wrong(words[0].col, diag.BadCommand, "there is no command %q%s", words[0].text, orElse(spell.Hint(words[0].text, known), "; help lists them"))
		return nil
	}
	p.verb = &all[k]
	pos.Col = words[0].col
	c := &Command{Text: strings.TrimSpace(line), Again: p.verb.again, pos: pos, verb: p.verb}
	before := diags.Len()
	if p.verb.programs && s.events() {
		p.wrong(words[0].col, diag.Unsupported, "%s: a chip without ticks, as this is, has neither phases nor programs; go on by tick", words[0].text)
	}
	p.verb.parse(p, c)
	if len(p.words) > 0 && diags.Len() == before {
		p.wrong(p.words[0].col, diag.BadCommand, "%q is too much; want %s", p.words[0].text, p.verb.usage())
	}
	if diags.Len() > before {
		return nil
	}
	return c
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (p *parser) wrong(col int, code diag.Code, format string, args ...any) {
	pos := p.pos
	pos.Col = col
	p.diags.Add(pos, code, format, args...)
}

// take returns the next word, if there is one.
func (p *parser) take() (word, bool) {
	if len(p.words) == 0 {
		return word{}, false
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w, true
}

// need returns the next word, which has to be there.
func (p *parser) need() (word, bool) {
	w, ok := p.take()
	if !ok {
		p.wrong(p.end, diag.BadCommand, "the line ends here; want %s", p.verb.usage())
	}
	return w, ok
}

// number reads a word as a number from low to high.
func (p *parser) number(w word, what string, low, high int) int {
	n, err := strconv.ParseUint(w.text, 10, 31)
	switch {
	case err != nil && strings.Trim(w.text, "0123456789") != "":
		p.wrong(w.col, diag.BadCommand, "%q is no number; want %s", w.text, p.verb.usage())
	case err != nil || int(n) < low || int(n) > high:
		p.wrong(w.col, diag.OutOfRange, "%s %s: want %d to %d", what, w.text, low, high)
	}
	return int(n)
}

func (p *parser) nothing(*Command) {}

func (p *parser) count(c *Command) {
	if w, ok := p.take(); ok {
		c.n = p.number(w, "number", 1, maxCount)
	}
}

// fewer reads which breakpoint to take away. One that is not there ends the script, so
// that what is planned behind it does not matter.
func (p *parser) fewer(c *Command) {
	p.count(c)
	if p.s.planned--; c.n == 0 {
		p.s.planned = 0
	}
}

func (p *parser) laterTick(c *Command) {
	if w, ok := p.take(); ok {
		c.n = p.number(w, "tick", 1, p.s.ticks)
	}
}

func (p *parser) anyTick(c *Command) {
	if w, ok := p.need(); ok {
		c.n = p.number(w, "tick", 0, p.s.ticks)
	}
}

func (p *parser) core(c *Command) {
	w, ok := p.need()
	switch {
	case !ok:
	case w.text == "all":
		c.n = -1
	default:
		c.n = p.number(w, "core", 0, len(p.s.image.Cores)-1)
	}
}

// neurons finds what a word names.
func (p *parser) neurons(w word) *names.Selection { return p.selection(w, names.Find) }

func (p *parser) selection(w word, find func(*image.Image, string) (*names.Selection, *diag.Diagnostic)) *names.Selection {
	sel, bad := find(p.s.image, w.text)
	if bad != nil {
		p.wrong(w.col, bad.Code, "%s", bad.Message)
		return nil
	}
	return sel
}

func (p *parser) someNeurons(c *Command) {
	if w, ok := p.take(); ok {
		c.named = p.neurons(w)
	}
}

func (p *parser) oneNeuron(c *Command) {
	if w, ok := p.need(); ok {
		c.named = p.neurons(w)
		if c.named != nil && c.named.N > 1 {
			p.wrong(w.col, diag.BadCommand, "%q are %d neurons; want one: %s", w.text, c.named.N, p.verb.usage())
		}
	}
}

func (p *parser) inputs(c *Command) {
	if w, ok := p.need(); ok {
		c.named = p.selection(w, names.FindInputs)
	}
}

// choose reads one of some words.
func (p *parser) choose(c *Command, w word, what string, of []string) {
	c.topic = w.text
	if !slices.Contains(of, w.text) {
		p.wrong(w.col, diag.BadCommand, "there is no %s %q%s", what, w.text, orElse(spell.Hint(w.text, of), "; want "+strings.Join(of, ", ")))
	}
}

// infoTopics are what info tells of.
var infoTopics = []string{"breaks", "populations", "cores"}

func (p *parser) infoTopic(c *Command) {
	if w, ok := p.need(); ok {
		p.choose(c, w, "info", infoTopics)
	}
}

func (p *parser) helpTopic(c *Command) {
	if w, ok := p.take(); ok {
		var known []string
		for _, v := range verbs() {
			known = append(known, v.names...)
		}
		p.choose(c, w, "command", known)
	}
}

// condition is what becomes true of a state word, with and without blanks.
var condition = regexp.MustCompile(`^([^\s<>=!]+)\s*(<=|>=|==|!=|<|>|=)\s*([^\s<>=!]+)$`)

// breakpoint reads when to stop.
func (p *parser) breakpoint(c *Command) {
	first, ok := p.need()
	if !ok {
		return
	}
	b := &breakpoint{}
	c.stop = b
	kind, special := breakWords[first.text]
	switch {
	case special && kind == onTick:
		if w, ok := p.need(); ok {
			b.kind, b.tick = onTick, p.number(w, "tick", 1, p.s.ticks)
		}
	case special:
		b.kind = kind
		w, ok := p.take()
		if !ok && kind != onSaturation {
			p.wrong(p.end, diag.BadCommand, "the line ends here; want break %s POP[I]", first.text)
		}
		if ok {
			b.named = p.stateless(w)
		}
	default:
		p.valueOrNeuron(first, b)
	}
	if p.s.events() && (b.kind == onSaturation || b.kind == onNeuron) {
		p.wrong(first.col, diag.Unsupported, "the circuit of a chip without ticks, as this is, tells of spikes and state words only")
	}
	if p.s.planned++; p.s.planned == maxBreaks+1 { // told once
		p.wrong(first.col, diag.TooLarge, "this is breakpoint %d of %d at most at a time; delete takes some away", p.s.planned, maxBreaks)
	}
}

// stateless finds neurons of which no state may be named.
func (p *parser) stateless(w word) *names.Selection {
	sel := p.neurons(w)
	if sel != nil && sel.Named {
		p.wrong(w.col, diag.BadCommand, "%q is a state word; want neurons: POP[I], or a condition of it: %s > 100", w.text, w.text)
	}
	return sel
}

// valueOrNeuron reads POP[I].STATE OP VALUE, or POP[I].
func (p *parser) valueOrNeuron(first word, b *breakpoint) {
	texts := []string{first.text}
	for _, w := range p.words {
		texts = append(texts, w.text)
	}
	rest := strings.Join(texts, " ")
	parts := condition.FindStringSubmatch(rest)
	if parts == nil && (len(p.words) > 0 || strings.ContainsAny(first.text, "<>=!")) {
		p.wrong(first.col, diag.BadCommand, "%q is nothing to stop at; want spike POP[I], saturate [POP[I]], tick N, POP[I], or POP[I].STATE > VALUE", rest)
		return
	}
	p.words = nil
	if parts == nil {
		b.kind, b.named = onNeuron, p.stateless(first)
		return
	}
	b.kind, b.named = onValue, p.neurons(word{parts[1], first.col})
	if b.named == nil {
		return
	}
	if !b.named.Named {
		p.wrong(first.col, diag.BadCommand, "%q has no state word; want one, such as %s.%s %s %s", parts[1], parts[1], b.named.Words[0].Name, parts[2], parts[3])
		return
	}
	if b.op, b.text = parts[2], parts[3]; b.op == "=" {
		b.op = "=="
	}
	p.limit(first.col, b)
}

// limit reads the number of a condition: a word, or with a point a value of the
// network, where the population has a scale.
func (p *parser) limit(col int, b *breakpoint) {
	var err error
	if b.limit, err = strconv.ParseFloat(b.text, 64); err != nil || math.IsNaN(b.limit) || math.IsInf(b.limit, 0) {
		p.wrong(col, diag.BadCommand, "%q is no number; want a word such as 100, or a value of the network such as 1.0", b.text)
		return
	}
	_, err = strconv.ParseInt(b.text, 10, 64)
	b.real = err != nil
	if b.real && (b.named.Words[0].Number != 0 || p.s.image.Scale(b.named.First) == 0) {
		p.wrong(col, diag.BadCommand, "%s is a value of the network, and how %s is scaled is not known: want a word, a whole number", b.text, b.named.Words[0].Name)
	}
}
