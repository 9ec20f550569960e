package outcome

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

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
	// Number is the row's in the whole table, from 1.
	Number          int
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
	}{Lead: p.Lead, Tables: p.Table.split()}
	for _, d := range p.Table.differences() {
		data.Approximated = append(data.Approximated, numbered(d.rows)+": "+d.text)
	}
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
	for k, r := range t.Rows {
		row := pageRow{Number: k + 1, Labels: r.Labels, Front: r.Front}
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

// numbered names rows, which ascend from 0, by their numbers: rows 1 to 3, 5.
func numbered(rows []int) string {
	var runs []string
	for k := 0; k < len(rows); {
		end := k + 1
		for end < len(rows) && rows[end] == rows[end-1]+1 {
			end++
		}
		run := fmt.Sprint(rows[k] + 1)
		if end > k+1 {
			run += fmt.Sprintf(" to %d", rows[end-1]+1)
		}
		runs = append(runs, run)
		k = end
	}
	if len(rows) == 1 {
		return "row " + runs[0]
	}
	return "rows " + strings.Join(runs, ", ")
}
