package emulator

import (
	"math"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/emulator/noc"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// fan is what a spike of one neuron or input sends: a packet to each
// destination, and what these count for together.
type fan struct {
	dests []image.Dest
	// hopX and hopY are links crossed, toHost packets that leave the chip,
	// synapses those behind the axons.
	hopX, hopY, toHost, synapses int64
}

// split parts destination lists into those of spikes and of partial sums.
func split(lists [][]image.Dest) (spikes, parts [][]image.Dest) {
	spikes, parts = make([][]image.Dest, len(lists)), make([][]image.Dest, len(lists))
	for k, list := range lists {
		for _, d := range list {
			if _, ok := d.Slot(); ok {
				parts[k] = append(parts[k], d)
			} else {
				spikes[k] = append(spikes[k], d)
			}
		}
	}
	return spikes, parts
}

// newFans returns the fans of destination lists that are sent from (x, y); the
// I/O port is at (0, 0).
func newFans(im *image.Image, lists [][]image.Dest, x, y int32) []fan {
	fans := make([]fan, len(lists))
	for k, dests := range lists {
		f := fan{dests: dests}
		for _, d := range dests {
			dx, dy := x, y
			if d.Core == image.Host {
				f.toHost++
			} else {
				c := &im.Cores[d.Core]
				dx, dy = c.X-x, c.Y-y
				if d.Axon >= 0 {
					f.synapses += int64(len(c.Rows[d.Axon].Slots))
				}
			}
			f.hopX += int64(max(dx, -dx))
			f.hopY += int64(max(dy, -dy))
		}
		fans[k] = f
	}
	return fans
}

// packet is what the mesh's packet of that number stands for: a spike that is
// due at an axon in a tick, or that leaves the chip.
type packet struct {
	core, axon int32
	payload    int32
	due        int64
}

// sendInputs queues the packets of the inputs at the I/O port, one a cycle.
func (m *Machine) sendInputs(inputs []int32) {
	if len(inputs) == 0 {
		return
	}
	src := m.source(noc.Host)
	at := int64(0)
	for _, in := range inputs {
		f := &m.chip.inputs[in]
		m.chipAct[targets.HostIn] += int64(len(f.dests))
		m.chipAct[targets.HopX] += f.hopX
		m.chipAct[targets.HopY] += f.hopY
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

// sendSpikes queues the packets of a core's spikes: each is ready when its
// group of neurons is, and Spike cycles after the one before.
func (m *Machine) sendSpikes(k int, c *core.Core, integrated int64) {
	if len(c.Fired) == 0 && len(c.Parts) == 0 {
		return
	}
	ic := &m.chip.image.Cores[k]
	m.spikes[ic.Population] += int64(len(c.Fired))
	src := m.source(m.chip.routers[k])
	at := int64(0)
	// A router takes one packet a cycle: a core that could send faster waits for
	// itself, which is no stall.
	gap := max(m.chip.timing.Spike, 1)
	parts := 0
	sendParts := func(before int32) {
		for ; parts < len(c.Parts) && c.PartSlots[parts] < before; parts++ {
			slot := c.PartSlots[parts]
			at = m.sendFan(k, c, src, slot, &m.chip.parts[k][slot], c.Parts[parts], integrated, at, gap)
		}
	}
	for j, slot := range c.Fired {
		sendParts(slot)
		m.fired = append(m.fired, ic.Neurons[slot])
		at = m.sendFan(k, c, src, slot, &m.chip.slots[k][slot], c.Payloads[j], integrated, at, gap)
	}
	sendParts(math.MaxInt32)
}

// sendFan queues what the neuron in a slot of a core sends, once its group of
// neurons is done, and returns the cycle of the next.
func (m *Machine) sendFan(k int, c *core.Core, src int, slot int32, f *fan, payload int32, integrated, at, gap int64) int64 {
	c.Counts[targets.PacketSent] += int64(len(f.dests))
	c.Counts[targets.HopX] += f.hopX
	c.Counts[targets.HopY] += f.hopY
	at = max(at, integrated+m.chip.specs[k].UpdateCycles(int(slot)+1))
	return m.send(src, f, payload, at, gap)
}

// source opens a list of packets for a router and returns its index. Lists of
// earlier ticks are used again.
func (m *Machine) source(router int32) int {
	n := len(m.sources)
	if n < cap(m.sources) {
		m.sources = m.sources[:n+1]
		m.sources[n] = noc.Source{Router: router, Injections: m.sources[n].Injections[:0]}
	} else {
		m.sources = append(m.sources, noc.Source{Router: router})
	}
	return n
}

// send queues a packet to each destination of a spike, the first at a cycle and
// each gap cycles after the one before, and returns the cycle of the next.
func (m *Machine) send(src int, f *fan, payload int32, at, gap int64) int64 {
	m.chipAct[targets.HostOut] += f.toHost
	m.synapticEvents += f.synapses
	s := &m.sources[src]
	delayed := m.chip.image.Manifest.Arch.DelayPlace == targets.DelayAxon
	for _, d := range f.dests {
		p := packet{core: d.Core, axon: d.Axon, payload: payload, due: m.tick + 1}
		if delayed || d.Axon < 0 {
			p.due = m.tick + int64(d.Delay)
		}
		to := noc.Host
		if d.Core != image.Host {
			to = m.chip.routers[d.Core]
		}
		id := int32(len(m.packets))
		m.packets = append(m.packets, p)
		s.Injections = append(s.Injections, noc.Injection{At: at, Packet: noc.Packet{Dst: to, ID: id}})
		at += gap
	}
	return at
}

// route runs the mesh until every packet is delivered, and ends the tick with
// the barrier.
func (m *Machine) route() {
	done := max(m.phases.Learned, m.mesh.Run(0, m.sources, m.arrived))
	for k := range m.sources {
		m.stalls += m.sources[k].Stall
	}
	m.phases.Routed = done
	m.phases.Done = done + m.chip.timing.Barrier
	if period := m.chip.timing.Period; period > 0 {
		if m.phases.Done > period {
			m.late++
		}
		m.phases.Done = max(m.phases.Done, period)
	}
}

// deliver is what the mesh does with a packet that arrived.
func (m *Machine) deliver(d noc.Delivery) {
	p := &m.packets[d.Packet.ID]
	m.receive(p)
	m.watchDelivery(d, p)
}

// receive hands a packet to its core; one to the host is gone.
func (m *Machine) receive(p *packet) {
	switch {
	case p.core == image.Host:
	case p.axon < 0:
		m.cores[p.core].ReceivePart(-1-p.axon, p.due, p.payload)
	default:
		m.cores[p.core].Receive(p.axon, p.due, p.payload)
	}
}
