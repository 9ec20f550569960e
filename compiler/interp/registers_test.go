package interp

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/models"
)

// widths are the words that each model is tried in.
var widths = map[network.Model][]int{
	network.Loihi: {24, 32}, network.TrueNorth: {20, 24}, network.RANC: {9, 16, 32},
	network.LoihiTernary: {24, 32}, network.ODINLIF: {9, 24}, network.TinyODINLIF: {12, 24}, network.ODINIzh: {12, 24},
}

// lane is a neuron as its text has it.
type lane struct {
	isa.Lane
	code  []isa.Inst
	state []string
}

// newLane returns nil where the choices need more state words than a neuron has.
func newLane(t *testing.T, p *ir.QuantizedPopulation, bits int) *lane {
	t.Helper()
	m, _ := models.Lookup(string(p.Model))
	shared := map[string]bool{}
	for name := range p.Params {
		shared[name] = len(name)%2 == 0 // some in either bank
	}
	prog, err := m.Assemble(models.Options{Choices: p.Choices, Reset: string(p.Reset), Shared: shared})
	if err != nil {
		return nil
	}
	code, err := isa.DecodeAll(prog.Words)
	if err != nil {
		t.Fatal(err)
	}
	l := &lane{Lane: isa.Lane{Bits: bits}, code: code, state: prog.State}
	for _, b := range prog.Params {
		l.Reg[b.Reg] = p.Params[b.Name][0]
	}
	for k, name := range prog.State {
		if init := p.Init[name]; init != nil {
			l.Reg[isa.S0+isa.Reg(k)] = init[0]
		}
	}
	return l
}

// tick is one tick with that input.
func (l *lane) tick(in int64, env *isa.Env, key uint64) (saturations int) {
	v, clipped := fixed.Sat(in, l.Bits)
	l.Reg[isa.In], l.Sum, l.Core, l.Key = v, in, env, key
	clear(l.Reg[isa.T0:isa.S0])
	l.Run(l.code)
	saturations = l.Saturations
	wraps := false
	for _, i := range l.code {
		wraps = wraps || i.Op == isa.ACCW
	}
	if clipped && !wraps {
		saturations++
	}
	return saturations
}

// wholeNumber draws a whole number from lo to hi, often near a border or zero.
func wholeNumber(r *rand.Rand, lo, hi int64) int64 {
	switch r.IntN(6) {
	case 0:
		return lo + r.Int64N(min(3, hi-lo+1))
	case 1:
		return hi - r.Int64N(min(3, hi-lo+1))
	case 2:
		return min(max(r.Int64N(9)-4, lo), hi)
	case 3:
		return min(max(r.Int64N(513)-256, lo), hi)
	}
	return lo + r.Int64N(hi-lo+1)
}

// configuration draws the registers of one neuron.
func configuration(r *rand.Rand, model network.Model, bits int) ir.QuantizedPopulation {
	p := ir.QuantizedPopulation{Model: model, Choices: map[string]string{}, Params: map[string][]int32{}, Init: map[string][]int32{"v": {0}}}
	lo, hi := fixed.Limits(bits)
	for _, reg := range model.Registers() {
		x := wholeNumber(r, max(reg.Lo, lo), min(reg.Hi, hi))
		if state, ok := strings.CutSuffix(string(reg.Name), "_init"); ok {
			p.Init[state] = []int32{int32(x)}
		} else {
			p.Params[string(reg.Name)] = []int32{int32(x)}
		}
	}
	for _, c := range model.Choices() {
		p.Choices[c.Name] = c.Words[r.IntN(len(c.Words))]
		if model == network.ODINIzh && r.IntN(3) > 0 { // with most of them it has too many state words
			p.Choices[c.Name] = c.Words[0]
		}
	}
	resets := []network.Reset{network.ResetZero, network.ResetSubtract, network.ResetValue, network.ResetNone}
	set := map[network.Model]func(){
		network.Loihi: func() {
			p.Params["threshold"][0] <<= 6
			p.Params["bias"] = []int32{p.Params["bias"][0] << p.Params["bias_exp"][0]}
			p.Params["v_spike"] = []int32{p.Params["refractory"][0] << 7}
		},
		network.TrueNorth: func() {
			p.Reset = resets[r.IntN(4)]
			if r.IntN(3) == 0 {
				p.Params["threshold_mask"][0] = 0
			}
			if p.Params["threshold_mask"][0] != 0 {
				p.Choices["noise"] = "true"
			}
		},
		network.RANC:    func() { p.Reset = resets[r.IntN(3)] },
		network.ODINIzh: func() { p.Params["fan_in"] = []int32{1 << p.Params["fan_in"][0]} },
	}
	if f := set[model]; f != nil {
		f()
	}
	return p
}

// Every integer model's text does what its equation says, on thousands of random
// registers, the extreme ones included.
func TestTextsOfIntegerModelsFollowTheirEquations(t *testing.T) {
	for model, equation := range equations {
		r := rand.New(rand.NewPCG(uint64(len(model)), 31))
		fired, refused := 0, 0
		const trials, ticks = 4000, 12
		for trial := range trials {
			bits := widths[model][trial%len(widths[model])]
			p := configuration(r, model, bits)
			q := &ir.Quantized{StateBits: bits, Graph: &ir.Graph{Net: &network.Network{Seed: r.Uint64()}}}
			m := &integers{q: q, words: map[string][]int32{}, v: []int32{p.Init["v"][0]}}
			for name, x := range p.Init {
				m.words[name] = []int32{x[0]}
			}
			l := newLane(t, &p, bits)
			if l == nil {
				refused++
				continue
			}
			_, hi := fixed.Limits(bits)
			spread := []int64{2, 40, 300, hi, 3 * hi}[r.IntN(5)]
			for tick := 1; tick <= ticks; tick++ {
				in := r.Int64N(2*spread+1) - spread
				before := m.saturations
				m.tick = tick
				want := equation(&cell{m: m, p: &p, in: in})
				saturations := l.tick(in, &isa.Env{Seed: q.Net.Seed, Tick: int64(tick)}, isa.Stream(0, isa.Tick, 0))
				what := fmt.Sprintf("%s of %d bits, %+v, tick %d, input %d", model, bits, p, tick, in)
				if l.Spike != want || int64(saturations) != m.saturations-before {
					t.Fatalf("%s: the text fires %v with %d saturations, the equation %v with %d", what, l.Spike, saturations, want, m.saturations-before)
				}
				c := &cell{m: m, p: &p}
				for k, name := range l.state {
					if got, want := l.Reg[isa.S0+isa.Reg(k)], *c.word(name); got != want {
						t.Fatalf("%s: the text has %s = %d, the equation %d", what, name, got, want)
					}
				}
				if want {
					fired++
				}
			}
		}
		if refused > 0 && (model != network.ODINIzh || refused > trials/2) {
			t.Errorf("%s: %d of %d configurations do not assemble", model, refused, trials)
		}
		if fired < trials*ticks/50 || fired > trials*ticks*49/50 {
			t.Errorf("%s fires in %d of %d ticks: too few or too many to compare", model, fired, trials*ticks)
		}
	}
}

// A spike over a stochastic synapse adds the sign of the weight with probability
// (|w| + 1) / 256, and nothing where the weight is 0.
func TestStochasticSynapsesHaveTheirLaw(t *testing.T) {
	m, _ := models.Lookup("truenorth")
	tick, err := m.Assemble(models.Options{Reset: "zero"})
	if err != nil {
		t.Fatal(err)
	}
	prog, err := m.AssembleSynapse(isa.Pre, tick)
	if err != nil {
		t.Fatal(err)
	}
	code, err := isa.DecodeAll(prog.Words)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []int16{0, 1, -1, 63, -128, 254, 255, -255, -256} {
		q := &ir.Quantized{
			StateBits: 20, Weights: [][]int16{{w}},
			Graph: &ir.Graph{
				Net:         &network.Network{Seed: 5},
				Inputs:      []ir.Group{{N: 1}},
				Populations: []ir.Group{{N: 1}},
				Projections: []ir.Projection{{From: network.Ref{Input: true}, Off: []int32{0, 1}, Post: []int32{0}}},
			},
		}
		x := &integers{q: q, v: []int32{0}}
		l := isa.Lane{Bits: 20, MinWeight: -256, MaxWeight: 255, Weight: int32(w), Key: isa.Stream(0, isa.Pre, 1)}
		const n = 20000
		for x.tick = 1; x.tick <= n; x.tick++ {
			x.stochastic(synapse{})
			l.Core = &isa.Env{Seed: 5, Tick: int64(x.tick)}
			clear(l.Reg[isa.T0:isa.S0])
			l.Run(code)
			if l.Reg[isa.S0] != x.v[0] {
				t.Fatalf("weight %d, tick %d: the text has v = %d, the oracle %d", w, x.tick, l.Reg[isa.S0], x.v[0])
			}
		}
		abs := max(int(w), -int(w))
		want := float64(min(abs+1, 256)) / 256
		if w == 0 {
			want = 0
		}
		got := float64(max(x.v[0], -x.v[0])) / n
		if d := got - want; d > 0.012 || d < -0.012 || sign(int64(x.v[0])) != sign(int64(w)) {
			t.Errorf("weight %d: v is %d after %d spikes, want %.3f of them", w, x.v[0], n, want)
		}
	}
}
