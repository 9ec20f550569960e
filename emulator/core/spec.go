package core

import (
	"slices"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Spec is what a core is made from: shared by all machines that run the image,
// and immutable.
type Spec struct {
	image   *image.Core
	program []isa.Inst
	// together says that the program looks across neurons, pure that its result
	// depends on state and input alone.
	together, pure bool
	// wraps says that the program takes the sum as it is, so that its saturation
	// is none of its business.
	wraps bool
	// compartments is how many slots make a neuron.
	compartments int
	table        []int32
	seed         uint64
	// keys are the neurons' streams of random numbers, by slot.
	keys []uint64
	// Populations are those whose saturations the core counts, ascending: group
	// has the index of each slot's, −1 of a copy's, whose neuron counts them; home
	// is that of the core itself.
	Populations []int32
	group       []int32
	home        int
	learn       learning
	// graded says that spikes may carry payloads. Partial sums come from up to
	// partSlots ticks before.
	graded    bool
	partSlots int
	// stateWords and paramWords are per neuron.
	stateWords, paramWords int
	stateBits              int
	// axons is how many there are, and wordSynapses how many synapses a word has; rows
	// are the axons', in a core without a plan.
	axons, wordSynapses int
	rows                []row
	// ring is the depth of the accumulators: the longest delay, unless the scheduler
	// keeps the delays, up to delay.
	ring, delay int
	timing      targets.Timing
	// devices is nil where the crossbar is digital.
	devices *crossbar
	broken  broken
	// plan is nil where the core is run in the plain way only.
	plan *plan
}

// Memory is what the rows of cores are in, one core's after the other's.
type Memory struct {
	unpacked image.Memory
	rows     []row
}

// NewSpecOn prepares a core of an image that is verified for a target: with its
// devices, if it has some. Its rows are in memory, which is the core's while it keeps them.
func NewSpecOn(im *image.Image, k int, t *targets.Target, memory *Memory) *Spec {
	s := newSpec(im, k, t.Timing, memory)
	if t.Devices != nil {
		s.devices = newCrossbar(im, k, t.Devices)
	}
	return s
}

// NewSpec prepares a core of an image that is verified, with a digital crossbar.
func NewSpec(im *image.Image, k int, timing targets.Timing) *Spec {
	return newSpec(im, k, timing, new(Memory))
}

func newSpec(im *image.Image, k int, timing targets.Timing, memory *Memory) *Spec {
	c := &im.Cores[k]
	a := &im.Manifest.Arch
	program, err := isa.DecodeAll(im.Programs[c.Program].Words)
	if err != nil {
		panic("core: program of a verified image: " + err.Error())
	}
	s := &Spec{
		image: c, program: program, timing: timing, stateBits: a.StateBits,
		stateWords: im.StateWords(c), wordSynapses: a.WordSynapses, paramWords: int(c.ParamWords), ring: 1, delay: 1,
	}
	if a.DelayPlace == targets.DelayAxon {
		s.delay = a.MaxDelay
	} else {
		s.ring = a.MaxDelay
	}
	s.seed, s.partSlots = im.Manifest.Seed, a.MaxDelay
	s.table = im.Programs[c.Program].Table
	s.compartments = max(im.Programs[c.Program].Compartments, 1)
	s.together = isa.LooksAcross(program)
	s.pure = !s.together && !slices.ContainsFunc(program, dependsOnMore)
	s.wraps = slices.ContainsFunc(program, func(i isa.Inst) bool { return i.Op == isa.ACCW })
	for k := range im.Programs {
		words, err := isa.DecodeAll(im.Programs[k].Words)
		if err != nil {
			panic("core: program of a verified image: " + err.Error())
		}
		for _, i := range words {
			s.graded = s.graded || i.Op == isa.SPKG
		}
	}
	for _, n := range c.Neurons {
		s.keys = append(s.keys, isa.Stream(int(n), isa.Tick, 0))
	}
	rows := c.Rows.UnpackTo(&memory.unpacked)
	memory.rows = slices.Grow(memory.rows[:0], len(rows))[:len(rows)]
	s.axons, s.rows = len(rows), memory.rows
	for axon := range rows {
		s.rows[axon] = newRow(&rows[axon], a, len(c.Neurons))
	}
	s.learn = newLearning(im, c, rows)
	s.setGroups(im)
	return s
}

// KeepsRows reports whether the core keeps the rows that it was made of: without a plan.
func (s *Spec) KeepsRows() bool { return s.rows != nil }

// setGroups says which population each slot's saturations are of.
func (s *Spec) setGroups(im *image.Image) {
	roles, of := im.Roles(s.image), im.PopulationsOf(s.image)
	s.Populations = append([]int32{s.image.Population}, of...)
	slices.Sort(s.Populations)
	s.Populations = slices.Compact(s.Populations)
	s.group = make([]int32, len(of))
	for slot, p := range of {
		k, _ := slices.BinarySearch(s.Populations, p)
		if s.group[slot] = int32(k); roles != nil && roles[slot] == image.Copy {
			s.group[slot] = -1
		}
	}
	s.home, _ = slices.BinarySearch(s.Populations, s.image.Population)
}

// dependsOnMore reports whether an instruction's result depends on more than
// registers.
func dependsOnMore(i isa.Inst) bool {
	return i.Op == isa.RND || i.Op == isa.RNDQ || i.Op == isa.LDM || i.Op == isa.PART
}

// UpdateCycles returns the cycles from the start of an update until the first n
// neurons are done: groups of Lanes neurons, one after another.
func (s *Spec) UpdateCycles(n int) int64 {
	groups := (int64(n) + s.timing.Lanes - 1) / s.timing.Lanes
	return groups * (int64(len(s.program))*s.timing.Instruction + s.timing.Neuron)
}

// Words returns how many words of bits a core's axons take.
func (s *Spec) Words() int { return (s.axons + 63) / 64 }

// State returns how many words of state a core has.
func (s *Spec) State() int { return s.lanes() * s.stateWords }

// lanes returns how many neurons a core has room for.
func (s *Spec) lanes() int {
	if s.plan != nil {
		return s.plan.lanes
	}
	return len(s.image.Neurons)
}

// slots returns how many ticks of spikes a core holds by itself.
func (s *Spec) slots() int { return s.delay + 1 }

// Graded reports whether spikes may carry payloads.
func (s *Spec) Graded() bool { return s.graded }
