package mapping

import (
	"context"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/place"
	"github.com/weft-toolchain/weft/targets"
	"github.com/weft-toolchain/weft/targets/mesh"
)

// emptyMesh is the mesh of a target as package place sees it.
func emptyMesh(a *targets.Arch) *place.Problem {
	return &place.Problem{
		Width: a.MeshWidth, Height: a.MeshHeight,
		ChipWidth: a.ChipWidth, ChipHeight: a.ChipHeight, ChipLink: a.ChipLink,
	}
}

// Ways returns the ways over the links of a target's mesh, around dead ones; nil, which
// is along x first, where none is dead or where there are more cores than are placed so.
func Ways(a *targets.Arch, over *mesh.Mesh) (*place.Ways, error) {
	if over.Whole() || a.Cores() > mostRouted {
		return nil, nil
	}
	return place.NewWays(emptyMesh(a), over.Visit)
}

// mostRouted is the most cores of a mesh that are placed by their ways around dead links:
// all ways between two of them are looked at.
const mostRouted = 1024

// mesh is the mesh as package place sees it, with the cores of m and what they send.
func (p *mapper) mesh(m *ir.Mapped) *place.Problem {
	mesh := emptyMesh(p.arch)
	mesh.Cores, mesh.Flows = len(m.Cores), flows(m, p.opt.Profile)
	usable := 0
	for _, ok := range p.opt.Usable {
		if ok {
			usable++
		}
	}
	if usable >= len(m.Cores) {
		mesh.Usable = p.opt.Usable
	}
	mesh.Ways = p.opt.Ways
	if p.opt.Axons != nil {
		mesh.Holds = p.opt.Axons
		for k := range m.Cores {
			mesh.Needs = append(mesh.Needs, int32(len(m.Cores[k].Axons)))
		}
	}
	return mesh
}

// spotsOf returns the places of cores on a mesh.
func spotsOf(mesh *place.Problem, cores []ir.MappedCore) []int32 {
	spots := make([]int32, len(cores))
	for k := range cores {
		spots[k] = int32(cores[k].Y*mesh.Width + cores[k].X)
	}
	return spots
}

// place gives every core a place of the mesh, so that spikes cross few links, those
// between chips counted at their price.
func (p *mapper) place(ctx context.Context, m *ir.Mapped) error {
	problem := p.mesh(m)
	spots, err := place.Place(ctx, problem, p.placing(problem))
	if err != nil {
		return err
	}
	if rows := inRows(problem); rows != nil {
		found, err := place.Measure(problem, spots)
		if err != nil {
			return err
		}
		if plain, err := place.Measure(problem, rows); err == nil && plain.Cost(problem) <= found.Cost(problem) {
			spots = rows
		}
	}
	for k, s := range spots {
		m.Cores[k].X, m.Cores[k].Y = int(s)%p.arch.MeshWidth, int(s)/p.arch.MeshWidth
	}
	return nil
}

// inRows puts cores into the rows of a near-square block at the I/O port, there
// and back: what one would look for first, where nothing is better. It is nil
// where not every core may go to every place.
func inRows(p *place.Problem) []int32 {
	if p.Usable != nil || p.Needs != nil {
		return nil
	}
	w := 1
	for w < p.Width && (w*w < p.Cores || w*p.Height < p.Cores) {
		w++
	}
	out := make([]int32, p.Cores)
	for k := range out {
		x, y := k%w, k/w
		if y%2 == 1 {
			x = w - 1 - x
		}
		out[k] = int32(y*p.Width + x)
	}
	return out
}

// Moves that an annealing at the default effort looks at: mostSwaps a core, or fewer,
// so that the flows of all the cores that it looks at are no more than placeWork.
const (
	mostSwaps, leastSwaps = 2500, 100
	placeWork             = 1 << 27
)

// placing are the options of package place: its own defaults; at the default effort
// bounded; or at the lowest a short annealing from the first start.
func (p *mapper) placing(problem *place.Problem) place.Options {
	o := place.Options{Seed: p.opt.Seed, Workers: p.opt.Workers}
	switch p.opt.Effort {
	case 1:
		o.Runs, o.Swaps = 1, leastSwaps
	case 2: // a flow has two ends
		o.Swaps = min(max(placeWork/(2*len(problem.Flows)+1), leastSwaps), mostSwaps)
	}
	return o
}

// flows are the packets between cores, for the spikes of a profile or for one of
// every source. A partial sum counts as a spike of its neuron.
func flows(m *ir.Mapped, profile []int64) []place.Flow {
	var out []place.Flow
	for _, f := range m.Flows(profile) {
		if f.Spikes > 0 {
			out = append(out, place.Flow{From: f.From, To: f.To, Weight: f.Spikes})
		}
	}
	return out
}
