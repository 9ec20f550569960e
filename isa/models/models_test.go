package models

import (
	"testing"

	"github.com/weft-toolchain/weft/isa"
)

// Every variant of every text assembles, verifies on a core with extension M
// and disassembles to a text that assembles to the same words.
func TestEveryVariantVerifies(t *testing.T) {
	for _, m := range All() {
		for _, reset := range Resets {
			for _, refractory := range []bool{false, true} {
				p, err := m.Assemble(Options{Reset: reset, Refractory: refractory, Frac: 3, Shared: map[string]bool{"threshold": true}})
				if err != nil {
					t.Fatalf("%s, reset %s: %v", m.Name, reset, err)
				}
				for _, problem := range p.Verify(isa.Features{Extensions: "M", ProgramWords: 32, StateWords: 4, ParamWords: 8}) {
					t.Errorf("%s, reset %s, refractory %v: instruction %d: %s", m.Name, reset, refractory, problem.Inst, problem.Message)
				}
				text, err := p.Disassemble()
				if err != nil {
					t.Fatal(err)
				}
				again, err := isa.Assemble("again.s", text, isa.AsmOptions{})
				if err != nil {
					t.Fatalf("%s does not assemble back: %v\n%s", m.Name, err, text)
				}
				if len(again.Words) != len(p.Words) {
					t.Fatalf("%s: %d words came back as %d", m.Name, len(p.Words), len(again.Words))
				}
				for k := range p.Words {
					if again.Words[k] != p.Words[k] {
						t.Errorf("%s: word %d is %08x, came back as %08x", m.Name, k, p.Words[k], again.Words[k])
					}
				}
			}
		}
	}
}
