package outcome

import (
	"fmt"
	"strings"
)

// told is a sentence about rows, which are indices that ascend.
type told struct {
	text string
	rows []int
}

// once lists what is said of the rows, each sentence once, in the order in which they
// are first said.
func (t *Table) once(of func(*Row) []string) []told {
	var all []told
	at := map[string]int{}
	for i := range t.Rows {
		for _, s := range of(&t.Rows[i]) {
			k, there := at[s]
			if !there {
				k = len(all)
				at[s] = k
				all = append(all, told{text: s})
			}
			all[k].rows = append(all[k].rows, i)
		}
	}
	return all
}

// differences lists what differs from the networks' real numbers.
func (t *Table) differences() []told {
	return t.once(func(r *Row) []string {
		if r.Outcome == nil {
			return nil
		}
		return r.Outcome.Approximated
	})
}

// maxNamed is how many rows are named that a sentence is about.
const maxNamed = 6

// Approximated says of all rows what differs from the networks' real numbers,
// each sentence once with the rows that it is about, by their labels.
func (t *Table) Approximated() []string {
	var out []string
	for _, d := range t.differences() {
		var names []string
		for _, i := range d.rows[:min(len(d.rows), maxNamed)] {
			names = append(names, strings.Join(t.Rows[i].Labels, " "))
		}
		more := ""
		if n := len(d.rows) - maxNamed; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		out = append(out, strings.Join(names, ", ")+more+": "+d.text)
	}
	return out
}

// why says in a line why there is no outcome, and nothing where there is one.
func (r *Row) why() string {
	if r.Outcome != nil {
		return ""
	}
	first, _, more := strings.Cut(r.Error, "\n")
	if more {
		first += " …"
	}
	return first
}

// maxInRow is how many bytes of why there is no outcome stand in the row itself, such
// as "not done yet"; more would stretch the table.
const maxInRow = 20

// failures lists why rows have no outcome, as far as it is told below the table.
func (t *Table) failures() []told {
	return t.once(func(r *Row) []string {
		if why := r.why(); len(why) > maxInRow {
			return []string{why}
		}
		return nil
	})
}

// numbersOf returns, by row, the number from 1 of the failure that it has.
func numbersOf(failures []told) map[int]int {
	out := map[int]int{}
	for k, f := range failures {
		for _, i := range f.rows {
			out[i] = k + 1
		}
	}
	return out
}

// numbered names rows by their numbers, from 1: rows 1 to 3, 5.
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
