package isa

import (
	"fmt"
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
	// core: they go into C registers. The others go into P registers.
	Shared map[string]bool
}

// Assemble turns a text into a program. The text has one instruction or
// directive a line; `;` starts a comment.
//
//	.program NAME          names the program
//	.state NAME            the next state word
//	.param NAME [REG]      the next parameter, or the one in REG
//	.if SYM[=VALUE] … .else … .end
//	@q1 add d, a, b        an instruction, here predicated
//
// All mistakes are returned in one *diag.Error.
func Assemble(file, text string, opt AsmOptions) (*Program, error) {
	a := assembler{file: file, opt: opt, prog: &Program{}, regs: map[string]Reg{}, nextP: P0, nextC: C0}
	if len(text) > maxSource {
		return nil, diag.One(diag.Pos{File: file}, diag.TooLarge, "has %d bytes, at most %d are assembled", len(text), maxSource)
	}
	for k, line := range strings.Split(text, "\n") {
		a.line = k + 1
		if c := strings.IndexByte(line, ';'); c >= 0 {
			line = line[:c]
		}
		a.col = len(line) - len(strings.TrimLeft(line, " \t")) + 1
		if line = strings.TrimSpace(line); line != "" {
			a.statement(line)
		}
	}
	if len(a.conds) > 0 {
		a.errorf("%d .if without .end", len(a.conds))
	}
	if err := a.diags.Err(); err != nil {
		return nil, err
	}
	return a.prog, nil
}

type assembler struct {
	file      string
	line, col int
	opt       AsmOptions
	prog      *Program
	regs      map[string]Reg
	nextP     Reg
	nextC     Reg
	conds     []cond
	diags     diag.List
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
		a.prog.Name = rest
	case ".state":
		a.state(rest)
	case ".param":
		a.param(rest)
	default:
		if strings.HasPrefix(word, ".") {
			a.errorf("unknown directive %q%s", word, spell.Hint(word, []string{".program", ".state", ".param", ".if", ".else", ".end"}))
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

// isName reports whether s may name a state word or parameter: letters, digits
// and underscores, and not a register.
func (a *assembler) isName(s string) bool {
	for k, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (k == 0 || c < '0' || c > '9') {
			return false
		}
	}
	if _, taken := parseReg(s); taken || s == "" {
		return false
	}
	_, taken := a.regs[s]
	return !taken
}

func (a *assembler) state(name string) {
	if !a.isName(name) {
		a.errorf(".state %s: want a new name of letters, digits and _", name)
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
	if !a.isName(name) {
		a.errorf(".param %s: want a new name of letters, digits and _", name)
		return
	}
	next, end := &a.nextP, Reg(C0)
	if a.opt.Shared[name] {
		next, end = &a.nextC, NumRegs
	}
	r := *next
	if explicit {
		var ok bool
		if r, ok = parseReg(strings.TrimSpace(at)); !ok || r < P0 {
			a.errorf(".param %s: want a register p0 to p7 or c0 to c7, have %q", name, at)
			return
		}
	} else {
		if r == end {
			a.errorf(".param %s: no register is left for it", name)
			return
		}
		*next++
	}
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
			a.errorf("want a guard such as @q1 or @!q1, have %q", s)
			return
		}
		i.Pred.Q, s = q, strings.TrimSpace(rest)
	}
	name, rest, _ := strings.Cut(s, " ")
	info, ok := byName[name]
	if !ok {
		a.errorf("unknown instruction %q%s", name, spell.Hint(name, instructionNames()))
		return
	}
	i.Op = info.Op
	var args []string
	if rest = strings.TrimSpace(rest); rest != "" {
		args = strings.Split(rest, ",")
	}
	ops := formats[info.Format]
	if len(args) != len(ops) {
		a.errorf("%s takes %d operands (%s), have %d", name, len(ops), info.Syntax(), len(args))
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
}

func (a *assembler) operand(o operand, s string) (int64, error) {
	if o.isPred() {
		if q, ok := parsePred(s); ok {
			return int64(q), nil
		}
		return 0, fmt.Errorf("want a predicate q0 to q%d, have %q", NumPreds-1, s)
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
		return 0, fmt.Errorf("%q is no register, state word or parameter%s", s, spell.Hint(s, names))
	}
	if d, ok := a.opt.Define[s]; ok {
		s = d
	}
	v, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return 0, fmt.Errorf("want a number from %d to %d, have %q", lim[0], lim[1], s)
	}
	if v < lim[0] || v > lim[1] {
		return 0, fmt.Errorf("is %d, want %d to %d", v, lim[0], lim[1])
	}
	return v, nil
}

// Syntax returns the operands as ISA.md writes them.
func (i Info) Syntax() string {
	names := map[operand]string{
		operandD: "d", operandA: "a", operandB: "b", operandQD: "q", operandQA: "qa", operandQB: "qb",
		operandQN: "q", operandShift: "n", operandScale: "n", operandImm16: "imm", operandImm11: "imm",
	}
	var parts []string
	for _, o := range formats[i.Format] {
		parts = append(parts, names[o])
	}
	return strings.Join(parts, ", ")
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
	for r := Reg(0); r < NumRegs; r++ {
		if r.String() == s {
			return r, true
		}
	}
	return 0, false
}
