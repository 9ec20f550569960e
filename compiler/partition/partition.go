// Package partition puts the neurons of a network into cores. It knows vertices,
// nets and limits, and nothing of populations, targets or images: a vertex is
// whatever has to sit in one core, a net is whatever costs a core one axon.
//
// The work goes through these steps, each in a file of its own:
//
//	reduce    vertices that read the same nets become one           (reduce.go)
//	construct cores are filled one after another by overlap         (greedy.go)
//	pack      cores are dissolved while the rest can take it        (pack.go)
//	mend      a few cores at a time, until one core less will do    (mend.go)
//	refine    single moves and swaps, annealed                      (state.go, gains.go, anneal.go)
//	windows   of many cores, some that share nets at a time         (window.go)
//	small     problems of a few dozen vertices are searched through (small.go)
//
// Everything is counted in integers, random streams are seeded, and budgets are
// numbers of trials: one problem and one seed give one answer, on any machine
// and with any number of workers.
package partition

import "context"

// Objective says which of two results is the better one.
type Objective int

// The objectives.
const (
	// Cores wants the fewest cores, and among these the least connectivity.
	Cores Objective = iota
	// Traffic wants the least connectivity, and then the fewest cores. It begins
	// with what Cores comes to, so that it never has more connectivity.
	Traffic
)

// Options says how to look for a partition. The zero value is a good search
// for the fewest cores.
type Options struct {
	// Seed starts the random streams; different seeds give different results
	// of much the same quality.
	Seed uint64
	// Objective is what makes a result better.
	Objective Objective
	// Effort is how much trying is worth it: 0 is the default of 3; 1 only
	// constructs, 2 makes a thirty-second of the trials, each step above 3 twice as
	// many.
	Effort int
	// Workers is how many goroutines may work; 0 is one. The result does not
	// depend on it.
	Workers int
	// Progress, if set, is told how many of a number of steps are done. It is
	// called from one goroutine at a time.
	Progress func(done, total int)
}

// Result is a partition that keeps every limit.
type Result struct {
	// Core is the core of every vertex, 0 ≤ Core[v] < Cores. Cores are
	// numbered by their first vertex, and none is empty.
	Core []int32
	// Cores is how many cores are used.
	Cores int
	// Connectivity is the sum over nets of weight × cores that a spike has to
	// be sent to: the readers' cores but the source's own; for a net without a
	// source in the problem, the readers' cores but one.
	Connectivity int64
}

// Partition returns a partition of p. Errors are those of an ill-formed
// problem, of a vertex that does not fit a core by itself (*TooLargeError), and
// of ctx.
func Partition(ctx context.Context, p *Problem, opt Options) (*Result, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if p.vertices() == 0 {
		return &Result{}, ctx.Err()
	}
	s := newSearch(ctx, p, opt)
	core, err := s.run()
	if err != nil {
		return nil, err
	}
	return p.Evaluate(core), nil
}
