package pareto

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Axis is a figure that points are drawn over.
type Axis struct {
	Name string
	// More says that more of it is better.
	More bool
	// Text writes a value of it.
	Text func(x float64) string
}

// Point is a point of a plot. Title says what it is, and Label, beside it, in short.
type Point struct {
	X, Y         float64
	Front        bool
	Label, Title string
}

// Plot is points over two figures. All are finite.
type Plot struct {
	X, Y   Axis
	Points []Point
	// Stairs joins the points of the front, which then must be the front of these
	// two figures.
	Stairs bool
}

// logFrom is how many times the smallest value the largest is where an axis
// becomes logarithmic.
const logFrom = 100

// scale puts values on a line from 0 to 1.
type scale struct {
	lo, hi float64
	log    bool
}

func (p *Plot) scales() (x, y scale) {
	of := func(value func(q Point) float64) scale {
		s := scale{lo: math.Inf(1), hi: math.Inf(-1)}
		for _, q := range p.Points {
			s.lo, s.hi = min(s.lo, value(q)), max(s.hi, value(q))
		}
		s.log = s.lo > 0 && s.hi/s.lo >= logFrom
		return s
	}
	return of(func(q Point) float64 { return q.X }), of(func(q Point) float64 { return q.Y })
}

// at returns where v is; the middle where all values are alike.
func (s scale) at(v float64) float64 {
	lo, hi := s.lo, s.hi
	if s.log {
		lo, hi, v = math.Log(lo), math.Log(hi), math.Log(v)
	}
	if hi <= lo {
		return 0.5
	}
	return (v - lo) / (hi - lo)
}

func (s scale) note() string {
	if s.log {
		return ", logarithmic"
	}
	return ""
}

func (a Axis) better() string {
	if a.More {
		return "more is better"
	}
	return "less is better"
}

// The size of a plot in letters.
const (
	columns = 64
	rows    = 20
)

// WriteText draws the plot in letters: * is on the front, o is not.
func (p *Plot) WriteText(w io.Writer) error {
	if len(p.Points) == 0 {
		return nil
	}
	sx, sy := p.scales()
	var grid [rows][columns]byte
	for r := range grid {
		copy(grid[r][:], strings.Repeat(" ", columns))
	}
	for _, q := range p.Points {
		c := int(math.Round(sx.at(q.X) * (columns - 1)))
		place := &grid[rows-1-int(math.Round(sy.at(q.Y)*(rows-1)))][c]
		switch {
		case q.Front:
			*place = '*'
		case *place == ' ':
			*place = 'o'
		}
	}
	top, bottom := p.Y.Text(sy.hi), p.Y.Text(sy.lo)
	width := max(utf8.RuneCountInString(top), utf8.RuneCountInString(bottom))
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s%s)\n", p.Y.Name, p.Y.better(), sy.note())
	for r := range grid {
		label := ""
		switch r {
		case 0:
			label = top
		case rows - 1:
			label = bottom
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%*s |%s", width, label, grid[r][:]), " ") + "\n")
	}
	left, right := p.X.Text(sx.lo), p.X.Text(sx.hi)
	gap := max(1, columns-utf8.RuneCountInString(left)-utf8.RuneCountInString(right))
	fmt.Fprintf(&b, "%*s +%s\n", width, "", strings.Repeat("-", columns))
	fmt.Fprintf(&b, "%*s  %s%s%s\n", width, "", left, strings.Repeat(" ", gap), right)
	fmt.Fprintf(&b, "%*s  %s (%s%s)\n", width, "", p.X.Name, p.X.better(), sx.note())
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write plot: %w", err)
	}
	return nil
}

// The drawing's measures, in its own units.
const (
	wide, high          = 460, 340
	pixels              = 560 // how wide it is shown where there is room
	left, bottom, inset = 76, 40, 20
	// gapX and gapY are how far from each other values are written along the axes.
	gapX, gapY = 0.2, 0.07
)

// style is of a drawing that stands alone as well as of one in a page: shapes and
// not colours alone tell the front.
const style = `<style>
.pareto { color-scheme: light dark; font: 12px system-ui, sans-serif; --ink: #1a1a1a; --dim: #767676; --front: #0b62c4; }
@media screen and (prefers-color-scheme: dark) { .pareto { --ink: #e8e8e8; --dim: #9a9ea2; --front: #6cb2ff; } }
.pareto text { fill: var(--ink); } .pareto .frame { fill: none; stroke: var(--dim); } .pareto .grid { stroke: var(--dim); stroke-width: .3; }
.pareto .label { font-size: 11px; text-anchor: middle; } .pareto .best { font-weight: 700; }
.pareto circle { fill: none; stroke: var(--dim); stroke-width: 1.5; } .pareto .stairs { fill: none; stroke: var(--front); stroke-dasharray: 4 3; }
.pareto .front { fill: var(--front); stroke: var(--front); }
</style>`

// SVG returns the plot as a drawing that needs nothing else: a filled diamond is
// on the front, an open circle is not, and each tells what it is, by its title and,
// as far as there is room, by a label.
func (p *Plot) SVG() string {
	sx, sy := p.scales()
	acrossX := func(v float64) float64 { return left + inset + sx.at(v)*(wide-left-2*inset) }
	upY := func(v float64) float64 { return high - bottom - inset - sy.at(v)*(high-bottom-2*inset) }
	x := func(q Point) float64 { return acrossX(q.X) }
	y := func(q Point) float64 { return upY(q.Y) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="pareto" role="img" aria-label="%s over %s" viewBox="0 0 %d %d" width="%d">%s`+"\n",
		escaped(p.Y.Name), escaped(p.X.Name), wide, high, pixels, style)
	fmt.Fprintf(&b, `<rect class="frame" x="%d" y="1" width="%d" height="%d"/>`+"\n", left, wide-left-1, high-bottom)
	text := func(x, y float64, anchor, s string) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", x, y, anchor, escaped(s))
	}
	if len(p.Points) > 0 {
		for _, v := range sx.ticks(gapX) {
			fmt.Fprintf(&b, `<path class="grid" d="M%.1f 1V%d"/>`+"\n", acrossX(v), high-bottom+4)
			if v == sx.hi && v > sx.lo { // may be long
				text(wide-1, high-bottom+16, "end", p.X.Text(v))
				continue
			}
			text(acrossX(v), high-bottom+16, "middle", p.X.Text(v))
		}
		for _, v := range sy.ticks(gapY) {
			fmt.Fprintf(&b, `<path class="grid" d="M%d %.1fH%d"/>`+"\n", left-4, upY(v), wide-1)
			text(left-6, upY(v)+4, "end", p.Y.Text(v))
		}
	}
	text((left+wide)/2, high-6, "middle", fmt.Sprintf("%s (%s%s)", p.X.Name, p.X.better(), sx.note()))
	fmt.Fprintf(&b, `<text transform="translate(14 %d) rotate(-90)" text-anchor="middle">%s</text>`+"\n", (high-bottom)/2,
		escaped(fmt.Sprintf("%s (%s%s)", p.Y.Name, p.Y.better(), sy.note())))
	if p.Stairs {
		fmt.Fprintf(&b, `<path class="stairs" d="%s"/>`+"\n", p.stairs(x, y))
	}
	for _, q := range p.Points {
		if !q.Front {
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="4"><title>%s</title></circle>`+"\n", x(q), y(q), escaped(q.Title))
		}
	}
	for _, q := range p.Points { // after the others, and so above them
		if q.Front {
			fmt.Fprintf(&b, `<path class="front" d="M%.1f %.1fl6 6-6 6-6-6z"><title>%s</title></path>`+"\n", x(q), y(q)-6, escaped(q.Title))
		}
	}
	for _, at := range labelled(p.Points, x, y) {
		class := "label"
		if at.front {
			class += " best"
		}
		if at.label != "" {
			fmt.Fprintf(&b, `<text class="%s" x="%.1f" y="%.1f">%s</text>`+"\n", class, at.labelX, at.labelY, escaped(at.label))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// stairs returns the path along the front: what is beyond it, no point has
// reached.
func (p *Plot) stairs(x, y func(q Point) float64) string {
	var front []Point
	for _, q := range p.Points {
		if q.Front {
			front = append(front, q)
		}
	}
	slices.SortFunc(front, func(a, b Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	var path strings.Builder
	for k, q := range front {
		switch {
		case k == 0:
			fmt.Fprintf(&path, "M%.1f %.1f", x(q), y(q))
		case p.X.More: // the corner is at the lesser point's height
			fmt.Fprintf(&path, "V%.1fH%.1f", y(q), x(q))
		default:
			fmt.Fprintf(&path, "H%.1fV%.1f", x(q), y(q))
		}
	}
	return path.String()
}

// escaped returns text as XML has it.
func escaped(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic("pareto: a strings.Builder does not fail: " + err.Error())
	}
	return b.String()
}
