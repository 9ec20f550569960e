package isa

import (
	"fmt"
	"strings"
)

// String returns the instruction as the assembler reads it.
func (i Inst) String() string {
	info, ok := Lookup(i.Op)
	if !ok {
		return fmt.Sprintf(".word %#02x", uint8(i.Op))
	}
	var b strings.Builder
	switch {
	case i.Pred.Q != 0 && i.Pred.Negate:
		fmt.Fprintf(&b, "@!q%d ", i.Pred.Q)
	case i.Pred.Q != 0:
		fmt.Fprintf(&b, "@q%d ", i.Pred.Q)
	case i.Pred.Negate:
		b.WriteString("@!q0 ")
	}
	b.WriteString(info.Name)
	for k, o := range formats[info.Format] {
		sep := ", "
		if k == 0 {
			sep = " "
		}
		v := o.get(&i)
		switch {
		case o.isPred():
			fmt.Fprintf(&b, "%sq%d", sep, v)
		case o == operandD || o == operandA || o == operandB:
			fmt.Fprintf(&b, "%s%s", sep, Reg(v))
		default:
			fmt.Fprintf(&b, "%s%d", sep, v)
		}
	}
	return b.String()
}

// Disassemble returns the program as text that Assemble turns back into the
// same words and names.
func (p *Program) Disassemble() (string, error) {
	insts, err := DecodeAll(p.Words)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if p.Name != "" {
		fmt.Fprintf(&b, ".program %s\n", p.Name)
	}
	for _, s := range p.State {
		fmt.Fprintf(&b, ".state %s\n", s)
	}
	for _, q := range p.Params {
		fmt.Fprintf(&b, ".param %s %s\n", q.Name, q.Reg)
	}
	for k, i := range insts {
		fmt.Fprintf(&b, "        %-28s ; %08x\n", i, p.Words[k])
	}
	return b.String(), nil
}
