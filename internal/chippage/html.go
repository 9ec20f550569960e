package chippage

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/internal/page"
)

var (
	//go:embed page.html
	bodyText string
	//go:embed tables.html
	tablesText string
)

var report = template.Must(page.New(bodyText, template.FuncMap{
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
}).New("both").Parse(tablesText))

const (
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
	Map     *maps
	Fullest []compiler.Link
}

// maps are the two maps of the mesh, with what their colours say.
type maps struct {
	Window                      Window
	Numbers                     bool
	Letters                     []LimitLetter
	Shares, Cores, Loads, Links template.HTML
}

// WriteHTML writes the report as one page that needs nothing else. Times are left
// out, so the same report gives the same bytes.
func WriteHTML(w io.Writer, r *compiler.Report) error {
	d := data{R: r, Fullest: slices.Clone(r.Links.List)}
	slices.SortStableFunc(d.Fullest, func(a, b compiler.Link) int {
		return cmp.Or(cmp.Compare(b.Load.Weighted, a.Load.Weighted), cmp.Compare(b.Load.Unweighted, a.Load.Unweighted))
	})
	d.Fullest = d.Fullest[:min(len(d.Fullest), fullestLinks)]
	if v := windowOf(r); !v.Empty() {
		d.Map = draw(r, v)
	}
	return page.Write(w, report, r.Network+" on "+r.Target, d)
}

// Tables returns what a page says of a compilation in words and tables, without the
// maps.
func Tables(r *compiler.Report) template.HTML {
	var b strings.Builder
	for _, part := range []string{"summary", "tables"} {
		if err := report.ExecuteTemplate(&b, part, data{R: r}); err != nil {
			panic("chippage: tables.html: " + err.Error())
		}
	}
	return template.HTML(b.String())
}

func draw(r *compiler.Report, v Window) *maps {
	most := fullest(r)
	links := make([]Link, len(r.Links.List))
	for k, l := range r.Links.List {
		links[k] = LinkOf(l.From, l.To, l.Load.Weighted, most)
	}
	return &maps{
		Window: v, Numbers: v.Numbered(), Letters: limitLetters,
		Shares: Legend(func(share float64) string { return fmt.Sprintf("%v %%", 100*share) }),
		Cores:  CoreMap("how full each core is", v, Occupancy(&r.CoreLimits, r.CoreList)),
		Loads:  Legend(func(share float64) string { return fmt.Sprint(int64(float64(most) * share)) }),
		Links:  LinkMap("how much each link carries", v, links),
	}
}

// LinkOf returns a link that carries something, of a mesh whose fullest carries most.
func LinkOf(from, to [2]int, load, most int64) Link {
	return Link{
		From: from, To: to, Share: float64(load) / float64(most),
		Title: fmt.Sprintf("%d,%d→%d,%d: %d", from[0], from[1], to[0], to[1], load),
	}
}

// Occupancy returns cores as how full they are, of what they are fullest of.
func Occupancy(limits *compiler.CoreLimits, cores []compiler.CoreReport) []Core {
	out := make([]Core, len(cores))
	for k := range cores {
		c := &cores[k]
		out[k] = Core{X: c.X, Y: c.Y, Share: c.Share, Letter: letter(c.Limit), Title: fill(limits, c, len(cores) > maxNamed)}
	}
	return out
}

// CoreName says which core it is, where, and whose.
func CoreName(c *compiler.CoreReport) string {
	name := []rune(c.Population)
	if len(name) > titleName {
		name = append(name[:titleName], '…')
	}
	return fmt.Sprintf("core %d at (%d, %d), %s", c.Core, c.X, c.Y, string(name))
}

// fill tells all of a core in a line, in short with letters for the limits.
func fill(limits *compiler.CoreLimits, c *compiler.CoreReport, short bool) string {
	var b strings.Builder
	b.WriteString(CoreName(c) + ": ")
	for k, u := range limits.Uses(c) {
		if k > 0 {
			b.WriteString(", ")
		}
		what := u.Limit
		if short {
			what = letter(what)
		} else if what == "synapses" {
			what = "synapse words"
		}
		fmt.Fprintf(&b, "%s %d/%d", what, u.Used, u.Of)
	}
	if limits.SynapseWords == 0 {
		fmt.Fprintf(&b, ", synapses %d", c.Synapses)
	}
	fmt.Fprintf(&b, "; %s %.0f %%", c.Limit, 100*c.Share)
	return b.String()
}
