package runpage

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/targets"
)

// bars is a table whose rows have bars: their share of a sum.
type bars struct {
	Of, What string
	Rows     []bar
	// More is how many rows are left out.
	More int
}

type bar struct {
	Name, Text string
	// Share is of the sum, Percent how long the bar is: that of the largest is 100.
	Share, Percent float64
}

// newBars returns a bar for each name.
func newBars(of, what string, names []string, value func(k int) float64, text func(x float64) string) bars {
	b := bars{Of: of, What: what}
	most, sum := 0.0, 0.0
	for k := range names {
		most = max(most, value(k))
		sum += value(k)
	}
	for k, name := range names {
		x := value(k)
		row := bar{Name: name, Text: text(x)}
		if x > 0 {
			row.Share, row.Percent = x/sum, 100*x/most
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

// inOrder returns the keys of a map as the raster's groups have them, then the others
// by name.
func inOrder[T any](v *view, of map[string]T) []string {
	place := map[string]int{}
	if v.Raster != nil {
		for k, g := range v.Raster.Groups {
			place[g.Name] = k - len(v.Raster.Groups)
		}
	}
	return slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(place[a], place[b]), strings.Compare(a, b))
	})
}

// splitEnergy parts the energy by component, by population and by core.
func (v *view) splitEnergy() {
	joules := func(x float64) string { return report.SI(x, "J") }
	var components []string
	for _, c := range targets.Components {
		components = append(components, string(c))
	}
	v.Energy = append(v.Energy, newBars("component", "energy", components, func(k int) float64 { return v.Report.Energy[targets.Components[k]] }, joules))
	pops := inOrder(v, v.EnergyByPopulation)
	v.Energy = append(v.Energy, newBars("population", "energy", pops, func(k int) float64 { return v.EnergyByPopulation[pops[k]] }, joules))
	var cores []string
	for k := range v.EnergyByCore {
		cores = append(cores, fmt.Sprintf("core %d", k))
	}
	byCore := newBars("core", "energy", cores, v.energyOf, joules)
	slices.SortStableFunc(byCore.Rows, func(a, b bar) int { return cmp.Compare(b.Share, a.Share) })
	byCore.More = max(0, len(byCore.Rows)-maxRows)
	byCore.Rows = byCore.Rows[:len(byCore.Rows)-byCore.More]
	v.Energy = append(v.Energy, byCore)
}

// splitLatency is how long inferences, or ticks, took.
func (v *view) splitLatency() {
	h, of, what := v.TickCycles, "cycles of a tick", "ticks"
	switch {
	case v.Sampled && !v.Functional:
		h, of, what = v.Document.Latency.Cycles.Histogram, "cycles of an inference", "samples"
	case v.Sampled:
		h, of, what = v.Document.Latency.Ticks.Histogram, "ticks of an inference", "samples"
	}
	if h == nil {
		return
	}
	var names []string
	for k := range h.Counts {
		name := fmt.Sprint(h.From + int64(k)*h.Width)
		if h.Width > 1 {
			name += fmt.Sprintf("–%d", h.From+int64(k+1)*h.Width-1)
		}
		names = append(names, name)
	}
	b := newBars(of, what, names, func(k int) float64 { return float64(h.Counts[k]) }, whole)
	v.Latency = &b
}

func whole(x float64) string { return fmt.Sprintf("%.0f", x) }

// countSaturations lists the words that were clipped.
func (v *view) countSaturations() {
	pops := inOrder(v, v.Report.Saturations)
	v.Saturations = newBars("population", "words clipped", pops, func(k int) float64 { return float64(v.Report.Saturations[pops[k]]) }, whole)
}

// findSources puts the sources of prices beside what they are the prices of.
func (v *view) findSources() {
	prices := map[string]*Source{}
	for k := range v.Sources {
		s := &v.Sources[k]
		switch {
		case strings.HasPrefix(s.Source, "assumed"):
			v.Assumed++
		case s.Source == "":
			v.Unsourced++
		}
		if s.Block == "prices" {
			prices[s.Field] = s
		}
	}
	used := map[string]bool{}
	for _, e := range targets.Events {
		if n, ok := v.Counts[e.Name]; ok && (e.Where == targets.Anywhere || n > 0) {
			v.Events = append(v.Events, eventRow{e.Name, e.Doc, n, prices[e.Name]})
			used[e.Name] = true
		}
	}
	for _, s := range v.Sources {
		if s.Block != "prices" || !used[s.Field] {
			v.Others = append(v.Others, s)
		}
	}
}
