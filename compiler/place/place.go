package place

import (
	"context"
	"sync"
)

// Options says how to search. The zero value is what suits most.
type Options struct {
	// Seed gives another search; all are as good.
	Seed uint64
	// Swaps is how many moves an annealing proposes for each core; zero is
	// 2500, negative is none: the starts are only descended from.
	Swaps int
	// Runs is how many annealings there are, from different starts; zero is by
	// the number of cores, 16 for few and one for many.
	Runs int
	// Workers is how many runs go at a time; less than one counts as one. The
	// answer does not depend on it.
	Workers int
	// MaxLink is what a packet on the fullest link costs, in hops, when the
	// answers of the runs are compared; less than one counts as nothing. It
	// needs several runs to choose from.
	MaxLink int64
}

// Place returns a spot for each core, so that the sum of packets × links
// crossed is small, a link between chips counted at its price. It is an error if
// the problem contradicts itself, if there are not enough usable spots, if no
// part of the mesh with ways between its spots holds the cores that talk, or if
// ctx ends.
func Place(ctx context.Context, p *Problem, o Options) ([]int32, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	m := newModel(p, newGrid(p))
	if m.cores == 0 {
		return []int32{}, ctx.Err()
	}
	sites, err := m.sites(p)
	if err != nil {
		return nil, err
	}
	runs := m.plan(sites, o)
	var group sync.WaitGroup
	slots := make(chan struct{}, max(o.Workers, 1))
	for i := range runs {
		slots <- struct{}{}
		group.Go(func() {
			runs[i].do(ctx, m, o.Seed)
			<-slots
		})
	}
	group.Wait()
	return choose(p, runs, max(o.MaxLink, 0))
}

// choose returns the spots of the cheapest run, the fullest link at its price.
func choose(p *Problem, runs []run, price int64) ([]int32, error) {
	var best []int32
	var least float64 // the price is anyone's, so the sum may be above 2^63
	for _, r := range runs {
		if r.err != nil {
			return nil, r.err
		}
		cost := float64(r.cost)
		if price > 0 {
			f, err := Measure(p, r.spots)
			if err != nil {
				return nil, err
			}
			cost += float64(price) * float64(f.MaxLink)
		}
		if best == nil || cost < least {
			best, least = r.spots, cost
		}
	}
	return best, nil
}
