package noc

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// schedule is what the sources of a run offer, in order of time: as long as a source
// does not stand still, only its packets are looked at, one behind the other.
type schedule struct {
	offers  []offer // the first have been taken
	taken   int
	start   Cycles // of the run
	soon    Cycles // the cycle of the next offer, or never
	ageBits int    // the bits of an age below its time
	// ends is by time, 1<<shift cycles each, where what is offered then ends among the
	// offers, and, until all are there, where the next of it comes.
	ends  []int32
	shift int
}

// offer is a packet that a source offers, and its age if it enters then.
type offer struct {
	age    Cycles
	packet Packet
}

// Of the bits of a time, offers are put in order by so many more than their number has, and by
// maxBits at most, which in most runs are all. The rest is sorted then.
const moreBits, maxBits = 3, 14

// never is a cycle that does not come.
const never = math.MaxInt64

// begin empties the schedule for a run of so many offers, the last of them so long after the
// start. All are counted then, and after that put.
func (s *schedule) begin(start Cycles, offers int, last Cycles) {
	by := min(bits.Len(uint(offers))+moreBits, maxBits)
	s.shift = max(bits.Len64(uint64(last))-by, 0)
	times := int(last>>s.shift) + 1
	s.ends = slices.Grow(s.ends[:0], times)[:times]
	clear(s.ends)
	s.offers = slices.Grow(s.offers[:0], offers)[:offers]
	s.taken, s.start = 0, start
}

// count counts an offer so long after the start.
func (s *schedule) count(after Cycles) { s.ends[after>>s.shift]++ }

// counted is called when all offers were counted.
func (s *schedule) counted() {
	before := int32(0)
	for i, n := range s.ends {
		s.ends[i] = before
		before += n
	}
}

// put adds an offer that was counted.
func (s *schedule) put(o offer) {
	end := &s.ends[o.age>>s.ageBits>>s.shift]
	s.offers[*end] = o
	*end++
}

// sort is called when all offers were put.
func (s *schedule) sort() {
	if s.shift > 0 {
		from := int32(0)
		for _, end := range s.ends {
			if end-from > 1 {
				slices.SortFunc(s.offers[from:end], func(a, b offer) int { return cmp.Compare(a.age, b.age) })
			}
			from = end
		}
	}
	s.look()
}

// take returns the next offer; there is one, and it is valid until the next run.
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
