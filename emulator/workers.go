package emulator

import (
	"math/bits"
	"runtime"
	"slices"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/kernel"
	"github.com/weft-toolchain/weft/isa/image"
)

// worker runs a stretch of a machine's cores. What is in it, and in the words of
// its cores in sets, pending spikes and counts of received packets, is its own while
// several are at work.
type worker struct {
	_ apart
	// words are those of sets of cores that it has, from, to the cores.
	fromWord, toWord int
	from, to         int32
	room             core.Room
	stream           stream
	bunch            bunch
	phases           Phases  // of its cores, as far as these are alike
	offers           sources // of packets for the mesh
	scattered        scattered
	// ran lists the cores that it ran in this tick, ascending.
	ran []int32
	// sent is what its cores sent in this tick, for the books.
	sent sums
	// fired and spikes are as the machine's. Where there are several workers, out are the
	// spikes of a tick, by the worker that has the core they go to, and those to the host.
	fired  []int32
	spikes []int64
	out    [][]spot
	_      apart
}

// apart keeps what two workers write from one line of a cache, and from the line that
// is fetched beside it.
type apart [kernel.Apart]byte

// SetWorkers shares a machine's cores out over up to n goroutines, which work at
// the same tick; a new machine has one. What it does is the same.
func (m *Machine) SetWorkers(n int) {
	m.asBits()
	words := (len(m.cores) + 63) / 64
	n = max(1, min(n, words))
	m.workers = make([]*worker, n)
	for i := range m.workers {
		w := &worker{fromWord: i * words / n, toWord: (i + 1) * words / n, spikes: kernel.Alone[int64](len(m.spikes)), out: kernel.Alone[[]spot](n + 1)}
		w.from, w.to = int32(min(w.fromWord*64, len(m.cores))), int32(min(w.toWord*64, len(m.cores)))
		for k := w.from; k < w.to; k++ {
			m.cores[k].Share(&w.room)
			w.stream.work.Grow(len(m.tiles[k].State))
		}
		m.workers[i] = w
	}
	m.scattering.cut(m.chip.outgoing, m.workers)
	if m.crew != nil {
		m.crew.stop()
		m.crew = nil
	}
	if n == 1 {
		return
	}
	m.crew = newCrew(m.workers)
	runtime.AddCleanup(m, (*crew).stop, m.crew)
	m.post = make([]uint16, len(m.cores)+1)
	m.post[image.Host+1] = uint16(n)
	for v, w := range m.workers {
		for k := w.from; k < w.to; k++ {
			m.post[k+1] = uint16(v)
		}
	}
}

// together runs f for every worker at once, and returns when all are done.
func (m *Machine) together(f func(w *worker)) {
	if m.crew == nil {
		f(m.workers[0])
		return
	}
	m.crew.do(f)
}

// list lists the worker's cores that have something to do in the tick at work,
// ascending.
func (m *Machine) list(w *worker) {
	m.wakeAddedTo(w)
	w.ran = w.ran[:0]
	due := m.awake.due[m.now]
	for word := w.fromWord; word < w.toWord; word++ {
		left := m.awake.restless[word] | due[word]
		due[word] = 0
		for left != 0 {
			w.ran = append(w.ran, int32(word<<6+bits.TrailingZeros64(left)))
			left &= left - 1
		}
	}
}

// tell notes the neurons that fire in slots of a core, numbered from its first on, but
// for copies, parts and relays.
func (m *Machine) tell(w *worker, k int, slots []int32, first int32) {
	if p, neuron := m.chip.alone[k], m.chip.first[k]; p >= 0 && neuron >= 0 {
		w.spikes[p] += int64(len(slots))
		fired := w.fired
		for _, slot := range slots {
			fired = append(fired, neuron+slot-first)
		}
		w.fired = fired
		return
	}
	neurons, populations, roles := m.chip.image.Cores[k].Neurons, m.chip.populations[k], m.chip.roles[k]
	for _, slot := range slots {
		slot -= first
		if roles == nil || roles[slot] == image.Own {
			w.spikes[populations[slot]]++
			w.fired = append(w.fired, neurons[slot])
		}
	}
}

// collect takes over what the workers noted, and puts the neurons that fired in
// order.
func (m *Machine) collect() {
	if m.crew == nil {
		w := m.workers[0]
		m.fired, w.fired = w.fired, m.fired
	}
	for _, w := range m.workers {
		if m.crew != nil {
			m.fired = append(m.fired, w.fired...)
		}
		w.fired = w.fired[:0]
		for p, n := range w.spikes {
			m.spikes[p] += n
		}
		clear(w.spikes)
	}
	m.tellDoubles()
	if !m.chip.inOrder {
		m.sortFired()
	}
}

// sortFired puts the neurons that fired, each once, in order.
func (m *Machine) sortFired() {
	if slices.IsSorted(m.fired) {
		return
	}
	words := (len(m.chip.place) + 63) / 64
	if len(m.fired)*16 < words {
		slices.Sort(m.fired)
		return
	}
	if m.order == nil {
		m.order = make([]uint64, words)
	}
	m.fired = sortBits(m.fired, m.order)
}

// sortBits returns numbers in order, by the bits of order, which are 0 before and
// after.
func sortBits(list []int32, order []uint64) []int32 {
	for _, n := range list {
		order[n>>6] |= 1 << (n & 63)
	}
	list = list[:0]
	for w, set := range order {
		if set == 0 {
			continue
		}
		order[w] = 0
		for set != 0 {
			list = append(list, int32(w<<6+bits.TrailingZeros64(set)))
			set &= set - 1
		}
	}
	return list
}
