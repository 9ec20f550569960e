package emulator

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/targets"
)

// scattering is what a machine has where its chip has outgoing synapses. A spike that goes
// over these is on nobody's books until they are asked for, which is seldom: then all that
// it is counted for follows from how often its slot fired.
type scattering struct {
	// sums are what the cores' next tick begins with.
	sums []int32
	// fired counts how often each slot did since the books were last kept.
	fired []int64
	// of worker w are the synapses from cuts[w][slot] to cuts[w+1][slot].
	cuts [][]int32
}

// scattered is a worker's part of it.
type scattered struct {
	// slots are those of its cores that fired in this tick, or the last.
	slots []int32
	// to are the cores that sums were added to since they were run, asBits those to which
	// spikes are due as bits.
	to     someCores
	asBits set
}

// newScattering makes what the machine needs to add up outgoing synapses.
func (m *Machine) newScattering() {
	o := m.chip.outgoing
	if o == nil {
		return
	}
	m.scattering = &scattering{sums: make([]int32, o.sums[len(m.cores)]), fired: make([]int64, len(o.to))}
	for k, c := range m.cores {
		if o.scatters(k) {
			c.AddIn(m.scattering.sums[o.sums[k]:o.sums[k+1]])
		}
	}
}

// cut shares the outgoing synapses out over workers.
func (s *scattering) cut(o *outgoing, workers []*worker) {
	if s == nil {
		return
	}
	slots := len(o.to)
	s.cuts = [][]int32{o.off[:slots]}
	for _, w := range workers[:len(workers)-1] {
		cut, end := make([]int32, slots), uint32(o.sums[w.to])<<o.weightBits
		for slot := range cut {
			from := s.cuts[len(s.cuts)-1][slot]
			ahead, _ := slices.BinarySearch(o.synapses[from:o.off[slot+1]], end)
			cut[slot] = from + int32(ahead)
		}
		s.cuts = append(s.cuts, cut)
	}
	s.cuts = append(s.cuts, o.off[1:])
}

// clear forgets what is under way, and the books.
func (s *scattering) clear(workers []*worker) {
	if s == nil {
		return
	}
	clear(s.sums)
	clear(s.fired)
	for _, w := range workers {
		w.scattered.clear()
	}
}

func (s *scattered) clear() { s.slots, s.to = s.slots[:0], someCores{} }

// wakeAddedTo makes those of a worker's cores be run to whose sums something was added,
// and notes to which of them spikes came as bits.
func (m *Machine) wakeAddedTo(w *worker) {
	if m.scattering == nil {
		return
	}
	due := m.awake.due[m.now]
	w.scattered.asBits = append(w.scattered.asBits[:0], due[w.fromWord:w.toWord]...)
	if w.scattered.to == (someCores{}) {
		return
	}
	for k := w.from; k < w.to; k++ {
		if m.addedTo(w, k) {
			due.add(k)
		}
	}
}

// addedTo reports whether something may have been added to the sums of a core.
func (m *Machine) addedTo(w *worker, k int32) bool {
	o := m.chip.outgoing
	return o.scatters(int(k)) && w.scattered.to.has(int(k)/o.coresABit)
}

// runScattered runs a core to whose sums others add.
func (m *Machine) runScattered(k int, c *core.Core, w *worker) {
	c.StartTick(m.tick, m.broadcast)
	c.IntegrateShared(m.tick, w.scattered.asBits.has(int32(k-64*w.fromWord)), m.addedTo(w, int32(k)))
	c.Update(m.tick)
}

// noteScattered notes that slots of a worker's core fired.
func (m *Machine) noteScattered(k int, slots []int32, w *worker) {
	if m.scattering == nil {
		return
	}
	first := m.chip.outgoing.first[k]
	for _, slot := range slots {
		w.scattered.slots = append(w.scattered.slots, first+slot)
		m.scattering.fired[first+slot]++
	}
}

// scatter adds the outgoing synapses of all slots that fired to the sums of worker v.
func (m *Machine) scatter(v int) {
	s, o := m.scattering, m.chip.outgoing
	if s == nil {
		return
	}
	mine := &m.workers[v].scattered
	mine.to = someCores{}
	for _, w := range m.workers {
		slots := w.scattered.slots
		for len(slots) > 0 {
			n := min(len(slots), batch)
			s.add(o, slots[:n], v)
			for _, slot := range slots[:n] {
				mine.to.join(&o.to[slot])
			}
			slots = slots[n:]
		}
	}
}

// batch is how many slots have their synapses asked for before any are added.
const batch = 32

// add adds those of the outgoing synapses of up to a batch of slots that are worker v's.
func (s *scattering) add(o *outgoing, slots []int32, v int) {
	var from, to [batch]int32
	begin, end := s.cuts[v], s.cuts[v+1]
	for k, slot := range slots {
		from[k], to[k] = begin[slot], end[slot]
	}
	kernel.Prefetch(o.synapses, from[:len(slots)])
	sums, above := s.sums, (32-o.weightBits)&31
	below := o.weightBits & 31
	for k := range slots {
		for _, x := range o.synapses[from[k]:to[k]] {
			sums[x>>below] += int32(x<<above) >> above
		}
	}
}

// asBits makes the spikes that are under way as sums bits, as they would be without
// outgoing synapses, and puts all that went that way on the books.
func (m *Machine) asBits() {
	s, o := m.scattering, m.chip.outgoing
	if s == nil {
		return
	}
	for k := range m.cores {
		for slot, n := range s.fired[o.first[k]:o.first[k+1]] {
			if n > 0 {
				m.bookScattered(k, int32(slot), n)
			}
		}
	}
	for _, w := range m.workers {
		for _, slot := range w.scattered.slots {
			m.scatteredAsBits(slot)
		}
	}
	s.clear(m.workers)
}

// bookScattered puts n spikes of a slot on the books.
func (m *Machine) bookScattered(k int, slot int32, n int64) {
	var sent sums
	list := m.chip.direct.slots[k].of(slot)
	for i := range list {
		if to := &list[i]; m.chip.outgoing.has(to) {
			sent.add(to)
			m.received[to.core] += n
			m.bookRow(to, n)
		}
	}
	m.synapticEvents += n * sent.synapses
	m.cores[k].Counts.Packets(targets.PacketSent, n*sent.packets, n*sent.hopX, n*sent.hopY, n*sent.chipHop)
}

// bookRow puts n readings of the row of a spot on the books.
func (m *Machine) bookRow(to *spot, n int64) {
	words, synapses := m.chip.specs[to.core].RowCounts(m.chip.axonOf(to))
	counts := &m.cores[to.core].Counts
	counts[targets.AxonRow] += n
	counts[targets.SynapseWord] += n * words
	counts[targets.SynapticOp] += n * synapses
}

// scatteredAsBits makes the spike of a slot in the last tick bits, which are booked as the
// others are once their rows are read.
func (m *Machine) scatteredAsBits(slot int32) {
	o := m.chip.outgoing
	k, found := slices.BinarySearch(o.first, slot)
	if !found {
		k--
	}
	for o.first[k] == o.first[k+1] { // of cores without slots
		k++
	}
	list := m.chip.direct.slots[k].of(slot - o.first[k])
	for i := range list {
		if to := &list[i]; o.has(to) {
			m.bookRow(to, -1)
			m.received[to.core]-- // deliverTo counts it
			m.deliverTo(to)
		}
	}
}
