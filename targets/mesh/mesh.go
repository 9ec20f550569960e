// Package mesh is the only place that knows which way a packet takes through a
// chip's routers: compiler and emulator both ask it, and so agree.
//
// Router y·Width + x stands at column x, row y; East is x+1, South is y+1. The
// chip's I/O port, Host, is at the west edge of router 0.
//
// # A whole mesh
//
// A packet goes along x first, then along y. It never turns back from y to x, so
// packets cannot wait for each other in a circle.
//
// # A mesh with dead links
//
// Where links are dead, all packets go by up*/down* routes (Schroeder et al.,
// "Autonet", IEEE JSAC 1991). Routers are levelled by their distance from router
// 0, in links that are left; routers that are cut off from it, by the distance
// from the lowest router of those that they are connected with. A link leads up
// to the router of the lower level: of two neighbours one is always lower, since
// distances on a grid differ by one along each link. A route goes up, any number
// of links, and then down: after a link down, never up again.
//
//   - Each pair of routers that is connected has a route: up to router 0, and down
//     from there.
//   - Packets cannot wait for each other in a circle. A circle of links would have
//     links up and links down, and so somewhere a packet in the FIFO behind a link
//     down that waits for a link up; there is none. So the mesh does not deadlock,
//     whatever the depth of the FIFOs, as long as each link has a FIFO of its own.
//   - Of the legal routes a packet takes a shortest one. Where a router has
//     several links to begin it with, it takes the one along x that leads nearer,
//     else that along y, else the first of east, west, north and south.
//
// With no link dead, up*/down* routes would be shortest routes too (they are
// negative-first routes, Glass and Ni 1992), but others than those along x first.
//
// A router stands apart from its core: that of a dead core passes packets on.
package mesh

import (
	"fmt"
	"slices"
	"sync/atomic"
)

// Host stands for the chip's I/O port, as a place that packets come from or go
// to.
const Host int32 = -1

// Side is a side of a router.
type Side uint8

// The sides. Local is the router's core.
const (
	East Side = iota
	West
	North
	South
	Local
	// NoSide is the way on of a packet that has none.
	NoSide
)

// Opposite returns the side of the neighbour that one of East, West, North and
// South faces.
func (s Side) Opposite() Side { return s ^ 1 }

// Link is the link between two neighbouring routers, both ways; the lower router
// comes first.
type Link [2]int32

// LinkOf returns the link between two neighbours.
func LinkOf(a, b int32) Link { return Link{min(a, b), max(a, b)} }

func (l Link) compare(o Link) int { return slices.Compare(l[:], o[:]) }

// Hop is a link crossed: out of a router by a side.
type Hop struct {
	Router int32
	Side   Side
}

// Mesh is the routers of a chip and the links that are left. It is immutable, and
// may be shared.
type Mesh struct {
	width, height int
	// dead are the dead links in order, none of them twice.
	dead []Link
	// Of a mesh with dead links: links are the sides of a router with a link, a bit
	// each, down those whose link leads down; piece is the lowest router that it is
	// connected with.
	links, down []uint8
	level       []int32
	piece       []int32
	// ways are made when asked for: see Ways.
	ways []atomic.Pointer[[]uint8]
}

// New returns a mesh of 1 or more columns and rows, in which some links, in any
// order, are dead. It panics if one is not between two neighbours.
func New(width, height int, dead []Link) *Mesh {
	m := &Mesh{width: width, height: height, dead: slices.Clone(dead)}
	for k, l := range m.dead {
		if !m.Neighbours(l[0], l[1]) {
			panic(fmt.Sprintf("mesh: no link between routers %d and %d", l[0], l[1]))
		}
		m.dead[k] = LinkOf(l[0], l[1])
	}
	slices.SortFunc(m.dead, Link.compare)
	m.dead = slices.Compact(m.dead)
	if len(m.dead) > 0 {
		m.survey()
	}
	return m
}

// Width and Height count routers along x and along y.
func (m *Mesh) Width() int { return m.width }

// Height is the number of rows.
func (m *Mesh) Height() int { return m.height }

// Routers returns how many routers there are.
func (m *Mesh) Routers() int { return m.width * m.height }

// Dead returns the dead links, in order. The caller does not change them.
func (m *Mesh) Dead() []Link { return m.dead }

// IsDead reports whether a link is dead.
func (m *Mesh) IsDead(l Link) bool {
	_, dead := slices.BinarySearchFunc(m.dead, l, Link.compare)
	return dead
}

// Whole reports whether no link is dead, so that packets go along x first.
func (m *Mesh) Whole() bool { return len(m.dead) == 0 }

// Neighbours reports whether a and b are routers side by side.
func (m *Mesh) Neighbours(a, b int32) bool {
	n, w := int32(m.Routers()), int32(m.width)
	if a < 0 || b < 0 || a >= n || b >= n {
		return false
	}
	dx, dy := abs(a%w-b%w), abs(a/w-b/w)
	return dx+dy == 1
}

// Beyond returns the router that a side of a router faces, whether or not the
// link is dead, and whether there is one.
func (m *Mesh) Beyond(router int32, side Side) (int32, bool) {
	w := int32(m.width)
	x, y := router%w, router/w
	switch side {
	case East:
		return router + 1, x+1 < w
	case West:
		return router - 1, x > 0
	case North:
		return router - w, y > 0
	case South:
		return router + w, y+1 < int32(m.height)
	case Local, NoSide:
	}
	return router, false
}

// Across returns the link that a hop crosses, and whether there is one.
func (m *Mesh) Across(h Hop) (Link, bool) {
	to, ok := m.Beyond(h.Router, h.Side)
	return LinkOf(h.Router, to), ok
}

// Links returns all links of the mesh in order, dead or not.
func (m *Mesh) Links() []Link {
	var out []Link
	for r := range int32(m.Routers()) {
		for _, side := range []Side{East, South} {
			if to, ok := m.Beyond(r, side); ok {
				out = append(out, Link{r, to})
			}
		}
	}
	return out
}

// survey levels the routers.
func (m *Mesh) survey() {
	n := m.Routers()
	m.links, m.down = make([]uint8, n), make([]uint8, n)
	m.level, m.piece = make([]int32, n), make([]int32, n)
	m.ways = make([]atomic.Pointer[[]uint8], n)
	for r := range int32(n) {
		m.piece[r] = -1
		for side := range Local {
			l, ok := m.Across(Hop{r, side})
			if ok && !m.IsDead(l) {
				m.links[r] |= 1 << side
			}
		}
	}
	queue := make([]int32, 0, n)
	for root := range int32(n) {
		if m.piece[root] >= 0 {
			continue
		}
		m.piece[root] = root
		queue = append(queue[:0], root)
		for k := 0; k < len(queue); k++ {
			for side := range Local {
				to, ok := m.over(queue[k], side)
				if ok && m.piece[to] < 0 {
					m.piece[to], m.level[to] = root, m.level[queue[k]]+1
					queue = append(queue, to)
				}
			}
		}
	}
	for r := range int32(n) {
		for side := range Local {
			if to, ok := m.over(r, side); ok && m.level[to] > m.level[r] {
				m.down[r] |= 1 << side
			}
		}
	}
}

// over returns the router behind a link that is left.
func (m *Mesh) over(router int32, side Side) (int32, bool) {
	if m.links[router]>>side&1 == 0 {
		return 0, false
	}
	return m.Beyond(router, side)
}

// Connected reports whether packets can go from one place to another; either may
// be Host.
func (m *Mesh) Connected(from, to int32) bool {
	return m.Whole() || m.piece[max(from, 0)] == m.piece[max(to, 0)]
}

// CutOff returns the routers that are not connected with the I/O port, ascending.
func (m *Mesh) CutOff() (out []int32) {
	for r := range int32(m.Routers()) {
		if !m.Connected(Host, r) {
			out = append(out, r)
		}
	}
	return out
}

func abs[T int | int32](d T) T { return max(d, -d) }
