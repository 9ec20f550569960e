package isa

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// randomInst returns an instruction of the row with operands in range.
func randomInst(r *rand.Rand, info Info) Inst {
	i := Inst{Op: info.Op, Pred: Pred{Q: uint8(r.IntN(NumPreds)), Negate: r.IntN(2) == 1}}
	for _, o := range formats[info.Format] {
		lim, numeric := operandLimits[o]
		switch {
		case numeric:
			o.set(&i, lim[0]+r.Int64N(lim[1]-lim[0]+1))
		case o.isPred():
			o.set(&i, r.Int64N(NumPreds))
		default:
			o.set(&i, r.Int64N(NumRegs))
		}
	}
	return i
}

func TestEveryInstructionRoundTripsThroughWordAndText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, info := range Instructions() {
		for range 200 {
			want := randomInst(r, info)
			w, err := Encode(want)
			if err != nil {
				t.Fatalf("Encode(%+v): %v", want, err)
			}
			got, err := Decode(w)
			if err != nil || got != want {
				t.Fatalf("Decode(%08x) = %+v, %v; want %+v", w, got, err, want)
			}
			p, err := Assemble("x.s", want.String(), AsmOptions{})
			if err != nil {
				t.Fatalf("Assemble(%q): %v", want, err)
			}
			if diff := cmp.Diff([]uint32{w}, p.Words); diff != "" {
				t.Fatalf("Assemble(%q) (-want +got):\n%s", want, diff)
			}
		}
	}
}

// A row says how many bits its operands take; the bits of two operands, and of
// opcode and guard, are apart.
func TestOperandsOfAFormatDoNotOverlap(t *testing.T) {
	for _, info := range Instructions() {
		var taken uint32 = 0xff<<opShift | negBit | (NumPreds-1)<<predShift
		for _, o := range formats[info.Format] {
			_, mask := o.place(0)
			if taken&mask != 0 {
				t.Errorf("%s: operand %s stands on bits %08x that are taken", info.Name, operandNames[o], taken&mask)
			}
			taken |= mask
		}
	}
}

func TestRowsAreInOrderAndWithinTheirExtension(t *testing.T) {
	last := -1
	names := map[string]bool{}
	for _, info := range Instructions() {
		if int(info.Op) <= last {
			t.Errorf("%s: opcode %#02x comes after %#02x", info.Name, info.Op, last)
		}
		last = int(info.Op)
		if names[info.Name] || info.Meaning == "" || (info.Exec == nil) == (info.All == nil) {
			t.Errorf("%s: its name is taken, or it has no meaning or not one effect", info.Name)
		}
		names[info.Name] = true
		for _, e := range exts {
			if within := info.Op >= e.First && int(info.Op) < int(e.First)+extOpcodes; within != (info.Ext == e.Ext) {
				t.Errorf("%s: opcode %#02x and extension %c do not agree", info.Name, info.Op, info.Ext)
			}
		}
	}
}

func TestRandomWordsDecodeOnlyIfTheyEncodeBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sound := 0
	for range 200_000 {
		w := r.Uint32()
		if r.IntN(2) == 0 { // most random opcodes are none
			w = w&0x00ffffff | uint32(rows[r.IntN(len(rows))].Op)<<opShift
		}
		i, err := Decode(w)
		if err != nil {
			continue
		}
		sound++
		if again, err := Encode(i); err != nil || again != w {
			t.Fatalf("word %08x is %s, which is %08x (%v)", w, i, again, err)
		}
	}
	if sound < 1000 {
		t.Errorf("only %d random words were instructions; the test tests little", sound)
	}
}

func TestEncodeRefusesWhatDoesNotFit(t *testing.T) {
	for _, i := range []Inst{
		{Op: 0xff},
		{Op: MOV, Pred: Pred{Q: NumPreds}},
		{Op: MOV, D: NumRegs},
		{Op: MOVI, Imm: 1 << 15},
		{Op: ADDI, Imm: -1<<10 - 1},
		{Op: SHL, N: 32},
		{Op: MULZ, N: 63},
		{Op: SEL, N: NumPreds},
		{Op: QNOT, D: NumPreds},
		{Op: RND, N: 0},
		{Op: RND, N: 32},
		{Op: RNDQ, D: NumPreds, N: 1},
		{Op: LDX, N: NumAxonWords},
		{Op: STW, D: NumRegs},
		{Op: XTOP, N: 0},
		{Op: XTOP, N: maxCount + 1},
		{Op: XCNT, N: NumPreds},
	} {
		if w, err := Encode(i); err == nil {
			t.Errorf("Encode(%+v) = %08x, want an error", i, w)
		}
	}
}

func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, info := range rows {
		w, err := Encode(randomInst(r, info))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, w uint32) {
		i, err := Decode(w)
		if err != nil {
			return
		}
		if again, err := Encode(i); err != nil || again != w {
			t.Errorf("word %08x is %s, which is %08x (%v)", w, i, again, err)
		}
		p, err := Assemble("x.s", i.String(), AsmOptions{})
		if err != nil || len(p.Words) != 1 || p.Words[0] != w {
			t.Errorf("word %08x is %q, which assembles to %v, %v", w, i, p, err)
		}
	})
}
