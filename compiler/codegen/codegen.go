// Package codegen writes a mapped network as a chip image: a program a kind of
// neuron, and the memories of each core.
package codegen

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/isa/models"
	"github.com/weft-toolchain/weft/targets"
)

// Generate returns the image of m for the target of that name. The error is a
// *diag.Error when a program needs what the target does not have.
func Generate(m *ir.Mapped, target string) (*image.Image, error) {
	im := &image.Image{Manifest: manifest(m, target)}
	programs, err := assemble(m, im)
	if err != nil {
		return nil, err
	}
	for k := range m.Cores {
		im.Cores = append(im.Cores, core(m, im, k, programs[m.Cores[k].Population]))
	}
	im.InputDests = make([][]image.Dest, len(m.InputDests))
	for i, d := range m.InputDests {
		im.InputDests[i] = dests(d)
	}
	return im, nil
}

func manifest(m *ir.Mapped, target string) image.Manifest {
	out := image.Manifest{
		Network: m.Net.Name, TickSeconds: m.Net.Tick, Target: target, Arch: *m.Arch,
		Inputs: []image.Symbol{}, Populations: []image.Symbol{}, Outputs: []int{},
	}
	for _, g := range m.Inputs {
		out.Inputs = append(out.Inputs, image.Symbol{Name: g.Name, Shape: g.Shape, First: g.First, N: g.N})
	}
	for k, g := range m.Populations {
		p := &m.Pops[k]
		scale := make([]float64, len(p.Scale))
		for i, s := range p.Scale {
			scale[i] = s * float64(int(1)<<p.Frac)
		}
		out.Populations = append(out.Populations, image.Symbol{
			Name: g.Name, Shape: g.Shape, First: g.First, N: g.N,
			Model: string(p.Model), Scale: scale, InputShift: p.Frac,
		})
	}
	out.Outputs = append(out.Outputs, m.Net.Outputs...)
	return out
}

// assemble adds the programs of all populations to the image, each once, and
// returns the index of each population's.
func assemble(m *ir.Mapped, im *image.Image) ([]int, error) {
	var diags diag.List
	out := make([]int, len(m.Pops))
	known := map[string]int{}
	features := isa.Features{
		Extensions: m.Arch.Extensions, ProgramWords: m.Arch.ProgramWords,
		StateWords: m.Arch.StateWords, ParamWords: m.Arch.ParamWords,
	}
	for k := range m.Pops {
		p := &m.Pops[k]
		opt := models.Options{Reset: string(p.Reset), Refractory: p.Refractory, Frac: p.Frac, FactorBits: p.FactorBits, Shared: shared(p)}
		key := fmt.Sprintf("%s %s %v %d %s", p.Model, p.Reset, p.Refractory, p.Frac, sharedNames(opt.Shared))
		if at, ok := known[key]; ok {
			out[k] = at
			report(&im.Programs[at], features, &m.Net.Populations[k], &diags)
			continue
		}
		model, ok := models.Lookup(string(p.Model))
		if !ok {
			panic(fmt.Sprintf("codegen: model %q has no text", p.Model))
		}
		prog, err := model.Assemble(opt)
		if err != nil {
			return nil, err
		}
		report(prog, features, &m.Net.Populations[k], &diags)
		known[key], out[k] = len(im.Programs), len(im.Programs)
		im.Programs = append(im.Programs, *prog)
	}
	return out, diags.Err()
}

// report tells what a population's program lacks on the target: once an
// extension, and once for each other problem.
func report(prog *isa.Program, f isa.Features, np *network.Population, diags *diag.List) {
	told := map[isa.Ext]bool{}
	for _, problem := range prog.Verify(f) {
		if e := problem.Extension; e != 0 {
			if !told[e] {
				doc, _ := isa.ExtensionOf(byte(e))
				diags.Add(np.Pos, diag.NoExtension, "population %q: neuron %s needs extension %c (%s), which the target does not have; choose a target that lists it", np.Name, np.Model, e, doc)
			}
			told[e] = true
			continue
		}
		diags.Add(np.Pos, diag.DoesNotFit, "population %q: %s", np.Name, problem.Message)
	}
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

func core(m *ir.Mapped, im *image.Image, k, program int) image.Core {
	mc := &m.Cores[k]
	p := &m.Pops[mc.Population]
	first := m.Populations[mc.Population].First
	prog := &im.Programs[program]
	c := image.Core{
		X: int32(mc.X), Y: int32(mc.Y), Program: int32(program), Population: int32(mc.Population),
		Neurons: slices.Clone(mc.Neurons), Dests: make([][]image.Dest, len(mc.Neurons)),
	}
	var own [isa.NumParams]string // the parameter in each P register
	for _, b := range prog.Params {
		if b.Reg >= isa.C0 {
			c.Consts[b.Reg-isa.C0] = p.Params[b.Name][0]
			continue
		}
		own[b.Reg-isa.P0] = b.Name
		c.ParamWords = max(c.ParamWords, int32(b.Reg-isa.P0)+1)
	}
	for slot, n := range mc.Neurons {
		i := int(n) - first
		for _, name := range prog.State {
			c.State = append(c.State, ir.At(p.Init[name], i))
		}
		for _, name := range own[:c.ParamWords] {
			word := int32(0)
			if name != "" {
				word = p.Params[name][i]
			}
			c.Params = append(c.Params, word)
		}
		c.Dests[slot] = dests(m.Dests[n])
	}
	for _, a := range mc.Axons {
		c.Rows = append(c.Rows, row(&a, m.Arch.DelayPlace == targets.DelaySynapse))
	}
	return c
}

func row(a *ir.Axon, delays bool) image.Row {
	n := len(a.Synapses)
	r := image.Row{Slots: make([]uint16, n), Weights: make([]int16, n)}
	if delays {
		r.Delays = make([]uint16, n)
	}
	for k, s := range a.Synapses {
		r.Slots[k], r.Weights[k] = s.Slot, s.Weight
		if delays {
			r.Delays[k] = s.Delay
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
