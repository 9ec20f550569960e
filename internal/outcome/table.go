package outcome

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/weft-toolchain/weft/internal/pareto"
	"github.com/weft-toolchain/weft/targets"
)

// Table is outcomes in rows.
type Table struct {
	// Labels are the heads of the columns that say what a row is of.
	Labels []string
	Rows   []Row
	// Brief leaves the components of energy, and areas, to csv and JSON.
	Brief bool
}

// Row is an outcome, or why there is none.
type Row struct {
	Labels []string
	// Outcome is nil where there is none, and Error then says why.
	Outcome *Outcome
	Error   string
	// Front says that no other row is better, see Mark.
	Front bool
}

// Outcomes returns those that there are.
func (t *Table) Outcomes() []*Outcome {
	var all []*Outcome
	for _, r := range t.Rows {
		if r.Outcome != nil {
			all = append(all, r.Outcome)
		}
	}
	return all
}

// Mark marks the rows of the Pareto front over these figures. A row that lacks
// one is not on it.
func (t *Table) Mark(over ...Column) {
	if len(over) == 0 {
		return
	}
	points := make([][]float64, len(t.Rows))
	for i, r := range t.Rows {
		points[i] = make([]float64, len(over))
		for k, c := range over {
			x, ok := c.Of(&r)
			switch {
			case !ok:
				x = math.NaN()
			case c.More:
				x = -x
			}
			points[i][k] = x
		}
	}
	for i, front := range pareto.Front(points) {
		t.Rows[i].Front = front
	}
}

// Has reports whether some row has the figure.
func (t *Table) Has(c Column) bool { return t.has(c, false) }

// has is Has, of more than nothing where that is asked for.
func (t *Table) has(c Column, some bool) bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool {
		x, ok := c.Of(&r)
		return ok && (x != 0 || !some)
	})
}

// Objectives are what rows are compared by where nobody says: accuracy, latency
// and energy, as far as there are any.
func (t *Table) Objectives() []Column {
	return slices.DeleteFunc([]Column{Accuracy, Latency, Energy}, func(c Column) bool { return !t.has(c, false) })
}

// unseen are the figures that are in csv and JSON only.
var unseen = []string{"samples", "correct", "synaptic_events", "neurons", "synapses", "hops", "saturations"}

// shown returns the columns for people: those that some row has, and of learning
// only where something learns.
func (t *Table) shown() []Column {
	columns := slices.DeleteFunc(Columns(), func(c Column) bool {
		detail := c.Component || c.Name == Area.Name
		return slices.Contains(unseen, c.Name) || t.Brief && detail || !t.has(c, c.Name == "energy_"+string(targets.Learning))
	})
	if t.Brief {
		alone(columns)
	}
	return columns
}

// alone names the energy as it is where nothing follows that adds up to it.
func alone(columns []Column) {
	for k := range columns {
		columns[k].Head = strings.TrimSuffix(columns[k].Head, " =")
	}
}

// FrontOf says in a sentence what the front over these figures is, and among which
// others.
func FrontOf(others string, over []Column) string {
	names := make([]string, len(over))
	for k, c := range over {
		names[k] = c.Axis
	}
	switch n := len(names); n {
	case 0:
		return "front: there is nothing to compare yet"
	case 1:
		return fmt.Sprintf("front: %s is better in %s", others, names[0])
	default:
		return fmt.Sprintf("front: %s is at least as good in %s and %s, and better in one", others, strings.Join(names[:n-1], ", "), names[n-1])
	}
}

// Plot returns the rows that have both figures as points, labelled with the numbers of
// the rows from 1.
func (t *Table) Plot(x, y Column) pareto.Plot {
	axis := func(c Column) pareto.Axis { return pareto.Axis{Name: c.Axis, More: c.More, Text: c.Text} }
	p := pareto.Plot{X: axis(x), Y: axis(y)}
	for k, r := range t.Rows {
		vx, okX := x.Of(&r)
		vy, okY := y.Of(&r)
		if okX && okY {
			title := fmt.Sprintf("%s: %s %s, %s %s", r.named(t.Labels), x.Axis, x.Text(vx), y.Axis, y.Text(vy))
			p.Points = append(p.Points, pareto.Point{X: vx, Y: vy, Front: r.Front, Label: fmt.Sprint(k + 1), Title: title})
		}
	}
	return p
}

// Plots returns the plots of each two of these figures.
func (t *Table) Plots(over []Column) []pareto.Plot {
	var plots []pareto.Plot
	for k, y := range over {
		for _, x := range over[k+1:] {
			plots = append(plots, t.Plot(x, y))
		}
	}
	return plots
}

// named says what a row is of.
func (r *Row) named(heads []string) string {
	parts := make([]string, len(heads))
	for k, h := range heads {
		parts[k] = h + " " + r.Labels[k]
	}
	return strings.Join(parts, ", ")
}

// missing stands where an outcome lacks a figure.
const missing = "-"

// figures returns the row's figures for people.
func (r *Row) figures(columns []Column) []string {
	out := make([]string, len(columns))
	for k, c := range columns {
		out[k] = missing
		if x, ok := c.Of(r); ok {
			out[k] = c.Text(x)
		}
	}
	return out
}

func heads(columns []Column) []string {
	out := make([]string, len(columns))
	for k, c := range columns {
		out[k] = c.Head
	}
	return out
}

// WriteText writes aligned columns, and below them what some rows have in the place
// of figures.
func (t *Table) WriteText(w io.Writer) error {
	columns := t.shown()
	failures := t.failures()
	numbers := numbersOf(failures)
	var b bytes.Buffer
	tw := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, strings.Join(append(slices.Concat(t.Labels, heads(columns)), "front"), "\t"))
	for k, r := range t.Rows {
		note := r.why()
		if n := numbers[k]; n > 0 {
			note = fmt.Sprintf("(%d)", n)
		}
		if r.Front {
			note = "*"
		}
		fmt.Fprintln(tw, strings.Join(append(slices.Concat(r.Labels, r.figures(columns)), note), "\t"))
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	for k, f := range failures {
		if k == 0 {
			fmt.Fprintln(&b)
		}
		fmt.Fprintf(&b, "(%d) %s\n", k+1, f.text)
	}
	for line := range strings.Lines(b.String()) {
		if _, err := io.WriteString(w, strings.TrimRight(line, " \n")+"\n"); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	return nil
}

// WriteCSV writes all figures of all rows, and nothing where a row lacks one.
func (t *Table) WriteCSV(w io.Writer) error {
	columns := Columns()
	head := slices.Clone(t.Labels)
	for _, c := range columns {
		head = append(head, c.Name)
	}
	records := [][]string{append(head, "spike_hash", "approximated", "front", "error")}
	for _, r := range t.Rows {
		rec := slices.Clone(r.Labels)
		for _, c := range columns {
			text := ""
			if x, ok := c.Of(&r); ok {
				text = plain(x)
			}
			rec = append(rec, text)
		}
		hash, approximated := "", ""
		if r.Outcome != nil {
			hash, approximated = r.Outcome.SpikeHash, strings.Join(r.Outcome.Approximated, "; ")
		}
		records = append(records, append(rec, hash, approximated, fmt.Sprint(r.Front), r.Error))
	}
	if err := csv.NewWriter(w).WriteAll(records); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}
