package chippage

import (
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
)

//go:embed mesh.html
var meshText string

var meshPage = template.Must(template.New("mesh").Parse(meshText))

// The drawing's measures, in its own units: how far cores are apart, and what
// the numbers of rows and columns take.
const (
	pitch  = 20
	margin = 16
)

const (
	// numBins is how many colours there are.
	numBins = 8
	// maxNumbered is how many columns are drawn with a number in each core.
	maxNumbered = 24
)

// Window is the part of a mesh that is drawn. Its zero value is nothing.
type Window struct {
	x0, y0, w, h int
	chip         [2]int // width and height where there are several, else zeros
}

// Take makes the window large enough for a place.
func (v *Window) Take(x, y int) {
	if v.Empty() {
		v.x0, v.y0, v.w, v.h = x, y, 1, 1
		return
	}
	x1, y1 := max(x, v.x0+v.w-1), max(y, v.y0+v.h-1)
	v.x0, v.y0 = min(x, v.x0), min(y, v.y0)
	v.w, v.h = x1-v.x0+1, y1-v.y0+1
}

// newChip reports whether a column or row, as axis 0 or 1, is of another chip than
// the one that lies step before it.
func (v Window) newChip(axis, at, step int) bool {
	size := v.chip[axis]
	return size > 0 && at/size != (at-step)/size
}

// Empty reports whether there is nothing in it.
func (v Window) Empty() bool { return v.w == 0 }

// Numbered reports whether there is room for a number in each core.
func (v Window) Numbered() bool { return v.w <= maxNumbered }

// String says which part of the mesh it is.
func (v Window) String() string {
	return fmt.Sprintf("%d × %d cores from (%d, %d)", v.w, v.h, v.x0, v.y0)
}

// Core is a core on a map.
type Core struct {
	X, Y int
	// Share, from 0 to 1, is its colour, and its number in per cent.
	Share float64
	// Letter is written above the number; empty is none. Title tells all.
	Letter, Title string
}

// Link is a link from a router to the next on a map; Share, from 0 to 1, is its
// colour and width.
type Link struct {
	From, To [2]int
	Share    float64
	Title    string
}

// drawing is a map of cores or of links.
type drawing struct {
	Label         string
	Width, Height int
	// Pixels is how wide the map is where there is room, Least where not.
	Pixels, Least int
	Axes          []label
	// Borders are lines between chips.
	Borders string
	// Outline is the outline of places without a core, or of all routers, and Class
	// says which.
	Outline, Class string
	Groups         []group
	// Low and High are the texts on the lower and the higher half of the colours.
	Low, High []label
}

// label is a text in the middle of a place, or one whose letters are each in the
// middle of one: X is a list of numbers.
type label struct {
	X    string
	Y    int
	Text string
}

// shape is something that tells what it is.
type shape struct{ Path, Title string }

// group is what has one colour.
type group struct {
	Bin    int
	Shapes []shape
}

// grouped lists the colours in use.
func grouped(shapes [numBins][]shape) []group {
	var out []group
	for b, s := range shapes {
		if len(s) > 0 {
			out = append(out, group{b, s})
		}
	}
	return out
}

// bin returns in which of n equal parts of 0 to 1 a share is, each with its
// upper end.
func bin(share float64, n int) int {
	return max(0, min(int(math.Ceil(share*float64(n)))-1, n-1))
}

// Legend returns a line of the colours, each with the text of the share that it
// goes to.
func Legend(text func(share float64) string) template.HTML {
	var b strings.Builder
	b.WriteString(`<p class="legend">`)
	for k := range numBins {
		fmt.Fprintf(&b, `<span><i class="b%d"></i>to %s</span>`, k, template.HTMLEscapeString(text(float64(k+1)/numBins)))
	}
	b.WriteString("</p>")
	return template.HTML(b.String())
}

// CoreMap draws a square for each core of a window, with its letter and, where
// there is room, its number on it, and the outlines of places without one. The
// label is for who does not see it.
func CoreMap(name string, v Window, cores []Core) template.HTML {
	d := newDrawing(name, v)
	used := make([]bool, v.w*v.h)
	var squares [numBins][]shape
	texts := [2][]label{make([]label, v.h), make([]label, v.h)} // letters by row
	for k := range cores {
		c := &cores[k]
		used[(c.Y-v.y0)*v.w+c.X-v.x0] = true
		x, y := margin+pitch*(c.X-v.x0), margin+pitch*(c.Y-v.y0)
		b := bin(c.Share, numBins)
		squares[b] = append(squares[b], shape{square(x+1, y+1, pitch-2), c.Title})
		half, numbers := b/(numBins/2), []*[]label{&d.Low, &d.High}
		middle := strconv.Itoa(x + pitch/2)
		below := y + pitch/2 + 2
		if c.Letter != "" {
			row := &texts[half][c.Y-v.y0]
			row.X += middle + " "
			row.Text += c.Letter
			row.Y = below
			if v.Numbered() {
				row.Y, below = y+8, y+16
			}
		}
		if v.Numbered() {
			*numbers[half] = append(*numbers[half], label{middle, below, strconv.Itoa(int(math.Round(100 * c.Share)))})
		}
	}
	d.Low, d.High = append(d.Low, texts[0]...), append(d.High, texts[1]...)
	var empty strings.Builder
	for k, u := range used {
		if !u {
			empty.WriteString(square(margin+pitch*(k%v.w)+2, margin+pitch*(k/v.w)+2, pitch-4))
		}
	}
	d.Outline, d.Class, d.Groups = empty.String(), "none", grouped(squares)
	return d.html()
}

// LinkMap draws the routers of a window, and a wedge for each link, wide where the
// packets come from; the two directions of a pair of routers are beside each other.
func LinkMap(name string, v Window, links []Link) template.HTML {
	d := newDrawing(name, v)
	var wedges [numBins][]shape
	for _, l := range links {
		b := bin(l.Share, numBins)
		wedges[b] = append(wedges[b], shape{
			Path:  wedge(l.From[0]-v.x0, l.From[1]-v.y0, l.To[0]-l.From[0], l.To[1]-l.From[1], b),
			Title: l.Title,
		})
	}
	var routers strings.Builder
	for k := range v.w * v.h {
		routers.WriteString(square(margin+pitch*(k%v.w)+6, margin+pitch*(k/v.w)+6, pitch-12))
	}
	d.Outline, d.Class, d.Groups = routers.String(), "router", grouped(wedges)
	return d.html()
}

// newDrawing returns the frame of a map, its columns and rows numbered.
func newDrawing(name string, v Window) *drawing {
	d := &drawing{Label: name, Width: margin + pitch*v.w, Height: margin + pitch*v.h, Pixels: min(40*v.w+32, 1100)}
	d.Least = min(d.Pixels, 14*v.w+20)
	d.Borders = borders(v)
	step := 1
	if !v.Numbered() {
		step = 4
	}
	for x := 0; x < v.w; x += step {
		d.Axes = append(d.Axes, label{strconv.Itoa(margin + pitch*x + pitch/2), margin - 4, strconv.Itoa(v.x0 + x)})
	}
	for y := 0; y < v.h; y += step {
		d.Axes = append(d.Axes, label{strconv.Itoa(margin / 2), margin + pitch*y + pitch/2 + 2, strconv.Itoa(v.y0 + y)})
	}
	return d
}

// borders returns the path of the lines between chips.
func borders(v Window) string {
	var lines strings.Builder
	for x := 1; x < v.w; x++ {
		if v.newChip(0, v.x0+x, 1) {
			fmt.Fprintf(&lines, "M%d %dv%d", margin+pitch*x, margin, pitch*v.h)
		}
	}
	for y := 1; y < v.h; y++ {
		if v.newChip(1, v.y0+y, 1) {
			fmt.Fprintf(&lines, "M%d %dh%d", margin, margin+pitch*y, pitch*v.w)
		}
	}
	return lines.String()
}

// html returns the drawing as SVG that may be scrolled.
func (d *drawing) html() template.HTML {
	var b strings.Builder
	if err := meshPage.Execute(&b, d); err != nil {
		panic("chippage: mesh.html: " + err.Error())
	}
	return template.HTML(b.String())
}

// square returns the path of a square.
func square(x, y, size int) string {
	return fmt.Sprintf("M%d %dh%dv%dh-%dz", x, y, size, size, size)
}

// wedge returns the path of the link from router (x, y) to its neighbour at
// (dx, dy): beside the middle, on the right of who goes along it.
func wedge(x, y, dx, dy, bin int) string {
	const (
		beside = 2  // from the middle
		start  = 4  // the edge of the router
		length = 12 // to the next router's
	)
	half := 0.5 + 0.2*float64(bin)
	cx, cy := margin+pitch*x+pitch/2+start*dx-beside*dy, margin+pitch*y+pitch/2+start*dy+beside*dx
	tip := fmt.Sprintf("L%d %dz", cx+length*dx, cy+length*dy)
	// The base is across the way.
	if dx != 0 {
		return fmt.Sprintf("M%d %.1fv%.1f", cx, float64(cy)-half, 2*half) + tip
	}
	return fmt.Sprintf("M%.1f %dh%.1f", float64(cx)-half, cy, 2*half) + tip
}
