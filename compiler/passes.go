package compiler

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/weft-toolchain/weft/compiler/codegen"
	"github.com/weft-toolchain/weft/compiler/defect"
	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/lower"
	"github.com/weft-toolchain/weft/compiler/mapping"
	"github.com/weft-toolchain/weft/compiler/network"
	"github.com/weft-toolchain/weft/compiler/optimise"
	"github.com/weft-toolchain/weft/compiler/quant"
	"github.com/weft-toolchain/weft/internal/numbers"
	"github.com/weft-toolchain/weft/isa/image"
	"github.com/weft-toolchain/weft/targets"
)

// level is what a pass leaves behind, for checks and dumps.
type level interface {
	Verify() error
	WriteText(w io.Writer) error
}

// pass is a row of the pass table.
type pass struct {
	name string
	doc  string
	// asked says whether the pass is to run; nil is always.
	asked func(s *state) bool
	run   func(ctx context.Context, s *state) (level, error)
	// effect says what the pass made of the network.
	effect func(r *Result) string
	// steps are those of its progress; 0 is 1.
	steps int
	// release lets go of what no pass after it needs; nil is nothing.
	release func(s *state)
}

// inSteps returns how many steps of progress a pass is.
func (p *pass) inSteps() int { return max(p.steps, 1) }

var passes = []pass{
	{name: "lower", doc: "projections become synapses", run: func(_ context.Context, s *state) (level, error) {
		if s.opt.Release {
			s.Graph = lower.Consume(s.net)
		} else {
			s.Graph = lower.Lower(s.net)
		}
		return s.Graph, nil
	}, effect: func(r *Result) string {
		return fmt.Sprintf("%d inputs, %d neurons, %d synapses", r.Graph.InputCount(), r.Graph.Neurons(), r.Graph.SynapseCount())
	}, release: func(s *state) {
		for k := range s.net.Projections {
			p := &s.net.Projections[k]
			p.Connect.Pre, p.Connect.Post, p.Weights.List, p.Delays.List = nil, nil, numbers.List{}, numbers.List{}
		}
	}},
	{name: "fold", doc: "batch normalisations become weights, biases and thresholds", asked: func(s *state) bool {
		return optimise.HasNorms(s.net)
	}, run: func(_ context.Context, s *state) (_ level, err error) {
		s.Graph, s.effects, err = optimise.Fold(s.Graph)
		return s.Graph, err
	}},
	{name: "prune", doc: "synapses that matter little go", asked: func(s *state) bool {
		return s.optimise.Prune != network.Prune{}
	}, run: func(_ context.Context, s *state) (_ level, err error) {
		s.Graph, s.effects, err = optimise.Prune(s.Graph, s.optimise)
		return s.Graph, err
	}},
	{name: "quantise", doc: "real numbers become integers of the target's widths", run: func(_ context.Context, s *state) (_ level, err error) {
		s.Quantized, err = quant.Quantise(s.Graph, s.arch, s.opt.Quantise)
		return s.Quantized, err
	}, effect: func(r *Result) string {
		exact, clipped, zeroed := 0, 0, 0
		for _, s := range r.Quantized.Stats {
			if s.Exact {
				exact++
			}
			clipped += s.Clipped
			zeroed += s.Zeroed
		}
		return fmt.Sprintf("%d of %d projections exact, %d weights clipped, %d became zero", exact, len(r.Quantized.Stats), clipped, zeroed)
	}},
	{name: "correct", doc: "biases make up for what rounding took from the weights", asked: func(s *state) bool {
		return s.optimise.CorrectBias > 0
	}, run: func(_ context.Context, s *state) (level, error) {
		s.Quantized, s.effects = quant.CorrectBias(s.Quantized, s.optimise.CorrectBias, s.opt.Profile)
		return s.Quantized, nil
	}},
	{name: "dead", doc: "neurons that can never fire go", asked: func(s *state) bool {
		return s.optimise.Dead
	}, run: func(_ context.Context, s *state) (level, error) {
		s.Quantized, s.effects = optimise.Dead(s.Quantized, s.opt.Watched)
		return s.Quantized, nil
	}},
	{name: "share", doc: "one of several identical neurons stands for all", asked: func(s *state) bool {
		return s.optimise.Share
	}, run: func(_ context.Context, s *state) (level, error) {
		s.Quantized, s.effects = optimise.Share(s.Quantized, s.arch)
		return s.Quantized, nil
	}},
	{name: "unreachable", doc: "neurons from which no output is reached go", asked: func(s *state) bool {
		return s.optimise.Unreachable
	}, run: func(_ context.Context, s *state) (_ level, err error) {
		s.Quantized, s.effects, err = optimise.Unreachable(s.Quantized, s.optimise, s.opt.Watched)
		return s.Quantized, err
	}},
	{name: "approximate", doc: "neurons with more inputs than axons get them through relays", asked: func(s *state) bool {
		return s.opt.Approximate > 0
	}, run: func(ctx context.Context, s *state) (level, error) {
		err := s.approximate(ctx)
		return s.Quantized, err
	}},
	{name: "map", doc: "neurons get cores, cores get places, spikes get destinations", run: func(ctx context.Context, s *state) (_ level, err error) {
		if s.opt.Defects != nil {
			return s.mapAround(ctx, s.opt.Defects)
		}
		s.Mapped, err = mapping.Map(ctx, s.Quantized, s.arch, s.mapping())
		return s.Mapped, err
	}, effect: func(r *Result) string {
		axons := 0
		for k := range r.Mapped.Cores {
			axons += len(r.Mapped.Cores[k].Axons)
		}
		return fmt.Sprintf("%d cores, %d axons", len(r.Mapped.Cores), axons)
	}, steps: mapping.Steps},
	{name: "emit", doc: "cores become memories and programs, of what is not dead", run: func(_ context.Context, s *state) (level, error) {
		im, err := codegen.Generate(s.Mapped, s.target)
		if err != nil {
			return nil, err
		}
		if s.Image, err = defect.Arrange(im, s.opt.Defects); err != nil {
			return nil, err
		}
		if s.opt.Defects != nil {
			s.Mapped = placedAs(s.Mapped, s.Image)
		}
		return s.Image, nil
	}, effect: func(r *Result) string {
		return fmt.Sprintf("%d programs", len(r.Image.Programs))
	}},
}

// mapping are the options of mapping.
func (s *state) mapping() mapping.Options {
	return mapping.Options{Seed: s.opt.Seed, Effort: cmp.Or(s.opt.Effort, DefaultEffort), Split: s.opt.Split, Traffic: s.opt.Traffic, Cores: s.opt.Cores, Profile: s.Profile, Workers: runtime.GOMAXPROCS(0), Release: s.opt.Release, Progress: s.progress}
}

// mapAround maps the network for a chip of which something is dead: into cores that
// leave as many axons and slots unused as it takes for all to be arranged. Where the
// cores that are left are fewer than any mapping takes, none is looked for.
func (s *state) mapAround(ctx context.Context, d *targets.Defects) (level, error) {
	opt := s.mapping()
	opt.Release = false // it may take several rounds
	room := defect.NewRoom(d)
	opt.Usable, opt.Axons = room.Usable, room.Axons(s.arch.Axons)
	split := s.arch.PartialSums && opt.Split != mapping.SplitNever && opt.Cores == nil
	if b := boundCores(newDemand(s.Quantized, s.arch, split), s.Quantized, s.arch); b.Bound > int64(room.Cores) {
		return nil, room.CoresMissing(int(b.Bound), b.Argument)
	}
	ways, err := mapping.Ways(s.arch, room.Mesh)
	if err != nil {
		return nil, err
	}
	opt.Ways = ways
	lay := func(derated *targets.Arch) (*image.Image, error) {
		m, err := mapping.Map(ctx, s.Quantized, derated, opt)
		if err != nil {
			return nil, err
		}
		m.Arch = s.arch
		s.Mapped = m
		return codegen.Generate(m, s.target)
	}
	im, err := defect.Fit(room, s.arch, lay)
	if err != nil {
		return nil, err
	}
	s.roomier(im, room, lay)
	return s.Mapped, ctx.Err()
}

// roomier lays the network out once more, with a few axons less a core: those that take
// all stand where none is dead, far from each other, and others may be as many, and
// nearer. Where they are not, the mapping stays, whose image is im.
func (s *state) roomier(im *image.Image, room *defect.Room, lay func(*targets.Arch) (*image.Image, error)) {
	first, roomy := s.Mapped, *s.arch
	roomy.Axons = room.CommonAxons(s.arch.Axons)
	if !slices.ContainsFunc(first.Cores, func(c ir.MappedCore) bool { return len(c.Axons) > roomy.Axons }) {
		return
	}
	before := s.hopsOf(im, room)
	im, err := lay(&roomy)
	if err == nil {
		im, err = defect.Arrange(im, room.Defects)
	}
	if err != nil || len(im.Cores) > len(first.Cores) || s.hopsOf(im, room) >= before {
		s.Mapped = first
	}
}

// hopsOf returns how many links the spikes of the network cross where the cores of an
// image are.
func (s *state) hopsOf(im *image.Image, room *defect.Room) int64 {
	_, hops := distances(placedAs(s.Mapped, im), s.Profile, room.Mesh)
	return hops.Weighted
}

// placedAs returns m with its cores where those of an image are.
func placedAs(m *ir.Mapped, im *image.Image) *ir.Mapped {
	out := *m
	out.Cores = slices.Clone(m.Cores)
	for k := range out.Cores {
		out.Cores[k].X, out.Cores[k].Y = int(im.Cores[k].X), int(im.Cores[k].Y)
	}
	return &out
}

// PassNames returns the passes in the order they run.
func PassNames() []string {
	names := make([]string, len(passes))
	for k, p := range passes {
		names[k] = p.name
	}
	return names
}
