package vector

import (
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// loop is an instruction in all lanes.
type loop func(r *Run, i *isa.Inst)

// loops are the instructions that lanes have.
var loops = [256]loop{
	isa.MOV: func(r *Run, i *isa.Inst) { r.merge(i, r.regs[i.D], r.regs[i.A]) },
	isa.MOVI: func(r *Run, i *isa.Inst) {
		r.each(i, func(int) int64 { return int64(i.Imm) })
	},
	isa.ADD: func(r *Run, i *isa.Inst) { r.sum(i, r.regs[i.B], 1) },
	isa.SUB: func(r *Run, i *isa.Inst) { r.sum(i, r.regs[i.B], -1) },
	isa.ADDI: func(r *Run, i *isa.Inst) {
		a, imm := r.regs[i.A], int64(i.Imm)
		r.each(i, func(k int) int64 { return int64(a[k]) + imm })
	},
	isa.MIN: func(r *Run, i *isa.Inst) {
		b, out := r.regs[i.B][:r.n], r.out[:r.n]
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = min(a, b[k])
		}
		r.write(i)
	},
	isa.MAX: func(r *Run, i *isa.Inst) {
		b, out := r.regs[i.B][:r.n], r.out[:r.n]
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = max(a, b[k])
		}
		r.write(i)
	},
	isa.ABS: func(r *Run, i *isa.Inst) {
		a := r.regs[i.A]
		r.each(i, func(k int) int64 { return max(int64(a[k]), -int64(a[k])) })
	},
	isa.SHL: func(r *Run, i *isa.Inst) {
		a, n := r.regs[i.A], int(i.N)
		r.each(i, func(k int) int64 { return fixed.Shl(a[k], n) })
	},
	isa.SHR: func(r *Run, i *isa.Inst) {
		out, n := r.out[:r.n], int(i.N)
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = fixed.Shr(a, n)
		}
		r.write(i)
	},
	isa.AND: func(r *Run, i *isa.Inst) {
		b, out := r.regs[i.B][:r.n], r.out[:r.n]
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = a & b[k]
		}
		r.write(i)
	},
	isa.OR: func(r *Run, i *isa.Inst) {
		b, out := r.regs[i.B][:r.n], r.out[:r.n]
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = a | b[k]
		}
		r.write(i)
	},
	isa.XOR: func(r *Run, i *isa.Inst) {
		b, out := r.regs[i.B][:r.n], r.out[:r.n]
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = a ^ b[k]
		}
		r.write(i)
	},
	isa.GT: func(r *Run, i *isa.Inst) {
		b, out := r.regs[i.B][:r.n], r.out[:r.n]
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = int32((int64(b[k]) - int64(a)) >> 63)
		}
		r.decide(i)
	},
	isa.GE: func(r *Run, i *isa.Inst) {
		b, out := r.regs[i.B][:r.n], r.out[:r.n]
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = ^int32((int64(a) - int64(b[k])) >> 63)
		}
		r.decide(i)
	},
	isa.EQ: func(r *Run, i *isa.Inst) {
		b, out := r.regs[i.B][:r.n], r.out[:r.n]
		for k, a := range r.regs[i.A][:r.n] {
			d := int64(a ^ b[k])
			out[k] = ^int32((d | -d) >> 63)
		}
		r.decide(i)
	},
	isa.QAND: func(r *Run, i *isa.Inst) {
		b, out := r.preds[i.B][:r.n], r.out[:r.n]
		for k, a := range r.preds[i.A][:r.n] {
			out[k] = a & b[k]
		}
		r.decide(i)
	},
	isa.QOR: func(r *Run, i *isa.Inst) {
		b, out := r.preds[i.B][:r.n], r.out[:r.n]
		for k, a := range r.preds[i.A][:r.n] {
			out[k] = a | b[k]
		}
		r.decide(i)
	},
	isa.QNOT: func(r *Run, i *isa.Inst) {
		out := r.out[:r.n]
		for k, a := range r.preds[i.A][:r.n] {
			out[k] = ^a
		}
		r.decide(i)
	},
	isa.SEL: func(r *Run, i *isa.Inst) {
		a, b, out := r.regs[i.A][:r.n], r.regs[i.B][:r.n], r.out[:r.n]
		for k, q := range r.preds[i.N][:r.n] {
			out[k] = b[k] ^ (a[k]^b[k])&q
		}
		r.write(i)
	},
	isa.ACC: func(r *Run, i *isa.Inst) { r.sum(i, r.regs[isa.In], 1<<i.N) },
	isa.SPK: func(r *Run, i *isa.Inst) { r.merge(i, r.spike, r.preds[0]) },
	isa.ADDW: func(r *Run, i *isa.Inst) {
		b, out, bits := r.regs[i.B][:r.n], r.out[:r.n], r.bits
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = fixed.Wrap(int64(a)+int64(b[k]), bits)
		}
		r.write(i)
	},
	isa.ACCW: func(r *Run, i *isa.Inst) {
		sums, out, bits := r.in.Sums[:r.n], r.out[:r.n], r.bits
		for k, a := range r.regs[i.A][:r.n] {
			out[k] = fixed.Wrap(int64(a)+int64(sums[k])<<i.N, bits)
		}
		r.write(i)
	},
	isa.MULZ: func(r *Run, i *isa.Inst) { r.multiply(i, fixed.TowardZero) },
	isa.MULF: func(r *Run, i *isa.Inst) { r.multiply(i, fixed.Floor) },
	isa.MULN: func(r *Run, i *isa.Inst) { r.multiply(i, fixed.Nearest) },
	isa.DEC: func(r *Run, i *isa.Inst) {
		a, b, n := r.regs[i.A], r.regs[i.B], int(i.N)
		r.each(i, func(k int) int64 { return fixed.Decay(a[k], b[k], n) })
	},
	isa.RND: func(r *Run, i *isa.Inst) {
		r.each(i, func(k int) int64 { return r.draw(i, k, int(i.N)) })
	},
	isa.RNDQ: func(r *Run, i *isa.Inst) {
		a := r.regs[i.A]
		for k := range r.out {
			r.out[k] = int32((r.draw(i, k, int(i.N)) - int64(a[k])) >> 63)
		}
		r.decide(i)
	},
	isa.PART: func(r *Run, i *isa.Inst) {
		for k, a := range r.regs[i.A] {
			if r.runs(i, k) {
				v, clipped := fixed.Sat(int64(a), isa.PayloadBits)
				if clipped {
					r.Saturated = append(r.Saturated, int32(k))
				}
				r.part[k], r.hasPart[k] = v, -1
			}
		}
	},
}

// each writes the results of f, clipped.
func (r *Run) each(i *isa.Inst, f func(lane int) int64) {
	lo, hi := fixed.Limits(r.bits)
	for k := range r.out {
		x := f(k)
		if x < lo || x > hi {
			x = r.clip(k, x)
		}
		r.out[k] = int32(x)
	}
	r.write(i)
}

// sum writes register A plus some values, times a factor.
func (r *Run) sum(i *isa.Inst, b []int32, factor int64) {
	lo, hi := fixed.Limits(r.bits)
	span := uint64(hi - lo)
	b, out := b[:r.n], r.out[:r.n]
	for k, a := range r.regs[i.A][:r.n] {
		x := int64(a) + int64(b[k])*factor
		if uint64(x-lo) > span {
			x = r.clip(k, x)
		}
		out[k] = int32(x)
	}
	r.write(i)
}

// multiply writes the product of two registers, scaled down.
func (r *Run) multiply(i *isa.Inst, rounding fixed.Rounding) {
	lo, hi := fixed.Limits(r.bits)
	span := uint64(hi - lo)
	n := i.N & 63
	half := int64(0) // what is added to a magnitude
	if rounding == fixed.Nearest {
		half = int64(1) << n >> 1
	}
	b, out := r.regs[i.B][:r.n], r.out[:r.n]
	for k, a := range r.regs[i.A][:r.n] {
		x := int64(a) * int64(b[k])
		if rounding == fixed.Floor {
			x >>= n
		} else {
			sign := x >> 63
			x = ((x ^ sign - sign + half) >> n) ^ sign - sign
		}
		if uint64(x-lo) > span {
			x = r.clip(k, x)
		}
		out[k] = int32(x)
	}
	r.write(i)
}

// decide takes the masks in out over into a predicate.
func (r *Run) decide(i *isa.Inst) { r.merge(i, r.preds[i.D], r.out) }

// draw returns the random bits that a lane draws, and none where the instruction
// does not run.
func (r *Run) draw(i *isa.Inst, lane, bits int) int64 {
	if !r.runs(i, lane) {
		return 0
	}
	r.draws[lane]++
	return isa.Draw(r.in.Seed, r.in.Tick, r.in.Keys[lane], uint64(r.draws[lane]), bits)
}
