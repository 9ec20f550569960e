package isa

import (
	"fmt"
	"slices"
	"strings"
)

// Features says what a core offers to programs.
type Features struct {
	// Extensions are the letters of the extensions, without B.
	Extensions string
	// ProgramWords is the size of the program memory, in instructions.
	ProgramWords int
	// StateWords and ParamWords are how many S and P registers are backed by
	// memory.
	StateWords, ParamWords int
}

// Problem is one thing wrong with a program.
type Problem struct {
	// Inst is the index of the instruction, or −1 for the whole program.
	Inst    int
	Message string
	// Extension is the missing extension's letter, or 0.
	Extension Ext
}

// Verify returns everything that is wrong with a program on a core of these
// features: its length, extensions, registers that it may not write, scratch
// registers and predicates read before they are written, state and parameters
// that it does not have, instructions that are for programs of other kinds, names
// that the assembler would not take.
func (p *Program) Verify(f Features) []Problem {
	var out []Problem
	add := func(k int, format string, args ...any) {
		out = append(out, Problem{Inst: k, Message: fmt.Sprintf(format, args...)})
	}
	if len(p.Words) > f.ProgramWords {
		add(-1, "program %q has %d instructions, %d more than the %d that a core holds", p.Name, len(p.Words), len(p.Words)-f.ProgramWords, f.ProgramWords)
	}
	if p.Kind != Axon && len(p.State) > f.StateWords {
		add(-1, "program %q keeps %d state words, a core has %d per neuron", p.Name, len(p.State), f.StateWords)
	}
	for _, message := range p.badNames() {
		add(-1, "%s", message)
	}
	needs := func(e Ext, what string) {
		if !strings.ContainsRune(f.Extensions, rune(e)) {
			out = append(out, Problem{
				Inst: -1, Extension: e,
				Message: fmt.Sprintf("program %q %s needs extension %c, which the target does not have", p.Name, what, e),
			})
		}
	}
	if p.Kind != Tick {
		needs(Learn, "of kind "+p.Kind.String())
	}
	if len(p.Table) > 0 {
		needs(TableExt, "with a table")
	}
	if p.Compartments > 1 {
		needs(Compart, "of several compartments")
	}
	if p.Compartments != 0 && p.Kind != Tick {
		add(-1, "program %q of kind %s has compartments, which only a program of kind %s does", p.Name, p.Kind, Tick)
	}
	v := verifier{program: p, features: f, add: add}
	for k, w := range p.Words {
		i, err := Decode(w)
		if err != nil {
			add(k, "%v", err)
			continue
		}
		info, _ := Lookup(i.Op)
		if info.Ext != Base && !strings.ContainsRune(f.Extensions, rune(info.Ext)) {
			out = append(out, Problem{
				Inst: k, Extension: info.Ext,
				Message: fmt.Sprintf("%q needs extension %c, which the target does not have", i.String(), info.Ext),
			})
		}
		v.check(k, &i, info)
	}
	return out
}

type verifier struct {
	program  *Program
	features Features
	add      func(k int, format string, args ...any)
	written  [NumRegs]bool
	decided  [NumPreds]bool
}

func (v *verifier) check(k int, i *Inst, info Info) {
	if i.Pred == (Pred{Negate: true}) {
		v.add(k, "%q never runs: q0 is always true", i.String())
	}
	if !i.Pred.Negate {
		v.readPred(k, i, i.Pred.Q)
	}
	if info.In != nil && !slices.Contains(info.In, v.program.Kind) {
		v.add(k, "%q is not for a program of kind %s", i.String(), v.program.Kind)
	}
	if info.Ext == TableExt && len(v.program.Table) == 0 {
		v.add(k, "%q looks up a table, and the program has none", i.String())
	}
	for _, o := range formats[info.Format] {
		val := o.get(i)
		switch o {
		case operandA, operandB, operandC:
			v.read(k, i, Reg(val))
		case operandQA, operandQB, operandQN:
			v.readPred(k, i, uint8(val))
		case operandD, operandQD, operandShift, operandScale, operandImm16, operandImm11, operandBits, operandCount, operandWord:
		}
	}
	for _, o := range formats[info.Format] {
		val := o.get(i)
		switch o {
		case operandD:
			v.write(k, i, Reg(val))
		case operandQD:
			if val == 0 {
				v.add(k, "%q writes q0, which is always true", i.String())
			}
			v.decided[val] = true
		case operandA, operandB, operandC, operandQA, operandQB, operandQN, operandShift, operandScale, operandImm16, operandImm11, operandBits, operandCount, operandWord:
		}
	}
}

func (v *verifier) read(k int, i *Inst, r Reg) {
	switch {
	case r >= T0 && r < S0 && !v.written[r]:
		v.add(k, "%q reads %s before it is written", i.String(), r)
	case r >= S0 && r < P0 && int(r-S0) >= len(v.program.State):
		v.add(k, "%q reads %s, but the program keeps %d state words", i.String(), r, len(v.program.State))
	case r >= P0 && r < C0 && v.program.Kind == Axon:
		v.add(k, "%q reads %s, but an axon has no parameters", i.String(), r)
	case r >= P0 && r < C0 && int(r-P0) >= v.features.ParamWords:
		v.add(k, "%q reads %s, but a core has %d parameter words per neuron", i.String(), r, v.features.ParamWords)
	}
}

// readPred refuses predicates that were never written. A negated guard may be
// one: predicates start false, and a text with .if may leave it at that.
func (v *verifier) readPred(k int, i *Inst, q uint8) {
	if q != 0 && !v.decided[q] {
		v.add(k, "%q reads q%d before it is written", i.String(), q)
	}
}

func (v *verifier) write(k int, i *Inst, r Reg) {
	if !r.Writable() {
		v.add(k, "%q writes %s, which programs only read", i.String(), r)
	}
	if r >= S0 && r < P0 && int(r-S0) >= len(v.program.State) {
		v.add(k, "%q writes %s, but the program keeps %d state words", i.String(), r, len(v.program.State))
	}
	v.written[r] = true
}
