package emulator

import (
	"slices"

	"github.com/weft-toolchain/weft/emulator/core"
	"github.com/weft-toolchain/weft/isa/image"
)

// role returns the role of a slot.
func (c *Chip) role(core, slot int) image.Role {
	if c.roles[core] == nil {
		return image.Own
	}
	return c.roles[core][slot]
}

// markTakers notes the cores that partial sums of delay 0 go to.
func (c *Chip) markTakers(lists [][]image.Dest) {
	for _, list := range lists {
		for _, d := range list {
			c.takes[d.Core] = true
		}
	}
}

// synapsesBehind returns the synapses of the network that a spike at each axon
// of each core goes over: those of neurons and of their parts. A copy's are its
// neuron's once more. A relay's is none, and stands for those that the relay
// sends to.
func (c *Chip) synapsesBehind() [][]int64 {
	out := make([][]int64, len(c.image.Cores))
	at := map[image.RelaySlot][]int32{} // the axons of each relay, one for each synapse
	for k := range c.image.Cores {
		rows := &c.image.Cores[k].Rows
		out[k] = make([]int64, rows.Len())
		if c.roles[k] == nil {
			for axon := range out[k] {
				out[k][axon] = int64(rows.Synapses(axon))
			}
			continue
		}
		for axon, row := range rows.All() {
			for _, slot := range row.Slots {
				switch c.roles[k][slot] {
				case image.Own, image.Part:
					out[k][axon]++
				case image.Relay:
					place := image.RelaySlot{Core: int32(k), Slot: int32(slot)}
					at[place] = append(at[place], int32(axon))
				case image.Copy:
				}
			}
		}
	}
	for _, place := range slices.Backward(c.relays) {
		var n int64
		for _, d := range c.image.Cores[place.Core].Dests[place.Slot] {
			if d.Core != image.Host && d.Axon >= 0 {
				n += out[d.Core][d.Axon]
			}
		}
		for _, r := range at[place] {
			out[place.Core][r] += n
		}
	}
	return out
}

// gather runs the cores that go first, those that send partial sums of delay 0,
// and brings what they send to the others. The mesh carries nothing else until
// a barrier says that it is all there.
func (m *Machine) gather() {
	any := false
	for k, c := range m.cores {
		if m.chip.atOnce[k] == nil || m.chip.broken.cores[k] {
			continue
		}
		any = true
		m.runCore(k, c)
		m.phases.note(&m.work[k])
		m.phases.Summed = max(m.phases.Summed, m.work[k].Updated)
		m.sendAtOnce(k, c)
	}
	switch {
	case !any:
		return
	case m.mesh == nil:
		for k := range m.packets {
			m.receive(&m.packets[k])
		}
		m.phases.Summed = 0
	default:
		m.phases.Summed = max(m.phases.Summed, m.runMesh(0, m.sources.list, m.arrived))
		m.phases.Gathered = m.phases.Summed + m.chip.timing.Barrier
	}
	m.packets = m.packets[:0]
	m.sources.clear()
}

// sendAtOnce queues the packets of a core's partial sums of delay 0, as sendSpikes
// does those of all others.
func (m *Machine) sendAtOnce(k int, c *core.Core) {
	if len(c.Parts) == 0 {
		return
	}
	src := m.sources.open(m.chip.routers[k])
	at := int64(0)
	for j, slot := range c.PartSlots {
		at = m.sendFan(k, c, src, slot, &m.chip.atOnce[k][slot], c.Parts[j], at)
	}
}
