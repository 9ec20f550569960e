package emulator

import "github.com/weft-toolchain/weft/emulator/core"

// Phase is a part of a tick that an Observer is told of.
type Phase int

// The phases: those of each core, and then the mesh's.
const (
	Integrate Phase = iota
	Update
	Learn
	Route
)

var phaseNames = [...]string{Integrate: "integrate", Update: "update", Learn: "learn", Route: "route"}

// String names the phase as TIMING.md does.
func (p Phase) String() string { return phaseNames[p] }

// NoCore is the core of a phase that is all cores'.
const NoCore = -1

// Observer is told what a machine is about to do, in the middle of a tick.
type Observer struct {
	// Phase is called before each phase of a core, and of NoCore. Cores do theirs one
	// after another, those first that send partial sums of the same tick.
	Phase func(core int, p Phase)
	// Instruction is called at each moment of a core's programs.
	Instruction func(core int, at *core.Moment)
}

// Observe makes a machine of one worker, whose chip is run in the Plain way, tell an
// observer of the ticks that come; nil ends that. What the machine does stays the
// same. A chip without ticks has neither phases nor programs to tell of.
func (m *Machine) Observe(o *Observer) {
	if o != nil && (m.chip.way != Plain || len(m.workers) > 1) {
		panic("emulator: Observe wants the plain way and one worker")
	}
	m.asBits()
	m.observer = o
	for k, c := range m.cores {
		c.Watch(nil)
		if o != nil {
			c.Watch(func(at *core.Moment) { o.Instruction(k, at) })
		}
	}
	m.wakeAll()
}

// seen reports whether somebody looks on, for whom every core is run in every tick.
func (m *Machine) seen() bool { return m.watch != nil || m.observer != nil }

func (m *Machine) notePhase(k int, p Phase) {
	if m.observer != nil {
		m.observer.Phase(k, p)
	}
}

// Due lists the axons of a core that are to be active in a tick: the one at work, until
// the core integrates, or a later one, as far as that is known.
func (m *Machine) Due(k int, tick int64) []core.Arrival {
	if !m.seen() {
		m.asBits()
	}
	return m.cores[k].Due(tick)
}
