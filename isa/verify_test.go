package isa

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVerifyTellsEverythingThatIsWrong(t *testing.T) {
	small := Features{Extensions: "M", ProgramWords: 4, StateWords: 2, ParamWords: 2}
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

// The extension of a problem is given, for callers that tell it once a program.
func TestVerifyGivesTheMissingExtension(t *testing.T) {
	p, err := Assemble("x.s", "mulz t0, in, in, 4\nmuln t0, in, in, 4", AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var letters strings.Builder
	for _, problem := range p.Verify(Features{ProgramWords: 8}) {
		letters.WriteByte(byte(problem.Extension))
	}
	if letters.String() != "MM" {
		t.Errorf("extensions %q, want %q", letters.String(), "MM")
	}
}
