package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/internal/chippage"
	"github.com/weft-toolchain/weft/internal/diag"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

type compileOptions struct {
	compileFlags
	defectsFlag
	net, target string
	out         string
	report      string
	dump        string
	html        string
	explain     string
	chipMap     bool
	json        bool
}

func newCompileCmd() *cobra.Command {
	var o compileOptions
	cmd := &cobra.Command{
		Use:   "compile NET.yaml -t TARGET",
		Short: "Compile a network to a chip image, and say what went where",
		Long: `Compile a network to a chip image for a target: a built-in name (see 'weft
targets') or the path of a target file. Prints what went where, how full it is,
what quantisation cost, and how far from a proven bound the mapping is at most.
The image is written to NET.weft in the current directory, or where -o says.

What does not fit exactly is refused. --approximate lets neurons with more inputs
than a core has axons get them through relays, and rounds drawn weights of too
many kinds; the report says what differs and by how much at most.

In --json, "cut" counts deliveries between cores: of a spike of a neuron, a copy, a
part or a relay, each other core that it reaches, once; of one of an input, which
has no core, each but the first. "hops" counts the links that spikes cross to each
axon, from the host at (0, 0) and to it too, around dead links; a partial sum
counts as often as its neuron spikes. "unweighted" is of one spike of every source,
"weighted" of the spikes of --profile, which the mapping then makes least.

--map and --html draw the chip; --explain says how one population was mapped.`,
		Example: `  weft compile examples/hello/network.yaml -t xbar256 -o hello.weft
  weft compile examples/digits/network.yaml --html digits.html --map
  weft compile examples/digits/network.yaml --explain hidden`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.net = args[0]
			return runCompile(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringVarP(&o.target, "target", "t", defaultTarget, "target: a built-in name or a file")
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "image file (default: the network file's name with .weft, here)")
	cmd.Flags().StringVar(&o.report, "report", "", "also write the report as JSON to this file")
	cmd.Flags().StringVar(&o.html, "html", "", "also write the report as a page with maps of the chip to this file")
	cmd.Flags().BoolVar(&o.chipMap, "map", false, "also print maps of the chip in letters: how full its cores are, of what, and its links")
	cmd.Flags().StringVar(&o.explain, "explain", "", "instead of the report print how this population was mapped, and why so")
	cmd.Flags().StringVar(&o.dump, "dump", "", "print what this pass leaves behind: "+strings.Join(compiler.PassNames(), ", "))
	cmd.Flags().BoolVar(&o.json, "json", false, "print the report as JSON")
	o.add(cmd)
	o.addDefects(cmd, "the image goes around it")
	return cmd
}

// garbage is how much memory may wait to be collected, in percent of what is in use.
// Large networks are long lists, and these take no time to go through.
const garbage = 25

func runCompile(ctx context.Context, w, errs io.Writer, o compileOptions) error {
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	if o.dump != "" && !slices.Contains(compiler.PassNames(), o.dump) {
		return usagef("--dump %s: want one of %s", o.dump, strings.Join(compiler.PassNames(), ", "))
	}
	out := o.out
	if out == "" {
		out = strings.TrimSuffix(filepath.Base(o.net), filepath.Ext(o.net)) + imageSuffix
	}
	switch {
	case out == "-":
		return usagef("-o -: the report goes to stdout; give -o a file")
	case o.json && (o.dump != "" || o.report == "-" || o.chipMap):
		return usagef("--json, --map, --dump and --report - all print to stdout; give --report a file, or leave --json out")
	case o.explain != "" && (o.chipMap || o.dump != "" || o.report == "-"):
		return usagef("--explain is printed instead of the report: --map, --dump and --report - do not go with it")
	case o.html == "-":
		return usagef("--html -: the report goes to stdout; give --html a file")
	}
	unwritable := o.willWrite([]string{o.net, o.target, o.profile, o.defects}, out, o.report, o.html)
	opt, err := o.options()
	if err != nil {
		return err
	}
	if o.dump != "" {
		opt.Dump, opt.DumpTo = o.dump, w
	}
	var net *network.Network
	var t *targets.Target
	explained := 0
	err = told(
		func() error {
			if unwritable != nil {
				return unwritable
			}
			return checkImageOut(out)
		},
		func() error { net, t, err = loadParts(ctx, o.net, o.target, o.defects, &opt); return err },
		func() error {
			if net != nil && o.explain != "" {
				explained, err = populationNamed(net, o.explain)
				return err
			}
			return nil
		},
	)
	if err != nil {
		return err
	}
	opt.Release = true
	bar := newSlowBar(errs, "compiling")
	opt.Progress = bar.set
	l, err := compileNetwork(ctx, net, t, opt)
	bar.done()
	if err != nil {
		return err
	}
	data, err := l.image.Bytes()
	if err != nil {
		return err
	}
	if ran := l.result.Passes; o.dump != "" && !slices.ContainsFunc(ran, func(p compiler.PassRun) bool { return p.Name == o.dump }) {
		return usagef("--dump %s: the pass was not asked for, neither by --optimise nor by the network file", o.dump)
	}
	rep := l.result.Report(data)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := image.WriteFile(out, data); err != nil {
		return err
	}
	if o.report != "" {
		if err := writeWhole(o.report, w, func(w io.Writer) error { return printJSON(w, rep) }); err != nil {
			return err
		}
	}
	if o.html != "" {
		if err := writeWhole(o.html, w, func(w io.Writer) error { return chippage.WriteHTML(w, rep) }); err != nil {
			return err
		}
	}
	if d := l.defects; d != nil {
		rep.Notes = append(rep.Notes, "compiled around "+d.String())
	}
	if name := l.target.Name; name != o.target && slices.Contains(targets.Names(), name) {
		rep.Notes = append(rep.Notes, fmt.Sprintf("the target file %s calls itself %s, as a built-in target does; an image keeps the name alone, so run it with -t %s", o.target, name, o.target))
	}
	for _, note := range rep.Notes {
		fmt.Fprintln(errs, "note: "+note)
	}
	switch {
	case o.explain != "" && o.json:
		return printJSON(w, l.result.Explain(explained))
	case o.explain != "":
		return printExplanation(w, l.result.Explain(explained), rep.Profiled)
	case o.json:
		return printJSON(w, rep)
	}
	if o.chipMap {
		if err := chippage.WriteMap(w, rep); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return printCompile(w, rep, out)
}

// maxCoreRows is how many cores the text report lists one by one.
const maxCoreRows = 16

func printCompile(w io.Writer, r *compiler.Report, out string) error {
	u := r.Utilisation
	fmt.Fprintf(w, "%s on %s: %d of %s, %s, %s, %s\n", r.Network, r.Target, r.Cores, diag.Plural(r.MaxCores, "core"),
		diag.Plural(r.Neurons, "neuron"), diag.Plural(r.Axons, "axon"), diag.Plural(r.Synapses, "synapse"))
	if r.Parts+r.Copies+r.Relays > 0 {
		fmt.Fprintf(w, "added to make it fit: %s of split neurons, %s for more destinations, %s of long delays\n",
			diag.Plural(r.Parts, "part"), diag.Counted(r.Copies, "copy", "copies"), diag.Plural(r.Relays, "relay"))
	}
	if r.Doubles+r.Removed > 0 {
		fmt.Fprintf(w, "left out, a slot saved for each: %s that others stand for, %s\n", diag.Plural(r.Doubles, "neuron"), diag.Plural(r.Removed, "removed neuron"))
	}
	fmt.Fprintf(w, "cores in use are full to %.1f %% of neurons, %.1f %% of axons, %.1f %% of synapses\n", 100*u.Neurons, 100*u.Axons, 100*u.Synapses)
	fmt.Fprintf(w, "one spike of every source: deliveries between cores %d, hops %d (the host's counted)\n", r.Cut.Unweighted, r.Hops.Unweighted)
	if r.Profiled {
		fmt.Fprintf(w, "the profile's spikes: deliveries between cores %d, hops %d\n", r.Cut.Weighted, r.Hops.Weighted)
	}
	if c := r.Chips; c != nil {
		fmt.Fprintf(w, "%d of %s of %d × %d cores in use; of these hops %d are between chips\n", c.Used, diag.Plural(c.Count, "chip"), c.Size[0], c.Size[1], c.Crossings.Weighted)
	}
	if l := r.Links.Fullest; l != nil {
		fmt.Fprintf(w, "fullest link (%d, %d) → (%d, %d): %d spikes; mean of the %d links in use %.4g\n", l.From[0], l.From[1], l.To[0], l.To[1], l.Load.Weighted, r.Links.Used, r.Links.Mean.Weighted)
	}
	fmt.Fprintln(w)
	printPasses(w, r.Passes)
	err := table(w, func(t io.Writer) {
		fmt.Fprintln(t, "bound\tfound\tat least\tsince")
		for _, b := range r.Bounds.Rows() {
			fmt.Fprintf(t, "%s\t%d\t%d\t%s\n", b.Name, b.Found, b.Bound.Bound, b.Argument)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	err = table(w, func(t io.Writer) {
		fmt.Fprintln(t, "population\tneuron\tneurons\tcores\tfan-in\tinstructions\tnumbers")
		for _, p := range r.Populations {
			numbers := fmt.Sprintf("rounded, %d bits below the weights", p.FracBits)
			if p.Exact {
				numbers = "exact"
			}
			if p.SaturatedParams > 0 {
				numbers += fmt.Sprintf(", %d parameters saturated", p.SaturatedParams)
			}
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", p.Name, p.Model, p.Neurons, p.Cores, p.FanInMax, p.Instructions, numbers)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	err = table(w, func(t io.Writer) {
		fmt.Fprintln(t, "projection\tsynapses\tbits\tscale\tclip\tSQNR\tclipped\tto zero")
		for _, q := range r.Quantisation {
			sqnr := "exact"
			if q.SQNRdB != nil {
				sqnr = fmt.Sprintf("%.1f dB", *q.SQNRdB)
			}
			scale := fmt.Sprintf("%.4g", q.Scale)
			if q.ScaleMax > q.Scale*1.000001 {
				scale += fmt.Sprintf("…%.4g", q.ScaleMax)
			}
			bits := fmt.Sprint(q.Bits)
			if q.Format != "" {
				bits += " " + q.Format
				if q.Step > 1 {
					bits += fmt.Sprintf(" × %d", q.Step)
				}
			}
			fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%.4g\t%s\t%d\t%d\n", q.Projection, q.Synapses, bits, scale, q.Clip, sqnr, q.Clipped, q.Zeroed)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	err = table(w, func(t io.Writer) {
		fmt.Fprintln(t, "core\tat\tpopulation\tneurons\taxons\tsynapses\tdestinations\tfullest")
		for k, c := range r.CoreList {
			if k == maxCoreRows {
				fmt.Fprintf(t, "…\t\t%d more: --json lists them\n", len(r.CoreList)-k)
				break
			}
			fmt.Fprintf(t, "%d\t(%d, %d)\t%s\t%d\t%d\t%d\t%d\t%s\n", c.Core, c.X, c.Y, c.Population, c.Neurons, c.Axons, c.Synapses, c.FanOut, c.Limit)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nwrote %s, %d bytes, sha256 %s\n", out, r.ImageBytes, r.ImageSHA256)
	return nil
}
