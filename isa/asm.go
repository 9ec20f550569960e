package isa

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/spell"
)

// maxSource bounds an assembly text, in bytes.
const maxSource = 1 << 20

// AsmOptions are the choices an assembly text leaves open.
type AsmOptions struct {
	// Define gives the symbols that `.if NAME` and `.if NAME=VALUE` test, and
	// that may stand for numbers as operands.
	Define map[string]string
	// Shared names the parameters that are the same for every neuron of the
	// core: they go into C registers while there are some. The others go into P
	// registers.
	Shared map[string]bool
	// FirstLine is the number of the text's first line, for a text that is part
	// of a file; 0 means 1.
	FirstLine int
}

// directives are the words that may stand first on a line with a dot.
var directives = []string{".program", ".kind", ".state", ".param", ".table", ".compartments", ".if", ".else", ".end"}

// Assemble turns a text into a program. The text has one instruction or
// directive a line; `;` starts a comment.
//
//	.program NAME          names the program, once
//	.kind KIND             tick (the default), arrive, pre, post or axon
//	.state NAME            the next state word
//	.param NAME [REG]      the next parameter, or the one in REG
//	.table N, N, …         more entries of the table
//	.compartments N        slots that make a neuron
//	.if SYM[=VALUE] … .else … .end
//	@q1 add d, a, b        an instruction, here predicated
//
// All mistakes are returned in one *diag.Error.
func Assemble(file, text string, opt AsmOptions) (*Program, error) {
	p, _, err := AssembleLines(file, text, opt)
	return p, err
}

// AssembleLines is Assemble that also returns the line of each instruction.
func AssembleLines(file, text string, opt AsmOptions) (*Program, []int, error) {
	a := assembler{file: file, opt: opt, prog: &Program{}, regs: map[string]Reg{}}
	if len(text) > maxSource {
		return nil, nil, diag.One(diag.Pos{File: file}, diag.TooLarge, "has %d bytes, at most %d are assembled", len(text), maxSource)
	}
	a.line = max(opt.FirstLine, 1) - 1
	for line := range strings.Lines(text) {
		a.line++
		line, _, _ = strings.Cut(line, ";")
		line = strings.ReplaceAll(line, "\t", " ")
		a.col = len(line) - len(strings.TrimLeft(line, " ")) + 1
		if line = strings.TrimSpace(line); line != "" {
			a.statement(line)
		}
	}
	if len(a.conds) > 0 {
		a.errorf("%d .if without .end", len(a.conds))
	}
	if err := a.diags.Err(); err != nil {
		return nil, nil, err
	}
	return a.prog, a.lines, nil
}

type assembler struct {
	file      string
	line, col int
	opt       AsmOptions
	prog      *Program
	lines     []int // of each instruction
	regs      map[string]Reg
	// held names the parameter in each register.
	held  [NumRegs]string
	conds []cond
	// named and kinded say that there was a .program, a .kind.
	named, kinded bool
	diags         diag.List
}

// cond is an open .if: whether its lines are assembled, and whether the .else
// has been seen.
type cond struct{ active, elseSeen, outer bool }

func (a *assembler) errorf(format string, args ...any) {
	a.diags.Add(diag.Pos{File: a.file, Line: a.line, Col: a.col}, diag.BadAssembly, format, args...)
}

func (a *assembler) active() bool {
	return len(a.conds) == 0 || a.conds[len(a.conds)-1].active
}

func (a *assembler) statement(s string) {
	word, rest, _ := strings.Cut(s, " ")
	rest = strings.TrimSpace(rest)
	switch word {
	case ".if":
		if rest == "" {
			a.errorf(".if: want a symbol to test, as in .if reset=zero")
		}
		a.conds = append(a.conds, cond{active: a.active() && a.test(rest), outer: a.active()})
		return
	case ".else":
		if len(a.conds) == 0 || a.conds[len(a.conds)-1].elseSeen {
			a.errorf(".else without .if")
			return
		}
		c := &a.conds[len(a.conds)-1]
		c.active, c.elseSeen = c.outer && !c.active, true
		return
	case ".end":
		if len(a.conds) == 0 {
			a.errorf(".end without .if")
			return
		}
		a.conds = a.conds[:len(a.conds)-1]
		return
	}
	if !a.active() {
		return
	}
	switch word {
	case ".program":
		a.program(rest)
	case ".kind":
		a.kind(rest)
	case ".table":
		a.table(rest)
	case ".compartments":
		a.compartments(rest)
	case ".state":
		a.state(rest)
	case ".param":
		a.param(rest)
	default:
		if strings.HasPrefix(word, ".") {
			a.errorf("unknown directive %s%s", quote(word), spell.Hint(word, directives))
			return
		}
		a.instruction(s)
	}
}

func (a *assembler) test(s string) bool {
	name, want, has := strings.Cut(s, "=")
	value := a.opt.Define[strings.TrimSpace(name)]
	if has {
		return value == strings.TrimSpace(want)
	}
	return value != "" && value != "0"
}

func (a *assembler) program(name string) {
	switch {
	case a.named:
		a.errorf(".program: the text has a second name, %s; a text is one program", quote(name))
	case !isProgramName(name):
		a.errorf(".program: %s has characters that cannot be printed", quote(name))
	default:
		a.prog.Name = name
	}
	a.named = true
}

func (a *assembler) kind(name string) {
	k, ok := parseKind(name)
	switch {
	case a.kinded:
		a.errorf(".kind: the text has said its kind already")
	case !ok:
		a.errorf(".kind %s: want one of %s%s", quote(name), strings.Join(kindNames[:], ", "), spell.Hint(name, kindNames[:]))
	default:
		a.prog.Kind = k
	}
	a.kinded = true
}

func (a *assembler) table(list string) {
	for s := range strings.SplitSeq(list, ",") {
		v, err := a.number(strings.TrimSpace(s), math.MinInt32, math.MaxInt32)
		if err != nil {
			a.errorf(".table: entry %d: %v", len(a.prog.Table)+1, err)
			return
		}
		if len(a.prog.Table) == MaxTable {
			a.errorf(".table: has more than %d entries", MaxTable)
			return
		}
		a.prog.Table = append(a.prog.Table, int32(v))
	}
}

func (a *assembler) compartments(s string) {
	n, err := a.number(s, 1, MaxCompartments)
	switch {
	case err != nil:
		a.errorf(".compartments: %v", err)
	case a.prog.Compartments != 0:
		a.errorf(".compartments: the text has said them already")
	default:
		a.prog.Compartments = int(n)
	}
}

// isNew reports whether s may name another state word or parameter.
func (a *assembler) isNew(s string) bool {
	_, taken := a.regs[s]
	return !taken && isName(s)
}

func (a *assembler) state(name string) {
	if !a.isNew(name) {
		a.errorf(".state %s: want a new name of %s", quote(name), nameRule)
		return
	}
	if len(a.prog.State) == NumState {
		a.errorf(".state %s: a neuron has at most %d state words", name, NumState)
		return
	}
	a.regs[name] = S0 + Reg(len(a.prog.State))
	a.prog.State = append(a.prog.State, name)
}

func (a *assembler) param(s string) {
	name, at, explicit := strings.Cut(s, " ")
	if !a.isNew(name) {
		a.errorf(".param %s: want a new name of %s", quote(name), nameRule)
		return
	}
	var r Reg
	if explicit {
		var ok bool
		if r, ok = parseReg(strings.TrimSpace(at)); !ok || r < P0 {
			a.errorf(".param %s: want a register p0 to p7 or c0 to c7, have %s", name, quote(at))
			return
		}
	} else {
		end := C0
		if r = P0; a.opt.Shared[name] {
			r, end = C0, NumRegs
		}
		for r < end && a.held[r] != "" {
			r++
		}
		// Where the constants are full, a shared parameter is each neuron's own.
		if r == end && end == NumRegs {
			for r, end = P0, C0; r < end && a.held[r] != ""; {
				r++
			}
		}
		if r == end {
			a.errorf(".param %s: no register is left for it", name)
			return
		}
	}
	if other := a.held[r]; other != "" {
		a.errorf(".param %s: register %s holds %s already", name, r, other)
		return
	}
	a.held[r] = name
	a.regs[name] = r
	a.prog.Params = append(a.prog.Params, ParamBinding{Name: name, Reg: r})
}

func (a *assembler) instruction(s string) {
	var i Inst
	if strings.HasPrefix(s, "@") {
		guard, rest, _ := strings.Cut(s, " ")
		guard = guard[1:]
		if strings.HasPrefix(guard, "!") {
			i.Pred.Negate, guard = true, guard[1:]
		}
		q, ok := parsePred(guard)
		if !ok {
			a.errorf("want a guard such as @q1 or @!q1, have %s", quote(s))
			return
		}
		i.Pred.Q, s = q, strings.TrimSpace(rest)
	}
	name, rest, _ := strings.Cut(s, " ")
	info, ok := byName[name]
	if !ok {
		a.errorf("unknown instruction %s%s", quote(name), spell.Hint(name, instructionNames()))
		return
	}
	i.Op = info.Op
	var args []string
	if rest = strings.TrimSpace(rest); rest != "" {
		args = strings.Split(rest, ",")
	}
	ops := formats[info.Format]
	if len(args) != len(ops) {
		a.errorf("%q takes %d operands, have %d", info.Syntax(), len(ops), len(args))
		return
	}
	for k, o := range ops {
		v, err := a.operand(o, strings.TrimSpace(args[k]))
		if err != nil {
			a.errorf("%s: operand %d: %v", name, k+1, err)
			return
		}
		o.set(&i, v)
	}
	w, err := Encode(i)
	if err != nil {
		a.errorf("%v", err)
		return
	}
	a.prog.Words = append(a.prog.Words, w)
	a.lines = append(a.lines, a.line)
}

func (a *assembler) operand(o operand, s string) (int64, error) {
	if o.isPred() {
		if q, ok := parsePred(s); ok {
			return int64(q), nil
		}
		return 0, fmt.Errorf("want a predicate q0 to q%d, have %s", NumPreds-1, quote(s))
	}
	lim, numeric := operandLimits[o]
	if !numeric {
		if r, ok := parseReg(s); ok {
			return int64(r), nil
		}
		if r, ok := a.regs[s]; ok {
			return int64(r), nil
		}
		names := make([]string, 0, len(a.regs))
		names = append(names, a.prog.State...)
		for _, p := range a.prog.Params {
			names = append(names, p.Name)
		}
		return 0, fmt.Errorf("%s is no register, state word or parameter%s", quote(s), spell.Hint(s, names))
	}
	return a.number(s, lim[0], lim[1])
}

// number reads a number, or a symbol that stands for one.
func (a *assembler) number(s string, lo, hi int64) (int64, error) {
	if d, ok := a.opt.Define[s]; ok {
		s = d
	}
	v, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return 0, fmt.Errorf("want a number from %d to %d or a symbol that is defined, have %s", lo, hi, quote(s))
	}
	if v < lo || v > hi {
		return 0, fmt.Errorf("is %d, want %d to %d", v, lo, hi)
	}
	return v, nil
}

// operandNames is how ISA.md writes the operands.
var operandNames = map[operand]string{
	operandD: "d", operandA: "a", operandB: "b", operandQD: "q", operandQA: "qa", operandQB: "qb",
	operandQN: "q", operandShift: "n", operandScale: "n", operandImm16: "imm", operandImm11: "imm",
	operandBits: "n", operandCount: "n", operandWord: "n", operandC: "c",
}

// Syntax returns the instruction with its operands as ISA.md writes them.
func (i Info) Syntax() string {
	var parts []string
	for _, o := range formats[i.Format] {
		parts = append(parts, operandNames[o])
	}
	return strings.TrimSpace(i.Name + " " + strings.Join(parts, ", "))
}

func instructionNames() []string {
	names := make([]string, len(rows))
	for k, r := range rows {
		names[k] = r.Name
	}
	return names
}

func parsePred(s string) (uint8, bool) {
	if len(s) == 2 && s[0] == 'q' && s[1] >= '0' && s[1] < '0'+NumPreds {
		return s[1] - '0', true
	}
	return 0, false
}

func parseReg(s string) (Reg, bool) {
	for r := range Reg(NumRegs) {
		if r.String() == s {
			return r, true
		}
	}
	return 0, false
}
