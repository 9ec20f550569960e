package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// firer is the update of neurons, a register of them at a time, whose constants are in
// registers.
type firer struct {
	fireKind
	// at is a Fire.
	at    gotypes.Component
	keep  VecVirtual
	shift VecVirtual
	leak  leak
	// values of lanes that are the same are in registers. Of others value is where they
	// are, steps how far that moves on for a block, in bytes, and decay where that is.
	one   [4]VecVirtual
	steps Mem
	value [4]GPVirtual
	decay GPVirtual
}

// fireKind is a kind of neurons: those that leak, those of which all lanes are the
// same, in words or in shorts, or others.
type fireKind struct {
	name        string
	leaks, same bool
	width
}

var (
	fires = fireKind{width: words}
	same  = fireKind{name: "Same", same: true, width: words}
	short = fireKind{name: "Short", same: true, width: shorts}
	leaky = fireKind{name: "Leak", leaks: true, width: words}
)

// width is how wide the v of a neuron is: 32 bits or 16, and the instructions for that.
type width struct {
	bytes                                   int
	broadcast, add, larger, greater, differ func(...Op)
	left                                    func(...Op)
}

var (
	words  = width{4, VPBROADCASTD, VPADDD, VPMAXSD, VPCMPGTD, VPCMPD, VPSLLD}
	shorts = width{2, VPBROADCASTW, VPADDW, VPMAXSW, VPCMPGTW, VPCMPW, VPSLLW}
)

// lanes is how many a register has.
func (w width) lanes() int { return 64 / w.bytes }

// values are the parameters of neurons in the order of Fire's steps.
var values = [4]string{"Bias", "Above", "Reset", "Floor"}

func newFirer(at gotypes.Component, kind fireKind) *firer {
	f := &firer{fireKind: kind, at: at, keep: ZMM(), shift: XMM()}
	VPBROADCASTD(Load(at.Field("Keep"), GP32()), f.keep)
	VMOVQ(Load(at.Field("Shift"), GP64()), f.shift)
	if f.leaks {
		f.leak = newLeak(Load(at.Field("DecayShift"), GP64()))
	}
	if f.same {
		for k, name := range values {
			f.one[k] = ZMM()
			f.broadcast(f.alike(k, name), f.one[k])
		}
		return f
	}
	f.steps = AllocLocal(8 * len(values))
	steps := Load(at.Field("steps"), GP64())
	for k := range values {
		step := GP64()
		MOVQ(steps, step)
		if k > 0 {
			SHRQ(Imm(uint64(k)), step)
		}
		ANDQ(Imm(1), step)
		SHLQ(Imm(8), step) // 4·block, or nothing where all lanes are alike
		MOVQ(step, f.steps.Offset(8*k))
	}
	return f
}

// alike is where the value of all lanes is.
func (f *firer) alike(k int, name string) Mem {
	if f.bytes == shorts.bytes {
		value, err := f.at.Field("shorts").Index(k).Resolve()
		if err != nil {
			panic(err)
		}
		return value.Addr
	}
	base := GP64()
	Load(f.at.Field(name).Base(), base)
	return Mem{Base: base}
}

// start puts values to a lane, the first of a block.
func (f *firer) start(lane GPVirtual) {
	if f.same {
		return
	}
	for k, name := range values {
		f.value[k] = GP64()
		MOVQ(lane, f.value[k])
		SHRQ(Imm(6), f.value[k])
		IMULQ(f.steps.Offset(8*k), f.value[k])
		base := GP64()
		Load(f.at.Field(name).Base(), base)
		ADDQ(base, f.value[k])
	}
	if f.leaks {
		f.decay = GP64()
		Load(f.at.Field("Decay").Base(), f.decay)
		LEAQ(Mem{Base: f.decay, Index: lane, Scale: 4}, f.decay)
	}
}

// next moves to the next block.
func (f *firer) next() {
	if f.same {
		return
	}
	for k, p := range f.value {
		ADDQ(f.steps.Offset(8*k), p)
	}
	if f.leaks {
		ADDQ(I32(4*block), f.decay)
	}
}

// each updates a register of neurons of a block, the q-th, whose v are in memory, with what
// comes to them, x. It returns which fire, and which have another v.
func (f *firer) each(x VecVirtual, q int, v Mem) (fires, changed OpmaskVirtual) {
	was := ZMM()
	VMOVDQU32(v, was)
	f.input(x, was, q)
	return f.finish(x, was, q, v)
}

// input makes what is compared of x.
func (f *firer) input(x, was VecVirtual, q int) {
	f.left(f.shift, x, x)
	left := was
	if f.leaks {
		share := ZMM()
		VMOVDQU32(Mem{Base: f.decay, Disp: 64 * q}, share)
		left = f.leak.of(was, share)
	}
	f.add(left, x, x)
	f.add(f.of(0, q), x, x)
}

// finish compares x, and stores what becomes of it.
func (f *firer) finish(x, was VecVirtual, q int, v Mem) (fires, changed OpmaskVirtual) {
	fires, changed = K(), K()
	f.greater(f.of(1, q), x, fires)
	after := ZMM()
	VPANDD(f.keep, x, after)
	f.larger(f.of(3, q), x, x)
	f.add(f.of(2, q), after, fires, x)
	VMOVDQU32(x, v)
	f.differ(Imm(4), x, was, changed) // ≠
	return fires, changed
}

// of is where the q-th register of a value is.
func (f *firer) of(k, q int) Op {
	if f.same {
		return f.one[k]
	}
	return Mem{Base: f.value[k], Disp: 64 * q}
}

// runFire is the update of neurons alone.
func runFire(kind fireKind) {
	name := "runFire" + kind.name
	TEXT(name, NOSPLIT, "func(f *Fire, v, sums, old *int32, fired *uint64, lanes int) (active int, least, most int32)")
	Doc(name + " is Fire.Run without the check, for which it returns the limits of v before it was compared.")
	Pragma("noescape")
	f := newFirer(Dereference(Param("f")), kind)
	limit, ones, least, most := GP32(), ZMM(), ZMM(), ZMM()
	MOVL(U32(1<<31-1), limit)
	VPBROADCASTD(limit, least)
	VPTERNLOGD(Imm(0xff), ones, ones, ones)
	VPXORD(ones, least, most)
	v, sums, old, fired := GP64(), GP64(), GP64(), GP64()
	Load(Param("v"), v)
	Load(Param("sums"), sums)
	Load(Param("old"), old)
	Load(Param("fired"), fired)
	active, at, end := GP64(), GP64(), GP64()
	XORQ(active, active)
	XORQ(at, at)
	f.start(at)
	Label(name)
	var fires, changed masks
	for q := range block / f.lanes() {
		was, x := ZMM(), ZMM()
		now := Mem{Base: v, Index: at, Scale: 4, Disp: 64 * q}
		VMOVDQU32(now, was)
		VMOVDQU32(Mem{Base: sums, Index: at, Scale: 4, Disp: 64 * q}, x)
		VMOVDQU32(was, Mem{Base: old, Index: at, Scale: 4, Disp: 64 * q})
		f.input(x, was, q)
		VPMINSD(x, least, least)
		VPMAXSD(x, most, most)
		spikes, moves := f.finish(x, was, q, now)
		fires.join(spikes, f.lanes())
		changed.join(moves, f.lanes())
	}
	count(fires, changed, Mem{Base: fired}, active)
	ADDQ(Imm(8), fired)
	f.next()
	ADDQ(I32(block), at)
	Load(Param("lanes"), end)
	CMPQ(at, end)
	JNE(LabelRef(name))
	Store(active, Return("active"))
	Store(fold(least, VPMINSD), Return("least"))
	Store(fold(most, VPMAXSD), Return("most"))
	VZEROUPPER()
	RET()
}

// masks are those of a block, joined as they come, since there are few registers.
type masks []mask

// mask has a bit for each of so many lanes.
type mask struct {
	bits  OpmaskVirtual
	lanes int
}

// joins makes one mask of two of so many lanes each.
var joins = map[int]func(low, high, out Op){16: KUNPCKWD, 32: KUNPCKDQ}

// join adds the mask of the lanes behind those that are there.
func (m *masks) join(bits OpmaskVirtual, lanes int) {
	last := mask{bits, lanes}
	for n := len(*m); n > 0 && (*m)[n-1].lanes == last.lanes; n-- {
		both := K()
		joins[last.lanes]((*m)[n-1].bits, last.bits, both)
		last = mask{both, 2 * last.lanes}
		*m = (*m)[:n-1]
	}
	*m = append(*m, last)
}

// count stores which neurons of a block fire, and adds to active how many do or
// changed.
func count(fires, changed masks, fired Mem, active GPVirtual) {
	set, other := GP64(), GP64()
	KMOVQ(fires[0].bits, set)
	KMOVQ(changed[0].bits, other)
	MOVQ(set, fired)
	ORQ(set, other)
	POPCNTQ(other, other)
	ADDQ(other, active)
}

// leak is what a decay needs in registers.
type leak struct {
	count, rest VecVirtual
	odd         OpmaskVirtual
}

func newLeak(shift Register) leak {
	l := leak{count: XMM(), rest: ZMM(), odd: K()}
	VMOVQ(shift, l.count)
	// 2^n − 1, which is added to negative products, so that they round to zero.
	VPTERNLOGD(Imm(0xff), l.rest, l.rest, l.rest)
	VPSLLQ(l.count, l.rest, l.rest)
	ones := ZMM()
	VPTERNLOGD(Imm(0xff), ones, ones, ones)
	VPXORQ(ones, l.rest, l.rest)
	mask := GP32()
	MOVL(U32(0xaaaa), mask)
	KMOVW(mask, l.odd)
	return l
}

// of returns what is left of 16 states.
func (l *leak) of(was, share VecVirtual) VecVirtual {
	low, high := ZMM(), ZMM()
	VPMULDQ(share, was, low)
	VPSRLQ(Imm(32), share, share)
	VPSRLQ(Imm(32), was, high)
	VPMULDQ(share, high, high)
	l.scale(low)
	l.scale(high)
	VPSLLQ(Imm(32), high, high)
	VMOVDQA32(high, l.odd, low)
	return low
}

func (l *leak) scale(p VecVirtual) {
	sign := ZMM()
	VPSRAQ(Imm(63), p, sign)
	VPANDQ(l.rest, sign, sign)
	VPADDQ(sign, p, p)
	VPSRAQ(l.count, p, p)
}

// fold returns what an operation makes of the 16 words of a register.
func fold(z VecVirtual, op func(...Op)) GPVirtual {
	y, high := YMM(), YMM()
	VEXTRACTI64X4(Imm(1), z, high)
	op(high, z.AsY(), y)
	x, t := XMM(), XMM()
	VEXTRACTI128(Imm(1), y, t)
	op(t, y.AsX(), x)
	VPSHUFD(Imm(0x4e), x, t)
	op(t, x, x)
	VPSHUFD(Imm(0xb1), x, t)
	op(t, x, x)
	r := GP32()
	VMOVD(x, r)
	return r
}
