package mapping

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/targets"
)

// A core has one program, and constants that all its neurons share. Populations
// that differ in constants alone may share cores if these become words of each
// neuron, as far as neurons have words.

// unify returns q with the constants of populations of one program made words of
// their neurons, where they are not the same in all of them.
func unify(q *ir.Quantized, arch *targets.Arch) *ir.Quantized {
	groups := map[string][]int{}
	var order []string
	for k := range q.Pops {
		if q.Slots(k) == 0 {
			continue
		}
		text := programText(&q.Pops[k])
		if groups[text] == nil {
			order = append(order, text)
		}
		groups[text] = append(groups[text], k)
	}
	out := *q
	out.Pops = slices.Clone(q.Pops)
	for _, text := range order {
		own := ownWords(q, groups[text])
		if len(own) > min(arch.ParamWords, isa.NumParams) || q.Pops[groups[text][0]].Learn != nil {
			continue // a rule has words of its own
		}
		for _, k := range groups[text] {
			p := &out.Pops[k]
			p.Params = maps.Clone(p.Params)
			for _, name := range own {
				if v := p.Params[name]; len(v) == 1 {
					p.Params[name] = slices.Repeat(v, q.Populations[k].N)
				}
			}
		}
	}
	return &out
}

// ownWords names the parameters that populations of one program do not share.
func ownWords(q *ir.Quantized, pops []int) []string {
	var own []string
	for _, name := range slices.Sorted(maps.Keys(q.Pops[pops[0]].Params)) {
		first := q.Pops[pops[0]].Params[name]
		if slices.ContainsFunc(pops, func(k int) bool {
			v := q.Pops[k].Params[name]
			return len(v) != 1 || v[0] != first[0]
		}) {
			own = append(own, name)
		}
	}
	return own
}

// kinds returns a number for each population; populations of one number run one
// program with the same constants, so that their neurons may share cores.
func kinds(q *ir.Quantized) []int32 {
	out := make([]int32, len(q.Pops))
	known := map[string]int32{}
	for k := range q.Pops {
		p := &q.Pops[k]
		var b strings.Builder
		b.WriteString(programText(p))
		for _, name := range slices.Sorted(maps.Keys(p.Params)) {
			if values := p.Params[name]; len(values) == 1 {
				fmt.Fprintf(&b, " %s=%d", name, values[0])
			}
		}
		text := b.String()
		if _, ok := known[text]; !ok {
			known[text] = int32(len(known))
		}
		out[k] = known[text]
	}
	return out
}

// programText says all that decides about the program of a population but for
// which of its parameters are constants.
func programText(p *ir.QuantizedPopulation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %v %d %d %d %v", p.Model, p.Reset, p.Refractory, p.Frac, p.FactorBits, p.SquareBits, p.Choices)
	if p.Learn != nil {
		fmt.Fprintf(&b, " %s %v", p.Learn.Rule, p.Learn.Consts)
	}
	return b.String()
}
