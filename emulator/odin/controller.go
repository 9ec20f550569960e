package odin

import "fmt"

// State is a state of the controller.
type State uint8

// The states, those that only programming visits left out of the machine but not
// out of its counters.
const (
	Wait State = iota
	WriteNeuron
	ReadNeuron
	WriteSynapse
	ReadSynapse
	TimeRef
	Bistable
	Synapse
	Push
	PopNeuron
	PopVirtual
	PopReport
	WaitMaster
	WaitRequestDown
	numStates
)

// states is the controller's table of states. A stall of the output bus is
// added to those that sweep. The lengths that are not constant have their reason
// in the functions that run them.
var states = [numStates]struct {
	name string
	// cycles is how many a visit takes, per neuron where perNeuron says so, per
	// word of synapses where perWord does. Zero is as long as it takes.
	cycles             int64
	perNeuron, perWord bool
	// missing is the chip without the state.
	missing Model
}{
	Wait:            {name: "WAIT", missing: numModels},
	WriteNeuron:     {name: "W_NEUR", missing: numModels},
	ReadNeuron:      {name: "R_NEUR", missing: numModels},
	WriteSynapse:    {name: "W_SYN", missing: numModels},
	ReadSynapse:     {name: "R_SYN", missing: numModels},
	TimeRef:         {name: "TREF", cycles: 2, perNeuron: true, missing: numModels},
	Bistable:        {name: "BIST", cycles: 2, perWord: true, missing: TinyODIN},
	Synapse:         {name: "SYNAPSE", cycles: 2, missing: TinyODIN},
	Push:            {name: "PUSH", cycles: 1, missing: numModels},
	PopNeuron:       {name: "POP_NEUR", cycles: 2, perNeuron: true, missing: numModels},
	PopVirtual:      {name: "POP_VIRT", cycles: 2, missing: numModels},
	PopReport:       {name: "AER_POP", cycles: 1, missing: ODIN},
	WaitMaster:      {name: "WAIT_SPIDN", missing: numModels},
	WaitRequestDown: {name: "WAIT_REQDN", missing: numModels},
}

// String is the name that the chip's documentation uses.
func (s State) String() string {
	if s >= numStates {
		return fmt.Sprintf("State(%d)", uint8(s))
	}
	return states[s].name
}

// wordSynapses is how many synapses stand in one word of their memory.
const wordSynapses = 8

// machine is a chip at work.
type machine struct {
	cfg      *Config
	spec     *Spec
	sweep    int // how many neurons a sweep visits
	neurons  [numNeurons]neuron
	flags    [numNeurons]Flags
	synapses [numNeurons][numNeurons]uint8
	queue    queue
	in       input
	out      output
	// waiting is the first cycle of the present visit to WAIT.
	waiting int64
	// active is the last cycle that was known to be busy.
	active  int64
	limit   int64
	visits  []Visit
	spikes  []Spike
	counted Counters
}

// run lets events happen until nothing can happen any more or the limit of
// cycles is reached.
func (m *machine) run() {
	t := int64(0)
	for {
		// WAIT, deciding in cycle t: a busy output holds it there.
		t = max(t, m.out.busyUntil+1)
		if t >= m.limit {
			m.cut(t)
			return
		}
		switch {
		// A full scheduler goes first, then what comes from outside, then the
		// scheduler. Bistability comes last.
		case m.queue.full(), !m.queue.empty() && !m.urgent(t):
			t = m.pop(t)
		case m.in.ready(t):
			t = m.accept(t)
		case !m.in.pending():
			if m.settle() {
				return
			}
			t = m.limit
		default:
			t = min(m.limit, m.in.visible())
		}
	}
}

// urgent reports whether there is a request that goes before the scheduler.
func (m *machine) urgent(t int64) bool {
	if !m.in.ready(t) {
		return false
	}
	k := decode(m.cfg.Model, m.in.events[m.in.next].Address).kind
	return k != kindBistable && k != kindBistableAll
}

// quietCycles is how long a chip is watched doing nothing before its run is said
// to be over.
const quietCycles = 16

// settle ends the run because nothing is left to do, unless the limit comes
// first.
func (m *machine) settle() bool {
	m.active = max(m.active, m.out.busyUntil)
	end := m.active + quietCycles
	if end > m.limit {
		return false
	}
	m.finish(end)
	m.counted.Quiescent = true
	return true
}

// cut ends the run in cycle t, the first idle one from the limit on.
func (m *machine) cut(t int64) {
	m.active = max(m.active, m.out.busyUntil)
	if m.in.pending() || !m.queue.empty() {
		m.active = t
	}
	m.finish(t)
}

// finish closes the books in cycle t.
func (m *machine) finish(t int64) {
	m.visit(Wait, -1, m.waiting, t+1)
	c := &m.counted
	c.Cycles, c.LastActive = t+1, m.active
	c.OutputBusy, c.MaxQueued, c.Dropped = m.out.busy, m.queue.highest, m.queue.drops
}

// visit notes the visit to a state from one cycle until before another.
func (m *machine) visit(s State, arg int, from, until int64) {
	m.visits = append(m.visits, Visit{First: from, Cycles: until - from, State: s, Arg: arg})
	m.counted.InState[s] += until - from
	if s != Wait {
		m.active = until - 1
	}
}

// accept takes the request at the input bus in cycle t, and returns the first
// cycle of the next WAIT.
func (m *machine) accept(t int64) int64 {
	m.visit(Wait, -1, m.waiting, t+1)
	address := m.in.events[m.in.next].Address
	r := decode(m.cfg.Model, address)
	from, arg := t+1, int(address)
	var until int64
	switch r.kind {
	case kindSpike, kindVirtual:
		m.queue.push(newItem(r.virtual, r.pre))
		until = from + states[Push].cycles
		m.visit(Push, arg, from, until)
	case kindTimeRef:
		until = m.leak(from, r.pre, r.pre)
		m.visit(TimeRef, arg, from, until)
	case kindTimeRefAll:
		until = m.leak(from, 0, m.sweep-1)
		m.visit(TimeRef, arg, from, until)
	case kindSynapse:
		until = m.stimulate(from, r.pre, r.post)
		m.visit(Synapse, arg, from, until)
	case kindBistable:
		until = m.settleRows(from, r.pre, r.pre)
		m.visit(Bistable, arg, from, until)
	case kindBistableAll:
		until = m.settleRows(from, 0, numNeurons-1)
		m.visit(Bistable, arg, from, until)
	}
	fall := m.in.acknowledge(until)
	m.visit(WaitRequestDown, -1, until, fall)
	m.active = fall
	m.waiting = fall
	return fall
}

// pop takes the oldest entry of the scheduler in cycle t, and returns the first
// cycle of the next WAIT. The entry stays in the scheduler while it is worked on,
// and takes up room.
func (m *machine) pop(t int64) int64 {
	m.visit(Wait, -1, m.waiting, t+1)
	i, from := m.queue.head(), t+1
	var until int64
	if i.virtual() {
		timeRef, weight := i.stimulus(m.cfg.Model)
		m.touch(i.neuron(), timeRef, weight, access{at: from + 1, popped: -1, packet: noPacket})
		until = from + states[PopVirtual].cycles
		m.visit(PopVirtual, int(i), from, until)
		m.counted.Synaptic++
	} else {
		until = m.spread(from, i.neuron())
		m.visit(PopNeuron, int(i), from, until)
	}
	if m.spec.PopState && !i.virtual() {
		// The popping state is left once the output bus is free.
		from, until = until, max(until, m.out.busyUntil+1)+states[PopReport].cycles
		m.visit(PopReport, -1, from, until)
	}
	m.queue.pop()
	m.waiting = until
	return until
}
