package isa

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/golden"
)

func sample(t testing.TB) *Program {
	t.Helper()
	p, err := Assemble("x.s", ".program leaky & co\n.state v\n.param beta\n.param threshold c2\nmulz v, v, beta, 12\nacc v, v, 0\ngt q1, v, threshold\n@q1 spk\n", AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// samples are programs that have what sample has not: a kind, a table, neurons of
// several compartments.
func samples(t testing.TB) []*Program {
	t.Helper()
	out := []*Program{{}, sample(t)}
	for _, text := range []string{
		".program pair\n.kind post\n.table -1, 2147483647, 0\n.state v\nldw t0\nldt t0, t0\nstw t0, v, c0\n",
		".program tree\n.compartments 64\n.state v\nprv v, v\n",
		".kind axon\n.state x\n.state y\nacc x, x, 3\n",
		".kind arrive\n",
		".kind pre\n.table 5\n",
	} {
		p, err := Assemble("x.s", text, AsmOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestObjectKeepsWordsAndNames(t *testing.T) {
	for _, want := range samples(t) {
		got, err := ReadObject("x.bin", want.Object())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("program (-want +got):\n%s", diff)
		}
	}
}

func TestEveryFlippedBitOfAnObjectIsRefused(t *testing.T) {
	data := sample(t).Object()
	for k := range 8 * len(data) {
		data[k/8] ^= 1 << (k % 8)
		if p, err := ReadObject("x.bin", data); err == nil {
			t.Fatalf("with bit %d flipped, it reads as %+v", k, p)
		}
		data[k/8] ^= 1 << (k % 8)
	}
}

func TestObjectThatWeftDidNotWriteIsRefused(t *testing.T) {
	whole := sample(t).Object()
	unsound := &Program{Words: []uint32{0xffffffff}}
	misnamed := &Program{State: []string{"t0"}}
	post := (&Program{Kind: Post}).Object()
	wide := &Program{Kind: Axon, State: []string{"a", "b", "c", "d", "e"}}
	long := &Program{Table: make([]int32, MaxTable+1)}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "does not begin like one"},
		{"another file", []byte("PK\x03\x04 and so on"), "does not begin like one"},
		{"only the magic", []byte(objectMagic), "cut short"},
		{"cut short", whole[:len(whole)-5], "checksum"},
		{"bytes too many", append(append([]byte{}, whole...), 0), "checksum"},
		{"a word that is no instruction", unsound.Object(), "opcode 0xff is not an instruction"},
		{"a name that is a register", misnamed.Object(), `name "t0" is taken`},
		{"a header of blanks", resum(strings.Replace(string(whole), `{"version":1,`, `{"version":+,`, 1)), "header: "},
		{"another version", resum(strings.Replace(string(whole), `{"version":1,`, `{"version":2,`, 1)), "of version 2"},
		{"another register", resum(strings.Replace(string(whole), `"c2"`, `"x2"`, 1)), `in register "x2"`},
		{"another count", resum(strings.Replace(string(whole), `"words":4`, `"words":5`, 1)), "not as weft writes it"},
		{"another kind", resum(strings.Replace(string(post), `"kind":"post"`, `"kind":"past"`, 1)), `its kind is "past"`},
		{"the usual kind said", resum(strings.Replace(string(post), `"kind":"post"`, `"kind":"tick"`, 1)), "not as weft writes it"},
		{"compartments beyond counting", (&Program{Compartments: MaxCompartments + 1}).Object(), "has 65 compartments, want 1 to 64"},
		{"fewer compartments than none", (&Program{Compartments: -1}).Object(), "has -1 compartments"},
		{"words that an axon does not have", wide.Object(), "keeps 5 words an axon, an axon has 4"},
		{"a table beyond counting", long.Object(), "a table of 1025 entries, the ISA has 1024 at most"},
		{"a long header", resum(strings.Replace(string(whole), "WEFTPROG", "WEFTPROG\xff", 1)), "longer than the file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadObject("x.bin", c.data)
			e, ok := errors.AsType[*diag.Error](err)
			if !ok || e.Diagnostics[0].Code != diag.BadFile || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s with %q", err, diag.BadFile, c.want)
			}
		})
	}
}

// What reads is a program whose object these bytes are. The checksum is made to
// fit, or nothing would get past it.
func FuzzObject(f *testing.F) {
	for _, p := range append(samples(f), &Program{Name: "x", State: []string{"v"}}) {
		f.Add(p.Object())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= 4 {
			data = resum(string(data))
		}
		p, err := ReadObject("x.bin", data)
		if err != nil {
			golden.Told(t, err, "x.bin", data)
			return
		}
		if !bytes.Equal(p.Object(), data) {
			t.Errorf("%+v has another object", p)
		}
		checkDisassembly(t, p)
	})
}

// resum gives changed bytes a checksum that fits.
func resum(data string) []byte {
	return appendSum([]byte(data[:len(data)-4]))
}
