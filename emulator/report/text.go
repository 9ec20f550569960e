package report

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/targets"
)

// prefixes of SI, from small to large.
var prefixes = []struct {
	name  string
	scale float64
}{
	{"a", 1e-18}, {"f", 1e-15}, {"p", 1e-12}, {"n", 1e-9}, {"µ", 1e-6}, {"m", 1e-3}, {"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9},
}

// SI returns x with four digits and a prefix, as in 12.34 µJ.
func SI(x float64, unit string) string {
	if x == 0 {
		return "0 " + unit
	}
	p := prefixes[0]
	for _, q := range prefixes {
		if math.Abs(x) >= q.scale*0.99995 {
			p = q
		}
	}
	return fmt.Sprintf("%.4g %s%s", x/p.scale, p.name, unit)
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "%s on %s, %s", r.Network, r.Target, diag.Plural(int(r.Ticks), "tick"))
	if r.Timing == Functional {
		fmt.Fprintf(w, ", functional: no mesh, no clock, no leakage\n")
	} else {
		fmt.Fprintf(w, ": %d cycles, %s, %s\n", r.Cycles, SI(r.Seconds, "s"), SI(r.PowerWatts, "W"))
	}
	fmt.Fprintf(w, "synaptic events %d, spike hash %s\n", r.SynapticEvents, r.SpikeHash)
	if r.InputEvents != nil {
		fmt.Fprintf(w, "input events %s\n", r.InputEvents)
	}
	if r.StallCycles > 0 {
		fmt.Fprintf(w, "cores and the I/O port stood still for %d cycles because the mesh was full\n", r.StallCycles)
	}
	if r.LateTicks > 0 {
		fmt.Fprintf(w, "%s late: their work took longer than the tick of this chip\n", diag.Counted(int(r.LateTicks), "tick was", "ticks were"))
	}
	if r.Defects != nil {
		r.Defects.writeText(w)
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "population\tspikes\tenergy\tsaturations")
	for _, name := range r.populations {
		fmt.Fprintf(t, "%s\t%d\t%s\t%d\n", name, r.Spikes[name], SI(r.EnergyByPopulation[name], "J"), r.Saturations[name])
	}
	chip := chipName(r.Spikes)
	fmt.Fprintf(t, "%s\t\t%s\n", chip, SI(r.EnergyByPopulation[chip], "J"))
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	fmt.Fprintln(w)
	return r.WriteEnergy(w)
}

// WriteEnergy writes the energy by component, and the events behind it.
func (r *Report) WriteEnergy(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "component\tenergy\tshare\tevents")
	for _, c := range targets.Components {
		share := 0.0
		if r.EnergyJoules > 0 {
			share = 100 * r.Energy[c] / r.EnergyJoules
		}
		events := r.events(c)
		if events != "" {
			events = "\t" + events
		}
		fmt.Fprintf(t, "%s\t%s\t%.1f %%%s\n", c, SI(r.Energy[c], "J"), share, events)
	}
	fmt.Fprintf(t, "total\t%s\n", SI(r.EnergyJoules, "J"))
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// events lists a component's counts that are not zero.
func (r *Report) events(c targets.Component) string {
	if c == targets.Leakage {
		return "power × time"
	}
	out := ""
	for _, e := range targets.Events {
		if n := r.Counts[e.Name]; e.Component == c && n > 0 {
			if out != "" {
				out += ", "
			}
			out += fmt.Sprintf("%s %d", e.Name, n)
		}
	}
	return out
}
