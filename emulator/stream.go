package emulator

import (
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/targets"
)

// stream is a worker's cores on their way through a tick, one behind the other: what
// a core will read is asked for while those before are at work, and its spikes are
// delivered while those behind are, since memory answers late. Where all is near by,
// nothing is asked for: that takes longer than the answer.
type stream struct {
	work kernel.Work
	at   [8]passing // by the position of the core, modulo: more than 2·lag
}

// lag is by how many cores one that is run is behind one that is asked for, and one whose
// spikes are delivered behind one that is run.
const lag = 2

// passing is a core on its way: the axons that are due, then the slots that fired.
type passing struct {
	tile *core.Tile // nil for a core that runs by itself, at least in this tick
	// integrated is the cycle after the rows.
	integrated   int64
	axons, fired []int32
}

// directly runs a worker's cores, and delivers their spikes or offers them to the
// mesh.
func (m *Machine) directly(w *worker) {
	m.list(w)
	w.scattered.slots = w.scattered.slots[:0]
	if m.bunches() {
		m.inBunches(w)
		return
	}
	s := &w.stream
	for i := range len(w.ran) + 2*lag {
		if i < len(w.ran) {
			m.ask(int(w.ran[i]), &s.at[i%len(s.at)])
		}
		if j := i - lag; j >= 0 && j < len(w.ran) {
			m.runPassing(int(w.ran[j]), &s.at[j%len(s.at)], w)
		}
		if j := i - 2*lag; j >= 0 {
			m.sendPassing(int(w.ran[j]), &s.at[j%len(s.at)], w)
		}
	}
}

// ask lists what is due to a core and asks for what its tick will read.
func (m *Machine) ask(k int, p *passing) {
	p.tile = nil
	if !m.tiled.has(int32(k)) {
		return
	}
	p.tile = &m.tiles[k]
	p.axons = kernel.List(p.axons[:0], m.due(k), 0)
	if m.asks {
		p.tile.Prefetch(p.axons)
	}
}

// due returns the bits of the axons that are due to a core.
func (m *Machine) due(k int) []uint64 {
	return m.pending[m.now][m.chip.base[k]:m.chip.base[k+1]]
}

// runPassing runs a core.
func (m *Machine) runPassing(k int, p *passing, w *worker) {
	work := &w.stream.work
	p.fired = p.fired[:0]
	words, ok := int64(0), false
	if p.tile != nil {
		words, ok = p.tile.Tick(p.axons, work)
	}
	if !ok {
		m.runAlone(k, p, w)
		return
	}
	if len(p.axons) > 0 {
		clear(m.due(k))
	}
	m.awake.restless.put(int32(k), len(p.axons) > 0 || work.Active > 0)
	p.integrated = m.integrated(k, len(p.axons), words, w)
	p.fired = kernel.List(p.fired, work.Fired[:len(p.tile.State)/kernel.Block], 0)
	p.tile.Book.Spikes += int64(len(p.fired))
	if m.asks {
		m.chip.direct.slots[k].prefetch(p.fired)
	}
}

// integrated returns the cycle after the rows of a core, of which so many words were read, and
// notes when the core's phases end.
func (m *Machine) integrated(k, axons int, words int64, w *worker) int64 {
	t := &m.chip.timing
	at := t.Tick + int64(axons)*t.Row + words*t.Word
	done := at + m.chip.update[k]
	w.phases.see(at, done, done)
	return at
}

// runAlone runs a core by itself.
func (m *Machine) runAlone(k int, p *passing, w *worker) {
	c := m.cores[k]
	t := &m.work[k]
	if m.chip.outgoing.scatters(k) {
		m.runScattered(k, c, w)
	} else {
		m.runCore(k, c)
		w.phases.see(t.Integrated, t.Updated, t.Learned)
	}
	m.rested(k)
	p.tile, p.integrated = nil, t.Integrated
	p.fired = append(p.fired, c.Fired...)
}

// sendPassing sends the spikes of a core.
func (m *Machine) sendPassing(k int, p *passing, w *worker) {
	if len(p.fired) == 0 {
		return
	}
	m.tell(w, k, p.fired, 0)
	m.noteScattered(k, p.fired, w)
	var sent sums
	m.deliverAll(k, p.fired, w, &sent)
	if m.mesh != nil {
		m.offerAll(k, p, w)
	}
	w.sent.synapses += sent.synapses
	w.sent.toHost += sent.toHost
	if p.tile != nil {
		p.tile.Book.Packets += sent.packets
		p.tile.Book.HopX += sent.hopX
		p.tile.Book.HopY += sent.hopY
		p.tile.Book.ChipHop += sent.chipHop
		return
	}
	m.cores[k].Counts.Packets(targets.PacketSent, sent.packets, sent.hopX, sent.hopY, sent.chipHop)
}

// prefetch asks for the spots of some slots.
func (s *spots) prefetch(slots []int32) {
	if s.off == nil && len(slots) > 0 {
		kernel.Prefetch(s.to, slots)
	}
}
