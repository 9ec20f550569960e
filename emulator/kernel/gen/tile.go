package main

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tileKind is how a tile has its synapses.
type tileKind struct {
	name string
	// bytes is how wide the sums of a lane are on the way.
	bytes int
	// rows adds the rows of t to acc, the sums of so many lanes from one on.
	rows func(t tile, kind tileKind, acc []VecVirtual, lanes int, from GPVirtual, loop string)
}

var (
	tileBits = tileKind{"Bits", 1, tile.addBits}
	tileMany = tileKind{"Many", 2, tile.addBits} // bits, of many rows
	tileRows = tileKind{"Rows", 2, tile.addWhole}
)

// tile is the tile and the axons that a function is called with.
type tile struct {
	at gotypes.Component
	// found is where synapses are counted.
	found GPVirtual
}

// tickTile is a tick of a tile: rows are added up in registers, and neurons
// updated with what is in them.
func tickTile(kind tileKind, neurons fireKind) {
	name := "tick" + kind.name + neurons.name
	TEXT(name, NOSPLIT, "func(t *Tile, axons *int32, n int, fired *uint64) (active, synapses int)")
	Doc(name + " is Tile.Tick, of at most as many axons as it takes.")
	Pragma("noescape")
	t := tile{at: Dereference(Param("t")), found: GP64()}
	XORQ(t.found, t.found)
	fire := newFirer(Dereference(t.at.Field("fire")), neurons)
	active, from := GP64(), GP64()
	XORQ(active, active)
	XORQ(from, from)
	for _, lanes := range []int{wide, block} {
		start, done := name+label(lanes), name+label(lanes)+"_end"
		Label(start)
		left := GP64()
		Load(t.at.Field("State").Len(), left)
		SUBQ(from, left)
		CMPQ(left, I32(int32(lanes)))
		JL(LabelRef(done))
		acc := zmms(lanes * kind.bytes / 64)
		zero(acc)
		kind.rows(t, kind, acc, lanes, from, start)
		t.update(fire, acc, kind.bytes, from, active)
		ADDQ(I32(int32(lanes)), from)
		JMP(LabelRef(start))
		Label(done)
	}
	Store(active, Return("active"))
	Store(t.found, Return("synapses"))
	VZEROUPPER()
	RET()
}

// update updates the neurons from lane from on with their sums, of so many bytes, and
// adds to active how many fired or changed.
func (t tile) update(fire *firer, acc []VecVirtual, bytes int, from, active GPVirtual) {
	v, fired, at := GP64(), GP64(), GP64()
	if fire.bytes == shorts.bytes {
		Load(t.at.Field("shorts"), v)
	} else {
		Load(t.at.Field("State").Base(), v)
	}
	LEAQ(Mem{Base: v, Index: from, Scale: uint8(fire.bytes)}, v)
	Load(Param("fired"), fired)
	MOVQ(from, at)
	SHRQ(Imm(3), at)
	ADDQ(at, fired)
	fire.start(from)
	each := fire.lanes()
	for k := range len(acc) * 64 / bytes / block {
		var fires, changed masks
		for q := range block / each {
			lane := k*block + q*each
			x := sumsOf(acc[lane*bytes/64], bytes, fire.bytes, lane*bytes%64/(each*bytes))
			spikes, moves := fire.each(x, q, Mem{Base: v, Disp: fire.bytes * lane})
			fires.join(spikes, each)
			changed.join(moves, each)
		}
		count(fires, changed, Mem{Base: fired, Disp: 8 * k}, active)
		fire.next()
	}
}

// sumsOf returns sums of so many bytes, as many as a register has of others: part of
// those in acc.
func sumsOf(acc VecVirtual, bytes, as, part int) VecVirtual {
	if bytes == as {
		return acc
	}
	out := ZMM()
	switch {
	case bytes == 2:
		VPMOVSXWD(half(acc, part), out)
	case as == 2:
		VPMOVSXBW(half(acc, part), out)
	default:
		VPMOVSXBD(quarter(acc, part), out)
	}
	return out
}

// half and quarter are parts of a register.
func half(z VecVirtual, part int) Register {
	if part == 0 {
		return z.AsY()
	}
	y := YMM()
	VEXTRACTI64X4(Imm(uint64(part)), z, y)
	return y
}

func quarter(z VecVirtual, part int) Register {
	if part == 0 {
		return z.AsX()
	}
	x := XMM()
	VEXTRACTI32X4(Imm(uint64(part)), z, x)
	return x
}

func label(lanes int) string {
	if lanes == wide {
		return "_wide"
	}
	return "_block"
}

// eachRow runs body for each axon.
func (t tile) eachRow(loop string, body func(axon GPVirtual)) {
	at, left := GP64(), GP64()
	Load(Param("axons"), at)
	Load(Param("n"), left)
	TESTQ(left, left)
	JZ(LabelRef(loop + "_rows_end"))
	Label(loop + "_rows")
	axon := GP64()
	MOVLQSX(Mem{Base: at}, axon)
	body(axon)
	ADDQ(Imm(4), at)
	DECQ(left)
	JNZ(LabelRef(loop + "_rows"))
	Label(loop + "_rows_end")
}

// addBits adds the weights of each row's type where its bits are set, in lanes of 8 or
// 16 bits. Those of a negative type are subtracted, without a branch: ^(^x + w) is
// x − w, so sums are inverted where the sign is another than that of the row before.
func (t tile) addBits(kind tileKind, acc []VecVirtual, lanes int, from GPVirtual, loop string) {
	bits, weights := GP64(), GP64()
	Load(t.at.Field("bits"), bits)
	Load(t.at.Field("weights"), weights)
	ADDQ(from, weights)
	bytes := GP64()
	MOVQ(from, bytes)
	SHRQ(Imm(3), bytes)
	ADDQ(bytes, bits)
	types, all := GP64(), GP64()
	Load(t.at.Field("types"), types)
	Load(t.at.Field("State").Len(), all)
	sign := GP32()
	XORL(sign, sign)
	t.eachRow(loop, func(axon GPVirtual) {
		w, change, turn := GP64(), GP32(), ZMM()
		MOVBQSX(Mem{Base: types, Index: axon, Scale: 1}, w)
		MOVL(sign, change)
		MOVL(w.As32(), sign)
		SARL(Imm(31), sign)
		XORL(sign, change)
		VPBROADCASTD(change, turn)
		ANDQ(Imm(typeMask), w)
		IMULQ(all, w)
		ADDQ(weights, w)
		IMULQ(all, axon)
		SHRQ(Imm(3), axon)
		ADDQ(bits, axon)
		for k, z := range acc {
			VPXORD(turn, z, z)
			mask := K()
			if kind.bytes == 1 {
				KMOVQ(Mem{Base: axon, Disp: 8 * k}, mask)
				VPADDB(Mem{Base: w, Disp: 64 * k}, z, mask, z)
				continue
			}
			wide := ZMM()
			KMOVD(Mem{Base: axon, Disp: 4 * k}, mask)
			VPMOVSXBW(Mem{Base: w, Disp: 32 * k}, wide)
			VPADDW(wide, z, mask, z)
		}
		for k := range lanes / 64 {
			count := GP64()
			POPCNTQ(Mem{Base: axon, Disp: 8 * k}, count)
			ADDQ(count, t.found)
		}
	})
	turn := ZMM()
	VPBROADCASTD(sign, turn)
	for _, z := range acc {
		VPXORD(turn, z, z)
	}
}

// typeMask is what of a row's type tells its weights; it is negative where these are
// subtracted.
const typeMask = 0x7f

// addWhole adds rows of 8 bits in lanes of 16.
func (t tile) addWhole(_ tileKind, acc []VecVirtual, _ int, from GPVirtual, loop string) {
	weights, lanes := GP64(), GP64()
	Load(t.at.Field("weights"), weights)
	ADDQ(from, weights)
	Load(t.at.Field("State").Len(), lanes)
	t.eachRow(loop, func(axon GPVirtual) {
		IMULQ(lanes, axon)
		ADDQ(weights, axon)
		for k, z := range acc {
			w := ZMM()
			VPMOVSXBW(Mem{Base: axon, Disp: 32 * k}, w)
			VPADDW(w, z, z)
		}
	})
}

// prefetch asks for the memory of a tile: its states, and the rows of axons.
func prefetch(kind tileKind) {
	name := "prefetch" + kind.name
	TEXT(name, NOSPLIT, "func(t *Tile, v *byte, size int, axons *int32, n int)")
	Doc(name + " asks for the memory that a tick of a tile with such axons will read, whose neurons are in size bytes from v on.")
	Pragma("noescape")
	t := tile{at: Dereference(Param("t"))}
	v, end := GP64(), GP64()
	Load(Param("v"), v)
	Load(Param("size"), end)
	ADDQ(v, end)
	lines(name+"_state", v, end)
	lanes := GP64()
	Load(t.at.Field("State").Len(), lanes)
	weights := GP64()
	Load(t.at.Field("weights"), weights)
	if kind.bytes == 1 {
		MOVQ(weights, end)
		size := GP64()
		Load(t.at.Field("ofTypes"), size)
		ADDQ(size, end)
		lines(name+"_weights", weights, end)
		SHRQ(Imm(3), lanes)
		Load(t.at.Field("bits"), weights)
	}
	t.eachRow(name, func(axon GPVirtual) {
		IMULQ(lanes, axon)
		row := GP64()
		MOVQ(axon, row)
		ADDQ(weights, row)
		LEAQ(Mem{Base: row, Index: lanes, Scale: 1}, end)
		lines(name+"_row", row, end)
	})
	RET()
}

// lines asks for the lines of 64 bytes from at on, before end: for once, so that what a
// tick goes over is not in the place of what it comes back to, as are pending spikes.
func lines(label string, at, end GPVirtual) {
	Label(label)
	PREFETCHNTA(Mem{Base: at})
	ADDQ(Imm(64), at)
	CMPQ(at, end)
	JB(LabelRef(label))
}

// prefetchAt asks for elements of an array.
func prefetchAt() {
	TEXT("prefetchAt", NOSPLIT, "func(base *byte, size int, list *int32, n int)")
	Doc("prefetchAt asks for the elements of a list, of so many bytes from base on.")
	Pragma("noescape")
	base := Load(Param("base"), GP64())
	size := Load(Param("size"), GP64())
	at := Load(Param("list"), GP64())
	left := Load(Param("n"), GP64())
	Label("prefetchAt_element")
	k := GP64()
	MOVLQSX(Mem{Base: at}, k)
	IMULQ(size, k)
	PREFETCHNTA(Mem{Base: base, Index: k, Scale: 1})
	ADDQ(Imm(4), at)
	DECQ(left)
	JNZ(LabelRef("prefetchAt_element"))
	RET()
}

// listBits lists bits: those of a word at once, as bytes first.
func listBits() {
	TEXT("listBits", NOSPLIT, "func(list *int32, words *uint64, n int, number int32) (listed int)")
	Doc("listBits writes the numbers of the bits that are set, from that of the lowest on, and up to 64 more words behind them.")
	Pragma("noescape")
	list := Load(Param("list"), GP64())
	words := Load(Param("words"), GP64())
	left := Load(Param("n"), GP64())
	from, numbers, first, next := GP64(), ZMM(), ZMM(), ZMM()
	MOVQ(list, from)
	VMOVDQU64(bytesFrom0(), numbers)
	VPBROADCASTD(Load(Param("number"), GP32()), first)
	step := GP32()
	MOVL(U32(64), step)
	VPBROADCASTD(step, next)
	Label("listBits_word")
	set, count, mask := GP64(), GP64(), K()
	MOVQ(Mem{Base: words}, set)
	KMOVQ(set, mask)
	POPCNTQ(set, count)
	packed := ZMM()
	VPCOMPRESSB_Z(numbers, mask, packed)
	some := func(k int) {
		part := ZMM()
		VPMOVZXBD(quarter(packed, k), part)
		VPADDD(first, part, part)
		VMOVDQU32(part, Mem{Base: list, Disp: 64 * k})
	}
	some(0)
	CMPQ(count, Imm(16))
	JBE(LabelRef("listBits_next"))
	for k := 1; k < 4; k++ {
		some(k)
	}
	Label("listBits_next")
	LEAQ(Mem{Base: list, Index: count, Scale: 4}, list)
	VPADDD(next, first, first)
	ADDQ(Imm(8), words)
	DECQ(left)
	JNZ(LabelRef("listBits_word"))
	SUBQ(from, list)
	SHRQ(Imm(2), list)
	Store(list, ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// bytesFrom0 is where the bytes 0 to 63 are.
func bytesFrom0() Mem {
	at := GLOBL("bytesFrom0", RODATA|NOPTR)
	for k := range 8 {
		var word uint64
		for b := range 8 {
			word |= uint64(8*k+b) << (8 * b)
		}
		DATA(8*k, U64(word))
	}
	return at
}
