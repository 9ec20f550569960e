package isa

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVerifyTellsEverythingThatIsWrong(t *testing.T) {
	small := Features{Extensions: "M", ProgramWords: 4, StateWords: 2, ParamWords: 2}
	all := Features{Extensions: "MRLGXTC", ProgramWords: 8, StateWords: 2, ParamWords: 2}
	for _, c := range []struct {
		name     string
		text     string
		features Features
		want     []string
	}{
		{"sound", ".state v\nmovi t0, 1\nadd v, v, t0\ngt q1, v, p1\n@q1 spk", small, nil},
		{"a negated guard may be undecided", "@!q1 spk", small, nil},
		{"scratch read before it is written", "add t0, t0, in", small, []string{
			`0: "add t0, t0, in" reads t0 before it is written`,
		}},
		{"predicate read before it is written", "@q2 spk\nqand q1, q3, q0\nsel t0, q2, in, in", small, []string{
			`0: "@q2 spk" reads q2 before it is written`,
			`1: "qand q1, q3, q0" reads q3 before it is written`,
			`2: "sel t0, q2, in, in" reads q2 before it is written`,
		}},
		{"write to what is only read", "mov p0, in\nmov c7, in\nmov zero, in\nmov in, p0", small, []string{
			`0: "mov p0, in" writes p0, which programs only read`,
			`1: "mov c7, in" writes c7, which programs only read`,
			`2: "mov zero, in" writes zero, which programs only read`,
			`3: "mov in, p0" writes in, which programs only read`,
		}},
		{"q0 is constant", "gt q0, in, zero\n@!q0 spk", small, []string{
			`0: "gt q0, in, zero" writes q0, which is always true`,
			`1: "@!q0 spk" never runs: q0 is always true`,
		}},
		{"state and parameters that are not there", ".state v\nmov v, s1\nmov s2, p2", small, []string{
			`0: "mov s0, s1" reads s1, but the program keeps 1 state words`,
			`1: "mov s2, p2" reads p2, but a core has 2 parameter words per neuron`,
			`1: "mov s2, p2" writes s2, but the program keeps 1 state words`,
		}},
		{"missing extension", ".state v\nmulz v, v, p0, 4", Features{ProgramWords: 4, StateWords: 2, ParamWords: 2}, []string{
			`0: "mulz s0, s0, p0, 4" needs extension M, which the target does not have`,
		}},
		{"too long", ".program long\nspk\nspk\nspk\nspk\nspk\nspk", small, []string{
			`-1: program "long" has 6 instructions, 2 more than the 4 that a core holds`,
		}},
		{"too much state", ".program wide\n.state a\n.state b\n.state c", small, []string{
			`-1: program "wide" keeps 3 state words, a core has 2 per neuron`,
		}},
		{"a program of each kind", ".kind post\n.state v\nldw t0\nldx t1, 3\nstw t0, v, t1\nldm v", all, nil},
		{"only a synapse has a weight", "ldw t0\nstw t0, t0, t0\nldx t0, 1", all, []string{
			`0: "ldw t0" is not for a program of kind tick`,
			`1: "stw t0, t0, t0" is not for a program of kind tick`,
			`2: "ldx t0, 1" is not for a program of kind tick`,
		}},
		{"an axon has no weight", ".kind axon\nldw t0", all, []string{`0: "ldw t0" is not for a program of kind axon`}},
		{"only a neuron fires", ".kind arrive\nspk\nspkg c0\npart c0\nfired q1", all, []string{
			`0: "spk" is not for a program of kind arrive`,
			`1: "spkg c0" is not for a program of kind arrive`,
			`2: "part c0" is not for a program of kind arrive`,
			`3: "fired q1" is not for a program of kind arrive`,
		}},
		{"only neurons have a sum and stand in a core", ".kind pre\naccw t0, c0, 0\nxcnt t1, q0\nxsum t1, t0\nxmax t1, t0\nxtop q1, t0, 1", all, []string{
			`0: "accw t0, c0, 0" is not for a program of kind pre`,
			`1: "xcnt t1, q0" is not for a program of kind pre`,
			`2: "xsum t1, t0" is not for a program of kind pre`,
			`3: "xmax t1, t0" is not for a program of kind pre`,
			`4: "xtop q1, t0, 1" is not for a program of kind pre`,
		}},
		{"only neurons have compartments", ".kind axon\n.compartments 2\nprv t0, c0\nnxt t0, c0\nseg t0\ncsum t0, c0", all, []string{
			`-1: program "" of kind axon has compartments, which only a program of kind tick does`,
			`0: "prv t0, c0" is not for a program of kind axon`,
			`1: "nxt t0, c0" is not for a program of kind axon`,
			`2: "seg t0" is not for a program of kind axon`,
			`3: "csum t0, c0" is not for a program of kind axon`,
		}},
		{"a table that is not there", "ldt t0, in\ntab t0, t0, 4", all, []string{
			`0: "ldt t0, in" looks up a table, and the program has none`,
			`1: "tab t0, t0, 4" looks up a table, and the program has none`,
		}},
		{"sources of three", "stw t0, t1, t2", all, []string{
			`0: "stw t0, t1, t2" is not for a program of kind tick`,
			`0: "stw t0, t1, t2" reads t0 before it is written`,
			`0: "stw t0, t1, t2" reads t1 before it is written`,
			`0: "stw t0, t1, t2" reads t2 before it is written`,
		}},
		{"a predicate counted", "xcnt t0, q2\nrndq q0, c0, 3", all, []string{
			`0: "xcnt t0, q2" reads q2 before it is written`,
			`1: "rndq q0, c0, 3" writes q0, which is always true`,
		}},
		{"words of an axon are no state words", ".kind axon\n.state a\n.state b\n.state c\nacc c, a, 0", all, nil},
		{"an axon has no parameters", ".kind axon\n.state x\nadd x, p0, c0", all, []string{
			`0: "add s0, p0, c0" reads p0, but an axon has no parameters`,
		}},
		{"an axon has four words", ".kind axon\n.state a\n.state b\n.state c\n.state d\n.state e", all, []string{
			`-1: program "" keeps 5 words an axon, an axon has 4`,
		}},
		{"missing extensions of a program", ".program p\n.kind pre\n.table 1", small, []string{
			`-1: program "p" of kind pre needs extension L, which the target does not have`,
			`-1: program "p" with a table needs extension T, which the target does not have`,
		}},
		{"missing compartments", ".program p\n.compartments 2", small, []string{
			`-1: program "p" of several compartments needs extension C, which the target does not have`,
		}},
		{"one compartment is none", ".compartments 1", small, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Assemble("x.s", c.text, AsmOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, told(p.Verify(c.features))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func told(problems []Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%d: %s", p.Inst, p.Message))
	}
	return out
}

func TestVerifyTellsWordsAndNamesThatAssembleWouldNotMake(t *testing.T) {
	p := &Program{
		Name:   "a;b",
		Words:  []uint32{0xff000000, 0x00000001},
		State:  []string{"v", "v", "T"},
		Params: []ParamBinding{{"t0", P0}, {"a", P0}, {"b", T0}, {"", C0}},
	}
	want := []string{
		`-1: program name "a;b" has characters that cannot be printed`,
		`-1: program "a;b": name "v" is taken, or is not of lower-case letters, digits and _`,
		`-1: program "a;b": name "T" is taken, or is not of lower-case letters, digits and _`,
		`-1: program "a;b": name "t0" is taken, or is not of lower-case letters, digits and _`,
		`-1: program "a;b": parameter "a" is in register 16, want one of its own from 16 (p0) to 31 (c7)`,
		`-1: program "a;b": parameter "b" is in register 2, want one of its own from 16 (p0) to 31 (c7)`,
		`-1: program "a;b": name "" is taken, or is not of lower-case letters, digits and _`,
		`0: word ff000000: opcode 0xff is not an instruction`,
		`1: word 00000001: mov leaves bits 00000001 unused, which are not zero`,
	}
	if diff := cmp.Diff(want, told(p.Verify(Features{ProgramWords: 8, StateWords: 8, ParamWords: 8}))); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestVerifyTellsWhatTheAssemblerHasNoWordFor(t *testing.T) {
	p := &Program{Name: "odd", Kind: NumKinds, Table: make([]int32, MaxTable+1), Compartments: -1}
	want := []string{
		`-1: program "odd" is of no kind`,
		`-1: program "odd" has a table of 1025 entries, the ISA has 1024 at most`,
		`-1: program "odd" has -1 compartments, want 1 to 64`,
		`-1: program "odd" of kind Kind(5) has compartments, which only a program of kind tick does`,
	}
	if diff := cmp.Diff(want, told(p.Verify(Features{Extensions: "LT"}))); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// The extension of a problem is given, for callers that tell it once a program.
func TestVerifyGivesTheMissingExtension(t *testing.T) {
	p, err := Assemble("x.s", ".kind pre\nmulz t0, in, in, 4\nmuln t0, in, in, 4\nldw t0\nrnd t0, 3", AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var letters strings.Builder
	for _, problem := range p.Verify(Features{ProgramWords: 8}) {
		letters.WriteByte(byte(problem.Extension))
	}
	if letters.String() != "LMMLR" {
		t.Errorf("extensions %q, want %q", letters.String(), "LMMLR")
	}
}
