package emulator

import (
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/kernel"
)

// stream is a worker's cores on their way through a tick, one behind the other: what
// a core will read is asked for while the one before is at work, and its spikes are
// delivered while the one behind is, since memory answers late.
type stream struct {
	work kernel.Work
	at   [stages]passing // by the position of the core, modulo
}

// How many cores behind it was asked for one runs, how many behind that it sends, and
// how many are on their way at most.
const (
	runs   = 1
	sends  = 1
	stages = 4
)

// passing is a core on its way: the axons that are due, then the slots that fired.
type passing struct {
	tile         *core.Tile // nil for a core that runs by itself
	axons, fired []int32
}

// directly runs a worker's cores and delivers their spikes.
func (m *Machine) directly(w *worker) {
	m.list(w)
	s := &w.stream
	for i := range len(w.ran) + runs + sends {
		if i < len(w.ran) {
			m.ask(int(w.ran[i]), &s.at[i%stages])
		}
		if j := i - runs; j >= 0 && j < len(w.ran) {
			m.runPassing(int(w.ran[j]), &s.at[j%stages], w)
		}
		if j := i - runs - sends; j >= 0 {
			m.sendPassing(int(w.ran[j]), &s.at[j%stages], w)
		}
	}
}

// ask lists what is due to a core and asks for what its tick will read.
func (m *Machine) ask(k int, p *passing) {
	p.tile, p.fired = nil, p.fired[:0]
	if !m.tiled.has(int32(k)) {
		return
	}
	p.tile = &m.tiles[k]
	p.axons = kernel.List(p.axons[:0], m.due(k))
	p.tile.Prefetch(p.axons)
}

// due returns the bits of the axons that are due to a core.
func (m *Machine) due(k int) []uint64 {
	return m.pending[m.now][m.chip.base[k]:m.chip.base[k+1]]
}

// runPassing runs a core.
func (m *Machine) runPassing(k int, p *passing, w *worker) {
	work := &w.stream.work
	if p.tile == nil || !p.tile.Tick(p.axons, work) {
		m.runDirect(k, w)
		if p.tile != nil {
			p.tile.Changed()
		}
		return
	}
	if len(p.axons) > 0 {
		clear(m.due(k))
	}
	if len(p.axons) == 0 && work.Active == 0 {
		m.awake.restless.remove(int32(k))
	} else {
		m.awake.restless.add(int32(k))
	}
	p.fired = kernel.List(p.fired, work.Fired[:len(p.tile.State)/kernel.Block])
	p.tile.Book.Spikes += int64(len(p.fired))
	m.chip.direct.slots[k].prefetch(p.fired)
}

// sendPassing delivers what a core sends.
func (m *Machine) sendPassing(k int, p *passing, w *worker) {
	if len(p.fired) == 0 {
		return
	}
	sent := m.deliverAll(k, p.fired, w)
	p.tile.Book.Packets += sent.packets
	p.tile.Book.HopX += sent.hopX
	p.tile.Book.HopY += sent.hopY
}

// prefetch asks for the spots of some slots.
func (s *spots) prefetch(slots []int32) {
	if s.off == nil && len(slots) > 0 {
		kernel.Prefetch(s.to, slots)
	}
}
