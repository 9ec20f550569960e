package chippage

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/compiler"
)

// maxColumns is how wide a map in letters is at most; a larger part of the mesh
// is drawn with several cores to a letter.
const maxColumns = 64

// shades are the quarters of a share that is more than none, and none where
// there is nothing.
var shades = []rune{'░', '▒', '▓', '█'}

const none = '·'

// shade returns the letter of a share from 0 to 1.
func shade(share float64) rune {
	return shades[bin(share, len(shades))]
}

// WriteMap draws three maps in letters: how full the cores are, of what they are
// fullest, and how much the fullest link of each router carries.
func WriteMap(w io.Writer, r *compiler.Report) error {
	out := bufio.NewWriter(w)
	v := windowOf(r)
	step := 1
	for (v.w+step-1)/step > maxColumns {
		step++
	}
	fmt.Fprintf(out, "%s of %d × %d", v, r.Mesh[0], r.Mesh[1])
	if step > 1 {
		fmt.Fprintf(out, ", %d × %d of them to a letter, which tells the fullest", step, step)
	}
	fmt.Fprintf(out, "\n\nhow full each core is, of what it is fullest of:\n")
	occupancy, limits, links := newLetters(v, step), newLetters(v, step), newLetters(v, step)
	for _, c := range r.CoreList {
		if occupancy.raise(c.X, c.Y, c.Share, shade(c.Share)) {
			limits.raise(c.X, c.Y, c.Share, rune(letter(c.Limit)[0]))
		}
	}
	most := fullest(r)
	for _, l := range r.Links.List {
		share := float64(l.Load.Weighted) / float64(most)
		links.raise(l.From[0], l.From[1], share, shade(share))
	}
	occupancy.write(out)
	fmt.Fprintf(out, "%s  %c no core\n\nwhat that is:\n", quarters(), none)
	limits.write(out)
	var names []string
	for _, l := range limitLetters {
		names = append(names, l.Letter+" "+l.Limit)
	}
	fmt.Fprintf(out, "%s  %c no core\n\nthe fullest link that leaves each router:\n", strings.Join(names, "  "), none)
	links.write(out)
	fmt.Fprintf(out, "%s  %c none", quarters(), none)
	if l := r.Links.Fullest; l != nil {
		fmt.Fprintf(out, "; 100 %% is (%d, %d) → (%d, %d) with %d spikes", l.From[0], l.From[1], l.To[0], l.To[1], l.Load.Weighted)
	}
	fmt.Fprintln(out)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write map: %w", err)
	}
	return nil
}

// quarters is the legend of the shades.
func quarters() string {
	words := make([]string, len(shades))
	for k, s := range shades {
		words[k] = fmt.Sprintf("%c to %d %%", s, 100*(k+1)/len(shades))
	}
	return strings.Join(words, "  ")
}

// letterMap is a window of the mesh with a letter for step × step cores: that of
// the largest value among them.
type letterMap struct {
	Window
	step    int
	columns int
	cells   []rune
	values  []float64
}

func newLetters(v Window, step int) *letterMap {
	m := &letterMap{Window: v, step: step, columns: (v.w + step - 1) / step}
	m.cells = []rune(strings.Repeat(string(none), m.columns*((v.h+step-1)/step)))
	m.values = make([]float64, len(m.cells))
	return m
}

// raise puts a letter where (x, y) is, if there is none yet or that of a smaller
// value, and reports whether it did.
func (m *letterMap) raise(x, y int, value float64, letter rune) bool {
	k := (y-m.y0)/m.step*m.columns + (x-m.x0)/m.step
	if m.cells[k] != none && value <= m.values[k] {
		return false
	}
	m.cells[k], m.values[k] = letter, value
	return true
}

// write writes the rows, each with the y of its first core, and the x of the
// first column and of the last; between chips there are lines.
func (m *letterMap) write(w io.Writer) {
	var width int
	for k := 0; k < len(m.cells); k += m.columns {
		y := m.y0 + k/m.columns*m.step
		row, border := m.row(m.cells[k:k+m.columns], '│'), m.row(slices.Repeat([]rune{'─'}, m.columns), '┼')
		if width = len(row); k > 0 && m.newChip(1, y, m.step) {
			fmt.Fprintf(w, "%5s  %s\n", "", string(border))
		}
		fmt.Fprintf(w, "%5d  %s\n", y, string(row))
	}
	first, last := fmt.Sprint(m.x0), fmt.Sprint(m.x0+(m.columns-1)*m.step)
	if gap := width - len(first) - len(last); gap > 0 {
		first += strings.Repeat(" ", gap) + last
	}
	fmt.Fprintf(w, "%5s  %s\n", "y/x", first)
}

// row returns a row's letters with a line wherever another chip begins.
func (m *letterMap) row(letters []rune, line rune) (out []rune) {
	for k, l := range letters {
		if k > 0 && m.newChip(0, m.x0+k*m.step, m.step) {
			out = append(out, line)
		}
		out = append(out, l)
	}
	return out
}
