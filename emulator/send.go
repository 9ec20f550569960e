package emulator

import (
	"math"
	"sync"

	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// fan is what a spike of one neuron or input sends: a packet to each
// destination, and what these count for together.
type fan struct {
	dests []image.Dest
	// losses is nil where all packets arrive.
	losses *losses
	// synapses are those of the network behind the axons, hopX and hopY links
	// crossed, chipHop those between chips, toHost packets that leave the chip.
	synapses                    int64
	hopX, hopY, chipHop, toHost int32
}

// book puts the packets of one spike onto the books.
func (f *fan) book(c *activity.Counts, kind targets.Event) {
	c.Packets(kind, int64(len(f.dests)), int64(f.hopX), int64(f.hopY), int64(f.chipHop))
}

// losses are the packets of a fan that do not arrive.
type losses struct {
	fates []fate // by destination
	lost  activity.Lost
}

// destKind is what is sent to a destination.
type destKind int

const (
	ofSpike      destKind = iota
	ofPart                // a partial sum for a later tick
	ofPartAtOnce          // one with a delay of 0
)

func kindOf(d image.Dest) destKind {
	switch _, isPart := d.Slot(); {
	case !isPart:
		return ofSpike
	case d.Delay > 0:
		return ofPart
	}
	return ofPartAtOnce
}

// pick returns the destinations of a kind: nil where there are none, the lists
// themselves where there are no others.
func pick(lists [][]image.Dest, of destKind) [][]image.Dest {
	all, picked := 0, 0
	for _, list := range lists {
		all += len(list)
		for _, d := range list {
			if kindOf(d) == of {
				picked++
			}
		}
	}
	switch picked {
	case 0:
		return nil
	case all:
		return lists
	}
	out := make([][]image.Dest, len(lists))
	for k, list := range lists {
		for _, d := range list {
			if kindOf(d) == of {
				out[k] = append(out[k], d)
			}
		}
	}
	return out
}

// newFans returns the fans of destination lists that are sent from a router, or
// from noc.Host. behind has the synapses behind each axon of each core.
func (c *Chip) newFans(lists [][]image.Dest, from int32, behind [][]int64) []fan {
	fans := make([]fan, len(lists))
	for k, dests := range lists {
		f := fan{dests: dests}
		for i, d := range dests {
			t := c.broken.trip(from, d.Core, c.image.Router(d.Core))
			f.hopX += int32(t.hopX)
			f.hopY += int32(t.hopY)
			f.chipHop += int32(t.chipHop)
			f.end(i, t.end)
			switch {
			case d.Core == image.Host && t.end == arrives:
				f.toHost++
			case d.Core != image.Host && d.Axon >= 0:
				f.synapses += behind[d.Core][d.Axon]
			}
		}
		fans[k] = f
	}
	return fans
}

// spikeFans are the fans of all slots by core, made when they are first asked for: most
// chips run without.
type spikeFans struct {
	made  sync.Once
	cores [][]fan
}

// of returns the fans of a chip, whose these are.
func (f *spikeFans) of(c *Chip) [][]fan {
	f.made.Do(func() { f.fill(c, c.synapsesBehind()) })
	return f.cores
}

func (f *spikeFans) fill(c *Chip, behind [][]int64) {
	f.cores = make([][]fan, len(c.image.Cores))
	for k := range f.cores {
		f.cores[k] = c.spikeFans(k, behind)
	}
}

// spikeFans returns the fans of the slots of a core.
func (c *Chip) spikeFans(k int, behind [][]int64) []fan {
	lists := pick(c.image.Cores[k].Dests, ofSpike)
	if lists == nil {
		return make([]fan, len(c.image.Cores[k].Dests))
	}
	fans := c.newFans(lists, c.routers[k], behind)
	for slot := range fans {
		if c.role(k, slot) == image.Relay { // counted where the spike came from
			fans[slot].synapses = 0
		}
	}
	return fans
}

// packet is what the mesh's packet of that number stands for: a spike that is
// due at an axon in a tick, or that leaves the chip.
type packet struct {
	core, axon int32
	payload    int32
	fate       fate
	due        int64
	offered    int64 // cycle of the tick, for who watches
}

// sendInputs queues the packets of the inputs at the I/O port, one a cycle from
// when the mesh is there for spikes.
func (m *Machine) sendInputs(inputs []int32) {
	if len(inputs) == 0 {
		return
	}
	src := m.sources.open(noc.Host)
	at := m.phases.Gathered
	for _, in := range inputs {
		f := &m.chip.inputs[in]
		f.book(&m.chipAct, targets.HostIn)
		at = m.send(src, f, 1, at, 1)
	}
}

// broadcastOf adds up what the broadcast inputs among those that spike say.
func (m *Machine) broadcastOf(inputs []int32) (sum int64) {
	for _, in := range inputs {
		if v := m.chip.broadcast[in]; v != 0 {
			sum += int64(v)
			m.chipAct[targets.HostIn]++
		}
	}
	return sum
}

// sendSpikes queues the packets of a core's spikes, and of its partial sums for
// later ticks: each is ready when its group of neurons is and the mesh is there
// for spikes, and Spike cycles after the one before.
func (m *Machine) sendSpikes(k int, c *core.Core) {
	if len(c.Fired) == 0 && len(c.Parts) == 0 {
		return
	}
	src := m.sources.open(m.chip.routers[k])
	at := m.phases.Gathered
	parts := 0
	if m.chip.parts[k] == nil {
		parts = len(c.Parts) // all of delay 0, and sent
	}
	sendParts := func(before int32) {
		for ; parts < len(c.Parts) && c.PartSlots[parts] < before; parts++ {
			slot := c.PartSlots[parts]
			at = m.sendFan(k, c, src, slot, &m.chip.parts[k][slot], c.Parts[parts], at)
		}
	}
	fans := m.chip.spikes.of(m.chip)[k]
	for j, slot := range c.Fired {
		sendParts(slot)
		at = m.sendFan(k, c, src, slot, &fans[slot], c.Payloads[j], at)
	}
	sendParts(math.MaxInt32)
}

// sendFan queues what the neuron in a slot of a core sends, once its group of
// neurons is done, and returns the cycle of the next.
func (m *Machine) sendFan(k int, c *core.Core, src *noc.Source, slot int32, f *fan, payload int32, at int64) int64 {
	f.book(&c.Counts, targets.PacketSent)
	at = max(at, m.work[k].Began+m.chip.specs[k].UpdateCycles(int(slot)+1))
	// A router takes one packet a cycle: a core that could send faster waits for
	// itself, which is no stall.
	return m.send(src, f, payload, at, max(m.chip.timing.Spike, 1))
}

// send queues a packet to each destination of a spike, the first at a cycle and
// each gap cycles after the one before, and returns the cycle of the next.
func (m *Machine) send(s *noc.Source, f *fan, payload int32, at, gap int64) int64 {
	m.chipAct[targets.HostOut] += int64(f.toHost)
	m.synapticEvents += f.synapses
	m.lose(f)
	delayed := m.chip.image.Manifest.Arch.DelayPlace == targets.DelayAxon
	for k, d := range f.dests {
		p := packet{core: d.Core, axon: d.Axon, payload: payload, due: m.tick + 1, fate: f.fate(k), offered: at}
		if delayed || d.Axon < 0 {
			p.due = m.tick + int64(d.Delay)
		}
		id := int32(len(m.packets))
		m.packets = append(m.packets, p)
		s.Injections = append(s.Injections, noc.Injection{At: at, Packet: noc.Packet{Dst: m.chip.router(d.Core), ID: id}})
		at += gap
	}
	return at
}

// lose puts the packets of a fan that do not arrive onto the books.
func (m *Machine) lose(f *fan) {
	if f.losses != nil {
		m.lost.Add(f.losses.lost)
	}
}

// route runs the mesh until every packet is delivered, and ends the tick with
// the barrier.
func (m *Machine) route(from []noc.Source, arrived func(noc.Delivery)) {
	done := max(m.phases.Learned, m.runMesh(m.phases.Gathered, from, arrived))
	m.phases.Routed = done
	m.phases.Done = done + m.chip.timing.Barrier
	if period := m.chip.timing.Period; period > 0 {
		if m.phases.Done > period {
			m.late++
		}
		m.phases.Done = max(m.phases.Done, period)
	}
}

// runMesh lets the sources offer their packets from a cycle on, and returns the
// cycle after the last delivery.
func (m *Machine) runMesh(start int64, from []noc.Source, arrived func(noc.Delivery)) (end int64) {
	end = m.mesh.Run(start, from, arrived)
	for k := range from {
		m.stalls += from[k].Stall
	}
	m.watchSources()
	return end
}

// deliver is what the mesh does with a packet that arrived.
func (m *Machine) deliver(d noc.Delivery) {
	p := &m.packets[d.Packet.ID]
	m.receive(p)
	if p.fate == arrives {
		m.watchDelivery(d, p)
	}
}

// receive hands a packet to its core; one to the host is gone, and so is a lost
// one.
func (m *Machine) receive(p *packet) {
	switch {
	case p.core == image.Host, p.fate != arrives:
	case p.axon < 0:
		m.cores[p.core].ReceivePart(-1-p.axon, p.due, p.payload)
		m.wake(p.core, p.due)
	case m.chip.bits:
		m.write(p.core, m.chip.base[p.core]+p.axon>>6, uint8(p.axon&63), int(p.due-m.tick))
	default:
		m.cores[p.core].Receive(p.axon, p.due, p.payload)
		m.wake(p.core, p.due)
	}
}
