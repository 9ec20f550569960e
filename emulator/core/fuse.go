package core

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// fuser walks a program once for all slots with everything known but the state word
// and the sum, and finds out whether it is a kernel.Fire: registers hold numbers, or
// v, the word with the sum and some numbers added.
type fuser struct {
	s    *Spec
	n    int
	regs [isa.NumRegs][]int64 // by slot; nil for v in S0, and where nothing is known
	// stage is how far v has come.
	stage stage
	shift int
	// decay is what the word is multiplied with first, over 2^decayShift; nil is none.
	decay      []int64
	decayShift int
	// bias is what was added to v since the sum, low and high how far the limits of v
	// on the way are within those of a word.
	bias      []int64
	low, high int64
	// above and floor are what predicates ask of v: v > above, v < floor.
	above, floor preds
	// fires and falls are the predicates that are in use.
	fires, falls uint8
	spikes       bool
	keep         int32
	reset        []int64
}

type stage int

const (
	atRest    stage = iota // v is the state word
	summed                 // and has the sum
	compared               // and is compared
	resetDone              // and is what it will be, where it fires
)

// preds are the numbers that v is compared with, by predicate and slot.
type preds [isa.NumPreds][]int64

// fuse returns the core's program as one kernel, with the largest magnitude of a
// sum that the kernel takes, or nil.
func (s *Spec) fuse(lanes int, ways kernel.Options) (*kernel.Fire, int64) {
	n := len(s.image.Neurons)
	// A word more than a kernel's does not fit, nor does a state of more words.
	if s.stateWords != 1 || s.stateBits > kernelBits || n == 0 {
		return nil, 0
	}
	f := &fuser{s: s, n: n, bias: make([]int64, n)}
	f.low, f.high = fixed.Limits(s.stateBits)
	f.regs[isa.Zero] = make([]int64, n)
	for r := isa.T0; r < isa.S0; r++ {
		f.regs[r] = make([]int64, n)
	}
	for k := range s.paramWords {
		f.regs[int(isa.P0)+k] = f.each(func(slot int) int64 { return int64(s.image.Params[slot*s.paramWords+k]) })
	}
	for k, c := range s.image.Consts {
		f.regs[int(isa.C0)+k] = f.each(func(int) int64 { return int64(c) })
	}
	for k := range s.program {
		if !f.step(&s.program[k]) {
			return nil, 0
		}
	}
	return f.kernel(lanes, ways)
}

// kernelBits is the widest word of a kernel.Fire, which computes in 32 bits.
const kernelBits = 29

func (f *fuser) each(of func(slot int) int64) []int64 {
	out := make([]int64, f.n)
	for slot := range out {
		out[slot] = of(slot)
	}
	return out
}

// step takes an instruction in, or returns false.
func (f *fuser) step(i *isa.Inst) bool {
	if q := i.Pred.Q; q != 0 && (!i.Pred.Negate || f.above[q] != nil || f.floor[q] != nil) {
		return f.guarded(i)
	}
	// Unguarded, or guarded by the contrary of what was never decided and so is false.
	switch {
	case i.Op == isa.GT && i.A == isa.S0:
		return f.compare(i.D, &f.above, f.regs[i.B])
	case i.Op == isa.GE && i.A == isa.S0 && f.regs[i.B] != nil:
		b := f.regs[i.B]
		return f.compare(i.D, &f.above, f.each(func(slot int) int64 { return b[slot] - 1 }))
	case i.Op == isa.GT && i.B == isa.S0:
		return f.compare(i.D, &f.floor, f.regs[i.A])
	case i.D == isa.S0:
		return f.add(i)
	}
	return f.number(i)
}

// compare takes in a comparison of v.
func (f *fuser) compare(q isa.Reg, with *preds, values []int64) bool {
	used := uint8(q) == f.fires || uint8(q) == f.falls
	if values == nil || f.stage < summed || f.stage > compared || used {
		return false
	}
	f.stage = compared
	f.above[q], f.floor[q] = nil, nil
	with[q] = values
	return true
}

// add takes in what adds to v.
func (f *fuser) add(i *isa.Inst) bool {
	switch {
	case (i.Op == isa.MULZ || i.Op == isa.DEC) && i.A == isa.S0 && f.stage == atRest && f.decay == nil:
		return f.decays(i)
	case i.Op == isa.ACC && i.A == isa.S0 && f.stage == atRest:
		f.stage, f.shift = summed, int(i.N)
		return true
	case f.stage != summed || i.A != isa.S0:
		return false
	}
	var more []int64
	switch b := f.regs[i.B]; {
	case i.Op == isa.ADDI:
		more = f.each(func(int) int64 { return int64(i.Imm) })
	case i.Op == isa.ADD:
		more = b
	case i.Op == isa.SUB && b != nil:
		more = f.each(func(slot int) int64 { return -b[slot] })
	}
	if more == nil {
		return false
	}
	// Before this, v was what it will be less more: within a word's limits, too.
	lo, hi := fixed.Limits(f.s.stateBits)
	f.low, f.high = max(lo, f.low+slices.Max(more)), min(hi, f.high+slices.Min(more))
	for slot, m := range more {
		f.bias[slot] += m
	}
	return true
}

// decays takes in a decay: what is left is between v and 0.
func (f *fuser) decays(i *isa.Inst) bool {
	b := f.regs[i.B]
	if b == nil || i.N > kernelDecay {
		return false
	}
	one := int64(1) << i.N
	f.decayShift = int(i.N)
	f.decay = f.each(func(slot int) int64 {
		if i.Op == isa.DEC {
			return one - b[slot]
		}
		return b[slot]
	})
	return !slices.ContainsFunc(f.decay, func(x int64) bool { return x < 0 || x > one })
}

// kernelDecay is the largest shift of a decay.
const kernelDecay = 30

// number takes in an instruction on numbers alone.
func (f *fuser) number(i *isa.Inst) bool {
	a, b := f.regs[i.A], f.regs[i.B]
	if !i.D.Writable() || i.D >= isa.S0 {
		return false
	}
	var of func(slot int) int64
	switch {
	case i.Op == isa.MOVI:
		of = func(int) int64 { return int64(i.Imm) }
	case a == nil:
		return false
	case i.Op == isa.MOV:
		of = func(slot int) int64 { return a[slot] }
	case i.Op == isa.ADDI:
		of = func(slot int) int64 { return a[slot] + int64(i.Imm) }
	case b == nil:
		return false
	case i.Op == isa.ADD:
		of = func(slot int) int64 { return a[slot] + b[slot] }
	case i.Op == isa.SUB:
		of = func(slot int) int64 { return a[slot] - b[slot] }
	default:
		return false
	}
	out := f.each(of)
	f.regs[i.D] = out
	return !slices.ContainsFunc(out, func(x int64) bool { return !fixed.Fits(x, f.s.stateBits) })
}

// guarded takes in what happens to some slots: where v is above, or below.
func (f *fuser) guarded(i *isa.Inst) bool {
	q := i.Pred.Q
	if i.Pred.Negate || f.stage < compared {
		return false
	}
	b := f.regs[i.B]
	switch {
	case f.above[q] != nil && i.Op == isa.SPK:
		f.spikes = true
		return f.isFor(&f.fires, q)
	case f.above[q] != nil && i.Op == isa.MOV && i.D == isa.S0:
		f.stage, f.keep, f.reset = resetDone, 0, f.regs[i.A]
		return f.reset != nil && f.isFor(&f.fires, q)
	case f.above[q] != nil && i.Op == isa.SUB && i.D == isa.S0 && i.A == isa.S0 && b != nil && f.stage == compared:
		f.stage, f.keep = resetDone, -1
		f.reset = f.each(func(slot int) int64 { return -b[slot] })
		return f.isFor(&f.fires, q)
	case f.floor[q] != nil && i.Op == isa.MOV && i.D == isa.S0:
		return slices.Equal(f.floor[q], f.regs[i.A]) && f.isFor(&f.falls, q)
	}
	return false
}

// isFor notes the predicate of a use; there is one for each.
func (f *fuser) isFor(use *uint8, q uint8) bool {
	if *use != 0 && *use != q {
		return false
	}
	*use = q
	return true
}

// kernel returns what was found.
func (f *fuser) kernel(lanes int, ways kernel.Options) (*kernel.Fire, int64) {
	if f.stage < summed || !f.spikes || f.low > 0 || f.high < 0 {
		return nil, 0
	}
	above, floor := f.above[f.fires], f.each(func(int) int64 { return kernel.NoFloor })
	if f.falls != 0 {
		floor = f.floor[f.falls]
	}
	if f.reset == nil { // v stays
		f.keep, f.reset = -1, make([]int64, f.n)
	}
	lo, hi := fixed.Limits(f.s.stateBits)
	for slot, a := range above {
		switch {
		case floor[slot] > a:
			return nil, 0 // a v may be both above and below, or be above once it was put to the floor
		case f.keep != 0 && (f.reset[slot] > 0 || a+1+f.reset[slot] < lo):
			return nil, 0 // a reset may not fit
		case f.bias[slot] < lo || f.bias[slot] > hi:
			return nil, 0
		}
	}
	fire := &kernel.Fire{
		Bias: values(f.bias, lanes, 0), Above: values(above, lanes, math.MaxInt32), Reset: values(f.reset, lanes, 0), Floor: values(floor, lanes, kernel.NoFloor),
		Keep: f.keep, Shift: f.shift, Low: int32(f.low), High: int32(f.high),
	}
	if f.decay != nil {
		fire.Decay, fire.DecayShift = values(f.decay, lanes, 0), f.decayShift
	}
	fire.Prepare(lanes, ways)
	const most = 1<<30 - 1
	return fire, min(hi, most>>f.shift)
}

// values returns numbers of slots as those of lanes, with what those behind the
// last slot have.
func values(of []int64, lanes int, rest int32) kernel.Lanes {
	out := make(kernel.Lanes, lanes)
	for lane := range out {
		out[lane] = rest
		if lane < len(of) {
			out[lane] = int32(of[lane])
		}
	}
	if !slices.ContainsFunc(out, func(x int32) bool { return x != out[0] }) {
		return slices.Clone(out[:kernel.Block])
	}
	return out
}
