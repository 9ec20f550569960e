// Mapbench partitions benchmark networks and prints what comes of it beside the
// best that is known, what is proven, and METIS, if gpmetis is installed.
//
//	go run ./internal/mapbench [--neurons N --axons A] [--no-metis] [--place] FILE.net.gz ...
//
// With --place each partition is also placed on the smallest near-square mesh, and
// refined there; a second table has the hops of its spikes. Of the nets of known.tsv,
// those are placed whose hops it has.
//
// Without limits, a file is partitioned for those that known.tsv has for its net.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/weft-toolchain/weft/compiler/partition"
)

//go:embed known.tsv
var knownTable string

// known is a row of known.tsv.
type known struct {
	net            string
	neurons, axons int
	cores, traffic int64 // 0: not known, as below
	// hops is Σ spikes × hops of packets, tree of those that are copied on the way.
	hops, tree int64
}

func knownRows() ([]known, error) {
	var rows []known
	for line := range strings.Lines(knownTable) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var k known
		if _, err := fmt.Sscan(line, &k.net, &k.neurons, &k.axons, &k.cores, &k.traffic, &k.hops, &k.tree); err != nil {
			return nil, fmt.Errorf("known.tsv: %q: %w", line, err)
		}
		rows = append(rows, k)
	}
	return rows, nil
}

type options struct {
	neurons, axons, effort, workers int
	seed                            uint64
	noMETIS, place                  bool
}

func main() {
	var opt options
	flag.IntVar(&opt.neurons, "neurons", 0, "neurons of a core (default: as known.tsv)")
	flag.IntVar(&opt.axons, "axons", 0, "axons of a core (default: as known.tsv)")
	flag.IntVar(&opt.effort, "effort", 0, "effort of the search (default 3)")
	flag.IntVar(&opt.workers, "workers", 2, "goroutines")
	flag.Uint64Var(&opt.seed, "seed", 0, "seed")
	flag.BoolVar(&opt.noMETIS, "no-metis", false, "leave METIS out")
	flag.BoolVar(&opt.place, "place", false, "place the cores on a mesh")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, opt, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mapbench:", err)
		os.Exit(1)
	}
}

// run prints the table of all files, once all of it is there so that its columns
// align; what is at work goes to stderr.
func run(ctx context.Context, w io.Writer, opt options, files []string) error {
	if len(files) == 0 {
		return errors.New("name at least one .net or .net.gz file")
	}
	rows, err := knownRows()
	if err != nil {
		return err
	}
	t, placed := newTable(w), newTable(w)
	fmt.Fprintln(placed, placementHead)
	fmt.Fprintln(t, "net\tn/a\tfor\tcores\tknown\tbound\tconnectivity\tknown\tbound\twall s\tcpu s\tMETIS cores\tconnectivity\twall s\t")
	for _, file := range files {
		name, p, err := readNet(file)
		if err != nil {
			return err
		}
		for _, k := range limitsOf(opt, rows, name) {
			p.Neurons, p.Axons = k.neurons, k.axons
			fmt.Fprintf(os.Stderr, "%s in cores of %d neurons and %d axons\n", name, k.neurons, k.axons)
			if err := bench(ctx, t, placed, opt, k, p); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	if err := t.Flush(); err != nil || !opt.place {
		return err
	}
	fmt.Fprintln(w)
	return placed.Flush()
}

func newTable(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
}

// limitsOf returns the rows to run for a net: those of known.tsv, or the one
// whose limits the command line gives.
func limitsOf(opt options, rows []known, name string) []known {
	asked := known{net: name, neurons: opt.neurons, axons: opt.axons}
	var found []known
	for _, k := range rows {
		switch {
		case k.net != name:
		case opt.neurons == 0 && opt.axons == 0:
			found = append(found, k)
		case k.neurons == opt.neurons && k.axons == opt.axons:
			asked = k
		}
	}
	if len(found) == 0 {
		asked.neurons = max(asked.neurons, 1)
		found = append(found, asked)
	}
	return found
}

// bench prints a line for each objective, and what placing comes to.
func bench(ctx context.Context, w, placed io.Writer, opt options, k known, p *partition.Problem) error {
	bound := partition.Bounds(p)
	for _, o := range []struct {
		name      string
		objective partition.Objective
		better    func(a, b *partition.Result) bool
	}{
		{"cores", partition.Cores, func(a, b *partition.Result) bool {
			return a.Cores < b.Cores || a.Cores == b.Cores && a.Connectivity < b.Connectivity
		}},
		{"traffic", partition.Traffic, func(a, b *partition.Result) bool { return a.Connectivity < b.Connectivity }},
	} {
		start, cpu := time.Now(), cpuTime()
		r, err := partition.Partition(ctx, p, partition.Options{
			Objective: o.objective, Effort: opt.effort, Workers: opt.workers, Seed: opt.seed,
		})
		if err != nil {
			return err
		}
		wall, cpu := time.Since(start), cpuTime()-cpu
		metis, err := metisColumns(ctx, opt, p, r.Cores, o.better)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%d/%d\t%s\t%d\t%s\t%d\t%d\t%s\t%d\t%.1f\t%.1f\t%s\t\n",
			k.net, p.Neurons, p.Axons, o.name, r.Cores, percent(int64(r.Cores), k.cores), bound.Cores,
			r.Connectivity, percent(r.Connectivity, k.traffic), bound.Connectivity, wall.Seconds(), cpu.Seconds(), metis)
		if !opt.place || k.cores > 0 && k.hops == 0 {
			continue
		}
		if err := writePlacement(ctx, placed, opt, k, o.name, p, r.Core); err != nil {
			return err
		}
	}
	return nil
}

// metisColumns returns METIS's cores, connectivity and seconds.
func metisColumns(ctx context.Context, opt options, p *partition.Problem, cores int, better func(a, b *partition.Result) bool) (string, error) {
	if opt.noMETIS {
		return "–\t–\t–", nil
	}
	if _, err := exec.LookPath("gpmetis"); err != nil {
		return "not installed\t–\t–", nil
	}
	m, took, err := runMETIS(ctx, p, cores, better)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d\t%d\t%.1f", m.Cores, m.Connectivity, took.Seconds()), nil
}

// percent returns a known value, and by how much got is above or below it.
func percent(got, want int64) string {
	if want == 0 {
		return "–"
	}
	return strconv.FormatInt(want, 10) + fmt.Sprintf(" (%+.1f %%)", 100*float64(got-want)/float64(want))
}
