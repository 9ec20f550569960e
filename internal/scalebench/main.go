// Scalebench writes networks of many TrueNorth-like cores as a user could write
// them, compiles them with `weft compile`, and prints what that took.
//
//	go run ./internal/scalebench [--cores N,N…] [--shape NAME,NAME…] [--weft bin/weft] [--keep DIR]
//
// A core is a block of 256 neurons that reads 256 sources, which a random permutation
// of all neurons gives it. 4096 of them have 1 Mi neurons and up to 256 Mi synapses.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	var opt options
	var cores, shapes string
	flag.StringVar(&cores, "cores", "64,256,1024,4096", "how many cores")
	flag.StringVar(&shapes, "shape", strings.Join(shapeNames(), ","), "which networks")
	flag.StringVar(&opt.weft, "weft", "bin/weft", "the command")
	flag.StringVar(&opt.keep, "keep", "", "leave the networks in this folder (default: a temporary one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, opt, strings.Split(cores, ","), strings.Split(shapes, ","), flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "scalebench:", err)
		os.Exit(1)
	}
}

type options struct{ weft, keep string }

// run compiles every shape in every size, with further flags for the compiler, and
// prints the table of what it took.
func run(ctx context.Context, w io.Writer, opt options, cores, shapes, flags []string) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "shape\tcores\tneurons\tsynapses\tfound\tpeak MB\tbytes a synapse\tcpu s\tµs a synapse\twall s\t")
	for _, name := range shapes {
		k := slices.IndexFunc(all, func(s shape) bool { return s.name == name })
		if k < 0 {
			return fmt.Errorf("no shape %q: want some of %s", name, strings.Join(shapeNames(), ", "))
		}
		for _, text := range cores {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > maxCores {
				return fmt.Errorf("%s cores: want 1 to %d", text, maxCores)
			}
			if err := bench(ctx, t, opt, &all[k], n, flags); err != nil {
				return err
			}
		}
	}
	return t.Flush()
}

// bench writes a network, compiles it and adds a row to the table.
func bench(ctx context.Context, w io.Writer, opt options, s *shape, cores int, flags []string) (err error) {
	dir := opt.keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "scalebench"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	} else {
		dir = filepath.Join(dir, fmt.Sprintf("%s-%d", s.name, cores))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%s, %d cores\n", s.name, cores)
	synapses, err := s.write(dir, cores)
	if err != nil {
		return err
	}
	args := append([]string{"compile", filepath.Join(dir, netFile), "-t", s.target(dir), "-o", filepath.Join(dir, "chip.weft")}, flags...)
	cmd := exec.CommandContext(ctx, opt.weft, args...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s, %d cores: %w", s.name, cores, err)
	}
	wall := time.Since(start).Seconds()
	peak, cpu := used(cmd.ProcessState)
	found, _, _ := strings.Cut(string(out), " of ")
	found = found[strings.LastIndexByte(found, ' ')+1:]
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%.0f\t%.1f\t%.1f\t%.3f\t%.1f\t\n", s.name, cores, cores*coreSize, synapses, found,
		peak/1e6, peak/float64(synapses), cpu, 1e6*cpu/float64(synapses), wall)
	return nil
}
