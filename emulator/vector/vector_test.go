package vector

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// writesPredicate reports whether the destination is a predicate.
func writesPredicate(op isa.Op) bool {
	return slices.Contains([]isa.Op{isa.GT, isa.GE, isa.EQ, isa.QAND, isa.QOR, isa.QNOT, isa.RNDQ}, op)
}

// randomProgram returns instructions of the kinds that there are loops for.
func randomProgram(r *rand.Rand) []isa.Inst {
	var infos []isa.Info
	for _, info := range isa.Instructions() {
		if loops[info.Op] != nil {
			infos = append(infos, info)
		}
	}
	var out []isa.Inst
	for want := 1 + r.IntN(25); len(out) < want; {
		info := infos[r.IntN(len(infos))]
		i, err := isa.Decode(uint32(info.Op)<<24 | r.Uint32()>>8)
		switch {
		case err != nil:
		case writesPredicate(i.Op) && i.D == 0:
		case !writesPredicate(i.Op) && i.Op != isa.SPK && i.Op != isa.PART && !i.D.Writable():
		default:
			out = append(out, i)
		}
	}
	return out
}

// word returns a word, often near a border.
func word(r *rand.Rand, bits int) int32 {
	lo, hi := fixed.Limits(bits)
	switch r.IntN(4) {
	case 0:
		return int32(hi - r.Int64N(3))
	case 1:
		return int32(lo + r.Int64N(3))
	case 2:
		return int32(r.IntN(9) - 4)
	}
	return int32(r.Uint64()) >> (32 - bits)
}

// outcome is what a tick leaves behind.
type outcome struct {
	State                                [][]int32
	Fired, PartLanes, Parts, Saturations []int32
	Active                               int
}

// Programs run over lanes as they run lane by lane.
func TestLanesTogetherAreAsEachByItself(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var room Run
	for range 4000 {
		program := randomProgram(r)
		bits, n := 8+r.IntN(25), 1+r.IntN(70)
		words := r.IntN(int(isa.P0-isa.S0) + 1)
		column := func() []int32 {
			c := make([]int32, n)
			for k := range c {
				c[k] = word(r, bits)
			}
			return c
		}
		in := &Inputs{Seed: r.Uint64(), Tick: r.Int64N(1 << 40), Consts: new([isa.NumConsts]int32)}
		for k := range in.Consts {
			in.Consts[k] = word(r, bits)
		}
		for range r.IntN(int(isa.C0-isa.P0) + 1) {
			in.Params = append(in.Params, column())
		}
		for range n {
			in.Sums, in.Keys = append(in.Sums, word(r, min(bits+2, 32))), append(in.Keys, r.Uint64())
		}
		state := make([][]int32, words)
		for k := range state {
			state[k] = column()
		}
		want := laneByLane(program, in, state, bits)
		p, ok := New(program, bits)
		if !ok {
			t.Fatalf("%v is refused", program)
		}
		p.Run(&room, in, state)
		got := outcome{State: state, Active: room.Active, Saturations: make([]int32, n)}
		got.Fired, got.PartLanes, got.Parts = append(got.Fired, room.Fired...), append(got.PartLanes, room.PartLanes...), append(got.Parts, room.Parts...)
		for _, lane := range room.Saturated {
			got.Saturations[lane]++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%v on words of %d bits (-want +got):\n%s", program, bits, diff)
		}
	}
}

// laneByLane is what isa.Lane.Run makes of each lane.
func laneByLane(program []isa.Inst, in *Inputs, state [][]int32, bits int) outcome {
	wraps := slices.ContainsFunc(program, func(i isa.Inst) bool { return i.Op == isa.ACCW })
	out := outcome{State: make([][]int32, len(state)), Saturations: make([]int32, len(in.Sums))}
	for k := range state {
		out.State[k] = make([]int32, len(in.Sums))
	}
	for lane, sum := range in.Sums {
		l := isa.Lane{Core: &isa.Env{Seed: in.Seed, Tick: in.Tick}, Bits: bits, Sum: int64(sum), Key: in.Keys[lane]}
		clipped, saturated := fixed.Sat(int64(sum), bits)
		if l.Reg[isa.In] = clipped; saturated && !wraps {
			out.Saturations[lane]++
		}
		copy(l.Reg[isa.C0:], in.Consts[:])
		for k, p := range in.Params {
			l.Reg[int(isa.P0)+k] = p[lane]
		}
		for k := range state {
			l.Reg[int(isa.S0)+k] = state[k][lane]
		}
		l.Run(program)
		active := l.Spike || l.HasPart
		for k := range state {
			out.State[k][lane] = l.Reg[int(isa.S0)+k]
			active = active || out.State[k][lane] != state[k][lane]
		}
		out.Saturations[lane] += int32(l.Saturations)
		if l.Spike {
			out.Fired = append(out.Fired, int32(lane))
		}
		if l.HasPart {
			out.PartLanes, out.Parts = append(out.PartLanes, int32(lane)), append(out.Parts, l.Part)
		}
		if active {
			out.Active++
		}
	}
	return out
}

// What is not for lanes is refused.
func TestProgramsThatLookElsewhereAreRefused(t *testing.T) {
	for _, op := range []isa.Op{isa.XCNT, isa.PRV, isa.TAB, isa.LDM, isa.SPKG, isa.LDW} {
		if _, ok := New([]isa.Inst{{Op: op}}, 16); ok {
			t.Errorf("opcode %#x is taken", op)
		}
	}
}
