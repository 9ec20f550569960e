package core

import (
	"slices"

	"github.com/weft-toolchain/weft/isa"
	"github.com/weft-toolchain/weft/isa/fixed"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// learning is what a core is made from to change its synapses: the programs of
// the kinds other than tick, and the plastic rows. It is immutable.
type learning struct {
	programs [isa.NumKinds][]isa.Inst
	tables   [isa.NumKinds][]int32
	// plastic lists the plastic rows, ascending.
	plastic []int32
	// columns lists, for each slot, the synapses of plastic rows that end there.
	columns [][]synapse
	// axonWords is how many words an axon has.
	axonWords int
	// axonPure says that the axon program depends on its words and input alone.
	axonPure bool
	// minWeight and maxWeight are what a synapse can hold.
	minWeight, maxWeight int32
}

// synapse is a place in the rows: element k of an axon's.
type synapse struct{ axon, k int32 }

func newLearning(im *image.Image, c *image.Core, rows []image.Row) learning {
	lo, hi := im.Manifest.Arch.WeightLimits()
	l := learning{minWeight: int32(lo), maxWeight: int32(hi)}
	for kind := isa.Tick + 1; kind < isa.NumKinds; kind++ {
		at, ok := c.LearnProgram(kind)
		if !ok {
			continue
		}
		p := &im.Programs[at]
		program, err := isa.DecodeAll(p.Words)
		if err != nil {
			panic("core: program of a verified image: " + err.Error())
		}
		l.programs[kind], l.tables[kind] = program, p.Table
		if kind == isa.Axon {
			l.axonWords = len(p.State)
			l.axonPure = !slices.ContainsFunc(program, dependsOnMore)
		}
	}
	l.columns = make([][]synapse, len(c.Neurons))
	for axon := range rows {
		row := &rows[axon]
		if !row.Plastic {
			continue
		}
		l.plastic = append(l.plastic, int32(axon))
		for k, slot := range row.Slots {
			l.columns[slot] = append(l.columns[slot], synapse{int32(axon), int32(k)})
		}
	}
	return l
}

// synapses is the state of a core's plastic rows.
type synapses struct {
	// weights are those of plastic rows, by axon; nil for others.
	weights [][]int16
	// axonState holds NumAxonWords words an axon.
	axonState []int32
	// active has the payload of each axon that was active in this tick, still
	// whether its words stayed as they were without a spike.
	active []int64
	still  []bool
	// before lists the slots that fired in the tick before.
	before  []int32
	synLane isa.Lane
	synEnv  isa.Env
}

func newSynapses(s *Spec) synapses {
	var y synapses
	if len(s.learn.plastic) == 0 {
		return y
	}
	y.weights = make([][]int16, len(s.rows))
	for _, r := range s.learn.plastic {
		y.weights[r] = make([]int16, len(s.rows[r].plain.Weights))
	}
	y.axonState = make([]int32, len(s.rows)*isa.NumAxonWords)
	y.active = make([]int64, len(s.rows))
	y.still = make([]bool, len(s.rows))
	return y
}

func (y *synapses) reset(s *Spec) {
	for _, r := range s.learn.plastic {
		copy(y.weights[r], s.rows[r].plain.Weights)
	}
	y.breakWeights(&s.broken)
	clear(y.axonState)
	clear(y.active)
	clear(y.still)
	y.before = y.before[:0]
}

// visit is add for a plastic or silent row: the arrive program of each synapse,
// then the sum, then the pre program. It returns the cycles of the programs.
func (c *Core) visit(axon int, payload, t int64) (cycles int64) {
	s := c.spec
	r := &s.rows[axon]
	plain := r.plain
	weights := plain.Weights
	if plain.Plastic {
		weights = c.weights[axon]
		c.active[axon] = payload
		cycles += c.runRow(isa.Arrive, axon)
	}
	if !plain.Silent {
		c.Counts[targets.SynapticOp] += r.synapses
		for k, w := range weights {
			delay := int64(1)
			if plain.Delays != nil {
				delay = int64(plain.Delays[k])
			}
			if plain.Plastic {
				w = plain.Scaled(w)
			}
			c.sums[(t-1+delay)%int64(s.ring)][plain.Slots[k]] += int64(w) * payload
		}
	}
	if plain.Plastic {
		cycles += c.runRow(isa.Pre, axon)
	}
	return cycles
}

// runRow runs a program for each synapse of a row.
func (c *Core) runRow(kind isa.Kind, axon int) (cycles int64) {
	program := c.spec.learn.programs[kind]
	if program == nil {
		return 0
	}
	n := len(c.spec.rows[axon].plain.Slots)
	for k := range n {
		c.runSynapse(kind, synapse{int32(axon), int32(k)})
	}
	return c.spec.cycles(n, len(program))
}

// runSynapse runs a program for one synapse: on the words of its neuron, which
// it may change, those of its axon, and its weight.
func (c *Core) runSynapse(kind isa.Kind, at synapse) {
	s := c.spec
	row := s.rows[at.axon].plain
	slot := int(row.Slots[at.k])
	l := &c.synLane
	c.loadSynapse(kind, slot, int(row.Key))
	copy(l.Axon[:], c.axonState[int(at.axon)*isa.NumAxonWords:])
	l.Weight = int32(c.weights[at.axon][at.k])
	c.runLane(l, kind, slot, at)
	if int32(c.weights[at.axon][at.k]) != l.Weight && !s.broken.synapses[at] {
		c.weights[at.axon][at.k] = int16(l.Weight)
		c.Counts[targets.SynapseWrite]++
	}
	for k, column := range c.columns {
		if v := l.Reg[isa.S0+isa.Reg(k)]; v != column[slot] {
			column[slot] = v
			c.settled[slot] = unsettled
		}
	}
	c.Counts[targets.SynapseUpdate]++
	c.saturated(slot, l.Saturations)
}

// loadSynapse puts a neuron into the synapses' lane.
func (c *Core) loadSynapse(kind isa.Kind, slot, key int) {
	s := c.spec
	l := &c.synLane
	c.synEnv = c.env
	c.synEnv.Table = s.learn.tables[kind]
	l.Core, l.Bits, l.MinWeight, l.MaxWeight = &c.synEnv, s.stateBits, s.learn.minWeight, s.learn.maxWeight
	l.Key = isa.Stream(int(s.image.Neurons[slot]), kind, key)
	l.Sum, l.Reg[isa.In] = 0, 0
	clear(l.Reg[isa.T0:isa.S0])
	for k, column := range c.columns {
		l.Reg[isa.S0+isa.Reg(k)] = column[slot]
	}
	for k, v := range s.image.Params[slot*s.paramWords:][:s.paramWords] {
		l.Reg[isa.P0+isa.Reg(k)] = v
	}
	copy(l.Reg[isa.C0:], s.image.Consts[:])
}

// Learn runs the axon program of every plastic row, then the post program over
// the columns of the neurons that fired in the tick before, and returns the
// cycles that took.
func (c *Core) Learn() (cycles int64) {
	s := c.spec
	if len(s.learn.plastic) == 0 {
		return 0
	}
	if program := s.learn.programs[isa.Axon]; program != nil {
		for _, r := range s.learn.plastic {
			c.runAxon(int(r))
		}
		c.Counts[targets.AxonUpdate] += int64(len(s.learn.plastic))
		cycles += s.cycles(len(s.learn.plastic), len(program))
	}
	clear(c.active)
	if program := s.learn.programs[isa.Post]; program != nil {
		for _, slot := range c.before {
			column := s.learn.columns[slot]
			for _, at := range column {
				c.runSynapse(isa.Post, at)
			}
			cycles += s.cycles(len(column), len(program))
		}
		c.before = append(c.before[:0], c.Fired...)
	}
	return cycles
}

// runAxon runs the axon program of a row.
func (c *Core) runAxon(axon int) {
	s := c.spec
	in := c.active[axon]
	if in == 0 && c.still[axon] && c.watch == nil {
		return
	}
	words := c.axonState[axon*isa.NumAxonWords:][:s.learn.axonWords]
	l := &c.synLane
	c.synEnv = c.env
	c.synEnv.Table = s.learn.tables[isa.Axon]
	l.Core, l.Bits = &c.synEnv, s.stateBits
	l.Key = isa.Stream(0, isa.Axon, int(s.rows[axon].plain.Key))
	l.Sum = in
	l.Reg[isa.In], _ = fixed.Sat(in, s.stateBits)
	clear(l.Reg[isa.T0:isa.C0])
	copy(l.Reg[isa.S0:], words)
	copy(l.Reg[isa.C0:], s.image.Consts[:])
	c.runLane(l, isa.Axon, -1, synapse{axon: int32(axon)})
	changed := false
	for k, old := range words {
		if v := l.Reg[isa.S0+isa.Reg(k)]; v != old {
			words[k], changed = v, true
		}
	}
	// A trace is made to saturate: that is not counted.
	c.still[axon] = in == 0 && !changed && s.learn.axonPure
}

// cycles returns what a program takes for n synapses or axons.
func (s *Spec) cycles(n, instructions int) int64 {
	groups := (int64(n) + s.timing.Lanes - 1) / s.timing.Lanes
	return groups * int64(instructions) * s.timing.Instruction
}

// Weight returns the weight of synapse k of an axon.
func (c *Core) Weight(axon, k int) int16 {
	if w := c.weights; w != nil && w[axon] != nil {
		return w[axon][k]
	}
	return c.spec.image.Rows.Row(axon).Weights[k]
}

// AxonWord returns word k of an axon: 0, but for plastic rows.
func (c *Core) AxonWord(axon, k int) int32 {
	if c.axonState == nil {
		return 0
	}
	return c.axonState[axon*isa.NumAxonWords+k]
}
