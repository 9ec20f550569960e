package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weft-toolchain/weft/compiler"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

type compileOptions struct {
	compileFlags
	net, target string
	out         string
	report      string
	dump        string
	json        bool
}

func newCompileCmd() *cobra.Command {
	var o compileOptions
	cmd := &cobra.Command{
		Use:   "compile NET.yaml -t TARGET",
		Short: "Compile a network to a chip image, and say what went where",
		Long: `Compile a network to a chip image for a target: a built-in name (see 'weft
targets') or the path of a target file. Prints what went where, how full it is
and what quantisation cost. The image is written to NET.weft in the current
directory, or where -o says.`,
		Example: "  weft compile examples/hello/network.yaml -t xbar256 -o hello.weft",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.net = args[0]
			return runCompile(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	cmd.Flags().StringVarP(&o.target, "target", "t", defaultTarget, "target: a built-in name or a file")
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "image file (default: the network file's name with .weft, here)")
	cmd.Flags().StringVar(&o.report, "report", "", "also write the report as JSON to this file")
	cmd.Flags().StringVar(&o.dump, "dump", "", "print what this pass leaves behind: "+strings.Join(compiler.PassNames(), ", "))
	cmd.Flags().BoolVar(&o.json, "json", false, "print the report as JSON")
	o.add(cmd)
	return cmd
}

func runCompile(ctx context.Context, w, errs io.Writer, o compileOptions) error {
	opt, err := o.options()
	if err != nil {
		return err
	}
	if o.dump != "" {
		if !slices.Contains(compiler.PassNames(), o.dump) {
			return usagef("--dump %s: want one of %s", o.dump, strings.Join(compiler.PassNames(), ", "))
		}
		opt.Dump, opt.DumpTo = o.dump, w
	}
	out := o.out
	if out == "" {
		out = strings.TrimSuffix(filepath.Base(o.net), filepath.Ext(o.net)) + imageSuffix
	}
	switch {
	case out == "-":
		return usagef("-o -: the report goes to stdout; give -o a file")
	case o.json && (o.dump != "" || o.report == "-"):
		return usagef("--json, --dump and --report - all print to stdout; give --report a file, or leave --json out")
	}
	if err := checkOut([]string{o.net, o.target}, out, o.report); err != nil {
		return err
	}
	if err := checkImageOut(out); err != nil {
		return err
	}
	l, err := compileFile(ctx, o.net, o.target, opt)
	if err != nil {
		return err
	}
	data, err := l.image.Bytes()
	if err != nil {
		return err
	}
	rep := l.result.Report(data)
	if err := image.WriteFile(out, data); err != nil {
		return err
	}
	if o.report != "" {
		if err := writeWhole(o.report, w, func(w io.Writer) error { return printJSON(w, rep) }); err != nil {
			return err
		}
	}
	if name := l.target.Name; name != o.target && slices.Contains(targets.Names(), name) {
		rep.Notes = append(rep.Notes, fmt.Sprintf("the target file %s calls itself %s, as a built-in target does; an image keeps the name alone, so run it with -t %s", o.target, name, o.target))
	}
	for _, note := range rep.Notes {
		fmt.Fprintln(errs, "note: "+note)
	}
	if o.json {
		return printJSON(w, rep)
	}
	return printCompile(w, rep, out)
}

// maxCoreRows is how many cores the text report lists one by one.
const maxCoreRows = 16

func printCompile(w io.Writer, r *compiler.Report, out string) error {
	u := r.Utilisation
	fmt.Fprintf(w, "%s on %s: %d of %d cores, %d neurons, %d axons, %d synapses\n", r.Network, r.Target, r.Cores, r.MaxCores, r.Neurons, r.Axons, r.Synapses)
	fmt.Fprintf(w, "cores in use are full to %.1f %% of neurons, %.1f %% of axons, %.1f %% of synapses\n", 100*u.Neurons, 100*u.Axons, 100*u.Synapses)
	fmt.Fprintf(w, "one spike of every source: deliveries between cores %d, hops %d (the host's counted)\n\n", r.Cut.Unweighted, r.Hops.Unweighted)
	err := table(w, func(t io.Writer) {
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
			fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%.4g\t%s\t%d\t%d\n", q.Projection, q.Synapses, q.Bits, scale, q.Clip, sqnr, q.Clipped, q.Zeroed)
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
