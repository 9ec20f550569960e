// Gen writes the assembly of package noc.
//
//	cd emulator/noc/gen && GOFLAGS=-tags=purego go run . -out glide_amd64.s -stubs stubs_amd64.go -pkg noc
package main

import (
	"log"
	"os"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Bytes of a flit and of a channel, and where they have what.
const (
	flit    = 12
	channel = 16
	at      = 4
	way     = 8
	winner  = 8
)

func main() {
	// The package says where its structs have what.
	if err := os.Chdir(".."); err != nil {
		log.Fatal(err)
	}
	Package(".")
	ConstraintExpr("amd64,!purego")
	glide()
	Generate()
}

// glide has the channel whose FIFO a flit is in and the next one in one register.
func glide() {
	TEXT("glideTwo", NOSPLIT, "func(by *glider, channels *channel, flits, rest *flit, n int) (kept int)")
	Doc("glideTwo is Mesh.glide of n flits.")
	Pragma("noescape")
	by := Dereference(Param("by"))
	side := by.Field("Sides").Index(0)
	most, keep, add, step := address(side.Field("Most").Index(0)), address(side.Field("Keep").Index(0)), address(side.Field("Add").Index(0)), address(side.Field("Step"))
	turn := GP64()
	Load(by.Field("Turn"), turn.As32())
	MOVQ(turn, RCX)
	channels := Load(Param("channels"), GP64())
	f := Load(Param("flits"), GP64())
	rest := Load(Param("rest"), GP64())
	n := Load(Param("n"), GP64())
	end, kept := GP64(), GP64()
	LEAQ(Mem{Base: n, Index: n, Scale: 2}, end)
	LEAQ(Mem{Base: f, Index: end, Scale: 4}, end)
	XORQ(kept, kept)
	JMP(LabelRef("next"))

	Label("loop")
	c, hops := GP64(), GP32()
	MOVL(Mem{Base: f, Disp: at}, c.As32())
	MOVWLZX(Mem{Base: f, Disp: way}, hops)
	TESTL(hops, hops)
	JZ(LabelRef("stay"))
	Comment("A pair begins with the flit's channel, or, where its side is odd, with the one before.")
	odd, pair := GP64(), GP64()
	MOVL(c.As32(), odd.As32())
	ROLL(CL, odd.As32())
	ANDL(Imm(channel), odd.As32())
	MOVL(c.As32(), pair.As32())
	SHLQ(Imm(4), pair)
	SUBQ(odd, pair)
	of := func(m Mem) Mem { return m.Idx(odd, 8) } // of this side
	two, over := YMM(), YMM()
	VMOVDQU(Mem{Base: channels, Index: pair, Scale: 1}, two)
	VPCMPGTD(of(most), two, over)
	VPTEST(over, over)
	JNZ(LabelRef("stay"))
	VPAND(of(keep), two, two)
	VPADDD(of(add), two, two)
	VMOVDQU(two, Mem{Base: channels, Index: pair, Scale: 1})
	ADDL(of(step), c.As32())
	MOVL(c.As32(), Mem{Base: f, Disp: at})
	SHLQ(Imm(4), c)
	MOVL(kept.As32(), Mem{Base: channels, Index: c, Scale: 1, Disp: winner})
	DECL(hops)
	MOVL(hops, Mem{Base: f, Disp: way})
	ADDQ(Imm(flit), f)
	INCQ(kept)
	Label("next")
	CMPQ(f, end)
	JB(LabelRef("loop"))
	VZEROUPPER()
	Store(kept, ReturnIndex(0))
	RET()

	Label("stay")
	SUBQ(Imm(flit), end)
	move(f, rest)
	move(end, f)
	ADDQ(Imm(flit), rest)
	JMP(LabelRef("next"))
}

// address is where a part of a struct is.
func address(of gotypes.Component) Mem {
	at, err := of.Resolve()
	if err != nil {
		log.Fatal(err)
	}
	return at.Addr
}

// move copies a flit.
func move(from, to Register) {
	front, back := GP64(), GP32()
	MOVQ(Mem{Base: from}, front)
	MOVL(Mem{Base: from, Disp: way}, back)
	MOVQ(front, Mem{Base: to})
	MOVL(back, Mem{Base: to, Disp: way})
}
