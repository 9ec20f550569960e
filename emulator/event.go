package emulator

import (
	"fmt"

	"github.com/weft-toolchain/weft/emulator/odin"
	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// eventChip is a chip without ticks: one core whose controller works off one
// event after another. A tick of the network is what the host does with it: it
// sends the spikes that the inputs had in the tick before, waits until the chip
// has come to rest, sends a time reference to all neurons, and waits again. So a
// spike of a neuron reaches the others in the same tick, when its turn comes.
type eventChip struct {
	model odin.Model
	chip  *odin.Chip
	// pres is the presynaptic number of each input: those behind the neurons'.
	pres []int
	// rows is the presynaptic number of each axon.
	rows map[int]int
}

// maxEventCycles bounds what a chip does in one tick: neurons that drive each
// other may never come to rest.
const maxEventCycles = 1 << 22

// newEventChip programs a chip with an image of one core, or says why it cannot
// be: the compiler makes no such image.
func newEventChip(im *image.Image) (*eventChip, error) {
	e := &eventChip{model: odin.TinyODIN, rows: map[int]int{}}
	if im.Manifest.Arch.Controller == targets.ODINEvents {
		e.model = odin.ODIN
	}
	cfg := odin.Config{Model: e.model, Synapses: new([256][256]uint8), OpenLoop: true, PropagateUnmapped: true}
	used := 0
	if len(im.Cores) > 0 {
		c := &im.Cores[0]
		used = len(c.Neurons)
		for slot := range c.Neurons {
			cfg.Neurons[slot] = e.neuron(im, c, slot)
			for _, d := range c.Dests[slot] {
				if d.Core != image.Host {
					cfg.OpenLoop = false
					e.rows[int(d.Axon)] = slot
					if err := e.row(&cfg, slot, c.Rows.Row(int(d.Axon))); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	for i, dests := range im.InputDests {
		e.pres = append(e.pres, used+i)
		for _, d := range dests {
			if d.Core == image.Host || used+i >= len(cfg.Neurons) {
				return nil, fmt.Errorf("input %d has no row in the crossbar", i)
			}
			e.rows[int(d.Axon)] = used + i
			if err := e.row(&cfg, used+i, im.Cores[0].Rows.Row(int(d.Axon))); err != nil {
				return nil, err
			}
		}
	}
	for slot := used; slot < len(cfg.Neurons); slot++ {
		idle := odin.IntegrateAndFire{Threshold: 255, Disabled: true}
		cfg.Neurons[slot] = idle.Word(e.model)
	}
	if e.model == odin.TinyODIN && used > 0 {
		cfg.Sweep = used
	}
	var err error
	e.chip, err = odin.New(cfg)
	return e, err
}

// izhikevich is the model of ODIN's neurons that do not integrate and fire.
const izhikevich = "odin_izh"

// neuron returns the word of the neuron in a slot.
func (e *eventChip) neuron(im *image.Image, c *image.Core, slot int) odin.Word {
	p := &im.Programs[c.Program]
	param := func(name string) int {
		for _, b := range p.Params {
			switch {
			case b.Name != name:
			case b.Reg >= isa.C0:
				return int(c.Consts[b.Reg-isa.C0])
			default:
				return int(c.Params[slot*int(c.ParamWords)+int(b.Reg-isa.P0)])
			}
		}
		return 0
	}
	s := &im.Manifest.Populations[im.PopulationOf(c.Neurons[slot])]
	var calcium *odin.Calcium
	if s.Rule != "" {
		calcium = &odin.Calcium{
			ThetaMem: param("theta_mem"), Theta1: s.Consts["theta_1"], Theta2: s.Consts["theta_2"], Theta3: s.Consts["theta_3"], Leak: s.Consts["ca_leak"],
		}
	}
	if s.Model == izhikevich {
		numbers, choices := map[string]int{}, map[string]bool{}
		for _, b := range p.Params {
			numbers[b.Name] = param(b.Name)
		}
		for k, name := range p.State {
			numbers[name] = int(c.State[slot*im.StateWords(c)+k])
		}
		for name, word := range s.Choices {
			choices[name] = word == "true"
		}
		return odin.IzhikevichWord(numbers, choices, calcium)
	}
	n := odin.IntegrateAndFire{Calcium: calcium, Threshold: param("threshold"), Leak: param("leak"), Potential: int(c.State[slot*im.StateWords(c)])}
	return n.Word(e.model)
}

// row writes the synapses of a presynaptic neuron. Those that learn have the
// mapping bit.
func (e *eventChip) row(cfg *odin.Config, pre int, r image.Row) error {
	for k, slot := range r.Slots {
		w := int(r.Weights[k])
		if e.model == odin.ODIN && w < 0 {
			cfg.Inhibitory[pre] = true
			w = -w
		}
		if cfg.Synapses[pre][slot] != 0 {
			return fmt.Errorf("two synapses from source %d to slot %d", pre, slot)
		}
		cfg.Synapses[pre][slot] = odin.Weight(e.model, w, r.Plastic)
	}
	return nil
}

// eventTick is Tick on a chip without ticks.
func (m *Machine) eventTick(inputs []int32) {
	e, s := m.chip.event, m.session
	before := s.Counters()
	addresses := make([]uint32, 0, len(m.waiting))
	for _, in := range m.waiting {
		addresses = append(addresses, odin.SpikeAddress(e.model, e.pres[in]))
	}
	budget := int64(maxEventCycles)
	rested := true
	for _, list := range [][]uint32{addresses, {odin.TimeReferenceAddress(e.model)}} {
		start := s.Cycles()
		spikes, rest := s.Do(list, budget)
		budget = max(budget-(s.Cycles()-start), 1)
		rested = rested && rest
		for _, spike := range spikes {
			m.eventSpike(spike)
		}
	}
	if !rested {
		m.late++
	}
	m.wait(inputs)
	m.count(before, s.Counters(), int64(len(addresses)))
}

// wait keeps spikes of inputs for the next tick.
func (m *Machine) wait(inputs []int32) {
	m.waiting = append(m.waiting[:0], inputs...)
	for _, in := range inputs {
		m.synapticEvents += m.chip.inputs[in].synapses
	}
}

// eventSpike takes a spike that the chip sent.
func (m *Machine) eventSpike(spike odin.Spike) {
	ic := &m.chip.image.Cores[0]
	if int(spike.Neuron) >= len(ic.Neurons) || spike.Event == 0 {
		return
	}
	m.fired = append(m.fired, ic.Neurons[spike.Neuron])
	m.spikes[m.chip.populations[0][spike.Neuron]]++
	m.synapticEvents += m.chip.spikes.of(m.chip)[0][spike.Neuron].synapses
}

// count puts what the chip did since before onto the books.
func (m *Machine) count(before, now odin.Counters, sent int64) {
	cycles := now.Cycles - before.Cycles
	if m.chip.mode == Functional { // which keeps no time
		cycles = 0
	}
	m.cycle += cycles
	m.phases.Done = cycles
	m.chipAct[targets.Cycle] += cycles
	m.chipAct[targets.HostIn] += sent + 1
	m.chipAct[targets.HostOut] += int64(len(m.fired))
	if len(m.cores) == 0 {
		return
	}
	m.work[0] = CoreTick{Integrated: cycles, Began: cycles, Updated: cycles, Learned: cycles}
	c := &m.cores[0].Counts
	c[targets.SynapticOp] += now.Synaptic - before.Synaptic
	c[targets.SynapseWord] += now.SynapseReads - before.SynapseReads
	c[targets.SynapseWrite] += now.SynapseWrites - before.SynapseWrites
	c[targets.NeuronUpdate] += now.NeuronWrites - before.NeuronWrites
	c[targets.SpikeOut] += int64(len(m.fired))
	c[targets.CoreTick]++
}

// eventStates read the words that the memory of a chip without ticks has, by the
// names that the models' programs give them.
var eventStates = map[string]func(odin.NeuronState) int32{
	"v":     func(n odin.NeuronState) int32 { return int32(n.Potential) },
	"acc":   func(n odin.NeuronState) int32 { return int32(n.Accumulator) },
	"ca":    func(n odin.NeuronState) int32 { return int32(n.Calcium) },
	"leaks": func(n odin.NeuronState) int32 { return int32(n.Count) },
	"flag": func(n odin.NeuronState) int32 {
		switch {
		case n.Flags.Up:
			return 1
		case n.Flags.Down:
			return -1
		}
		return 0
	},
}

// HasState reports whether State knows a word of the neurons of a chip: one that
// a circuit keeps otherwise than the model's program is not known.
func HasState(im *image.Image, word string) bool {
	return !im.Manifest.Arch.Controller.EventDriven() || eventStates[word] != nil
}

// eventState is State on a chip without ticks; words that HasState denies are 0.
func (m *Machine) eventState(p place, k int) int32 {
	ic := &m.chip.image.Cores[p.core]
	read := eventStates[m.chip.image.Programs[ic.Program].State[k]]
	if read == nil {
		return 0
	}
	return read(m.session.Neuron(int(p.slot)))
}

// eventWeight is Weight on a chip without ticks. Its weights are those of the
// rows of the presynaptic neurons.
func (m *Machine) eventWeight(axon, k int) int16 {
	row := m.chip.image.Cores[0].Rows.Row(axon)
	return m.session.Weight(m.chip.event.rows[axon], int(row.Slots[k]))
}
