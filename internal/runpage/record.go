package runpage

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/emulator"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// Recorder watches a run from before its first tick on. What the chip does stays the
// same.
type Recorder struct {
	im     *image.Image
	raster Raster
	// spikes are those of each input and then each neuron, at how many ticks from 0.
	spikes []int64
	ticks  int
	cycles report.Tally
	// last is the cycle at which the last tick ended; potentials are those after it.
	last       int64
	potentials []int32
	updates    int64
	links      []emulator.LinkLoad
}

// NewRecorder begins with the inputs that spike before the run.
func NewRecorder(im *image.Image, before []int32) *Recorder {
	r := &Recorder{im: im, cycles: report.Tally{}, potentials: make([]int32, im.Neurons()), spikes: make([]int64, im.Inputs()+im.Neurons())}
	r.raster.TickSeconds = im.Manifest.TickSeconds
	for k, symbols := range [][]image.Symbol{im.Manifest.Inputs, im.Manifest.Populations} {
		for _, s := range symbols {
			r.raster.Groups = append(r.raster.Groups, Group{Name: s.Name, N: s.N, Input: k == 0, Counts: &Counts{}})
		}
	}
	r.raster.Until = -1
	r.take(before, nil)
	return r
}

func (r *Recorder) take(inputs, fired []int32) {
	first := r.im.Inputs()
	r.raster.tick(inputs, fired, first)
	r.count(inputs, 0)
	r.count(fired, first)
	r.ticks++
}

// count counts the spikes of a tick, ascending, whose numbers are from first on.
func (r *Recorder) count(spikes []int32, first int) {
	var c *Counts
	group, end := -1, 0
	for _, n := range spikes {
		id := first + int(n)
		for id >= end {
			group++
			c = r.raster.Groups[group].Counts
			end += r.raster.Groups[group].N
		}
		if c.Spikes == 0 {
			c.First = r.ticks
		}
		c.Last = r.ticks
		c.Spikes++
		if r.spikes[id] == 0 {
			c.Active++
		}
		r.spikes[id]++
	}
}

// Tick takes in a tick that was run: the inputs and the neurons that spiked.
func (r *Recorder) Tick(m *emulator.Machine, inputs, fired []int32) {
	r.take(inputs, fired)
	if c := m.Cycles(); c > r.last {
		r.cycles[c-r.last]++
		r.last = c
	}
	first := m.Ticks() == 1
	for n := range r.potentials {
		if v := m.State(n, 0); first || v != r.potentials[n] {
			r.potentials[n] = v
			r.updates++
		}
	}
}

// End takes in what the machine knows of the whole run.
func (r *Recorder) End(m *emulator.Machine) { r.links = m.LinkLoads() }

// Recording returns what was seen, with the run's books; res is nil where an image
// was run, and comp its report.
func (r *Recorder) Recording(act *activity.Activity, res *compiler.Result, comp *compiler.Report) *Recording {
	a := &r.im.Manifest.Arch
	out := &Recording{Record: Version, Raster: &r.raster, TickCycles: r.cycles.Histogram(), Mesh: [2]int{a.MeshWidth, a.MeshHeight}}
	limits, cores := compiler.CoreReports(r.im)
	out.CoreLimits = limits
	for k := range cores {
		n := &act.Cores[k]
		out.CoreList = append(out.CoreList, Core{CoreReport: cores[k], Spikes: n[targets.SpikeOut], SynapticOps: n[targets.SynapticOp]})
	}
	at := func(router int) [2]int { return [2]int{router % a.MeshWidth, router / a.MeshWidth} }
	for _, l := range r.links {
		out.Links = append(out.Links, Link{at(l.From), at(l.To), l.Packets})
	}
	if res != nil {
		kept := *comp
		kept.CoreList, kept.Seconds = nil, nil
		out.Compilation = &kept
		out.NeuroBench = measure(res, r.spikes, act.Ticks, r.updates)
	}
	return out
}

// SetSources takes over where a target's figures are from.
func (r *Recording) SetSources(figures []targets.Figure) {
	for _, f := range figures {
		r.Sources = append(r.Sources, Source{Block: f.Block, Field: f.Field, Value: f.Value, Source: f.Source, File: f.Pos.File})
	}
}

// Write writes the document of a run.
func Write(w io.Writer, rep *report.Report, rec *Recording) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(struct {
		*report.Report
		*Recording
	}{rep, rec})
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	return nil
}
