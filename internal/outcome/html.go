package outcome

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/weft-toolchain/weft/internal/page"
	"github.com/weft-toolchain/weft/internal/pareto"
)

//go:embed page.html
var bodyText string

var body = page.New(bodyText, nil)

// Page is a table with plots, and what is said above them.
type Page struct {
	Title string
	// Lead is a paragraph each.
	Lead  []string
	Table *Table
	Plots []pareto.Plot
}

// pageTable is some of the columns of a Table: all in one are wider than a sheet.
type pageTable struct {
	Title         string
	Labels, Heads []string
	Rows          []pageRow
	Front         bool // has a column for it
}

type pageRow struct {
	Labels, Figures []string
	Front           bool
	// Failed stands in the place of figures.
	Failed string
}

type pagePlot struct {
	Title string
	SVG   template.HTML
}

// WriteHTML writes one page that needs nothing else.
func (p *Page) WriteHTML(w io.Writer) error {
	data := struct {
		Lead         []string
		Tables       []pageTable
		Plots        []pagePlot
		Approximated []string
	}{Lead: p.Lead, Tables: p.Table.split(), Approximated: p.Table.Approximated()}
	for _, plot := range p.Plots {
		// Every text in a plot's drawing is escaped there.
		data.Plots = append(data.Plots, pagePlot{plot.Y.Name + " over " + plot.X.Name, template.HTML(plot.SVG())})
	}
	return page.Write(w, body, p.Title, data)
}

// split parts the table into that of all rows, and the components of their energy.
func (t *Table) split() []pageTable {
	var all, parts []Column
	for _, c := range t.shown() {
		if c.Component {
			parts = append(parts, c)
			continue
		}
		if c.Name == Energy.Name && !t.Brief {
			parts = append(parts, c)
		}
		all = append(all, c)
	}
	alone(all)
	first, second := pageTable{Labels: t.Labels, Heads: heads(all), Front: true}, pageTable{Title: "Energy by component", Labels: t.Labels, Heads: heads(parts)}
	for _, r := range t.Rows {
		row := pageRow{Labels: r.Labels, Front: r.Front}
		if r.Outcome == nil {
			row.Failed = r.note()
			first.Rows = append(first.Rows, row)
			continue
		}
		row.Figures = r.figures(all)
		first.Rows = append(first.Rows, row)
		row.Figures = r.figures(parts)
		second.Rows = append(second.Rows, row)
	}
	if len(parts) == 0 {
		return []pageTable{first}
	}
	return []pageTable{first, second}
}
