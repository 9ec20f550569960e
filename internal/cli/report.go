package cli

import (
	"cmp"
	"io"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/emulator/activity"
	"github.com/weft-toolchain/weft/emulator/report"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/internal/runpage"
	"github.com/weft-toolchain/weft/targets"
)

func newReportCmd() *cobra.Command {
	var html string
	cmd := &cobra.Command{
		Use:   "report RUN.json --html FILE",
		Short: "Draw a run as one page: spikes, potentials, the chip, energy, latency, sources",
		Long: `Draw a run that was written down by 'weft run --record' as one page that stands
alone: a raster of all spikes, the potentials that were probed, maps of the chip,
energy by component, population and core, latency, saturations, NeuroBench's
figures, the compilation, and where every figure is from.

What 'weft run --json' or 'weft eval --json' prints is drawn too, as far as it
goes; the page says what it lacks.`,
		Example: `  weft run examples/hello/network.yaml -i examples/hello/spikes.csv --probe bell --record hello.json
  weft report hello.json --html hello.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runReport(cmd.OutOrStdout(), args[0], html)
		},
	}
	cmd.Flags().StringVar(&html, "html", "", "write the page here; - is stdout")
	return cmd
}

func runReport(w io.Writer, file, html string) error {
	if html == "" {
		return usagef("say where the page goes, with --html FILE")
	}
	if err := checkOut([]string{file}, html); err != nil {
		return err
	}
	data, bad := diag.ReadFile(file, runpage.MaxBytes)
	if bad != nil {
		return bad.Err()
	}
	d, err := runpage.Parse(file, data)
	if err != nil {
		return err
	}
	return writeWhole(html, w, func(w io.Writer) error { return runpage.WriteHTML(w, d) })
}

// recordFlags are --record and --html of a run.
type recordFlags struct{ record, html string }

func (f *recordFlags) addRecord(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.record, "record", "", "write the report, all spikes, what --probe names, the chip's maps and the compilation here, as JSON for 'weft report'")
	cmd.Flags().StringVar(&f.html, "html", "", "draw the same here as one page that needs no network")
}

// recorded reports whether a run is to be written down or drawn.
func (f *recordFlags) recorded() bool { return f.record != "" || f.html != "" }

// writeRecord writes down a run, and draws it.
func (o *runOptions) writeRecord(w io.Writer, l *loaded, r *runner, act *activity.Activity, rep *report.Report) error {
	var comp *compiler.Report
	if l.result != nil {
		var err error
		if comp, err = l.report(); err != nil {
			return err
		}
	}
	rec := r.recorder.Recording(act, l.result, comp)
	rec.Probes = r.log.traces(l.image)
	sources, err := targets.Sources(cmp.Or(o.target, l.image.Manifest.Target))
	if err != nil {
		return err
	}
	rec.SetSources(sources)
	if o.record != "" {
		if err := writeWhole(o.record, w, func(w io.Writer) error { return runpage.Write(w, rep, rec) }); err != nil {
			return err
		}
	}
	if o.html == "" {
		return nil
	}
	d := &runpage.Document{Recording: *rec}
	d.Report = rep
	return writeWhole(o.html, w, func(w io.Writer) error { return runpage.WriteHTML(w, d) })
}
