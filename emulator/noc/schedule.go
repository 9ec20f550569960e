package noc

import (
	"math"
	"math/bits"
)

// schedule is what the sources of a run offer, in order of time: as long as a source
// does not stand still, only its packets are looked at, one behind the other.
type schedule struct {
	offers  []offer // the first have been taken
	taken   int
	start   Cycles  // of the run
	soon    Cycles  // the cycle of the next offer, or never
	ageBits int     // the bits of an age below its time
	spare   []offer // to sort into
	starts  []int32 // of each list in spare
}

// offer is a packet that a source offers, and its age if it enters then.
type offer struct {
	age    Cycles
	packet Packet
}

// digitBits is by how much of a time offers are sorted at once: a whole run's, most
// often, and not more lists than a near cache holds.
const digitBits = 12

// never is a cycle that does not come.
const never = math.MaxInt64

// begin empties the schedule for a run from a cycle on.
func (s *schedule) begin(start Cycles) { s.offers, s.taken, s.start = s.offers[:0], 0, start }

// add adds an offer, to be sorted.
func (s *schedule) add(o offer) { s.offers = append(s.offers, o) }

// take returns the next offer; there is one, and it is valid until sort is called.
func (s *schedule) take() *offer {
	o := &s.offers[s.taken]
	s.taken++
	s.look()
	return o
}

// look says when the next offer comes.
func (s *schedule) look() {
	s.soon = never
	if s.taken < len(s.offers) {
		s.soon = s.start + s.offers[s.taken].age>>s.ageBits
	}
}

// back sets the time of a run back.
func (s *schedule) back(cycles Cycles) {
	s.start -= cycles
	s.look()
}

// sort orders the offers by time, of which the last is known; those of one cycle stay
// in order.
func (s *schedule) sort(last Cycles) {
	width := min(max(bits.Len(uint(len(s.offers))), 4), digitBits)
	for digit := 0; last>>digit > 0; digit += width {
		s.sortBy(s.ageBits+digit, width)
	}
	s.look()
}

// sortBy orders the offers by width bits of their ages, from a lowest on; those that
// are alike there stay in order.
func (s *schedule) sortBy(lowest, width int) {
	if cap(s.spare) < len(s.offers) {
		s.spare = make([]offer, cap(s.offers))
	}
	if s.starts == nil {
		s.starts = make([]int32, 1<<digitBits)
	}
	starts, mask, sorted := s.starts[:1<<width], 1<<width-1, s.spare[:len(s.offers)]
	clear(starts)
	for i := range s.offers {
		starts[int(s.offers[i].age>>lowest)&mask]++
	}
	before := int32(0)
	for i, n := range starts {
		starts[i] = before
		before += n
	}
	for i := range s.offers {
		at := &starts[int(s.offers[i].age>>lowest)&mask]
		sorted[*at] = s.offers[i]
		*at++
	}
	s.offers, s.spare = sorted, s.offers
}
