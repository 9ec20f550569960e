package odin

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// stepped is tinyODIN clock by clock: registers, and what they become at the
// next edge. It shares with the emulator the neurons and the scheduler, and
// nothing of its sense of time.
type stepped struct {
	cfg   *Config
	last  int // the last neuron of a sweep
	cells [numNeurons]neuron
	queue queue

	state State
	// count and index are the controller's two counters.
	count, index int

	events   []Event
	sending  bool
	dropping int64 // cycles since the acknowledge was seen
	seen     [2]bool

	request, busy bool
	ack           [3]bool
	history       []bool // request, cycle by cycle

	in     []InEvent
	out    []OutEvent
	visits []Visit
}

// run steps through the given number of cycles.
func (s *stepped) run(cycles int64) {
	s.sending = len(s.events) > 0 && s.events[0].At <= 0
	if s.sending {
		s.in = append(s.in, InEvent{Event: s.events[0], AckRise: -1, RequestFall: -1, AckFall: -1})
	}
	for t := range cycles {
		s.note(t)
		if t < cycles-1 {
			s.cycle(t)
		}
	}
}

// note writes down the state in cycle t.
func (s *stepped) note(t int64) {
	arg := -1
	if s.state == PopNeuron || s.state == PopVirtual {
		arg = int(s.queue.head())
	}
	if s.state == TimeRef || s.state == Push {
		arg = int(s.events[0].Address)
	}
	if n := len(s.visits); n > 0 && s.visits[n-1].State == s.state {
		s.visits[n-1].Cycles++
		return
	}
	s.visits = append(s.visits, Visit{First: t, Cycles: 1, State: s.state, Arg: arg})
}

// cycle evaluates cycle t, and clocks every register.
func (s *stepped) cycle(t int64) {
	r := request{}
	if len(s.events) > 0 {
		r = decode(TinyODIN, s.events[0].Address)
	}
	next, step, pop, trigger, address := s.state, false, false, false, uint8(0)
	write := s.count%2 == 1
	touch := func(n int, timeRef bool, weight int) {
		if s.cells[n].step(timeRef, weight) == 0 {
			return
		}
		if !s.cfg.OpenLoop {
			s.queue.push(newItem(0, n))
		}
		if !s.cfg.ReportEvents {
			trigger, address = true, uint8(n)
		}
	}
	popping := PopNeuron
	if !s.queue.empty() && s.queue.head().virtual() {
		popping = PopVirtual
	}
	switch s.state {
	case Wait:
		switch {
		case s.busy:
		case s.queue.full():
			next = popping
		case s.seen[1] && (r.kind == kindTimeRef || r.kind == kindTimeRefAll):
			next = TimeRef
		case s.seen[1]:
			next = Push
		case !s.queue.empty():
			next = popping
		}
	case Push:
		s.queue.push(newItem(r.virtual, r.pre))
		next = WaitRequestDown
	case TimeRef:
		n := s.index
		if r.kind == kindTimeRef {
			n = r.pre
		}
		if write && !s.busy {
			touch(n, true, 0)
			step = r.kind == kindTimeRefAll
			if r.kind == kindTimeRef || s.index == s.last {
				next = WaitRequestDown
			}
		}
	case PopVirtual:
		if write {
			_, weight := s.queue.head().stimulus(TinyODIN)
			touch(s.queue.head().neuron(), false, weight)
			pop, next = true, Wait
		}
	case PopNeuron:
		if write && !s.busy {
			pre := s.queue.head().neuron()
			touch(s.index, false, wrap(int(s.cfg.Synapses[pre][s.index]), 4))
			step = true
			if s.index == s.last {
				next = PopReport
				if s.cfg.ReportEvents {
					trigger, address = true, uint8(pre)
				}
			}
		}
	case PopReport:
		if !s.busy {
			pop, next = true, Wait
		}
	case WaitRequestDown:
		if !s.seen[1] {
			next = Wait
		}
	case WriteNeuron, ReadNeuron, WriteSynapse, ReadSynapse, Bistable, Synapse, WaitMaster, numStates:
		panic("stepped: a state that is not tinyODIN's at work")
	}
	acknowledged := s.state == WaitRequestDown
	s.output(t, trigger, address)
	s.seen[1], s.seen[0] = s.seen[0], s.sending
	switch {
	case s.state == Wait:
		s.count, s.index = 0, 0
	case !s.wasBusy():
		s.count++
		if step {
			s.index++
		}
	}
	if pop {
		s.queue.pop()
	}
	s.sender(t+1, acknowledged, next)
	s.state = next
}

// wasBusy reports whether the output bus was busy before the edge.
func (s *stepped) wasBusy() bool { return s.history[len(s.history)-1] }

// output clocks the output bus, whose environment answers after a delay.
func (s *stepped) output(t int64, trigger bool, address uint8) {
	requests := func(t int64) bool {
		for _, e := range s.out {
			if e.RequestRise <= t && (e.RequestFall < 0 || t < e.RequestFall) {
				return true
			}
		}
		return false
	}
	s.history = append(s.history, s.busy)
	ack := requests(t - s.cfg.AckDelay)
	open := len(s.out) - 1
	if open >= 0 && ack && s.out[open].AckRise < 0 {
		s.out[open].AckRise = t
	}
	if open >= 0 && !ack && s.out[open].AckRise >= 0 && s.out[open].AckFall < 0 {
		s.out[open].AckFall = t
	}
	switch {
	case trigger && !s.ack[1]:
		s.out = append(s.out, OutEvent{Address: address, RequestRise: t + 1, AckRise: -1, RequestFall: -1, AckFall: -1})
		s.request, s.busy = true, true
	case s.ack[1]:
		if s.request {
			s.out[open].RequestFall = t + 1
		}
		s.request, s.busy = false, true
	case s.ack[2]:
		s.busy = false
	}
	s.ack[2], s.ack[1], s.ack[0] = s.ack[1], s.ack[0], ack
}

// sender clocks the sender at the input bus into cycle t.
func (s *stepped) sender(t int64, acknowledged bool, next State) {
	if len(s.in) > 0 {
		e := &s.in[len(s.in)-1]
		if next == WaitRequestDown && e.AckRise < 0 {
			e.AckRise = t
		}
		if s.state == WaitRequestDown && next == Wait {
			e.AckFall = t
		}
	}
	switch {
	case s.sending && acknowledged:
		if s.dropping++; s.dropping > s.cfg.DropDelay {
			s.sending, s.dropping = false, 0
			s.in[len(s.in)-1].RequestFall = t
		}
	case !s.sending && !acknowledged && len(s.in) > 0 && s.in[len(s.in)-1].AckFall >= 0:
		if len(s.events) > 0 && s.events[0] == s.in[len(s.in)-1].Event {
			s.events = s.events[1:]
		}
		fallthrough
	case len(s.in) == 0:
		if !s.sending && len(s.events) > 0 && t >= s.events[0].At {
			s.sending = true
			s.in = append(s.in, InEvent{Event: s.events[0], RequestRise: t, AckRise: -1, RequestFall: -1, AckFall: -1})
		}
	}
}

// FuzzStepped compares the emulator, which computes when things happen, with a
// machine that waits for them clock by clock.
func FuzzStepped(f *testing.F) {
	f.Add(uint8(3), uint8(0), uint8(0), uint8(0), uint8(5), []byte{0x25, 2, 40, 0x07, 0, 3, 0xFF, 1, 90})
	f.Add(uint8(0), uint8(1), uint8(3), uint8(1), uint8(0), []byte{1, 0, 0, 2, 0, 0, 3, 0, 0, 0xFF, 1, 0})
	f.Add(uint8(15), uint8(9), uint8(7), uint8(2), uint8(1), []byte{9, 0, 0, 9, 0, 1, 0x35, 2, 1, 0xFF, 1, 1, 2, 1, 1})
	f.Add(uint8(200), uint8(0), uint8(0), uint8(0), uint8(0), []byte{0xFF, 1, 3, 0xFF, 1, 200, 0xFF, 1, 200, 7, 0, 0})
	f.Fuzz(func(t *testing.T, sweep, ackDelay, dropDelay, mode, threshold uint8, stimuli []byte) {
		cfg := Config{
			Sweep: int(sweep) + 1, AckDelay: int64(ackDelay), DropDelay: int64(dropDelay), MaxCycles: 4000,
			OpenLoop: mode&1 != 0, ReportEvents: mode&2 != 0, Synapses: new([numNeurons][numNeurons]uint8),
		}
		for n := range cfg.Neurons {
			cfg.Neurons[n] = tinyThreshold.put(tinyLeak.put(Word{}, n%4), int(threshold)+n%3)
			for post := range cfg.Synapses[n] {
				cfg.Synapses[n][post] = uint8(n*7+post*3) & 0xF
			}
		}
		var events []Event
		at := int64(0)
		for ; len(stimuli) >= 3 && len(events) < 50; stimuli = stimuli[3:] {
			at += int64(stimuli[2])
			events = append(events, Event{At: at, Address: uint32(stimuli[0]) | uint32(stimuli[1]&3)<<8})
			if len(events) > 1 && events[len(events)-1] == events[len(events)-2] {
				events[len(events)-1].At++ // the stepped sender tells events apart by their value
				at++
			}
		}
		chip, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		got, err := chip.Run(events)
		if err != nil {
			t.Fatal(err)
		}
		want := stepped{cfg: &cfg, last: int(sweep), queue: newQueue(TinyODIN.Spec().QueueDepth), events: events}
		for n, w := range cfg.Neurons {
			want.cells[n] = newNeuron(TinyODIN, w)
		}
		want.run(got.Counters.Cycles)
		begun := 0
		for begun < len(got.InEvents) && got.InEvents[begun].RequestRise >= 0 {
			begun++
		}
		for _, d := range []struct {
			what      string
			got, want any
		}{
			{"states", got.States, want.visits},
			{"output", got.OutEvents, want.out},
			{"input", got.InEvents[:begun], want.in},
		} {
			if diff := cmp.Diff(d.want, d.got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s: %s differ (-stepped +computed):\n%s", describe(&cfg), d.what, diff)
			}
		}
	})
}

// describe is a configuration in short.
func describe(c *Config) string {
	return join("sweep", c.Sweep, "d", c.AckDelay, "x", c.DropDelay, "open", c.OpenLoop, "report", c.ReportEvents)
}
