package chippage

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/weft-toolchain/weft/compiler"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"percent": func(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) },
	"scale": func(q compiler.QuantReport) string {
		if q.ScaleMax > q.Scale*1.000001 {
			return fmt.Sprintf("%.4g…%.4g", q.Scale, q.ScaleMax)
		}
		return fmt.Sprintf("%.4g", q.Scale)
	},
	"sqnr": func(q compiler.QuantReport) string {
		if q.SQNRdB == nil {
			return "exact"
		}
		return fmt.Sprintf("%.1f dB", *q.SQNRdB)
	},
}).Parse(pageText))

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
	// maxNamed is how many cores tell their limits by name.
	maxNamed = 1024
	// fullestLinks is how many links are listed.
	fullestLinks = 10
	// titleName is how many letters of a population's name a core tells.
	titleName = 24
)

// data is what the page shows.
type data struct {
	R       *compiler.Report
	Map     *drawing
	Fullest []compiler.Link
}

// drawing is the two maps of the mesh.
type drawing struct {
	Window        string
	Width, Height int
	// Pixels is how wide the maps are where there is room, Least where not.
	Pixels, Least int
	Numbers       bool
	Bins          []legend
	Letters       any
	Axes          []label
	// Empty is the outline of places without a core, Routers of all routers.
	Empty, Routers string
	Cores, Links   []group
	// Low and High are the texts on the lower and the higher half of the colours.
	Low, High []label
}

// legend is a colour, the per cent that it goes to, and the spikes.
type legend struct {
	Bin    int
	To     float64
	Spikes int64
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

// WriteHTML writes the report as one page that needs nothing else: readable on
// a phone, in the dark, on paper and without seeing colours. Times are left
// out, so the same report gives the same bytes.
func WriteHTML(w io.Writer, r *compiler.Report) error {
	d := data{R: r, Fullest: slices.Clone(r.Links.List)}
	slices.SortStableFunc(d.Fullest, func(a, b compiler.Link) int {
		return cmp.Or(cmp.Compare(b.Load.Weighted, a.Load.Weighted), cmp.Compare(b.Load.Unweighted, a.Load.Unweighted))
	})
	d.Fullest = d.Fullest[:min(len(d.Fullest), fullestLinks)]
	if v := windowOf(r); v.w > 0 {
		d.Map = draw(r, v)
	}
	var text bytes.Buffer
	if err := page.Execute(&text, d); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

func draw(r *compiler.Report, v window) *drawing {
	d := &drawing{
		Window: v.String(), Width: margin + pitch*v.w, Height: margin + pitch*v.h,
		Numbers: v.w <= maxNumbered, Letters: letters,
	}
	d.Pixels = min(40*v.w+32, 1100)
	d.Least = min(d.Pixels, 14*v.w+20)
	most := fullest(r)
	for k := range numBins {
		d.Bins = append(d.Bins, legend{k, 100 * float64(k+1) / numBins, int64(float64(most) * float64(k+1) / numBins)})
	}
	d.axes(v)
	d.cores(r, v)
	d.links(r, v, most)
	return d
}

// axes numbers the columns and rows.
func (d *drawing) axes(v window) {
	step := 1
	if v.w > maxNumbered {
		step = 4
	}
	for x := 0; x < v.w; x += step {
		d.Axes = append(d.Axes, label{strconv.Itoa(margin + pitch*x + pitch/2), margin - 4, strconv.Itoa(v.x0 + x)})
	}
	for y := 0; y < v.h; y += step {
		d.Axes = append(d.Axes, label{strconv.Itoa(margin / 2), margin + pitch*y + pitch/2 + 2, strconv.Itoa(v.y0 + y)})
	}
}

// cores draws a square for each core, with a letter and, where there is room, a
// number on it, and the outlines of places without one.
func (d *drawing) cores(r *compiler.Report, v window) {
	used := make([]bool, v.w*v.h)
	var squares [numBins][]shape
	texts := [2][]label{make([]label, v.h), make([]label, v.h)} // letters by row
	for k := range r.CoreList {
		c := &r.CoreList[k]
		used[(c.Y-v.y0)*v.w+c.X-v.x0] = true
		x, y := margin+pitch*(c.X-v.x0), margin+pitch*(c.Y-v.y0)
		b := bin(c.Share, numBins)
		squares[b] = append(squares[b], shape{square(x+1, y+1, pitch-2), coreTitle(r, c)})
		half, numbers := b/(numBins/2), []*[]label{&d.Low, &d.High}
		middle := strconv.Itoa(x + pitch/2)
		row := &texts[half][c.Y-v.y0]
		row.X += middle + " "
		row.Text += letter(c.Limit)
		row.Y = y + pitch/2 + 2
		if d.Numbers {
			row.Y = y + 8
			*numbers[half] = append(*numbers[half], label{middle, y + 16, strconv.Itoa(int(math.Round(100 * c.Share)))})
		}
	}
	d.Cores = grouped(squares)
	d.Low, d.High = append(d.Low, texts[0]...), append(d.High, texts[1]...)
	var empty, routers strings.Builder
	for k, u := range used {
		x, y := margin+pitch*(k%v.w), margin+pitch*(k/v.w)
		if !u {
			empty.WriteString(square(x+2, y+2, pitch-4))
		}
		routers.WriteString(square(x+6, y+6, pitch-12))
	}
	d.Empty, d.Routers = empty.String(), routers.String()
}

// coreTitle tells all of a core in a line, on a large chip with letters for the
// limits.
func coreTitle(r *compiler.Report, c *compiler.CoreReport) string {
	var b strings.Builder
	name := []rune(c.Population)
	if len(name) > titleName {
		name = append(name[:titleName], '…')
	}
	fmt.Fprintf(&b, "core %d at (%d, %d), %s: ", c.Core, c.X, c.Y, string(name))
	for k, u := range r.CoreLimits.Uses(c) {
		if k > 0 {
			b.WriteString(", ")
		}
		what := u.Limit
		if len(r.CoreList) > maxNamed {
			what = letter(what)
		} else if what == "synapses" {
			what = "synapse words"
		}
		fmt.Fprintf(&b, "%s %d/%d", what, u.Used, u.Of)
	}
	if r.CoreLimits.SynapseWords == 0 {
		fmt.Fprintf(&b, ", synapses %d", c.Synapses)
	}
	fmt.Fprintf(&b, "; %s %.0f %%", c.Limit, 100*c.Share)
	return b.String()
}

// square returns the path of a square.
func square(x, y, size int) string {
	return fmt.Sprintf("M%d %dh%dv%dh-%dz", x, y, size, size, size)
}

// links draws a wedge for each link, wide where the spikes come from; the two
// directions of a pair of routers are beside each other.
func (d *drawing) links(r *compiler.Report, v window, most int64) {
	var wedges [numBins][]shape
	for _, l := range r.Links.List {
		b := bin(float64(l.Load.Weighted)/float64(most), numBins)
		wedges[b] = append(wedges[b], shape{
			Path:  wedge(l.From[0]-v.x0, l.From[1]-v.y0, l.To[0]-l.From[0], l.To[1]-l.From[1], b),
			Title: fmt.Sprintf("%d,%d→%d,%d: %d", l.From[0], l.From[1], l.To[0], l.To[1], l.Load.Weighted),
		})
	}
	d.Links = grouped(wedges)
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
