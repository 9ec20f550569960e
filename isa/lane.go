package isa

import (
	"slices"

	"github.com/weft-toolchain/weft/isa/fixed"
)

// Env is what the lanes of a core share while a program runs.
type Env struct {
	// Seed is the chip's, Tick the number of the tick: random bits depend on both.
	Seed uint64
	Tick int64
	// Broadcast is the core's broadcast register.
	Broadcast int64
	// Table is the program's.
	Table []int32
}

// Lane is one neuron, or one synapse, while its core runs a program. It is plain
// data: whoever runs it loads the registers, the T registers with 0, calls Run
// and stores them.
type Lane struct {
	Reg  [NumRegs]int32
	pred [NumPreds]bool
	// Core is the surroundings; nil will do for programs of B and M.
	Core *Env
	// Bits is the width of a word.
	Bits int
	// Sum is what is saturated in register In.
	Sum int64
	// Key tells this lane's random numbers from those of others: see Stream.
	Key uint64
	// draws counts the random numbers of this run.
	draws uint64
	// Weight is the synapse's, MinWeight to MaxWeight what it can be, and Axon the
	// words of its axon, in a program that runs once a synapse.
	Weight, MinWeight, MaxWeight int32
	Axon                         [NumAxonWords]int32
	// Segment is the number of the compartment in its neuron.
	Segment int32
	// Spike says that the neuron fired in this run, with Payload; HasPart that it
	// sent Part.
	Spike, HasPart bool
	Payload, Part  int32
	// Saturations counts results that did not fit a word.
	Saturations int
}

// PayloadBits is the width of what a graded spike or a partial sum carries.
const PayloadBits = 24

// start begins a run: predicates are false (q0 true), nothing is sent yet.
func (l *Lane) start() {
	l.pred = [NumPreds]bool{true}
	l.Spike, l.HasPart = false, false
	l.Payload, l.Part = 0, 0
	l.Saturations = 0
	l.draws = 0
}

// Run executes a decoded program once: predicates start false (q0 true), and
// what it says of spikes and saturations starts anew. The program has no
// instruction that looks across lanes, see RunTogether.
func (l *Lane) Run(program []Inst) {
	l.start()
	for i := range program {
		in := &program[i]
		if l.Holds(in.Pred) {
			table[in.Op].Exec(l, in)
		}
	}
}

// Holds reports whether a guard is true in the lane.
func (l *Lane) Holds(p Pred) bool { return l.pred[p.Q] != p.Negate }

// RunWatched is Run for who looks on: watch is called before each instruction, whether
// or not its guard holds, and once behind the last, with the index of what comes next.
func (l *Lane) RunWatched(program []Inst, watch func(pc int)) {
	l.start()
	for i := range program {
		watch(i)
		in := &program[i]
		if l.Holds(in.Pred) {
			table[in.Op].Exec(l, in)
		}
	}
	watch(len(program))
}

// RunTogether executes a program for all neurons of a core in lockstep, an
// instruction at a time, as extensions X and C need.
func RunTogether(lanes []Lane, program []Inst) {
	for k := range lanes {
		lanes[k].start()
	}
	for i := range program {
		step(lanes, &program[i])
	}
}

// RunTogetherWatched is to RunTogether what RunWatched is to Run.
func RunTogetherWatched(lanes []Lane, program []Inst, watch func(pc int)) {
	for k := range lanes {
		lanes[k].start()
	}
	for i := range program {
		watch(i)
		step(lanes, &program[i])
	}
	watch(len(program))
}

// step executes one instruction in the lanes where its guard holds.
func step(lanes []Lane, in *Inst) {
	info := &table[in.Op]
	if info.All != nil {
		info.All(lanes, func(l *Lane) bool { return l.Holds(in.Pred) }, in)
		return
	}
	for k := range lanes {
		if l := &lanes[k]; l.Holds(in.Pred) {
			info.Exec(l, in)
		}
	}
}

// LooksAcross reports whether a program has instructions that look across the
// neurons of a core, so that it has to run in lockstep.
func LooksAcross(program []Inst) bool {
	return slices.ContainsFunc(program, func(i Inst) bool { return table[i.Op].All != nil })
}

// set writes x, saturated, to d.
func (l *Lane) set(d Reg, x int64) {
	v, clipped := fixed.Sat(x, l.Bits)
	if clipped {
		l.Saturations++
	}
	l.Reg[d] = v
}

func (l *Lane) wide(r Reg) int64 { return int64(l.Reg[r]) }

// payload returns a register as a packet carries it.
func (l *Lane) payload(r Reg) int32 {
	v, clipped := fixed.Sat(l.wide(r), PayloadBits)
	if clipped {
		l.Saturations++
	}
	return v
}

// entry returns an entry of the table, the first or the last beyond its ends.
func (l *Lane) entry(k int64) int64 {
	t := l.Core.Table
	return int64(t[min(max(k, 0), int64(len(t)-1))])
}

// interpolate returns the table at a / 2^n, on the line between two entries.
func (l *Lane) interpolate(a int64, n int) int64 {
	k := a >> n
	from, to := l.entry(k), l.entry(k+1)
	return from + (to-from)*(a-k<<n)>>n
}

// sum adds a value over the lanes in which the instruction runs.
func sum(lanes []Lane, run func(*Lane) bool, of func(*Lane) int64) int64 {
	var s int64
	for k := range lanes {
		if run(&lanes[k]) {
			s += of(&lanes[k])
		}
	}
	return s
}

// broadcast writes x to d of the lanes in which the instruction runs.
func broadcast(lanes []Lane, run func(*Lane) bool, d Reg, x int64) {
	for k := range lanes {
		if run(&lanes[k]) {
			lanes[k].set(d, x)
		}
	}
}

// maxCount is the largest n of xtop.
const maxCount = 63

// top finds the n largest: xtop. The best so far stand in order, so that one
// that is equal to the last of them comes too late.
func top(lanes []Lane, run func(*Lane) bool, i *Inst) {
	var best [maxCount]*Lane
	n := 0
	for k := range lanes {
		l := &lanes[k]
		if !run(l) || n == int(i.N) && l.Reg[i.A] <= best[n-1].Reg[i.A] {
			continue
		}
		at := min(n, int(i.N)-1)
		for ; at > 0 && best[at-1].Reg[i.A] < l.Reg[i.A]; at-- {
			best[at] = best[at-1]
		}
		best[at] = l
		n = min(n+1, int(i.N))
	}
	for k := range lanes {
		if l := &lanes[k]; run(l) { // asked of each before it is written: q may be the guard
			l.pred[i.D] = false
		}
	}
	for _, l := range best[:n] {
		l.pred[i.D] = true
	}
}

// previous reads a register of the compartment before, from the last lane on, so
// that all are read before they are written: prv.
func previous(lanes []Lane, run func(*Lane) bool, i *Inst) {
	for k := len(lanes) - 1; k >= 0; k-- {
		if l := &lanes[k]; run(l) {
			v := int32(0)
			if k > 0 && l.Segment > 0 {
				v = lanes[k-1].Reg[i.A]
			}
			l.Reg[i.D] = v
		}
	}
}

// next reads a register of the compartment after, from the first lane on: nxt.
func next(lanes []Lane, run func(*Lane) bool, i *Inst) {
	for k := range lanes {
		if l := &lanes[k]; run(l) {
			v := int32(0)
			if k+1 < len(lanes) && lanes[k+1].Segment > 0 {
				v = lanes[k+1].Reg[i.A]
			}
			l.Reg[i.D] = v
		}
	}
}

// compartmentSum adds a register over the compartments of each neuron in which
// the instruction runs: csum.
func compartmentSum(lanes []Lane, run func(*Lane) bool, i *Inst) {
	for first := 0; first < len(lanes); {
		end := first + 1
		for end < len(lanes) && lanes[end].Segment != 0 {
			end++
		}
		neuron := lanes[first:end]
		broadcast(neuron, run, i.D, sum(neuron, run, func(l *Lane) int64 { return l.wide(i.A) }))
		first = end
	}
}
