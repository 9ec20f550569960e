// Package difftest makes random networks and holds the emulated chip to the
// oracle on them: the integer interpreter, which knows nothing of cores,
// programs or images.
package difftest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Network returns a random network file: small, but with every model, reset,
// kind of connection, delay and parameter that the format has. The same seed
// gives the same file.
func Network(seed uint64) string {
	g := &generator{r: rand.New(rand.NewPCG(seed, 0x77656674))}
	return g.network()
}

type generator struct {
	r *rand.Rand
	b strings.Builder
	// integers makes a network whose numbers are all whole.
	integers bool
	maxDelay int
}

// group is an input or population while it is being written down.
type group struct {
	name  string
	shape []int
}

func (g group) size() int {
	n := 1
	for _, d := range g.shape {
		n *= d
	}
	return n
}

func (g *generator) network() string {
	g.integers = g.r.IntN(3) == 0
	g.maxDelay = 1 + g.r.IntN(16)
	fmt.Fprintf(&g.b, "network: random\ntick: 1ms\ninputs:\n")
	var groups []group
	inputs := 1 + g.r.IntN(2)
	for k := range inputs {
		in := group{fmt.Sprintf("in%d", k), g.shape()}
		groups = append(groups, in)
		fmt.Fprintf(&g.b, "  %s: {shape: %s}\n", in.name, shapeText(in.shape))
	}
	fmt.Fprintf(&g.b, "populations:\n")
	for k := range 1 + g.r.IntN(4) {
		p := group{fmt.Sprintf("pop%d", k), g.shape()}
		groups = append(groups, p)
		g.population(p)
	}
	fmt.Fprintf(&g.b, "projections:\n")
	for k := inputs; k < len(groups); k++ {
		g.projection(groups[g.r.IntN(k)], groups[k])
	}
	for range g.r.IntN(3) {
		g.projection(groups[g.r.IntN(len(groups))], groups[inputs+g.r.IntN(len(groups)-inputs)])
	}
	fmt.Fprintf(&g.b, "outputs: [%s]\n", groups[len(groups)-1].name)
	if g.r.IntN(2) == 0 {
		fmt.Fprintf(&g.b, "quantise: {bits: %d, clip: %s, per: %s}\n", 2+g.r.IntN(7), pick(g.r, "mse", "max"), pick(g.r, "projection", "neuron"))
	}
	return g.b.String()
}

func pick(r *rand.Rand, options ...string) string { return options[r.IntN(len(options))] }

func (g *generator) shape() []int {
	if g.r.IntN(4) == 0 {
		return []int{1 + g.r.IntN(3), 3 + g.r.IntN(5), 3 + g.r.IntN(5)}
	}
	return []int{1 + g.r.IntN(40)}
}

func shapeText(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}

// number returns a number of about the given size.
func (g *generator) number(size float64) string {
	x := (g.r.Float64()*2 - 1) * size
	if g.integers {
		return fmt.Sprintf("%d", int(x*10))
	}
	return fmt.Sprintf("%.4f", x)
}

// value returns a parameter: a number, a list or a distribution.
func (g *generator) value(n int, size, offset float64) string {
	if g.integers {
		size, offset = float64(int(size*10)), float64(int(offset*10))
	}
	switch g.r.IntN(3) {
	case 0:
		list := make([]string, n)
		for k := range list {
			x := offset + (g.r.Float64()*2-1)*size
			if g.integers {
				list[k] = fmt.Sprint(int(x))
			} else {
				list[k] = fmt.Sprintf("%.4f", x)
			}
		}
		return "[" + strings.Join(list, ", ") + "]"
	case 1:
		kind := "uniform"
		if g.integers {
			kind = "integer"
		}
		return fmt.Sprintf("{%s: [%g, %g], seed: %d}", kind, offset-size, offset+size, g.r.IntN(100))
	}
	return fmt.Sprintf("%g", offset)
}

func (g *generator) population(p group) {
	n := p.size()
	model := pick(g.r, "if", "if", "lif", "cuba_lif", "integrator")
	var params []string
	add := func(format string, args ...any) { params = append(params, fmt.Sprintf(format, args...)) }
	if g.r.IntN(2) == 0 {
		add("bias: %s", g.value(n, 0.2, 0.1))
	}
	if g.r.IntN(3) == 0 {
		add("v_init: %s", g.value(n, 0.5, 0.2))
	}
	if model != "integrator" {
		add("threshold: %s", g.value(n, 0.3, 0.8))
		reset := pick(g.r, "zero", "subtract", "value", "none")
		add("reset: %s", reset)
		if reset == "value" {
			add("v_reset: %s", g.value(n, 0.2, -0.2))
		}
		if g.r.IntN(3) == 0 {
			add("refractory: {integer: [0, 4], seed: %d}", g.r.IntN(100))
		}
	}
	if model == "lif" || model == "cuba_lif" {
		add("tau: {uniform: [0.0015, 0.02], seed: %d}", g.r.IntN(100))
		add("r: %d", 1+g.r.IntN(6))
		if g.r.IntN(2) == 0 {
			add("v_leak: %s", g.value(n, 0.2, 0.1))
		}
	}
	if model == "cuba_lif" {
		add("tau_syn: 4ms")
		if g.r.IntN(2) == 0 {
			add("i_init: %s", g.value(n, 0.2, 0.1))
		}
	}
	fmt.Fprintf(&g.b, "  %s: {shape: %s, neuron: %s, params: {%s}}\n", p.name, shapeText(p.shape), model, strings.Join(params, ", "))
}

func (g *generator) projection(from, to group) {
	fmt.Fprintf(&g.b, "  - {from: %s, to: %s, ", from.name, to.name)
	pre, post := from.size(), to.size()
	weights := func(n int) string { return g.value(n, 0.6, 0.15) }
	delay := fmt.Sprint(1 + g.r.IntN(g.maxDelay))
	kind := g.r.IntN(5)
	if from.size() == to.size() && g.r.IntN(2) == 0 {
		kind = 5
	}
	switch kind {
	case 0, 1:
		if g.r.IntN(3) == 0 {
			delay = fmt.Sprintf("{integer: [1, %d], seed: %d}", g.maxDelay, g.r.IntN(100))
		}
		fmt.Fprintf(&g.b, "connect: dense, weights: %s, delay: %s}\n", weights(pre*post), delay)
	case 2:
		fmt.Fprintf(&g.b, "connect: {sparse: {p: %.2f, seed: %d}}, weights: %s, delay: %s}\n", 0.1+g.r.Float64()*0.5, g.r.IntN(100), g.number(1), delay)
	case 3:
		fmt.Fprintf(&g.b, "connect: {sparse: {in_degree: %d, seed: %d}}, weights: {uniform: [-0.5, 1], seed: 3}, delay: %s}\n", 1+g.r.IntN(pre), g.r.IntN(100), delay)
	case 4:
		edges := make([]string, 1+g.r.IntN(30))
		for k := range edges {
			edges[k] = fmt.Sprintf("[%d, %d, %s, %d]", g.r.IntN(pre), g.r.IntN(post), g.number(1), 1+g.r.IntN(g.maxDelay))
		}
		fmt.Fprintf(&g.b, "connect: {list: [%s]}}\n", strings.Join(edges, ", "))
	case 5:
		fmt.Fprintf(&g.b, "connect: one_to_one, weights: %s, delay: %s}\n", weights(pre), delay)
	}
}

// Stimulus returns random spikes of inputs for some ticks.
func Stimulus(seed uint64, inputs, ticks int) [][]int32 {
	r := rand.New(rand.NewPCG(seed, 0x7370696b65))
	out := make([][]int32, ticks)
	for t := range out {
		for i := range inputs {
			if r.IntN(4) == 0 {
				out[t] = append(out[t], int32(i))
			}
		}
	}
	return out
}
