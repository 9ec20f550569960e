package outcome

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/internal/page"
	"github.com/weft-toolchain/weft/internal/pareto"
)

//go:embed page.html
var bodyText string

var body = page.New(bodyText, template.FuncMap{"dotted": dotted})

// dotted is a name that may be broken behind its dots, as encode.ticks.
func dotted(name string) template.HTML {
	return template.HTML(strings.ReplaceAll(template.HTMLEscapeString(name), ".", ".<wbr>"))
}

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
	// Keys is how many of the figures are important; they come first.
	Keys int
	Rows []pageRow
}

type pageRow struct {
	// Number is the row's in the whole table, from 1.
	Number          int
	Labels, Figures []string
	Front           bool
	// In the place of figures: the number of the failure below the table, or a few
	// words.
	Failure int
	Why     string
}

// pageNote is a sentence below the tables, with its number from 1.
type pageNote struct {
	Number     int
	Rows, Text string
}

type pagePlot struct {
	Title string
	SVG   template.HTML
}

// WriteHTML writes one page that needs nothing else.
func (p *Page) WriteHTML(w io.Writer) error {
	data := struct {
		Lead                   []string
		Tables                 []*pageTable
		Plots                  []pagePlot
		Failures, Approximated []pageNote
		// Front: some row is on it.
		Front bool
	}{
		Lead: p.Lead, Tables: p.Table.split(), Failures: notes(p.Table.failures()), Approximated: notes(p.Table.differences()),
		Front: slices.ContainsFunc(p.Table.Rows, func(r Row) bool { return r.Front }),
	}
	for _, plot := range p.Plots {
		// Every text in a plot's drawing is escaped there.
		data.Plots = append(data.Plots, pagePlot{plot.Y.Name + " over " + plot.X.Name, template.HTML(plot.SVG())})
	}
	return page.Write(w, body, p.Title, data)
}

func notes(all []told) []pageNote {
	var out []pageNote
	for k, t := range all {
		out = append(out, pageNote{k + 1, numbered(t.rows), t.text})
	}
	return out
}

// split parts the table into that of all rows, and the components of their energy.
func (t *Table) split() []*pageTable {
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
	numbers := numbersOf(t.failures())
	first, second := &pageTable{Labels: t.Labels, Keys: importantFirst(all)}, &pageTable{Title: "Energy by component", Labels: t.Labels, Keys: importantFirst(parts)}
	second.Heads = heads(parts)
	alone(all)
	first.Heads = heads(all)
	for k, r := range t.Rows {
		row := pageRow{Number: k + 1, Labels: r.Labels, Front: r.Front}
		if r.Outcome == nil {
			row.Failure, row.Why = numbers[k], r.why()
			first.Rows = append(first.Rows, row)
			continue
		}
		row.Figures = r.figures(all)
		first.Rows = append(first.Rows, row)
		row.Figures = r.figures(parts)
		second.Rows = append(second.Rows, row)
	}
	if len(parts) == 0 {
		return []*pageTable{first}
	}
	return []*pageTable{first, second}
}

// Span is how many columns why there is no outcome may take.
func (t *pageTable) Span() int { return max(len(t.Heads), 1) }

// Columns lays the table out on a phone, where figures that are important stand before
// the labels.
func (t *pageTable) Columns() template.CSS {
	return template.CSS(fmt.Sprintf("--columns: repeat(%d, auto); --keys: %d", 1+len(t.Labels)+t.Span(), max(t.Keys, 1)))
}

// important are the figures that a page has first.
var important = []string{Accuracy.Name, Latency.Name, Energy.Name}

// importantFirst puts these before the others, and returns how many there are.
func importantFirst(columns []Column) int {
	keys := 0
	for k, c := range columns {
		if slices.Contains(important, c.Name) {
			copy(columns[keys+1:k+1], columns[keys:k])
			columns[keys] = c
			keys++
		}
	}
	return keys
}
