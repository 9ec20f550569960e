// Package mapping puts neurons into cores under the target's limits, places the
// cores on the mesh, and lists where each spike goes.
//
//	types     weights become sums of what axon types weigh, where they are typed
//	          (types.go, typesums.go, fewtypes.go; kinds.go looks for them, alone.go for
//	          one neuron's, typecost.go compares)
//	wire      synapses become pins of nets: what an axon is for   (wire.go, nets.go)
//	split     neurons with too much fan-in, or of layers that it pays for, get parts   (split.go)
//	cells     what takes slots: neurons and their copies, parts, relays      (cells.go)
//	partition cells get cores: package partition, or those they were given  (given.go)
//	assemble  cores get rows, and sources their destinations           (assemble.go)
//	place     cores get places on the mesh: package place              (place.go)
//	refine    single cells go to cores that make the ways shorter      (refine.go)
//
// A mesh of several chips is one to the partition; placement and refinement count a
// link between chips as Arch.ChipLink hops.
//
// Destinations are known only once all is in cores. Where they are more than a
// core's table holds, or than a neuron can have, all is partitioned anew, with the
// destinations of each neuron counted in, or with copies of it.
package mapping

import (
	"cmp"
	"context"
	"runtime/debug"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/compiler/place"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/targets"
)

// Split says which populations may be split over cores with partial sums.
type Split string

// The ways to split.
const (
	// SplitAuto splits populations that do not fit otherwise, and those that take
	// fewer cores so.
	SplitAuto Split = "auto"
	// SplitNever splits none, SplitNeeded those that do not fit otherwise.
	SplitNever  Split = "never"
	SplitNeeded Split = "needed"
)

// Splits lists the ways, the default first.
var Splits = []Split{SplitAuto, SplitNeeded, SplitNever}

// Options are a mapping's choices; the zero value is the default.
type Options struct {
	// Seed, where not zero, begins partitioning and placement elsewhere.
	Seed uint64
	// Traffic wants the fewest deliveries between cores, then the fewest cores; the
	// default is the other way round.
	Traffic bool
	// Effort is that of package partition.
	Effort int
	// Workers is how many goroutines work; the result does not depend on it.
	Workers int
	// Split is SplitAuto where empty.
	Split Split
	// Profile is the number of spikes of each input, then of each neuron; nil is
	// one each.
	Profile []int64
	// Release lets go of the weights of q as soon as they are in the pins.
	Release bool
	// Progress, if set, is told how many of Steps are done. It is called from one
	// goroutine at a time.
	Progress func(done int)
	// Usable says of each place of the mesh, row by row, whether a core is best
	// there; nil is all. Where they are too few, it does not count.
	Usable []bool
	// Axons says of each place how many axons a core has there; nil is all. Cores with
	// more go elsewhere where all can.
	Axons []int32
	// Ways are those of packets; nil is along x first.
	Ways *place.Ways
	// Cores, where not nil, is the core of each neuron, from 0, as somebody knows it
	// better: the neurons of equal numbers share one. No population is split then.
	Cores []int32
}

// mapper is Map at work.
type mapper struct {
	q    *ir.Quantized
	arch *targets.Arch
	opt  Options
	done int // steps
}

// Steps is how many steps Options.Progress is told of: when synapses are wired, what
// is split is known, at each step of the partition, when that is assembled, when
// cores are placed, and when that is refined.
const Steps = 2 + partition.Steps + 3

// progress tells of steps; those that are done again for the fan-out count once.
func (p *mapper) progress(done int) {
	if p.opt.Progress != nil && done > p.done {
		p.done = done
		p.opt.Progress(done)
	}
}

// Map returns q in the cores of arch. The error is a *diag.Error that names what
// does not fit, and by how much, or that of the context.
func Map(ctx context.Context, q *ir.Quantized, arch *targets.Arch, opt Options) (*ir.Mapped, error) {
	q = unify(q, arch)
	p := &mapper{q: q, arch: arch, opt: opt}
	w := wire(q, arch, opt.Workers)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.progress(1)
	widest, err := p.fits(w)
	if err != nil {
		return nil, err
	}
	if opt.Release {
		clear(q.Weights)
		for k := range q.Projections {
			q.Projections[k].Weight = numbers.List{}
		}
		debug.FreeOSMemory() // before rows are made
	}
	split, err := p.splits(ctx, w, widest)
	if err != nil {
		return nil, err
	}
	p.progress(2)
	m, parted, err := p.partition(ctx, newCells(w, split))
	if err != nil {
		return nil, err
	}
	moves := p.moves(parted)
	if moves == 0 {
		parted = nil // the largest networks leave no room for it beside their image
	}
	p.progress(3 + partition.Steps)
	if err := cmp.Or(ctx.Err(), checkRows(m)); err != nil {
		return nil, err
	}
	if err := p.place(ctx, m); err != nil {
		return nil, err
	}
	p.progress(4 + partition.Steps)
	if moves > 0 && len(m.Cores) > 1 {
		if m, err = p.refine(ctx, m, parted, moves); err != nil {
			return nil, err
		}
	}
	p.progress(Steps)
	return m, nil
}

// options are those of package partition.
func (p *mapper) options() partition.Options {
	o := partition.Options{Seed: p.opt.Seed, Effort: p.opt.Effort, Workers: p.opt.Workers, Progress: func(done, _ int) { p.progress(2 + done) }}
	if p.opt.Traffic {
		o.Objective = partition.Traffic
	}
	return o
}

// splits decides which populations are split.
func (p *mapper) splits(ctx context.Context, w *wiring, widest []fanIn) ([]*grouping, error) {
	out := make([]*grouping, len(p.q.Populations))
	if !p.arch.PartialSums || p.opt.Split == SplitNever || p.opt.Cores != nil {
		return out, nil
	}
	marks := make([]int32, len(w.nets))
	for pop := range out {
		must := widest[pop].axons > p.arch.Axons
		slots := p.q.Slots(pop)
		if slots == 0 || !must && p.opt.Split == SplitNeeded || !splittable(w, pop) {
			continue
		}
		nets := w.readBy(pop, marks)
		if len(nets) == 0 || len(nets) <= p.arch.Axons && p.arch.SynapseFormat == targets.Dense {
			continue // neurons fill the cores, whichever share one
		}
		whole := 0
		if !must {
			floor := (slots + p.arch.Neurons - 1) / p.arch.Neurons
			if w.fitsInOrder(pop, nets, floor) {
				continue // no search is needed to see that whole neurons fit as few
			}
			var err error
			if whole, err = p.coresOf(ctx, w, pop, nets, nil); err != nil {
				return nil, err
			}
			if whole <= floor {
				continue
			}
		}
		g, err := group(ctx, w, pop, nets, p.quick())
		if err != nil {
			return nil, err
		}
		if !must {
			parts, err := p.coresOf(ctx, w, pop, nets, g)
			if err != nil {
				return nil, err
			}
			if parts >= whole {
				g.undo(w)
				continue
			}
		}
		out[pop] = g
	}
	return out, nil
}

// quick are the options for a first look.
func (p *mapper) quick() partition.Options {
	return partition.Options{Seed: p.opt.Seed, Effort: 1, Workers: p.opt.Workers}
}

// coresOf returns how many cores a population takes by itself, split or not; nets
// are those that it reads.
func (p *mapper) coresOf(ctx context.Context, w *wiring, pop int, nets []int32, g *grouping) (int, error) {
	c := &cells{wiring: w}
	c.population(pop, g)
	r, err := partition.Partition(ctx, c.reading(nets).problem(nil, &needs{}), p.quick())
	if err != nil {
		return 0, err
	}
	return r.Cores, nil
}
