// Package isa is the contract between compiler and emulator: the core
// instruction set. One row of the table in table.go holds everything about an
// instruction: its name, encoding, operands, meaning and documentation. The
// encoder, assembler, disassembler, verifier and ISA.md are derived from it.
//
// A program is straight-line and predicated: every neuron of a core runs the
// same instructions, so a program has one known length and its result cannot
// depend on the order of neurons. Words are 32 bits:
//
//	 31      24 23 22 21 20    16 15    11 10     6 5      0
//	+----------+--+-----+--------+--------+--------+--------+
//	|  opcode  |¬ |  g  |   d    |   a    |   b    |   n    |
//	+----------+--+-----+--------+--------+--------+--------+
//	                             |   imm16 (movi)           |
//	                                      | imm11 (addi)    |
//
// The instruction runs for a neuron where its guard, predicate g, is true (¬:
// false); q0 is always true.
package isa

import "fmt"

// Op is an opcode.
type Op uint8

// Reg is a register of a neuron, 0 to NumRegs−1.
type Reg uint8

// The register file, as one neuron sees it. Zero reads 0. S registers are the
// neuron's state words and keep their value from tick to tick. P registers are
// its own parameters, C registers the core's shared constants; programs read
// them only. T registers are scratch: 0 when the program begins, and written
// before they are read. In holds the sum of the weights of this tick's spikes.
const (
	Zero    Reg = 0
	In      Reg = 1
	T0      Reg = 2
	S0      Reg = 8
	P0      Reg = 16
	C0      Reg = 24
	NumRegs     = 32

	// NumTemps, NumState, NumParams and NumConsts are the sizes of the banks.
	NumTemps  = 6
	NumState  = 8
	NumParams = 8
	NumConsts = 8
	// NumPreds counts the predicates, q0 included.
	NumPreds = 4
	// NumAxonWords is how many words of its axon a synapse's program reads.
	NumAxonWords = 4
	// MaxTable is the longest table of a program, MaxCompartments the most that a
	// neuron may have.
	MaxTable        = 1024
	MaxCompartments = 64
)

// Kind says when a core runs a program, and for whom.
type Kind uint8

// The kinds. A core has one program of each at most, and one of kind Tick at
// least. The others work on plastic rows alone.
const (
	// Tick runs once a neuron in every tick, after the weights of its spikes were
	// summed.
	Tick Kind = iota
	// Arrive runs once a synapse of a row whose axon is active, before the row's
	// weights are added; Pre after.
	Arrive
	Pre
	// Post runs once a synapse of the column of a neuron that fired in the tick
	// before, at the end of the tick.
	Post
	// Axon runs once a plastic row in every tick, after all neurons were updated
	// and before Post. Its S registers are the words of the axon, and In is the
	// payload where the axon was active (1, where spikes carry none), else 0.
	Axon
	NumKinds
)

// kindNames are how `.kind` writes them.
var kindNames = [NumKinds]string{Tick: "tick", Arrive: "arrive", Pre: "pre", Post: "post", Axon: "axon"}

// String returns the kind as the assembler writes it.
func (k Kind) String() string {
	if k < NumKinds {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// parseKind returns the kind of a name.
func parseKind(s string) (Kind, bool) {
	for k, name := range kindNames {
		if name == s {
			return Kind(k), true
		}
	}
	return 0, false
}

// String returns the register as the assembler writes it.
func (r Reg) String() string {
	switch {
	case r == Zero:
		return "zero"
	case r == In:
		return "in"
	case r < S0:
		return fmt.Sprintf("t%d", r-T0)
	case r < P0:
		return fmt.Sprintf("s%d", r-S0)
	case r < C0:
		return fmt.Sprintf("p%d", r-P0)
	}
	return fmt.Sprintf("c%d", r-C0)
}

// Writable reports whether a program may write r.
func (r Reg) Writable() bool { return r >= T0 && r < P0 }

// Pred is a predicate with its sense.
type Pred struct {
	Q      uint8 // 0 to NumPreds−1; 0 is always true
	Negate bool
}

// Inst is a decoded instruction. Fields that its format does not use are zero.
type Inst struct {
	Op   Op
	Pred Pred
	// D is the destination, a register or a predicate; A and B are sources.
	D, A, B Reg
	// N is a shift from 0 to 63, or a predicate for sel.
	N uint8
	// Imm is the immediate of movi (16 bits) and addi (11 bits), signed.
	Imm int32
}

// Program is an assembled program with the names of what it keeps.
type Program struct {
	Name  string
	Kind  Kind
	Words []uint32
	// State names the state words in register order: State[i] is in register
	// S0+i. A program of kind Arrive, Pre or Post names the words of the neuron's
	// tick program, by the same names.
	State []string
	// Table is what extension T looks up; each entry is a word.
	Table []int32
	// Compartments is how many slots make a neuron, for extension C; 0 means 1.
	Compartments int
	// Params names the parameters and where the program reads each.
	Params []ParamBinding
}

// ParamBinding is a named parameter and the register it is read from: a P
// register, one value a neuron, or a C register, one value a core.
type ParamBinding struct {
	Name string
	Reg  Reg
}
