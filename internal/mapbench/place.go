package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/compiler/place"
)

// figures is Σ spikes × hops where every core is sent its own packet, and where
// the mesh copies packets on the way.
type figures struct{ unicast, tree int64 }

// bestPlaced is what simulated annealing found for the best partitions of others
// in cores of 1024 neurons and 4096 axons, on the smallest near-square mesh.
var bestPlaced = map[string]figures{
	"sheet_shuf": {535_365, 473_731},
	"lenet":      {100_566, 91_195},
	"reservoir":  {12_497_663, 5_101_603},
}

// mesh returns the smallest near-square mesh of so many cores.
func mesh(cores int) (width, height int) {
	width = 1
	for width*width < cores {
		width++
	}
	return width, (cores + width - 1) / width
}

// writePlacement places the cores of a partition, refines it on the mesh, and
// writes what the neurons' spikes cost there. Inputs do not count, as they do
// not in the known figures.
func writePlacement(ctx context.Context, w io.Writer, name string, p *partition.Problem, core []int32, workers int) error {
	var best figures
	if p.Neurons == 1024 && p.Axons == 4096 {
		best = bestPlaced[name]
	}
	q := *p
	q.Weight = slices.Clone(p.Weight)
	for i, home := range q.Home {
		if home < 0 {
			q.Weight[i] = 0
		}
	}
	cores := int(slices.Max(core)) + 1
	width, height := mesh(cores)
	for _, trees := range []bool{false, true} {
		kind, known := "unicast", best.unicast
		if trees {
			kind, known = "tree", best.tree
		}
		problem := func(core []int32) *place.Problem {
			nets := place.Nets(&q, core)
			on := &place.Problem{Width: width, Height: height, Cores: cores, Nets: nets}
			if !trees {
				on.Nets, on.Flows = nil, place.NetFlows(nets)
			}
			return on
		}
		on := problem(core)
		spots, err := place.Place(ctx, on, place.Options{Workers: workers})
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
		refined, err := place.Refine(ctx, &q, on, core, spots, place.RefineOptions{Trees: trees})
		if err != nil {
			return err
		}
		after, err := place.Measure(problem(refined), spots)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-12s %3d on %d×%d  %-7s  hops %9d (bound %9d, known %9d)  refined %9d  max link %7d (bound %6d)\n",
			name, cores, width, height, kind, placed.Hops, bound.Hops, known, after.Hops, after.MaxLink, bound.MaxLink)
	}
	return nil
}
