package isa

import "github.com/weft-toolchain/weft/isa/fixed"

// Lane is one neuron while its core runs a program. It is plain data: whoever
// runs it loads the registers, the T registers with 0, calls Run and stores them.
type Lane struct {
	Reg  [NumRegs]int32
	pred [NumPreds]bool
	// Bits is the width of a word.
	Bits int
	// Spike says that the neuron fired in this run.
	Spike bool
	// Saturations counts results that did not fit a word.
	Saturations int
}

// Run executes a decoded program once: predicates start false (q0 true), and
// Spike and Saturations start anew.
func (l *Lane) Run(program []Inst) {
	l.pred = [NumPreds]bool{true}
	l.Spike = false
	l.Saturations = 0
	for i := range program {
		in := &program[i]
		if l.pred[in.Pred.Q] != in.Pred.Negate {
			table[in.Op].Exec(l, in)
		}
	}
}

// set writes x, saturated, to d.
func (l *Lane) set(d Reg, x int64) {
	v, clipped := fixed.Sat(x, l.Bits)
	if clipped {
		l.Saturations++
	}
	l.Reg[d] = v
}

func (l *Lane) wide(r Reg) int64 { return int64(l.Reg[r]) }
