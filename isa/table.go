package isa

import (
	"fmt"
	"math"

	"github.com/weft-toolchain/weft/isa/fixed"
)

// Ext is an extension of the base instruction set, named by a letter in the
// manner of RISC-V. A target lists the ones it has.
type Ext byte

// The extensions. Base is in every core.
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
	{Ext: Random, First: 0x40, Doc: "random bits"},
	{Ext: Learn, First: 0x60, Doc: "traces and synapse writes"},
	{Ext: Graded, First: 0x80, Doc: "graded and signed spikes"},
	{Ext: Cross, First: 0xa0, Doc: "reductions across the neurons of a core"},
	{Ext: TableExt, First: 0xc0, Doc: "table look-up with interpolation"},
	{Ext: Compart, First: 0xe0, Doc: "neurons of several compartments"},
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
	FormatR                  // d
	FormatRN                 // d, n
	FormatRB                 // d, n: a count of bits from 1
	FormatRQ                 // d, q
	FormatQ                  // q
	FormatQRB                // q, a, n: a count of bits from 1
	FormatQRC                // q, a, n: a count from 1
	FormatA                  // a
	FormatABC                // a, b, c: three sources
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
	// In lists the kinds of program that may have it; none means all.
	In []Kind
	// Exec is the effect on one lane, the one place where it is written. An
	// instruction that looks across lanes has All instead: its effect on the
	// lanes of a core together, of which run says where it is to happen.
	Exec func(l *Lane, i *Inst)
	All  func(lanes []Lane, run func(l *Lane) bool, i *Inst)
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
	ADDW
	ACCW
)

// The instructions of extension M.
const (
	MULZ Op = 0x20 + iota
	MULF
	MULN
	DEC
)

// The instructions of extension R.
const (
	RND Op = 0x40 + iota
	RNDQ
)

// The instructions of extension L.
const (
	LDW Op = 0x60 + iota
	STW
	LDX
	LDM
	FIRED
)

// The instructions of extension G.
const (
	SPKG Op = 0x80 + iota
	PART
)

// The instructions of extension X.
const (
	XCNT Op = 0xa0 + iota
	XSUM
	XMAX
	XTOP
)

// The instructions of extension T.
const (
	LDT Op = 0xc0 + iota
	TAB
)

// The instructions of extension C.
const (
	PRV Op = 0xe0 + iota
	NXT
	SEG
	CSUM
)

// Kinds of program that instructions are for.
var (
	onlyTick = []Kind{Tick}
	synapse  = []Kind{Arrive, Pre, Post}
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
		Name: "spk", Op: SPK, Ext: Base, Format: FormatNone, Meaning: "the neuron fires, with the payload 1",
		In:   onlyTick,
		Exec: func(l *Lane, _ *Inst) { l.Spike, l.Payload = true, 1 },
	},
	{
		Name: "addw", Op: ADDW, Ext: Base, Format: FormatRRR, Meaning: "d ← a + b, wrapped to the word",
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = fixed.Wrap(l.wide(i.A)+l.wide(i.B), l.Bits) },
	},
	{
		Name: "accw", Op: ACCW, Ext: Base, Format: FormatRRN, Meaning: "d ← a + sum · 2ⁿ, wrapped to the word; sum: `in` before it was saturated",
		In:   onlyTick,
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = fixed.Wrap(l.wide(i.A)+l.Sum<<i.N, l.Bits) },
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
	{
		Name: "dec", Op: DEC, Ext: Multiply, Format: FormatRRRN, Meaning: "d ← sat(a · (2ⁿ − b) / 2ⁿ), rounded toward zero: a decayed by the share b / 2ⁿ",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, fixed.Decay(l.Reg[i.A], l.Reg[i.B], int(i.N))) },
	},
	{
		Name: "rnd", Op: RND, Ext: Random, Format: FormatRB, Meaning: "d ← sat(n random bits), a number from 0 to 2ⁿ − 1",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, l.random(int(i.N))) },
	},
	{
		Name: "rndq", Op: RNDQ, Ext: Random, Format: FormatQRB, Meaning: "q ← (n random bits) < a",
		Exec: func(l *Lane, i *Inst) { l.pred[i.D] = l.random(int(i.N)) < l.wide(i.A) },
	},
	{
		Name: "ldw", Op: LDW, Ext: Learn, Format: FormatR, Meaning: "d ← sat(w), w: the synapse's weight",
		In:   synapse,
		Exec: func(l *Lane, i *Inst) { l.set(i.D, int64(l.Weight)) },
	},
	{
		Name: "stw", Op: STW, Ext: Learn, Format: FormatABC, Meaning: "w ← a, but b at least, then c at most, then what the synapse can hold",
		In: synapse,
		Exec: func(l *Lane, i *Inst) {
			w := min(max(l.Reg[i.A], l.Reg[i.B]), l.Reg[i.D])
			l.Weight = min(max(w, l.MinWeight), l.MaxWeight)
		},
	},
	{
		Name: "ldx", Op: LDX, Ext: Learn, Format: FormatRN, Meaning: "d ← sat(x_n), word n of the synapse's axon (0 to 3)",
		In:   synapse,
		Exec: func(l *Lane, i *Inst) { l.set(i.D, int64(l.Axon[i.N&(NumAxonWords-1)])) },
	},
	{
		Name: "ldm", Op: LDM, Ext: Learn, Format: FormatR, Meaning: "d ← sat(m), m: the broadcast register of the core in this tick",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, l.Core.Broadcast) },
	},
	{
		Name: "fired", Op: FIRED, Ext: Learn, Format: FormatQ, Meaning: "q ← the neuron has fired in this run of the program, before this instruction",
		In:   onlyTick,
		Exec: func(l *Lane, i *Inst) { l.pred[i.D] = l.Spike },
	},
	{
		Name: "spkg", Op: SPKG, Ext: Graded, Format: FormatA, Meaning: "the neuron fires, with the payload sat₂₄(a), which multiplies the weights that the spike reaches",
		In:   onlyTick,
		Exec: func(l *Lane, i *Inst) { l.Spike, l.Payload = true, l.payload(i.A) },
	},
	{
		Name: "part", Op: PART, Ext: Graded, Format: FormatA, Meaning: "sat₂₄(a) is sent to the neurons that this one is a part of, where it adds to `in` without an axon",
		In:   onlyTick,
		Exec: func(l *Lane, i *Inst) { l.Part, l.HasPart = l.payload(i.A), true },
	},
	{
		Name: "xcnt", Op: XCNT, Ext: Cross, Format: FormatRQ, Meaning: "d ← sat(how many neurons of the core have q)",
		In: onlyTick,
		All: func(lanes []Lane, run func(*Lane) bool, i *Inst) {
			broadcast(lanes, run, i.D, sum(lanes, run, func(l *Lane) int64 {
				if l.pred[i.N] {
					return 1
				}
				return 0
			}))
		},
	},
	{
		Name: "xsum", Op: XSUM, Ext: Cross, Format: FormatRR, Meaning: "d ← sat(the sum of a over the neurons of the core)",
		In: onlyTick,
		All: func(lanes []Lane, run func(*Lane) bool, i *Inst) {
			broadcast(lanes, run, i.D, sum(lanes, run, func(l *Lane) int64 { return l.wide(i.A) }))
		},
	},
	{
		Name: "xmax", Op: XMAX, Ext: Cross, Format: FormatRR, Meaning: "d ← the largest a of the neurons of the core",
		In: onlyTick,
		All: func(lanes []Lane, run func(*Lane) bool, i *Inst) {
			top := int64(math.MinInt64)
			for k := range lanes {
				if run(&lanes[k]) {
					top = max(top, lanes[k].wide(i.A))
				}
			}
			broadcast(lanes, run, i.D, top)
		},
	},
	{
		Name: "xtop", Op: XTOP, Ext: Cross, Format: FormatQRC, Meaning: "q ← the neuron's a is among the n largest of the core; of equal ones the lower slot's comes first",
		In:  onlyTick,
		All: top,
	},
	{
		Name: "ldt", Op: LDT, Ext: TableExt, Format: FormatRR, Meaning: "d ← sat(T[a]), an entry of the program's table; the first or the last where a is beyond",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, l.entry(l.wide(i.A))) },
	},
	{
		Name: "tab", Op: TAB, Ext: TableExt, Format: FormatRRN, Meaning: "d ← sat(T[k] + ⌊(T[k+1] − T[k]) · (a − k·2ⁿ) / 2ⁿ⌋), k = ⌊a / 2ⁿ⌋; the first or the last entry where a is beyond",
		Exec: func(l *Lane, i *Inst) { l.set(i.D, l.interpolate(l.wide(i.A), int(i.N))) },
	},
	{
		Name: "prv", Op: PRV, Ext: Compart, Format: FormatRR, Meaning: "d ← a of the neuron's compartment before this one, 0 in the first",
		In:  onlyTick,
		All: previous,
	},
	{
		Name: "nxt", Op: NXT, Ext: Compart, Format: FormatRR, Meaning: "d ← a of the neuron's compartment after this one, 0 in the last",
		In:  onlyTick,
		All: next,
	},
	{
		Name: "seg", Op: SEG, Ext: Compart, Format: FormatR, Meaning: "d ← the number of the compartment in its neuron, from 0",
		In:   onlyTick,
		Exec: func(l *Lane, i *Inst) { l.Reg[i.D] = l.Segment },
	},
	{
		Name: "csum", Op: CSUM, Ext: Compart, Format: FormatRR, Meaning: "d ← sat(the sum of a over the compartments of the neuron)",
		In:  onlyTick,
		All: compartmentSum,
	},
}

func (l *Lane) mul(i *Inst, r fixed.Rounding) {
	l.set(i.D, fixed.MulShift(l.Reg[i.A], l.Reg[i.B], int(i.N), r))
}

// table is rows by opcode; an opcode without a row has no name.
var table, byName = index()

func index() ([256]Info, map[string]Info) {
	var t [256]Info
	names := make(map[string]Info, len(rows))
	for _, r := range rows {
		if t[r.Op].Name != "" {
			panic(fmt.Sprintf("isa: %s and %s share opcode %#x", t[r.Op].Name, r.Name, r.Op))
		}
		t[r.Op] = r
		names[r.Name] = r
	}
	return t, names
}

// Lookup returns the row of an opcode, and whether it has one.
func Lookup(op Op) (Info, bool) { return table[op], table[op].Name != "" }

// Instructions returns every row in opcode order.
func Instructions() []Info { return append([]Info(nil), rows...) }

// Extensions returns the letters of the extensions.
func Extensions() []string {
	var out []string
	for _, e := range exts {
		out = append(out, string(rune(e.Ext)))
	}
	return out
}

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
