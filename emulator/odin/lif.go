package odin

// neuron is the state of one neuron and what an event does to it.
type neuron interface {
	// step takes a time reference, or else a signed weight, and returns the
	// event that the neuron sends: zero, or fired with the burst it asks for.
	step(timeRef bool, weight int) uint8
	// flags is what the learning rule needs to know of the neuron.
	flags() Flags
	// word is the neuron as its memory holds it.
	word() Word
	// monitor is the neuron as the monitoring mode tells it: the flags, the
	// calcium, the sign of a resonance, and eight bits of potential.
	monitor() uint16
}

// fired is the bit of a neuron's event that says that it fires. Bits 5 to 3 are
// the further spikes of a burst, bits 2 to 0 the steps between them less one.
const fired = 1 << 6

// newNeuron reads a neuron from its word.
func newNeuron(m Model, w Word) neuron {
	switch {
	case m == TinyODIN:
		return newTiny(w)
	case lifSelect.is(w):
		return newLIF(w)
	default:
		return newIzhikevich(w)
	}
}

// integrator is the leaky integrate-and-fire arithmetic of both chips. Only
// their widths differ.
type integrator struct {
	v, threshold, leak int
	min, max           int
	leaks, disabled    bool
}

// step integrates or leaks, then compares, then resets. The comparison comes
// with every touch, so that threshold zero fires on a leak or on weight zero. A
// threshold is not signed but the potential is: of twelve bits, those with the
// highest set are out of reach. A disabled neuron resets without a spike.
func (i *integrator) step(timeRef bool, weight int) (fire bool) {
	switch {
	case !timeRef:
		i.v = max(i.min, min(i.max, i.v+weight))
	case !i.leaks:
	case i.v < 0:
		i.v = min(0, i.v+i.leak)
	default:
		i.v = max(0, i.v-i.leak)
	}
	if i.v < 0 || i.v < i.threshold {
		return false
	}
	i.v = 0
	return true
}

// event is what a neuron sends for having fired or not.
func (i *integrator) event(fire bool) uint8 {
	if fire && !i.disabled {
		return fired
	}
	return 0
}

// The word of a tinyODIN neuron.
//
//	31       30     24  23     12  11      0
//	disable  leak       threshold  potential
var (
	tinyPotential = field{0, 12}
	tinyThreshold = field{12, 12}
	tinyLeak      = field{24, 7}
	tinyDisable   = field{31, 1}
)

// tiny is a neuron of tinyODIN.
type tiny struct {
	integrator
	program Word
}

func newTiny(w Word) *tiny {
	s := &specs[TinyODIN]
	return &tiny{program: w, integrator: integrator{
		v: tinyPotential.signed(w), threshold: tinyThreshold.of(w), leak: tinyLeak.of(w), leaks: true,
		disabled: tinyDisable.is(w), min: s.PotentialMin, max: s.PotentialMax,
	}}
}

func (n *tiny) step(timeRef bool, weight int) uint8 {
	return n.event(n.integrator.step(timeRef, weight))
}
func (n *tiny) flags() Flags    { return Flags{} }
func (n *tiny) word() Word      { return tinyPotential.put(n.program, n.v) }
func (n *tiny) monitor() uint16 { return 0 }

// The word of an ODIN neuron that integrates and fires. Bits 40 to 69 and 86 to
// 126 are not used.
//
//	127      85   81  80  78  77    70  39   35  34  26  25  18  17     16   9  8        7  1   0
//	disable  count    calcium potential Ca leak  θ3 θ2 θ1  θmem  Ca on  threshold leak on  leak   1
var (
	lifSelect    = field{0, 1}
	lifLeak      = field{1, 7}
	lifLeaks     = field{8, 1}
	lifThreshold = field{9, 8}
	lifPotential = field{70, 8}
	odinDisable  = field{127, 1}

	lifCalcium = calciumLayout{
		enable: field{17, 1}, thetaMem: field{18, 8}, theta1: field{26, 3}, theta2: field{29, 3}, theta3: field{32, 3},
		leak: field{35, 5}, level: field{78, 3}, count: field{81, 5},
	}
)

// lif is a neuron of ODIN that integrates and fires.
type lif struct {
	integrator
	calcium calcium
	program Word
}

func newLIF(w Word) *lif {
	s := &specs[ODIN]
	return &lif{program: w, calcium: newCalcium(&lifCalcium, w), integrator: integrator{
		v: lifPotential.of(w), threshold: lifThreshold.of(w), leak: lifLeak.of(w), leaks: lifLeaks.is(w),
		disabled: odinDisable.is(w), min: s.PotentialMin, max: s.PotentialMax,
	}}
}

// step counts the calcium of a disabled neuron too: it fires, and is not heard.
func (n *lif) step(timeRef bool, weight int) uint8 {
	fire := n.integrator.step(timeRef, weight)
	n.calcium.step(timeRef, bit(fire))
	return n.event(fire)
}

func (n *lif) flags() Flags { return n.calcium.flags(n.v) }
func (n *lif) word() Word   { return lifPotential.put(n.calcium.put(&lifCalcium, n.program), n.v) }

func (n *lif) monitor() uint16 { return n.calcium.monitor(n.v) | uint16(n.v) }
