package emulator

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/kernel"
)

// bunch is the spikes of cores that were run one after another, on their way together.
// Those of one core are few, and how many is hard to foresee: a loop over them takes long to
// begin and to end.
type bunch struct {
	// slots fired, by number; those of cores[k] end before ends[k].
	slots       []int32
	cores, ends []int32
	// integrated is, of each core, the cycle after its rows, where there is a mesh.
	integrated []int64
	axons      []int32 // room for those that are due to a core
	// to is where they go, hops[k] the sum of the hops of those before to[k].
	to   []brief
	hops []uint64
	// starts is where in Machine.ring the tick after a delay has its words.
	starts [briefDelays]uint32
}

// enough is how many spikes are sent without waiting for more.
const enough = 256

// bunches reports whether spikes go in bunches.
func (m *Machine) bunches() bool {
	return m.chip.briefs != nil && m.crew == nil && m.scattering == nil
}

// inBunches runs a worker's cores, and delivers their spikes in bunches. What it needs of
// the machine it has at hand: to look that up again takes a good part of a core's tick.
func (m *Machine) inBunches(w *worker) {
	s, b, all := &w.stream, &w.bunch, m.chip.briefs
	work, tiles, tiled, restless, due, base := &s.work, m.tiles, m.tiled, m.awake.restless, m.pending[m.now], m.chip.base
	slots, ends, integrated, axons := b.slots[:0], b.ends[:0], b.integrated[:0], b.axons
	b.start(m)
	if m.asks {
		for i, k := range w.ran[:min(lag, len(w.ran))] {
			m.ask(int(k), &s.at[i%len(s.at)])
		}
	}
	for i, k := range w.ran {
		if j := i + lag; m.asks && j < len(w.ran) {
			m.ask(int(w.ran[j]), &s.at[j%len(s.at)])
		}
		before, p, ran := len(slots), &s.at[i%len(s.at)], false
		if tiled.has(k) {
			t, bits := &tiles[k], due[base[k]:base[k+1]]
			if m.asks {
				axons = append(axons[:0], p.axons...)
			} else {
				axons = kernel.List(axons[:0], bits, 0)
			}
			var words int64
			if words, ran = t.Tick(axons, work); ran {
				if len(axons) > 0 {
					clear(bits)
				}
				restless.put(k, len(axons) > 0 || work.Active > 0)
				slots = kernel.List(slots, work.Fired[:len(t.State)/kernel.Block], all.first[k])
				t.Book.Spikes += int64(len(slots) - before)
				if m.mesh != nil {
					p.integrated = m.integrated(int(k), len(axons), words, w)
				}
			}
		}
		if !ran {
			slots = m.aloneInBunch(int(k), p, w, slots)
		}
		ends = append(ends, int32(len(slots)))
		if m.mesh != nil {
			integrated = append(integrated, p.integrated)
		}
		if m.asks {
			kernel.Prefetch(all.to, slots[before:])
		}
		if len(slots) >= enough || i == len(w.ran)-1 {
			b.slots, b.cores, b.ends, b.integrated = slots, w.ran[i+1-len(ends):i+1], ends, integrated
			m.sendBunch(w)
			slots, ends, integrated = slots[:0], ends[:0], integrated[:0]
		}
	}
	b.axons = axons
}

// aloneInBunch runs a core by itself, and appends the slots that fired.
func (m *Machine) aloneInBunch(k int, p *passing, w *worker, slots []int32) []int32 {
	p.fired = p.fired[:0]
	m.runAlone(k, p, w)
	for _, slot := range p.fired {
		slots = append(slots, m.chip.briefs.first[k]+slot)
	}
	return slots
}

// sendBunch sends a worker's bunch.
func (m *Machine) sendBunch(w *worker) {
	b := &w.bunch
	m.tellBunch(w)
	w.sent.synapses += b.find(m.chip.briefs.to)
	if m.mesh != nil {
		m.offerBunch(w)
	}
	b.book(m)
	b.deliver(m)
	toHost := &m.received[m.chip.host()]
	w.sent.toHost += *toHost
	*toHost = 0
}

// tellBunch notes the neurons that fire in a bunch.
func (m *Machine) tellBunch(w *worker) {
	b, from := &w.bunch, int32(0)
	if m.chip.briefs.numbered {
		w.fired = append(w.fired, b.slots...)
	}
	for i, k := range b.cores {
		end := b.ends[i]
		if m.chip.briefs.numbered {
			w.spikes[m.chip.alone[k]] += int64(end - from)
		} else {
			m.tell(w, int(k), b.slots[from:end], m.chip.briefs.first[k])
		}
		from = end
	}
}

// start is called before a tick's first bunch.
func (b *bunch) start(m *Machine) {
	for delay := range m.chip.depth {
		b.starts[delay] = uint32((m.now + delay) % m.chip.depth * m.chip.stride)
	}
}

// find fills to and hops, and returns the synapses behind the spikes.
func (b *bunch) find(all []brief) (synapses int64) {
	n := len(b.slots)
	b.to, b.hops = slices.Grow(b.to[:0], n)[:n], slices.Grow(b.hops[:0], n+1)[:n+1]
	b.hops[0] = 0
	to, hops, sum, behind := b.to, b.hops[1:], uint64(0), uint64(0)
	for i, slot := range b.slots {
		x := all[slot]
		to[i] = x
		sum += x.hops()
		hops[i] = sum
		behind += x.synapses()
	}
	return int64(behind)
}

// book puts what is sent onto the books of the cores.
func (b *bunch) book(m *Machine) {
	from, before := int32(0), uint64(0)
	for i, k := range b.cores {
		end := b.ends[i]
		x, y := hopsXY(b.hops[end] - before)
		book := &m.tiles[k].Book
		book.Packets += int64(end - from)
		book.HopX += x
		book.HopY += y
		from, before = end, b.hops[end]
	}
}

// deliver writes spikes to their axons.
func (b *bunch) deliver(m *Machine) {
	ring, due, received, starts, shift := m.ring, m.awake.ring, m.received, &b.starts, m.chip.briefs.shift&31
	for _, to := range b.to {
		word := to.word()
		at := starts[to.delay()] + word
		ring[at] |= 1 << to.bit()
		at >>= shift
		due[at>>6] |= 1 << (at & 63)
		received[word>>shift]++
	}
}
