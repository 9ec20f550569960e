package runpage

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"

	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/chippage"
	"github.com/weft-toolchain/weft/internal/page"
)

var (
	//go:embed page.html
	bodyText string
	//go:embed raster.js
	script string
)

var body = page.New(bodyText, template.FuncMap{
	"si":      report.SI,
	"percent": func(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) },
	"script":  func() template.JS { return template.JS(script) },
})

// maxRows is how many rows a table of cores or links has, maxPlots how many traces
// are drawn.
const (
	maxRows  = 16
	maxPlots = 32
)

// view is what the page shows of a document.
type view struct {
	*Document
	// Sampled says that it is of an experiment, Functional that no time is kept.
	Sampled, Functional bool
	// Lacks are the parts that the document does not have.
	Lacks []string
	// RasterJSON is for the script.
	RasterJSON template.JS
	// Cut says that it ends before the run does.
	Cut bool
	// Groups are empty where nothing was counted.
	Groups    []groupRow
	Plots     []plot
	MorePlots int
	Maps      []chipMap
	Window    chippage.Window
	Busiest   []coreRow
	MoreCores int
	Fullest   []Link
	// Energy is the same energy parted three times.
	Energy      []bars
	Latency     *bars
	Saturations bars
	Tables      template.HTML
	Events      []eventRow
	// Others are the sources of figures that are no prices of events.
	Others             []Source
	Assumed, Unsourced int
}

// groupRow is what an input or a population did in the whole run.
type groupRow struct {
	Group
	Rate float64 // of a neuron, in Hz of the network's own time
}

// chipMap is one of the pictures of the chip.
type chipMap struct {
	Name, Caption   string
	Legend, Picture template.HTML
	// Letters are those that are written on cores.
	Letters []chippage.LimitLetter
}

type coreRow struct {
	Core
	Energy float64
}

// eventRow is an event, how often it happened, its price and where that is from.
type eventRow struct {
	Name, Doc string
	Count     int64
	Price     *Source
}

// WriteHTML draws the document as one page that needs nothing else.
func WriteHTML(w io.Writer, d *Document) error {
	v := &view{Document: d, Sampled: d.Samples > 0, Functional: d.Timing == report.Functional}
	if err := v.drawSpikes(); err != nil {
		return err
	}
	if err := v.drawTraces(); err != nil {
		return err
	}
	v.drawChip()
	v.splitEnergy()
	v.splitLatency()
	v.countSaturations()
	v.findSources()
	if d.Compilation != nil {
		v.Tables = chippage.Tables(d.Compilation)
	}
	v.findLacks()
	title := d.Network + " on " + d.Target
	if v.Sampled {
		title = d.Experiment + ": " + title
	}
	return page.Write(w, body, title, v)
}

// findLacks says what is not there, and why.
func (v *view) findLacks() {
	lacks := func(missing bool, what string) {
		if missing {
			v.Lacks = append(v.Lacks, what)
		}
	}
	if v.Record == 0 {
		v.Lacks = append(v.Lacks, "spikes, potentials, maps of the chip, the compilation, NeuroBench's figures and the sources of prices: the document has a report only; weft run --record writes one that has all")
	} else {
		lacks(v.Raster != nil && v.Groups == nil, "how many neurons of each group spiked, and when: an earlier weft recorded this")
		lacks(len(v.Probes) == 0, "potentials: no neuron was probed; --probe POPULATION[INDEX] does")
		lacks(v.Compilation == nil, "the compilation, and NeuroBench's figures: an image was run, and does not know them; run the network file")
	}
	lacks(v.Functional, "time, leakage and the load of links: --timing functional keeps none")
}

// drawSpikes prepares the raster, and the table of what was counted.
func (v *view) drawSpikes() error {
	r := v.Raster
	if r == nil {
		return nil
	}
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	// Marshal escapes <, > and &, so that no name ends the script.
	v.RasterJSON, v.Cut = template.JS(data), int64(r.Until) < v.Ticks
	for _, g := range r.Groups {
		if g.Counts == nil {
			v.Groups = nil
			break
		}
		row := groupRow{Group: g}
		if v.Ticks > 0 && r.TickSeconds > 0 && g.N > 0 {
			row.Rate = float64(g.Counts.Spikes) / float64(g.N) / float64(v.Ticks) / r.TickSeconds
		}
		v.Groups = append(v.Groups, row)
	}
	return nil
}

// drawTraces draws the first traces.
func (v *view) drawTraces() error {
	for k := range v.Probes[:min(len(v.Probes), maxPlots)] {
		p, err := newPlot(&v.Probes[k])
		if err != nil {
			return fmt.Errorf("write page: %w", err)
		}
		v.Plots = append(v.Plots, p)
	}
	v.MorePlots = len(v.Probes) - len(v.Plots)
	return nil
}
