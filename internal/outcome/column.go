package outcome

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/yamldoc"
	"github.com/weft-toolchain/weft/targets"
)

// Column is a figure of outcomes.
type Column struct {
	// Name is the figure's in csv, and where it is asked for.
	Name string
	// Head is what stands above it in a table, Axis beside it in a plot.
	Head, Axis string
	// More says that more of it is better; of all else less is.
	More bool
	// Component says that it is a part of the energy.
	Component bool
	// Of returns the figure, and whether the row has it.
	Of func(r *Row) (float64, bool)
	// Text writes it for people.
	Text func(x float64) string
}

func figure(verb string) func(x float64) string {
	return func(x float64) string { return fmt.Sprintf(verb, x) }
}

func unit(name string) func(x float64) string {
	return func(x float64) string { return report.SI(x, name) }
}

// where is a figure of those outcomes for which has is true.
func where(has func(o *Outcome) bool, of func(o *Outcome) float64) func(r *Row) (float64, bool) {
	return func(r *Row) (float64, bool) {
		if r.Outcome == nil || !has(r.Outcome) {
			return 0, false
		}
		return of(r.Outcome), true
	}
}

func always(of func(o *Outcome) float64) func(r *Row) (float64, bool) {
	return where(func(*Outcome) bool { return true }, of)
}

// timed is where time is kept.
func timed(of func(o *Outcome) float64) func(r *Row) (float64, bool) {
	return where(func(o *Outcome) bool { return o.Timing != report.Functional }, of)
}

// sampled is of experiments.
func sampled(of func(o *Outcome) float64) func(r *Row) (float64, bool) {
	return where(func(o *Outcome) bool { return o.Accuracy != nil }, of)
}

// The columns that are named in code.
var (
	Accuracy = Column{
		Name: "accuracy", Head: "accuracy", Axis: "accuracy", More: true,
		Of:   sampled(func(o *Outcome) float64 { return *o.Accuracy }),
		Text: func(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) },
	}
	Latency = Column{Name: "seconds", Head: "latency", Axis: "latency", Of: timed(func(o *Outcome) float64 { return o.Seconds }), Text: unit("s")}
	Energy  = Column{Name: "energy_joules", Head: "energy =", Axis: "energy", Of: always(func(o *Outcome) float64 { return o.EnergyJoules }), Text: unit("J")}
	// Area is the chip's, not that of the cores in use.
	Area = Column{
		Name: "area_mm2", Head: "chip area", Axis: "chip area",
		Of:   where(func(o *Outcome) bool { return o.AreaMM2 != nil }, func(o *Outcome) float64 { return *o.AreaMM2 }),
		Text: figure("%.4g mm²"),
	}
)

// Columns lists the figures in the order of csv.
func Columns() []Column {
	all := []Column{
		{Name: "cores", Head: "cores", Of: always(func(o *Outcome) float64 { return float64(o.Cores) }), Text: figure("%.0f")},
		{Name: "samples", Head: "samples", More: true, Of: sampled(func(o *Outcome) float64 { return float64(o.Samples) }), Text: figure("%.0f")},
		{Name: "correct", Head: "correct", More: true, Of: sampled(func(o *Outcome) float64 { return float64(o.Correct) }), Text: figure("%.0f")},
		Accuracy,
		{Name: "ticks", Head: "ticks", Of: always(func(o *Outcome) float64 { return o.Ticks }), Text: figure("%.4g")},
		{Name: "cycles", Head: "cycles", Of: timed(func(o *Outcome) float64 { return o.Cycles }), Text: figure("%.6g")},
		Latency,
		Energy,
	}
	for k, c := range targets.Components {
		sign := "+ "
		if k == 0 {
			sign = ""
		}
		all = append(all, Column{
			Name: "energy_" + string(c), Head: sign + string(c), Axis: "energy, " + string(c), Component: true,
			Of: always(func(o *Outcome) float64 { return o.Energy[c] }), Text: unit("J"),
		})
	}
	all = append(
		all,
		Column{Name: "synaptic_events", Head: "synaptic events", Of: always(func(o *Outcome) float64 { return o.SynapticEvents }), Text: figure("%.6g")},
		Column{Name: "neurons", Head: "neurons", Of: always(func(o *Outcome) float64 { return float64(o.Neurons) }), Text: figure("%.0f")},
		Column{Name: "synapses", Head: "synapses", Of: always(func(o *Outcome) float64 { return float64(o.Synapses) }), Text: figure("%.0f")},
		Column{Name: "hops", Head: "hops", Of: always(func(o *Outcome) float64 { return float64(o.Hops) }), Text: figure("%.0f")},
		Column{Name: "saturations", Head: "saturations", Of: always(func(o *Outcome) float64 { return float64(o.Saturations) }), Text: figure("%.0f")},
		Area,
	)
	for k := range all {
		if all[k].Axis == "" {
			all[k].Axis = all[k].Head
		}
	}
	return all
}

// ColumnNamed returns a column by its name.
func ColumnNamed(name string) (Column, bool) {
	all := Columns()
	k := slices.IndexFunc(all, func(c Column) bool { return c.Name == name })
	if k < 0 {
		return Column{}, false
	}
	return all[k], true
}

// Label returns the figure that the labels of a table's column k are, where they
// are numbers or quantities, and there is an outcome.
func (t *Table) Label(k int) Column {
	head, text := t.Labels[k], figure("%.6g")
	for _, r := range t.Rows {
		if _, kind, ok := yamldoc.ParseQuantity(r.Labels[k]); ok && kind == "mm2" { // whose prefixes are squared
			text = figure("%.6g mm²")
		} else if ok {
			text = unit(kind)
		}
	}
	return Column{
		Name: head, Head: head, Axis: head, Text: text,
		Of: func(r *Row) (float64, bool) {
			n := yamldoc.Node{Kind: yamldoc.Scalar, Text: r.Labels[k]}
			x, ok := n.Number()
			if !ok {
				x, _, ok = yamldoc.ParseQuantity(n.Text)
			}
			return x, r.Outcome != nil && ok && !math.IsNaN(x) && !math.IsInf(x, 0)
		},
	}
}

// plain writes a figure for programs.
func plain(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
