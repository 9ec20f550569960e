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

// Page is a table with plots, and what is said above them.
type Page struct {
	Title string
	// Lead is a paragraph each.
	Lead  []string
	Table *Table
	Plots []pareto.Plot
}

type pageRow struct {
	Cells []string
	Front bool
}

type pagePlot struct {
	Title string
	SVG   template.HTML
}

// WriteHTML writes one page that needs nothing else.
func (p *Page) WriteHTML(w io.Writer) error {
	columns := p.Table.shown()
	first := len(p.Table.Labels)
	t := page.New(bodyText, template.FuncMap{
		"number": func(k int) bool { return k >= first && k < first+len(columns) },
	})
	data := struct {
		Lead         []string
		Heads        []string
		Rows         []pageRow
		Plots        []pagePlot
		Approximated []string
	}{Lead: p.Lead, Heads: p.Table.heads(columns), Approximated: p.Table.Approximated()}
	for _, r := range p.Table.Rows {
		data.Rows = append(data.Rows, pageRow{r.cells(columns), r.Front})
	}
	for _, plot := range p.Plots {
		// Every text in a plot's drawing is escaped there.
		data.Plots = append(data.Plots, pagePlot{plot.Y.Name + " over " + plot.X.Name, template.HTML(plot.SVG())})
	}
	return page.Write(w, t, p.Title, data)
}
