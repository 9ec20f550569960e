package difftest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/interp"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Alike returns a random network file with much that is alike, dead or of no use:
// the neurons of a population are of a few kinds, and one of a kind has the words
// and the synapses of the others, from others of a kind. The same seed gives the
// same file.
func Alike(seed uint64) string {
	g := alike{r: rand.New(rand.NewPCG(seed, 0x616c696b65))}
	return g.network()
}

type alike struct {
	r      *rand.Rand
	b      strings.Builder
	groups []kinds
	// learns says that some synapses do.
	learns bool
}

// kinds is an input or population and the kind of each of its neurons; those of an
// input are each of their own.
type kinds struct {
	name   string
	kindOf []int
	many   int
}

// of returns a random neuron of a kind.
func (g *alike) of(k kinds, kind int) int {
	for {
		if i := g.r.IntN(len(k.kindOf)); k.kindOf[i] == kind {
			return i
		}
	}
}

func (g *alike) network() string {
	g.learns = g.r.IntN(5) == 0
	inputs := 1 + g.r.IntN(4)
	in := kinds{name: "in", many: inputs}
	for i := range inputs {
		in.kindOf = append(in.kindOf, i)
	}
	g.groups = []kinds{in}
	fmt.Fprintf(&g.b, "network: alike\nseed: %d\ninputs: {in: {shape: %d}}\npopulations:\n", g.r.IntN(100), inputs)
	for k := range 2 + g.r.IntN(3) {
		g.population(fmt.Sprintf("p%d", k))
	}
	g.b.WriteString("projections:\n")
	for k := range g.groups[1:] {
		g.project(g.groups[k], g.groups[k+1])
	}
	for range 1 + g.r.IntN(4) {
		g.project(g.groups[g.r.IntN(len(g.groups))], g.groups[1+g.r.IntN(len(g.groups)-1)])
	}
	last := len(g.groups) - 1
	fmt.Fprintf(&g.b, "outputs: [%s]\n", g.groups[last-g.r.IntN(2)%last].name)
	return g.b.String()
}

func (g *alike) population(name string) {
	n := 1 + g.r.IntN(20)
	if g.r.IntN(8) == 0 {
		n = 200 + g.r.IntN(200)
	}
	p := kinds{name: name, many: 1 + g.r.IntN(5)}
	for i := range n {
		kind := g.r.IntN(p.many)
		if i < p.many {
			kind = i
		}
		p.kindOf = append(p.kindOf, kind)
	}
	p.many = min(p.many, n)
	g.groups = append(g.groups, p)
	each := func(options ...string) string { // a word for each kind
		words := make([]string, p.many)
		for k := range words {
			words[k] = pick(g.r, options...)
		}
		list := make([]string, n)
		for i, kind := range p.kindOf {
			list[i] = words[kind]
		}
		return "[" + strings.Join(list, ", ") + "]"
	}
	tau := pick(g.r, "2ms", "4ms")
	model, params := "if", ""
	switch g.r.IntN(9) {
	case 0, 1:
	case 2:
		model, params = "lif", "tau: "+tau
	case 3:
		model, params = "cuba_lif", "tau: "+tau+", tau_syn: 2ms"
	case 4:
		model, params = "alif", "tau: "+tau+", tau_adapt: 9ms, adapt: "+each("0.1", "0.2")
	case 5:
		model, params = "stochastic_lif", "tau: "+tau+", noise: 0.4"
	case 6:
		model, params = "resonate_and_fire", "tau: "+tau+", frequency: 100"
	case 7:
		model = "izhikevich"
	default:
		model = "integrator"
	}
	if model == "izhikevich" {
		params = "bias: " + each("10", "12", "-20")
	} else {
		params += ", bias: " + pick(g.r, "0", "0.1", "-0.1", each("0", "0.1", "-0.2"))
	}
	if model != "izhikevich" && model != "integrator" {
		params += ", threshold: " + pick(g.r, "0.4", "1", each("0.5", "0.8", "50"))
	}
	if model != "izhikevich" && model != "integrator" && model != "resonate_and_fire" {
		params += ", reset: " + pick(g.r, "zero", "subtract") + pick(g.r, "", ", refractory: 2")
	}
	fmt.Fprintf(&g.b, "  %s: {shape: %d, neuron: %s, params: {%s}}\n", name, n, model, strings.TrimPrefix(params, ", "))
}

// project connects each neuron of a kind to neurons of the same kinds, which need
// not be the same neurons.
func (g *alike) project(from, to kinds) {
	var edges []string
	longest := 1 + g.r.IntN(3)
	for kind := range to.many {
		type way struct {
			kind, delay int
			weight      string
		}
		var ways []way
		for range g.r.IntN(4) {
			ways = append(ways, way{g.r.IntN(from.many), 1 + g.r.IntN(longest), pick(g.r, "0.3", "0.5", "1", "-0.4")})
		}
		for j, k := range to.kindOf {
			for _, w := range ways {
				if k == kind {
					edges = append(edges, fmt.Sprintf("[%d, %d, %s, %d]", g.of(from, w.kind), j, w.weight, w.delay))
				}
			}
		}
	}
	if edges == nil {
		edges = []string{"[0, 0, 0.5, 1]"}
	}
	rest := ""
	if g.learns && g.r.IntN(3) == 0 {
		rest = ", learn: {rule: stdp, a_plus: 0.1, a_minus: 0.1, w_min: -1, w_max: 1, tau_plus: 3ms, tau_minus: 3ms}"
	}
	fmt.Fprintf(&g.b, "  - {from: %s, to: %s, connect: {list: [%s]}%s}\n", from.name, to.name, strings.Join(edges, ", "), rest)
}

// Saved is what passes that leave neurons out have done.
type Saved struct {
	// Doubles and Removed are neurons without slots, Spikes those of doubles.
	Doubles, Removed, Spikes int
}

// CompareWithout compiles net with passes that leave neurons out, and compares
// what is told of the others, and the doubles, with the oracle's run of the network
// without these passes. The image's text has to be the image again. It is for runs
// without currents, and networks that ask for no passes themselves.
func CompareWithout(net *network.Network, target *targets.Target, opt compiler.Options, run Run) (Saved, error) {
	var saved Saved
	run.Current = nil
	res, err := compiler.Compile(context.Background(), net, target.Name, &target.Arch, opt)
	if err != nil {
		return saved, err
	}
	if err := onChip(res, target, opt.Defects, run); err != nil {
		return saved, err
	}
	if err := textAgain(res.Image); err != nil {
		return saved, err
	}
	if err := withWorkers(res.Image, target, opt.Defects, run); err != nil {
		return saved, err
	}
	plain, err := quant.Quantise(lower.Lower(net), &target.Arch, opt.Quantise)
	if err != nil {
		return saved, err
	}
	q := res.Quantized
	saved.Doubles, saved.Removed = res.Image.WithoutSlot()
	want, got := interp.Quantized(plain, run.stimulus(), run.Ticks), interp.Quantized(q, run.stimulus(), run.Ticks)
	next := 0
	for _, s := range want.Spikes {
		n := int(s.Neuron)
		if q.Gone(n) {
			if !opt.Optimise.Unreachable {
				return saved, fmt.Errorf("neuron %d fires in tick %d without passes, and was removed as one that cannot", n, s.Tick)
			}
			continue
		}
		if next == len(got.Spikes) || got.Spikes[next] != s {
			return saved, fmt.Errorf("spike %d: with passes %v, without %v", next, at(got.Spikes, next), s)
		}
		if q.Stands(n) != n {
			saved.Spikes++
		}
		next++
	}
	if next < len(got.Spikes) {
		return saved, fmt.Errorf("spike %d: with passes %v, without none", next, got.Spikes[next])
	}
	for n, v := range want.V {
		if !q.Gone(n) && got.V[n] != v {
			return saved, fmt.Errorf("neuron %d ends at %v with passes, at %v without", n, got.V[n], v)
		}
	}
	return saved, nil
}

// withWorkers checks that a machine whose cores several workers share tells the same.
func withWorkers(im *image.Image, target *targets.Target, d *targets.Defects, run Run) error {
	chip, err := emulator.NewBrokenChip(im, target, d, emulator.Functional)
	if err != nil {
		return err
	}
	one, three := emulator.New(chip), emulator.New(chip)
	three.SetWorkers(3)
	for t, in := range run.Spikes {
		if got, want := three.Tick(in), one.Tick(in); !slices.Equal(got, want) {
			return fmt.Errorf("tick %d: with workers %v fire, want %v", t+1, got, want)
		}
	}
	return nil
}

// textAgain checks that the text of an image is the image again.
func textAgain(im *image.Image) error {
	var text strings.Builder
	if err := im.WriteAssembly(&text); err != nil {
		return err
	}
	again, err := image.ParseAssembly("again.s", text.String())
	if err != nil {
		return fmt.Errorf("the image's text: %w", err)
	}
	a, err := im.Bytes()
	if err != nil {
		return err
	}
	b, err := again.Bytes()
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return fmt.Errorf("the image's text is of another image")
	}
	return nil
}
