// Package vector runs a core's program over all its neurons at once: each
// instruction is a loop over the lanes. What comes of it is what isa.Lane.Run gives
// lane by lane, which says what the instructions mean.
package vector

import (
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// Program is a program that runs over lanes. It is immutable.
type Program struct {
	insts []isa.Inst
	loops []loop
	bits  int // of a word
	// reads says which registers the program reads.
	reads [isa.NumRegs]bool
	// wraps says that the program takes the sum as it is.
	wraps bool
}

// New prepares a program of the kind tick on words of so many bits. It returns false for one with instructions that are not for lanes: those
// that look across neurons, learn, read a table or the broadcast register, or send
// payloads.
func New(program []isa.Inst, bits int) (*Program, bool) {
	p := &Program{insts: program, bits: bits}
	for _, i := range program {
		l := loops[i.Op]
		if l == nil {
			return nil, false
		}
		p.loops = append(p.loops, l)
		p.wraps = p.wraps || i.Op == isa.ACCW
		p.reads[i.A], p.reads[i.B] = true, true
	}
	return p, true
}

// Inputs are what a run reads.
type Inputs struct {
	// Sums are the sums of the synapses, one a lane.
	Sums []int32
	// Params are the P registers, by lane; Consts the C registers.
	Params [][]int32
	Consts *[isa.NumConsts]int32
	// Keys are the streams of random numbers, by lane; Seed and Tick say which.
	Keys []uint64
	Seed uint64
	Tick int64
}

// Run is room for a run and what came of it. One goroutine has it; it serves cores
// of any number of lanes, one after another.
type Run struct {
	// Fired are the lanes that fired, PartLanes those that sent a partial sum, Parts
	// the sums; all ascending.
	Fired, PartLanes, Parts []int32
	// Saturated lists a lane for each of its results that did not fit.
	Saturated []int32
	// Active counts the lanes that fired, sent a partial sum or changed.
	Active int

	in      *Inputs
	n, bits int
	regs    [isa.NumRegs][]int32
	own     [isa.NumRegs][]int32 // what regs are made of
	// preds are −1 or 0; those of q0 are −1.
	preds   [isa.NumPreds][]int32
	out     []int32 // the results of an instruction, before they are taken over
	clipped []int32 // the lanes of those that did not fit
	draws   []uint32
	part    []int32
	hasPart []int32
	spike   []int32
}

// grow makes room for n lanes.
func (r *Run) grow(n int) {
	if n <= cap(r.out) {
		r.n = n
		return
	}
	r.n = n
	for k := range r.own {
		r.own[k] = make([]int32, n)
	}
	for k := range r.preds {
		r.preds[k] = make([]int32, n)
	}
	r.out, r.part, r.hasPart, r.spike = make([]int32, n), make([]int32, n), make([]int32, n), make([]int32, n)
	r.draws = make([]uint32, n)
}

// Run runs the program of n neurons, whose state words are the columns of state.
func (p *Program) Run(r *Run, in *Inputs, state [][]int32) {
	n := len(in.Sums)
	r.grow(n)
	r.start(p, in, state)
	for k := range p.insts {
		i := &p.insts[k]
		r.clipped = r.clipped[:0]
		p.loops[k](r, i)
	}
	r.finish(state)
}

// start loads the registers.
func (r *Run) start(p *Program, in *Inputs, state [][]int32) {
	r.in, r.bits = in, p.bits
	r.Fired, r.PartLanes, r.Parts, r.Saturated, r.Active = r.Fired[:0], r.PartLanes[:0], r.Parts[:0], r.Saturated[:0], 0
	n := r.n
	for k := range r.regs {
		r.regs[k] = r.own[k][:n]
	}
	for reg := isa.T0; reg < isa.S0; reg++ {
		clear(r.regs[reg])
	}
	clear(r.regs[isa.Zero])
	sums := r.regs[isa.In]
	lo, hi := fixed.Limits(p.bits)
	for k, x := range in.Sums {
		v := min(max(int64(x), lo), hi)
		if v != int64(x) && !p.wraps {
			r.Saturated = append(r.Saturated, int32(k))
		}
		sums[k] = int32(v)
	}
	for k := range isa.P0 - isa.S0 {
		s := r.regs[isa.S0+k]
		if int(k) < len(state) {
			copy(s, state[k])
		} else {
			clear(s)
		}
	}
	for k, param := range in.Params {
		r.regs[int(isa.P0)+k] = param[:n]
	}
	for k, c := range in.Consts {
		if reg := int(isa.C0) + k; p.reads[reg] {
			fill(r.regs[reg], c)
		}
	}
	for k := range r.preds {
		r.preds[k] = r.preds[k][:n]
		clear(r.preds[k])
	}
	fill(r.preds[0], -1)
	r.out, r.part, r.hasPart, r.spike, r.draws = r.out[:n], r.part[:n], r.hasPart[:n], r.spike[:n], r.draws[:n]
	clear(r.spike)
	clear(r.hasPart)
	clear(r.draws)
}

func fill(s []int32, v int32) {
	for k := range s {
		s[k] = v
	}
}

// finish stores the state and lists what was sent.
func (r *Run) finish(state [][]int32) {
	for k, s := range state {
		v := r.regs[int(isa.S0)+k]
		s = s[:len(v)]
		out := r.out[:len(v)]
		for i, x := range v {
			d := x ^ s[i]
			if k > 0 {
				d |= out[i]
			}
			out[i] = d
			s[i] = x
		}
	}
	if len(state) == 0 {
		clear(r.out)
	}
	for i, d := range r.out {
		if d|r.spike[i]|r.hasPart[i] != 0 {
			r.Active++
		}
		if r.spike[i] != 0 {
			r.Fired = append(r.Fired, int32(i))
		}
		if r.hasPart[i] != 0 {
			r.PartLanes, r.Parts = append(r.PartLanes, int32(i)), append(r.Parts, r.part[i])
		}
	}
}

// merge takes results over into a register where the guard holds.
func (r *Run) merge(i *isa.Inst, d, from []int32) {
	if i.Pred.Q == 0 && !i.Pred.Negate {
		copy(d, from)
		return
	}
	mask, flip := r.guard(i)
	d, mask = d[:len(from)], mask[:len(from)]
	for k, x := range from {
		d[k] ^= (d[k] ^ x) & (mask[k] ^ flip)
	}
}

// guard returns the predicate of an instruction, and what it is to be flipped with.
func (r *Run) guard(i *isa.Inst) (mask []int32, flip int32) {
	if i.Pred.Negate {
		flip = -1
	}
	return r.preds[i.Pred.Q], flip
}

// runs reports whether an instruction runs in a lane.
func (r *Run) runs(i *isa.Inst, lane int) bool {
	mask, flip := r.guard(i)
	return mask[lane] != flip
}

// write takes the results in out over into a register, and notes those that were
// clipped where the guard holds.
func (r *Run) write(i *isa.Inst) {
	for _, lane := range r.clipped {
		if r.runs(i, int(lane)) {
			r.Saturated = append(r.Saturated, lane)
		}
	}
	r.merge(i, r.regs[i.D], r.out)
}

// clip is what becomes of a result that does not fit.
func (r *Run) clip(lane int, x int64) int64 {
	r.clipped = append(r.clipped, int32(lane))
	v, _ := fixed.Sat(x, r.bits)
	return int64(v)
}
