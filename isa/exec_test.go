package isa

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// effect is what one instruction does, as the model says it.
type effect struct {
	d       *big.Int // written to the destination before saturation, or nil
	exact   bool     // d is a word already: it is not counted as a saturation
	q       bool     // written to a destination predicate, where d is nil
	spike   bool
	writesQ bool
}

// model says what an instruction does, in integers of any size, from the words
// of ISA.md alone.
func model(name string, a, b, in, imm *big.Int, n uint, q, qa, qb bool) effect {
	z := func() *big.Int { return new(big.Int) }
	pow := z().Lsh(big.NewInt(1), n)
	word := func(x *big.Int) effect { return effect{d: x} }
	same := func(x *big.Int) effect { return effect{d: x, exact: true} }
	pred := func(x bool) effect { return effect{q: x, writesQ: true} }
	switch name {
	case "mov":
		return same(a)
	case "movi":
		return word(imm)
	case "add":
		return word(z().Add(a, b))
	case "sub":
		return word(z().Sub(a, b))
	case "addi":
		return word(z().Add(a, imm))
	case "min":
		if a.Cmp(b) < 0 {
			return same(a)
		}
		return same(b)
	case "max":
		if a.Cmp(b) > 0 {
			return same(a)
		}
		return same(b)
	case "abs":
		return word(z().Abs(a))
	case "shl":
		return word(z().Mul(a, pow))
	case "shr":
		return same(z().Div(a, pow)) // Euclidean, and pow > 0: floor
	case "and":
		return same(z().And(a, b))
	case "or":
		return same(z().Or(a, b))
	case "xor":
		return same(z().Xor(a, b))
	case "gt":
		return pred(a.Cmp(b) > 0)
	case "ge":
		return pred(a.Cmp(b) >= 0)
	case "eq":
		return pred(a.Cmp(b) == 0)
	case "qand":
		return pred(qa && qb)
	case "qor":
		return pred(qa || qb)
	case "qnot":
		return pred(!qa)
	case "sel":
		if q {
			return same(a)
		}
		return same(b)
	case "acc":
		return word(z().Add(a, z().Mul(in, pow)))
	case "spk":
		return effect{spike: true}
	case "mulz":
		return word(z().Quo(z().Mul(a, b), pow))
	case "mulf":
		return word(z().Div(z().Mul(a, b), pow))
	case "muln":
		// ⌊|2ab|/2ⁿ + 1⌋ / 2 with the sign of ab.
		p := z().Mul(a, b)
		m := z().Abs(p)
		m.Mul(m, big.NewInt(2)).Add(m, pow).Quo(m, z().Mul(pow, big.NewInt(2)))
		if p.Sign() < 0 {
			m.Neg(m)
		}
		return word(m)
	}
	return effect{}
}

// randomWord returns a word of bits bits, often near a border.
func randomWord(r *rand.Rand, bits int) int32 {
	hi := int64(1)<<(bits-1) - 1
	switch r.IntN(4) {
	case 0:
		return int32(hi - r.Int64N(3))
	case 1:
		return int32(-hi - 1 + r.Int64N(3))
	case 2:
		return int32(r.Int64N(9) - 4)
	}
	return int32(r.Uint64()) >> (32 - bits)
}

// Every instruction changes its destination as the model says, and nothing
// else, where its guard holds; where it does not, nothing changes.
func TestExecAgreesWithAModelInBigIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, info := range Instructions() {
		for range 2000 {
			i := randomInst(r, info)
			l := Lane{Bits: 8 + r.IntN(25)}
			for k := range l.Reg {
				l.Reg[k] = randomWord(r, l.Bits)
			}
			l.pred = [NumPreds]bool{true, r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0}
			want := l
			if l.pred[i.Pred.Q] != i.Pred.Negate {
				apply(&want, &i, info)
				info.Exec(&l, &i)
			}
			if l != want {
				t.Fatalf("%s on words of %d bits:\n got %+v\nwant %+v", i, l.Bits, l, want)
			}
		}
	}
}

// apply does to l what the model says.
func apply(l *Lane, i *Inst, info Info) {
	reg := func(r Reg) *big.Int { return big.NewInt(int64(l.Reg[r])) }
	pred := func(r Reg) bool { return l.pred[r%NumPreds] }
	e := model(info.Name, reg(i.A), reg(i.B), reg(In), big.NewInt(int64(i.Imm)), uint(i.N), pred(Reg(i.N)), pred(i.A), pred(i.B))
	switch {
	case e.spike:
		l.Spike = true
	case e.writesQ:
		l.pred[i.D] = e.q
	default:
		hi := new(big.Int).Lsh(big.NewInt(1), uint(l.Bits-1))
		lo := new(big.Int).Neg(hi)
		hi.Sub(hi, big.NewInt(1))
		clipped := e.d
		if clipped.Cmp(hi) > 0 {
			clipped = hi
		}
		if clipped.Cmp(lo) < 0 {
			clipped = lo
		}
		if clipped.Cmp(e.d) != 0 && !e.exact {
			l.Saturations++
		}
		l.Reg[i.D] = int32(clipped.Int64())
	}
}

// Run starts with false predicates and does not keep those of the run before.
func TestRunStartsAnew(t *testing.T) {
	p, err := Assemble("x.s", "@q1 addi s1, s1, 1\nge q1, in, zero\n@q1 spk\nadd s0, s0, in\n", AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	program, err := DecodeAll(p.Words)
	if err != nil {
		t.Fatal(err)
	}
	l := Lane{Bits: 8}
	l.Reg[In] = 100
	for run, want := range []struct {
		s0          int32
		saturations int
	}{{100, 0}, {127, 1}} {
		l.Run(program)
		if !l.Spike || l.Reg[S0] != want.s0 || l.Reg[S0+1] != 0 || l.Saturations != want.saturations {
			t.Errorf("run %d: spike %v, s0 %d, s1 %d, %d saturations; want a spike, %d, 0 and %d",
				run, l.Spike, l.Reg[S0], l.Reg[S0+1], l.Saturations, want.s0, want.saturations)
		}
	}
}
