package interp

import (
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
)

// rounded are the models with equations in real numbers, in the integers that
// these became. Each is written from FORMAT.md and from what package quant says of
// its words.
var rounded = map[network.Model]func(c *cell) (fires bool){
	network.IF:              integrateAndFire,
	network.LIF:             lif,
	network.CubaLIF:         cubaLIF,
	network.ALIF:            alif,
	network.StochasticLIF:   stochasticLIF,
	network.Izhikevich:      izhikevich,
	network.ResonateAndFire: resonateAndFire,
	network.Integrator:      integrator,
	network.LI:              leakyIntegrator,
	network.CubaLI:          cubaLeakyIntegrator,
}

// times returns x times a factor, as a word.
func (c *cell) times(x int64, name string, r fixed.Rounding) int64 {
	return c.sat(fixed.MulShift(int32(x), int32(c.param(name)), c.p.FactorBits, r))
}

// input is the sum of the weights in the potential's unit.
func (c *cell) input() int64 { return fixed.Shl(int32(c.in), c.p.Frac) }

// resting counts a refractory tick, and reports whether this is one.
func (c *cell) resting() bool {
	if !c.p.Refractory || *c.word("ref") == 0 {
		return false
	}
	*c.word("ref")--
	return true
}

// charge is the membrane of lif.
func (c *cell) charge() int64 {
	v := c.times(int64(*c.word("v")), "beta", fixed.TowardZero)
	return c.sat(c.sat(v+c.input()) + c.param("drive"))
}

// reset does what the population's reset says; crossed is what subtract takes
// away.
func (c *cell) reset(v, crossed int64) {
	switch c.p.Reset {
	case network.ResetZero:
		v = 0
	case network.ResetSubtract:
		v = c.sat(v - crossed)
	case network.ResetValue:
		v = c.param("v_reset")
	case network.ResetNone:
	}
	*c.word("v") = int32(v)
	if c.p.Refractory {
		*c.word("ref") = int32(c.param("refractory"))
	}
}

// fire sends a spike where v exceeds the threshold, and resets it.
func (c *cell) fire() bool {
	v, threshold := int64(*c.word("v")), c.param("threshold")
	if v <= threshold {
		return false
	}
	c.reset(v, threshold)
	return true
}

func integrator(c *cell) bool {
	v := c.word("v")
	*v = int32(c.sat(c.sat(int64(*v)+c.input()) + c.param("bias")))
	return false
}

func integrateAndFire(c *cell) bool {
	if c.resting() {
		return false
	}
	integrator(c)
	return c.fire()
}

func lif(c *cell) bool {
	if c.resting() {
		return false
	}
	*c.word("v") = int32(c.charge())
	return c.fire()
}

func leakyIntegrator(c *cell) bool {
	*c.word("v") = int32(c.charge())
	return false
}

// current moves the synaptic current of cuba_lif, and returns what it charges the
// membrane with.
func (c *cell) current() int64 {
	i := c.sat(c.times(int64(*c.word("i")), "alpha", fixed.TowardZero) + c.input())
	i = c.sat(i + c.param("drive"))
	*c.word("i") = int32(i)
	return c.times(i, "gain", fixed.TowardZero)
}

// gain charges the membrane of cuba_lif.
func (c *cell) gain(charge int64) {
	v := c.word("v")
	*v = int32(c.sat(c.times(int64(*v), "beta", fixed.TowardZero) + charge))
	*v = int32(c.sat(int64(*v) + c.param("leak")))
}

func cubaLIF(c *cell) bool {
	resting := c.resting()
	charge := c.current()
	if resting {
		return false
	}
	c.gain(charge)
	return c.fire()
}

func cubaLeakyIntegrator(c *cell) bool {
	c.gain(c.current())
	return false
}

func alif(c *cell) bool {
	a := c.word("a")
	resting := c.resting()
	*a = int32(c.times(int64(*a), "rho", fixed.TowardZero))
	if resting {
		c.sat(c.param("threshold") + int64(*a>>3)) // the chip adds, and counts, all the same
		return false
	}
	v := c.charge()
	*c.word("v") = int32(v)
	threshold := c.sat(c.param("threshold") + int64(*a>>3)) // a has three bits more
	if v <= threshold {
		return false
	}
	c.reset(v, threshold)
	*a = int32(c.sat(int64(*a) + c.param("jump")))
	return true
}

func stochasticLIF(c *cell) bool {
	if c.resting() {
		return false
	}
	v := c.charge()
	*c.word("v") = int32(v)
	k := isa.Draw(c.m.q.Net.Seed, int64(c.m.tick), isa.Stream(c.n, isa.Tick, 0), 1, c.p.FactorBits+1)
	noise := c.param("noise")
	shift := c.sat(c.times(k, "noise", fixed.Floor) - noise)
	if v <= c.sat(c.param("threshold")+shift) {
		return false
	}
	c.reset(v, c.param("threshold"))
	return true
}

func izhikevich(c *cell) bool {
	v, u := int64(*c.word("v")), int64(*c.word("u"))
	step := c.sat(c.param("drive") - c.times(u, "pull", fixed.Nearest))
	step = c.sat(step + c.input())
	for range 2 {
		bend := c.sat(fixed.MulShift(int32(v), int32(c.param("square")), c.p.SquareBits, fixed.Nearest))
		bend = c.sat(bend + c.param("linear"))
		v = c.sat(fixed.MulShift(int32(v), int32(bend), c.p.FactorBits, fixed.Nearest))
		v = c.sat(v + step)
	}
	lag := c.sat(c.times(v, "slope", fixed.Nearest) - u)
	u = c.sat(u + c.times(lag, "rate", fixed.Nearest))
	fires := v > c.param("threshold")
	if fires {
		v, u = c.param("c"), c.sat(u+c.param("jump"))
	}
	*c.word("v"), *c.word("u") = int32(v), int32(u)
	return fires
}

func resonateAndFire(c *cell) bool {
	y, x := int64(*c.word("v")), int64(*c.word("x"))
	im := c.sat(c.times(y, "cosine", fixed.TowardZero) + c.times(x, "sine", fixed.TowardZero))
	re := c.sat(c.times(x, "cosine", fixed.TowardZero) - c.times(y, "sine", fixed.TowardZero))
	re = c.sat(c.sat(re+c.param("drive")) + c.input())
	fires := im > c.param("threshold")
	if fires {
		im, re = c.param("v_reset"), 0
	}
	*c.word("v"), *c.word("x") = int32(im), int32(re)
	return fires
}
