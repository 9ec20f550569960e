package compiler

import (
	"cmp"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/targets"
	"github.com/weft-toolchain/weft/targets/mesh"
)

// place returns where a core is; the host is at the I/O port.
func place(m *ir.Mapped, core int32) (x, y int) {
	if core == ir.Host {
		return 0, 0
	}
	return m.Cores[core].X, m.Cores[core].Y
}

// add adds n, and n × spikes.
func (w *Weighted) add(n, spikes int64) {
	w.Unweighted += n
	w.Weighted += n * spikes
}

// router returns the router of a core, and that of the host.
func router(m *ir.Mapped, core int32) int32 {
	x, y := place(m, core)
	return int32(y*m.Arch.MeshWidth + x)
}

// distances counts deliveries between cores, and hops over the links of a mesh.
func distances(m *ir.Mapped, profile []int64, over *mesh.Mesh) (cut, hops Weighted) {
	reached := make([]int, len(m.Cores)) // the last sender that reached each core, from 1
	number := 0
	for s := range m.Senders(profile) {
		number++
		own := s.Core
		if own == ir.Host {
			own = s.Dests[0].Core // the first core is free
		}
		reached[own] = number
		from := router(m, s.Core)
		for _, d := range s.Dests {
			dx, dy, _ := over.Hops(from, router(m, d.Core))
			hops.add(int64(dx+dy), s.Spikes)
			if d.Core != ir.Host && reached[d.Core] != number {
				reached[d.Core] = number
				cut.add(1, s.Spikes)
			}
		}
	}
	return cut, hops
}

// Links is the load of the mesh's links. Both directions between two routers
// are links of their own.
type Links struct {
	// Count is how many the mesh has, Used how many of them carry spikes.
	Count int `json:"count"`
	Used  int `json:"used"`
	// Fullest carries most spikes of the profile, and of several such most
	// destinations; it is null where no link is used.
	Fullest *Link `json:"fullest"`
	// Mean is over the used links.
	Mean MeanLoad `json:"mean"`
	// List has the used links by the router they start from, row by row.
	List []Link `json:"list"`
}

// Link is a link from one router to the next, and the spikes that cross it.
type Link struct {
	From [2]int   `json:"from"` // x, y
	To   [2]int   `json:"to"`
	Load Weighted `json:"load"`
}

// MeanLoad is a mean of Weighted.
type MeanLoad struct {
	Unweighted float64 `json:"unweighted"`
	Weighted   float64 `json:"weighted"`
}

// route calls via with the places where a packet's way begins, turns and ends:
// between two of them it is straight. It may name places on the straight too.
type route func(fromX, fromY, toX, toY int, via func(x, y int))

// xy goes along x first, then along y.
func xy(x, y, toX, toY int, via func(x, y int)) {
	via(x, y)
	via(toX, y)
	via(toX, toY)
}

// routes returns the way of packets over the links of a mesh, around its dead ones.
func routes(over *mesh.Mesh) route {
	if over.Whole() {
		return xy
	}
	w := int32(over.Width())
	return func(x, y, toX, toY int, via func(x, y int)) {
		via(x, y)
		over.Visit(int32(y)*w+int32(x), int32(toY)*w+int32(toX), func(at int32) { via(int(at%w), int(at/w)) })
	}
}

// linkCount returns how many links a mesh has.
func linkCount(a *targets.Arch) int {
	return 2 * ((a.MeshWidth-1)*a.MeshHeight + a.MeshWidth*(a.MeshHeight-1))
}

// The directions of a router's links, in the order of the routers they end at,
// row by row.
const (
	up = iota
	left
	right
	down
	numSides
)

// sideOf returns where a link of each direction leads.
var sideOf = [numSides][2]int{up: {0, -1}, left: {-1, 0}, right: {1, 0}, down: {0, 1}}

// linkLoads are the loads of all links by the router they start from. While
// flows are added, each holds by how much more it carries than the link before
// it in its direction.
type linkLoads struct {
	w, h  int
	loads [][numSides]Weighted
}

// straight adds what goes from one router to another of its row or column.
func (l *linkLoads) straight(x, y, toX, toY int, load Weighted) {
	side := up
	switch {
	case toX == x && toY == y:
		return
	case toX > x:
		side = right
	case toX < x:
		side = left
	case toY > y:
		side = down
	}
	at, end := &l.loads[y*l.w+x][side], &l.loads[toY*l.w+toX][side]
	at.Unweighted += load.Unweighted
	at.Weighted += load.Weighted
	end.Unweighted -= load.Unweighted
	end.Weighted -= load.Weighted
}

// sum turns differences into loads.
func (l *linkLoads) sum() {
	for k := range l.loads {
		// Along the rows and down them, and from the far end back.
		for _, side := range [...]int{right, down} {
			l.carry(k%l.w, k/l.w, side)
		}
		last := len(l.loads) - 1 - k
		for _, side := range [...]int{left, up} {
			l.carry(last%l.w, last/l.w, side)
		}
	}
}

// carry adds to a link's difference what the link before it carries.
func (l *linkLoads) carry(x, y, side int) {
	px, py := x-sideOf[side][0], y-sideOf[side][1]
	if px < 0 || py < 0 || px >= l.w || py >= l.h {
		return
	}
	before := l.loads[py*l.w+px][side]
	at := &l.loads[y*l.w+x][side]
	at.Unweighted += before.Unweighted
	at.Weighted += before.Weighted
}

// links lays the flows onto their routes.
func links(m *ir.Mapped, all []ir.Flow, r route) Links {
	w := m.Arch.MeshWidth
	l := linkLoads{w: w, h: m.Arch.MeshHeight, loads: make([][numSides]Weighted, m.Arch.Cores())}
	for _, f := range all {
		px, py := place(m, f.From)
		tx, ty := place(m, f.To)
		r(px, py, tx, ty, func(x, y int) {
			l.straight(px, py, x, y, Weighted{f.Packets, f.Spikes})
			px, py = x, y
		})
	}
	l.sum()
	out := Links{Count: linkCount(m.Arch), List: []Link{}}
	var sum Weighted
	for k := range l.loads {
		x, y := k%w, k/w
		for side, load := range l.loads[k] {
			if load.Unweighted == 0 {
				continue
			}
			to := [2]int{x + sideOf[side][0], y + sideOf[side][1]}
			out.List = append(out.List, Link{From: [2]int{x, y}, To: to, Load: load})
			sum.Unweighted += load.Unweighted
			sum.Weighted += load.Weighted
		}
	}
	if out.Used = len(out.List); out.Used > 0 {
		fullest := slices.MaxFunc(out.List, func(a, b Link) int {
			return cmp.Or(cmp.Compare(a.Load.Weighted, b.Load.Weighted), cmp.Compare(a.Load.Unweighted, b.Load.Unweighted))
		})
		out.Fullest = &fullest
		out.Mean = MeanLoad{float64(sum.Unweighted) / float64(out.Used), float64(sum.Weighted) / float64(out.Used)}
	}
	return out
}
