package isaref

import (
	"math/big"

	"github.com/weft-toolchain/weft/isa"
)

// lane is a neuron, a synapse or an axon while a program runs for it.
type lane struct {
	reg         [isa.NumRegs]int64
	q           [isa.NumPreds]bool
	bits        int
	sum         int64
	weight      int64
	axon        [isa.NumAxonWords]int64
	segment     int
	saturations int64

	fired, parted bool
	payload, part int64

	// What its random numbers depend on.
	neuron, source int64
	kind           isa.Kind
	draws          uint64
}

// machine is the surroundings of an instruction: the lanes as they were before
// it, where it runs, and the lane that it is about.
type machine struct {
	chip  *Chip
	table []int64
	i     isa.Inst
	old   []lane
	runs  []bool
	at    int
}

// run executes a program for lanes together, an instruction at a time.
func (c *Chip) run(lanes []*lane, p *program) {
	for _, l := range lanes {
		l.q[0] = true
	}
	for _, i := range p.insts {
		m := machine{chip: c, table: p.table, i: i}
		for _, l := range lanes {
			m.old = append(m.old, *l)
			m.runs = append(m.runs, l.q[i.Pred.Q] != i.Pred.Negate)
		}
		info, ok := isa.Lookup(i.Op)
		effect := effects[info.Name]
		if !ok || effect == nil {
			panic("isaref: no effect of instruction " + info.Name)
		}
		for k, l := range lanes {
			if m.at = k; m.runs[k] {
				effect(&m, l)
			}
		}
	}
}

// sat returns x clipped to a word.
func sat(x int64, bits int) int64 {
	return min(max(x, -1<<(bits-1)), 1<<(bits-1)-1)
}

// set writes x, saturated, to the destination.
func (m *machine) set(l *lane, x *big.Int) {
	limit := new(big.Int).Lsh(big.NewInt(1), uint(l.bits-1))
	least, most := new(big.Int).Neg(limit), new(big.Int).Sub(limit, big.NewInt(1))
	switch {
	case x.Cmp(least) < 0:
		x = least
		l.saturations++
	case x.Cmp(most) > 0:
		x = most
		l.saturations++
	}
	l.reg[m.i.D] = x.Int64()
}

// wrap writes the low bits of x to the destination.
func (m *machine) wrap(l *lane, x *big.Int) {
	size := new(big.Int).Lsh(big.NewInt(1), uint(l.bits))
	half := new(big.Int).Rsh(size, 1)
	low := new(big.Int).Mod(new(big.Int).Add(x, half), size) // Euclidean: not negative
	l.reg[m.i.D] = low.Sub(low, half).Int64()
}

// packed returns a number as a packet carries it.
func (l *lane) packed(x int64) int64 {
	v := sat(x, 24)
	if v != x {
		l.saturations++
	}
	return v
}

func (m *machine) a() int64      { return m.old[m.at].reg[m.i.A] }
func (m *machine) b() int64      { return m.old[m.at].reg[m.i.B] }
func (m *machine) in() int64     { return m.old[m.at].reg[isa.In] }
func (m *machine) pow() *big.Int { return new(big.Int).Lsh(big.NewInt(1), uint(m.i.N)) }

func num(x int64) *big.Int        { return big.NewInt(x) }
func add(a, b *big.Int) *big.Int  { return new(big.Int).Add(a, b) }
func sub(a, b *big.Int) *big.Int  { return new(big.Int).Sub(a, b) }
func mul(a, b *big.Int) *big.Int  { return new(big.Int).Mul(a, b) }
func zero(a, b *big.Int) *big.Int { return new(big.Int).Quo(a, b) } // a / b, rounded toward zero

// down returns a / b rounded down, for b > 0.
func down(a, b *big.Int) *big.Int { return new(big.Int).Div(a, b) }

// nearest returns a / b rounded to nearest, ties away from zero, for b > 0.
func nearest(a, b *big.Int) *big.Int {
	if a.Sign() < 0 {
		return new(big.Int).Neg(nearest(new(big.Int).Neg(a), b))
	}
	return down(add(add(a, a), b), add(b, b))
}

// random returns n fresh random bits.
func (m *machine) random(l *lane) int64 {
	const golden = 0x9e3779b97f4a7c15
	mix := func(x uint64) uint64 {
		x ^= x / (1 << 30)
		x *= 0xbf58476d1ce4e5b9
		x ^= x / (1 << 27)
		x *= 0x94d049bb133111eb
		return x ^ x/(1<<31)
	}
	l.draws++
	key := mix(mix(uint64(l.neuron)+golden)+uint64(l.kind)) + uint64(l.source)*golden
	x := mix(m.chip.im.Manifest.Seed + golden)
	x = mix(x + uint64(m.chip.tick)*golden)
	x = mix(x + key)
	x = mix(x + l.draws*golden)
	for range 64 - int(m.i.N) {
		x /= 2
	}
	return int64(x)
}

// entry returns an entry of the table, the first or last beyond its ends.
func (m *machine) entry(k *big.Int) *big.Int {
	switch last := int64(len(m.table) - 1); {
	case k.Sign() < 0:
		return num(m.table[0])
	case k.Cmp(num(last)) > 0:
		return num(m.table[last])
	}
	return num(m.table[k.Int64()])
}

// neuron returns the compartments of the lane's neuron.
func (m *machine) neuron() (first, end int) {
	for first = m.at; m.old[first].segment > 0; {
		first--
	}
	for end = m.at + 1; end < len(m.old) && m.old[end].segment > 0; {
		end++
	}
	return first, end
}

// effects say what each instruction does to a lane in which it runs, by name.
var effects = map[string]func(m *machine, l *lane){
	"mov":  func(m *machine, l *lane) { l.reg[m.i.D] = m.a() },
	"movi": func(m *machine, l *lane) { m.set(l, num(int64(m.i.Imm))) },
	"add":  func(m *machine, l *lane) { m.set(l, num(m.a()+m.b())) },
	"sub":  func(m *machine, l *lane) { m.set(l, num(m.a()-m.b())) },
	"addi": func(m *machine, l *lane) { m.set(l, num(m.a()+int64(m.i.Imm))) },
	"min":  func(m *machine, l *lane) { l.reg[m.i.D] = min(m.a(), m.b()) },
	"max":  func(m *machine, l *lane) { l.reg[m.i.D] = max(m.a(), m.b()) },
	"abs":  func(m *machine, l *lane) { m.set(l, new(big.Int).Abs(num(m.a()))) },
	"shl":  func(m *machine, l *lane) { m.set(l, mul(num(m.a()), m.pow())) },
	"shr":  func(m *machine, l *lane) { l.reg[m.i.D] = down(num(m.a()), m.pow()).Int64() },
	"and":  func(m *machine, l *lane) { l.reg[m.i.D] = m.a() & m.b() },
	"or":   func(m *machine, l *lane) { l.reg[m.i.D] = m.a() | m.b() },
	"xor":  func(m *machine, l *lane) { l.reg[m.i.D] = m.a() ^ m.b() },
	"gt":   func(m *machine, l *lane) { l.q[m.i.D] = m.a() > m.b() },
	"ge":   func(m *machine, l *lane) { l.q[m.i.D] = m.a() >= m.b() },
	"eq":   func(m *machine, l *lane) { l.q[m.i.D] = m.a() == m.b() },
	"qand": func(m *machine, l *lane) { l.q[m.i.D] = m.old[m.at].q[m.i.A] && m.old[m.at].q[m.i.B] },
	"qor":  func(m *machine, l *lane) { l.q[m.i.D] = m.old[m.at].q[m.i.A] || m.old[m.at].q[m.i.B] },
	"qnot": func(m *machine, l *lane) { l.q[m.i.D] = !m.old[m.at].q[m.i.A] },
	"sel": func(m *machine, l *lane) {
		l.reg[m.i.D] = m.b()
		if m.old[m.at].q[m.i.N] {
			l.reg[m.i.D] = m.a()
		}
	},
	"acc":  func(m *machine, l *lane) { m.set(l, add(num(m.a()), mul(num(m.in()), m.pow()))) },
	"spk":  func(_ *machine, l *lane) { l.fired, l.payload = true, 1 },
	"addw": func(m *machine, l *lane) { m.wrap(l, num(m.a()+m.b())) },
	"accw": func(m *machine, l *lane) { m.wrap(l, add(num(m.a()), mul(num(l.sum), m.pow()))) },
	"mulz": func(m *machine, l *lane) { m.set(l, zero(mul(num(m.a()), num(m.b())), m.pow())) },
	"mulf": func(m *machine, l *lane) { m.set(l, down(mul(num(m.a()), num(m.b())), m.pow())) },
	"muln": func(m *machine, l *lane) { m.set(l, nearest(mul(num(m.a()), num(m.b())), m.pow())) },
	"dec":  func(m *machine, l *lane) { m.set(l, zero(mul(num(m.a()), sub(m.pow(), num(m.b()))), m.pow())) },
	"rnd":  func(m *machine, l *lane) { m.set(l, num(m.random(l))) },
	"rndq": func(m *machine, l *lane) { l.q[m.i.D] = m.random(l) < m.a() },
	"ldw":  func(m *machine, l *lane) { m.set(l, num(l.weight)) },
	"stw": func(m *machine, l *lane) {
		least, most := m.chip.im.Manifest.Arch.WeightLimits()
		w := m.a()
		w = max(w, m.b())
		w = min(w, m.old[m.at].reg[m.i.D])
		l.weight = min(max(w, least), most)
	},
	"ldx":   func(m *machine, l *lane) { m.set(l, num(l.axon[m.i.N])) },
	"ldm":   func(m *machine, l *lane) { m.set(l, num(m.chip.broadcast)) },
	"fired": func(m *machine, l *lane) { l.q[m.i.D] = l.fired },
	"spkg":  func(m *machine, l *lane) { l.fired, l.payload = true, l.packed(m.a()) },
	"part":  func(m *machine, l *lane) { l.parted, l.part = true, l.packed(m.a()) },
	"xcnt": func(m *machine, l *lane) {
		n := int64(0)
		for k := range m.old {
			if m.runs[k] && m.old[k].q[m.i.N] {
				n++
			}
		}
		m.set(l, num(n))
	},
	"xsum": func(m *machine, l *lane) {
		n := num(0)
		for k := range m.old {
			if m.runs[k] {
				n = add(n, num(m.old[k].reg[m.i.A]))
			}
		}
		m.set(l, n)
	},
	"xmax": func(m *machine, l *lane) {
		most := m.a()
		for k := range m.old {
			if m.runs[k] {
				most = max(most, m.old[k].reg[m.i.A])
			}
		}
		l.reg[m.i.D] = most
	},
	"xtop": func(m *machine, l *lane) {
		ahead := 0
		for k := range m.old {
			other := m.old[k].reg[m.i.A]
			if m.runs[k] && (other > m.a() || other == m.a() && k < m.at) {
				ahead++
			}
		}
		l.q[m.i.D] = ahead < int(m.i.N)
	},
	"ldt": func(m *machine, l *lane) { m.set(l, m.entry(num(m.a()))) },
	"tab": func(m *machine, l *lane) {
		k := down(num(m.a()), m.pow())
		from, to := m.entry(k), m.entry(add(k, num(1)))
		beyond := sub(num(m.a()), mul(k, m.pow()))
		m.set(l, add(from, down(mul(sub(to, from), beyond), m.pow())))
	},
	"prv": func(m *machine, l *lane) {
		l.reg[m.i.D] = 0
		if first, _ := m.neuron(); m.at > first {
			l.reg[m.i.D] = m.old[m.at-1].reg[m.i.A]
		}
	},
	"nxt": func(m *machine, l *lane) {
		l.reg[m.i.D] = 0
		if _, end := m.neuron(); m.at+1 < end {
			l.reg[m.i.D] = m.old[m.at+1].reg[m.i.A]
		}
	},
	"seg": func(m *machine, l *lane) { l.reg[m.i.D] = int64(l.segment) },
	"csum": func(m *machine, l *lane) {
		n := num(0)
		for k, end := m.neuron(); k < end; k++ {
			if m.runs[k] {
				n = add(n, num(m.old[k].reg[m.i.A]))
			}
		}
		m.set(l, n)
	},
}
