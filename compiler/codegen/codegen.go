// Package codegen writes a mapped network as a chip image: a program a kind of
// neuron, and the memories of each core.
package codegen

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/isa/models"
)

// Generate returns the image of m for the target of that name. The error is a
// *diag.Error when a program needs what the target does not have.
func Generate(m *ir.Mapped, target string) (*image.Image, error) {
	im := &image.Image{Manifest: manifest(m, target)}
	of, err := assemble(m, im)
	if err != nil {
		return nil, err
	}
	var added [ir.Relays + 1]*helper
	for k := range m.Cores {
		role := m.Cores[k].Role
		if role == ir.Somas {
			im.Cores = append(im.Cores, core(m, im, k, of[m.Cores[k].Population]))
			continue
		}
		if added[role] == nil {
			if added[role], err = newHelper(m.Arch, role); err != nil {
				return nil, err
			}
			added[role].program = int32(len(im.Programs))
			im.Programs = append(im.Programs, *added[role].text)
		}
		im.Cores = append(im.Cores, added[role].core(m, k))
	}
	im.SameAs = sameAs(m)
	im.InputDests = make([][]image.Dest, len(m.InputDests))
	for i, d := range m.InputDests {
		im.InputDests[i] = dests(d)
	}
	return im, nil
}

// sameAs lists what stands for each neuron, or returns nil where each has a slot.
func sameAs(m *ir.Mapped) []int32 {
	out := make([]int32, m.Neurons())
	all := true
	for n := range out {
		if out[n] = int32(m.Stands(n)); m.Gone(n) {
			out[n] = image.NoNeuron
		}
		all = all && m.HasSlot(n)
	}
	if all {
		return nil
	}
	return out
}

func manifest(m *ir.Mapped, target string) image.Manifest {
	out := image.Manifest{
		Network: m.Net.Name, TickSeconds: m.Net.Tick, Target: target, Arch: *m.Arch, Seed: m.Net.Seed,
		Inputs: []image.Symbol{}, Populations: []image.Symbol{}, Outputs: []int{},
	}
	for k, g := range m.Inputs {
		out.Inputs = append(out.Inputs, image.Symbol{Name: g.Name, Shape: g.Shape, First: g.First, N: g.N, Broadcast: m.Net.Inputs[k].Broadcast})
	}
	for k, g := range m.Populations {
		p := &m.Pops[k]
		scale := make([]float64, len(p.Scale))
		for i, s := range p.Scale {
			scale[i] = s * float64(int(1)<<p.Frac)
		}
		symbol := image.Symbol{
			Name: g.Name, Shape: g.Shape, First: g.First, N: g.N,
			Model: string(p.Model), Scale: scale, InputShift: p.Frac,
		}
		if m.Arch.Controller.EventDriven() && len(p.Choices) > 0 {
			symbol.Choices = p.Choices
		}
		if p.Learn != nil {
			symbol.Rule, symbol.Consts = string(p.Learn.Rule), p.Learn.Consts
		}
		out.Populations = append(out.Populations, symbol)
	}
	out.Outputs = append(out.Outputs, m.Net.Outputs...)
	return out
}

// programs are the indices of a population's programs: that of kind tick, and of
// each other kind one more, or 0.
type programs struct {
	tick  int32
	learn [isa.NumKinds]int32
}

// assemble adds the programs of all populations with slots to the image, each once,
// and returns their indices.
func assemble(m *ir.Mapped, im *image.Image) ([]programs, error) {
	var diags diag.List
	out := make([]programs, len(m.Pops))
	known := map[string]programs{}
	features := isa.Features{
		Extensions: m.Arch.Extensions, ProgramWords: m.Arch.ProgramWords,
		StateWords: m.Arch.StateWords, ParamWords: m.Arch.ParamWords,
	}
	for k := range m.Pops {
		p := &m.Pops[k]
		if m.Slots(k) == 0 {
			continue
		}
		told := map[isa.Ext]bool{}
		learning := rule(p)
		opt := models.Options{Choices: p.Choices, Learning: learning, Reset: string(p.Reset), Refractory: p.Refractory, Frac: p.Frac, FactorBits: p.FactorBits, SquareBits: p.SquareBits, Shared: shared(p)}
		key := fmt.Sprintf("%s %s %v %d %d %d %s %v %v", p.Model, p.Reset, p.Refractory, p.Frac, p.FactorBits, p.SquareBits, sharedNames(opt.Shared), p.Choices, p.Learn)
		if at, ok := known[key]; ok {
			out[k] = at
			report(&im.Programs[at.tick], features, m, k, told, &diags)
			continue
		}
		model, ok := models.Lookup(string(p.Model))
		if !ok {
			panic(fmt.Sprintf("codegen: model %q has no text", p.Model))
		}
		prog, err := model.Assemble(opt)
		if e, ok := errors.AsType[*diag.Error](err); ok && model.Integer {
			// Its choices, with the words of its rule, are more than a neuron has.
			np := &m.Net.Populations[k]
			diags.Add(np.Pos, diag.DoesNotFit, "population %q: neuron %s with all of these choices is more than a neuron can hold (%s): leave some out", np.Name, np.Model, e.Diagnostics[0].Message)
			continue
		}
		if err != nil {
			return nil, err
		}
		report(prog, features, m, k, told, &diags)
		out[k].tick = int32(len(im.Programs))
		im.Programs = append(im.Programs, *prog)
		for kind := isa.Tick + 1; kind < isa.NumKinds; kind++ {
			p, err := synapseProgram(model, learning, kind, prog)
			if err != nil {
				return nil, err
			}
			if p != nil {
				report(p, features, m, k, told, &diags)
				im.Programs = append(im.Programs, *p)
				out[k].learn[kind] = int32(len(im.Programs))
			}
		}
		known[key] = out[k]
	}
	return out, diags.Err()
}

// synapseProgram returns the program of a kind other than tick that a population
// has, or nil: its rule's, or else the model's own.
func synapseProgram(model models.Model, l *models.Learning, kind isa.Kind, tick *isa.Program) (*isa.Program, error) {
	if l != nil {
		return l.Assemble(kind, tick)
	}
	return model.AssembleSynapse(kind, tick)
}

// rule returns the rule by which a population's synapses learn, or nil.
func rule(p *ir.QuantizedPopulation) *models.Learning {
	if p.Learn == nil {
		return nil
	}
	r, ok := models.LookupRule(string(p.Learn.Rule))
	if !ok {
		panic(fmt.Sprintf("codegen: rule %q has no texts", p.Learn.Rule))
	}
	return &models.Learning{Rule: r, Consts: p.Learn.Consts}
}

// report tells what a program of a population lacks on the target: an extension
// that was not told, and each other problem.
func report(prog *isa.Program, f isa.Features, m *ir.Mapped, population int, told map[isa.Ext]bool, diags *diag.List) {
	np := &m.Net.Populations[population]
	for _, problem := range prog.Verify(f) {
		if e := problem.Extension; e != 0 {
			if !told[e] {
				doc, _ := isa.ExtensionOf(byte(e))
				what, pos := culprit(m, population)
				diags.Add(pos, diag.NoExtension, "population %q: %s needs extension %c (%s), which the target does not have; choose a target that lists it", np.Name, what, e, doc)
			}
			told[e] = true
			continue
		}
		diags.Add(np.Pos, diag.DoesNotFit, "population %q: %s", np.Name, problem.Message)
	}
}

// culprit names what makes the programs of a population, and where: its model,
// and the rule by which its synapses learn.
func culprit(m *ir.Mapped, population int) (string, diag.Pos) {
	np := &m.Net.Populations[population]
	for k := range m.Net.Projections {
		if l := m.Net.Projections[k].Learn; l != nil && m.Net.Projections[k].To == population {
			return fmt.Sprintf("neuron %s with rule %s", np.Model, l.Rule), l.Pos
		}
	}
	return fmt.Sprintf("neuron %s", np.Model), np.Pos
}

// shared names the parameters that are one value for the population.
func shared(p *ir.QuantizedPopulation) map[string]bool {
	out := map[string]bool{}
	for name, values := range p.Params {
		if len(values) == 1 {
			out[name] = true
		}
	}
	return out
}

func sharedNames(set map[string]bool) string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, " ")
}

// skeleton is a core without the words of its neurons.
func skeleton(m *ir.Mapped, k int, of programs) image.Core {
	mc := &m.Cores[k]
	c := image.Core{
		X: int32(mc.X), Y: int32(mc.Y), Program: of.tick, Learn: of.learn, Population: int32(mc.Population),
		Neurons: slices.Clone(mc.Neurons), Copies: slices.Clone(mc.Copies), Dests: make([][]image.Dest, len(mc.Neurons)),
	}
	for slot, d := range mc.Dests {
		c.Dests[slot] = dests(d)
	}
	var rows image.Packer
	inputs := m.InputCount()
	for i := range mc.Axons {
		r := row(&mc.Axons[i], inputs)
		rows.Add(&r)
	}
	c.Rows = rows.Rows()
	return c
}

func core(m *ir.Mapped, im *image.Image, k int, of programs) image.Core {
	mc := &m.Cores[k]
	prog := &im.Programs[of.tick]
	c := skeleton(m, k, of)
	p := &m.Pops[mc.Population]
	var own [isa.NumParams]string // the parameter in each P register
	for _, b := range prog.Params {
		if b.Reg >= isa.C0 {
			c.Consts[b.Reg-isa.C0] = ir.At(p.Params[b.Name], 0)
			continue
		}
		own[b.Reg-isa.P0] = b.Name
		c.ParamWords = max(c.ParamWords, int32(b.Reg-isa.P0)+1)
	}
	for _, n := range mc.Neurons {
		pop := m.PopulationOf(int(n))
		p, i := &m.Pops[pop], int(n)-m.Populations[pop].First
		for _, name := range prog.State {
			word := int32(0) // of states that nothing sets
			if init := p.Init[name]; init != nil {
				word = ir.At(init, i)
			}
			c.State = append(c.State, word)
		}
		for _, name := range own[:c.ParamWords] {
			word := int32(0)
			if name != "" {
				word = ir.At(p.Params[name], i)
			}
			c.Params = append(c.Params, word)
		}
	}
	if !slices.ContainsFunc(mc.Axons, func(a ir.Axon) bool { return a.Class.Plastic }) {
		c.Learn = [isa.NumKinds]int32{}
	}
	return c
}

// row is an axon's row of the crossbar; it shares the memory of its synapses.
func row(a *ir.Axon, inputs int) image.Row {
	r := image.Row{Slots: a.Slots, Weights: a.Weights, Delays: a.Delays}
	r.Marks = image.Marks{Exp: a.Class.Exp, Type: a.Class.Type, Plastic: a.Class.Plastic, Silent: a.Class.Silent}
	if a.Class.Plastic {
		r.Key = a.Source + 1
		if !a.Input {
			r.Key += int32(inputs)
		}
	}
	return r
}

func dests(list []ir.Dest) []image.Dest {
	out := make([]image.Dest, len(list))
	for k, d := range list {
		out[k] = image.Dest(d)
	}
	return out
}
