package isa

import (
	"fmt"

	"github.com/weft-toolchain/weft/isa/fixed"
)

// Ext is an extension of the base instruction set, named by a letter in the
// manner of RISC-V. A target lists the ones it has.
type Ext byte

// The extensions. Base is in every core; the letters whose opcode ranges are
// reserved in ISA.md have no instructions yet.
const (
	Base      Ext = 'B'
	Multiply  Ext = 'M'
	Random    Ext = 'R'
	Learn     Ext = 'L'
	Graded    Ext = 'G'
	Cross     Ext = 'X'
	TableExt  Ext = 'T'
	Compart   Ext = 'C'
	extsCount     = 8

	// extOpcodes is how many opcodes each extension has.
	extOpcodes = 32
)

// extInfo is a row about an extension.
type extInfo struct {
	Ext   Ext
	First Op // the first of its extOpcodes opcodes
	Doc   string
}

var exts = [extsCount]extInfo{
	{Ext: Base, First: 0x00, Doc: "moves, sums, shifts, logic, predicates, integrate, spike"},
	{Ext: Multiply, First: 0x20, Doc: "fixed-point products with stated rounding, which decays are made of"},
	{Ext: Random, First: 0x40, Doc: "random bits (reserved)"},
	{Ext: Learn, First: 0x60, Doc: "traces and synapse writes (reserved)"},
	{Ext: Graded, First: 0x80, Doc: "graded and signed spikes (reserved)"},
	{Ext: Cross, First: 0xa0, Doc: "reductions across the neurons of a core (reserved)"},
	{Ext: TableExt, First: 0xc0, Doc: "table look-up with interpolation (reserved)"},
	{Ext: Compart, First: 0xe0, Doc: "compartments (reserved)"},
}

// Format says which operands an instruction has and where they stand.
type Format int

// The formats, written as the assembler's operands.
const (
	FormatNone Format = iota // no operands
	FormatRR                 // d, a
	FormatRRR                // d, a, b
	FormatRRN                // d, a, n
	FormatRRRN               // d, a, b, n
	FormatRI                 // d, imm16
	FormatRRI                // d, a, imm11
	FormatQRR                // q, a, b
	FormatQQQ                // q, q, q
	FormatQQ                 // q, q
	FormatRQRR               // d, q, a, b
	numFormats
)

// Info is everything about one instruction.
type Info struct {
	Name   string
	Op     Op
	Ext    Ext
	Format Format
	// Meaning is the effect, in the notation of ISA.md.
	Meaning string
	// Exec is the effect: the one place where it is written.
	Exec func(l *Lane, i *Inst)
}

// The instructions.
const (
	MOV Op = iota
	MOVI
	ADD
	SUB
	ADDI
	MIN
	MAX
	ABS
	SHL
	SHR
	AND
	OR
	XOR
	GT
	GE
	EQ
	QAND
	QOR
	QNOT
	SEL
	ACC
	SPK
)

// The instructions of extension M.
const (
	MULZ Op = 0x20 + iota
	MULF
	MULN
)

// rows lists the instructions in opcode order. Sat is saturation to the word.
var rows = []Info{
	{
		Name: "mov", Op: MOV, Ext: Base, Format: FormatRR, Meaning: "d ← a",
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = l.Reg[i.A] },
	},
	{
		Name: "movi", Op: MOVI, Ext: Base, Format: FormatRI, Meaning: "d ← sat(imm)",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, int64(i.Imm)) },
	},
	{
		Name: "add", Op: ADD, Ext: Base, Format: FormatRRR, Meaning: "d ← sat(a + b)",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, l.wide(i.A)+l.wide(i.B)) },
	},
	{
		Name: "sub", Op: SUB, Ext: Base, Format: FormatRRR, Meaning: "d ← sat(a − b)",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, l.wide(i.A)-l.wide(i.B)) },
	},
	{
		Name: "addi", Op: ADDI, Ext: Base, Format: FormatRRI, Meaning: "d ← sat(a + imm)",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, l.wide(i.A)+int64(i.Imm)) },
	},
	{
		Name: "min", Op: MIN, Ext: Base, Format: FormatRRR, Meaning: "d ← the smaller of a and b",
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = min(l.Reg[i.A], l.Reg[i.B]) },
	},
	{
		Name: "max", Op: MAX, Ext: Base, Format: FormatRRR, Meaning: "d ← the larger of a and b",
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = max(l.Reg[i.A], l.Reg[i.B]) },
	},
	{
		Name: "abs", Op: ABS, Ext: Base, Format: FormatRR, Meaning: "d ← sat(|a|)",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, max(l.wide(i.A), -l.wide(i.A))) },
	},
	{
		Name: "shl", Op: SHL, Ext: Base, Format: FormatRRN, Meaning: "d ← sat(a · 2ⁿ)",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, fixed.Shl(l.Reg[i.A], int(i.N))) },
	},
	{
		Name: "shr", Op: SHR, Ext: Base, Format: FormatRRN, Meaning: "d ← ⌊a / 2ⁿ⌋",
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = fixed.Shr(l.Reg[i.A], int(i.N)) },
	},
	{
		Name: "and", Op: AND, Ext: Base, Format: FormatRRR, Meaning: "d ← a ∧ b, bit by bit",
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = l.Reg[i.A] & l.Reg[i.B] },
	},
	{
		Name: "or", Op: OR, Ext: Base, Format: FormatRRR, Meaning: "d ← a ∨ b, bit by bit",
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = l.Reg[i.A] | l.Reg[i.B] },
	},
	{
		Name: "xor", Op: XOR, Ext: Base, Format: FormatRRR, Meaning: "d ← a ⊕ b, bit by bit",
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = l.Reg[i.A] ^ l.Reg[i.B] },
	},
	{
		Name: "gt", Op: GT, Ext: Base, Format: FormatQRR, Meaning: "q ← a > b",
		Exec: func(l *Lane, i *Inst) { l.pred[i.D] = l.Reg[i.A] > l.Reg[i.B] },
	},
	{
		Name: "ge", Op: GE, Ext: Base, Format: FormatQRR, Meaning: "q ← a ≥ b",
		Exec: func(l *Lane, i *Inst) { l.pred[i.D] = l.Reg[i.A] >= l.Reg[i.B] },
	},
	{
		Name: "eq", Op: EQ, Ext: Base, Format: FormatQRR, Meaning: "q ← a = b",
		Exec: func(l *Lane, i *Inst) { l.pred[i.D] = l.Reg[i.A] == l.Reg[i.B] },
	},
	{
		Name: "qand", Op: QAND, Ext: Base, Format: FormatQQQ, Meaning: "q ← qa ∧ qb",
		Exec: func(l *Lane, i *Inst) { l.pred[i.D] = l.pred[i.A] && l.pred[i.B] },
	},
	{
		Name: "qor", Op: QOR, Ext: Base, Format: FormatQQQ, Meaning: "q ← qa ∨ qb",
		Exec: func(l *Lane, i *Inst) { l.pred[i.D] = l.pred[i.A] || l.pred[i.B] },
	},
	{
		Name: "qnot", Op: QNOT, Ext: Base, Format: FormatQQ, Meaning: "q ← ¬qa",
		Exec: func(l *Lane, i *Inst) { l.pred[i.D] = !l.pred[i.A] },
	},
	{
		Name: "sel", Op: SEL, Ext: Base, Format: FormatRQRR, Meaning: "d ← a if q, else b",
		Exec: func(l *Lane, i *Inst) {
			from := i.B
			if l.pred[i.N] {
				from = i.A
			}
			l.Reg[i.D] = l.Reg[from]
		},
	},
	{
		Name: "acc", Op: ACC, Ext: Base, Format: FormatRRN, Meaning: "d ← sat(a + in · 2ⁿ), in: this tick's synaptic sum",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, l.wide(i.A)+fixed.Shl(l.Reg[In], int(i.N))) },
	},
	{
		Name: "spk", Op: SPK, Ext: Base, Format: FormatNone, Meaning: "the neuron fires",
		Exec: func(l *Lane, _ *Inst) { l.Spike = true },
	},
	{
		Name: "mulz", Op: MULZ, Ext: Multiply, Format: FormatRRRN, Meaning: "d ← sat(a · b / 2ⁿ), rounded toward zero",
		Exec: func(l *Lane, i *Inst) { l.mul(i, fixed.TowardZero) },
	},
	{
		Name: "mulf", Op: MULF, Ext: Multiply, Format: FormatRRRN, Meaning: "d ← sat(a · b / 2ⁿ), rounded down",
		Exec: func(l *Lane, i *Inst) { l.mul(i, fixed.Floor) },
	},
	{
		Name: "muln", Op: MULN, Ext: Multiply, Format: FormatRRRN, Meaning: "d ← sat(a · b / 2ⁿ), rounded to nearest, ties away from zero",
		Exec: func(l *Lane, i *Inst) { l.mul(i, fixed.Nearest) },
	},
}

func (l *Lane) mul(i *Inst, r fixed.Rounding) {
	l.set(i.D, fixed.MulShift(l.Reg[i.A], l.Reg[i.B], int(i.N), r))
}

// table is rows by opcode; an opcode without a row has no Exec.
var table, byName = index()

func index() ([256]Info, map[string]Info) {
	var t [256]Info
	names := make(map[string]Info, len(rows))
	for _, r := range rows {
		if t[r.Op].Exec != nil {
			panic(fmt.Sprintf("isa: %s and %s share opcode %#x", t[r.Op].Name, r.Name, r.Op))
		}
		t[r.Op] = r
		names[r.Name] = r
	}
	return t, names
}

// Lookup returns the row of an opcode, and whether it has one.
func Lookup(op Op) (Info, bool) { return table[op], table[op].Exec != nil }

// Instructions returns every row in opcode order.
func Instructions() []Info { return append([]Info(nil), rows...) }

// ExtensionOf returns what a letter stands for, and whether it stands for
// anything.
func ExtensionOf(letter byte) (doc string, ok bool) {
	for _, e := range exts {
		if byte(e.Ext) == letter {
			return e.Doc, true
		}
	}
	return "", false
}
