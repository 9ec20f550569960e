package mapping

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/weft-toolchain/weft/compiler/ir"
	"github.com/weft-toolchain/weft/compiler/partition"
)

// maxRounds bounds how often Map partitions anew for the fan-out, unsteady how many
// rounds it waits until there are no more destinations than before.
const (
	maxRounds = 40
	unsteady  = 16
)

// partition puts cells into cores, again and again until their destinations fit. Where
// that takes more than a round, other ways are tried too: for fewer cores, where these come
// first and the network is not large, and where nothing fits.
func (p *mapper) partition(ctx context.Context, c *cells) (*ir.Mapped, *parted, error) {
	var m *ir.Mapped
	var d *parted
	t := tries{mapper: p, most: p.arch.Cores()}
	for _, w := range p.ways(c) {
		if m != nil && (p.opt.Traffic || len(c.pins.net) > manyPins || w.opt.Effort > 1 && w.opt.Seed != p.opt.Seed) {
			continue // which takes too long where something fits
		}
		better, of, err := t.rounds(ctx, &cells{c.wiring, c.list}, w)
		if t.crowded == nil || ctx.Err() != nil {
			return better, of, err
		}
		if err == nil {
			m, d, t.most = better, of, len(better.Cores)-1
		}
	}
	if m == nil {
		return nil, nil, t.crowded
	}
	return m, d, nil
}

// tries are those of a call of partition, in one way after the other.
type tries struct {
	*mapper
	// most is the most cores that are worth finding.
	most int
	// crowded is what was too crowded first.
	crowded error
	// answers are those of rounds with all room, with which ways begin alike.
	answers []answer
}

// answer is what cores a round gave.
type answer struct {
	need *needs
	opt  partition.Options
	core []int32
}

// way is how cores are looked for round after round.
type way struct {
	next after
	opt  partition.Options
}

// after is what is done after a round whose cores are too crowded.
type after int

const (
	// lessRoom takes the destinations of the last round for those of the next, and, once
	// these are much the same, puts less into a core; littleLessRoom not as much less.
	lessRoom after = iota
	littleLessRoom
	// mostNeeds takes the most destinations that each source has had in any round: where
	// cores are few, and small.
	mostNeeds
)

// Networks of more than manyPins pins are large, those of up to fewPins are so small that
// moreSeeds are tried, and those of few cells so small that mostSeeds are, at the lowest
// effort.
const (
	manyPins  = 1 << 17
	fewPins   = 1 << 12
	moreSeeds = 3
	mostSeeds = 48
)

// ways are those of cells, in order: at the effort asked for, at the lowest, which is
// seldom better but takes little, and with other seeds.
func (p *mapper) ways(c *cells) []way {
	all := []after{lessRoom, littleLessRoom, mostNeeds}
	efforts, seeds := []int{p.opt.Effort}, 1
	if p.opt.Effort > 1 {
		efforts = append(efforts, 1)
	}
	switch {
	case p.opt.Cores != nil:
		all = all[:1]
	case len(c.list) <= partition.Few:
		seeds += mostSeeds
	case len(c.pins.net) <= fewPins:
		seeds += moreSeeds
	}
	var out []way
	for seed := range seeds {
		for _, effort := range efforts {
			if effort > 1 && seed > moreSeeds {
				continue
			}
			for _, next := range all {
				o := p.options()
				o.Seed, o.Effort = o.Seed+uint64(seed)<<32, effort
				out = append(out, way{next, o})
			}
		}
	}
	return out
}

// rounds is partition in one way.
func (t *tries) rounds(ctx context.Context, c *cells, w way) (*ir.Mapped, *parted, error) {
	need := c.least()
	neurons, fanOut := t.arch.Neurons, t.arch.FanOut
	for round := range maxRounds {
		if t.arch.NeuronFanOut > 0 {
			c.copy(need, t.arch.NeuronFanOut, int32(neurons))
		}
		problem := c.problem(t.opt.Profile, need)
		problem.Neurons = neurons
		problem.FanOut = min(t.arch.FanOut, max(fanOut, int(slices.Max(append(problem.Out, 0))))) // one that has more is alone
		problem.Spread = round == 0 && t.arch.NeuronFanOut == 0
		r, err := t.cores(ctx, c, problem, need, w.opt)
		if e, ok := errors.AsType[*partition.TooLargeError](err); ok {
			return nil, nil, c.tooLarge(e)
		}
		if err != nil {
			return nil, nil, err
		}
		if r.Cores > t.most {
			return nil, nil, c.tooManyCores(r, t.arch.Cores(), t.opt)
		}
		m := c.assemble(r)
		have := needsOf(m)
		changed := c.settle(r.Core, have)
		loads := c.loads(r, have)
		slots, dests := c.crowded(loads)
		if slots <= 0 && dests <= 0 {
			if changed {
				m = c.assemble(r)
				problem = c.problem(t.opt.Profile, have)
			}
			problem.Neurons, problem.FanOut = t.arch.Neurons, t.arch.FanOut
			c.send(m)
			return m, &parted{c, problem, r.Core}, nil
		}
		t.crowded = cmp.Or(t.crowded, c.tooCrowded(loads, have))
		switch had := need.total(); {
		case w.next == mostNeeds:
			have.raise(need)
		case round >= unsteady || have.total() <= had+had/10:
			neurons, fanOut = w.next.fewer(neurons, slots, t.arch.Neurons), w.next.fewer(fanOut, dests, t.arch.FanOut)
		}
		need = have
	}
	return nil, nil, t.crowded
}

// cores returns the cores of cells: those given, or else found. What was found for the
// same needs is not looked for again.
func (t *tries) cores(ctx context.Context, c *cells, problem *partition.Problem, need *needs, opt partition.Options) (*partition.Result, error) {
	if t.opt.Cores != nil {
		return t.given(c, problem)
	}
	all := problem.Neurons == t.arch.Neurons && problem.FanOut == t.arch.FanOut
	for _, a := range t.answers {
		if all && a.opt.Seed == opt.Seed && a.opt.Effort == opt.Effort && a.need.equal(need) {
			return problem.Evaluate(a.core), nil
		}
	}
	r, err := partition.Partition(ctx, problem, opt)
	if err == nil && all {
		t.answers = append(t.answers, answer{need, opt, slices.Clone(r.Core)})
	}
	return r, err
}

// fewer returns a limit for the next round, where cores of this one have so many more
// than all: less by a part of that, since these are the fullest, but not below half of
// all.
func (a after) fewer(limit, more, all int) int {
	if more <= 0 {
		return limit
	}
	less := max(more/2, all/32, 1)
	if a == littleLessRoom {
		less = max(more/8, 1)
	}
	return max(limit-less, all/2, 1)
}
