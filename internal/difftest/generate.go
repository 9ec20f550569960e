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
// kind of connection, delay and parameter that the format has. Now and then it
// has a population that no core of the built-in targets holds whole, or
// numbers that saturate. The same seed gives the same file.
func Network(seed uint64) string {
	g := &generator{r: rand.New(rand.NewPCG(seed, 0x77656674))}
	return g.network()
}

type generator struct {
	r *rand.Rand
	b strings.Builder
	// integers makes a network whose numbers are all whole, extreme one that has
	// numbers far beyond the others, large one with a population of more than 256
	// neurons.
	integers, extreme, large bool
	maxDelay                 int
	// links are the projections, which the file has after all populations.
	links []string
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
	g.extreme = g.r.IntN(8) == 0
	g.large = g.r.IntN(12) == 0
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
		p := group{name: fmt.Sprintf("pop%d", k)}
		from := groups[g.r.IntN(len(groups))]
		switch {
		case g.large && k == 0:
			p.shape = []int{257 + g.r.IntN(300)}
			g.link(from, p)
		case len(from.shape) == 3 && g.r.IntN(3) > 0:
			p.shape = g.window(from, p.name)
		default:
			p.shape = g.shape()
			g.link(from, p)
		}
		g.population(p)
		groups = append(groups, p)
	}
	// Some more: further projections of a pair, backwards, or to itself.
	for range g.r.IntN(4) {
		to := groups[inputs+g.r.IntN(len(groups)-inputs)]
		from := groups[g.r.IntN(len(groups))]
		if g.r.IntN(3) == 0 {
			from = to
		}
		g.link(from, to)
		if g.r.IntN(4) == 0 {
			g.link(from, to)
		}
	}
	fmt.Fprintf(&g.b, "projections:\n%s", strings.Join(g.links, ""))
	fmt.Fprintf(&g.b, "outputs: [%s]\n", groups[len(groups)-1].name)
	if g.r.IntN(2) == 0 {
		fmt.Fprintf(&g.b, "quantise: %s\n", g.quantise())
	}
	return g.b.String()
}

func (g *generator) quantise() string {
	return fmt.Sprintf("{bits: %d, clip: %s, per: %s}", 2+g.r.IntN(7), pick(g.r, "mse", "max"), pick(g.r, "projection", "neuron"))
}

func pick(r *rand.Rand, options ...string) string { return options[r.IntN(len(options))] }

func (g *generator) shape() []int {
	if g.r.IntN(3) == 0 {
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
	far := 1.0
	if g.extreme && g.r.IntN(2) == 0 {
		far = float64(uint64(1) << g.r.IntN(40))
	}
	if g.r.IntN(2) == 0 {
		add("bias: %s", g.value(n, 0.2*far, 0.1))
	}
	if g.r.IntN(3) == 0 {
		add("v_init: %s", g.value(n, 0.5*far, 0.2))
	}
	if g.r.IntN(3) == 0 {
		add("r: %s", pick(g.r, "1", "2", "-1", "6", "0", "{uniform: [0.5, 3], seed: 9}", "{integer: [-2, 2], seed: 9}"))
	}
	if model != "integrator" {
		add("threshold: %s", g.value(n, 0.3, 0.8))
		reset := pick(g.r, "zero", "subtract", "value", "none")
		add("reset: %s", reset)
		if reset == "value" {
			add("v_reset: %s", g.value(n, 0.2*far, -0.2))
		}
		if g.r.IntN(3) == 0 {
			add("refractory: %s", pick(g.r, "3", "{integer: [0, 4], seed: 5}", "{integer: [0, 400], seed: 5}"))
		}
	}
	times := []string{"1ms", "2ms", "4ms", "{uniform: [0.0015, 0.02], seed: 7}"}
	if model == "lif" || model == "cuba_lif" {
		add("tau: %s", pick(g.r, times...))
		if g.r.IntN(2) == 0 {
			add("v_leak: %s", g.value(n, 0.2, 0.1))
		}
	}
	if model == "cuba_lif" {
		add("tau_syn: %s", pick(g.r, times...))
		if g.r.IntN(2) == 0 {
			add("i_init: %s", g.value(n, 0.2*far, 0.1))
		}
		if g.r.IntN(2) == 0 {
			add("w_in: %s", pick(g.r, "1", "4", "{uniform: [-1, 5], seed: 3}"))
		}
	}
	fmt.Fprintf(&g.b, "  %s: {shape: %s, neuron: %s, params: {%s}}\n", p.name, shapeText(p.shape), model, strings.Join(params, ", "))
}

// project adds a projection of that rule and what else it has.
func (g *generator) project(from, to, rest string) {
	if g.r.IntN(5) == 0 {
		rest += ", quantise: " + g.quantise()
	}
	g.links = append(g.links, fmt.Sprintf("  - {from: %s, to: %s, %s}\n", from, to, rest))
}

func (g *generator) delay() string { return fmt.Sprint(1 + g.r.IntN(g.maxDelay)) }

// window links a population to from by a convolution or a pool and returns the
// shape that it must have.
func (g *generator) window(from group, to string) []int {
	layout := pick(g.r, "chw", "hwc")
	c, in := from.shape[0], [2]int{from.shape[1], from.shape[2]}
	if layout == "hwc" {
		c, in = from.shape[2], [2]int{from.shape[0], from.shape[1]}
	}
	rule := pick(g.r, "conv2d", "conv2d", "sum_pool", "avg_pool")
	var kernel, stride, padding, out [2]int
	dilation := [2]int{1, 1}
	for axis := range 2 {
		kernel[axis], stride[axis] = 1+g.r.IntN(3), 1+g.r.IntN(3)
		padding[axis] = g.r.IntN(2)
		if rule == "conv2d" {
			dilation[axis] = 1 + g.r.IntN(2)
		}
		room := in[axis] + 2*padding[axis] - 1
		if dilation[axis]*(kernel[axis]-1) > room {
			kernel[axis] = 1
		}
		out[axis] = (room-dilation[axis]*(kernel[axis]-1))/stride[axis] + 1
	}
	pair := func(p [2]int) string { return fmt.Sprintf("[%d, %d]", p[0], p[1]) }
	args := fmt.Sprintf("kernel: %s, stride: %s, padding: %s", pair(kernel), pair(stride), pair(padding))
	channels, weights := c, g.number(1)
	if rule == "conv2d" {
		groups := 1
		if g.r.IntN(2) == 0 {
			groups = c
		}
		channels = groups * (1 + g.r.IntN(2))
		args += fmt.Sprintf(", dilation: %s, groups: %d", pair(dilation), groups)
		weights = g.value(channels*c/groups*kernel[0]*kernel[1], 0.6, 0.15)
	}
	g.project(from.name, to, fmt.Sprintf("connect: {%s: {%s}}, layout: %s, weights: %s, delay: %s", rule, args, layout, weights, g.delay()))
	if layout == "hwc" {
		return []int{out[0], out[1], channels}
	}
	return []int{channels, out[0], out[1]}
}

// link connects two groups by any other rule.
func (g *generator) link(from, to group) {
	pre, post := from.size(), to.size()
	delay := g.delay()
	if g.r.IntN(3) == 0 {
		delay = fmt.Sprintf("{integer: [1, %d], seed: %d}", g.maxDelay, g.r.IntN(100))
	}
	weights := func(n int) string { return g.value(n, 0.6, 0.15) }
	kind := g.r.IntN(6)
	if pre == post && g.r.IntN(2) == 0 {
		kind = 6
	}
	if pre*post > 1<<14 && kind < 2 {
		kind = 3
	}
	switch kind {
	case 0, 1:
		g.project(from.name, to.name, fmt.Sprintf("connect: dense, weights: %s, delay: %s", weights(pre*post), delay))
	case 2:
		p := min(0.1+g.r.Float64()*0.5, 2000/float64(pre*post))
		g.project(from.name, to.name, fmt.Sprintf("connect: {sparse: {p: %.2f, seed: %d, self_connections: %v}}, weights: %s, delay: %s", p, g.r.IntN(100), g.r.IntN(2) == 0, g.number(1), delay))
	case 3:
		g.project(from.name, to.name, fmt.Sprintf("connect: {sparse: {in_degree: %d, seed: %d}}, weights: {uniform: [-0.5, 1], seed: 3}, delay: %s", 1+g.r.IntN(min(pre, 40)), g.r.IntN(100), delay))
	case 4, 5:
		g.project(from.name, to.name, fmt.Sprintf("connect: {list: [%s]}", strings.Join(g.edges(pre, post), ", ")))
	case 6:
		g.project(from.name, to.name, fmt.Sprintf("connect: one_to_one, weights: %s, delay: %s", weights(pre), delay))
	}
}

// edges draws synapses; some stand there several times, with weights of their
// own.
func (g *generator) edges(pre, post int) []string {
	var edges []string
	for range 1 + g.r.IntN(30) {
		i, j, d := g.r.IntN(pre), g.r.IntN(post), g.delay()
		for repeat := true; repeat; repeat = g.r.IntN(4) == 0 {
			edges = append(edges, fmt.Sprintf("[%d, %d, %s, %s]", i, j, g.number(1), d))
		}
	}
	return edges
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

// Current returns a constant input of each neuron, in weight units, or nil for
// none; now and then one that saturates.
func Current(seed uint64, neurons int) []int32 {
	r := rand.New(rand.NewPCG(seed, 0x63757272656e74))
	if r.IntN(2) == 0 {
		return nil
	}
	out := make([]int32, neurons)
	for n := range out {
		switch r.IntN(40) {
		case 0:
			out[n] = int32(r.Uint32())
		default:
			out[n] = int32(r.IntN(121) - 40)
		}
	}
	return out
}
