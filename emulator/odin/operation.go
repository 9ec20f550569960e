package odin

// The operations of the controller. A neuron takes two cycles: in the first its
// word is read, in the second it is written, and what it fires leaves. If that
// occupies the output bus, the controller stands still from the next cycle on
// until the bus is free, with the memories still selected: they are read in
// every cycle of it.

// access is the circumstances of a neuron's being written.
type access struct {
	// at is the cycle.
	at int64
	// popped is the spike that is being processed, or -1.
	popped int
	// packet is what the monitoring mode says of the synapse that is written in
	// the same cycle, or noPacket.
	packet int
}

const noPacket = -1

// touch lets an event act on neuron n, and returns for how many cycles what
// leaves the chip holds the controller up.
func (m *machine) touch(n int, timeRef bool, weight int, a access) (stall int64) {
	code := m.neurons[n].step(timeRef, weight)
	if m.spec.Plastic {
		m.flags[n] = m.neurons[n].flags()
	}
	m.counted.NeuronReads++
	m.counted.NeuronWrites++
	if code != 0 {
		m.fire(n, code, a.at)
	}
	switch {
	case m.spec.Plastic && m.cfg.Monitor:
		return m.tell(n, code, a)
	case m.cfg.ReportEvents:
		if a.popped >= 0 && n == m.reporter() {
			return m.out.send(a.at, uint8(a.popped))
		}
	case code != 0:
		return m.out.send(a.at, uint8(n))
	}
	return 0
}

// fire notes a spike and gives it to the scheduler.
func (m *machine) fire(n int, code uint8, at int64) {
	s := Spike{At: at, Neuron: uint8(n), Event: code, Sent: !m.cfg.ReportEvents}
	if !m.cfg.OpenLoop {
		s.Queued = m.queue.push(newItem(0, n))
		s.Dropped = !s.Queued
	}
	m.spikes = append(m.spikes, s)
}

// reporter is the neuron at whose writing a spike event is told, where events are
// told instead of spikes.
func (m *machine) reporter() int {
	if m.cfg.Model == ODIN {
		return int(m.cfg.MonitorNeuron)
	}
	return m.sweep - 1
}

// tell sends what the monitoring mode says: two packets for every write of the
// monitored neuron, one for every write of the monitored synapse's word, whether
// they changed or not.
//
//	neuron   event up down Ca[3] resonance[2], then potential[8]
//	synapse  1111 mapped weight[3]
func (m *machine) tell(n int, code uint8, a access) (stall int64) {
	var packets []uint8
	if n == int(m.cfg.MonitorNeuron) {
		event := code & fired
		if m.cfg.ReportEvents {
			event = uint8(bit(a.popped == n)) * fired
		}
		state := m.neurons[n].monitor()
		packets = append(packets, event<<1|uint8(state>>8), uint8(state))
	}
	if a.packet != noPacket {
		packets = append(packets, uint8(a.packet))
	}
	if packets == nil {
		return 0
	}
	return m.out.send(a.at, packets...)
}

// leak gives a time reference to the neurons from first to last, beginning in
// cycle t, and returns the cycle after the last.
func (m *machine) leak(t int64, first, last int) int64 {
	for n := first; n <= last; n++ {
		stall := m.touch(n, true, 0, access{at: t + 1, popped: -1, packet: noPacket})
		t += states[TimeRef].cycles
		if n != last {
			t += stall
			m.counted.NeuronReads += stall
		}
	}
	return t
}

// spread processes the spike of a presynaptic neuron, beginning in cycle t. Each
// word of synapses is read when its first neuron is, and learns when that neuron
// is written, by the flags as they were before the event; the neurons integrate
// the weights as they were before.
func (m *machine) spread(t int64, pre int) int64 {
	var word [wordSynapses]uint8
	for n := range m.sweep {
		a := access{at: t + 1, popped: pre, packet: noPacket}
		if n%wordSynapses == 0 {
			copy(word[:], m.synapses[pre][n:])
			m.counted.SynapseReads += m.spec.WordReads
			m.counted.SynapseWrites += m.spec.WordWrites
			if m.spec.Plastic {
				for post := n; post < n+wordSynapses; post++ {
					m.learn(pre, post)
				}
				a.packet = m.packet(pre, n)
			}
		}
		stall := m.touch(n, false, m.weight(pre, word[n%wordSynapses]), a)
		t += states[PopNeuron].cycles
		if stall != 0 && n != m.sweep-1 {
			t += stall
			m.counted.NeuronReads += stall
			if (n+1)%wordSynapses == 0 {
				m.counted.SynapseReads += stall
			}
		}
	}
	m.counted.Synaptic += int64(m.sweep)
	return t
}

// stimulate processes an event for a single synapse, beginning in cycle t.
func (m *machine) stimulate(t int64, pre, post int) int64 {
	weight := m.weight(pre, m.synapses[pre][post])
	m.counted.SynapseReads++
	m.counted.SynapseWrites++
	if m.cfg.LearnOnSynapse {
		m.learn(pre, post)
	}
	m.touch(post, false, weight, access{at: t + 1, popped: -1, packet: m.packet(pre, post)})
	return t + states[Synapse].cycles
}

// settleRows lets the rows of synapses from first to last settle, beginning in
// cycle t.
func (m *machine) settleRows(t int64, first, last int) int64 {
	for pre := first; pre <= last; pre++ {
		row := &m.synapses[pre]
		for n := 0; n < numNeurons; n += wordSynapses {
			for post := n; post < n+wordSynapses; post++ {
				if m.learns(row[post]) {
					row[post] = settle(row[post])
				}
			}
			m.counted.SynapseReads++
			m.counted.SynapseWrites++
			at := t + 1
			t += states[Bistable].cycles
			if p := m.packet(pre, n); p != noPacket {
				stall := m.out.send(at, uint8(p))
				if pre != last || n+wordSynapses != numNeurons {
					t += stall
					m.counted.SynapseReads += stall
				}
			}
		}
	}
	return t
}

// weight is what a synapse adds to the potential.
func (m *machine) weight(pre int, synapse uint8) int {
	switch {
	case !m.spec.Plastic:
		return wrap(int(synapse), 4)
	case synapse&mapped == 0 && !m.cfg.PropagateUnmapped:
		return 0
	case m.cfg.Inhibitory[pre]:
		return -int(synapse & weightMax)
	default:
		return int(synapse & weightMax)
	}
}

// learns reports whether a synapse may change.
func (m *machine) learns(synapse uint8) bool { return synapse&mapped != 0 || m.cfg.UpdateUnmapped }

// learn applies the learning rule to a synapse whose presynaptic neuron spikes.
func (m *machine) learn(pre, post int) {
	if s := &m.synapses[pre][post]; m.learns(*s) {
		*s = learn(*s, m.flags[post])
	}
}

// packet is what the monitoring mode says when the word of a row that holds a
// neuron's synapse is written, or noPacket.
func (m *machine) packet(pre, post int) int {
	monitored := int(m.cfg.MonitorNeuron)
	if !m.cfg.Monitor || pre != int(m.cfg.MonitorSynapse) || post/wordSynapses != monitored/wordSynapses {
		return noPacket
	}
	return 0xF0 | int(m.synapses[pre][monitored])
}
