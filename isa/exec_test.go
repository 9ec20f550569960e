package isa

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// effect is what one instruction does to one lane, as the model says it.
type effect struct {
	d *big.Int // written to the destination, or nil
	// exact says that d is a word already, wraps that what does not fit is cut
	// off: neither is a saturation.
	exact, wraps bool
	writesQ, q   bool     // whether a destination predicate is written, and with what
	weight       *big.Int // written to the synapse, or nil
	payload      *big.Int // what a spike carries, or nil
	part         *big.Int // the partial sum, or nil
	draws        uint64
}

// state is what the model sees: all lanes as they were before the instruction,
// where it runs, and the lane that it is about.
type state struct {
	lanes []Lane
	runs  []bool
	at    int
	i     *Inst
}

func (s *state) reg(k int, r Reg) *big.Int { return big.NewInt(int64(s.lanes[k].Reg[r])) }
func (s *state) a() *big.Int               { return s.reg(s.at, s.i.A) }
func (s *state) b() *big.Int               { return s.reg(s.at, s.i.B) }
func (s *state) n() *big.Int               { return big.NewInt(int64(s.i.N)) }
func (s *state) pow() *big.Int             { return new(big.Int).Lsh(big.NewInt(1), uint(s.i.N)) }
func (s *state) lane() *Lane               { return &s.lanes[s.at] }
func (s *state) pred(r Reg) bool           { return s.lane().pred[r] }

// neuron returns the first lane of the neuron that lane k is a compartment of,
// and the one behind its last.
func (s *state) neuron(k int) (first, end int) {
	for first = k; s.lanes[first].Segment > 0; {
		first--
	}
	for end = first + 1; end < len(s.lanes) && s.lanes[end].Segment > 0; {
		end++
	}
	return first, end
}

// entry is T[k] of the lane's table.
func (s *state) entry(k *big.Int) *big.Int {
	t := s.lane().Core.Table
	switch last := int64(len(t) - 1); {
	case k.Sign() < 0:
		return big.NewInt(int64(t[0]))
	case k.Cmp(big.NewInt(last)) > 0:
		return big.NewInt(int64(t[last]))
	}
	return big.NewInt(int64(t[k.Int64()]))
}

// draw is the number that the first draw of n bits gives, as ISA.md says it.
func (s *state) draw() *big.Int {
	l := s.lane()
	two64 := new(big.Int).Lsh(big.NewInt(1), 64)
	number := func(x uint64) *big.Int { return new(big.Int).SetUint64(x) }
	mod := func(x *big.Int) *big.Int { return x.Mod(x, two64) }
	golden := number(0x9e3779b97f4a7c15)
	scramble := func(x *big.Int, shift uint) *big.Int { return new(big.Int).Xor(x, new(big.Int).Rsh(x, shift)) }
	m := func(x *big.Int) *big.Int {
		x = scramble(mod(x), 30)
		x = scramble(mod(x.Mul(x, number(0xbf58476d1ce4e5b9))), 27)
		return scramble(mod(x.Mul(x, number(0x94d049bb133111eb))), 31)
	}
	x := m(new(big.Int).Add(number(l.Core.Seed), golden))
	x = m(x.Add(x, new(big.Int).Mul(big.NewInt(l.Core.Tick), golden)))
	x = m(x.Add(x, number(l.Key)))
	x = m(x.Add(x, new(big.Int).Mul(number(l.draws+1), golden)))
	return x.Rsh(x, uint(64-s.i.N))
}

// sat clips a number to a word.
func sat(x *big.Int, bits int) *big.Int {
	hi := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	lo := new(big.Int).Neg(hi)
	hi.Sub(hi, big.NewInt(1))
	switch {
	case x.Cmp(hi) > 0:
		return hi
	case x.Cmp(lo) < 0:
		return lo
	}
	return x
}

// models say what each instruction does to a lane, in integers of any size, from
// the words of ISA.md alone.
var models = map[string]func(s *state) effect{
	"mov":  func(s *state) effect { return same(s.a()) },
	"movi": func(s *state) effect { return word(big.NewInt(int64(s.i.Imm))) },
	"add":  func(s *state) effect { return word(z().Add(s.a(), s.b())) },
	"sub":  func(s *state) effect { return word(z().Sub(s.a(), s.b())) },
	"addi": func(s *state) effect { return word(z().Add(s.a(), big.NewInt(int64(s.i.Imm)))) },
	"min": func(s *state) effect {
		if s.a().Cmp(s.b()) < 0 {
			return same(s.a())
		}
		return same(s.b())
	},
	"max": func(s *state) effect {
		if s.a().Cmp(s.b()) > 0 {
			return same(s.a())
		}
		return same(s.b())
	},
	"abs":  func(s *state) effect { return word(z().Abs(s.a())) },
	"shl":  func(s *state) effect { return word(z().Mul(s.a(), s.pow())) },
	"shr":  func(s *state) effect { return same(floor(s.a(), s.pow())) },
	"and":  func(s *state) effect { return same(z().And(s.a(), s.b())) },
	"or":   func(s *state) effect { return same(z().Or(s.a(), s.b())) },
	"xor":  func(s *state) effect { return same(z().Xor(s.a(), s.b())) },
	"gt":   func(s *state) effect { return truth(s.a().Cmp(s.b()) > 0) },
	"ge":   func(s *state) effect { return truth(s.a().Cmp(s.b()) >= 0) },
	"eq":   func(s *state) effect { return truth(s.a().Cmp(s.b()) == 0) },
	"qand": func(s *state) effect { return truth(s.pred(s.i.A) && s.pred(s.i.B)) },
	"qor":  func(s *state) effect { return truth(s.pred(s.i.A) || s.pred(s.i.B)) },
	"qnot": func(s *state) effect { return truth(!s.pred(s.i.A)) },
	"sel": func(s *state) effect {
		if s.pred(Reg(s.i.N)) {
			return same(s.a())
		}
		return same(s.b())
	},
	"acc": func(s *state) effect { return word(z().Add(s.a(), z().Mul(s.reg(s.at, In), s.pow()))) },
	"spk": func(*state) effect { return effect{payload: big.NewInt(1)} },
	"addw": func(s *state) effect {
		return effect{d: z().Add(s.a(), s.b()), wraps: true}
	},
	"accw": func(s *state) effect {
		return effect{d: z().Add(s.a(), z().Mul(big.NewInt(s.lane().Sum), s.pow())), wraps: true}
	},
	"mulz": func(s *state) effect { return word(z().Quo(z().Mul(s.a(), s.b()), s.pow())) },
	"mulf": func(s *state) effect { return word(floor(z().Mul(s.a(), s.b()), s.pow())) },
	"muln": func(s *state) effect {
		// ⌊|2ab|/2ⁿ + 1⌋ / 2 with the sign of ab.
		p := z().Mul(s.a(), s.b())
		m := z().Abs(p)
		m.Mul(m, big.NewInt(2)).Add(m, s.pow()).Quo(m, z().Mul(s.pow(), big.NewInt(2)))
		if p.Sign() < 0 {
			m.Neg(m)
		}
		return word(m)
	},
	"dec":  func(s *state) effect { return word(z().Quo(z().Mul(s.a(), z().Sub(s.pow(), s.b())), s.pow())) },
	"rnd":  func(s *state) effect { return effect{d: s.draw(), draws: 1} },
	"rndq": func(s *state) effect { return effect{writesQ: true, q: s.draw().Cmp(s.a()) < 0, draws: 1} },
	"ldw":  func(s *state) effect { return word(big.NewInt(int64(s.lane().Weight))) },
	"stw": func(s *state) effect {
		w := s.a()
		if least := s.b(); w.Cmp(least) < 0 {
			w = least
		}
		if most := s.reg(s.at, s.i.D); w.Cmp(most) > 0 {
			w = most
		}
		if lo := big.NewInt(int64(s.lane().MinWeight)); w.Cmp(lo) < 0 {
			w = lo
		}
		if hi := big.NewInt(int64(s.lane().MaxWeight)); w.Cmp(hi) > 0 {
			w = hi
		}
		return effect{weight: w}
	},
	"ldx":   func(s *state) effect { return word(big.NewInt(int64(s.lane().Axon[s.i.N]))) },
	"ldm":   func(s *state) effect { return word(big.NewInt(s.lane().Core.Broadcast)) },
	"fired": func(s *state) effect { return truth(s.lane().Spike) },
	"spkg":  func(s *state) effect { return effect{payload: s.a()} },
	"part":  func(s *state) effect { return effect{part: s.a()} },
	"xcnt": func(s *state) effect {
		n := z()
		for k := range s.lanes {
			if s.runs[k] && s.lanes[k].pred[s.i.N] {
				n.Add(n, big.NewInt(1))
			}
		}
		return word(n)
	},
	"xsum": func(s *state) effect {
		n := z()
		for k := range s.lanes {
			if s.runs[k] {
				n.Add(n, s.reg(k, s.i.A))
			}
		}
		return word(n)
	},
	"xmax": func(s *state) effect {
		most := s.a()
		for k := range s.lanes {
			if s.runs[k] && s.reg(k, s.i.A).Cmp(most) > 0 {
				most = s.reg(k, s.i.A)
			}
		}
		return same(most)
	},
	"xtop": func(s *state) effect {
		before := z() // neurons that come before this one
		for k := range s.lanes {
			if c := s.reg(k, s.i.A).Cmp(s.a()); s.runs[k] && (c > 0 || c == 0 && k < s.at) {
				before.Add(before, big.NewInt(1))
			}
		}
		return truth(before.Cmp(s.n()) < 0)
	},
	"ldt": func(s *state) effect { return word(s.entry(s.a())) },
	"tab": func(s *state) effect {
		k := floor(s.a(), s.pow())
		from, to := s.entry(k), s.entry(z().Add(k, big.NewInt(1)))
		rest := z().Sub(s.a(), z().Mul(k, s.pow()))
		return word(z().Add(from, floor(z().Mul(z().Sub(to, from), rest), s.pow())))
	},
	"prv": func(s *state) effect {
		if first, _ := s.neuron(s.at); s.at > first {
			return same(s.reg(s.at-1, s.i.A))
		}
		return same(z())
	},
	"nxt": func(s *state) effect {
		if _, end := s.neuron(s.at); s.at < end-1 {
			return same(s.reg(s.at+1, s.i.A))
		}
		return same(z())
	},
	"seg": func(s *state) effect {
		first, _ := s.neuron(s.at)
		return same(big.NewInt(int64(s.at - first)))
	},
	"csum": func(s *state) effect {
		n := z()
		for k, end := s.neuron(s.at); k < end; k++ {
			if s.runs[k] {
				n.Add(n, s.reg(k, s.i.A))
			}
		}
		return word(n)
	},
}

func z() *big.Int                   { return new(big.Int) }
func word(x *big.Int) effect        { return effect{d: x} }
func same(x *big.Int) effect        { return effect{d: x, exact: true} }
func truth(x bool) effect           { return effect{q: x, writesQ: true} }
func floor(x, by *big.Int) *big.Int { return z().Div(x, by) } // Euclidean, and by > 0

// randomWord returns a word of bits bits, often near a border.
func randomWord(r *rand.Rand, bits int) int32 {
	hi := int64(1)<<(bits-1) - 1
	switch r.IntN(4) {
	case 0:
		return int32(hi - r.Int64N(3))
	case 1:
		return int32(-hi - 1 + r.Int64N(3))
	case 2:
		return int32(r.Int64N(9) - 4)
	}
	return int32(r.Uint64()) >> (32 - bits)
}

// randomLanes returns some lanes of neurons of one number of compartments, which
// share their surroundings.
func randomLanes(r *rand.Rand) []Lane {
	bits := 8 + r.IntN(25)
	env := &Env{Seed: r.Uint64(), Tick: r.Int64N(1 << 40), Broadcast: r.Int64() >> r.IntN(64)}
	for range 1 + r.IntN(6) {
		env.Table = append(env.Table, randomWord(r, bits))
	}
	compartments := 1 + r.IntN(3)
	lanes := make([]Lane, compartments*(1+r.IntN(4)))
	for k := range lanes {
		l := &lanes[k]
		*l = Lane{
			Bits: bits, Core: env, Key: r.Uint64(), draws: r.Uint64N(3), Segment: int32(k % compartments), Spike: r.IntN(2) == 0,
			Sum: r.Int64() >> r.IntN(64), MinWeight: -1 << r.IntN(16), MaxWeight: 1<<r.IntN(16) - 1, Weight: int32(int16(r.Uint64())),
			pred: [NumPreds]bool{true, r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0},
		}
		for n := range l.Reg {
			l.Reg[n] = randomWord(r, bits)
		}
		for n := range l.Axon {
			l.Axon[n] = randomWord(r, bits)
		}
	}
	return lanes
}

// Every instruction changes its destination as the model says, and nothing
// else, in the lanes where its guard holds; in the others nothing changes.
func TestExecAgreesWithAModelInBigIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, info := range Instructions() {
		model, ok := models[info.Name]
		if !ok {
			t.Errorf("%s has no model", info.Name)
			continue
		}
		for range 2000 {
			i := randomInst(r, info)
			if info.Format == FormatQRC && r.IntN(2) == 0 {
				i.N = uint8(1 + r.IntN(6)) // of as many as there are lanes
			}
			lanes := randomLanes(r)
			before := slices.Clone(lanes)
			s := state{lanes: before, i: &i, runs: make([]bool, len(lanes))}
			for k := range lanes {
				s.runs[k] = lanes[k].pred[i.Pred.Q] != i.Pred.Negate
			}
			step(lanes, &i)
			for k := range lanes {
				want := before[k]
				if s.at = k; s.runs[k] {
					apply(&want, &i, model(&s))
				}
				if lanes[k] != want {
					t.Fatalf("%s, lane %d of %d, on words of %d bits:\n got %+v\nwant %+v", i, k, len(lanes), want.Bits, lanes[k], want)
				}
			}
		}
	}
}

// apply does to l what the model says.
func apply(l *Lane, i *Inst, e effect) {
	clip := func(x *big.Int, bits int) int32 {
		clipped := sat(x, bits)
		if clipped.Cmp(x) != 0 {
			l.Saturations++
		}
		return int32(clipped.Int64())
	}
	l.draws += e.draws
	switch {
	case e.payload != nil:
		l.Spike, l.Payload = true, clip(e.payload, 24)
	case e.part != nil:
		l.HasPart, l.Part = true, clip(e.part, 24)
	case e.weight != nil:
		l.Weight = int32(e.weight.Int64())
	case e.writesQ:
		l.pred[i.D] = e.q
	case e.exact:
		l.Reg[i.D] = int32(e.d.Int64())
	case e.wraps:
		low := z().And(e.d, z().Sub(z().Lsh(big.NewInt(1), uint(l.Bits)), big.NewInt(1)))
		if low.Bit(l.Bits-1) == 1 {
			low.Sub(low, z().Lsh(big.NewInt(1), uint(l.Bits)))
		}
		l.Reg[i.D] = int32(low.Int64())
	default:
		l.Reg[i.D] = clip(e.d, l.Bits)
	}
}

// A program runs the same in lanes together as in each apart, if it does not
// look across them.
func TestRunTogetherEqualsRun(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 2000 {
		var program []Inst
		for range 1 + r.IntN(20) {
			if info := rows[r.IntN(len(rows))]; info.All == nil {
				program = append(program, randomInst(r, info))
			}
		}
		if LooksAcross(program) {
			t.Fatalf("%v looks across", program)
		}
		together := randomLanes(r)
		apart := slices.Clone(together)
		RunTogether(together, program)
		for k := range apart {
			apart[k].Run(program)
			if apart[k] != together[k] {
				t.Fatalf("%v, lane %d:\n together %+v\n    apart %+v", program, k, together[k], apart[k])
			}
		}
	}
	if !LooksAcross([]Inst{{Op: ADD}, {Op: XMAX}}) {
		t.Error("xmax does not look across")
	}
}

// A stream is that of a neuron, a kind of program and a source, as ISA.md says
// it, and no two are the same.
func TestStreamsAreApart(t *testing.T) {
	seen := map[uint64]bool{}
	for neuron := range 50 {
		for kind := range NumKinds {
			for source := range 50 {
				key := Stream(neuron, kind, source)
				if seen[key] {
					t.Fatalf("the stream of neuron %d, kind %s and source %d is another's too", neuron, kind, source)
				}
				seen[key] = true
			}
		}
	}
}

// Run starts with false predicates and does not keep those of the run before.
func TestRunStartsAnew(t *testing.T) {
	p, err := Assemble("x.s", "@q1 addi s1, s1, 1\nge q1, in, zero\n@q1 spk\nadd s0, s0, in\n", AsmOptions{})
	if err != nil {
		t.Fatal(err)
	}
	program, err := DecodeAll(p.Words)
	if err != nil {
		t.Fatal(err)
	}
	l := Lane{Bits: 8}
	l.Reg[In] = 100
	for run, want := range []struct {
		s0          int32
		saturations int
	}{{100, 0}, {127, 1}} {
		l.Run(program)
		if !l.Spike || l.Reg[S0] != want.s0 || l.Reg[S0+1] != 0 || l.Saturations != want.saturations {
			t.Errorf("run %d: spike %v, s0 %d, s1 %d, %d saturations; want a spike, %d, 0 and %d",
				run, l.Spike, l.Reg[S0], l.Reg[S0+1], l.Saturations, want.s0, want.saturations)
		}
	}
}
