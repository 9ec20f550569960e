package place

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// cooling is how an annealing goes.
type cooling struct {
	// proposals is how many moves are looked at in all.
	proposals int
	// heat is the first temperature, as a part of the mean cost of the moves
	// that make things worse; frost is the last one, as a part of the first.
	heat, frost float64
	// window is how far the first moves may go, in spots along each axis.
	window int
}

// levels is how many temperatures an annealing passes.
const levels = 120

// search is one state that is being annealed.
type search struct {
	*state
	r *rand.Rand
}

// logs[i] is −ln of the middle of the i-th of equal parts of 0..1: how much
// worse, in temperatures, a move may be that is accepted with that chance.
var logs = func() (l [1 << 10]float64) {
	for i := range l {
		l[i] = -math.Log((float64(i) + 0.5) / float64(len(l)))
	}
	return l
}()

func newSearch(s *state, seed, stream uint64) *search {
	return &search{state: s, r: rand.New(rand.NewPCG(seed, stream))}
}

// anneal makes moves that shorten the way, and while it is hot some that do
// not, and leaves the cheapest placement that it met.
func (s *search) anneal(ctx context.Context, c cooling) error {
	window := float64(c.window)
	temperature := c.heat * s.meanRise(c.window)
	cool := math.Pow(c.frost, 1.0/levels)
	var now, least int64 // against the cost at the start
	best := slices.Clone(s.placed())
	for level := range levels {
		if err := ctx.Err(); err != nil {
			return err
		}
		proposals := c.proposals*(level+1)/levels - c.proposals*level/levels
		accepted := 0
		for range proposals {
			a, q := s.propose(int32(window))
			if q < 0 || !s.may(a, q) {
				continue
			}
			d := s.delta(a, q)
			if d > 0 && float64(d) > temperature*logs[s.r.Uint64()%uint64(len(logs))] {
				continue
			}
			s.move(a, q)
			now += d
			accepted++
		}
		if now < least {
			least = now
			copy(best, s.placed())
		}
		// A window in which about 44 of 100 moves are accepted serves best (Lam
		// and Delosme 1988; Betz and Rose 1997).
		rate := float64(accepted) / float64(max(proposals, 1))
		window = min(max(window*(1-0.44+rate), 1), float64(max(s.width, s.height)))
		temperature *= cool
	}
	if now > least {
		s.put(best)
	}
	return nil
}

// propose returns a core and the spot that it might go to, which may be its
// own; the spot is negative outside the mesh. Of four cores one goes anywhere in
// the window around it, one beside a core that it talks to, and two into the
// middle of those it talks to.
func (s *search) propose(window int32) (a, q int32) {
	a = int32(s.r.Uint64N(uint64(s.cores)))
	around, reach := s.spot[a], window
	if links := s.of(a); len(links) > 0 {
		switch s.r.Uint64() % 4 {
		case 0:
			around, reach = s.spot[links[s.r.Uint64N(uint64(len(links)))].core], 1
		case 1, 2:
			around, reach = s.middle(links), 1
		}
	}
	w := int32(s.width)
	x := around%w + int32(s.r.Uint64N(uint64(2*reach+1))) - reach
	y := around/w + int32(s.r.Uint64N(uint64(2*reach+1))) - reach
	if x < 0 || x >= w || y < 0 || y >= int32(s.height) {
		return a, -1
	}
	return a, y*w + x
}

// middle returns the spot in the middle of the cores that links lead to.
func (s *search) middle(links []link) int32 {
	var x, y, all int64
	w := int32(s.width)
	for _, l := range links {
		at, weight := s.spot[l.core], l.out+l.in
		x += weight * int64(at%w)
		y += weight * int64(at/w)
		all += weight
	}
	if all == 0 {
		return s.spot[links[0].core]
	}
	return int32((y+all/2)/all)*w + int32((x+all/2)/all)
}

// meanRise returns what a move in the window costs, of those that cost
// something.
func (s *search) meanRise(window int) float64 {
	const tries = 400
	var sum float64
	n := 0
	for range tries {
		if a, q := s.propose(int32(window)); q >= 0 && s.may(a, q) {
			if d := s.delta(a, q); d > 0 {
				sum += float64(d)
				n++
			}
		}
	}
	return sum / float64(max(n, 1))
}

// widest is how far the moves go that descend looks at, in spots along each
// axis.
const widest = 4

// descend makes the moves within reach that shorten the way, until none does or
// so many were looked at.
func (s *search) descend(ctx context.Context, looks int) error {
	w, h := int32(s.width), int32(s.height)
	for moved := true; moved && looks > 0; {
		moved = false
		for a := range int32(s.cores) {
			if err := ctx.Err(); err != nil {
				return err
			}
			at := s.spot[a]
			for y := max(at/w-widest, 0); y <= min(at/w+widest, h-1); y++ {
				for x := max(at%w-widest, 0); x <= min(at%w+widest, w-1); x++ {
					q := y*w + x
					if looks <= 0 || !s.may(a, q) {
						continue
					}
					looks--
					if s.delta(a, q) < 0 {
						s.move(a, q)
						moved = true
					}
				}
			}
		}
	}
	return nil
}
