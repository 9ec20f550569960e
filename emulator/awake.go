package emulator

import "github.com/weft-toolchain/weft/targets"

// set is a set of cores.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) add(k int32)      { s[k>>6] |= 1 << (k & 63) }
func (s set) remove(k int32)   { s[k>>6] &^= 1 << (k & 63) }
func (s set) has(k int32) bool { return s[k>>6]>>(k&63)&1 != 0 }

func (s set) put(k int32, in bool) {
	if in {
		s.add(k)
	} else {
		s.remove(k)
	}
}

// awake is which cores have something to do: a tick in which nothing is due to a
// core that rests changes nothing there, and is not run.
type awake struct {
	// restless are those that may change by themselves, due[t mod its length] those
	// to which something is due in tick t. ring is all of due, for each tick the words of
	// a set and one for the host.
	restless set
	due      []set
	ring     set
	// idleDone is when cores without anything to do have updated, idleTakes the part
	// of it after the partial sums for those that get some.
	idleDone, idleTakes int64
	idle                int64 // when they have integrated
}

func newAwake(c *Chip) awake {
	a := awake{restless: newSet(len(c.specs)), due: make([]set, c.depth)}
	n := len(a.restless)
	a.ring = newSet(c.depth * 64 * (n + 1))
	for k := range a.due {
		a.due[k] = a.ring[k*(n+1):][:n]
	}
	for k, s := range c.specs {
		if c.broken.cores[k] {
			continue
		}
		a.idle = c.timing.Tick
		update := s.UpdateCycles(len(c.image.Cores[k].Neurons))
		if c.takes[k] {
			a.idleTakes = max(a.idleTakes, update)
		} else {
			a.idleDone = max(a.idleDone, c.timing.Tick+update)
		}
	}
	a.all(c)
	return a
}

// all makes every core that is not dead restless.
func (a *awake) all(c *Chip) {
	for k, dead := range c.broken.cores {
		if !dead {
			a.restless.add(int32(k))
		}
	}
}

// reset is all, with nothing due.
func (a *awake) reset(c *Chip) {
	a.all(c)
	for _, s := range a.due {
		clear(s)
	}
}

// always is all, in every tick until what is under way now has come.
func (a *awake) always(c *Chip) {
	a.all(c)
	for _, due := range a.due {
		copy(due, a.restless)
	}
}

// wakeAll makes every core be run in the next tick.
func (m *Machine) wakeAll() {
	if m.session == nil {
		m.awake.all(m.chip)
	}
}

// idle puts what cores that are not run would take into the phases, once partial
// sums are gathered.
func (m *Machine) idle() {
	a := &m.awake
	m.phases.Integrated = max(m.phases.Integrated, a.idle)
	done := max(m.phases.Updated, a.idleDone)
	if a.idleTakes > 0 {
		done = max(done, max(a.idle, m.phases.Gathered)+a.idleTakes)
	}
	m.phases.Updated, m.phases.Learned = done, max(m.phases.Learned, done)
}

// wake notes that something is due to a core in a tick.
func (m *Machine) wake(core int32, due int64) {
	m.awake.due[due%int64(len(m.awake.due))].add(core)
}

// rested notes whether a core that was run rests.
func (m *Machine) rested(k int) {
	m.awake.restless.put(int32(k), m.seen() || !m.cores[k].Rests())
}

// owed returns what the books of a core lack for the ticks in which it was not run.
func (m *Machine) owed(k int) (ticks, updates int64) {
	if m.session != nil || m.chip.broken.cores[k] {
		return 0, 0
	}
	ticks = m.tick - m.cores[k].Counts[targets.CoreTick]
	return ticks, ticks * int64(len(m.chip.image.Cores[k].Neurons))
}
