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
)

// Table is outcomes in rows.
type Table struct {
	// Labels are the heads of the columns that say what a row is of.
	Labels []string
	Rows   []Row
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
	points := make([][]float64, len(t.Rows))
	for i, r := range t.Rows {
		points[i] = make([]float64, len(over))
		for k, c := range over {
			x, ok := r.figure(c)
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

// Objectives are what rows are compared by where nobody says: accuracy, latency
// and energy, as far as outcomes have them.
func (t *Table) Objectives() []Column {
	all := t.Outcomes()
	return slices.DeleteFunc([]Column{Accuracy, Latency, Energy}, func(c Column) bool {
		return !slices.ContainsFunc(all, func(o *Outcome) bool { _, ok := c.Of(o); return ok })
	})
}

// Names lists the figures that columns are of, for a sentence.
func Names(columns []Column) string {
	names := make([]string, len(columns))
	for k, c := range columns {
		names[k] = c.Axis
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// Plot returns the rows that have both figures as points.
func (t *Table) Plot(x, y Column) pareto.Plot {
	axis := func(c Column) pareto.Axis { return pareto.Axis{Name: c.Axis, More: c.More, Text: c.Text} }
	p := pareto.Plot{X: axis(x), Y: axis(y)}
	for _, r := range t.Rows {
		vx, okX := r.figure(x)
		vy, okY := r.figure(y)
		if okX && okY {
			title := fmt.Sprintf("%s: %s %s, %s %s", r.named(t.Labels), x.Axis, x.Text(vx), y.Axis, y.Text(vy))
			p.Points = append(p.Points, pareto.Point{X: vx, Y: vy, Front: r.Front, Title: title})
		}
	}
	return p
}

// named says what a row is of.
func (r *Row) named(heads []string) string {
	parts := make([]string, len(heads))
	for k, h := range heads {
		parts[k] = h + " " + r.Labels[k]
	}
	return strings.Join(parts, ", ")
}

// Approximated says of all rows what differs from the networks' real numbers,
// each sentence once with the rows that it is about.
func (t *Table) Approximated() []string {
	var sentences []string
	about := map[string][]string{}
	for _, r := range t.Rows {
		if r.Outcome == nil {
			continue
		}
		for _, s := range r.Outcome.Approximated {
			if about[s] == nil {
				sentences = append(sentences, s)
			}
			about[s] = append(about[s], strings.Join(r.Labels, " "))
		}
	}
	for k, s := range sentences {
		sentences[k] = strings.Join(about[s], ", ") + ": " + s
	}
	return sentences
}

// figure is Of, of a row.
func (r *Row) figure(c Column) (float64, bool) {
	if r.Outcome == nil {
		return 0, false
	}
	return c.Of(r.Outcome)
}

// missing stands where an outcome lacks a figure.
const missing = "-"

// cells returns the row for people: labels and figures, and last whether it is on
// the front or why there is nothing.
func (r *Row) cells(columns []Column) []string {
	out := slices.Clone(r.Labels)
	for _, c := range columns {
		if x, ok := r.figure(c); ok {
			out = append(out, c.Text(x))
		} else {
			out = append(out, missing)
		}
	}
	last := r.Error
	if r.Front {
		last = "*"
	}
	return append(out, last)
}

// heads returns what stands above the cells.
func (t *Table) heads(columns []Column) []string {
	out := slices.Clone(t.Labels)
	for _, c := range columns {
		out = append(out, c.Head)
	}
	return append(out, "front")
}

// WriteText writes aligned columns.
func (t *Table) WriteText(w io.Writer) error {
	columns := Shown(t.Outcomes())
	var b bytes.Buffer
	tw := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, strings.Join(t.heads(columns), "\t"))
	for _, r := range t.Rows {
		fmt.Fprintln(tw, strings.Join(r.cells(columns), "\t"))
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
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
			if x, ok := r.figure(c); ok {
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
