package eval

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/weft-toolchain/weft/emulator/report"
)

// WriteText writes the result for people.
func (r *Result) WriteText(w io.Writer) error {
	fmt.Fprintf(w, "%s on %s: %d samples of %d + %d ticks\n", r.Experiment, r.Target, r.Samples, r.TicksPerSample.Input, r.TicksPerSample.Drain)
	fmt.Fprintf(w, "accuracy %.2f %% (%d of %d)\n", 100*r.Accuracy, r.Correct, r.Samples)
	if r.Undecided > 0 {
		fmt.Fprintf(w, "undecided %d: the read-out population never fired\n", r.Undecided)
	}
	switch {
	case r.Clamped == 0:
	case r.Events:
		fmt.Fprintf(w, "clamped %d events: a place spikes once a tick; a shorter bin keeps more\n", r.Clamped)
	default:
		fmt.Fprintf(w, "clamped %d values outside 0…1; set scale in the experiment's dataset\n", r.Clamped)
	}
	without := ""
	if r.Timing == report.Functional {
		without = ", without leakage: --timing functional keeps no time"
	}
	fmt.Fprintf(w, "energy per inference %s%s\n\n", report.SI(r.EnergyPerInference, "J"), without)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "latency\tmean\tp50\tp99\tmax")
	row := func(name string, d Distribution, f func(x float64) string) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", name, f(d.Mean), f(d.P50), f(d.P99), f(d.Max))
	}
	number := func(x float64) string { return fmt.Sprintf("%.6g", x) }
	row("ticks", r.Latency.Ticks, number)
	if r.Timing != report.Functional {
		row("cycles", r.Latency.Cycles, number)
		row("seconds", r.Latency.Seconds, func(x float64) string { return report.SI(x, "s") })
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	fmt.Fprintln(w)
	return r.Report.WriteText(w)
}
