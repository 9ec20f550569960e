package isaref

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Run is what happens to an image: the inputs that spike, by tick, and the
// currents of its neurons until a tick, or nil.
type Run struct {
	Spikes  [][]int32
	Current []int32
	Until   int
}

// Generate returns a random image that Verify accepts, and a run of it: programs
// of all kinds over the whole instruction set, rows and destinations of every
// sort, and slots of every role.
func Generate(seed uint64) (*image.Image, Run) {
	g := generator{r: rand.New(rand.NewPCG(seed, 0x697361)), im: &image.Image{}}
	g.arch()
	g.symbols()
	g.spread()
	for k := range g.im.Cores {
		g.core(&g.im.Cores[k])
	}
	for k := range g.im.Cores {
		c := &g.im.Cores[k]
		for slot := range c.Neurons {
			c.Dests = append(c.Dests, g.dests(k, slot))
		}
	}
	for _, s := range g.im.Manifest.Inputs {
		for range s.N {
			var dests []image.Dest
			if s.Broadcast == nil {
				dests = g.dests(fromInput, 0)
			}
			g.im.InputDests = append(g.im.InputDests, dests)
		}
	}
	g.slotless()
	if err := g.im.Verify(); err != nil {
		panic(fmt.Sprintf("isaref: the image of seed %d is wrong: %v", seed, err))
	}
	return g.im, g.run()
}

type generator struct {
	r  *rand.Rand
	im *image.Image
	// typed has the weight of each slot of the core at work for each axon type,
	// where weights are Typed.
	typed [][targets.AxonTypes]int16
	// places are those of the mesh, of which the cores have the first.
	places []int
	// first are the cores that may send partial sums with delay 0.
	first []bool
}

// one reports true once in n times.
func (g *generator) one(n int) bool { return g.r.IntN(n) == 0 }

// from returns a number from lo to hi.
func (g *generator) from(lo, hi int) int { return lo + g.r.IntN(hi-lo+1) }

func pick[T any](g *generator, of ...T) T { return of[g.r.IntN(len(of))] }

func (g *generator) arch() {
	a := &g.im.Manifest.Arch
	*a = targets.Arch{
		MeshWidth: g.from(1, 3), MeshHeight: g.from(1, 3), Neurons: g.from(3, 12), Axons: g.from(4, 12), FanOut: 1000,
		SynapseFormat: pick(g, targets.Dense, targets.Sparse), SynapseWords: 1000, WordSynapses: g.from(1, 8),
		WeightFormat: pick(g, "", targets.Signed, targets.Mantissa, targets.Typed, targets.AxonSign), WeightBits: g.from(2, 15),
		StateBits: g.from(8, 32), StateWords: g.from(1, isa.NumState), ParamWords: g.from(0, isa.NumParams), ProgramWords: 64,
		DelayPlace: pick(g, targets.DelayAxon, targets.DelaySynapse), MaxDelay: g.from(1, 6),
	}
	if g.one(4) {
		a.WeightBits, a.WeightFormat = 16, targets.Signed
	}
	for _, letter := range "MRLGXTC" {
		if !g.one(8) {
			a.Extensions += string(letter)
		}
	}
	g.im.Manifest.Seed = g.r.Uint64() >> g.r.IntN(64)
}

func (g *generator) has(e isa.Ext) bool {
	return strings.ContainsRune(g.im.Manifest.Arch.Extensions, rune(e))
}

// symbols makes inputs, and populations on cores; these have programs of their
// own, or those of another core.
func (g *generator) symbols() {
	m := &g.im.Manifest
	first := 0
	for k := range g.from(1, 3) {
		s := image.Symbol{Name: fmt.Sprintf("in%d", k), First: first, N: g.from(1, 3)}
		s.Shape = []int{s.N}
		for range s.N {
			if k > 0 {
				s.Broadcast = append(s.Broadcast, pick(g, 0, 1, -1, g.r.Int32()-1<<30))
			}
		}
		m.Inputs = append(m.Inputs, s)
		first += s.N
	}
	g.places = g.r.Perm(m.Arch.Cores())
	first = 0
	for p := range g.from(1, 3) {
		s := image.Symbol{Name: fmt.Sprintf("p%d", p), First: first}
		var ids []int32
		firstCore := len(g.im.Cores)
		for range g.from(1, 2) {
			if len(g.places) == len(g.im.Cores) {
				break
			}
			c := g.newCore(int32(p))
			per := g.compartments(c)
			c.Neurons = make([]int32, per*g.from(1, max(m.Arch.Neurons/per, 1)))
			for range c.Neurons {
				ids = append(ids, int32(first+len(ids)))
			}
		}
		g.r.Shuffle(len(ids), func(a, b int) { ids[a], ids[b] = ids[b], ids[a] })
		s.N = len(ids)
		for k := firstCore; k < len(g.im.Cores); k++ {
			ids = ids[copy(g.im.Cores[k].Neurons, ids):]
		}
		if s.N == 0 {
			break
		}
		s.Shape = []int{s.N}
		first += s.N
		m.Populations = append(m.Populations, s)
	}
	m.Outputs = []int{0}
}

// newCore appends a core at the next place, with programs of its own or those of
// another one.
func (g *generator) newCore(population int32) *image.Core {
	width := g.im.Manifest.Arch.MeshWidth
	at := g.places[len(g.im.Cores)]
	c := image.Core{X: int32(at % width), Y: int32(at / width), Population: population}
	if len(g.im.Cores) > 0 && g.one(2) {
		other := &g.im.Cores[g.r.IntN(len(g.im.Cores))]
		c.Program, c.Learn = other.Program, other.Learn
	} else {
		g.programs(&c)
	}
	g.im.Cores = append(g.im.Cores, c)
	return &g.im.Cores[len(g.im.Cores)-1]
}

func (g *generator) compartments(c *image.Core) int {
	return max(g.im.Programs[c.Program].Compartments, 1)
}

// spread mixes the populations of cores, adds slots and cores of copies, parts
// and relays, and says which cores go first.
func (g *generator) spread() {
	cores := &g.im.Cores
	for range pick(g, 0, 0, g.from(1, 6)) {
		a, b := pick(g, *cores...).Neurons, pick(g, *cores...).Neurons
		k, l := g.r.IntN(len(a)), g.r.IntN(len(b))
		a[k], b[l] = b[l], a[k]
	}
	if !g.one(3) {
		for len(g.places) > len(*cores) && !g.one(3) {
			g.newCore(0)
		}
		for k := range *cores {
			if c := &(*cores)[k]; c.Neurons == nil || g.one(2) {
				g.copies(c)
			}
		}
	}
	for k := range *cores {
		c := &(*cores)[k]
		c.Population = 0
		lowest := int32(g.im.Neurons())
		for _, n := range c.Neurons {
			if n != image.NoNeuron {
				lowest = min(lowest, n)
			}
		}
		for int(c.Population)+1 < len(g.im.Manifest.Populations) && lowest >= int32(g.im.Manifest.Populations[c.Population+1].First) {
			c.Population++
		}
		if !slices.ContainsFunc(c.Neurons, func(n int32) bool { return n != image.NoNeuron }) {
			c.Population = int32(g.r.IntN(len(g.im.Manifest.Populations)))
		}
		insts, err := isa.DecodeAll(g.im.Programs[c.Program].Words)
		if err != nil {
			panic("isaref: generated program: " + err.Error())
		}
		hasPart := slices.ContainsFunc(insts, func(i isa.Inst) bool { return i.Op == isa.PART })
		g.first = append(g.first, hasPart && !g.one(3))
	}
}

// slotless adds neurons without slots to some images: among those of a population,
// doubles of neurons before them and neurons that are removed.
func (g *generator) slotless() {
	if !g.one(3) {
		return
	}
	var number []int32 // of each neuron that was there
	for p := range g.im.Manifest.Populations {
		s := &g.im.Manifest.Populations[p]
		n, left := s.N, s.N
		s.First = len(g.im.SameAs)
		var before []int32 // of the population
		for extra := g.from(1, 6); left+extra > 0; {
			next := int32(len(g.im.SameAs))
			if k := g.r.IntN(left + extra); k < left {
				number, before = append(number, next), append(before, next)
				g.im.SameAs = append(g.im.SameAs, next)
				left--
				continue
			}
			extra--
			n++
			stand := int32(image.NoNeuron)
			if len(before) > 0 && !g.one(3) {
				stand = pick(g, before...)
			}
			g.im.SameAs = append(g.im.SameAs, stand)
		}
		s.N, s.Shape = n, []int{n}
	}
	for k := range g.im.Cores {
		for slot, n := range g.im.Cores[k].Neurons {
			if n != image.NoNeuron {
				g.im.Cores[k].Neurons[slot] = number[n]
			}
		}
	}
}

// copies adds slots to a core: neurons of any other core, and relays.
func (g *generator) copies(c *image.Core) {
	c.Copies = make([]bool, len(c.Neurons))
	per := g.compartments(c)
	room := max(g.im.Manifest.Arch.Neurons-len(c.Neurons), 0) / per
	for range g.from(min(room, 1), room) * per {
		n := int32(g.r.IntN(g.im.Neurons()))
		if g.one(3) {
			n = image.NoNeuron
		}
		c.Neurons, c.Copies = append(c.Neurons, n), append(c.Copies, true)
	}
	g.r.Shuffle(len(c.Neurons), func(a, b int) {
		c.Neurons[a], c.Neurons[b] = c.Neurons[b], c.Neurons[a]
		c.Copies[a], c.Copies[b] = c.Copies[b], c.Copies[a]
	})
}

// programs appends the programs of a core.
func (g *generator) programs(c *image.Core) {
	a := &g.im.Manifest.Arch
	var state []string
	for k := range g.r.IntN(a.StateWords + 1) {
		state = append(state, fmt.Sprintf("v%d", k))
	}
	add := func(kind isa.Kind, state []string) int32 {
		p := isa.Program{Name: kind.String(), Kind: kind, State: state}
		if kind == isa.Tick && g.has(isa.Compart) && g.one(2) {
			p.Compartments = g.from(1, 3)
		}
		if g.has(isa.TableExt) && g.one(2) {
			for range g.from(1, 6) {
				p.Table = append(p.Table, g.word())
			}
		}
		g.instructions(&p)
		g.im.Programs = append(g.im.Programs, p)
		return int32(len(g.im.Programs) - 1)
	}
	c.Program = add(isa.Tick, state)
	if !g.has(isa.Learn) || g.one(4) {
		return
	}
	for kind := isa.Arrive; kind < isa.NumKinds; kind++ {
		words := state
		if kind == isa.Axon {
			words = []string{"x", "y", "z", "w"}[:g.r.IntN(isa.NumAxonWords+1)]
		}
		if !g.one(3) {
			c.Learn[kind] = add(kind, words) + 1
		}
	}
}

// writer keeps what a program may read so far.
type writer struct {
	g          *generator
	p          *isa.Program
	read       []isa.Reg
	write      []isa.Reg
	predicates []isa.Reg // decided ones
}

// instructions fills a program with random instructions that may stand there.
func (g *generator) instructions(p *isa.Program) {
	w := writer{g: g, p: p, read: []isa.Reg{isa.Zero, isa.In, isa.In}, predicates: []isa.Reg{0}}
	for k := range p.State {
		w.read, w.write = append(w.read, isa.S0+isa.Reg(k)), append(w.write, isa.S0+isa.Reg(k))
	}
	for k := range g.im.Manifest.Arch.ParamWords {
		if p.Kind != isa.Axon {
			w.read = append(w.read, isa.P0+isa.Reg(k))
		}
	}
	for k := range isa.NumConsts {
		w.read = append(w.read, isa.C0+isa.Reg(k))
	}
	for k := range isa.NumTemps {
		w.write = append(w.write, isa.T0+isa.Reg(k))
	}
	var may []isa.Info
	for _, info := range isa.Instructions() {
		switch {
		case info.Ext != isa.Base && !g.has(info.Ext), info.In != nil && !slices.Contains(info.In, p.Kind), info.Ext == isa.TableExt && p.Table == nil:
			continue
		}
		may = append(may, info)
		if info.Ext != isa.Base || info.Op == isa.SPK {
			may = append(may, info, info) // which would be rare among those of the base
		}
	}
	for range g.from(0, 20) {
		w.instruction(pick(g, may...))
	}
}

func (w *writer) instruction(info isa.Info) {
	g := w.g
	i := isa.Inst{
		Op: info.Op, D: pick(g, w.write...), A: pick(g, w.read...), B: pick(g, w.read...),
		N: uint8(pick(g, g.r.IntN(4), g.r.IntN(32), g.r.IntN(63))),
	}
	if g.one(3) {
		i.Pred.Q = uint8(pick(g, w.predicates...))
		i.Pred.Negate = g.one(2)
		if i.Pred.Q == 0 {
			i.Pred = isa.Pred{Q: uint8(g.from(1, isa.NumPreds-1)), Negate: true} // decided or not
		}
	}
	predicate := isa.Reg(g.from(1, isa.NumPreds-1))
	decides := false
	switch info.Format {
	case isa.FormatNone:
		i.D, i.A, i.B, i.N = 0, 0, 0, 0
	case isa.FormatRR:
		i.B, i.N = 0, 0
	case isa.FormatRRR:
		i.N = 0
	case isa.FormatRRN:
		i.B, i.N = 0, i.N%32
	case isa.FormatRRRN:
	case isa.FormatRI:
		i.A, i.B, i.N, i.Imm = 0, 0, 0, int32(int16(g.r.Uint32()))>>g.r.IntN(16)
	case isa.FormatRRI:
		i.B, i.N, i.Imm = 0, 0, int32(g.from(-1024, 1023))
	case isa.FormatQRR:
		i.D, i.N, decides = predicate, 0, true
	case isa.FormatQQQ:
		i.D, i.A, i.B, i.N, decides = predicate, pick(g, w.predicates...), pick(g, w.predicates...), 0, true
	case isa.FormatQQ:
		i.D, i.A, i.B, i.N, decides = predicate, pick(g, w.predicates...), 0, 0, true
	case isa.FormatRQRR:
		i.N = uint8(pick(g, w.predicates...))
	case isa.FormatR:
		i.A, i.B, i.N = 0, 0, 0
	case isa.FormatRN:
		i.A, i.B, i.N = 0, 0, uint8(g.r.IntN(isa.NumAxonWords))
	case isa.FormatRB:
		i.A, i.B, i.N = 0, 0, uint8(g.from(1, 31))
	case isa.FormatRQ:
		i.A, i.B, i.N = 0, 0, uint8(pick(g, w.predicates...))
	case isa.FormatQ:
		i.D, i.A, i.B, i.N, decides = predicate, 0, 0, 0, true
	case isa.FormatQRB:
		i.D, i.B, i.N, decides = predicate, 0, uint8(g.from(1, 31)), true
	case isa.FormatQRC:
		i.D, i.B, i.N, decides = predicate, 0, uint8(pick(g, g.from(1, 4), g.from(1, 63))), true
	case isa.FormatA:
		i.D, i.B, i.N = 0, 0, 0
	case isa.FormatABC:
		i.D, i.N = pick(g, w.read...), 0
	}
	word, err := isa.Encode(i)
	if err != nil {
		panic("isaref: generated instruction: " + err.Error())
	}
	w.p.Words = append(w.p.Words, word)
	switch {
	case decides:
		w.predicates = append(w.predicates, i.D)
	case i.D.Writable() && info.Format != isa.FormatABC && !slices.Contains(w.read, i.D):
		w.read = append(w.read, i.D, i.D)
	}
}

// word returns a word, often a small one or one near the limits.
func (g *generator) word() int32 {
	lo, hi := fixed.Limits(g.im.Manifest.Arch.StateBits)
	return int32(pick(g, 0, int64(g.from(-9, 9)), int64(g.from(-100, 100)), lo+g.r.Int64N(3), hi-g.r.Int64N(3), lo+g.r.Int64N(hi-lo+1)))
}

func (g *generator) words(n int) []int32 {
	out := make([]int32, n)
	for k := range out {
		out[k] = g.word()
	}
	return out
}

// core fills in the memories of a core, but for its destinations.
func (g *generator) core(c *image.Core) {
	a := &g.im.Manifest.Arch
	n := len(c.Neurons)
	c.ParamWords = int32(g.from(0, a.ParamWords))
	copy(c.Consts[:], g.words(isa.NumConsts))
	c.State, c.Params = g.words(n*g.im.StateWords(c)), g.words(n*int(c.ParamWords))
	learns := c.Learn != [isa.NumKinds]int32{}
	g.typed = make([][targets.AxonTypes]int16, n)
	for slot := range g.typed {
		for k := range g.typed[slot] {
			g.typed[slot][k] = g.weight()
		}
	}
	var rows image.Packer
	for range g.from(0, a.Axons) {
		row := image.Row{}
		if g.one(2) {
			row.Exp, row.Type = int8(g.from(-8, 7)), uint8(g.r.IntN(4))
		}
		row.Key = int32(pick(g, 0, g.from(1, 5), g.from(1, 1<<30)))
		row.Plastic, row.Silent = learns && !g.one(3), g.one(5)
		g.synapses(&row, n)
		rows.Add(&row)
	}
	c.Rows = rows.Rows()
}

// weight returns one that a synapse can hold, often a small one or one at the
// limits.
func (g *generator) weight() int16 {
	least, most := g.im.Manifest.Arch.WeightLimits()
	small := int64(g.from(-3, 3))
	return int16(min(max(pick(g, small, small, least+g.r.Int64N(most-least+1), pick(g, least, most)), least), most))
}

func (g *generator) synapses(row *image.Row, slots int) {
	a := &g.im.Manifest.Arch
	sign := pick[int16](g, -1, 1)
	density, zeros := pick(g, 1, 1, 2, 4), pick(g, 2, 8, 100)
	for slot := range slots {
		for again := g.one(density); again; again = a.SynapseFormat == targets.Sparse && g.one(4) {
			w := g.weight()
			switch a.WeightFormat {
			case targets.Typed:
				w = g.typed[slot][row.Type]
			case targets.AxonSign:
				w = sign * max(w, -w)
			case "", targets.Signed, targets.Mantissa:
			}
			if g.one(zeros) {
				w = 0
			}
			row.Slots = append(row.Slots, uint16(slot))
			row.Weights = append(row.Weights, w)
			if a.DelayPlace == targets.DelaySynapse {
				row.Delays = append(row.Delays, uint16(g.from(1, a.MaxDelay)))
			}
		}
	}
}

// fromInput is the core of an input.
const fromInput = -1

// dests returns destinations of the spikes and partial sums of a slot of a core.
// Those of relays lead to later cores, or to cores without relays, so that they
// go round no loop.
func (g *generator) dests(from, slot int) []image.Dest {
	var out []image.Dest
	relay := from != fromInput && g.im.Cores[from].Neurons[slot] == image.NoNeuron
	for range g.r.IntN(4) {
		k := g.r.IntN(len(g.im.Cores))
		c := &g.im.Cores[k]
		d := image.Dest{Core: int32(k), Delay: int32(g.from(1, g.im.Manifest.Arch.MaxDelay))}
		switch {
		case from != fromInput && g.one(3) && len(c.Neurons) > 0:
			d.Axon = -1 - int32(g.r.IntN(len(c.Neurons)))
			if g.first[from] && !g.first[k] && !g.one(3) {
				d.Delay = 0
			}
		case g.one(6) || c.Rows.Len() == 0 || relay && k <= from && slices.Contains(c.Neurons, image.NoNeuron):
			d = image.Dest{Core: image.Host, Axon: int32(g.from(-1, 1)), Delay: int32(g.from(-1, 1))}
		default:
			d.Axon = int32(g.r.IntN(c.Rows.Len()))
		}
		out = append(out, d)
	}
	return out
}

// run makes spikes and quiet times, and often a current.
func (g *generator) run() Run {
	run := Run{Spikes: make([][]int32, g.from(6, 24))}
	busy := true
	for t := range run.Spikes {
		if g.one(4) {
			busy = !busy
		}
		for in := range g.im.Inputs() {
			if busy && g.one(2) {
				run.Spikes[t] = append(run.Spikes[t], int32(in))
			}
		}
	}
	if g.one(2) {
		run.Until = g.from(0, len(run.Spikes))
		for range g.im.Neurons() {
			run.Current = append(run.Current, g.word())
		}
	}
	return run
}
