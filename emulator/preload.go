package emulator

import (
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Preload sends spikes of inputs in tick 0, before the first Tick of a machine:
// with a delay of 1 they are integrated in tick 1. They come with the chip's
// configuration, and so take no cycles of the mesh; on a chip without ticks they
// are the first events of tick 1.
func (m *Machine) Preload(inputs []int32) {
	if m.tick != 0 {
		panic("emulator: Preload after the first tick")
	}
	m.broadcast = m.broadcastOf(inputs)
	if m.session != nil {
		m.wait(inputs)
		return
	}
	for _, in := range inputs {
		f := &m.chip.inputs[in]
		m.chipAct[targets.HostIn] += int64(len(f.dests))
		m.synapticEvents += f.synapses
		m.lose(f)
		for k, d := range f.dests {
			p := packet{core: d.Core, axon: d.Axon, payload: 1, due: 1, fate: f.fate(k)}
			if d.Core != image.Host && m.chip.image.Manifest.Arch.DelayPlace == targets.DelayAxon {
				p.due = int64(d.Delay)
			}
			m.receive(&p)
		}
	}
}
