// Gen writes the assembly of package kernel.
//
//	cd emulator/kernel/gen && go run . -out ../kernel_amd64.s -stubs ../stubs_amd64.go -pkg kernel
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Lanes of a block, and of the blocks that most lanes are done in.
const (
	block = 64
	wide  = 256
)

func main() {
	ConstraintExpr("amd64,!purego")
	addBits(rows8)
	addBits(rows16)
	addRows(rows8)
	addRows(rows16)
	runFire()
	runLeak()
	Generate()
}

// zero clears registers.
func zero(acc []VecVirtual) {
	for _, z := range acc {
		VPXORD(z, z, z)
	}
}

func zmms(n int) []VecVirtual {
	out := make([]VecVirtual, n)
	for k := range out {
		out[k] = ZMM()
	}
	return out
}

// inBlocks runs body for the lanes in wide blocks, then in blocks. body gets the
// number of lanes, and moves on by itself.
func inBlocks(name string, lanes Register, body func(lanes int, label string)) {
	for _, n := range []int{wide, block} {
		size := "wide"
		if n == block {
			size = "block"
		}
		start, end := name+"_"+size, name+"_"+size+"_end"
		Label(start)
		CMPQ(lanes, I32(int32(n)))
		JL(LabelRef(end))
		body(n, start)
		SUBQ(I32(int32(n)), lanes)
		JMP(LabelRef(start))
		Label(end)
	}
}

// addWords16 adds registers of 32 words of 16 bits to sums of 32 bits.
func addWords16(acc []VecVirtual, sums Register) {
	for k, z := range acc {
		low, high, half := ZMM(), ZMM(), YMM()
		VPMOVSXWD(z.AsY(), low)
		VEXTRACTI64X4(Imm(1), z, half)
		VPMOVSXWD(half, high)
		at := Mem{Base: sums, Disp: 128 * k}
		VPADDD(at, low, low)
		VMOVDQU32(low, at)
		at = at.Offset(64)
		VPADDD(at, high, high)
		VMOVDQU32(high, at)
	}
}

// addBits adds weights of 8 or 16 bits where bits are set.
func addBits(kind rowKind) {
	name := map[rowKind]string{rows8: "addBits8", rows16: "addBits16"}[kind]
	TEXT(name, NOSPLIT, "func(sums *int32, rows *uint64, weights *"+kind.typ+", list *uint64, n, lanes int)")
	Doc(name + " adds weights to sums. Each element of list is a row: the offset in bytes of its bits from rows, and in the upper half that of its weights from weights. No lane may leave 16 bits.")
	Pragma("noescape")
	sums := Load(Param("sums"), GP64())
	rows := Load(Param("rows"), GP64())
	weights := Load(Param("weights"), GP64())
	list := Load(Param("list"), GP64())
	n := Load(Param("n"), GP64())
	lanes := Load(Param("lanes"), GP64())
	inBlocks(name, lanes, func(lanes int, label string) {
		acc := zmms(lanes / 32)
		zero(acc)
		at, left := GP64(), GP64()
		MOVQ(list, at)
		MOVQ(n, left)
		loop := label + "_row"
		Label(loop)
		row, w := GP64(), GP64()
		MOVL(Mem{Base: at}, row.As32())
		MOVL(Mem{Base: at, Disp: 4}, w.As32())
		ADDQ(rows, row)
		ADDQ(weights, w)
		for k, z := range acc {
			mask := K()
			KMOVD(Mem{Base: row, Disp: 4 * k}, mask)
			from := Mem{Base: w, Disp: 32 * kind.bytes * k}
			if kind == rows16 {
				VPADDW(from, z, mask, z)
				continue
			}
			wide := ZMM()
			VPMOVSXBW(from, wide)
			VPADDW(wide, z, mask, z)
		}
		ADDQ(Imm(8), at)
		DECQ(left)
		JNZ(LabelRef(loop))
		addWords16(acc, sums)
		ADDQ(I32(int32(lanes/8)), rows)
		ADDQ(I32(int32(lanes*kind.bytes)), weights)
		ADDQ(I32(int32(lanes*4)), sums)
	})
	VZEROUPPER()
	RET()
}

// rowKind is how wide the weights of rows are.
type rowKind struct {
	name, typ string
	bytes     int
}

var (
	rows8  = rowKind{"addRows8", "int8", 1}
	rows16 = rowKind{"addRows16", "int16", 2}
)

// addRows adds whole rows. Lanes of 16 bits take weights of 8, so that the sums are
// read once; those of 32 bits take weights of 16.
func addRows(kind rowKind) {
	TEXT(kind.name, NOSPLIT, "func(sums *int32, rows *"+kind.typ+", axons *int32, n, lanes int)")
	if kind == rows8 {
		Doc(kind.name + " adds n rows of weights of 8 bits to sums. No lane may leave 16 bits.")
	} else {
		Doc(kind.name + " adds n rows of weights of 16 bits to sums.")
	}
	Pragma("noescape")
	sums := Load(Param("sums"), GP64())
	rows := Load(Param("rows"), GP64())
	axons := Load(Param("axons"), GP64())
	n := Load(Param("n"), GP64())
	lanes := Load(Param("lanes"), GP64())
	stride := GP64()
	MOVQ(lanes, stride)
	if kind == rows16 {
		ADDQ(stride, stride)
	}
	inBlocks(kind.name, lanes, func(lanes int, label string) {
		acc := zmms(lanes / 32 * kind.bytes)
		zero(acc)
		at, left := GP64(), GP64()
		MOVQ(axons, at)
		MOVQ(n, left)
		loop := label + "_row"
		Label(loop)
		row := GP64()
		MOVLQSX(Mem{Base: at}, row)
		IMULQ(stride, row)
		ADDQ(rows, row)
		for k, z := range acc {
			w := ZMM()
			from := Mem{Base: row, Disp: 32 * k}
			if kind == rows8 {
				VPMOVSXBW(from, w)
				VPADDW(w, z, z)
			} else {
				VPMOVSXWD(from, w)
				VPADDD(w, z, z)
			}
		}
		ADDQ(Imm(4), at)
		DECQ(left)
		JNZ(LabelRef(loop))
		if kind == rows8 {
			addWords16(acc, sums)
		} else {
			for k, z := range acc {
				at := Mem{Base: sums, Disp: 64 * k}
				VPADDD(at, z, z)
				VMOVDQU32(z, at)
			}
		}
		ADDQ(I32(int32(lanes*kind.bytes)), rows)
		ADDQ(I32(int32(lanes*4)), sums)
	})
	VZEROUPPER()
	RET()
}

// runFire is the update of neurons that integrate and fire, 16 lanes at a time.
func runFire() {
	TEXT("runFire", NOSPLIT, "func(v, sums, old *int32, fired *uint64, lanes int, bias, above, reset, floor *int32, steps int, keep int32, shift int) (active int, least, most int32)")
	Doc("runFire is Fire.Run without the check, for which it returns the limits of v before it was compared. Bit k of steps says that the k-th of bias, above, reset and floor has all lanes.")
	Pragma("noescape")
	steps := Load(Param("steps"), GP64())
	var values [4]Mem
	var step [4]GPVirtual
	for k, name := range []string{"bias", "above", "reset", "floor"} {
		values[k] = Mem{Base: Load(Param(name), GP64())}
		step[k] = GP64()
		MOVQ(steps, step[k])
		if k > 0 {
			SHRQ(Imm(uint64(k)), step[k])
		}
		ANDQ(Imm(1), step[k])
		SHLQ(Imm(6), step[k]) // 64 bytes, or none
	}
	fireLoop("fire", nil, func(_ GPVirtual, k int) Mem { return values[k] }, func() {
		for k := range values {
			ADDQ(step[k], values[k].Base)
		}
	})
}

// runLeak is runFire with a decay before the sum, for values of all lanes.
func runLeak() {
	TEXT("runLeak", NOSPLIT, "func(v, sums, old *int32, fired *uint64, lanes int, bias, above, reset, floor, decay *int32, decayShift int, keep int32, shift int) (active int, least, most int32)")
	Doc("runLeak is runFire for neurons that decay first. All values have all lanes.")
	Pragma("noescape")
	var values [5]GPVirtual
	for k, name := range []string{"bias", "above", "reset", "floor", "decay"} {
		values[k] = Load(Param(name), GP64()).(GPVirtual)
	}
	bits := GP64()
	Load(Param("decayShift"), bits)
	count := XMM()
	VMOVQ(bits, count)
	// 2^n − 1, which is added to negative products, so that they round to zero.
	rest := ZMM()
	VPTERNLOGD(Imm(0xff), rest, rest, rest)
	VPSLLQ(count, rest, rest)
	ones := ZMM()
	VPTERNLOGD(Imm(0xff), ones, ones, ones)
	VPXORQ(ones, rest, rest)
	odd, mask := K(), GP32()
	MOVL(U32(0xaaaa), mask)
	KMOVW(mask, odd)
	scaled := func(p VecVirtual) {
		sign := ZMM()
		VPSRAQ(Imm(63), p, sign)
		VPANDQ(rest, sign, sign)
		VPADDQ(sign, p, p)
		VPSRAQ(count, p, p)
	}
	decay := func(at GPVirtual, was VecVirtual) VecVirtual {
		share, low, high := ZMM(), ZMM(), ZMM()
		VMOVDQU32(Mem{Base: values[4], Index: at, Scale: 4}, share)
		VPMULDQ(share, was, low)
		VPSRLQ(Imm(32), share, share)
		VPSRLQ(Imm(32), was, high)
		VPMULDQ(share, high, high)
		scaled(low)
		scaled(high)
		VPSLLQ(Imm(32), high, high)
		VMOVDQA32(high, odd, low)
		return low
	}
	fireLoop("leak", decay, func(at GPVirtual, k int) Mem { return Mem{Base: values[k], Index: at, Scale: 4} }, func() {})
}

// fireLoop is the loop of runFire: decay, where there is one, returns what is left of
// a state, value says where the 16 lanes of bias, above, reset and floor are, and
// next moves on.
func fireLoop(label string, decay func(at GPVirtual, was VecVirtual) VecVirtual, value func(at GPVirtual, k int) Mem, next func()) {
	v := Load(Param("v"), GP64())
	sums := Load(Param("sums"), GP64())
	old := Load(Param("old"), GP64())
	fired := Load(Param("fired"), GP64())
	lanes := Load(Param("lanes"), GP64())
	broadcast := func(x Register) VecVirtual {
		z := ZMM()
		VPBROADCASTD(x, z)
		return z
	}
	keep := broadcast(Load(Param("keep"), GP32()))
	shift, count := XMM(), GP64()
	Load(Param("shift"), count)
	VMOVQ(count, shift)
	limit := GP32()
	MOVL(U32(1<<31-1), limit)
	least := broadcast(limit)
	ones := ZMM()
	VPTERNLOGD(Imm(0xff), ones, ones, ones)
	most := ZMM()
	VPXORD(ones, least, most)
	active := ZMM()
	VPXORD(active, active, active)
	at := GP64()
	XORQ(at, at)

	Label(label)
	was, x := ZMM(), ZMM()
	VMOVDQU32(Mem{Base: v, Index: at, Scale: 4}, was)
	VMOVDQU32(Mem{Base: sums, Index: at, Scale: 4}, x)
	VPSLLD(shift, x, x)
	left := was
	if decay != nil {
		left = decay(at, was)
	}
	VPADDD(left, x, x)
	VPADDD(value(at, 0), x, x)
	VMOVDQU32(was, Mem{Base: old, Index: at, Scale: 4})
	VPMINSD(x, least, least)
	VPMAXSD(x, most, most)
	fires, changed := K(), K()
	VPCMPGTD(value(at, 1), x, fires)
	after := ZMM()
	VPANDD(keep, x, after)
	VPMAXSD(value(at, 3), x, x)
	VPADDD(value(at, 2), after, fires, x)
	VMOVDQU32(x, Mem{Base: v, Index: at, Scale: 4})
	VPCMPD(Imm(4), x, was, changed) // ≠
	KORW(fires, changed, changed)
	KMOVW(fires, Mem{Base: fired})
	VPSUBD(ones, active, changed, active)
	ADDQ(Imm(2), fired)
	next()
	ADDQ(Imm(16), at)
	CMPQ(at, lanes)
	JNE(LabelRef(label))

	Store(fold(active, VPADDD).As64(), ReturnIndex(0))
	Store(fold(least, VPMINSD), ReturnIndex(1))
	Store(fold(most, VPMAXSD), ReturnIndex(2))
	VZEROUPPER()
	RET()
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
