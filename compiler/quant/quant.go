// Package quant turns the real numbers of a graph into integers of the target's
// widths, and says what that cost.
//
// All synapses of a neuron add into one accumulator, so they share one scale:
// that of the population, or each neuron's own (per: neuron). The scale is the
// one whose clipping minimises the mean squared error of the weights (clip:
// mse), or the largest that clips none (clip: max). Thresholds, biases and
// initial potentials are scaled with the weights, and have frac more bits below
// the weights' unit where the state word has room for them.
package quant

import (
	"math"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/models"
	"github.com/weft-toolchain/weft/targets"
)

// Quantise returns g in the integers of arch. over, where set, overrides what
// the network file says. The error is a *diag.Error.
func Quantise(g *ir.Graph, arch *targets.Arch, over network.Quantise) (*ir.Quantized, error) {
	var diags diag.List
	q := &ir.Quantized{
		Graph:     g,
		Weights:   make([][]int16, len(g.Projections)),
		Pops:      make([]ir.QuantizedPopulation, len(g.Populations)),
		Stats:     make([]ir.QuantStats, len(g.Projections)),
		StateBits: arch.StateBits,
	}
	set := make([]settings, len(g.Projections))
	told := map[diag.Pos]bool{}
	for k := range g.Projections {
		set[k] = choose(g, k, arch, over)
		if s := &set[k]; !told[s.pos] {
			before := diags.Len()
			pr := &g.Projections[k]
			checkFormat(s, &g.Net.Projections[pr.Index], g.Net.Populations[pr.To].Model.IsInteger(), arch, &diags)
			told[s.pos] = diags.Len() > before
		}
	}
	if err := diags.Err(); err != nil {
		return nil, err
	}
	classify(q, &diags)
	checkWaits(q, arch, &diags)
	for k := range g.Populations {
		if g.Net.Populations[k].Model.IsInteger() {
			integers(q, k, arch, over, &diags)
			continue
		}
		p := newPopulation(q, k, set)
		if !p.finite(&diags) {
			continue
		}
		p.quantise()
		p.learning(&diags)
	}
	if err := diags.Err(); err != nil {
		return nil, err
	}
	return q, nil
}

// maxClasses is how many classes of rows there can be.
const maxClasses = 1 << 8

// classify finds the class of each projection.
func classify(q *ir.Quantized, diags *diag.List) {
	q.Classes = []ir.Class{{}}
	q.ClassOf = make([]uint8, len(q.Projections))
	for k := range q.Projections {
		np := &q.Net.Projections[q.Projections[k].Index]
		c := ir.Class{Exp: int8(np.Exp), Plastic: np.Learn != nil || np.Stochastic, Silent: np.Stochastic}
		at := slices.Index(q.Classes, c)
		if at < 0 {
			at = len(q.Classes)
			q.Classes = append(q.Classes, c)
		}
		if at >= maxClasses {
			diags.Add(np.Pos, diag.TooLarge, "projection %q: is of one kind too many; a network has at most %d kinds of projection by exponent, learning and randomness", np.Name, maxClasses)
			return
		}
		q.ClassOf[k] = uint8(at)
	}
}

// checkWaits reports spikes over plastic synapses that would have to wait for
// their delay: where delays are kept at synapses, a row is read one tick after
// the spike, and its programs run then.
func checkWaits(q *ir.Quantized, arch *targets.Arch, diags *diag.List) {
	if arch.DelayPlace != targets.DelaySynapse {
		return
	}
	for k := range q.Projections {
		if !q.Classes[q.ClassOf[k]].Plastic {
			continue
		}
		np := &q.Net.Projections[q.Projections[k].Index]
		if longest := slices.Max(append([]uint16{1}, q.Projections[k].Delay...)); longest > 1 {
			what := "learn"
			if np.Stochastic {
				what = "are stochastic"
			}
			diags.Add(np.Delays.Pos, diag.DoesNotFit, "projection %q: has a delay of %d ticks and synapses that %s, which the target does in the tick after a spike: write a delay of 1, or choose a target whose delays are at axons", np.Name, longest, what)
		}
	}
}

// settings are how one projection is quantised.
type settings struct {
	bits int
	// format is empty where bits say all; grid is what either makes, and room the
	// largest whole number that a synapse holds.
	format network.Format
	grid   grid
	room   float64
	scale  network.Scale
	// pos is where the bits were asked for; the whole file, where that was the
	// command line.
	pos  diag.Pos
	clip network.Clip
	per  network.Per
	sign network.Sign
	// asked says that somebody chose bits or a sign.
	asked bool
}

// choose merges what the command line, the projection and the network say, in
// that order, over the defaults.
func choose(g *ir.Graph, k int, arch *targets.Arch, over network.Quantise) settings {
	s := settings{bits: arch.WeightBits, clip: network.ClipMSE, per: network.PerProjection}
	np := &g.Net.Projections[g.Projections[k].Index]
	for _, from := range []network.Quantise{g.Net.Quantise, np.Quantise, over} {
		if from.Bits != 0 {
			s.bits, s.format, s.pos = from.Bits, "", from.Pos
		}
		if from.Format != "" {
			s.format, s.pos = from.Format, from.Pos
			s.bits = rowOf(from.Format).bits
		}
		if s.pos.File == "" {
			s.pos = diag.Pos{File: g.Net.File}
		}
		if from.Scale != "" {
			s.scale = from.Scale
		}
		if from.Sign != "" {
			s.sign = from.Sign
		}
		s.asked = s.asked || from.Bits != 0 || from.Format != "" || from.Sign != ""
		if from.Clip != "" {
			s.clip = from.Clip
		}
		if from.Per != "" {
			s.per = from.Per
		}
	}
	s.room = room(arch)
	s.grid = wholes(s.bits)
	if s.format != "" {
		s.grid = rowOf(s.format).grid(s.room)
	}
	return s
}

// population is the work on one population.
type population struct {
	q     *ir.Quantized
	index int
	out   *ir.QuantizedPopulation
	np    *network.Population
	n     int
	coef  []coefficients // one, or one a neuron
	// eq is the model's row, words those of it and what its options add.
	eq      equation
	words   []word
	maxFrac int
	// projs are the projections that end here.
	projs []int
	set   []settings
	per   network.Per
	clip  network.Clip
	pow2  bool
	// own holds, by projection, the scale that suits it alone, one or one a neuron;
	// nil where the formats of all are one.
	own map[int][]float64
}

func newPopulation(q *ir.Quantized, index int, set []settings) *population {
	p := &population{
		q: q, index: index, out: &q.Pops[index],
		np: &q.Net.Populations[index], n: q.Populations[index].N,
		set: set, per: network.PerProjection, clip: network.ClipMSE,
	}
	p.out.Model, p.out.Reset = p.np.Model, p.np.Reset
	p.out.FactorBits = models.FactorBits(q.StateBits)
	p.coef = discretise(p.np, q.Net.Tick, p.n)
	p.eq = equations[p.np.Model]
	text, _ := models.Lookup(string(p.np.Model))
	p.maxFrac = text.MaxFrac()
	for i := range p.coef {
		p.out.Refractory = p.out.Refractory || p.coef[i].refractory > 0
	}
	p.words = slices.Clone(p.eq.words)
	if p.np.Reset == network.ResetValue {
		p.words = append(p.words, vReset)
	}
	if p.out.Refractory {
		p.words = append(p.words, zero("ref"), word{name: "refractory", kind: whole, of: func(c *coefficients) float64 { return float64(c.refractory) }})
	}
	steepest := 0.0
	for i := range p.coef {
		steepest = max(steepest, p.coef[i].steep, p.most(factor, &p.coef[i]))
	}
	// A factor beyond 2, such as a large gain, leaves room for fewer fractional bits.
	_, hi := fixed.Limits(q.StateBits)
	for p.out.FactorBits > 0 && math.Round(steepest*float64(int(1)<<p.out.FactorBits)) > float64(hi) {
		p.out.FactorBits--
	}
	for k := range q.Projections {
		if q.Projections[k].To != index {
			continue
		}
		p.projs = append(p.projs, k)
		if set[k].per == network.PerNeuron {
			p.per = network.PerNeuron
		}
		if set[k].clip == network.ClipMax {
			p.clip = network.ClipMax
		}
		p.pow2 = p.pow2 || set[k].scale == network.ScalePow2
	}
	return p
}

func (p *population) quantise() {
	if p.learns() == nil && p.exact() {
		p.out.Exact = true
		p.out.Scale = []float64{1}
	} else {
		p.out.Scale = p.scales()
	}
	for _, k := range p.projs {
		p.weights(k)
	}
	if !p.out.Exact || p.decays() {
		p.out.Frac = p.frac()
	}
	p.squareBits()
	p.parameters()
}

// most is the largest magnitude of a neuron's words of a kind.
func (p *population) most(k kind, c *coefficients) float64 {
	most := 0.0
	for _, w := range p.words {
		if w.kind == k {
			most = max(most, math.Abs(w.of(c)))
		}
	}
	return most
}

// qmax is the largest integer weight of projection k where its step is 1; exact
// networks may also use −qmax−1, where no format is asked for.
func (p *population) qmax(k int) float64 { return p.set[k].grid.top }

// exact reports whether all numbers are integers that fit at scale 1.
func (p *population) exact() bool {
	if p.eq.rounds {
		return false
	}
	lo, hi := fixed.Limits(p.q.StateBits)
	for i := range p.coef {
		for _, w := range p.words {
			x := w.of(&p.coef[i])
			switch w.kind {
			case level:
				x = w.level(&p.coef[i])
			case factor:
				x *= float64(int(1) << p.out.FactorBits)
			case whole: // refractory periods are clipped
				continue
			case square:
			}
			if x != math.Trunc(x) || x < float64(lo) || x > float64(hi) {
				return false
			}
		}
	}
	for _, k := range p.projs {
		set := &p.set[k]
		misfit := func(w float64) bool {
			lowest := set.format == "" && w == -set.grid.top-1
			return w != math.Trunc(w) || !set.grid.holds(w) && !lowest
		}
		if _, found := p.find(k, misfit); found {
			return false
		}
	}
	return true
}

// decays reports whether something makes fractions of whole potentials.
func (p *population) decays() bool {
	for i := range p.coef {
		for _, w := range p.words {
			if x := w.of(&p.coef[i]); w.kind == factor && x != math.Trunc(x) {
				return true
			}
		}
	}
	return p.eq.fractions
}

func (p *population) at(i int) *coefficients {
	if len(p.coef) == 1 {
		return &p.coef[0]
	}
	return &p.coef[i]
}
