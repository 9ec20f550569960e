package mapping

import (
	"context"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/partition"
	"github.com/weft-toolchain/weft/compiler/place"
)

// parted is cells in cores: what of a mapping can still be moved.
type parted struct {
	*cells
	problem *partition.Problem
	core    []int32 // of each cell, as numbered in the mapping
}

// Trials of a refinement for each cell: at the default effort mostMoves, or fewer,
// so that all look at no more than refineWork pins; leastMoves would find nothing.
// Above, they look at deepWork pins at most.
const (
	mostMoves, leastMoves = 100, 20
	refineWork            = 1 << 26
	deepMoves             = 700
	deepWork              = 1 << 30
)

// moves returns how many moves are tried for each cell; 0 is none. Where each cell has a
// core of its own, to move them is to place cores, which was done.
func (p *mapper) moves(d *parted) int {
	most, work := mostMoves, refineWork
	switch {
	case p.opt.Cores != nil || p.opt.Effort == 1 || len(d.core) == 0 || int(slices.Max(d.core))+1 == len(d.core):
		return 0
	case p.opt.Effort != 2:
		most, work = deepMoves<<max(p.opt.Effort-3, 0), deepWork
	}
	n := min(most, work/(len(d.problem.In)+1))
	if n < leastMoves {
		return 0
	}
	return n
}

// refine moves single cells of a placed mapping to other cores, places those again,
// and returns the result, or m where that is no better or not all fits. It tries so
// many moves for each cell. Where deliveries come first, as where so few cells are put
// into cores that their least deliveries are found, there are no more than before.
func (p *mapper) refine(ctx context.Context, m *ir.Mapped, d *parted, moves int) (*ir.Mapped, error) {
	mesh := p.mesh(m)
	few := len(d.core) <= partition.Few
	opt := place.RefineOptions{Seed: p.opt.Seed, Trials: moves, Workers: p.opt.Workers, Apart: 1, Sends: d.sends(m, p.opt.Profile)}
	if p.opt.Traffic {
		opt.Apart = mesh.Width + mesh.Height
	}
	better, err := p.moved(ctx, m, d, opt, p.opt.Traffic || few)
	if err == nil && better == m && few { // with less of an eye to hops
		opt.Apart = mesh.Width + mesh.Height
		better, err = p.moved(ctx, m, d, opt, true)
	}
	return better, err
}

// moved is refine with options.
func (p *mapper) moved(ctx context.Context, m *ir.Mapped, d *parted, opt place.RefineOptions, deliveriesFirst bool) (*ir.Mapped, error) {
	mesh := p.mesh(m)
	spots := spotsOf(mesh, m.Cores)
	core, err := place.Refine(ctx, d.problem, mesh, d.core, spots, opt)
	if err != nil {
		return nil, err
	}
	if slices.Equal(core, d.core) {
		return m, nil
	}
	r := d.problem.Evaluate(core)
	better := d.assemble(r)
	need := needsOf(better)
	if d.settle(r.Core, need) {
		better = d.assemble(r)
	}
	if slots, dests := d.crowded(d.loads(r, need)); slots > 0 || dests > 0 || checkRows(better) != nil {
		return m, nil
	}
	d.send(better)
	for v, k := range r.Core {
		better.Cores[k].X, better.Cores[k].Y = int(spots[core[v]])%mesh.Width, int(spots[core[v]])/mesh.Width
	}
	before, err := p.measure(m)
	if err != nil {
		return nil, err
	}
	after, err := p.measure(better)
	if err != nil {
		return nil, err
	}
	if deliveriesFirst && after.deliveries > before.deliveries || after.hops+after.deliveries >= before.hops+before.deliveries {
		return m, nil
	}
	return better, p.again(ctx, better, after)
}

// again places the cores of m anew, and leaves them where they are if that is not
// better than before.
func (p *mapper) again(ctx context.Context, m *ir.Mapped, before traffic) error {
	cores := slices.Clone(m.Cores)
	if err := p.place(ctx, m); err != nil {
		return err
	}
	after, err := p.measure(m)
	if err == nil && after.hops >= before.hops {
		m.Cores = cores
	}
	return err
}

// sends are the packets of cells besides those of nets: partial sums, and spikes of
// outputs.
func (d *parted) sends(m *ir.Mapped, profile []int64) []place.Send {
	spikes := func(neuron int32) int64 {
		if profile == nil {
			return 1
		}
		return profile[d.inputs+int(neuron)]
	}
	h := d.homes()
	var out []place.Send
	for k, x := range d.list {
		if x.role == ir.Parts {
			out = append(out, place.Send{From: int32(k), To: h.of(ir.Relay{Source: x.neuron}), Packets: spikes(x.neuron)})
		}
	}
	for _, o := range m.Net.Outputs {
		g := m.Populations[o]
		for n := g.First; n < g.First+g.N; n++ {
			if m.HasSlot(n) {
				out = append(out, place.Send{From: h.of(ir.Relay{Source: int32(n)}), To: place.Host, Packets: spikes(int32(n))})
			}
		}
	}
	return out
}

// traffic is what the spikes of a mapping take: links crossed, those between chips
// at their price, and packets that reach another core or the host.
type traffic struct{ hops, deliveries int64 }

func (p *mapper) measure(m *ir.Mapped) (traffic, error) {
	mesh := p.mesh(m)
	f, err := place.Measure(mesh, spotsOf(mesh, m.Cores))
	t := traffic{hops: f.Cost(mesh)}
	for _, x := range mesh.Flows {
		t.deliveries += x.Weight
	}
	return t, err
}
