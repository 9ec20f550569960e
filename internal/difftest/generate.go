// Package difftest makes random networks and holds the emulated chip to the
// oracle on them: the integer interpreter, which knows nothing of cores,
// programs or images.
package difftest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/compiler/network"
)

// Network returns a random network file: small, but with every model, reset,
// kind of connection, learning rule, delay and parameter that the format has. Now
// and then it has a population that no core of the built-in targets holds whole,
// or numbers that saturate. Some have neurons of one chip alone, and fit it. The
// same seed gives the same file.
func Network(seed uint64) string {
	g := &generator{r: rand.New(rand.NewPCG(seed, 0x77656674))}
	if seed%5 == 4 {
		return g.circuits()
	}
	return g.network()
}

type generator struct {
	r *rand.Rand
	b strings.Builder
	// integers makes a network whose numbers are all whole, extreme one that has
	// numbers far beyond the others, large one with a population of more than 256
	// neurons.
	integers, extreme, large bool
	// learns makes one whose synapses may learn, registers one whose neurons may be
	// those of a chip.
	learns, registers bool
	maxDelay          int
	// links are the projections, which the file has after all populations.
	links []string
}

// group is an input or population while it is being written down.
type group struct {
	name  string
	shape []int
	// model is a population's, rule how its synapses learn if they do.
	model, rule string
}

// whole reports whether the group's weights are whole numbers.
func (g group) whole() bool { return g.model != "" && network.Model(g.model).IsInteger() }

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
	g.learns = g.r.IntN(3) == 0
	g.registers = g.r.IntN(3) == 0
	g.maxDelay = 1 + g.r.IntN(16)
	if g.learns && g.r.IntN(2) == 0 {
		g.maxDelay = 1 // where delays are at synapses, plastic ones have none
	}
	fmt.Fprintf(&g.b, "network: random\ntick: 1ms\nseed: %d\ninputs:\n", g.r.IntN(1000))
	var groups []group
	inputs := 1 + g.r.IntN(2)
	for k := range inputs {
		in := group{name: fmt.Sprintf("in%d", k), shape: g.shape()}
		groups = append(groups, in)
		fmt.Fprintf(&g.b, "  %s: {shape: %s}\n", in.name, shapeText(in.shape))
	}
	if g.learns {
		fmt.Fprintf(&g.b, "  reward: {shape: 3, broadcast: %s}\n", pick(g.r, "1", "[5, -2, 40]", "[1, 0, -30]"))
	}
	fmt.Fprintf(&g.b, "populations:\n")
	for k := range 1 + g.r.IntN(4) {
		p := group{name: fmt.Sprintf("pop%d", k), model: g.model()}
		p.rule = g.rule(p.whole())
		from := groups[g.r.IntN(len(groups))]
		switch {
		case g.large && k == 0:
			p.shape = []int{257 + g.r.IntN(300)}
			g.link(from, p)
		case len(from.shape) == 3 && g.r.IntN(3) > 0:
			p.shape = g.window(from, p)
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
	if g.r.IntN(3) == 0 {
		fmt.Fprintf(&g.b, "optimise: {%s}\n", pick(g.r, "dead: true", "prune: {smallest: 0.3}", "prune: {magnitude: 0.2}, dead: true", "correct_bias: 0.2", "prune: {smallest: 0.1}, correct_bias: 0.05, dead: true", "share: true", "unreachable: true", "dead: true, share: true, unreachable: true"))
	}
	return g.b.String()
}

func (g *generator) quantise() string {
	per := pick(g.r, "projection", "neuron")
	if g.learns {
		per = "projection"
	}
	q := fmt.Sprintf("{bits: %d, clip: %s, per: %s}", 2+g.r.IntN(7), pick(g.r, "mse", "max"), per)
	if g.r.IntN(4) > 0 {
		return q
	}
	formats := []string{"int2", "int4", "int8", "ternary", "e2m1", "e4m3"}
	if g.learns {
		formats = formats[:3] // what is learnt is any whole number
	}
	return fmt.Sprintf("{format: %s, scale: %s, per: %s}", pick(g.r, formats...), pick(g.r, "real", "pow2"), per)
}

// model returns a neuron model.
func (g *generator) model() string {
	if g.registers && g.r.IntN(2) == 0 {
		return pick(g.r, "loihi", "loihi", "loihi_ternary", "truenorth", "ranc", "odin_lif", "tinyodin_lif", "odin_izh")
	}
	return pick(g.r, "if", "if", "lif", "cuba_lif", "alif", "stochastic_lif", "izhikevich", "resonate_and_fire", "integrator", "li", "cuba_li")
}

// rule returns how the synapses of a population learn, where they do.
func (g *generator) rule(whole bool) string {
	scale := 1.0
	if whole {
		scale = 30
	}
	size := func(x float64) string { return fmt.Sprintf("%.3f", x*scale) }
	bound := size
	if whole {
		bound = func(x float64) string { return fmt.Sprintf("%.0f", x*scale) }
	}
	bounds := fmt.Sprintf("w_min: %s, w_max: %s", bound(-g.r.Float64()*0.5), bound(0.2+g.r.Float64()))
	times := func(keys ...string) string {
		var text strings.Builder
		for _, key := range keys {
			fmt.Fprintf(&text, ", %s: %s", key, pick(g.r, "1ms", "3.3ms", "20ms", "0.2ms"))
		}
		return text.String()
	}
	switch kind := pick(g.r, "stdp", "stdp", "r_stdp", "sdsp"); kind {
	case "sdsp":
		return fmt.Sprintf("{rule: sdsp, theta_mem: %s, theta_1: %d, theta_2: %d, theta_3: %d, ca_leak: %d, step: %s, %s}",
			size(g.r.Float64()*0.8), g.r.IntN(3), 2+g.r.IntN(7), 3+g.r.IntN(6), 1+g.r.IntN(5), size(0.05), bounds)
	case "r_stdp":
		return fmt.Sprintf("{rule: r_stdp, a_plus: %s, a_minus: %s, %s%s}", size(g.r.Float64()*0.1), size(g.r.Float64()*0.1), bounds, times("tau_plus", "tau_minus", "tau_reward"))
	default:
		return fmt.Sprintf("{rule: stdp, a_plus: %s, a_minus: %s, %s%s}", size(g.r.Float64()*0.4), size(g.r.Float64()*0.4), bounds, times("tau_plus", "tau_minus"))
	}
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
	model := p.model
	var params []string
	if p.whole() {
		fmt.Fprintf(&g.b, "  %s: {shape: %s, neuron: %s, params: {%s}}\n", p.name, shapeText(p.shape), model, g.chipParams(n, network.Model(model)))
		return
	}
	add := func(format string, args ...any) { params = append(params, fmt.Sprintf(format, args...)) }
	far := 1.0
	if g.extreme && g.r.IntN(2) == 0 {
		far = float64(uint64(1) << g.r.IntN(40))
	}
	if model != "izhikevich" {
		if g.r.IntN(2) == 0 {
			add("bias: %s", g.value(n, 0.2*far, 0.1))
		}
		if g.r.IntN(3) == 0 {
			add("v_init: %s", g.value(n, 0.5*far, 0.2))
		}
	}
	if model == "izhikevich" {
		g.izhikevich(n, far, add)
	}
	if g.r.IntN(3) == 0 {
		options := []string{"1", "2", "-1", "6", "0", "{uniform: [0.5, 3], seed: 9}", "{integer: [-2, 2], seed: 9}"}
		if g.learns {
			options = options[:4]
		}
		add("r: %s", pick(g.r, options...))
	}
	switch model {
	case "izhikevich", "integrator", "li", "cuba_li":
	case "resonate_and_fire":
		add("threshold: %s", g.value(n, 0.3, 0.8))
		if g.r.IntN(2) == 0 {
			add("v_reset: %s", g.value(n, 0.2*far, -0.2))
		}
	default:
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
	if g.learns {
		times = times[:3]
	}
	switch model {
	case "resonate_and_fire":
		add("tau: %s", pick(g.r, times...))
		add("frequency: %s", pick(g.r, "0", "40", "250Hz", "0.5kHz", "{uniform: [10, 400], seed: 4}"))
	case "lif", "cuba_lif", "alif", "stochastic_lif", "li", "cuba_li":
		add("tau: %s", pick(g.r, times...))
		if g.r.IntN(2) == 0 {
			add("v_leak: %s", g.value(n, 0.2, 0.1))
		}
	}
	switch model {
	case "alif":
		add("tau_adapt: %s", pick(g.r, times...))
		add("adapt: %s", g.value(n, 0.3*far, 0.2))
	case "stochastic_lif":
		add("noise: %s", pick(g.r, "0", "1", "0.3", fmt.Sprintf("{uniform: [0, %g], seed: 8}", far)))
	case "cuba_lif", "cuba_li":
		add("tau_syn: %s", pick(g.r, times...))
		if g.r.IntN(2) == 0 {
			add("i_init: %s", g.value(n, 0.2*far, 0.1))
		}
		if g.r.IntN(2) == 0 {
			options := []string{"1", "4", "{uniform: [-1, 5], seed: 3}"}
			if g.learns {
				options = options[:2]
			}
			add("w_in: %s", pick(g.r, options...))
		}
	}
	norm := ""
	if !network.Model(model).Silent() && !g.learns && !slices.Contains(params, "reset: subtract") && g.r.IntN(4) == 0 {
		gammas := []string{"2", "0.7", "{uniform: [0.5, 2], seed: 6}", "-1", "{integer: [-3, -1], seed: 6}"}
		if model == "izhikevich" { // it cannot be turned around
			gammas = gammas[:3]
		}
		norm = fmt.Sprintf(", batch_norm: {gamma: %s, beta: 0.1, mean: 0.2, var: %s}", pick(g.r, gammas...), pick(g.r, "0.5", "1", "4"))
	}
	fmt.Fprintf(&g.b, "  %s: {shape: %s, neuron: %s, params: {%s}%s}\n", p.name, shapeText(p.shape), model, strings.Join(params, ", "), norm)
}

// izhikevich adds the parameters of that model: those of the paper's cells, near
// them, or far away.
func (g *generator) izhikevich(n int, far float64, add func(format string, args ...any)) {
	cells := []string{"a: 0.02, b: 0.2, c: -65, d: 8", "a: 0.1, c: -65, d: 2", "c: -55, d: 4", "c: -50, d: 2", "a: 0.1, b: 0.26, c: -60, d: -1"}
	add("%s", pick(g.r, append(cells, "a: {uniform: [0.02, 0.1], seed: 2}, b: {uniform: [0.2, 0.25], seed: 2}, c: {uniform: [-65, -50], seed: 2}, d: {uniform: [2, 8], seed: 2}")...))
	add("bias: %s", g.value(n, 10*far, 10))
	if g.r.IntN(2) == 0 {
		add("v_init: %s", g.value(n, 30*far, -50))
	}
	if g.r.IntN(4) == 0 {
		add("u_init: %s", g.value(n, 10*far, -5))
	}
	if g.r.IntN(4) == 0 {
		add("threshold: %s", g.value(n, 5, 30))
	}
}

// chipParams writes the registers and choices of a chip's neuron.
func (g *generator) chipParams(n int, model network.Model) string {
	var params []string
	add := func(key string, value any) { params = append(params, fmt.Sprintf("%s: %v", key, value)) }
	if model == network.TrueNorth || model == network.RANC {
		resets := []string{"zero", "subtract", "value", "none"}
		if model == network.RANC {
			resets = resets[:3]
		}
		reset := pick(g.r, resets...)
		add("reset", reset)
		if reset == "value" {
			add("v_reset", g.whole(n, -60, 60))
		}
	}
	often := 2
	if model == network.ODINIzh {
		often = 9 // most programs of few choices fit a core
	}
	for _, c := range model.Choices() {
		if g.r.IntN(often) == 0 {
			add(c.Name, c.Words[g.r.IntN(len(c.Words))])
		}
	}
	for _, reg := range model.Registers() {
		lo, hi := max(reg.Lo, -40), min(reg.Hi, 40)
		switch {
		case reg.Name == "v_reset" || reg.Name != "threshold" && g.r.IntN(2) == 0:
			continue
		case g.r.IntN(6) == 0 && model != network.RANC:
			lo, hi = reg.Lo, reg.Hi
		case reg.Name == "threshold_mask":
			lo, hi = 15, 15
		}
		if model == network.LoihiTernary { // the lower threshold is none above the upper
			if reg.Name == "threshold" {
				lo = max(lo, 0)
			}
			if reg.Name == "threshold_low" {
				hi = min(hi, 0)
			}
		}
		add(string(reg.Name), g.whole(n, int(lo), int(hi)))
	}
	return strings.Join(params, ", ")
}

// whole writes whole numbers from lo to hi.
func (g *generator) whole(n, lo, hi int) string {
	switch g.r.IntN(3) {
	case 0:
		list := make([]string, n)
		for k := range list {
			list[k] = fmt.Sprint(lo + g.r.IntN(hi-lo+1))
		}
		return "[" + strings.Join(list, ", ") + "]"
	case 1:
		return fmt.Sprintf("{integer: [%d, %d], seed: %d}", lo, hi, g.r.IntN(100))
	}
	return fmt.Sprint(lo + g.r.IntN(hi-lo+1))
}

// project adds a projection of that rule and what else it has.
func (g *generator) project(from string, to group, rest string) {
	switch {
	case g.learns && g.r.IntN(3) == 0:
		rest += ", learn: " + to.rule
	case to.model == "truenorth" && !g.learns && g.r.IntN(3) == 0:
		rest += ", stochastic: true"
	case to.model == "loihi" && g.r.IntN(2) == 0:
		rest += fmt.Sprintf(", weight_exp: %d", g.r.IntN(10)-4)
	}
	if g.r.IntN(5) == 0 {
		rest += ", quantise: " + g.quantise()
	}
	if !to.whole() && !strings.Contains(rest, "learn:") && g.r.IntN(6) == 0 {
		rest += fmt.Sprintf(", batch_norm: {gamma: %s, beta: 0.05, mean: 0.1, var: %s}", pick(g.r, "0.5", "-1", "2"), pick(g.r, "0.5", "1", "4"))
	}
	g.links = append(g.links, fmt.Sprintf("  - {from: %s, to: %s, %s}\n", from, to.name, rest))
}

// asWhole has numbers written as the group takes them, until the returned
// function is called.
func (g *generator) asWhole(to group) func() {
	was := g.integers
	g.integers = was || to.whole()
	return func() { g.integers = was }
}

func (g *generator) delay() string { return fmt.Sprint(1 + g.r.IntN(g.maxDelay)) }

// window links a population to from by a convolution or a pool and returns the
// shape that it must have.
func (g *generator) window(from, to group) []int {
	defer g.asWhole(to)()
	layout := pick(g.r, "chw", "hwc")
	c, in := from.shape[0], [2]int{from.shape[1], from.shape[2]}
	if layout == "hwc" {
		c, in = from.shape[2], [2]int{from.shape[0], from.shape[1]}
	}
	rules := []string{"conv2d", "conv2d", "sum_pool", "avg_pool"}
	if to.whole() {
		rules = rules[:3]
	}
	rule := pick(g.r, rules...)
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
	defer g.asWhole(to)()
	pre, post := from.size(), to.size()
	delay := g.delay()
	if g.r.IntN(3) == 0 {
		delay = fmt.Sprintf("{integer: [1, %d], seed: %d}", g.maxDelay, g.r.IntN(100))
	}
	weights := func(n int) string { return g.value(n, 0.6, 0.15) }
	drawn := "{uniform: [-0.5, 1], seed: 3}"
	if to.whole() {
		drawn = "{integer: [-5, 10], seed: 3}"
	}
	kind := g.r.IntN(6)
	if pre == post && g.r.IntN(2) == 0 {
		kind = 6
	}
	if pre*post > 1<<14 && kind < 2 {
		kind = 3
	}
	switch kind {
	case 0, 1:
		g.project(from.name, to, fmt.Sprintf("connect: dense, weights: %s, delay: %s", weights(pre*post), delay))
	case 2:
		p := min(0.1+g.r.Float64()*0.5, 2000/float64(pre*post))
		g.project(from.name, to, fmt.Sprintf("connect: {sparse: {p: %.2f, seed: %d, self_connections: %v}}, weights: %s, delay: %s", p, g.r.IntN(100), g.r.IntN(2) == 0, g.number(1), delay))
	case 3:
		g.project(from.name, to, fmt.Sprintf("connect: {sparse: {in_degree: %d, seed: %d}}, weights: %s, delay: %s", 1+g.r.IntN(min(pre, 40)), g.r.IntN(100), drawn, delay))
	case 4, 5:
		g.project(from.name, to, fmt.Sprintf("connect: {list: [%s]}", strings.Join(g.edges(pre, post), ", ")))
	case 6:
		g.project(from.name, to, fmt.Sprintf("connect: one_to_one, weights: %s, delay: %s", weights(pre), delay))
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

// circuits returns a network of one chip's neurons alone, which fits it: each has
// few weights, and reaches one place.
func (g *generator) circuits() string {
	model := pick(g.r, "truenorth", "truenorth", "ranc")
	g.maxDelay = 1 + 14*g.r.IntN(2)
	fmt.Fprintf(&g.b, "network: circuits\nseed: %d\ninputs:\n", g.r.IntN(1000))
	inputs := 1 + g.r.IntN(3)
	for k := range inputs {
		fmt.Fprintf(&g.b, "  in%d: {shape: %d}\n", k, 1+g.r.IntN(30))
	}
	fmt.Fprintf(&g.b, "populations:\n")
	n := 1 + g.r.IntN(3)
	for k := range n {
		p := group{name: fmt.Sprintf("pop%d", k), shape: []int{1 + g.r.IntN(40)}, model: model}
		g.population(p)
		// Three weights at most come from inputs and one from a population, each
		// from sources of its own.
		for i := range inputs {
			if k == 0 || g.r.IntN(2) == 0 {
				g.circuit(fmt.Sprintf("in%d", i), p)
			}
		}
		if k+1 < n {
			g.circuit(p.name, group{name: fmt.Sprintf("pop%d", k+1), model: model})
		} else if g.r.IntN(2) == 0 {
			g.circuit(p.name, p)
		}
	}
	fmt.Fprintf(&g.b, "projections:\n%s", strings.Join(g.links, ""))
	return g.b.String()
}

// circuit connects with one weight and one delay, or with weights that are more than a
// neuron has.
func (g *generator) circuit(from string, to group) {
	weights := strconv.Itoa(g.r.IntN(120) - 40)
	drawn := to.model == "truenorth" && g.r.IntN(3) == 0
	if !drawn && g.r.IntN(4) == 0 {
		weights = fmt.Sprintf("{integer: [%d, %d], seed: %d}", -g.r.IntN(12), 2+g.r.IntN(12), g.r.IntN(100))
	}
	rest := fmt.Sprintf("connect: {sparse: {p: 0.4, seed: %d}}, weights: %s, delay: %s", g.r.IntN(100), weights, g.delay())
	if drawn {
		rest += ", stochastic: true"
	}
	g.links = append(g.links, fmt.Sprintf("  - {from: %s, to: %s, %s}\n", from, to.name, rest))
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
