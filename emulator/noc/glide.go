package noc

import "math"

// glider is what assembly has to know that takes two channels at once: that whose FIFO a flit
// is in, and the next one straight on, which is beside it.
type glider struct {
	// Sides is for flits whose next channel is the one behind theirs, of the even sides, and
	// then for those whose next is the one before. Each takes 128 bytes.
	Sides [2]struct {
		// A flit may go on if no number of the two channels is above that in Most. Then
		// those stay that have a mask in Keep, others are set to 0, Add is added to all, and
		// Step to the number of the flit's channel.
		Most, Keep, Add [8]int32
		Step            int32
		_               [7]int32
	}
	// Turn is by how many bits to turn a channel's number left until the lowest of its side
	// is worth 16, which is a channel's bytes.
	Turn uint32
}

// Where a channel has what, in numbers of 32 bits.
const (
	sentLane = iota
	leftLane
	winnerLane
	placesLane
	channelLanes
)

// pairs are, by side as in glider, where of two channels that of a flit begins, and the next.
var pairs = [2]struct{ in, out int }{{0, channelLanes}, {channelLanes, 0}}

func newGlider(placeBits int32) (g glider) {
	for k, p := range pairs {
		s := &g.Sides[k]
		for i := range s.Most {
			s.Most[i], s.Keep[i] = math.MaxInt32, -1
		}
		s.Keep[p.in+leftLane], s.Keep[p.out+sentLane] = 0, 0
		s.Add[p.in+placesLane], s.Add[p.out+placesLane] = -1, 1
		s.Step = 1 - 2*int32(k)
	}
	g.Turn = uint32(4-placeBits) % 32
	return g
}

// glide is the loop of pass, where in a full mesh the time goes. It moves the flits that
// it sends to the front, and those that it does not to rest, which has room for all.
func (m *Mesh) glide(flits, rest []flit) (kept int) {
	if !m.simd {
		return m.glideEach(flits, rest)
	}
	now := int32(m.now)
	for k, p := range pairs {
		s := &m.glider.Sides[k]
		s.Most[p.in+leftLane], s.Most[p.in+placesLane] = now-1, int32(m.depth)-1
		s.Most[p.out+sentLane], s.Most[p.out+placesLane] = now-m.linkPeriod, int32(m.roomy)-1
		s.Add[p.in+leftLane], s.Add[p.out+sentLane] = now, now
	}
	return glideTwo(&m.glider, &m.channels[0], &flits[0], &rest[0], len(flits))
}

// glideEach is glide in Go.
func (m *Mesh) glideEach(flits, rest []flit) (kept int) {
	now, channels := int32(m.now), m.channels
	stay := 0
	for i := 0; i < len(flits); {
		f := &flits[i]
		at, hops := uint32(f.at), f.way.hops()
		in := &channels[at]
		places := in.places
		if hops != 0 && places < uint32(m.depth) && in.left != now {
			out := at + uint32(m.stride[m.side(f.at)])
			o := &channels[out]
			taken := o.places
			if now-o.sent >= m.linkPeriod && taken < m.roomy {
				in.left, in.places = now, places-1
				o.sent, o.places, o.winner = now, taken+1, int32(i)
				f.at, f.way = int32(out), way(hops-1)
				i++
				continue
			}
		}
		last := len(flits) - 1
		rest[stay] = *f
		stay++
		*f = flits[last]
		flits = flits[:last]
	}
	return len(flits)
}
