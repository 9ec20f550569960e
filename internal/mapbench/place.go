package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/compiler/place"
)

// mesh returns the smallest near-square mesh of so many cores.
func mesh(cores int) (width, height int) {
	width = 1
	for width*width < cores {
		width++
	}
	return width, (cores + width - 1) / width
}

const placementHead = "net\tn/a\tfor\tcores\tmesh\tpackets\thops\tknown\tbound\trefined\tknown\tconnectivity\trefined\tfullest link\tbound\tcpu s\t"

// writePlacement places the cores of a partition, refines it on the mesh, and
// writes what the neurons' spikes cost there, each packet apart and copied on the
// way. Inputs do not count, as they do not in the known figures.
func writePlacement(ctx context.Context, w io.Writer, opt options, k known, objective string, p *partition.Problem, core []int32) error {
	q := *p
	q.Weight = slices.Clone(p.Weight)
	for i, home := range q.Home {
		if home < 0 {
			q.Weight[i] = 0
		}
	}
	cores := int(slices.Max(core)) + 1
	width, height := mesh(cores)
	for _, packets := range []struct {
		name  string
		known int64
		// carry puts what cores send each other on a mesh.
		carry func(on *place.Problem, nets []place.Net)
	}{
		{"unicast", k.hops, func(on *place.Problem, nets []place.Net) { on.Flows = place.NetFlows(nets) }},
		{"tree", k.tree, func(on *place.Problem, nets []place.Net) { on.Nets = nets }},
	} {
		problem := func(core []int32) *place.Problem {
			on := &place.Problem{Width: width, Height: height, Cores: cores}
			packets.carry(on, place.Nets(&q, core))
			return on
		}
		cpu := cpuTime()
		on := problem(core)
		spots, err := place.Place(ctx, on, place.Options{Workers: opt.workers})
		if err != nil {
			return err
		}
		placed, err := place.Measure(on, spots)
		if err != nil {
			return err
		}
		bound, err := place.Bound(on)
		if err != nil {
			return err
		}
		refined, err := place.Refine(ctx, &q, on, core, spots, place.RefineOptions{Workers: opt.workers, Apart: 1})
		if err != nil {
			return err
		}
		cpu = cpuTime() - cpu
		after, err := place.Measure(problem(refined), spots)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%d/%d\t%s\t%d\t%d×%d\t%s\t%d\t%s\t%d\t%d\t%s\t%d\t%d\t%d\t%d\t%.1f\t\n",
			k.net, p.Neurons, p.Axons, objective, cores, width, height, packets.name,
			placed.Hops, percent(placed.Hops, packets.known), bound.Hops, after.Hops, percent(after.Hops, packets.known),
			q.Evaluate(core).Connectivity, q.Evaluate(refined).Connectivity, after.MaxLink, bound.MaxLink, cpu.Seconds())
	}
	return nil
}
