package runpage

import (
	"fmt"
	"strings"
)

// plot is a trace as a line, with its figures in words.
type plot struct {
	Name, Unit string
	// Path is the line in a box of Span × Height, whose x is time, tick 0 being from 0 to
	// 1 as in the raster, and whose y runs from Max, at 0, down to Min; the box begins at
	// −2, for the line's own width.
	Path                 string
	Span, Height         int
	Min, Max, Mean, Last float64
	MinAt, MaxAt, Ticks  int
}

const (
	// plotPlaces is how many places along the time a line is drawn by at most.
	plotPlaces = 600
	plotHeight = 60
)

// newPlot draws a trace. One of more ticks than places is drawn by the least and the
// largest word in each.
func newPlot(t *Trace) (plot, error) {
	words, err := t.words()
	if err != nil || len(words) == 0 {
		return plot{}, err
	}
	p := plot{Name: fmt.Sprintf("%s[%d].%s", t.Population, t.Index, t.State), Span: len(words) + 1, Height: plotHeight + 4, Ticks: len(words)}
	scale := 1.0
	if t.Scale > 0 {
		scale, p.Unit = t.Scale, "in the network file's unit"
	} else {
		p.Unit = "in words of the chip"
	}
	value := func(k int) float64 { return float64(words[k]) / scale }
	low, high, sum := 0, 0, 0.0
	for k, w := range words {
		if w < words[low] {
			low = k
		}
		if w > words[high] {
			high = k
		}
		sum += value(k)
	}
	p.Min, p.Max, p.MinAt, p.MaxAt = value(low), value(high), low+1, high+1
	p.Mean, p.Last = sum/float64(len(words)), value(len(words)-1)
	p.Path = line(words, words[low], words[high])
	return p, nil
}

// line returns the path through words between low and high.
func line(words []int32, low, high int32) string {
	var b strings.Builder
	command := byte('M')
	to := func(k int, w int32) {
		y := float64(plotHeight) / 2
		if high > low {
			y = float64(plotHeight) * (float64(high) - float64(w)) / (float64(high) - float64(low))
		}
		fmt.Fprintf(&b, "%c%d.5 %.1f", command, k+1, y) // the first word is after tick 1
		command = 'L'
	}
	places := min(len(words), plotPlaces)
	for place := range places {
		first, end := place*len(words)/places, (place+1)*len(words)/places
		least, most := first, first
		for k := first; k < end; k++ {
			if words[k] < words[least] {
				least = k
			}
			if words[k] > words[most] {
				most = k
			}
		}
		to(min(least, most), words[min(least, most)])
		if least != most {
			to(max(least, most), words[max(least, most)])
		}
	}
	if len(words) == 1 {
		b.WriteString("h.5")
	}
	return b.String()
}
