package isa

import (
	"fmt"
	"slices"
	"strings"
)

// mnemonicWidth is the column of the operands in a listing.
const mnemonicWidth = 5

// tableRow is how many entries of a table a line has.
const tableRow = 16

// String returns the instruction as the assembler reads it.
func (i Inst) String() string {
	guard := i.Pred.String()
	if guard != "" {
		guard += " "
	}
	return guard + i.text(0, Reg.String)
}

// String returns a guard as the assembler reads it: nothing, where it always
// holds.
func (p Pred) String() string {
	switch {
	case p == Pred{}:
		return ""
	case p.Negate:
		return fmt.Sprintf("@!q%d", p.Q)
	}
	return fmt.Sprintf("@q%d", p.Q)
}

// text returns the instruction without its guard, its operands from column width
// on and its registers by their names.
func (i Inst) text(width int, name func(Reg) string) string {
	info, ok := Lookup(i.Op)
	if !ok {
		return fmt.Sprintf(".word %#02x", uint8(i.Op))
	}
	var b strings.Builder
	b.WriteString(info.Name)
	for k, o := range formats[info.Format] {
		sep := ", "
		if k == 0 {
			sep = strings.Repeat(" ", max(1, width-len(info.Name)))
		}
		v := o.get(&i)
		switch {
		case o.isPred():
			fmt.Fprintf(&b, "%sq%d", sep, v)
		case o.isRegister():
			fmt.Fprintf(&b, "%s%s", sep, name(Reg(v)))
		default:
			fmt.Fprintf(&b, "%s%d", sep, v)
		}
	}
	return b.String()
}

// Disassemble returns the program as text that Assemble turns back into the
// same words and names.
func (p *Program) Disassemble() (string, error) {
	lines, err := p.Lines()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if p.Name != "" {
		fmt.Fprintf(&b, ".program %s\n", p.Name)
	}
	if p.Kind != Tick {
		fmt.Fprintf(&b, ".kind %s\n", p.Kind)
	}
	if p.Compartments != 0 {
		fmt.Fprintf(&b, ".compartments %d\n", p.Compartments)
	}
	for row := range slices.Chunk(p.Table, tableRow) {
		fmt.Fprintf(&b, ".table %s\n", strings.Trim(strings.ReplaceAll(fmt.Sprint(row), " ", ", "), "[]"))
	}
	for _, s := range p.State {
		fmt.Fprintf(&b, ".state %s\n", s)
	}
	for _, q := range p.Params {
		fmt.Fprintf(&b, ".param %s %s\n", q.Name, q.Reg)
	}
	for k, line := range lines {
		fmt.Fprintf(&b, "%-36s ; %08x\n", line, p.Words[k])
	}
	return b.String(), nil
}

// Lines returns the program's instructions, a line each: the guard in the first
// columns, and registers by their names.
func (p *Program) Lines() ([]string, error) {
	insts, err := DecodeAll(p.Words)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(insts))
	for k, i := range insts {
		out[k] = fmt.Sprintf("%-7s %s", i.Pred, i.text(mnemonicWidth, p.RegName))
	}
	return out, nil
}

// RegName returns what the program calls a register, or else its name in all programs.
func (p *Program) RegName(r Reg) string {
	if k := int(r) - int(S0); k >= 0 && k < len(p.State) {
		return p.State[k]
	}
	for _, q := range p.Params {
		if q.Reg == r {
			return q.Name
		}
	}
	return r.String()
}
