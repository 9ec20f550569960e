package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/isa/models"
	"github.com/weft-toolchain/weft/targets"
)

// helperTexts are the programs of what the compiler adds: parts, which send what
// they have summed, and relays, which send a spike on in the tick that it comes.
var helperTexts = [...]string{
	ir.Parts:  ".program parts\n eq q1, in, zero\n@!q1 part in\n",
	ir.Relays: ".program relays\n gt q1, in, zero\n@q1 spk\n",
}

// relayWords are the parameters with which a circuit relays: it fires when its sum
// is 1 or more, and forgets.
var relayWords = map[string]int32{"leak": 0, "threshold": 1, "neg_threshold": 0}

// helper is the program of a role, and the constants that its cores have.
type helper struct {
	text    *isa.Program
	program int32
	consts  [isa.NumConsts]int32
}

// newHelper returns the program of a role on a target: where the neurons are
// circuits, that of the circuit.
func newHelper(a *targets.Arch, role ir.Role) (*helper, error) {
	if a.Models == "" {
		text, err := isa.Assemble(role.String(), helperTexts[role], isa.AsmOptions{})
		return &helper{text: text}, err
	}
	name := strings.Fields(a.Models)[0]
	model, ok := models.Lookup(name)
	if !ok {
		panic(fmt.Sprintf("codegen: model %q has no text", name))
	}
	shared := map[string]bool{}
	for word := range relayWords {
		shared[word] = true
	}
	text, err := model.Assemble(models.Options{Reset: "zero", Shared: shared})
	if err != nil {
		return nil, err
	}
	h := &helper{text: text}
	for _, p := range text.Params {
		h.consts[p.Reg-isa.C0] = relayWords[p.Name]
	}
	return h, nil
}

// core returns a core of helpers: all their state begins at 0.
func (h *helper) core(m *ir.Mapped, k int) image.Core {
	c := skeleton(m, k, programs{tick: h.program})
	c.Copies = slices.Repeat([]bool{true}, len(c.Neurons))
	c.Consts = h.consts
	c.State = make([]int32, len(h.text.State)*len(c.Neurons))
	return c
}
