package isa

import "fmt"

// Field positions of a word; see the drawing in the package comment.
const (
	opShift   = 24
	negBit    = 1 << 23
	predShift = 21
	dShift    = 16
	aShift    = 11
	bShift    = 6
	fieldMask = 1<<5 - 1
	nMask     = 1<<6 - 1
)

// operand is one operand of a format: what it is and where it stands.
type operand int

const (
	operandD     operand = iota // register, destination
	operandA                    // register, source
	operandB                    // register, source
	operandQD                   // predicate, destination
	operandQA                   // predicate, source
	operandQB                   // predicate, source
	operandQN                   // predicate in n
	operandShift                // n, 0 to 31
	operandScale                // n, 0 to 62
	operandImm16                // 16 bits, signed
	operandImm11                // 11 bits, signed
	operandBits                 // n, a number of bits from 1 to 31
	operandCount                // n, a count from 1 to 63
	operandWord                 // n, a word of an axon from 0
	operandC                    // register, source, where d stands
)

// formats lists the operands of each format in the order written.
var formats = [numFormats][]operand{
	FormatNone: {},
	FormatRR:   {operandD, operandA},
	FormatRRR:  {operandD, operandA, operandB},
	FormatRRN:  {operandD, operandA, operandShift},
	FormatRRRN: {operandD, operandA, operandB, operandScale},
	FormatRI:   {operandD, operandImm16},
	FormatRRI:  {operandD, operandA, operandImm11},
	FormatQRR:  {operandQD, operandA, operandB},
	FormatQQQ:  {operandQD, operandQA, operandQB},
	FormatQQ:   {operandQD, operandQA},
	FormatRQRR: {operandD, operandQN, operandA, operandB},
	FormatR:    {operandD},
	FormatRN:   {operandD, operandWord},
	FormatRB:   {operandD, operandBits},
	FormatRQ:   {operandD, operandQN},
	FormatQ:    {operandQD},
	FormatQRB:  {operandQD, operandA, operandBits},
	FormatQRC:  {operandQD, operandA, operandCount},
	FormatA:    {operandA},
	FormatABC:  {operandA, operandB, operandC},
}

// limits of the numeric operands.
var operandLimits = map[operand][2]int64{
	operandShift: {0, 31},
	operandScale: {0, 62},
	operandImm16: {-1 << 15, 1<<15 - 1},
	operandImm11: {-1 << 10, 1<<10 - 1},
	operandBits:  {1, 31},
	operandCount: {1, maxCount},
	operandWord:  {0, NumAxonWords - 1},
}

// get returns an operand of an instruction as a number.
func (o operand) get(i *Inst) int64 {
	switch o {
	case operandD, operandQD, operandC:
		return int64(i.D)
	case operandA, operandQA:
		return int64(i.A)
	case operandB, operandQB:
		return int64(i.B)
	case operandQN, operandShift, operandScale, operandBits, operandCount, operandWord:
		return int64(i.N)
	case operandImm16, operandImm11:
		return int64(i.Imm)
	}
	panic("isa: unknown operand")
}

// set puts a number that is in range into an operand of an instruction.
func (o operand) set(i *Inst, v int64) {
	switch o {
	case operandD, operandQD, operandC:
		i.D = Reg(v)
	case operandA, operandQA:
		i.A = Reg(v)
	case operandB, operandQB:
		i.B = Reg(v)
	case operandQN, operandShift, operandScale, operandBits, operandCount, operandWord:
		i.N = uint8(v)
	case operandImm16, operandImm11:
		i.Imm = int32(v)
	}
}

// place puts an operand into a word, and mask covers its bits.
func (o operand) place(v int64) (word, mask uint32) {
	switch o {
	case operandD, operandQD, operandC:
		return uint32(v) << dShift, fieldMask << dShift
	case operandA, operandQA:
		return uint32(v) << aShift, fieldMask << aShift
	case operandB, operandQB:
		return uint32(v) << bShift, fieldMask << bShift
	case operandQN, operandShift, operandScale, operandBits, operandCount, operandWord:
		return uint32(v), nMask
	case operandImm16:
		return uint32(v) & 0xffff, 0xffff
	case operandImm11:
		return uint32(v) & 0x7ff, 0x7ff
	}
	panic("isa: unknown operand")
}

// extract reads an operand from a word.
func (o operand) extract(w uint32) int64 {
	switch o {
	case operandD, operandQD, operandC:
		return int64(w >> dShift & fieldMask)
	case operandA, operandQA:
		return int64(w >> aShift & fieldMask)
	case operandB, operandQB:
		return int64(w >> bShift & fieldMask)
	case operandQN, operandShift, operandScale, operandBits, operandCount, operandWord:
		return int64(w & nMask)
	case operandImm16:
		return int64(int16(w))
	case operandImm11:
		return int64(int32(w<<21) >> 21)
	}
	panic("isa: unknown operand")
}

// isPred reports whether the operand is a predicate.
func (o operand) isPred() bool {
	return o == operandQD || o == operandQA || o == operandQB || o == operandQN
}

// isRegister reports whether the operand is a register.
func (o operand) isRegister() bool {
	return o == operandD || o == operandA || o == operandB || o == operandC
}

// Encode returns the word of an instruction, or what is wrong with it: an
// unknown opcode or an operand out of range.
func Encode(i Inst) (uint32, error) {
	info, ok := Lookup(i.Op)
	if !ok {
		return 0, fmt.Errorf("opcode %#02x is not an instruction", uint8(i.Op))
	}
	if i.Pred.Q >= NumPreds {
		return 0, fmt.Errorf("%s: predicate q%d, want q0 to q%d", info.Name, i.Pred.Q, NumPreds-1)
	}
	w := uint32(i.Op)<<opShift | uint32(i.Pred.Q)<<predShift
	if i.Pred.Negate {
		w |= negBit
	}
	for _, o := range formats[info.Format] {
		v := o.get(&i)
		if lim, ok := operandLimits[o]; ok && (v < lim[0] || v > lim[1]) {
			return 0, fmt.Errorf("%s: operand is %d, want %d to %d", info.Name, v, lim[0], lim[1])
		}
		if o.isPred() && v >= NumPreds {
			return 0, fmt.Errorf("%s: predicate q%d, want q0 to q%d", info.Name, v, NumPreds-1)
		}
		if v >= NumRegs && o.isRegister() {
			return 0, fmt.Errorf("%s: register %d, want 0 to %d", info.Name, v, NumRegs-1)
		}
		bits, _ := o.place(v)
		w |= bits
	}
	return w, nil
}

// Decode returns the instruction of a word. A word that Encode would not make,
// with an unknown opcode or a bit set that its format does not use, is refused.
func Decode(w uint32) (Inst, error) {
	i := Inst{Op: Op(w >> opShift)}
	info, ok := Lookup(i.Op)
	if !ok {
		return Inst{}, fmt.Errorf("word %08x: opcode %#02x is not an instruction", w, uint8(i.Op))
	}
	i.Pred = Pred{Q: uint8(w >> predShift & (NumPreds - 1)), Negate: w&negBit != 0}
	for _, o := range formats[info.Format] {
		o.set(&i, o.extract(w))
	}
	again, err := Encode(i)
	if err != nil {
		return Inst{}, fmt.Errorf("word %08x: %w", w, err)
	}
	if again != w {
		return Inst{}, fmt.Errorf("word %08x: %s leaves bits %08x unused, which are not zero", w, info.Name, again^w)
	}
	return i, nil
}

// DecodeAll decodes a program.
func DecodeAll(words []uint32) ([]Inst, error) {
	out := make([]Inst, len(words))
	for k, w := range words {
		i, err := Decode(w)
		if err != nil {
			return nil, fmt.Errorf("instruction %d: %w", k, err)
		}
		out[k] = i
	}
	return out, nil
}
