package emulator

import (
	"math"

	"github.com/weft-toolchain/weft/emulator/checkpoint"
)

// Ticks returns how many ticks were run.
func (m *Machine) Ticks() int64 { return m.tick }

// Checkpoint writes the machine's state between two ticks, or reads it: the machine
// then goes on as the one that wrote it would, of the same image on the same chip in
// the same mode. Way and workers may be others, and do not show in what is written. If
// the coder has an error afterwards, the machine has to be Reset.
func (m *Machine) Checkpoint(c *checkpoint.Coder) {
	if c.Reading() {
		m.Reset()
	}
	m.balance()
	const most = math.MaxInt64 / 2 // what is added does not overflow
	checkpoint.Number(c, &m.tick, 0, most)
	checkpoint.Number(c, &m.cycle, 0, most)
	checkpoint.Number(c, &m.broadcast, -checkpoint.Any, checkpoint.Any)
	for k := range m.cores {
		m.tiles[k].Publish()
		m.cores[k].Checkpoint(c, m.tick)
	}
	checkpoint.Numbers(c, m.chipAct[:], 0, checkpoint.Any)
	for _, n := range m.bookkeeping() {
		checkpoint.Number(c, n, 0, checkpoint.Any)
	}
	checkpoint.Numbers(c, m.spikes, 0, checkpoint.Any)
	if m.session != nil {
		inputs := len(m.chip.inputs)
		checkpoint.List(c, &m.waiting, inputs, 0, int64(inputs-1))
		m.session.Checkpoint(c)
	}
	if c.Reading() {
		m.restored()
	}
}

// bookkeeping lists the books that are no core's and stand alone.
func (m *Machine) bookkeeping() []*int64 {
	return []*int64{&m.stalls, &m.late, &m.synapticEvents, &m.lost.Links, &m.lost.Cores, &m.lost.Axons}
}

// restored sets what follows from a state that was read. The tiles know from the Reset
// before that their words are others.
func (m *Machine) restored() {
	m.now = int(m.tick % int64(m.chip.depth))
	for k, c := range m.cores {
		m.setTiled(k, !c.HasCurrent())
	}
	if m.session == nil {
		m.awake.always(m.chip)
	}
}
