package odin

import (
	"math"

	"github.com/weft-toolchain/weft/emulator/checkpoint"
)

// Checkpoint writes the session's state between two calls of Do, or reads that of one
// of the same chip into a session that was just started. Until when the output bus is
// busy is not in it, since Do returns no earlier; nor is the last busy cycle, which a
// session does not ask for.
func (s *Session) Checkpoint(c *checkpoint.Coder) {
	const most = math.MaxInt64 / 4 // cycles are added to these
	m := s.m
	for _, t := range []*int64{&s.t, &m.waiting, &m.in.free} {
		checkpoint.Number(c, t, 0, most)
	}
	checkpoint.Number(c, &m.out.busy, 0, checkpoint.Any)
	for n, neuron := range m.neurons {
		w := neuron.word()
		checkpoint.Number(c, &w.Hi, math.MinInt64, math.MaxInt64)
		checkpoint.Number(c, &w.Lo, math.MinInt64, math.MaxInt64)
		checkpoint.Bool(c, &m.flags[n].Up)
		checkpoint.Bool(c, &m.flags[n].Down)
		if c.Reading() {
			m.neurons[n] = newNeuron(m.cfg.Model, w)
		}
	}
	for pre := range m.synapses {
		checkpoint.Numbers(c, m.synapses[pre][:], 0, math.MaxUint8)
	}
	m.queue.checkpoint(c)
	m.in.checkpoint(c, m.spec)
	m.counted.checkpoint(c)
}

// checkpoint writes or reads the queue's items, the oldest first.
func (q *queue) checkpoint(c *checkpoint.Coder) {
	items := make([]item, q.size)
	for k := range items {
		items[k] = q.items[(q.first+k)%len(q.items)]
	}
	checkpoint.List(c, &items, len(q.items), 0, math.MaxUint16)
	q.first, q.size = 0, copy(q.items, items)
	checkpoint.Number(c, &q.highest, 0, checkpoint.Any)
	checkpoint.Number(c, &q.drops, 0, checkpoint.Any)
}

// checkpoint writes or reads the events that are not yet accepted.
func (in *input) checkpoint(c *checkpoint.Coder, spec *Spec) {
	var at []int64
	var addresses []uint32
	for _, e := range in.events[in.next:] {
		at, addresses = append(at, e.At), append(addresses, e.Address)
	}
	checkpoint.List(c, &at, math.MaxInt32, 0, math.MaxInt64/4)
	checkpoint.List(c, &addresses, math.MaxInt32, 0, 1<<spec.AddressBits-1)
	if c.Reading() && len(at) != len(addresses) {
		c.Fail("%d times for %d events", len(at), len(addresses))
		return
	}
	in.events, in.next = in.events[:0], 0
	for k := range at {
		in.events = append(in.events, Event{At: at[k], Address: addresses[k]})
	}
}

// checkpoint writes or reads the counters that a machine keeps; those of Session.Counters
// are elsewhere.
func (n *Counters) checkpoint(c *checkpoint.Coder) {
	checkpoint.Numbers(c, n.InState[:], 0, checkpoint.Any)
	for _, v := range []*int64{&n.NeuronReads, &n.NeuronWrites, &n.SynapseReads, &n.SynapseWrites, &n.Synaptic} {
		checkpoint.Number(c, v, 0, checkpoint.Any)
	}
}
