package benchnet

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"

	"github.com/weft-toolchain/weft/emulator/report"
)

// WriteText writes the result for people.
func (r *Result) WriteText(w io.Writer) error {
	cores := fmt.Sprintf("%d cores", r.Cores)
	if r.Cores == 1 {
		cores = "1 core"
	}
	fmt.Fprintf(w, "%s on %s: %s, %d neurons, %d synapses, seed %d\n", r.Name, r.Target, cores, r.Neurons, r.Synapses, r.Seed)
	fmt.Fprintf(w, "%d ticks, %s, %s, processors: %d\n", r.Ticks, r.Timing, r.Way, r.Workers)
	fmt.Fprintf(w, "spike hash %s\n\n", r.SpikeHash)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	row := func(name, value, note string) {
		if note != "" {
			value += "\t" + note
		}
		fmt.Fprintf(t, "%s\t%s\n", name, value)
	}
	counted := func(name string, n int64, perSecond float64) { row(name, fmt.Sprint(n), report.SI(perSecond, "/s")) }
	bytesOf := func(n int64) string { return report.SI(float64(n), "B") }
	each := func(x float64) string { return fmt.Sprintf("%.2f bytes a synapse", x) }
	runs := ""
	if n := len(r.Runs); n > 1 {
		runs = fmt.Sprintf("median of %d", n)
	}
	row("generate", report.SI(r.GenerateSeconds, "s"), "")
	row("compile", report.SI(r.CompileSeconds, "s"), "")
	row("load", report.SI(r.LoadSeconds, "s"), "")
	row("run", report.SI(r.RunSeconds, "s"), runs)
	row("processor time", report.SI(r.CPUSeconds, "s"), runs)
	row("spikes", fmt.Sprint(r.Spikes), "")
	counted("synaptic events", r.SynapticEvents, r.SynapticEventsPerSecond)
	counted("neuron updates", r.NeuronUpdates, r.NeuronUpdatesPerSecond)
	if r.Cycles > 0 {
		counted("cycles", r.Cycles, rate(float64(r.Cycles), r.RunSeconds))
	}
	row("real time", fmt.Sprintf("× %.4g", r.RealTimeFactor), "")
	row("image", bytesOf(r.ImageBytes), each(r.ImageBytesPerSynapse))
	row("image and machine", bytesOf(r.LoadedBytes), "")
	row("peak", bytesOf(r.PeakBytes), each(r.PeakBytesPerSynapse))
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// WriteGo writes a line for each run in the format of Go's benchmarks, for
// benchstat: an operation is a tick, and the name has family and neurons. Events
// and updates are by seconds of processors, which other work on the machine
// disturbs least, or by those of the clock where the system does not tell.
func (r *Result) WriteGo(w io.Writer) error {
	fmt.Fprintf(w, "goos: %s\ngoarch: %s\n", runtime.GOOS, runtime.GOARCH)
	for _, run := range r.Runs {
		ticks := float64(r.Ticks)
		busy := cmp.Or(run.CPU, run.Wall)
		_, err := fmt.Fprintf(w, "BenchmarkWeft/%s-%d/%s/%s-%d\t%d\t%.1f ns/op\t%.1f cpu-ns/op\t%.4g synops/cpu-s\t%.4g updates/cpu-s\t%.4g x-realtime\t%.4g image-B/synapse\t%.4g peak-B/synapse\n",
			r.Family, r.Neurons, r.Timing, r.Way, r.Workers, r.Ticks, run.Wall/ticks*1e9, run.CPU/ticks*1e9,
			rate(float64(r.SynapticEvents), busy), rate(float64(r.NeuronUpdates), busy), r.RealTimeFactor*r.RunSeconds/run.Wall,
			r.ImageBytesPerSynapse, r.PeakBytesPerSynapse)
		if err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
	}
	return nil
}
