package nir

import (
	"math"
	"slices"
	"strconv"

	"github.com/weft-toolchain/weft/compiler/netfile"
	"github.com/weft-toolchain/weft/internal/diag"
)

// param is a parameter of a population: one number for all, or one each.
type param struct {
	key    string
	values []float64
}

// cell is one neuron in weft's terms, in the equations of FORMAT.md.
type cell struct {
	tau, tauSyn, r, wIn, vLeak float64
	bias                       float64
	threshold, vReset          float64
	vInit, iInit               float64
}

// neurons returns the model of a population, its parameters, and what a spike does.
func (im *importer) neurons(s *source) (model string, params []param, reset string) {
	n := netfile.Size(s.shape)
	// One cell stands for all where nothing tells them apart.
	if len(s.bias) > 0 && !slices.ContainsFunc(s.bias, func(b float64) bool { return b != s.bias[0] }) {
		s.bias = s.bias[:1]
	}
	uniform := len(s.bias) <= 1
	for _, node := range []*node{s.node, s.above} {
		if node == nil {
			continue
		}
		for _, f := range node.fields {
			v := node.params[f.name].Data
			uniform = uniform && !slices.ContainsFunc(v, func(x float64) bool { return x != v[0] })
		}
	}
	if uniform {
		n = 1
	}
	if !im.spend(int64(n) * neuronWork) {
		return "", nil, ""
	}
	cells := make([]cell, n)
	for i := range cells {
		if !im.cell(s, i, &cells[i]) {
			return "", nil, ""
		}
	}
	model, reset = im.model(s, cells)
	for _, p := range []struct {
		key    string
		models []string
		of     func(c *cell) float64
		usual  float64
	}{
		{"tau", leaky, func(c *cell) float64 { return c.tau }, 0},
		{"tau_syn", cuba, func(c *cell) float64 { return c.tauSyn }, 0},
		{"r", nil, func(c *cell) float64 { return c.r }, 1},
		{"w_in", cuba, func(c *cell) float64 { return c.wIn }, 1},
		{"v_leak", leaky, func(c *cell) float64 { return c.vLeak }, 0},
		{"bias", nil, func(c *cell) float64 { return c.bias }, 0},
		{"v_init", nil, func(c *cell) float64 { return c.vInit }, 0},
		{"i_init", cuba, func(c *cell) float64 { return c.iInit }, 0},
		{"v_threshold", firing, func(c *cell) float64 { return c.threshold }, math.NaN()},
		{"v_reset", firing, func(c *cell) float64 { return c.vReset }, 0},
	} {
		if p.models != nil && !slices.Contains(p.models, model) || p.key == "v_reset" && reset != "value" {
			continue
		}
		values := make([]float64, len(cells))
		for i := range cells {
			values[i] = p.of(&cells[i])
		}
		if slices.ContainsFunc(values, func(v float64) bool { return v != p.usual }) {
			params = append(params, param{p.key, values})
		}
	}
	return model, params, reset
}

// Which models have a parameter.
var (
	leaky  = []string{"lif", "cuba_lif", "li", "cuba_li"}
	cuba   = []string{"cuba_lif", "cuba_li"}
	firing = []string{"if", "lif", "cuba_lif"}
)

// model returns the neuron model, and the reset of one that fires.
func (im *importer) model(s *source, cells []cell) (model, reset string) {
	switch {
	case s.node.kind == output:
		return "li", ""
	case s.above != nil:
		firing := map[string]string{"integrator": "if", "li": "lif", "cuba_li": "cuba_lif"}
		return firing[s.node.model], "none"
	case !s.node.fires:
		return s.node.model, ""
	case s.node.kind == threshold:
		return s.node.model, "zero"
	}
	moved := slices.ContainsFunc(cells, func(c cell) bool { return c.vReset != 0 })
	switch {
	case im.opt.Reset == "" && moved:
		return s.node.model, "value"
	case im.opt.Reset == "":
		return s.node.model, "zero"
	case moved:
		im.out.Note("%s: its v_reset is not 0, and not used (--reset %s)", s.node, im.opt.Reset)
	}
	return s.node.model, string(im.opt.Reset)
}

// cell works out neuron i, and reports whether it could.
func (im *importer) cell(s *source, i int, c *cell) bool {
	get := func(name string) float64 {
		if a := s.node.params[name]; a != nil {
			return of(a.Data, i)
		}
		return 0
	}
	if len(s.bias) > 0 {
		c.bias = of(s.bias, i)
	}
	c.threshold, c.vReset, c.vLeak = get("v_threshold"), get("v_reset"), get("v_leak")
	if s.above != nil {
		c.threshold = of(s.above.params["threshold"].Data, i)
	}
	dt := im.opt.Tick / im.opt.TimeUnit // in the file's unit of time
	ok := true
	switch s.node.membrane {
	case sums:
		// With a time constant of one tick v is the input of the tick, and nothing
		// else.
		c.tau, c.r, c.threshold = im.opt.Tick, 1, get("threshold")
	case integrates:
		c.r = get("r")
		switch im.opt.Amplitude {
		case Unit:
			c.r *= dt
		case Dirac:
			c.bias *= dt
		}
	case leaks:
		c.tau, ok = im.constant(s, "tau", get("tau"))
		gain := im.gain(c.tau, get("tau"))
		c.r = get("r") * gain
		c.bias /= gain
	case currents:
		var ok2 bool
		c.tau, ok = im.constant(s, "tau_mem", get("tau_mem"))
		c.tauSyn, ok2 = im.constant(s, "tau_syn", get("tau_syn"))
		ok = ok && ok2
		gain := im.gain(c.tauSyn, get("tau_syn"))
		c.r, c.wIn = get("r"), get("w_in")*gain
		c.bias /= gain
		if im.opt.OldCurrent && c.tauSyn > im.opt.Tick {
			// The bias, too, is a tick late.
			k := im.opt.Tick / c.tauSyn
			c.iInit = -k * c.wIn * c.bias / (1 - k)
		}
	}
	return ok && im.finite(s, c) && (!im.opt.Align || im.align(s, i, c))
}

// gain is what a spike is worth beyond a current that lasts a tick, where a time
// constant of the file became tau seconds in weft.
func (im *importer) gain(tau, file float64) float64 {
	if im.opt.Amplitude != Dirac {
		return 1
	}
	return tau / im.opt.Tick / file
}

// constant returns the time constant in seconds with which forward Euler decays as
// the file's does by the chosen rule.
func (im *importer) constant(s *source, name string, v float64) (float64, bool) {
	tau, tick := v*im.opt.TimeUnit, im.opt.Tick
	const slack = 1e-6 // of float32, in which files keep what was meant to be a tick
	switch {
	case v <= 0:
		im.add(diag.OutOfRange, "%s: %s is %g, want a time above 0", s.node, name, v)
		return 0, false
	case im.opt.Decay == Exact:
		return tick / -math.Expm1(-tick/tau), true
	case tau >= tick:
		return tau, true
	case tau >= tick*(1-slack):
		return tick, true
	}
	im.add(diag.OutOfRange, "%s: %s is %g s, shorter than a tick of %g s, which forward Euler overshoots; choose a shorter --dt, another --time-unit, or --decay exact", s.node, name, tau, tick)
	return 0, false
}

// finite reports numbers that left the range of floats.
func (im *importer) finite(s *source, c *cell) bool {
	for _, v := range []float64{c.tau, c.tauSyn, c.r, c.wIn, c.bias, c.iInit} {
		if v-v != 0 {
			im.add(diag.NotFinite, "%s: what its numbers come to in ticks of %g s is beyond what a float holds", s.node, im.opt.Tick)
			return false
		}
	}
	return true
}

// align sets the state before tick 1 so that the neuron is at rest in the tick
// before its first input can arrive.
func (im *importer) align(s *source, i int, c *cell) bool {
	k, ks := 1.0, 0.0 // the shares of v and i that decay in a tick
	drive := func(float64) float64 { return c.r * c.bias }
	switch s.node.membrane {
	case integrates:
		k = 0
	case sums, leaks:
		k = im.opt.Tick / c.tau
		drive = func(float64) float64 { return k * (c.vLeak + c.r*c.bias) }
	case currents:
		k, ks = im.opt.Tick/c.tau, im.opt.Tick/c.tauSyn
		drive = func(current float64) float64 { return k * (c.vLeak + c.r*current) }
	}
	in := ks * c.wIn * c.bias
	v, current := c.vInit, c.iInit
	for range s.level {
		if ks == 1 {
			current = in // whatever it was before
		}
		if s.fires() && (v > c.threshold || k == 1 && drive(current) > c.threshold) {
			im.add(diag.Unsupported, "%s: neuron %d cannot be aligned: its bias alone makes it fire in the %s before its first input; do without --align", s.node, i, diag.Plural(s.level, "tick"))
			return false
		}
		if k == 1 {
			v = 0
		} else {
			v = (v - drive(current)) / (1 - k)
		}
		if ks < 1 {
			current = (current - in) / (1 - ks)
		}
	}
	c.vInit, c.iInit = v, current
	return im.finite(s, &cell{bias: v, iInit: current})
}

// number writes a number so that it reads back the same.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
