package place

import (
	"fmt"
	"slices"
)

// Figures is what a placement's traffic does to the mesh.
type Figures struct {
	// Hops is how many links between spots the packets cross, summed; Crossings
	// is those of them that lead from one chip to another.
	Hops, Crossings int64
	// MaxLink is how many packets cross the fullest link between two spots.
	MaxLink int64
}

// Cost is what Place makes small, the fullest link apart: hops, those between
// chips at their price.
func (f Figures) Cost(p *Problem) int64 {
	return f.Hops + f.Crossings*int64(max(p.ChipLink, 1)-1)
}

// Measure counts what the traffic does where the cores are at the spots, link
// by link. It is an error if the spots are not a placement of the problem, or if
// there is no way between two cores that talk.
func Measure(p *Problem, spots []int32) (Figures, error) {
	l, err := load(p, spots)
	if err != nil {
		return Figures{}, err
	}
	var f Figures
	for s := range int32(l.spots()) {
		for side, n := range l.sides(s) {
			f.Hops += n
			f.MaxLink = max(f.MaxLink, n)
			if to := l.beside(s, side); to >= 0 && l.link(s, to) > 1 {
				f.Crossings += n
			}
		}
	}
	return f, nil
}

// loads is how many packets cross each link.
type loads struct {
	*grid
	packets []int64 // by spot and side
}

func (l *loads) sides(s int32) []int64 { return l.packets[numSides*s : numSides*(s+1)] }

func load(p *Problem, spots []int32) (*loads, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := p.checkSpots(spots); err != nil {
		return nil, err
	}
	l := &loads{grid: newGrid(p), packets: make([]int64, numSides*p.Width*p.Height)}
	b := newBrancher(l.grid)
	at := append(slices.Clip(spots), 0)
	nets := slices.Clone(p.Nets)
	for _, f := range p.Flows {
		nets = append(nets, Net{From: f.From, To: []int32{f.To}, Weight: f.Weight})
	}
	for _, n := range nets {
		t := tree{from: n.From, weight: n.Weight}
		if n.From == Host {
			t.from = int32(p.Cores)
		}
		for _, to := range n.To {
			if to == Host {
				to = int32(p.Cores)
			}
			if l.way(at[t.from], at[to]) < 0 {
				return nil, fmt.Errorf("%s at spot %d sends to %s at spot %d: no way between them",
					p.name(t.from), at[t.from], p.name(to), at[to])
			}
			t.to = append(t.to, to)
		}
		b.walk(&t, at, func(s, to int32) { l.packets[numSides*s+l.side(s, to)] += n.Weight })
	}
	return l, nil
}

// beside returns the spot at a side of spot s, negative at the edge.
func (g *grid) beside(s int32, side int) int32 {
	w := int32(g.width)
	x := s % w
	switch {
	case side == east && x < w-1:
		return s + 1
	case side == west && x > 0:
		return s - 1
	case side == north && s >= w:
		return s - w
	case side == south && int(s+w) < g.spots():
		return s + w
	}
	return -1
}
