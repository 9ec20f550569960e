package pareto

import (
	"strings"
	"unicode/utf8"
)

// place is where points are drawn, and what stands beside them.
type place struct {
	x, y  float64
	front bool
	label string
	// labelX and labelY are where the label's middle is on its base line.
	labelX, labelY float64
}

const (
	// letter and line are how wide and how high a label's letters are about, mark is
	// how far a point's shape reaches, and reach how far its label is.
	letter, line, mark, reach = 6.5, 10, 5, 8
	// cell is the measure of the grid in which places are taken: less than the air
	// between a mark and its label.
	cell = 2
	// maxLabel is how long the labels of one place may be together.
	maxLabel = 16
)

// labelled puts labels beside the points, each where it covers no mark and no other
// label, those of the front first. What lies in the same place shares a label. A
// label that finds no room is left out.
func labelled(points []Point, x, y func(q Point) float64) []place {
	places := gathered(points, x, y)
	var taken [high/cell + 1][wide/cell + 1]bool
	// each calls f with the cells of a box, until one answers with false.
	each := func(x0, y0, x1, y1 float64, f func(c *bool) bool) bool {
		for r := int(y0) / cell; r <= int(y1)/cell; r++ {
			for c := int(x0) / cell; c <= int(x1)/cell; c++ {
				if !f(&taken[r][c]) {
					return false
				}
			}
		}
		return true
	}
	take := func(c *bool) bool { *c = true; return true }
	free := func(c *bool) bool { return !*c }
	for _, p := range places {
		each(p.x-mark, p.y-mark, p.x+mark, p.y+mark, take)
	}
	for k := range places {
		p := &places[k]
		half := letter * float64(utf8.RuneCountInString(p.label)) / 2
		label := p.label
		p.label = ""
		for _, side := range [][2]float64{{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}} {
			mx, my := p.x+side[0]*(half+reach), p.y+side[1]*(line/2+reach)
			x0, y0, x1, y1 := mx-half, my-line/2, mx+half, my+line/2
			if x0 < left || y0 < 1 || x1 > wide-1 || y1 > high-bottom || !each(x0, y0, x1, y1, free) {
				continue
			}
			each(x0, y0, x1, y1, take)
			p.label, p.labelX, p.labelY = label, mx, my+line/2-1
			break
		}
	}
	return places
}

// gathered returns the places of points, those of the front first, with the labels of
// all that are there.
func gathered(points []Point, x, y func(q Point) float64) []place {
	var places []place
	at := map[[2]int]int{}
	for _, front := range []bool{true, false} {
		for _, q := range points {
			if q.Front != front {
				continue
			}
			where := [2]int{int(x(q)), int(y(q))}
			k, there := at[where]
			if !there {
				k = len(places)
				at[where] = k
				places = append(places, place{x: x(q), y: y(q), front: front})
			}
			switch p := &places[k]; {
			case q.Label == "" || strings.HasSuffix(p.label, "…"):
			case p.label == "":
				p.label = q.Label
			case len(p.label)+len(q.Label) > maxLabel:
				p.label += " …"
			default:
				p.label += ", " + q.Label
			}
		}
	}
	return places
}
