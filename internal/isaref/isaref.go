// Package isaref is what a chip does, written as slowly and plainly as isa/ISA.md
// and emulator/TIMING.md say it: one image, tick by tick, without a mesh and
// without time. It shares nothing with the emulator but the image and the decoder
// of words, and is there for tests to compare the emulator with.
package isaref

import (
	"maps"
	"math"
	"slices"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Chip is a chip at work.
type Chip struct {
	im   *image.Image
	tick int64
	// programs are decoded, in order of the image.
	programs []program
	// graded says that spikes carry payloads.
	graded bool
	cores  []core
	// broadcast is what the broadcast registers hold in the next tick.
	broadcast int64
	current   []int32 // by neuron, or nil
	Books     Books
	// Events counts what is known without a clock, for the whole chip.
	Events Events
}

// Events are counts, by the names of targets.Events.
type Events struct {
	SynapticOp, NeuronActive, SpikeOut          int64
	SynapseUpdate, SynapseWrite, AxonUpdate     int64
	PacketSent, PacketReceived, HostIn, AxonRow int64
}

// Books are what a run is told by: spikes and saturations by population, and
// synaptic events.
type Books struct {
	Spikes, Saturations []int64
	SynapticEvents      int64
}

type program struct {
	insts []isa.Inst
	table []int64
	words int // state words
	// wraps says that it takes its sum without saturation, parts that it has an
	// instruction `part`.
	wraps, parts bool
}

type core struct {
	image *image.Core
	state [][]int64 // by slot
	rows  []row
	// synapses are those of the image, by axon.
	synapses []image.Row
	// spikes are those under way, by the tick in which they are due, and axon.
	spikes map[int64]map[int]int64
	// sums are the accumulators, by the tick in which they are read, and slot.
	sums map[int64][]int64
	// fired are the slots that fired in the tick before.
	fired []int
}

type row struct {
	weights []int64
	words   [isa.NumAxonWords]int64
	// active is the payload of this tick's spike.
	active int64
}

// New returns a chip in its initial state. The image is a verified one.
func New(im *image.Image) *Chip {
	pops := len(im.Manifest.Populations)
	c := &Chip{im: im, Books: Books{Spikes: make([]int64, pops), Saturations: make([]int64, pops)}}
	for k := range im.Programs {
		insts, err := isa.DecodeAll(im.Programs[k].Words)
		if err != nil {
			panic("isaref: program of a verified image: " + err.Error())
		}
		p := program{insts: insts, words: len(im.Programs[k].State)}
		for _, i := range insts {
			p.parts = p.parts || i.Op == isa.PART
		}
		for _, v := range im.Programs[k].Table {
			p.table = append(p.table, int64(v))
		}
		for _, i := range insts {
			p.wraps = p.wraps || i.Op == isa.ACCW
			c.graded = c.graded || i.Op == isa.SPKG
		}
		c.programs = append(c.programs, p)
	}
	for k := range im.Cores {
		ic := &im.Cores[k]
		co := core{image: ic, spikes: map[int64]map[int]int64{}, sums: map[int64][]int64{}}
		words := c.programs[ic.Program].words
		for slot := range ic.Neurons {
			co.state = append(co.state, widen(ic.State[slot*words:(slot+1)*words]))
		}
		co.synapses = ic.Rows.Unpack()
		for r := range co.synapses {
			co.rows = append(co.rows, row{weights: widen(co.synapses[r].Weights)})
		}
		c.cores = append(c.cores, co)
	}
	return c
}

func widen[T int16 | int32](in []T) []int64 {
	out := make([]int64, len(in))
	for k, v := range in {
		out[k] = int64(v)
	}
	return out
}

// SetCurrent sets what is added to the sum of each neuron in every tick.
func (c *Chip) SetCurrent(current []int32) { c.current = current }

// State returns the state words of a slot.
func (c *Chip) State(core, slot int) []int64 { return c.cores[core].state[slot] }

// Weight returns the weight of synapse k of an axon.
func (c *Chip) Weight(core, axon, k int) int64 { return c.cores[core].rows[axon].weights[k] }

// AxonWords returns the words of an axon.
func (c *Chip) AxonWords(core, axon int) [isa.NumAxonWords]int64 {
	return c.cores[core].rows[axon].words
}

// sum returns the accumulators that core k reads in a tick.
func (c *Chip) sum(k int, tick int64) []int64 {
	if c.cores[k].sums[tick] == nil {
		c.cores[k].sums[tick] = make([]int64, len(c.cores[k].state))
	}
	return c.cores[k].sums[tick]
}

// message is something sent in a tick.
type message struct {
	dest    image.Dest
	payload int64
}

// Tick runs one tick in which the given inputs spike, and returns the neurons
// that fire, ascending.
func (c *Chip) Tick(inputs []int32) []int32 {
	c.tick++
	var sent []message
	broadcast := int64(0)
	for _, in := range inputs {
		c.Books.SynapticEvents += c.synapses(c.im.InputDests[in])
		for _, d := range c.im.InputDests[in] {
			sent = append(sent, message{d, 1})
			c.Events.HostIn++
		}
		for _, s := range c.im.Manifest.Inputs {
			if k := int(in) - s.First; k >= 0 && k < s.N && len(s.Broadcast) > 0 {
				broadcast += int64(s.Broadcast[k])
				if s.Broadcast[k] != 0 {
					c.Events.HostIn++
				}
			}
		}
	}
	var fired []int32
	var others []int
	for k := range c.cores {
		if !c.goesFirst(k) {
			others = append(others, k)
			continue
		}
		now, messages := c.tickCore(k)
		fired = append(fired, now...)
		c.Events.PacketSent += int64(len(messages))
		for _, m := range messages {
			if atOnce(m.dest) {
				c.deliver(m)
			} else {
				sent = append(sent, m)
			}
		}
	}
	for _, k := range others {
		now, messages := c.tickCore(k)
		fired = append(fired, now...)
		c.Events.PacketSent += int64(len(messages))
		sent = append(sent, messages...)
	}
	c.broadcast = broadcast
	for _, m := range sent {
		c.deliver(m)
	}
	slices.Sort(fired)
	return fired
}

// atOnce reports whether a destination is of a partial sum with delay 0.
func atOnce(d image.Dest) bool { return d.Core != image.Host && d.Axon < 0 && d.Delay == 0 }

// goesFirst reports whether a core sends partial sums with delay 0.
func (c *Chip) goesFirst(k int) bool {
	for _, dests := range c.im.Cores[k].Dests {
		if slices.ContainsFunc(dests, atOnce) {
			return true
		}
	}
	return false
}

// told returns the neuron that a slot is told of as, or −1 where it is a copy, a
// part or a relay.
func (c *Chip) told(k, slot int) int32 {
	ic := &c.im.Cores[k]
	if ic.Copies != nil && ic.Copies[slot] {
		return -1
	}
	return ic.Neurons[slot]
}

// population returns that of a slot's neuron, or the core's for a relay.
func (c *Chip) population(k, slot int) int {
	for p, s := range c.im.Manifest.Populations {
		if n := int(c.im.Cores[k].Neurons[slot]); n >= s.First && n < s.First+s.N {
			return p
		}
	}
	return int(c.im.Cores[k].Population)
}

// isPart reports whether a copy is a part.
func (c *Chip) isPart(k, slot int) bool {
	return c.told(k, slot) < 0 && c.im.Cores[k].Neurons[slot] >= 0 && c.programs[c.im.Cores[k].Program].parts
}

// synapses returns how many synapses of the network a spike goes over: those of
// neurons and their parts, and through relays.
func (c *Chip) synapses(dests []image.Dest) (n int64) {
	for _, d := range dests {
		if d.Core == image.Host || d.Axon < 0 {
			continue
		}
		k := int(d.Core)
		ic := &c.im.Cores[k]
		for _, s := range c.cores[k].synapses[d.Axon].Slots {
			slot := int(s)
			switch {
			case c.told(k, slot) >= 0 || c.isPart(k, slot):
				n++
			case ic.Neurons[slot] < 0:
				n += c.synapses(ic.Dests[slot])
			}
		}
	}
	return n
}

// deliver writes a message into its core.
func (c *Chip) deliver(m message) {
	d := m.dest
	if d.Core == image.Host {
		return
	}
	c.Events.PacketReceived++
	if d.Axon < 0 {
		c.sum(int(d.Core), c.tick+int64(d.Delay))[-1-d.Axon] += m.payload
		return
	}
	due := c.tick + 1
	if c.im.Manifest.Arch.DelayPlace == targets.DelayAxon {
		due = c.tick + int64(d.Delay)
	}
	spikes := c.cores[d.Core].spikes
	if spikes[due] == nil {
		spikes[due] = map[int]int64{}
	}
	if c.graded {
		spikes[due][int(d.Axon)] += m.payload
	} else {
		spikes[due][int(d.Axon)] = 1
	}
}

// tickCore runs a tick of core k, and returns the neurons that fire and what is
// sent.
func (c *Chip) tickCore(k int) (fired []int32, sent []message) {
	co := &c.cores[k]
	due := co.spikes[c.tick]
	delete(co.spikes, c.tick)
	for r := range co.rows {
		co.rows[r].active = 0
	}
	for _, axon := range slices.Sorted(maps.Keys(due)) {
		c.Events.AxonRow++
		c.read(k, axon, due[axon])
	}
	before := co.fired
	co.fired = nil
	for slot, l := range c.update(k) {
		if l.fired {
			co.fired = append(co.fired, slot)
			c.Events.SpikeOut++
			if n := c.told(k, slot); n >= 0 {
				fired = append(fired, n)
				c.Books.Spikes[c.population(k, slot)]++
				for other, s := range c.im.SameAs {
					if s == n && int32(other) != n { // told with it
						fired = append(fired, int32(other))
						c.Books.Spikes[c.population(k, slot)]++
					}
				}
			}
			if co.image.Neurons[slot] >= 0 {
				c.Books.SynapticEvents += c.synapses(co.image.Dests[slot])
			}
		}
		for _, d := range co.image.Dests[slot] {
			if isPart := d.Core != image.Host && d.Axon < 0; isPart && l.parted {
				sent = append(sent, message{d, l.part})
			} else if !isPart && l.fired {
				sent = append(sent, message{d, l.payload})
			}
		}
	}
	for r := range co.rows {
		if co.synapses[r].Plastic {
			c.updateAxon(k, r)
		}
	}
	for _, slot := range before {
		for r := range co.rows {
			for n, s := range co.synapses[r].Slots {
				if int(s) == slot && co.synapses[r].Plastic {
					c.synapse(k, isa.Post, r, n)
				}
			}
		}
	}
	return fired, sent
}

// read takes a spike at an axon: arrive, add, pre.
func (c *Chip) read(k, axon int, payload int64) {
	co := &c.cores[k]
	row, marks := &co.rows[axon], &co.synapses[axon]
	row.active = payload
	programs := func(kind isa.Kind) {
		for n := range row.weights {
			if marks.Plastic {
				c.synapse(k, kind, axon, n)
			}
		}
	}
	programs(isa.Arrive)
	for n, w := range row.weights {
		if marks.Silent {
			break
		}
		c.Events.SynapticOp++
		delay := int64(1) // the row is read one tick after its spike
		if marks.Delays != nil {
			delay = int64(marks.Delays[n])
		}
		c.sum(k, c.tick-1+delay)[marks.Slots[n]] += scaled(w, marks.Exp) * payload
	}
	programs(isa.Pre)
}

// scaled returns ⌊w·2^exp⌋, saturated to 16 bits.
func scaled(w int64, exp int8) int64 {
	return min(max(int64(math.Floor(math.Ldexp(float64(w), int(exp)))), -1<<15), 1<<15-1)
}

// neuron puts a neuron into a lane.
func (c *Chip) neuron(k, slot int, kind isa.Kind, source int64) *lane {
	co := &c.cores[k]
	l := &lane{bits: c.im.Manifest.Arch.StateBits, neuron: int64(co.image.Neurons[slot]), kind: kind, source: source}
	copy(l.reg[isa.S0:], co.state[slot])
	per := int(co.image.ParamWords)
	copy(l.reg[isa.P0:], widen(co.image.Params[slot*per:(slot+1)*per]))
	copy(l.reg[isa.C0:], widen(co.image.Consts[:]))
	return l
}

// update runs the tick program of a core, and returns its lanes.
func (c *Chip) update(k int) []*lane {
	co := &c.cores[k]
	p := &c.programs[co.image.Program]
	sums := c.sum(k, c.tick)
	delete(co.sums, c.tick)
	compartments := max(c.im.Programs[co.image.Program].Compartments, 1)
	var lanes []*lane
	for slot := range co.state {
		l := c.neuron(k, slot, isa.Tick, 0)
		l.segment = slot % compartments
		l.sum = sums[slot]
		if c.current != nil && (c.told(k, slot) >= 0 || l.neuron >= 0 && !c.isPart(k, slot)) {
			l.sum += int64(c.current[l.neuron])
		}
		l.reg[isa.In] = sat(l.sum, l.bits)
		if l.reg[isa.In] != l.sum && !p.wraps {
			l.saturations++
		}
		lanes = append(lanes, l)
	}
	c.run(lanes, p)
	for slot, l := range lanes {
		if c.keep(k, slot, l) || l.fired || l.parted {
			c.Events.NeuronActive++
		}
	}
	return lanes
}

// keep takes a neuron's words and saturations from a lane, and reports whether
// a word changed.
func (c *Chip) keep(k, slot int, l *lane) bool {
	state := c.cores[k].state[slot]
	words := l.reg[isa.S0:][:len(state)]
	changed := !slices.Equal(words, state)
	copy(state, words)
	if c.told(k, slot) >= 0 || c.isPart(k, slot) || c.im.Cores[k].Neurons[slot] < 0 {
		c.Books.Saturations[c.population(k, slot)] += l.saturations
	}
	return changed
}

// synapse runs a program, where the core has one of that kind, for synapse n of
// an axon.
func (c *Chip) synapse(k int, kind isa.Kind, axon, n int) {
	co := &c.cores[k]
	if co.image.Learn[kind] == 0 {
		return
	}
	row := &co.synapses[axon]
	slot := int(row.Slots[n])
	l := c.neuron(k, slot, kind, int64(row.Key))
	l.weight = co.rows[axon].weights[n]
	l.axon = co.rows[axon].words
	c.run([]*lane{l}, &c.programs[co.image.Learn[kind]-1])
	c.Events.SynapseUpdate++
	if co.rows[axon].weights[n] != l.weight {
		c.Events.SynapseWrite++
	}
	co.rows[axon].weights[n] = l.weight
	c.keep(k, slot, l)
}

// updateAxon runs the axon program, where the core has one, for an axon.
func (c *Chip) updateAxon(k, axon int) {
	co := &c.cores[k]
	if co.image.Learn[isa.Axon] == 0 {
		return
	}
	p := &c.programs[co.image.Learn[isa.Axon]-1]
	row := &co.rows[axon]
	l := &lane{bits: c.im.Manifest.Arch.StateBits, kind: isa.Axon, source: int64(co.synapses[axon].Key)}
	l.reg[isa.In] = sat(row.active, l.bits)
	copy(l.reg[isa.S0:], row.words[:p.words])
	copy(l.reg[isa.C0:], widen(co.image.Consts[:]))
	c.run([]*lane{l}, p)
	copy(row.words[:p.words], l.reg[isa.S0:])
	c.Events.AxonUpdate++
}
