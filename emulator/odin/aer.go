package odin

// The two buses carry addresses with a four-phase handshake: request up,
// acknowledge up, request down, acknowledge down. The chip passes what comes
// from outside through two flip-flops, which is two cycles until it sees it.
// The environment runs on the same clock: what it changes at cycle t is first
// sampled at t+1.
const synchroniser = 2

// Event is one that a sender wants to put on the input bus: its address, and
// the earliest cycle of its request.
type Event struct {
	At      int64
	Address uint32
}

// InEvent is an event with the edges of its handshake. An edge that the run did
// not come to is -1.
type InEvent struct {
	Event
	RequestRise, AckRise, RequestFall, AckFall int64
}

// input is the sender at the input bus, whose events wait for one another.
type input struct {
	events []Event
	next   int
	// free is the earliest cycle at which the next request can rise.
	free      int64
	dropDelay int64
	done      []InEvent
}

// pending reports whether there is an event that is not yet accepted.
func (in *input) pending() bool { return in.next < len(in.events) }

// request is the cycle at which the request of the next event rises.
func (in *input) request() int64 { return max(in.events[in.next].At, in.free) }

// visible is the cycle at which the controller can first act on the request.
func (in *input) visible() int64 { return in.request() + synchroniser }

// ready reports whether the controller sees a request in cycle t.
func (in *input) ready(t int64) bool { return in.pending() && t >= in.visible() }

// acknowledge completes the handshake of the next event, whose acknowledge rises
// at cycle t with the first cycle of WAIT_REQDN, and returns the cycle at which
// it falls, which is the first after that state.
//
//	          t     t+1+x      t+3+x   t+4+x
//	ACK   ____/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\____
//	REQ   ‾‾‾‾‾‾‾‾‾‾\___________________/     the next request at the earliest at t+5+x
//	               └ synchroniser ┘
func (in *input) acknowledge(t int64) int64 {
	drop := t + 1 + in.dropDelay
	fall := drop + synchroniser + 1
	in.done = append(in.done, InEvent{
		Event: in.events[in.next], RequestRise: in.request(), AckRise: t, RequestFall: drop, AckFall: fall,
	})
	in.next++
	in.free = fall + 1
	return fall
}

// finish returns all events as they stand when the run ends in cycle t.
func (in *input) finish(t int64) []InEvent {
	for i, e := range in.events[in.next:] {
		late := InEvent{Event: e, RequestRise: -1, AckRise: -1, RequestFall: -1, AckFall: -1}
		if i == 0 && in.request() <= t {
			late.RequestRise = in.request()
		}
		in.done = append(in.done, late)
	}
	return in.done
}

// OutEvent is a transaction of the output bus, with the edges of its handshake.
type OutEvent struct {
	Address                                    uint8
	RequestRise, AckRise, RequestFall, AckFall int64
}

// output is the output bus. While it is busy the controller stands still.
type output struct {
	ackDelay int64
	// busyUntil is the last cycle in which it is busy, or earlier than any.
	busyUntil int64
	// busy counts the cycles in which it was.
	busy int64
	done []OutEvent
}

// send starts transactions in cycle s, one after another, and returns for how
// many cycles they hold the controller up. With d the delay of the acknowledge,
// one of them takes 6+2d cycles:
//
//	          s s+1  s+1+d     s+4+d  s+4+2d      s+7+2d
//	REQ   ______/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\____________________
//	ACK   ____________/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\____________
//	busy  ______/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\____
//
// A further one is started in the cycle in which the bus would have been free.
func (o *output) send(s int64, addresses ...uint8) int64 {
	start := s
	for _, a := range addresses {
		rise := start + 1
		ack := rise + o.ackDelay
		fall := ack + synchroniser + 1
		ackFall := fall + o.ackDelay
		o.done = append(o.done, OutEvent{Address: a, RequestRise: rise, AckRise: ack, RequestFall: fall, AckFall: ackFall})
		o.busyUntil = ackFall + synchroniser
		start = o.busyUntil + 1
	}
	stall := o.busyUntil - s
	o.busy += stall
	return stall
}
