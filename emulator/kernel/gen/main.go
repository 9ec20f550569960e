// Gen writes the assembly of package kernel.
//
//	cd emulator/kernel/gen && GOFLAGS=-tags=purego go run . -out kernel_amd64.s -stubs stubs_amd64.go -pkg kernel
package main

import (
	"log"
	"os"

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
	// The package says where its structs have what.
	if err := os.Chdir(".."); err != nil {
		log.Fatal(err)
	}
	Package(".")
	ConstraintExpr("amd64,!purego")
	addBits(rows8)
	addBits(rows16)
	addRows(rows8)
	addRows(rows16)
	runFire(fires)
	runFire(leaky)
	for _, kind := range []tileKind{tileBits, tileMany, tileRows} {
		for _, neurons := range []fireKind{fires, same, short, leaky} {
			tickTile(kind, neurons)
		}
	}
	prefetch(tileBits)
	prefetch(tileRows)
	prefetchAt()
	listBits()
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
