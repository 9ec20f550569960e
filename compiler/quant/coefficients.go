package quant

import (
	"math"

	"github.com/weft-toolchain/weft/compiler/network"
)

// coefficients are a neuron's equation in the form its program computes, in
// real numbers and units of the file's potential:
//
//	if, integrator     v ← v + drive + I
//	lif, li            v ← beta·v + drive + I
//	cuba_lif, cuba_li  i ← alpha·i + drive + I;  v ← beta·v + gain·i + leak
//	alif               a ← rho·a;  v ← beta·v + drive + I
//	stochastic_lif     v ← beta·v + drive + I
//	izhikevich         v ← v·(square·v + linear) + (drive − pull·u + I), twice;
//	                   u ← u + rate·(slope·v − u)
//	resonate_and_fire  x, v ← cosine·x − sine·v + drive + I, sine·x + cosine·v
//
// where I is the sum of weight × in. Fields that the model does not have are 0.
type coefficients struct {
	in                                float64
	alpha, beta, gain, drive, leak    float64
	threshold, vReset                 float64
	vInit, iInit                      float64
	rho, jump, noise                  float64
	cosine, sine                      float64
	square, linear, pull, slope, rate float64
	uInit                             float64
	refractory                        int
	// steep is the largest factor that the program makes itself.
	steep float64
}

// kind says how a number of the equation becomes a word.
type kind int

const (
	level  kind = iota // a potential: times the scale, with frac more bits
	factor             // FactorBits fractional bits
	square             // the factor of v²: FactorBits + SquareBits of them, divided by the potential's unit
	whole              // as it is
)

// word is a number of the equation and the word that holds it: a parameter of the
// model's text, or a state word before tick 1.
type word struct {
	name    string
	kind    kind
	initial bool
	// finer, where not 0, is how many times finer than a potential a level is. Less
	// headroom is left above it.
	finer float64
	of    func(c *coefficients) float64
}

// level returns a level as finely as its word has it.
func (w word) level(c *coefficients) float64 {
	if w.finer != 0 {
		return w.finer * w.of(c)
	}
	return w.of(c)
}

// The words of several models.
var (
	beta      = word{name: "beta", kind: factor, of: func(c *coefficients) float64 { return c.beta }}
	drive     = word{name: "drive", of: func(c *coefficients) float64 { return c.drive }}
	bias      = word{name: "bias", of: drive.of}
	jump      = word{name: "jump", of: func(c *coefficients) float64 { return c.jump }}
	adapt     = word{name: "jump", finer: 8, of: jump.of}
	threshold = word{name: "threshold", of: func(c *coefficients) float64 { return c.threshold }}
	vReset    = word{name: "v_reset", of: func(c *coefficients) float64 { return c.vReset }}
	vInit     = word{name: "v", initial: true, of: func(c *coefficients) float64 { return c.vInit }}
)

// zero is a state word that begins at 0.
func zero(name string) word {
	return word{name: name, kind: whole, initial: true, of: func(*coefficients) float64 { return 0 }}
}

// equation is what there is to know about the equation of a model.
type equation struct {
	// solve fills in what the common part of discretise does not; dt is in seconds.
	solve func(c *coefficients, get func(network.Param) float64, dt float64)
	words []word
	// settled is the most that potentials grow to by input alone, where sum arrives
	// in every tick; nil where nothing leaks.
	settled func(c *coefficients, sum float64) float64
	// reserve, where not nil, is the potential that a word must be able to hold,
	// where sum is all that arrives in one tick; else headroom over the levels
	// decides.
	reserve func(c *coefficients, stateBits int, sum float64) float64
	// mend, where not nil, corrects the rounded parameters; one is a factor of 1.
	mend func(params map[string][]int32, one int32)
	// fractions says that there are bits below whole potentials even where nothing
	// decays, rounds that no population is exact.
	fractions, rounds bool
}

// equations has a row for each model with an equation in real numbers.
var equations = map[network.Model]equation{
	network.IF: {
		solve: integrate,
		words: []word{bias, threshold, vInit},
	},
	network.Integrator: {
		solve: integrate,
		words: []word{bias, vInit},
	},
	network.LIF: {
		solve:   leak,
		words:   []word{beta, drive, threshold, vInit},
		settled: leaks,
	},
	network.LI: {
		solve:   leak,
		words:   []word{beta, drive, vInit},
		settled: leaks,
	},
	network.CubaLIF: {
		solve:   current,
		words:   append([]word{threshold}, currentWords...),
		settled: currents,
	},
	network.CubaLI: {
		solve:   current,
		words:   currentWords,
		settled: currents,
	},
	network.ALIF: {
		solve: func(c *coefficients, get func(network.Param) float64, dt float64) {
			leak(c, get, dt)
			c.rho, c.jump = 1-dt/get(network.TauAdapt), get(network.Adapt)
		},
		words: []word{
			beta, drive, threshold, vInit, adapt, zero("a"),
			{name: "rho", kind: factor, of: func(c *coefficients) float64 { return c.rho }},
		},
		settled: leaks,
	},
	network.StochasticLIF: {
		solve: func(c *coefficients, get func(network.Param) float64, dt float64) {
			leak(c, get, dt)
			c.noise = get(network.Noise)
		},
		words: []word{
			beta, drive, threshold, vInit,
			{name: "noise", of: func(c *coefficients) float64 { return c.noise }},
		},
		settled:   leaks,
		fractions: true,
	},
	network.Izhikevich: {
		solve: quadratic,
		words: []word{
			drive, threshold, jump, vInit,
			{name: "square", kind: square, of: func(c *coefficients) float64 { return c.square }},
			{name: "linear", kind: factor, of: func(c *coefficients) float64 { return c.linear }},
			{name: "pull", kind: factor, of: func(c *coefficients) float64 { return c.pull }},
			{name: "slope", kind: factor, of: func(c *coefficients) float64 { return c.slope }},
			{name: "rate", kind: factor, of: func(c *coefficients) float64 { return c.rate }},
			{name: "c", of: vReset.of},
			{name: "u", initial: true, of: func(c *coefficients) float64 { return c.uInit }},
		},
		reserve: overshoot,
		rounds:  true,
	},
	network.ResonateAndFire: {
		solve: func(c *coefficients, get func(network.Param) float64, dt float64) {
			integrate(c, get, dt)
			decay, turn := math.Exp(-dt/get(network.Tau)), 2*math.Pi*get(network.Frequency)*dt
			c.cosine, c.sine = decay*math.Cos(turn), decay*math.Sin(turn)
			c.vReset = get(network.VReset)
		},
		words: []word{
			drive, threshold, vReset, vInit, zero("x"),
			{name: "cosine", kind: factor, of: func(c *coefficients) float64 { return c.cosine }},
			{name: "sine", kind: factor, of: func(c *coefficients) float64 { return c.sine }},
		},
		reserve: swing,
		mend:    shrink,
	},
}

// integrate is the input of neurons to which it is added as it is.
func integrate(c *coefficients, get func(network.Param) float64, _ float64) {
	c.in, c.drive = get(network.R), get(network.R)*get(network.Bias)
}

// leak is NIR's LIF by forward Euler.
func leak(c *coefficients, get func(network.Param) float64, dt float64) {
	k := dt / get(network.Tau)
	c.in, c.beta = k*get(network.R), 1-k
	c.drive = k * (get(network.VLeak) + float64(get(network.R)*get(network.Bias)))
}

// current is NIR's CubaLIF by forward Euler.
func current(c *coefficients, get func(network.Param) float64, dt float64) {
	k, ks := dt/get(network.Tau), dt/get(network.TauSyn)
	w := ks * get(network.WIn)
	c.in, c.alpha, c.beta = w, 1-ks, 1-k
	c.gain, c.drive, c.leak = k*get(network.R), w*get(network.Bias), k*get(network.VLeak)
	c.iInit = get(network.IInit)
}

// currentWords are those of current, but for a threshold.
var currentWords = []word{
	beta, drive, vInit,
	{name: "alpha", kind: factor, of: func(c *coefficients) float64 { return c.alpha }},
	{name: "gain", kind: factor, of: func(c *coefficients) float64 { return c.gain }},
	{name: "leak", of: func(c *coefficients) float64 { return c.leak }},
	{name: "i", initial: true, of: func(c *coefficients) float64 { return c.iInit }},
}

func currents(c *coefficients, sum float64) float64 {
	i := geometric(sum, c.alpha)
	return max(i, geometric(i*math.Abs(c.gain), c.beta))
}

func leaks(c *coefficients, sum float64) float64 { return geometric(sum, c.beta) }

// geometric is the sum of x times all powers of a factor.
func geometric(x, factor float64) float64 {
	if math.Abs(factor) >= 1 {
		return math.Inf(1)
	}
	return x / (1 - math.Abs(factor))
}

// Numbers of the fixed-point scheme of izhikevich.
const (
	// recovery is how many times larger than the paper's the word u is.
	recovery = 4
	// highest is up to which potential, in mV, a half-step's factor fits a word.
	highest = 200
)

// quadratic is Izhikevich's model in half-steps of dt/2, in milliseconds.
func quadratic(c *coefficients, get func(network.Param) float64, dt float64) {
	dt *= 1000
	h := dt / 2
	c.in = h * get(network.R)
	c.drive = h * (140 + float64(get(network.R)*get(network.Bias)))
	c.square, c.linear = 0.04*h, 1+5*h
	c.pull = h / recovery
	c.slope, c.rate = recovery*get(network.B), dt*get(network.A)
	c.vReset, c.jump, c.uInit = get(network.C), recovery*get(network.D), recovery*get(network.UInit)
	c.steep = c.linear + float64(c.square*highest)
}

// overshoot is what a word of izhikevich must hold, in mV. A spike overshoots the
// threshold by some hundred mV after one half-step, and by up to 2000 after two. Words
// of 16 bits clip that: they have 64 units a mV first, and then more room.
// More input than that changes nothing: the neuron fires, or is held down.
func overshoot(c *coefficients, stateBits int, _ float64) float64 {
	room := min(max(math.Ldexp(1, stateBits-1)/64, 128), 4096)
	for _, x := range []float64{c.vInit, c.vReset, c.threshold, c.drive, c.uInit, c.jump} {
		room = max(room, 2*math.Abs(x))
	}
	return room
}

// swing is what a word of resonate_and_fire must hold: some times its levels, the
// more the wider it is, and one tick's whole input. Each tick loses about a unit to
// rounding, so that an oscillation of many ticks needs many units.
func swing(c *coefficients, stateBits int, sum float64) float64 {
	most := max(math.Abs(c.threshold), math.Abs(c.vReset), math.Abs(c.vInit), math.Abs(c.drive))
	return max(most*min(max(math.Ldexp(1, stateBits-12), 4), levelHeadroom), sum)
}

// shrink makes rotations that do not decay, since rounding made their factors too
// large, into ones that do.
func shrink(params map[string][]int32, one int32) {
	cosine, sine := params["cosine"], params["sine"]
	for i := range max(len(cosine), len(sine)) {
		c, s := &cosine[min(i, len(cosine)-1)], &sine[min(i, len(sine)-1)]
		for math.Hypot(float64(*c), float64(*s)) >= float64(one) {
			larger := c
			if max(*s, -*s) > max(*c, -*c) {
				larger = s
			}
			if *larger > 0 {
				*larger--
			} else {
				*larger++
			}
		}
	}
}

// discretise returns the coefficients of a population's neurons: one element
// where all parameters are uniform, else one a neuron. tick is in seconds.
func discretise(np *network.Population, tick float64, n int) []coefficients {
	count := 1
	for _, v := range np.Params {
		if !v.Uniform() {
			count = n
		}
	}
	out := make([]coefficients, count)
	for i := range out {
		get := func(name network.Param) float64 {
			if v, ok := np.Params[name]; ok && len(v.Values) > 0 {
				return v.At(i)
			}
			return 0
		}
		c := &out[i]
		c.threshold, c.vInit = get(network.VThreshold), get(network.VInit)
		c.refractory = int(get(network.Refractory))
		if np.Reset == network.ResetValue {
			c.vReset = get(network.VReset)
		}
		equations[np.Model].solve(c, get, tick)
	}
	return out
}
