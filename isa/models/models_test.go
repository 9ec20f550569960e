package models

import (
	"testing"

	"github.com/weft-toolchain/weft/isa"
)

// Every variant of every text assembles, verifies on a core with extensions M, R
// and G, and disassembles to a text that assembles to the same words.
func TestEveryVariantVerifies(t *testing.T) {
	var all []Options
	add := func(m Model, opt Options) {
		opt.Frac, opt.Shared = 3, map[string]bool{"threshold": true}
		all = append(all, opt)
		for _, c := range m.Choices {
			for _, word := range c.Words[1:] {
				opt.Choices = map[string]string{c.Key: word}
				all = append(all, opt)
			}
		}
	}
	for _, m := range All() {
		all = nil
		for _, reset := range Resets {
			for _, refractory := range []bool{false, true} {
				add(m, Options{Reset: reset, Refractory: refractory})
			}
		}
		for _, opt := range all {
			p, err := m.Assemble(opt)
			if err != nil {
				t.Fatalf("%s, %+v: %v", m.Name, opt, err)
			}
			for _, problem := range p.Verify(isa.Features{Extensions: "MRG", ProgramWords: 128, StateWords: 8, ParamWords: 8}) {
				t.Errorf("%s, %+v: instruction %d: %s", m.Name, opt, problem.Inst, problem.Message)
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
