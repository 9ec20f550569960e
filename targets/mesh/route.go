package mesh

import "math"

// Next returns the side by which a packet for a place leaves a router that it came
// into by a side: Local from the router's core, West of router 0 from Host too. It
// is Local at the core that it is for, West at router 0 for Host, and NoSide if
// there is no way.
func (m *Mesh) Next(at, to int32, in Side) Side {
	dst := max(to, 0)
	switch {
	case at == dst && to == Host:
		return West
	case at == dst:
		return Local
	case !m.Connected(at, dst):
		return NoSide
	case m.Whole():
		return m.xy(at, dst)
	}
	came := false
	if from, ok := m.Beyond(at, in); ok {
		came = m.LeadsDown(from, in.Opposite())
	}
	return Way(m.Ways(dst)[at], came)
}

// xy returns the way on along x first.
func (m *Mesh) xy(at, to int32) Side {
	w := int32(m.width)
	switch {
	case at%w < to%w:
		return East
	case at%w > to%w:
		return West
	case at > to:
		return North
	}
	return South
}

// LeadsDown reports whether, on a mesh with dead links, the link behind a side of
// a router is there and leads down: a packet that crossed it goes on as one that
// came down.
func (m *Mesh) LeadsDown(router int32, side Side) bool {
	return !m.Whole() && m.down[router]>>side&1 != 0
}

// The halves of an element of Ways.
const (
	wayBits = 4
	wayMask = 1<<wayBits - 1
)

// Way takes the way on out of an element of Ways, for a packet that came down a
// link or not. NoSide is none.
func Way(ways uint8, down bool) Side {
	if down {
		return Side(ways >> wayBits)
	}
	return Side(ways & wayMask)
}

// Ways returns, for each router of a mesh with dead links, the ways on of packets
// for one router, to be read by Way. Local is the way of those that are there. The
// slice is made the first time, and shared.
func (m *Mesh) Ways(to int32) []uint8 {
	if p := m.ways[to].Load(); p != nil {
		return *p
	}
	ways := m.waysTo(to)
	m.ways[to].Store(&ways) // whoever else made it meanwhile made the same
	return ways
}

// far is the distance of a router without a legal way.
const far = math.MaxInt32

// waysTo finds the shortest legal routes to a router. falls are the distances by
// links down alone, rises those of packets that may still go up.
func (m *Mesh) waysTo(to int32) []uint8 {
	n := int32(m.Routers())
	falls, rises := make([]int32, n), make([]int32, n)
	for r := range n {
		falls[r], rises[r] = far, far
	}
	// Against the direction of travel: first up from the destination, over the links
	// that lead down to it.
	falls[to] = 0
	queue := []int32{to}
	for k := 0; k < len(queue); k++ {
		at := queue[k]
		for side := range Local {
			if from, ok := m.over(at, side); ok && m.level[from] < m.level[at] && falls[from] == far {
				falls[from] = falls[at] + 1
				queue = append(queue, from)
			}
		}
	}
	// Then down, over links that lead up to a router whose way is known. Routers
	// are settled in order of distance: of the two queues the nearer head is next.
	copy(rises, falls)
	starts := queue
	queue = nil
	for len(starts)+len(queue) > 0 {
		var at int32
		if len(queue) == 0 || len(starts) > 0 && falls[starts[0]] <= rises[queue[0]] {
			at, starts = starts[0], starts[1:]
			if rises[at] != falls[at] {
				continue // a shorter way leads up first
			}
		} else {
			at, queue = queue[0], queue[1:]
		}
		for side := range Local {
			if from, ok := m.over(at, side); ok && m.level[from] > m.level[at] && rises[at]+1 < rises[from] {
				rises[from] = rises[at] + 1
				queue = append(queue, from)
			}
		}
	}
	ways := make([]uint8, n)
	ways[to] = uint8(Local)<<wayBits | uint8(Local)
	for at := range n {
		if at != to {
			ways[at] = uint8(m.choose(at, to, falls, nil))<<wayBits | uint8(m.choose(at, to, falls, rises))
		}
	}
	return ways
}

// choose returns the side by which a packet at a router begins a shortest way;
// rises is nil for one that came down, and so may not go up.
func (m *Mesh) choose(at, to int32, falls, rises []int32) Side {
	dist := falls
	if rises != nil {
		dist = rises
	}
	if dist[at] == far {
		return NoSide
	}
	shortest := func(side Side) bool {
		next, ok := m.over(at, side)
		switch {
		case !ok:
			return false
		case m.level[next] > m.level[at]:
			return falls[next] == dist[at]-1
		}
		return rises != nil && rises[next] == dist[at]-1
	}
	w := int32(m.width)
	nearer := [2]Side{NoSide, NoSide} // along x, along y
	if at%w != to%w {
		nearer[0] = m.xy(at, to)
	}
	if at/w != to/w {
		nearer[1] = m.xy(at-at%w, to-to%w)
	}
	for _, side := range nearer {
		if side != NoSide && shortest(side) {
			return side
		}
	}
	for side := range Local {
		if shortest(side) {
			return side
		}
	}
	panic("mesh: a router with a way has no first link of it")
}

// Route returns the links that a packet crosses between two places, either of
// which may be Host: none where both are one router. ok is false if there is no
// way.
func (m *Mesh) Route(from, to int32) (hops []Hop, ok bool) {
	ok = m.walk(from, to, func(h Hop) { hops = append(hops, h) })
	return hops, ok
}

// Visit calls visit with each router that a packet comes to between two places, either
// of which may be Host, the last included. It reports whether there is a way.
func (m *Mesh) Visit(from, to int32, visit func(router int32)) bool {
	return m.walk(from, to, func(h Hop) {
		at, _ := m.Beyond(h.Router, h.Side)
		visit(at)
	})
}

// Hops returns how many links along x and along y a packet crosses between two
// places, either of which may be Host; ok is false if there is no way.
func (m *Mesh) Hops(from, to int32) (dx, dy int, ok bool) {
	if m.Whole() {
		w := int32(m.width)
		f, t := max(from, 0), max(to, 0)
		return int(abs(f%w - t%w)), int(abs(f/w - t/w)), true
	}
	ok = m.walk(from, to, func(h Hop) {
		if h.Side == East || h.Side == West {
			dx++
		} else {
			dy++
		}
	})
	return dx, dy, ok
}

// walk calls visit for each link of a route.
func (m *Mesh) walk(from, to int32, visit func(Hop)) bool {
	at, dst, in := max(from, 0), max(to, 0), Local
	if !m.Connected(at, dst) {
		return false
	}
	for at != dst {
		side := m.Next(at, dst, in)
		visit(Hop{at, side})
		at, _ = m.Beyond(at, side)
		in = side.Opposite()
	}
	return true
}
